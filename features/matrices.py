"""Matrices on disk: the stored features of every household as of a round, one sorted file a district."""

from collections.abc import Callable, Iterator, Sequence
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
# The file beside a round's matrices that says what they were made from.
MADE_FROM = "made_from"


def made_from(*, delivery_digest: str, recorded_digest: str, catalogue: Catalogue) -> str:
    """What names a round's matrices: the delivery, what was recorded since (may be empty), and the definitions."""
    return f"{delivery_digest} {recorded_digest} {catalogue.digest()}\n"


def are_made_from(folder: Path, core: Core, catalogue: Catalogue) -> bool:
    """Whether the matrices in ``folder`` are of this very delivery and what came beside it, by today's definitions."""
    path = folder / MADE_FROM
    wanted = made_from(delivery_digest=core.delivery_digest, recorded_digest=core.recorded_digest, catalogue=catalogue)
    return path.exists() and path.read_text(encoding="ascii", errors="replace") == wanted


def tables_read(catalogue: Catalogue) -> tuple[str, ...]:
    """The core tables a catalogue's definitions look at."""
    measured = (feature.measure.table for feature in catalogue.features if isinstance(feature.measure, Aggregate))
    return ("households", *dict.fromkeys(measured))


def district_matrix(
    core: Core, district: str, catalogue: Catalogue, as_of: AsOf, *, dong_codes: Sequence[str] | None = None
) -> pl.DataFrame:
    """The matrix of one district, or of some of its dongs alone: whole dongs, every household, sorted."""
    frames = [
        household_features(tables, catalogue.features, as_of).to_native()
        for tables in _slices(core, district, catalogue, dong_codes)
    ]
    frame = nw.from_native(pl.concat(frames))
    stored: pl.DataFrame = matrix(frame, area_rates(frame, catalogue.features), catalogue.stored, as_of).to_native()
    return stored.sort("household_id")


def _slices(
    core: Core, district: str, catalogue: Catalogue, dong_codes: Sequence[str] | None
) -> Iterator[dict[str, pl.DataFrame]]:
    households = core.scan("households", [district])
    if dong_codes is not None:
        households = households.filter(pl.col("dong_code").is_in(list(dong_codes)))
    ids = households.select("household_id").collect().to_series()
    for start in range(0, len(ids), SLICE_HOUSEHOLDS):
        part = ids[start : start + SLICE_HOUSEHOLDS]
        inside = pl.col("household_id").is_between(pl.lit(part[0]), pl.lit(part[-1]))
        if dong_codes is not None:  # households of other dongs lie between
            inside &= pl.col("household_id").is_in(part.implode())
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
