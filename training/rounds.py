"""One tested round of some districts: each method's scores of the candidates, the places they get, the outcomes."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from domain.calendar import day_of
from domain.listing import Slot
from domain.policy import Policy
from features.catalogue import Catalogue
from scoring.baselines import area_rate, indicator_count
from scoring.evidence import CHOSEN
from scoring.groups import ATTRIBUTES
from scoring.score import feature_array
from sources.core import Core
from training.labels import LABELS
from training.learning import Ranker
from training.population import part_tables, population, with_groups

LOGISTIC, LAST_SCORE, INDICATOR_COUNT, AREA_ONLY = "logistic_regression", "last_score", "indicator_count", "area_only"
BASELINES = (LOGISTIC, LAST_SCORE, INDICATOR_COUNT, AREA_ONLY)
ALL = "all"
_WEEK = 7
# Below any log-odds: a household that a list of the week before could not hold.
_LEAST = -1e6


@dataclass(frozen=True)
class RankedRound:
    """A round and what ranks it: the contenders, of which the first also ranks the week before, and the regression."""

    day: int
    rankers: Mapping[str, Ranker]

    @property
    def methods(self) -> tuple[str, ...]:
        return tuple(name for name in self.rankers if name != LOGISTIC) + BASELINES


@dataclass(frozen=True)
class Judged:
    """The frames `judged`, `places` and `listings` of `training.backtest.Backtest`, of some rounds and districts."""

    judged: pl.DataFrame
    places: pl.DataFrame
    listings: pl.DataFrame

    @classmethod
    def together(cls, parts: Sequence["Judged"]) -> "Judged":
        """All parts in one order, however they were cut."""
        key = ["round", "dong_code"]
        return cls(
            pl.concat([part.judged for part in parts]).sort(*key, "household_id"),
            pl.concat([part.places for part in parts]).sort(*key, "method", "attribute", "group"),
            pl.concat([part.listings for part in parts]).sort(*key, "stratum"),
        )


def judge_part(
    core: Core,
    districts: tuple[str, ...],
    catalogue: Catalogue,
    policy: Policy,
    listings: pl.DataFrame,
    rounds: Sequence[RankedRound],
) -> Judged:
    """What became of ``rounds`` in some districts; ``listings`` are those of `training.cohort.closed_listings`."""
    ranked = ranked_candidates(core, districts, catalogue, policy, listings, rounds)
    return Judged.together([_judged(frame, tested) for tested, frame in zip(rounds, ranked, strict=True)])


def ranked_candidates(
    core: Core,
    districts: tuple[str, ...],
    catalogue: Catalogue,
    policy: Policy,
    listings: pl.DataFrame,
    rounds: Sequence[RankedRound],
) -> Iterator[pl.DataFrame]:
    """For each round all candidates of some districts: listing, features, groups, and by method score and place."""
    tables = part_tables(core, districts, catalogue)
    requests = core.scan("requests", districts).collect()
    known: dict[int, pl.DataFrame] = {}
    for tested in rounds:
        # Rounds follow each other by a week, so that the features of one serve the next once more.
        known = {
            day: known[day] if day in known else population(tables, requests, catalogue, policy.list, as_of=day_of(day))
            for day in (tested.day - _WEEK, tested.day)
        }
        # Whoever moves in later was not known to move, and had a place in last week's order like everybody else.
        is_new = pl.col("moved_in_on").is_between(tested.day - _WEEK, tested.day - 1)
        newcomers = tables["households"].filter(is_new)["household_id"]
        candidates = _candidates(known[tested.day], listings.filter(pl.col("round") == tested.day))
        scored = _with_scores(candidates, known[tested.day - _WEEK], newcomers, tested, catalogue)
        yield with_groups(with_places(scored, tested, policy), catalogue, core)


def _candidates(households: pl.DataFrame, listings: pl.DataFrame) -> pl.DataFrame:
    """Who could have a place by score, with their listing of the round, if any; ``row`` is their place in the frame."""
    listed = households.with_row_index("row").join(
        listings.drop("round"), on="household_id", how="left", maintain_order="left"
    )
    return listed.filter(pl.col("is_candidate") & pl.col("slot").ne_missing(Slot.CARRIED_OVER.value))


def _with_scores(
    candidates: pl.DataFrame, earlier: pl.DataFrame, newcomers: pl.Series, tested: RankedRound, catalogue: Catalogue
) -> pl.DataFrame:
    names = [feature.name for feature in catalogue.learned]
    columns: dict[str, np.ndarray | pl.Series] = {}
    if candidates.is_empty():
        scores = [f"{kind}_{name}" for name in tested.rankers for kind in ("score", "probability")]
        columns = {name: pl.Series([], dtype=pl.Float64) for name in (*scores, f"score_{LAST_SCORE}")}
    else:
        matrix = feature_array(candidates, names)
        for name, ranker in tested.rankers.items():
            columns[f"score_{name}"] = raw = np.asarray(ranker.raw_scores(matrix), np.float64)
            columns[f"probability_{name}"] = ranker.calibration.probabilities(raw)
        last = next(iter(tested.rankers.values())).raw_scores(feature_array(earlier[candidates["row"]], names))
        is_new = candidates["household_id"].is_in(newcomers.to_list()).to_numpy()
        columns[f"score_{LAST_SCORE}"] = np.where(is_new, _LEAST, last)
    columns[f"score_{INDICATOR_COUNT}"] = indicator_count(candidates, catalogue).cast(pl.Float64)
    columns[f"score_{AREA_ONLY}"] = area_rate(candidates).cast(pl.Float64)
    return candidates.with_columns(**columns)


def with_places(scored: pl.DataFrame, tested: RankedRound, policy: Policy) -> pl.DataFrame:
    """Each candidate's share of a place by each method: 1 above the cut, 0 below, equal parts for equals at the cut."""
    codes = scored["dong_code"].unique()
    capacity = pl.DataFrame({"dong_code": codes, "capacity": [policy.capacity(code) for code in codes]},
                            schema={"dong_code": pl.String, "capacity": pl.Int64})  # fmt: skip
    return scored.join(capacity, on="dong_code", maintain_order="left").with_columns(
        _place(f"score_{method}").alias(f"place_{method}") for method in tested.methods
    )


