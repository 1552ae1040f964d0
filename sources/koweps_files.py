"""Reads the person rows of a Korea Welfare Panel file in any of the formats its users download.

Every reader keeps the named variables only and gives them as 64-bit floats with null for blank. Parsers of these
formats are written in C or follow lengths found in the file, so damaged input may crash them: they run in a child
process.
"""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

import polars as pl

from domain.errors import DeliveryRefused
from sources.isolation import run_isolated

# An R workspace of the wave's 16,664 persons takes 2.9 GB of address space (0.7 GB resident) on two cores.
_MEMORY_MB = 6144
_SECONDS = 300

# The first bytes of each format; R workspaces are packed with gzip, bzip2 or xz, or plain.
_MAGIC: Mapping[str, tuple[bytes, ...]] = MappingProxyType(
    {
        ".parquet": (b"PAR1",),
        ".sav": (b"$FL2", b"$FL3"),
        ".dta": (b"<stata_dta>", *(bytes([release]) for release in (104, 105, 108, 110, 111, 112, 113, 114, 115))),
        ".rda": (b"\x1f\x8b", b"BZh", b"\xfd7zXZ", b"RDX2\n", b"RDX3\n"),
    }
)
_NOT_READ = "Bring the file again from the panel's site (koweps.re.kr), as .sav, .dta, .rda or .parquet."


def read_person_rows(path: Path, variables: Sequence[str]) -> pl.DataFrame:
    """``variables`` of every person row, as Float64; names in the file may be in either case.

    Raises `DeliveryRefused` where the file is missing, of another type, damaged, or lacks a variable (the message names
    which).
    """
    suffix = ".rda" if path.suffix.lower() == ".rdata" else path.suffix.lower()
    _check_type(path, suffix)
    rows: pl.DataFrame = run_isolated(
        _read, str(path), suffix, tuple(variables), memory_mb=_MEMORY_MB, seconds=_SECONDS
    )
    return rows


def _check_type(path: Path, suffix: str) -> None:
    if suffix not in _MAGIC:
        raise DeliveryRefused(
            f"{path.name} is not a survey file this can read: its name ends in {path.suffix or 'nothing'}.",
            hint="Read are .sav (SPSS), .dta (Stata), .rda (R) and .parquet.",
        )
    try:
        with path.open("rb") as file:
            start = file.read(16)
    except OSError as error:
        raise DeliveryRefused(
            f"{path.name} cannot be opened: {error.strerror or 'unknown reason'}.",
            hint="Check the path and its permissions.",
        ) from error
    if not start.startswith(_MAGIC[suffix]):
        raise DeliveryRefused(
            f"{path.name} is not a {suffix} file: its first bytes are those of something else.", hint=_NOT_READ
        )


def _read(path: str, suffix: str, variables: tuple[str, ...]) -> pl.DataFrame:
    """Runs in the child process."""
    try:
        return _READERS[suffix](path, variables)
    except DeliveryRefused:
        raise
    except Exception:  # parsers raise whatever they stumble on; its text may quote the data
        raise DeliveryRefused(f"{Path(path).name} is damaged or not complete.", hint=_NOT_READ) from None


def _read_parquet(path: str, variables: tuple[str, ...]) -> pl.DataFrame:
    names = _names_in_file(pl.read_parquet_schema(path), variables)
    return _as_floats(pl.read_parquet(path, columns=list(names.values())), names)


def _read_sav(path: str, variables: tuple[str, ...]) -> pl.DataFrame:
    import pyreadstat

    return _read_with_labels(pyreadstat.read_sav, path, variables)


def _read_dta(path: str, variables: tuple[str, ...]) -> pl.DataFrame:
    import pyreadstat

    return _read_with_labels(pyreadstat.read_dta, path, variables)


def _read_with_labels(read: Callable[..., Any], path: str, variables: tuple[str, ...]) -> pl.DataFrame:
    import pyreadstat

    try:
        _, about = read(path, metadataonly=True)
        encoding = None
    except (pyreadstat.ReadstatError, UnicodeDecodeError):
        # Older releases write their labels in CP949 and do not say so. No label is used, but the header must be read.
        _, about = read(path, metadataonly=True, encoding="CP949")
        encoding = "CP949"
    names = _names_in_file(about.column_names, variables)
    # user_missing keeps 9, 99 ... as they are: what is missing is decided by variable, by our own table.
    frame, _ = read(path, usecols=list(names.values()), encoding=encoding, user_missing=True)
    return _as_floats(pl.from_pandas(frame), names)


def _read_rda(path: str, variables: tuple[str, ...]) -> pl.DataFrame:
    import pandas as pd
    import rdata

    # The one factor holds free text that is never used; its padded CP949 levels need not even be unique.
    constructors = {**rdata.conversion.DEFAULT_CLASS_MAP, "factor": lambda codes, attributes: codes}
    objects = rdata.read_rda(path, default_encoding="CP949", constructor_dict=constructors)
    frames = [found for found in objects.values() if isinstance(found, pd.DataFrame)]
    if not frames:
        raise DeliveryRefused(f"{Path(path).name} holds no table.", hint=_NOT_READ)
    # A workspace may hold other objects too: the survey is the table with most of its variables.
    chosen = max(frames, key=lambda frame: len({str(name).lower() for name in frame.columns} & set(variables)))
    names = _names_in_file(chosen.columns, variables)
    return _as_floats(pl.from_pandas(chosen[list(names.values())].reset_index(drop=True)), names)


_READERS: Mapping[str, Callable[[str, tuple[str, ...]], pl.DataFrame]] = MappingProxyType(
    {".parquet": _read_parquet, ".sav": _read_sav, ".dta": _read_dta, ".rda": _read_rda}
)


def _names_in_file(available: Any, variables: tuple[str, ...]) -> dict[str, str]:
    """Each variable's own spelling in the file."""
    spelling = {str(name).lower(): str(name) for name in available}
    missing = [name for name in variables if name not in spelling]
    if missing:
        shown = ", ".join(missing[:8]) + (f" and {len(missing) - 8} more" if len(missing) > 8 else "")
        raise DeliveryRefused(
            f"The file lacks {len(missing)} of the {len(variables)} variables that are read: {shown}.",
            hint="Bring the merged file of wave 12 (household, person and disability questionnaires in one).",
        )
    return {name: spelling[name] for name in variables}


def _as_floats(rows: pl.DataFrame, names: Mapping[str, str]) -> pl.DataFrame:
    """Floats under the names of the codebook; a blank is null, whichever way the format writes it."""
    wrong = [name for name, spelled in names.items() if not rows.schema[spelled].is_numeric()]
    if wrong:
        raise DeliveryRefused(
            f"These variables should be numbers and are not: {', '.join(wrong[:8])}.",
            hint="Bring the file with codes, not one exported with value labels as text.",
        )
    return rows.select(pl.col(spelled).cast(pl.Float64).fill_nan(None).alias(name) for name, spelled in names.items())
