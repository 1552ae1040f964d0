"""Which district and which round a hub's page is about, of those the caller may see."""

from collections.abc import Mapping
from dataclasses import dataclass

from domain.calendar import Round
from domain.people import Scope
from domain.published import CurrentRound, PublishedDong, dong_names
from serving import wording_hub_ko as ko
from serving.access import Visit
from serving.pages.places import MOST_ROUNDS
from serving.rendering import Choice
from store.lists import current_rounds, dongs_of_round


@dataclass(frozen=True)
class District:
    """One district of the caller in one round, and what else could be chosen."""

    code: str
    name: str
    round: CurrentRound
    dongs: tuple[PublishedDong, ...]
    rounds: tuple[CurrentRound, ...]
    districts: Mapping[str, str]

    @property
    def scope(self) -> Scope:
        """The district's dongs that the caller may see: all of it, or of a smaller right those alone."""
        return Scope(tuple(one.dong.code for one in self.dongs))

    @property
    def query(self) -> dict[str, str]:
        return {"district": self.code, "round": self.round.round}

    @property
    def names(self) -> dict[str, str]:
        return dong_names(self.dongs)

    @property
    def round_choices(self) -> tuple[Choice, ...]:
        return tuple(Choice(one.round, ko.ROUND.format(round=one.round)) for one in self.rounds)

    @property
    def district_choices(self) -> tuple[Choice, ...]:
        return tuple(Choice(code, name) for code, name in self.districts.items())

    @property
    def next_week(self) -> Round:
        """The first round whose lists are not made yet."""
        return self.rounds[0].followed_by


def find_district(visit: Visit, asked: Mapping[str, str]) -> District | None:
    """What was asked for where the caller may see it, else the newest round and the first district; None for none."""
    rounds = current_rounds(visit.connection)[:MOST_ROUNDS]
    if not rounds:
        return None
    week = next((one for one in rounds if one.round == asked.get("round")), rounds[0])
    dongs = dongs_seen(visit, week)
    districts = {one.dong.sigungu_code: one.dong.sigungu or one.dong.sido for one in dongs}
    if not districts:
        return None
    code = asked.get("district", "")
    code = code if code in districts else next(iter(districts))
    own = tuple(one for one in dongs if one.dong.code.startswith(code))
    return District(code, districts[code], week, own, rounds, districts)


def dongs_seen(visit: Visit, week: CurrentRound) -> tuple[PublishedDong, ...]:
    """The dongs of a round that the caller may see."""
    return tuple(one for one in dongs_of_round(visit.connection, week.round) if visit.scope.covers(one.dong.code))
