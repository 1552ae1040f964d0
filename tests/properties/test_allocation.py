"""What holds for every dong, whatever its households claim: hypothesis draws it, a plain loop checks the list."""

import numpy as np
import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from domain.listing import Slot
from domain.policy import ListPolicy
from outreach.allocation import Placement, allocate
from outreach.eligibility import GRAVE, LIFE_STAGES
from tests.unit.test_allocation import SCHEMA

FLAG = st.booleans()
RARELY = st.sampled_from([False, False, False, True])
HOUSEHOLD = st.fixed_dictionaries(
    {
        "raw_score": st.sampled_from([-2.0, -1.0, 0.0, 0.5, 1.0, 3.0]),  # few values: ties at every cut
        "may_be_listed": st.sampled_from([True, True, True, False]),
        "is_carried_over": RARELY,
        "cohort": st.sampled_from([None, None, None, *LIFE_STAGES]),
        "safety_net": st.sampled_from([None, None, None, *GRAVE, "listings_without_help"]),
        "is_referred": RARELY,
        "ranks": FLAG,
    }
)
POLICY = st.builds(
    ListPolicy,
    cohort_places=st.integers(0, 3),
    safety_net_places=st.integers(0, 3),
    referral_places=st.integers(0, 3),
    exploration_places=st.integers(0, 4),
)


def frame_of(rows: list[dict[str, object]]) -> pl.DataFrame:
    """Claims as `with_claims` makes them: only who may be listed may rank."""
    frame = pl.DataFrame(
        [row | {"household_id": f"h{number:03d}"} for number, row in enumerate(rows)],
        schema=SCHEMA | {"ranks": pl.Boolean},
    )
    return frame.with_columns(may_rank=pl.col("may_be_listed") & pl.col("ranks"))


def in_slot(places: list[Placement], slot: Slot) -> list[Placement]:
    return [place for place in places if place.slot is slot]


@given(st.lists(HOUSEHOLD, max_size=30), st.integers(0, 12), POLICY, st.integers(0, 2**32))
def test_every_list_keeps_to_the_rules(
    rows: list[dict[str, object]], capacity: int, policy: ListPolicy, seed: int
) -> None:
    frame = frame_of(rows)
    places = allocate(frame, capacity=capacity, policy=policy, rng=np.random.default_rng(seed))
    row = frame.rows(named=True)
    listed = {place.row for place in places}

    assert len(listed) == len(places), "nobody is listed twice"
    carried = [n for n, who in enumerate(row) if who["is_carried_over"] and who["may_be_listed"]]
    assert {place.row for place in in_slot(places, Slot.CARRIED_OVER)} == set(carried)
    assert len(places) <= max(capacity, len(carried))
    assert all(row[place.row]["may_be_listed"] for place in places)
    assert all(0 < place.propensity <= 1 for place in places)

    limits = {Slot.COHORT: policy.cohort_places, Slot.SAFETY_NET: policy.safety_net_places,
              Slot.REFERRAL: policy.referral_places, Slot.EXPLORATION: policy.exploration_places}  # fmt: skip
    assert all(len(in_slot(places, slot)) <= most for slot, most in limits.items())
    for place in in_slot(places, Slot.COHORT):
        assert place.occasion == row[place.row]["safety_net" if place.is_grave else "cohort"]
    assert all(place.is_grave == (row[place.row]["safety_net"] in GRAVE) for place in places), (
        "graveness is the report's"
    )
    assert all(place.occasion == row[place.row]["safety_net"] for place in in_slot(places, Slot.SAFETY_NET))
    assert all(row[place.row]["is_referred"] for place in in_slot(places, Slot.REFERRAL))
    assert all(row[place.row]["may_rank"] for place in in_slot(places, Slot.TOP))
    assert all(row[place.row]["may_rank"] for place in in_slot(places, Slot.EXPLORATION))

    waiting = [who["raw_score"] for n, who in enumerate(row) if who["may_rank"] and n not in listed]
    tops = [row[place.row]["raw_score"] for place in in_slot(places, Slot.TOP)]
    assert not tops or not waiting or min(tops) >= max(waiting), "nobody waits behind a lower score"
    assert not waiting or len(places) >= capacity, "no place stays empty while somebody waits"

    order = [(not place.is_grave, -row[place.row]["raw_score"]) for place in places]
    assert order == sorted(order), "grave reports first, then by score"
    tied = [sum(who["raw_score"] == row[p.row]["raw_score"] for who in row) - 1 for p in places]
    assert tied == [place.tied_with for place in places]


@given(st.lists(HOUSEHOLD, max_size=20), POLICY, st.integers(0, 2**32))
def test_running_it_again_gives_the_same_list(rows: list[dict[str, object]], policy: ListPolicy, seed: int) -> None:
    one, other = (
        allocate(frame_of(rows), capacity=6, policy=policy, rng=np.random.default_rng(seed)) for _ in range(2)
    )
    assert one == other


@given(st.lists(HOUSEHOLD, max_size=20), st.integers(0, 11), POLICY, st.integers(0, 2**32))
def test_one_place_more_never_takes_a_place_by_rule_away(
    rows: list[dict[str, object]], capacity: int, policy: ListPolicy, seed: int
) -> None:
    frame = frame_of(rows)
    fewer, more = (
        {
            place.row
            for place in allocate(frame, capacity=places, policy=policy, rng=np.random.default_rng(seed))
            if place.slot is not Slot.EXPLORATION
        }
        for places in (capacity, capacity + 1)
    )
    assert fewer <= more
