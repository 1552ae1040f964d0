"""The reference tables: the register of crisis indicators and the administrative dongs."""

import csv
from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path

from domain.dong import Dong
from domain.indicator import Indicator, IndicatorKind

_HERE = Path(__file__).parent


def reference_path(name: str) -> Path:
    """A reference table: inside the installed package, or under ``data/reference`` of a checkout."""
    packaged = _HERE / "reference" / name
    return packaged if packaged.exists() else _HERE.parent / "data" / "reference" / name


def _read_rows(name: str) -> Iterator[dict[str, str]]:
    with reference_path(name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


@cache
def indicators() -> tuple[Indicator, ...]:
    """The register in the order of its numbers."""
    return tuple(
        Indicator(
            number=int(row["indicator_no"]),
            code=row["indicator_code"],
            name_ko=row["name_ko"],
            area=row["area"],
            kind=IndicatorKind(row["kind"]),
            has_amount="amount_krw" in row["value_fields"],
            provider_ko=row["provider_ko"],
            known_since=date.fromisoformat(row["known_since"] + "-01") if row["known_since"] else None,
            lag_days=int(row["lag_days"]),
            sentence_ko=row["sentence_ko"],
        )
        for row in _read_rows("indicators.csv")
    )


@cache
def indicator(code: str) -> Indicator:
    """The indicator of that code; raises `KeyError` for one that is not registered."""
    return {known.code: known for known in indicators()}[code]


@cache
def snapshot_dongs() -> dict[str, Dong]:
    """The dongs of the 2022-03-09 snapshot by code (see ``dong_moves.csv`` for what changed since)."""
    return {
        row["dong_code"]: Dong(row["dong_code"], row["sido"], row["sigungu"], row["dong"])
        for row in _read_rows("dong.csv")
    }


@cache
def dong_places() -> dict[str, tuple[int, int]]:
    """Where the dongs of the snapshot lie, by code: metres eastwards and northwards (EPSG:5179)."""
    rows = _read_rows("dong.csv")
    return {row["dong_code"]: (int(row["x_epsg5179"]), int(row["y_epsg5179"])) for row in rows if row["x_epsg5179"]}
