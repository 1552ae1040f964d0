"""Places of one dong, on lists small enough to check by eye."""

from typing import Any

import numpy as np
import polars as pl
import pytest

from domain.listing import Slot
from domain.policy import ListPolicy
from outreach.allocation import Placement, allocate
from outreach.drawing import chances_of_draw
from outreach.eligibility import GRAVE, LIFE_STAGES

PREGNANT, SEVENTY, SIXTY_FIVE, INFANT = LIFE_STAGES
SUICIDE, SHUTOFF = GRAVE
SCHEMA = {
    "household_id": pl.String,
    "raw_score": pl.Float64,
    "may_be_listed": pl.Boolean,
    "is_carried_over": pl.Boolean,
    "cohort": pl.String,
    "safety_net": pl.String,
    "is_referred": pl.Boolean,
    "may_rank": pl.Boolean,
}
NOBODY_BY_CHANCE = ListPolicy(exploration_places=0)


def household(name: str, score: float, **claims: Any) -> dict[str, Any]:
    """Somebody who may have a place for the score and nothing else, unless ``claims`` say otherwise."""
    plain = {"may_be_listed": True, "is_carried_over": False, "cohort": None, "safety_net": None,
             "is_referred": False, "may_rank": True}  # fmt: skip
    return {"household_id": name, "raw_score": score} | plain | claims


def resting(name: str, score: float, **claims: Any) -> dict[str, Any]:
    """Somebody with no claim to a place for the score: visited lately, or a recipient the office knows."""
    return household(name, score, may_rank=False) | claims


def places(
    *households: dict[str, Any], capacity: int = 10, policy: ListPolicy = NOBODY_BY_CHANCE, seed: int = 1
) -> list[tuple[str, Slot, Placement]]:
    frame = pl.DataFrame(list(households), schema=SCHEMA)
    given = allocate(frame, capacity=capacity, policy=policy, rng=np.random.default_rng(seed))
    return [(frame["household_id"][p.row], p.slot, p) for p in given]


def names(given: list[tuple[str, Slot, Placement]]) -> list[str]:
    return [name for name, _, _ in given]


def slots(given: list[tuple[str, Slot, Placement]]) -> dict[str, Slot]:
    return {name: slot for name, slot, _ in given}


def test_the_list_runs_from_the_highest_score_down() -> None:
    given = places(household("low", 0.1), household("high", 0.9), household("middle", 0.5))
    assert names(given) == ["high", "middle", "low"]
    assert set(slots(given).values()) == {Slot.TOP}


def test_no_more_places_than_the_capacity() -> None:
    given = places(*(household(f"h{i}", i / 10) for i in range(9)), capacity=4)
    assert names(given) == ["h8", "h7", "h6", "h5"]


@pytest.mark.parametrize("capacity", [0, 1, 3])
def test_a_dong_with_nobody_gets_an_empty_list(capacity: int) -> None:
    assert places(capacity=capacity) == []


def test_a_dong_without_capacity_gets_an_empty_list() -> None:
    assert places(household("a", 1.0, is_referred=True, safety_net=SHUTOFF), capacity=0) == []


def test_each_slot_takes_its_own_and_a_household_takes_the_first_it_has_a_claim_to() -> None:
    given = places(
        resting("carried", 0.1, is_carried_over=True, cohort=INFANT, safety_net=SHUTOFF, is_referred=True),
        resting("cohort", 0.2, cohort=SEVENTY, safety_net=SHUTOFF, is_referred=True),
        resting("net", 0.3, safety_net=SHUTOFF, is_referred=True),
        resting("referred", 0.4, is_referred=True),
        household("top", 0.5),
    )
    assert slots(given) == {
        "carried": Slot.CARRIED_OVER,
        "cohort": Slot.COHORT,
        "net": Slot.SAFETY_NET,
        "referred": Slot.REFERRAL,
        "top": Slot.TOP,
    }


def test_slots_are_served_in_their_order_when_places_are_few() -> None:
    everybody = (
        household("top", 9.0),
        resting("referred", 0.4, is_referred=True),
        resting("net", 0.3, safety_net=SHUTOFF),
        resting("cohort", 0.2, cohort=SEVENTY),
        resting("carried", 0.1, is_carried_over=True),
    )
    assert [set(names(places(*everybody, capacity=n))) for n in range(1, 5)] == [
        {"carried"},
        {"carried", "cohort"},
        {"carried", "cohort", "net"},
        {"carried", "cohort", "net", "referred"},
    ]


