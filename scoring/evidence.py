"""What past rounds showed, ready to be added up by dong: judged listings, counts of the lists, resamples of dongs."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl

from scoring.resampling import Floats, Places, draw_dongs

# Listed by rule, so certain; and everybody else, of whom chance drew some with a known probability.
CHOSEN, DRAWN = "chosen", "drawn"
STRATA = (CHOSEN, DRAWN)


@dataclass(frozen=True)
class Evidence:
    """Frames with two columns more: ``dong`` (position in ``dongs``) and, of judged rows, ``weight``.

    ``lists`` are the counts of places by (method, attribute); the attribute "all" has one group, "".
    ``times`` says how often each resample counts each dong; its first row counts each once.
    """

    judged: pl.DataFrame
    listings: pl.DataFrame
    lists: Mapping[tuple[str, str], pl.DataFrame]
    dongs: tuple[str, ...]
    times: Floats

    @classmethod
    def gather(
        cls,
        judged: pl.DataFrame,
        places: pl.DataFrame,
        listings: pl.DataFrame,
        *,
        max_weight: float,
        draws: int,
        rng: np.random.Generator,
    ) -> "Evidence":
        """A backtest's frames as evidence; a judged row stands for 1 / inclusion households, at most ``max_weight``."""
        dongs = tuple(sorted({*places["dong_code"].unique(), *listings["dong_code"].unique()}))
        dong = pl.col("dong_code").cast(pl.Enum(dongs)).to_physical().alias("dong")
        weight = (1 / pl.col("inclusion")).clip(upper_bound=max_weight)
        lists = places.select(pl.exclude("dong_code"), dong).partition_by(
            "method", "attribute", as_dict=True, include_key=False
        )
        return cls(
            judged.with_columns(dong, weight=weight),
            listings.with_columns(dong),
            {(str(method), str(attribute)): frame for (method, attribute), frame in lists.items()},
            dongs,
            draw_dongs(len(dongs), draws=draws, rng=rng),
        )

    @cached_property
    def weight(self) -> Floats:
        """What each judged row stands for."""
        return self.judged["weight"].to_numpy()

    @cached_property
    def dong(self) -> Places:
        """The dong of each judged row."""
        return positions(self.judged, "dong")

    @cached_property
    def stratum(self) -> Places:
        """The position of each judged row's stratum in `STRATA`; every judged row has one."""
        return np.asarray(in_strata(self.judged).argmax(axis=1), np.intp)

    def truth(self, label: str) -> Floats:
        """1 where the label was found, 0 where not."""
        return self.judged[f"label_{label}"].to_numpy().astype(np.float64)

    def place(self, method: str) -> Floats:
        """The part of a place each judged row has on the method's list, 0 to 1."""
        return self.judged[f"place_{method}"].to_numpy().astype(np.float64)

    def probability(self, method: str) -> Floats | None:
        """What the method stated, None where it states no probability."""
        name = f"probability_{method}"
        return self.judged[name].to_numpy().astype(np.float64) if name in self.judged.columns else None


def positions(frame: pl.DataFrame, column: str) -> Places:
    """A column of positions as an index."""
    return frame[column].to_numpy().astype(np.intp)


def in_strata(frame: pl.DataFrame) -> Floats:
    """1 in the column of the row's stratum, shape (rows, 2)."""
    return np.column_stack([(frame["stratum"] == name).to_numpy().astype(np.float64) for name in STRATA])
