"""Administrative dongs (행정동): the lowest office area, a ten-digit text code that changes over time."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Dong:
    """One dong under the code that is valid now."""

    code: str
    sido: str
    sigungu: str
    name: str

    @property
    def sigungu_code(self) -> str:
        return self.code[:5]

    @property
    def full_name(self) -> str:
        return f"{self.sido} {self.sigungu} {self.name}"