def test_carried_over_entries_are_never_turned_away_and_leave_no_negative_places() -> None:
    carried = [household(f"c{i}", i / 10, is_carried_over=True) for i in range(5)]
    given = places(*carried, household("top", 9), household("net", 8, safety_net=SUICIDE), capacity=3)
    assert names(given) == ["c4", "c3", "c2", "c1", "c0"]


def test_slots_stop_at_their_own_number_of_places() -> None:
    policy = ListPolicy(cohort_places=1, safety_net_places=2, referral_places=1, exploration_places=0)
    given = places(
        *(resting(f"cohort{i}", i, cohort=INFANT) for i in range(4)),
        *(resting(f"net{i}", i, safety_net=SHUTOFF) for i in range(4)),
        *(resting(f"referred{i}", i, is_referred=True) for i in range(4)),
        policy=policy,
    )
    assert slots(given) == {
        "cohort3": Slot.COHORT,
        "net3": Slot.SAFETY_NET,
        "net2": Slot.SAFETY_NET,
        "referred3": Slot.REFERRAL,
    }


def test_the_more_pressing_occasion_comes_before_the_higher_score() -> None:
    policy = ListPolicy(cohort_places=1, safety_net_places=1, exploration_places=0)
    given = places(
        resting("infant", 5.0, cohort=INFANT),
        resting("pregnant", 0.1, cohort=PREGNANT),
        resting("repeated", 5.0, safety_net="listings_without_help"),
        resting("cut off", 0.3, safety_net=SHUTOFF),
        resting("crisis", 0.2, safety_net=SUICIDE),
        policy=policy,
    )
    assert slots(given) == {"pregnant": Slot.COHORT, "crisis": Slot.SAFETY_NET}
    assert {name: p.occasion for name, _, p in given} == {"pregnant": PREGNANT, "crisis": SUICIDE}


def test_who_finds_no_room_in_a_slot_may_still_be_among_the_highest_scores() -> None:
    policy = ListPolicy(referral_places=1, exploration_places=0)
    given = places(household("a", 2.0, is_referred=True), household("b", 1.0, is_referred=True), policy=policy)
    assert slots(given) == {"a": Slot.REFERRAL, "b": Slot.TOP}


@pytest.mark.parametrize(
    "claims", [{}, {"is_carried_over": True}, {"cohort": INFANT}, {"safety_net": SUICIDE}, {"is_referred": True}]
)
def test_excluded_and_case_managed_households_take_no_place_whatever_their_claim(claims: dict[str, Any]) -> None:
    assert places(resting("excluded", 9.0, may_be_listed=False, **claims)) == []


def test_resting_households_and_recipients_are_listed_for_an_occasion_only() -> None:
    policy = ListPolicy(exploration_places=3)
    given = places(resting("score alone", 9.0), resting("crisis", 0.1, safety_net=SUICIDE), policy=policy)
    assert slots(given) == {"crisis": Slot.SAFETY_NET}


def test_grave_reports_stand_first_whatever_their_score_and_their_slot() -> None:
    given = places(
        household("top", 9.0),
        resting("crisis", 0.1, safety_net=SUICIDE),
        resting("cut off", 0.3, safety_net=SHUTOFF),
        resting("carried crisis", 0.2, is_carried_over=True, safety_net=SUICIDE),
        resting("repeated", 5.0, safety_net="listings_without_help"),
    )
    assert names(given) == ["cut off", "carried crisis", "crisis", "top", "repeated"]
    assert slots(given)["carried crisis"] is Slot.CARRIED_OVER


def test_an_entry_carried_over_stays_what_it_was_listed_for() -> None:
    given = places(
        resting("cut off", 0.3, is_carried_over=True, safety_net=SHUTOFF),
        resting("in vain", 0.2, is_carried_over=True, safety_net="listings_without_help"),
        resting("by score", 0.1, is_carried_over=True),
    )
    assert [(name, place.occasion) for name, _, place in given] == [
        ("cut off", SHUTOFF),
        ("in vain", "listings_without_help"),
        ("by score", "days_since_open_listing"),
    ]


def test_places_by_rule_have_propensity_one() -> None:
    given = places(household("a", 2.0), household("b", 1.0), resting("c", 0.5, cohort=INFANT))
    assert [p.propensity for _, _, p in given] == [1.0, 1.0, 1.0]


