"""Matrices on disk: the stored features of every household as of a round, one sorted file a district."""

from collections.abc import Callable, Iterator
from pathlib import Path

import narwhals as nw
import polars as pl
from joblib import Parallel, delayed

from features.catalogue import Catalogue
from features.declaration import Aggregate, AsOf
from features.engine import area_rates, household_features, matrix
from sources.core import Core
from sources.parquet import write_parquet

# Working memory grows with the households looked at in one go: about 6 KB each, with fourteen indicator rows each.
SLICE_HOUSEHOLDS = 100_000
# Two districts at a time keep two cores busy: the steps between the frame engine's own parallel ones run on one core.
DISTRICTS_AT_ONCE = 2


def tables_read(catalogue: Catalogue) -> tuple[str, ...]:
    """The core tables a catalogue's definitions look at."""
    measured = (feature.measure.table for feature in catalogue.features if isinstance(feature.measure, Aggregate))
    return ("households", *dict.fromkeys(measured))


def district_matrix(core: Core, district: str, catalogue: Catalogue, as_of: AsOf) -> pl.DataFrame:
    """The matrix of one district: whole dongs, every household, sorted."""
    frames = [
        household_features(tables, catalogue.features, as_of).to_native()
        for tables in _slices(core, district, catalogue)
    ]
    frame = nw.from_native(pl.concat(frames))
    stored: pl.DataFrame = matrix(frame, area_rates(frame, catalogue.features), catalogue.stored, as_of).to_native()
    return stored.sort("household_id")


def _slices(core: Core, district: str, catalogue: Catalogue) -> Iterator[dict[str, pl.DataFrame]]:
    ids = core.scan("households", [district]).select("household_id").collect().to_series()
    for start in range(0, len(ids), SLICE_HOUSEHOLDS):
        part = ids[start : start + SLICE_HOUSEHOLDS]
        inside = pl.col("household_id").is_between(pl.lit(part[0]), pl.lit(part[-1]))
        yield {
            name: core.scan(name, [district]).filter(inside).collect().with_columns(pl.col("household_id").set_sorted())
            for name in tables_read(catalogue)
        }


def write_matrices(
    core: Core,
    catalogue: Catalogue,
    as_of: AsOf,
    folder: Path,
    *,
    progress: Callable[[int], None] = lambda households: None,
) -> int:
    """Writes ``<district>.parquet`` for each district into ``folder``; gives the number of households."""
    folder.mkdir(parents=True, exist_ok=True)

    def write(district: str) -> int:
        frame = district_matrix(core, district, catalogue, as_of)
        write_parquet(frame, folder / f"{district}.parquet", is_matrix=True)
        return frame.height

    total = 0
    run = Parallel(n_jobs=DISTRICTS_AT_ONCE, backend="threading", return_as="generator")
    for households in run(delayed(write)(district) for district in core.districts):
        total += households
        progress(households)
    return total
