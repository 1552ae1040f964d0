"""All households as of a past round: their features, who competed for a place, what kind of household each is."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import polars as pl

from domain.dong import Dong
from domain.household import HouseholdType, Sex
from domain.policy import ListPolicy
from features.catalogue import Catalogue
from features.declaration import AsOf
from features.engine import build_matrix
from features.matrices import tables_read
from scoring.baselines import indicator_count
from scoring.candidates import with_candidacy
from scoring.groups import ATTRIBUTES
from sources.core import Core
from sources.dongs import current_dongs

# What is not known of a household is a group as well.
UNKNOWN = "unknown"
# Working memory grows with the households looked at in one go, about 6 KB each; a district is never cut.
PART_HOUSEHOLDS = 50_000

# Youth is up to 34 (청년기본법 제3조), the older worker begins at 50 (고용상 연령차별금지 및 고령자고용촉진에 관한 법률
# 시행령 제2조), the elder at 65 (노인복지법 제26조, 기초연금법 제3조); from 75 on gerontology speaks of the older old
# (Neugarten 1974), who live alone and fall ill far more often than the younger ones.
_AGE_BANDS = {35: "under_35", 50: "35_49", 65: "50_64", 75: "65_74"}
_OLDEST = "75_plus"
# 지방자치법 제3조제3항, 제4항: towns (읍) and townships (면) in rural areas, neighbourhoods (동) in cities.
_REGION_KINDS = {"읍": "eup", "면": "myeon", "동": "dong"}
_MOST_KINDS = 3


def parts(core: Core) -> tuple[tuple[str, ...], ...]:
    """The core's districts in groups that fit into memory; the same groups however many work on them."""
    grouped: list[list[str]] = []
    room = 0
    for district in core.districts:
        households = core.scan("households", [district]).select(pl.len()).collect().item()
        if not grouped or households > room:
            grouped.append([])
            room = PART_HOUSEHOLDS
        grouped[-1].append(district)
        room -= households
    return tuple(tuple(group) for group in grouped)


def part_tables(core: Core, districts: tuple[str, ...], catalogue: Catalogue) -> dict[str, pl.DataFrame]:
    """The core tables a catalogue looks at, of some districts, in memory."""
    return {name: core.scan(name, districts).collect() for name in tables_read(catalogue)}


def population(
    tables: Mapping[str, Any], requests: pl.DataFrame, catalogue: Catalogue, policy: ListPolicy, *, as_of: date
) -> pl.DataFrame:
    """Stored features of all households of whole dongs, as known before ``as_of``, sorted by household.

    ``is_candidate`` marks who may have a place by score: who may rank and is not on the list already. Exclusions are
    those in force on that day.
    """
    matrix: pl.DataFrame = build_matrix(tables, catalogue, AsOf.on(as_of))
    marked = with_candidacy(matrix, requests, as_of, policy)
    return marked.with_columns(is_candidate=pl.col("may_rank") & ~pl.col("is_carried_over")).sort("household_id")


def with_groups(frame: pl.DataFrame, catalogue: Catalogue, core: Core) -> pl.DataFrame:
    """``frame`` (rows of a population) with the `ATTRIBUTES` as text."""
    # Codes are those of the delivery's day, whatever round is looked at.
    dongs = current_dongs(core.as_of)
    age, size = pl.col("head_age"), pl.col("household_size")
    types = {float(code): kind.value for code, kind in enumerate(HouseholdType)}
    is_female = pl.col("is_head_female") > 0
    return frame.with_columns(
        household_type=pl.when(size > 0).then(pl.col("household_type").replace_strict(types, default=UNKNOWN)),
        age_band=pl.when(age.is_not_null()).then(_age_band(age)),
        head_sex=pl.when(age.is_not_null()).then(
            pl.when(is_female).then(pl.lit(Sex.FEMALE.value)).otherwise(pl.lit(Sex.MALE.value))
        ),
        region_kind=pl.col("dong_code").replace_strict(_region_kinds(frame["dong_code"], dongs), default=UNKNOWN),
        indicator_kinds=_kinds(indicator_count(frame, catalogue)),
        reachability=_reachability(),
    ).with_columns(pl.col(ATTRIBUTES).fill_null(UNKNOWN))


def _age_band(age: pl.Expr) -> pl.Expr:
    band = pl.lit(_OLDEST)
    for below, name in reversed(_AGE_BANDS.items()):
        band = pl.when(age < below).then(pl.lit(name)).otherwise(band)
    return band


def _region_kinds(codes: pl.Series, dongs: Mapping[str, Dong]) -> dict[str, str]:
    names = {code: dongs[code].name if code in dongs else "" for code in codes.unique()}
    return {code: _REGION_KINDS.get(name[-1:], UNKNOWN) for code, name in names.items()}


def _kinds(count: pl.Series) -> pl.Series:
    most = str(_MOST_KINDS)
    return count.clip(upper_bound=_MOST_KINDS).cast(pl.String).replace(most, f"{most}+")


def _reachability() -> pl.Expr:
    """Without a phone somebody has to go there; with one a wrong address is a smaller obstacle."""
    return (
        pl.when(pl.col("has_phone") == 0)
        .then(pl.lit("no_phone"))
        .when(pl.col("is_address_mismatch") > 0)
        .then(pl.lit("address_mismatch"))
        .when(pl.col("has_phone") > 0)
        .then(pl.lit("reachable"))
    )
