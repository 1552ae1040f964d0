"""What a bundle remembers of the data it was made on: four rounds of the past year, and reports by month."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from functools import reduce
from operator import add
from typing import Any

import lightgbm as lgb
import numpy as np

from features.catalogue import Catalogue
from features.declaration import AsOf
from features.matrices import district_matrix
from features.monthly_reports import history_months, monthly_reports
from scoring.reference import RoundCounts, build_reference, count_categories, count_round, listable
from scoring.score import feature_array
from sources.core import Core

# A round for each season, so that a later one finds its own among them; the newest has the longest history.
SEASONS_WEEKS = (0, 13, 26, 39)
# Earlier rounds than this many months into a history would look empty, and an empty list would then look familiar.
_HISTORY_MONTHS = 12


def reference_of(
    core: Core,
    catalogue: Catalogue,
    booster: lgb.Booster,
    *,
    as_of: date,
    progress: Callable[[int], None] = lambda rounds: None,
) -> Mapping[str, Any]:
    """``reference.json`` of a model just fitted: its households as of four past rounds, scores by ``booster``.

    Computes the features of every household once a round, district by district.
    """
    rounds = []
    for weeks in SEASONS_WEEKS:
        day = as_of - timedelta(weeks=weeks)
        history = history_months(core, day)
        if weeks and history < _HISTORY_MONTHS:
            continue
        counted = (_count_district(core, district, catalogue, booster, day, history) for district in core.districts)
        rounds.append(reduce(add, counted))
        progress(1)
    return build_reference(
        rounds,
        catalogue,
        population=core.rows["households"],
        categories=count_categories(core),
        reports=monthly_reports(core, as_of=as_of),
    ).to_json()


def _count_district(
    core: Core, district: str, catalogue: Catalogue, booster: lgb.Booster, day: date, history: int
) -> RoundCounts:
    frame = listable(district_matrix(core, district, catalogue, AsOf.on(day)))
    names = [feature.name for feature in catalogue.learned]
    raw = booster.predict(feature_array(frame, names), raw_score=True) if frame.height else np.empty(0)
    return count_round(frame, np.asarray(raw, np.float64), catalogue, as_of=day, history_months=history)
