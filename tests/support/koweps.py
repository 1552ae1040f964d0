"""Made-up survey files: the Korea Welfare Panel's variables and codes, answers drawn by chance or written out."""

from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl
import pyreadstat
import rdata
from rdata.parser import CharFlags, RData, RObject, RObjectType

from sources.koweps import variables

# One man of 40 with a regular job, in his own flat in Seoul: nothing owed, nothing received, nothing wrong.
_QUIET = {
    "h12_g2": 10.0,
    "p12_wgc": 1000.0,
    "h12_reg7": 1.0,
    "h12_reg5": 1.0,
    "h1201_1": 1.0,
    "h1201_110": 1.0,
    "h12_g3": 1.0,
    "h12_g4": 1977.0,
    "h12_g6": 5.0,
    "h12_g7": 5.0,
    "h12_g10": 5.0,
    "h12_g12": 1.0,
    "h12_soc_13": 1.0,
    "h12_eco4": 1.0,
    "h12_cin": 3000.0,
    "h1206_1": 5.0,
    "h1206_2": 3.0,
    "h1206_3": 1.0,
    "h1206_5": 60.0,
    "h1211_3aq2": 3.0,
    "h1211_3aq3": 3.0,
    "h1211_3aq5": None,
}
_YES_NO = tuple(known.variable for known in variables() if known.unit == "0/1" and known.variable not in _QUIET)
_NOT_YES_NO = ("h1201_11aq2", "h1201_11aq5", "h1201_11aq8", "h1201_11aq10", "h1206_10")
_CESD = tuple(known.variable for known in variables() if known.name.startswith("label_cesd"))
_BLANK = (*_CESD, "p1205_7aq1", "h1212_2_11aq2", "h1212_2_11aq14")


def person(merkey: int, member: int = 1, **answers: float | None) -> dict[str, float | None]:
    """One person row under the survey's own names; what is not said is quiet. Members after the first are spouses."""
    row: dict[str, float | None] = {known.variable: 0.0 for known in variables()}
    row |= {name: 2.0 for name in _YES_NO if name not in _NOT_YES_NO}
    row |= {"h1211_3aq4": 2.0, "h1211_3aq6": 2.0, "h1211_3aq7": 2.0} | dict.fromkeys(_BLANK) | _QUIET
    row |= {"h12_merkey": float(merkey), "h12_id": float(merkey // 10_000), "h12_pid": float(merkey * 10 + member)}
    row |= {"h12_g2": 10.0 if member == 1 else 20.0}
    unknown = set(answers) - set(row)
    assert not unknown, f"not variables of the survey: {unknown}"
    return row | answers


def rows(*persons: dict[str, float | None]) -> pl.DataFrame:
    """Person rows as a file holds them."""
    return pl.DataFrame(persons, schema={known.variable: pl.Float64 for known in variables()})


def made_up_survey(households: int, *, seed: int) -> pl.DataFrame:
    """``households`` of one to four members; the poorer they are drawn, the likelier they go without something."""
    chance = np.random.default_rng(seed)
    persons = [row for number in range(households) for row in _household(20_000 + number, chance)]
    return rows(*persons)


def _household(number: int, chance: np.random.Generator) -> list[dict[str, float | None]]:
    size = int(chance.integers(1, 5))
    income = float(np.round(chance.lognormal(7.5, 0.8)))
    poor = income < 1_500
    shared: dict[str, float | None] = {
        "h12_reg7": float(chance.integers(1, 8)),
        "h12_reg5": float(chance.integers(1, 6)),
        "h1201_1": float(size),
        "h1201_110": 1.0 if size == 1 else 5.0,
        "h12_cin": income,
        "h1206_3": float(chance.integers(1, 6)),
        "h1206_5": float(chance.integers(20, 140)),
        "h1206_6": float(chance.integers(0, 30_000)) if not poor else None,
        "h1211_3": _yes(chance, 0.2 if poor else 0.02),
        "h1211_8": _yes(chance, 0.15 if poor else 0.02),
        "h1201_11aq5": float(poor and chance.random() < 0.3),
        "h1211_7": _yes(chance, 0.4 if poor else 0.02),
        "h1207_6aq13": float(np.round(income / 400, 1)),
    }
    return [
        person(
            number * 10_000 + 101,
            member,
            **shared,
            h12_g4=float(chance.integers(1930, 1998)) if member < 3 else float(chance.integers(2000, 2017)),
            h12_g3=float(chance.integers(1, 3)),
            h12_eco4=float(chance.integers(1, 10)),
            h12_med3=float(chance.integers(0, 60)),
        )
        for member in range(1, size + 1)
    ]


def _yes(chance: np.random.Generator, share: float) -> float:
    return 1.0 if chance.random() < share else 2.0


def write_survey(survey: pl.DataFrame, path: Path) -> None:
    """Writes person rows in the format that the path's suffix names, with the free-text column that real files have."""
    frame = survey.to_pandas()
    match path.suffix:
        case ".parquet":
            survey.write_parquet(path)
        case ".sav":
            pyreadstat.write_sav(frame, path, column_labels={"h12_merkey": "가구 머지 키"})
        case ".dta":
            pyreadstat.write_dta(frame, path, column_labels={"h12_merkey": "가구 머지 키"})
        case ".rda":
            text = pd.Categorical(["아동 바우처".ljust(255), *[".".ljust(255)] * (len(frame) - 1)])
            _write_rda_in_cp949(path, frame.assign(h1213_4aq15=text))
        case other:
            raise ValueError(other)


def _write_rda_in_cp949(path: Path, frame: pd.DataFrame) -> None:
    """An R workspace as Korean Windows wrote it: text in CP949 that does not say so (the library writes UTF-8)."""
    data: RData = rdata.conversion.convert_python_to_r_data({"welfare": frame}, encoding="utf-8", file_type="rda")
    _to_cp949(data.object)
    rdata.unparser.unparse_file(path, data, file_type="rda", compression="gzip")


def _to_cp949(node: RObject | None) -> None:
    if node is None:
        return
    if node.info.type is RObjectType.CHAR and isinstance(node.value, bytes) and not node.value.isascii():
        node.value = node.value.decode().encode("cp949")
        node.info.gp &= ~int(CharFlags.UTF8)
    children = node.value if isinstance(node.value, list | tuple) else ()
    for child in (*children, node.attributes, node.tag):
        if isinstance(child, RObject):
            _to_cp949(child)
