"""Kinds of files, their names and the headers that carry them."""

import re
from datetime import date
from enum import StrEnum
from urllib.parse import quote

from serving.files.cells import clean


class FileKind(StrEnum):
    XLSX = "xlsx"
    CSV = "csv"
    HWPX = "hwpx"
    PDF = "pdf"

    @property
    def media_type(self) -> str:
        return MEDIA_TYPES[self]


# HWPX: KS X 6101:2024 (OWPML), 5.2, whose packages open with a "mimetype" of this text.
MEDIA_TYPES: dict[FileKind, str] = {
    FileKind.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    FileKind.CSV: "text/csv; charset=utf-8",
    FileKind.HWPX: "application/hwp+zip",
    FileKind.PDF: "application/pdf",
}
_NOT_IN_A_NAME = re.compile(r'[\\/:*?"<>|\s]+')  # Windows refuses these; blanks break when a name is mailed
_LONGEST_PART = 60


def file_name(stem: str, dong: str, as_of: date | None, kind: FileKind, *, marked: str = "") -> str:
    """What a file is called: ``방문대상_행복1동_20261116.xlsx``; ``marked`` is one more word at its end."""
    day = f"{as_of:%Y%m%d}" if as_of else ""
    parts = (_name_part(stem), _name_part(dong), day, _name_part(marked))
    return "_".join(part for part in parts if part) + f".{kind.value}"


def _name_part(text: str) -> str:
    return _NOT_IN_A_NAME.sub("_", clean(text)).strip("._")[:_LONGEST_PART]


def content_disposition(name: str) -> str:
    """The header that saves an answer as ``name`` (RFC 6266, RFC 8187), with an ASCII name for what knows no better."""
    plain = re.sub(r"[^A-Za-z0-9.-]+", "_", name).strip("_")
    return f"attachment; filename=\"file_{plain}\"; filename*=UTF-8''{quote(name, safe='', errors='replace')}"
