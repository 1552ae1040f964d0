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
        return " ".join(dict.fromkeys(part for part in (self.sido, self.sigungu, self.name) if part))

    @property
    def file_name(self) -> str:
        """The name for files; the code tells namesakes apart, of which some districts have two."""
        return "_".join(part for part in (self.sigungu, self.name, self.code) if part)
