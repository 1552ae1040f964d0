"""What a list shows of an entry: words instead of codes, sentences instead of numbers."""

from collections.abc import Iterable

from domain.korean import korean_month
from domain.listing import REASONS_SHOWN, Entry, Slot
from domain.published import ListedEntry
from serving import wording_ko as ko
from serving.files.comma_separated import csv_table

Listed = Entry | ListedEntry  # of a file, or of the store


def why(entry: Listed) -> list[str]:
    """What the place is for, where it has an occasion, then what speaks for urgency: `raising`."""
    sentences = [occasion(entry)] if occasion(entry) else []
    return [*sentences, *raising(entry)] or [ko.NO_REASON]


def occasion(entry: Listed) -> str:
    """What the place is for, in a sentence; empty where only the score speaks for it."""
    return entry.slot_sentence or {Slot.REFERRAL: ko.REFERRED, Slot.EXPLORATION: ko.DRAWN}.get(entry.slot, "")


def raising(entry: Listed) -> list[str]:
    """Up to `REASONS_SHOWN` sentences that speak for urgency, without what the place is for."""
    said = (reason.sentence for reason in entry.explanation.raising)
    return [sentence for sentence in said if sentence != occasion(entry)][:REASONS_SHOWN]


def against(entry: Listed) -> list[str]:
    """Up to three sentences that speak for less urgency."""
    return [reason.sentence for reason in entry.explanation.lowering]


def not_known(entry: Listed) -> list[str]:
    """What is not known, and how old the newest report is."""
    if not entry.explanation.has_reports:
        return list(entry.explanation.unknown)
    newest = entry.explanation.newest_report
    age = ko.NEWEST_REPORT.format(month=korean_month(newest)) if newest else ko.NO_REPORT
    return [*entry.explanation.unknown, age]


def csv_bytes(dong_name: str, entries: Iterable[Entry]) -> bytes:
    """The list as Excel opens it by a double click: UTF-8 with BOM, CRLF."""
    return csv_table(ko.CSV_COLUMNS, (_csv_row(dong_name, entry) for entry in entries))


def _csv_row(dong_name: str, entry: Entry) -> list[str | int]:
    said = why(entry)
    reasons = [*said, *[""] * (1 + REASONS_SHOWN - len(said))]
    return [entry.round, dong_name, entry.rank, entry.household_id, ko.HOUSEHOLD_TYPES[entry.household_type],
            ko.BANDS[entry.band], ko.SLOTS[entry.slot], *reasons, " / ".join(against(entry)),
            " / ".join(not_known(entry))]  # fmt: skip
