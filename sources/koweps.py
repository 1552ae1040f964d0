"""The Korea Welfare Panel Study, wave 12 (한국복지패널 12차): one row a household, its quantities and labels."""

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import polars as pl

from domain.errors import DeliveryRefused
from sources.koweps_files import read_person_rows
from sources.koweps_household import household_columns
from sources.koweps_labels import label_columns
from sources.reference import reference_path

INTERVIEW_YEAR = 2017
# 7개 권역, the finest area of the survey; in the order of the codes of h12_reg7.
REGIONS = ("서울", "인천·경기", "부산·경남·울산", "대구·경북", "대전·충남", "강원·충북", "광주·전남·전북·제주")


@dataclass(frozen=True)
class Variable:
    """One variable of the survey and what its blanks and its missing code mean.

    Codes are missing for one variable only: 9 means "not answered" for a yes/no item, and "economically inactive" in
    ``h12_eco4``. ``blank_is_none`` says that a blank means "does not apply", which counts as none.
    """

    variable: str
    name: str
    missing_code: float | None
    blank_is_none: bool
    level: str
    unit: str
    role: str


@cache
def variables() -> tuple[Variable, ...]:
    """The variables that are read, from ``koweps_variables.csv``."""
    with reference_path("koweps_variables.csv").open(encoding="utf-8", newline="") as file:
        return tuple(
            Variable(
                variable=row["variable"],
                name=row["canonical_name"],
                missing_code=float(row["missing_code"]) if row["missing_code"] else None,
                blank_is_none=row["blank_means"] == "none",
                level=row["level"],
                unit=row["unit"],
                role=row["role"],
            )
            for row in csv.DictReader(file)
        )


def read_households(path: Path) -> pl.DataFrame:
    """One row a household, sorted by ``household_id`` as a number: quantities, labels, weight, region, cohort.

    Money is in 10,000 won. ``household_id`` is the survey's own key as text; give it a pseudonym before it is stored.
    Raises `DeliveryRefused` for a file that is damaged, of another type or another wave.
    """
    return households(read_person_rows(path, [known.variable for known in variables()]))


def households(rows: pl.DataFrame) -> pl.DataFrame:
    """The households of person rows that carry the survey's own variable names and values."""
    persons = rows.select(_known(variable) for variable in variables())
    _check_persons(persons)
    persons = persons.sort("household_id", "person_id").with_columns(
        is_head=pl.col("relation_to_head") == 10, age=INTERVIEW_YEAR - pl.col("birth_year")
    )
    as_reported = {
        known.name: known.unit for known in variables() if known.level == "household" and known.role == "feature"
    }
    grouped = persons.group_by("household_id", maintain_order=True).agg(
        **household_columns(as_reported), **label_columns()
    )
    return grouped.with_columns(
        household_id=pl.col("household_id").cast(pl.Int64).cast(pl.String),
        region=pl.col("region7")
        .cast(pl.Int64)
        .replace_strict(dict(enumerate(REGIONS, start=1)), return_dtype=pl.String),
    )


def _known(variable: Variable) -> pl.Expr:
    """The variable under its canonical name: null is unknown, and a blank that means "does not apply" is 0."""
    value = pl.col(variable.variable)
    if variable.blank_is_none:
        value = value.fill_null(0)
    if variable.missing_code is not None:
        value = pl.when(value != variable.missing_code).then(value)
    return value.alias(variable.name)


def _check_persons(persons: pl.DataFrame) -> None:
    whole = "Bring the merged file of wave 12 as it was downloaded, with whole households."
    if persons.is_empty():
        raise DeliveryRefused("The file has no rows.", hint=whole)
    for name in ("household_id", "person_id", "panel_family_id", "region7"):
        if persons[name].null_count():
            raise DeliveryRefused(f"{persons[name].null_count()} rows have no {name}.", hint=whole)
    if not persons["region7"].is_between(1, len(REGIONS)).all():
        raise DeliveryRefused("h12_reg7 holds a region other than 1 to 7.", hint=whole)
    if persons.select("household_id", "person_id").is_duplicated().any():
        raise DeliveryRefused("The same person stands in the file twice.", hint=whole)
    heads = persons.group_by("household_id").agg(heads=(pl.col("relation_to_head") == 10).sum())
    without = heads.filter(pl.col("heads") != 1).height
    if without:
        raise DeliveryRefused(f"{without} households do not have exactly one head (h12_g2 = 10).", hint=whole)
