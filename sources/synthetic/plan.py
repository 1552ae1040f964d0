"""How many households each district and dong gets, and the chance each district draws on."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from domain.dong import Dong
from domain.errors import UsageError
from sources.reference import snapshot_dongs

# Digits 6 to 8 of a dong code tell its kind: eup (town) below 310, myeon (countryside) below 510, dong from there on.
# A myeon has about a fifth of the households of a dong (resident registration, 2022), and is older.
_FIRST_MYEON, _FIRST_URBAN = "310", "510"
_MYEON_WEIGHT = 0.22
_DONG_SIZE_SIGMA = 0.70
_DEPRIVATION_SIGMA, _MOST_DEPRIVED = 0.80, 4.0
_DISTRICT_SIGMA = 0.15


@dataclass(frozen=True)
class District:
    """One sigungu of the plan: its dongs in code order and its households."""

    code: str
    dongs: tuple[Dong, ...]
    households: int

    def generator(self, seed: int, stream: int) -> np.random.Generator:
        """This district's own chance for one part of the work; no other district or part shares it."""
        return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(int(self.code), stream)))


@dataclass(frozen=True)
class DongTraits:
    """Per dong of one district, in the order of its dongs."""

    households: NDArray[np.int64]
    deprivation: NDArray[np.float64]  # about 0 over a district's households, with a heavy upper tail
    is_rural: NDArray[np.bool_]


def dongs_of(name_prefix: str = "") -> tuple[Dong, ...]:
    """The snapshot's dongs whose sigungu, or sido and sigungu, begins with ``name_prefix``; all of them by default."""
    found = tuple(
        dong
        for dong in snapshot_dongs().values()
        if dong.sigungu.startswith(name_prefix) or f"{dong.sido} {dong.sigungu}".startswith(name_prefix)
    )
    if not found:
        raise UsageError(
            f"No district's name begins with {name_prefix!r}.",
            hint="Name a city, or a province and a city with a space.",
        )
    return found


def _is_rural(dong: Dong) -> bool:
    return _FIRST_MYEON <= dong.code[5:8] < _FIRST_URBAN


def _shared_out(total: int, weights: NDArray[np.float64]) -> NDArray[np.int64]:
    """``total`` in whole parts in proportion to ``weights``, the largest remainders rounded up."""
    exact = total * weights / weights.sum()
    parts = np.floor(exact).astype(np.int64)
    parts[np.argsort(parts - exact, kind="stable")[: total - parts.sum()]] += 1
    return np.asarray(parts, dtype=np.int64)


def plan_districts(dongs: Sequence[Dong], households: int) -> tuple[District, ...]:
    """Districts in code order, sharing out ``households`` by the number and kind of their dongs."""
    if households < len(dongs):
        raise UsageError(
            f"{households} households are fewer than the {len(dongs)} dongs.",
            hint="Ask for at least one household a dong.",
        )
    by_code: dict[str, list[Dong]] = {}
    for dong in sorted(dongs, key=lambda dong: dong.code):
        by_code.setdefault(dong.sigungu_code, []).append(dong)
    weights = [sum(_MYEON_WEIGHT if _is_rural(dong) else 1.0 for dong in group) for group in by_code.values()]
    # One household a dong comes first, so that a small town leaves no dong empty.
    parts = _shared_out(households - len(dongs), np.array(weights))
    return tuple(
        District(code, tuple(group), int(part) + len(group))
        for (code, group), part in zip(by_code.items(), parts, strict=True)
    )


def draw_dong_traits(district: District, rng: np.random.Generator) -> DongTraits:
    """Sizes and neighbourhood deprivation; both log-normal, so a few dongs carry many of the households in hardship."""
    is_rural = np.array([_is_rural(dong) for dong in district.dongs])
    weights = rng.lognormal(0.0, _DONG_SIZE_SIGMA, len(is_rural)) * np.where(is_rural, _MYEON_WEIGHT, 1.0)
    sizes = _shared_out(district.households - len(is_rural), weights) + 1
    raw = np.minimum(rng.lognormal(0.0, _DEPRIVATION_SIGMA, len(is_rural)), _MOST_DEPRIVED)
    # Held near 0 over the households, or one big poor dong would put the whole district beside the published facts.
    level = rng.normal(0.0, _DISTRICT_SIGMA)
    return DongTraits(sizes, raw - np.average(raw, weights=sizes) + level, is_rural)
