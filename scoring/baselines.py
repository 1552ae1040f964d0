"""What an office does without a model; every figure of a model stands beside these."""

import polars as pl

from features.catalogue import Catalogue
from features.windows import CURRENT_MONTHS

_REPORT_SUFFIX = "_months_ago"


def indicator_count(frame: pl.DataFrame, catalogue: Catalogue) -> pl.Series:
    """Kinds of indicators that are current, one point each: the rule without weights."""
    reports = [
        f.name
        for f in catalogue.learned
        if f.indicators and f.name.endswith(_REPORT_SUFFIX) and f.name in frame.columns
    ]
    current = [(pl.col(name) < CURRENT_MONTHS).fill_null(False).cast(pl.Int32) for name in reports]
    return frame.select(pl.sum_horizontal(*current, pl.col("arrears_kinds").cast(pl.Int32))).to_series()


def area_rate(frame: pl.DataFrame) -> pl.Series:
    """The dong's share of households with any current indicator: place alone, nothing about the household."""
    return frame["area_reported_rate"]
