"""Pages from templates: one environment, the frame every page stands in, and how values are written on screen."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import quote_plus

from jinja2 import BaseLoader, Environment, PackageLoader, StrictUndefined

from domain.calendar import SEOUL
from domain.korean import korean_date, korean_month, korean_number, masked_name, with_particle, won_short
from serving import wording_ko, wording_web_ko

STATIC = Path(__file__).parent / "static"
# Nothing inline, nothing from another host; templates hold no style or script of their own.
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)


@dataclass(frozen=True)
class Person:
    """Who is signed in, as the page's header says it; ``key`` tells one person from another and nothing else."""

    key: str
    name: str
    role: str
    place: str


@dataclass(frozen=True)
class NavItem:
    label: str
    href: str
    is_current: bool = False


@dataclass(frozen=True)
class Tile:
    """One figure on top of a page; ``href`` is where its households are listed."""

    label: str
    figure: int
    note: str
    href: str = ""
    tone: str = ""


@dataclass(frozen=True)
class Flash:
    """What the last action came to, said once; ``tone`` is critical, danger, warning, info or success."""

    text: str
    tone: str = "success"


@dataclass(frozen=True, kw_only=True)
class Frame:
    """What stands around every page. Without a ``person`` (login, errors) there is no menu and no countdown.

    ``idle_seconds`` is what is left of the session; the warning opens ``warning_seconds`` before its end (KWCAG 2.2,
    응답시간 조절: at least 20). ``here`` is the page's own path with its query, where the contrast link returns.
    """

    title: str
    contact: str
    overseer: str
    person: Person | None = None
    nav: tuple[NavItem, ...] = ()
    csrf: str = ""
    idle_seconds: int = 0
    warning_seconds: int = 120
    flash: Flash | None = None
    is_high_contrast: bool = False
    here: str = "/"


@dataclass(frozen=True)
class Choice:
    """One option of a select, a radio group or a group of boxes."""

    value: str
    label: str
    hint: str = ""


@dataclass(frozen=True)
class Column:
    """A table's column: ``sort`` is the key it is sorted by, ``kind`` is "", number, short, select or wide."""

    label: str
    sort: str = ""
    kind: str = ""


@dataclass(frozen=True)
class Sorting:
    """How a table is sorted now; its links keep the rest of the query."""

    path: str
    by: str
    is_descending: bool = False
    query: Mapping[str, str] = field(default_factory=dict)

    def href(self, column: Column) -> str:
        """The address that sorts by ``column``, the other way round where it is sorted by it already."""
        turned = column.sort == self.by and not self.is_descending
        return url(self.path, {**self.query, "sort": column.sort, "order": "desc" if turned else "asc"})

    def state(self, column: Column) -> str:
        """The value of ``aria-sort``."""
        if column.sort != self.by:
            return "none"
        return "descending" if self.is_descending else "ascending"


def url(path: str, query: Mapping[str, Any]) -> str:
    """``path`` with the query's parts that have a value; their names are words of ours.

    >>> url("/list", {"band": "high", "worker": ""})
    '/list?band=high'
    """
    kept = "&".join(f"{name}={quote_plus(str(value))}" for name, value in query.items() if value not in (None, ""))
    return f"{path}?{kept}" if kept else path


@lru_cache(maxsize=1)
def _manifest() -> dict[str, str]:
    manifest: dict[str, str] = json.loads((STATIC / "manifest.json").read_text(encoding="utf-8"))
    return manifest


def asset(name: str) -> str:
    """The address of a built file, ``/static/app-1A2B3C4D.css`` for ``app.css``; raises KeyError for an unknown one."""
    return f"/static/{_manifest()[name]}"


def korean_datetime(moment: datetime) -> str:
    """Day and time in Seoul.

    >>> korean_datetime(datetime(2026, 11, 16, 8, 10, tzinfo=SEOUL))
    '2026. 11. 16.(월) 08:10'
    """
    local = moment.astimezone(SEOUL)
    return f"{korean_date(local)} {local:%H:%M}"


def won(amount: int) -> str:
    """Money in full: ``1,234,567원``."""
    return wording_web_ko.WON.format(amount=amount)


def masked_phone(phone: str) -> str:
    """The number without its middle part; one of another form keeps its last two digits only.

    >>> masked_phone("01012345678"), masked_phone("02-345-6789"), masked_phone("1588-0000")
    ('010-****-5678', '02-***-6789', '******00')
    """
    digits = re.sub(r"\D", "", phone)
    parts = re.fullmatch(r"(02|050\d|0\d{2})(\d{3,4})(\d{4})", digits)
    if parts is None:
        return "*" * max(0, len(digits) - 2) + digits[-2:]
    return f"{parts[1]}-{'*' * len(parts[2])}-{parts[3]}"


def environment(loader: BaseLoader) -> Environment:
    """The environment of every template; what it is given is text, whatever the template's name ends with."""
    made = Environment(
        loader=loader,
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,  # templates come with the program: none is looked for anew, file by file, at every page
    )
    made.filters |= {
        "korean_date": korean_date,
        "korean_datetime": korean_datetime,
        "korean_month": korean_month,
        "number": korean_number,
        "won": won,
        "won_short": won_short,
        "masked_name": masked_name,
        "masked_phone": masked_phone,
        "with_particle": with_particle,
    }
    made.globals |= {"asset": asset, "url": url, "ko": wording_ko, "web": wording_web_ko}
    made.globals |= {"Choice": Choice, "Column": Column, "NavItem": NavItem}
    return made


_ENVIRONMENT = environment(PackageLoader("serving"))


def render(name: str, **context: Any) -> str:
    """The page or fragment of template ``name``; a variable the template uses and is not given is an error."""
    return _ENVIRONMENT.get_template(name).render(context)
