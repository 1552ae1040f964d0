"""Every estimate beside an obvious loop over the rows of one resample, and its mean over all that chance could draw."""

from itertools import product
from math import isnan, nan

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.capacity import ESTIMATES, estimate, measure_list, paired_difference
from scoring.list_sums import list_sums
from tests.support.judging import LABEL, Row, evidence_of, listing_of, places_of

DONGS = ("1", "2", "3")
STRATA = ("chosen", "drawn")
parts = st.sampled_from([0.0, 0.5, 1.0])
rows_of_a_town = st.lists(
    st.builds(
        Row,
        dong=st.sampled_from(DONGS),
        stratum=st.sampled_from(STRATA),
        need=st.integers(0, 1),
        place=parts,
        weight=st.sampled_from([1.0, 4.0, 50.0]),
        stated=st.sampled_from([0.1, 0.4]),
        other_place=parts,
    ),
    max_size=10,
)


def counts_of(rows: list[Row], method: str, unjudged: dict[str, tuple[int, int]]) -> list[dict[str, object]]:
    """Places: those of the judged rows and some of households nobody judged, by dong (chosen, drawn)."""
    held = {
        (dong, stratum): sum(getattr(row, "place" if method == "m" else "other_place")
                             for row in rows if (row.dong, row.stratum) == (dong, stratum))
        for dong in DONGS for stratum in STRATA
    }  # fmt: skip
    return [
        places_of(
            dong,
            held[dong, "chosen"] + held[dong, "drawn"] + sum(unjudged[dong]),
            held[dong, "chosen"] + unjudged[dong][0],
            candidates=60,
            expected=0.2 * sum(unjudged[dong]),
            method=method,
        )
        for dong in DONGS
    ]


def listings_of(rows: list[Row]) -> list[dict[str, object]]:
    return [
        listing_of(dong, stratum, 2 * judged + 1, judged)
        for dong in DONGS
        for stratum in STRATA
        for judged in [sum((row.dong, row.stratum) == (dong, stratum) for row in rows)]
    ]


def plain_estimates(
    rows: list[Row], counts: list[dict[str, object]], listings: list[dict[str, object]]
) -> dict[str, float]:
    """The estimates of one town, written as they are said. A dong drawn twice stands in the lists twice."""
    places = sum(count["places"] for count in counts)
    chosen_places = sum(count["chosen_places"] for count in counts)
    held = {"chosen": chosen_places, "drawn": places - chosen_places}
    candidates = sum(count["candidates"] for count in counts)
    listed, judged = (
        {s: sum(line[what] for line in listings if line["stratum"] == s) for s in STRATA}
        for what in ("listed", "judged")
    )
    size = {"chosen": listed["chosen"], "drawn": candidates - listed["chosen"]}
    on_list = [row for row in rows if row.place > 0]
    weighted = total = corrections = missed = 0.0
    for stratum in STRATA:
        mine = [row for row in on_list if row.stratum == stratum]
        everybody = [row for row in rows if row.stratum == stratum]
        if held[stratum] > 1e-9:
            if not mine:
                weighted = total = corrections = nan
                continue
            response = judged[stratum] / listed[stratum]
            weights = [row.weight * row.place for row in mine]
            hits = sum(w * row.need for w, row in zip(weights, mine, strict=True))
            weighted += held[stratum] * hits / sum(weights)
            total += hits / response
            corrections += sum(w * (r.need - r.stated) for w, r in zip(weights, mine, strict=True)) / response
        if size[stratum] > 0:
            unseen = sum(row.weight * (1 - row.place) * row.need for row in everybody)
            missed += size[stratum] * unseen / sum(row.weight for row in everybody) if everybody else nan
    need = weighted + missed
    return {
        "naive": sum(r.place * r.need for r in on_list) / sum(r.place for r in on_list) if on_list else nan,
        "weighted": weighted / places if places else nan,
        "inverse_propensity": total / places if places else nan,
        "doubly_robust": (sum(count["expected"] for count in counts) + corrections) / places if places else nan,
        "recall": weighted / need if need > 0 else nan,
        "lift": weighted / need * candidates / places if need > 0 and places else nan,
    }


unjudged_places = st.fixed_dictionaries({dong: st.tuples(st.integers(0, 2), st.integers(0, 2)) for dong in DONGS})


@given(rows_of_a_town, unjudged_places)
def test_estimates_of_every_resample_are_those_of_a_loop(rows: list[Row], unjudged: dict[str, tuple[int, int]]) -> None:
    counts, listings = counts_of(rows, "m", unjudged), listings_of(rows)
    evidence = evidence_of(rows, counts, listings, draws=6)
    fast = measure_list(evidence, "m", [LABEL]).estimates
    for draw, times in enumerate(evidence.times):
        drawn = [dong for dong, often in zip(DONGS, times, strict=True) for _ in range(int(often))]
        slow = plain_estimates(
            [row for dong in drawn for row in rows if row.dong == dong],
            [count for dong in drawn for count in counts if count["dong_code"] == dong],
            [line for dong in drawn for line in listings if line["dong_code"] == dong],
        )
        for name, value in slow.items():
            assert fast[name][draw, 0, 0] == pytest.approx(value, nan_ok=True), name


