"""Who works with Sagak: roles, the areas they may see, and the signature under every act."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from domain.dong import DISTRICT_DIGITS, district_of

EVERYWHERE = "*"
_DIGITS = (DISTRICT_DIGITS, 10)  # of a 시군구 and of a 행정동 code


class Role(StrEnum):
    """What somebody comes to do; each page and each API call names the roles it is for."""

    DONG = "dong"  # 동 담당자: the households of the own dong
    HUB = "hub"  # 희망복지지원단: the dongs of a district
    ANALYST = "analyst"  # 분석 담당자: pseudonyms and aggregates, never a name, phone or address
    AUDITOR = "auditor"  # 감사 담당자: everything, read-only, and the second signature of a promotion


@dataclass(frozen=True)
class Scope:
    """The areas whose households somebody may see: dong codes, district codes, or ``"*"`` for all.

    >>> Scope(("41281",)).covers("4128151000"), Scope(("4128151000",)).covers("4128152000"), Scope(()).covers("41")
    (True, False, False)
    """

    areas: tuple[str, ...]

    def __post_init__(self) -> None:
        for area in self.areas:
            if area != EVERYWHERE and not (area.isdecimal() and area.isascii() and len(area) in _DIGITS):
                raise ValueError("an area is a district's five digits, a dong's ten, or everywhere")

    @property
    def is_everywhere(self) -> bool:
        return EVERYWHERE in self.areas

    def covers(self, dong_code: str) -> bool:
        return self.is_everywhere or any(dong_code.startswith(area) for area in self.areas)

    def has_dong(self, dong_code: str) -> bool:
        """Whether there is a dong worker's right to it: only those have a dong's ten digits (`outreach.accounts`)."""
        return self.is_everywhere or dong_code in self.areas

    def has_district_of(self, dong_code: str) -> bool:
        """Whether there is a hub's right to its district: only those have a district's five digits."""
        return self.is_everywhere or district_of(dong_code) in self.areas


NOBODY = Scope(())
ALL = Scope((EVERYWHERE,))


@dataclass(frozen=True)
class Grant:
    """One right: a role in an area, from one moment on until another, if any."""

    role: Role
    area: str
    valid_from: datetime
    valid_to: datetime | None

    def holds_at(self, moment: datetime) -> bool:
        return self.valid_from <= moment and (self.valid_to is None or moment < self.valid_to)


@dataclass(frozen=True)
class Caller:
    """Somebody who is signed in, with the rights that hold now."""

    user_id: int
    login: str
    name: str
    grants: tuple[Grant, ...]

    @property
    def roles(self) -> frozenset[Role]:
        return frozenset(grant.role for grant in self.grants)

    def scope(self, roles: Iterable[Role]) -> Scope:
        """What these roles let the caller see; the areas of other roles do not count."""
        wanted = frozenset(roles)
        return Scope(tuple(sorted({grant.area for grant in self.grants if grant.role in wanted})))


@dataclass(frozen=True)
class Signature:
    """Who acts, with what reach, when, and from where: no act is recorded without one."""

    user_id: int
    login: str
    scope: Scope
    at: datetime
    origin: str

    def __post_init__(self) -> None:
        if self.at.tzinfo is None:
            raise ValueError("a time without a zone is no time of an act")
