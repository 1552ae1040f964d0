"""What a bundle remembers of the data it was made on: four rounds of the past year, and reports by month."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta
from functools import reduce
from operator import add
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from domain.progress import Progress, untold
from features.catalogue import Catalogue
from features.declaration import AsOf
from features.matrices import district_matrix
from features.monthly_reports import history_months, monthly_reports
from scoring.calibration import Scores
from scoring.reference import Reference, RoundCounts, build_reference, count_categories, count_round, listable
from scoring.score import feature_array
from sources.core import Core

if TYPE_CHECKING:  # see scoring.bundle
    import lightgbm as lgb

Score = Callable[[pl.DataFrame], Scores]
# A round for each season, so that a later one finds its own among them; the newest has the longest history.
SEASONS_WEEKS = (0, 13, 26, 39)
# Earlier rounds than this many months into a history would look empty, and an empty list would then look familiar.
_HISTORY_MONTHS = 12


def reference_of(
    core: Core,
    catalogue: Catalogue,
    booster: "lgb.Booster",
    *,
    as_of: date,
    progress: Progress = untold,
) -> Mapping[str, Any]:
    """``reference.json`` of a model just fitted: its households as of four past rounds, scores by ``booster``.

    Computes the features of every household once a round, district by district.
    """
    past = [as_of - timedelta(weeks=weeks) for weeks in SEASONS_WEEKS[1:]]
    days = [as_of, *(day for day in past if history_months(core, day) >= _HISTORY_MONTHS)]
    names = [feature.name for feature in catalogue.learned]

    def score(frame: pl.DataFrame) -> Scores:
        raw = booster.predict(feature_array(frame, names), raw_score=True) if frame.height else np.empty(0)
        return np.asarray(raw, np.float64)

    def matrices(day: date) -> Iterable[pl.DataFrame]:
        for district in core.districts:
            yield district_matrix(core, district, catalogue, AsOf.on(day))
            progress("reference", 1, len(days) * len(core.districts))

    rounds = [_counted(core, matrices(day), catalogue, score, day) for day in days]
    return _built(core, rounds, catalogue).to_json()


def state_of_round(
    core: Core, matrices: Iterable[pl.DataFrame], catalogue: Catalogue, score: Score, *, as_of: date, like: Reference
) -> Reference:
    """A later round in the terms of a model's reference ``like``, to be compared with it (`audit.drift.drift_between`).

    ``matrices`` are the round's features, a frame a district; ``score`` gives the model's raw scores of such rows.
    """
    return _built(core, [_counted(core, matrices, catalogue, score, as_of)], catalogue, score_edges=like.score.edges)


def _counted(
    core: Core, matrices: Iterable[pl.DataFrame], catalogue: Catalogue, score: Score, day: date
) -> RoundCounts:
    history = history_months(core, day)
    frames = (listable(matrix) for matrix in matrices)
    return reduce(
        add, (count_round(frame, score(frame), catalogue, as_of=day, history_months=history) for frame in frames)
    )


def _built(
    core: Core, rounds: list[RoundCounts], catalogue: Catalogue, *, score_edges: tuple[float, ...] | None = None
) -> Reference:
    return build_reference(
        rounds,
        catalogue,
        population=core.rows["households"],
        categories=count_categories(core),
        reports=monthly_reports(core, as_of=rounds[0].as_of),
        score_edges=score_edges,
    )