def _place(score: str) -> pl.Expr:
    above = pl.col(score).rank("min", descending=True).over("dong_code").cast(pl.Int64) - 1
    equals = pl.len().over("dong_code", score).cast(pl.Int64)
    return ((pl.col("capacity") - above) / equals).clip(0.0, 1.0)


def _judged(candidates: pl.DataFrame, tested: RankedRound) -> Judged:
    frame = candidates.with_columns(round=pl.lit(tested.day, pl.Int32))
    known = [f"probability_{name}" for name in tested.rankers]
    per_method = [f"{kind}_{method}" for method in tested.methods for kind in ("score", "place")] + known
    labels = [f"label_{name}" for name in LABELS]
    who = ["round", "dong_code", "household_id", "slot", "stratum", "inclusion"]
    listed = frame.filter(pl.col("stratum").is_not_null())
    return Judged(
        judged=frame.filter(pl.col("is_judged").fill_null(False)).select(*who, *labels, *per_method, *ATTRIBUTES),
        places=pl.concat([_places(frame, tested, attribute) for attribute in (ALL, *ATTRIBUTES)]),
        listings=listed.group_by("round", "dong_code", "stratum", maintain_order=True).agg(
            listed=pl.len().cast(pl.Int64), judged=pl.col("is_judged").sum().cast(pl.Int64)
        ),
    )


def _places(frame: pl.DataFrame, tested: RankedRound, attribute: str) -> pl.DataFrame:
    """Counts of candidates and places by dong, method and group of one attribute; no person."""
    group = pl.lit("") if attribute == ALL else pl.col(attribute)
    # With the order kept sums are taken row by row, and are the same to the last bit however many threads there are.
    groups = frame.group_by("round", "dong_code", group.alias("group"), maintain_order=True)
    sums = groups.agg(
        pl.len().cast(pl.Int64).alias("candidates"),
        *(sum_ for method in tested.methods for sum_ in _sums_of(method, has_probability=method in tested.rankers)),
    )
    return pl.concat(
        sums.select(
            "round",
            "dong_code",
            pl.lit(method).alias("method"),
            pl.lit(attribute).alias("attribute"),
            "group",
            "candidates",
            *(pl.col(f"{name}_{method}").alias(name) for name in ("places", "chosen_places", "expected")),
            *((pl.col(f"{name}_{method}") if attribute == ALL else pl.lit(None, kind)).alias(name)
              for name, kind in (("tied", pl.Int64()), ("tied_places", pl.Float64()))),
        )
        for method in tested.methods
    )  # fmt: skip


def _sums_of(method: str, *, has_probability: bool) -> list[pl.Expr]:
    place = pl.col(f"place_{method}")
    is_tied = (place > 0) & (place < 1)
    expected = (place * pl.col(f"probability_{method}")).sum() if has_probability else pl.lit(None, pl.Float64)
    return [
        place.sum().alias(f"places_{method}"),
        place.filter(pl.col("stratum") == CHOSEN).sum().alias(f"chosen_places_{method}"),
        expected.alias(f"expected_{method}"),
        is_tied.sum().cast(pl.Int64).alias(f"tied_{method}"),
        place.filter(is_tied).sum().alias(f"tied_places_{method}"),
    ]
