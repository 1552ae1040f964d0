"""Past lists as auditors look into them: each entry with its household's pseudonym, by which files know it."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, and_, select

from domain.listing import Band, Entry, Slot
from domain.people import Scope
from domain.published import CurrentRound
from store.lists import explanation_of
from store.scoping import within
from store.tables import entries, households

_PLAIN = ("rank", "slot_sentence", "propensity", "raw_score", "probability", "tied_with", "household_type")


@dataclass(frozen=True)
class PastEntry:
    """An entry as it stands in the store; ``entry.household_id`` is empty for one that lives outside the scope now."""

    ref: str
    entry: Entry


def past_entries(
    connection: Connection, scope: Scope, published: CurrentRound, dong_codes: Sequence[str]
) -> dict[str, list[PastEntry]]:
    """The entries of some dongs of a round in ``scope``, by dong in the order of their ranks; dongs without one too."""
    of, is_home = entries.c, and_(households.c.ref == entries.c.ref, within(scope, households.c.dong_code))
    query = (
        select(of.dong_code, of.ref, households.c.household_id, of.slot, of.band, of.explanation)
        .add_columns(*(of[name] for name in _PLAIN))
        .outerjoin(households, is_home)
        .where(within(scope, of.dong_code), of.publication_id == published.publication_id)
        .where(of.dong_code.in_(dong_codes))
        .order_by(of.dong_code, of.rank)
    )
    found: dict[str, list[PastEntry]] = {code: [] for code in dong_codes}
    for row in connection.execute(query).mappings():
        entry = Entry(
            **{name: row[name] for name in _PLAIN},
            round=published.round,
            dong_code=row["dong_code"],
            household_id=row["household_id"] or "",
            slot=Slot(row["slot"]),
            band=Band(row["band"]),
            bundle=published.origin["bundle"],
            explanation=explanation_of(row["explanation"]),
        )
        found[entry.dong_code].append(PastEntry(row["ref"], entry))
    return found
