"""What a list shows of an entry: words instead of codes, sentences instead of numbers."""

import csv
import io
from collections.abc import Iterable, Sequence

from domain.korean import korean_month
from domain.listing import Entry, Slot
from serving import wording_ko as ko

# Characters with which a spreadsheet takes text for a formula.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def why(entry: Entry) -> list[str]:
    """Up to three sentences, the occasion of the place first."""
    occasion = entry.slot_sentence or {Slot.REFERRAL: ko.REFERRED, Slot.EXPLORATION: ko.DRAWN}.get(entry.slot)
    sentences = [occasion] if occasion else []
    sentences += [reason.sentence for reason in entry.explanation.raising if reason.sentence not in sentences]
    return sentences[:3] or [ko.NO_REASON]


def against(entry: Entry) -> list[str]:
    """Up to three sentences that speak for less urgency."""
    return [reason.sentence for reason in entry.explanation.lowering]


def not_known(entry: Entry) -> list[str]:
    """What is not known, and how old the newest report is."""
    if not entry.explanation.has_reports:
        return list(entry.explanation.unknown)
    newest = entry.explanation.newest_report
    age = ko.NEWEST_REPORT.format(month=korean_month(newest)) if newest else ko.NO_REPORT
    return [*entry.explanation.unknown, age]


def csv_bytes(dong_name: str, entries: Iterable[Entry]) -> bytes:
    """The list as Excel opens it by a double click: UTF-8 with BOM, CRLF."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(ko.CSV_COLUMNS)
    for entry in entries:
        reasons = [*why(entry), "", ""][:3]
        row = [entry.round, dong_name, entry.rank, entry.household_id, ko.HOUSEHOLD_TYPES[entry.household_type],
               ko.BANDS[entry.band], ko.SLOTS[entry.slot], *reasons, " / ".join(against(entry)),
               " / ".join(not_known(entry))]  # fmt: skip
        writer.writerow(_as_text(row))
    return text.getvalue().encode("utf-8-sig")


def _as_text(cells: Sequence[object]) -> list[str]:
    texts = [str(cell) for cell in cells]
    return [f"'{text}" if text.startswith(_FORMULA_STARTS) else text for text in texts]
