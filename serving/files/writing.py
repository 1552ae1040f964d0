"""One way to every format."""

from collections.abc import Callable
from typing import Any

from serving.files import hwpx_file, pdf
from serving.files.cells import cleaned
from serving.files.comma_separated import write_csv
from serving.files.naming import FileKind
from serving.files.sheet import Document, Sheet, VisitSheet
from serving.files.workbook import write_xlsx

_WRITERS: dict[tuple[type[Document], FileKind], Callable[[Any], bytes]] = {
    (Sheet, FileKind.XLSX): write_xlsx,
    (Sheet, FileKind.CSV): write_csv,
    (Sheet, FileKind.HWPX): hwpx_file.write_sheet,
    (Sheet, FileKind.PDF): pdf.write_sheet,
    (VisitSheet, FileKind.HWPX): hwpx_file.write_visit,
    (VisitSheet, FileKind.PDF): pdf.write_visit,
}


def kinds(document: type[Document]) -> tuple[FileKind, ...]:
    """The formats that a kind of document can be taken in, for a page to offer."""
    return tuple(kind for kind in FileKind if (document, kind) in _WRITERS)


def write(document: Document, kind: FileKind) -> bytes:
    """The document's bytes in one format. What cannot be seen in a text (controls, direction marks) is left out.

    Raises ValueError for a format that ``kinds`` does not offer for this document.
    """
    writer = _WRITERS.get((type(document), kind))
    if writer is None:
        raise ValueError(f"a {type(document).__name__} is not written as {kind}")
    return writer(cleaned(document))