def test_equals_at_the_cut_share_its_places_by_chance() -> None:
    """Three places: one above, and five equals for the other two."""
    given = places(household("first", 2.0), *(household(f"equal{i}", 1.0) for i in range(5)), capacity=3)
    assert [p.propensity for _, _, p in given] == [1.0, 0.4, 0.4]
    assert [p.tied_with for _, _, p in given] == [0, 4, 4]


def test_equals_that_all_find_room_are_certain_of_it() -> None:
    given = places(*(household(f"equal{i}", 1.0) for i in range(3)), household("less", 0.5), capacity=4)
    assert [p.propensity for _, _, p in given] == [1.0] * 4
    assert [p.tied_with for _, _, p in given] == [2, 2, 2, 0]


def test_equals_above_the_cut_are_certain_and_still_say_that_they_are_tied() -> None:
    given = places(
        *(household(f"equal{i}", 1.0) for i in range(2)), household("x", 0.5), household("y", 0.5), capacity=3
    )
    assert [(p.propensity, p.tied_with) for _, _, p in given] == [(1.0, 1), (1.0, 1), (0.5, 1)]


def test_the_same_draw_gives_the_same_list_and_another_draw_another() -> None:
    equals = [household(f"equal{i:02d}", 1.0) for i in range(40)]
    policy = ListPolicy(exploration_places=2)
    lists = [names(places(*equals, policy=policy, seed=seed)) for seed in (1, 1, 2)]
    assert lists[0] == lists[1] != lists[2]


def test_exploration_draws_among_all_that_found_no_place_and_stores_the_chance() -> None:
    policy = ListPolicy(exploration_places=2)
    given = places(*(household(f"h{i}", float(i)) for i in range(10)), capacity=4, policy=policy)
    by_chance = [(name, p) for name, slot, p in given if slot is Slot.EXPLORATION]
    assert [name for name, slot, _ in given if slot is Slot.TOP] == ["h9", "h8"]
    ranks = {f"h{7 - i}": i for i in range(8)}
    chances = chances_of_draw(np.arange(1.0, 9.0), places=2, capacity=4)
    assert [p.propensity for _, p in by_chance] == [chances[ranks[name]] for name, _ in by_chance]
    assert not {name for name, _ in by_chance} & {"h9", "h8"}


def test_exploration_takes_what_there_is_when_few_are_left() -> None:
    given = places(household("a", 2.0), household("b", 1.0), capacity=5, policy=ListPolicy(exploration_places=3))
    assert len(given) == 2
    assert all(p.propensity == 1.0 for _, _, p in given)


def test_the_stored_chance_is_how_often_each_is_drawn() -> None:
    """4,000 weeks, two of eight drawn each: no count is more than four deviations away from its chance."""
    households = [household(f"h{i}", float(i)) for i in range(10)]
    policy = ListPolicy(exploration_places=2)
    weeks = 4000
    drawn = [
        name
        for seed in range(weeks)
        for name, slot, _ in places(*households, capacity=4, policy=policy, seed=seed)
        if slot is Slot.EXPLORATION
    ]
    counts = np.array([drawn.count(f"h{7 - i}") for i in range(8)])
    chances = chances_of_draw(np.arange(1.0, 9.0), places=2, capacity=4)
    assert counts.sum() == weeks * 2
    assert (np.abs(counts - weeks * chances) < 4 * np.sqrt(weeks * chances * (1 - chances))).all()
    assert chances[0] > 1.5 * chances[-1], "near the top the draw tells most"


def test_the_chance_of_equals_is_how_often_each_is_listed() -> None:
    households = [household("first", 2.0), *(household(f"equal{i}", 1.0) for i in range(5))]
    weeks = 3000
    listed = [name for seed in range(weeks) for name in names(places(*households, capacity=3, seed=seed))]
    counts = np.array([listed.count(f"equal{i}") for i in range(5)])
    expected = weeks * 0.4
    assert listed.count("first") == weeks
    assert ((counts - expected) ** 2 / expected / 0.6).sum() * 4 / 5 < 18.5  # chi-square, 4 degrees, once in 1,000


def test_equals_at_the_cut_of_an_occasion_have_their_chance_stored_as_well() -> None:
    policy = ListPolicy(referral_places=1, exploration_places=0)
    given = places(*(resting(f"referred{i}", 1.0, is_referred=True) for i in range(4)), policy=policy)
    assert [p.propensity for _, _, p in given] == [0.25]
