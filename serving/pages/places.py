"""Which dong and which round a page is about, of those the caller may see."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from domain.korean import korean_date
from domain.published import CurrentRound, PublishedDong, dong_names
from serving import wording_casework_ko as ko
from serving.access import Visit
from serving.rendering import Choice, Flash
from store.lists import current_rounds, dongs_of_round

MOST_ROUNDS = 53  # a year of weeks


@dataclass(frozen=True)
class Place:
    """A dong's list of one round, and what else could be chosen."""

    round: CurrentRound
    dong: PublishedDong
    rounds: tuple[CurrentRound, ...]
    dongs: tuple[PublishedDong, ...]

    @property
    def is_newest(self) -> bool:
        return self.round == self.rounds[0]

    @property
    def query(self) -> dict[str, str]:
        return {"dong": self.dong.dong.code, "round": self.round.round}

    @property
    def dong_choices(self) -> tuple[Choice, ...]:
        return tuple(Choice(code, name) for code, name in dong_names(self.dongs).items())

    @property
    def round_choices(self) -> tuple[Choice, ...]:
        return tuple(Choice(one.round, ko.LIST_LEAD.format(round=one.round)) for one in self.rounds)


def find_place(visit: Visit, asked: Mapping[str, str]) -> Place | None:
    """What was asked for where it exists, else the newest round and the first dong; None where there is no list."""
    rounds = current_rounds(visit.connection)[:MOST_ROUNDS]
    if not rounds:
        return None
    week = next((one for one in rounds if one.round == asked.get("round")), rounds[0])
    # Of which dongs there are, only those of the caller are shown: a foreign code is answered like an unknown one.
    dongs = dongs_of_round(visit.connection, week.round, visit.scope)
    if not dongs:
        return None
    dong = next((one for one in dongs if one.dong.code == asked.get("dong")), dongs[0])
    return Place(week, dong, rounds, dongs)


def stale(newest: CurrentRound, today: date, *, sentence: str = ko.STALE) -> str:
    """That this week's list is not there yet, where the newest one is of a week before; else empty.

    ``sentence`` says it, with ``{monday}`` for the day of the missing list and ``{as_of}`` for that of the newest.
    """
    monday = today - timedelta(days=today.weekday())
    if newest.as_of >= monday:
        return ""
    return sentence.format(monday=korean_date(monday), as_of=korean_date(newest.as_of))


def flash_of(asked: Mapping[str, str]) -> Flash | None:
    """What the last act came to, by a word of a closed list."""
    sentence = ko.DONE.get(asked.get("done", ""))
    return Flash(sentence) if sentence else None
