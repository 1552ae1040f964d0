"""Made-up towns of any size as core tables, without the way through a delivery: seconds instead of minutes."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import lightgbm as lgb
import numpy as np
import polars as pl

from domain.calendar import Round, day_number
from features.catalogue import STANDARD
from features.declaration import AsOf
from features.matrices import district_matrix
from scoring.score import feature_array
from sources.core import Core, core_schema
from sources.reference import indicators
from sources.synthetic import dongs_of
from sources.synthetic.plan import plan_districts
from sources.synthetic.synthesis import Plan, make_district
from sources.tables import TABLES, Kind, Table
from tests.support.cores import READ, write_core


def made_core(
    folder: Path, as_of: date, *, households: int, seed: int, surge_from: date | None = None,
    months: int = 24, place: str = "고양시", tables: Sequence[str] = READ,
) -> Core:  # fmt: skip
    """The core of a synthetic town; only ``tables`` are filled, the others are empty."""
    plan = Plan.of(as_of=as_of, seed=seed, months=months, past_weeks=56, surge_from=surge_from)
    made = [make_district(district, plan).delivery for district in plan_districts(dongs_of(place), households)]
    frames = {
        name: pl.concat([_as_core(part[name], TABLES[name]) for part in made])
        for name in dict.fromkeys(("households", *tables))
    }
    return write_core(folder, frames, as_of)


def _as_core(frame: pl.DataFrame, table: Table) -> pl.DataFrame:
    """A delivered table with the types of core; ids and codes stay as they are."""
    numbers = {known.code: known.number for known in indicators()}
    values = []
    for column in table.columns:
        text = pl.col(column.name)
        match column.kind:
            case Kind.MONTH:
                values.append(text.str.slice(0, 4).cast(pl.Int32) * 12 + text.str.slice(5).cast(pl.Int32) - 1)
            case Kind.DATE:
                values.append(text.cast(pl.Int32))
            case Kind.ROUND:
                weeks = {week: day_number(Round.parse(week).as_of) for week in frame[column.name].unique()}
                values.append(text.replace_strict(weeks, return_dtype=pl.Int32))
            case Kind.INDICATOR:
                values.append(text.replace_strict(numbers).alias("indicator_no"))
            case _:
                values.append(text)
    return frame.select(values).cast(dict(core_schema(table)))  # type: ignore[arg-type]


def risk_model(core: Core, as_of: date, *, seed: int = 0) -> lgb.Booster:
    """A model of the standard features that learned a made-up risk: arrears, living alone."""
    frame = pl.concat(district_matrix(core, district, STANDARD, AsOf.on(as_of)) for district in core.districts)
    names = [feature.name for feature in STANDARD.learned]
    matrix = feature_array(frame, names)
    weights = {"arrears_kinds": 0.6, "indicator_reports_12m": 0.1, "is_single_elder": 0.5}
    risk = sum(weight * np.nan_to_num(matrix[:, names.index(name)]) for name, weight in weights.items()) - 3
    truth = np.random.default_rng(seed).random(len(matrix)) < 1 / (1 + np.exp(-risk))
    settings = {"objective": "binary", "verbose": -1, "num_threads": 1, "max_depth": 3, "extra_trees": True, "seed": 1}
    return lgb.train(settings | {"feature_fraction": 0.1}, lgb.Dataset(matrix, truth, feature_name=names), 100)
