"""Administrative dongs (행정동): the lowest office area, a ten-digit text code that changes over time."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

DISTRICT_DIGITS = 5  # of a dong's code: those of its district (시군구)


def district_of(dong_code: str) -> str:
    """The code of the district a dong lies in.

    >>> district_of("4128151000")
    '41281'
    """
    return dong_code[:DISTRICT_DIGITS]


def told_apart(names: Mapping[str, str]) -> dict[str, str]:
    """Names of dongs by code, for wherever one of several is named: those that a district has twice with their code.

    >>> told_apart({"4128552500": "중산동", "4128552600": "중산동", "4128553000": "정발산동"})
    {'4128552500': '중산동(4128552500)', '4128552600': '중산동(4128552600)', '4128553000': '정발산동'}
    """
    times = Counter((district_of(code), name) for code, name in names.items())
    return {code: f"{name}({code})" if times[district_of(code), name] > 1 else name for code, name in names.items()}


@dataclass(frozen=True)
class Dong:
    """One dong under the code that is valid now."""

    code: str
    sido: str
    sigungu: str
    name: str

    @property
    def sigungu_code(self) -> str:
        return district_of(self.code)

    @property
    def full_name(self) -> str:
        return " ".join(dict.fromkeys(part for part in (self.sido, self.sigungu, self.name) if part))

    @property
    def file_name(self) -> str:
        """The name for files; the code tells namesakes apart, of which some districts have two."""
        return "_".join(part for part in (self.sigungu, self.name, self.code) if part)
