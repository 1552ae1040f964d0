"""The record of promotions in the trail: every act there is a line here as well, however it was done.

Pages write their line first and the record last, in one transaction. Where that cannot be kept at its very end (a full
disk, a power cut), the act counts and its line is lost; the commands of analysts write none. So whatever the trail
lacks is added before a round's lists are made: no model ranks anybody whose promotion cannot be found there.
"""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from domain.people import ALL
from outreach.promotion_record import Act, Step, read_record
from store.database import Database
from store.trail import Line, append
from store.trail_search import lines_of

ACTS: Mapping[Step, str] = {
    Step.PROPOSED: "propose_model",
    Step.APPROVED: "approve_promotion",
    Step.REJECTED: "reject_promotion",
}


def note_promotions(database: Database, models_root: Path, *, at: datetime) -> int:
    """Adds a line for each act of the record that has none, and gives how many those were; ``at`` is now.

    Raises `CheckFailed` where the record is not what was written.
    """
    acts = read_record(models_root).acts
    with database.writing(ALL) as connection:
        known = {_key(line) for line in lines_of(connection, ACTS.values())}
        late = [act for act in acts if (ACTS[act.act], act.bundle, act.moment) not in known]
        append(connection, *(_line(act, at) for act in late))
    return len(late)


def _key(line: Line) -> tuple[str, str, datetime]:
    """What a line tells, which bundle and when: a page signs line and record with one moment, the record in seconds."""
    done_at = line.detail.get("done_at")
    return line.act, line.subjects[0], datetime.fromisoformat(done_at) if done_at else line.at.replace(microsecond=0)


def _line(act: Act, at: datetime) -> Line:
    return Line(
        at, "sagak", "record", ACTS[act.act], (act.bundle,), {"digest": act.digest, "who": act.who, "done_at": act.at}
    )