@given(rows_of_a_town, unjudged_places)
def test_a_difference_is_that_of_the_two_figures_and_holds_its_value(
    rows: list[Row], unjudged: dict[str, tuple[int, int]]
) -> None:
    counts = counts_of(rows, "m", unjudged) + counts_of(rows, "other", unjudged)
    evidence = evidence_of(rows, counts, listings_of(rows), draws=6)
    one, other = (measure_list(evidence, method, [LABEL]) for method in ("m", "other"))
    figure = paired_difference(evidence, one, other, LABEL)
    expected = one.figure("weighted", LABEL).value - other.figure("weighted", LABEL).value
    assert figure.value == pytest.approx(expected, nan_ok=True)
    assert isnan(figure.low) or figure.low <= figure.value <= figure.high


@given(rows_of_a_town, unjudged_places)
def test_recall_never_exceeds_one_and_lift_is_never_negative(
    rows: list[Row], unjudged: dict[str, tuple[int, int]]
) -> None:
    evidence = evidence_of(rows, counts_of(rows, "m", unjudged), listings_of(rows), draws=6)
    estimates = measure_list(evidence, "m", [LABEL]).estimates
    assert not (estimates["recall"] > 1 + 1e-9).any()
    assert not (estimates["lift"] < 0).any()


# Two dongs alike: the former rule listed one household, chance drew one of the other three with probability 1/3. The
# new list holds the listed one, who is in need, and the three others, of whom one is.
POOLS = {"1": (1, 0, 0), "2": (0, 0, 1)}
STATED = (0.3, 0.2, 0.6)


def test_over_all_that_chance_could_draw_three_estimates_are_right_and_the_naive_one_is_not() -> None:
    truth = 4 / 8
    means = dict.fromkeys(ESTIMATES, 0.0)
    for drawn in product(range(3), repeat=2):
        rows = [
            row
            for (dong, pool), index in zip(POOLS.items(), drawn, strict=True)
            for row in (
                Row(dong, "chosen", 1, stated=0.5),
                Row(dong, "drawn", pool[index], weight=3, stated=STATED[index]),
            )
        ]
        counts = [places_of(dong, 4, 1, candidates=4, expected=0.5 + sum(STATED)) for dong in POOLS]
        listings = [listing_of(dong, stratum, 1, 1) for dong in POOLS for stratum in STRATA]
        _, sums = list_sums(evidence_of(rows, counts, listings, draws=0), "m", [LABEL])
        everywhere = type(sums)(**{name: array.sum(axis=0) for name, array in vars(sums).items()})
        for name in ESTIMATES:
            means[name] += estimate(everywhere)[name].item() / 9
    assert means["weighted"] == pytest.approx(truth)
    assert means["inverse_propensity"] == pytest.approx(truth)
    assert means["doubly_robust"] == pytest.approx(truth)
    assert means["naive"] == pytest.approx(2 / 3)  # it takes the rule's own finds for half of the list


def test_over_many_draws_with_households_nobody_reached_the_estimates_centre_on_the_truth() -> None:
    """In 40 dongs the rule listed 3 of 15, chance 2 of the rest; 7 in 10 were reached; the new list has 6 places."""
    rng = np.random.default_rng(8)
    risk = rng.normal(size=(40, 15))
    need = (rng.random((40, 15)) < 1 / (1 + np.exp(1 - risk))).astype(int)
    old, new = risk + rng.normal(size=risk.shape), risk + rng.normal(size=risk.shape)
    by_rule = (-old).argsort(axis=1).argsort(axis=1) < 3
    on_list = (-new).argsort(axis=1).argsort(axis=1) < 6
    stated = 1 / (1 + np.exp(1.5 - new))
    truth = need[on_list].mean()
    values = {name: [] for name in ESTIMATES}
    for _ in range(120):
        rows, counts, listings = [], [], []
        for dong in range(40):
            pool = np.flatnonzero(~by_rule[dong])
            drawn = rng.choice(pool, 2, replace=False)
            listed = {"chosen": np.flatnonzero(by_rule[dong]), "drawn": drawn}
            for stratum, members in listed.items():
                reached = [member for member in members if rng.random() < 0.7]
                weight = len(pool) / 2 if stratum == "drawn" else 1.0
                listings.append(listing_of(str(100 + dong), stratum, len(members), len(reached)))
                rows += [
                    Row(str(100 + dong), stratum, int(need[dong, i]), place=float(on_list[dong, i]), weight=weight,
                        stated=float(stated[dong, i]))
                    for i in reached
                ]  # fmt: skip
            expected = float(stated[dong][on_list[dong]].sum())
            chosen = int((by_rule[dong] & on_list[dong]).sum())
            counts.append(places_of(str(100 + dong), 6, chosen, candidates=15, expected=expected))
        _, sums = list_sums(evidence_of(rows, counts, listings, draws=0), "m", [LABEL])
        everywhere = type(sums)(**{name: array.sum(axis=0) for name, array in vars(sums).items()})
        for name in ESTIMATES:
            values[name].append(estimate(everywhere)[name].item())
    off = {name: (np.mean(v) - truth) / (np.std(v) / np.sqrt(len(v))) for name, v in values.items()}
    for name in ESTIMATES[1:]:
        assert abs(off[name]) < 4, (name, off)
    assert off["naive"] > 8
