"""Persons who were delivered in more than one household: the only question that no single bucket can answer."""

from pathlib import Path

import numpy as np
import polars as pl

_PAIR = np.dtype([("person", np.uint64), ("row", np.int64)])


class PersonLedger:
    """Which person each settled row of ``members`` is about, on disk, sorted, bucket by bucket."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._paths: list[Path] = []

    def append(self, person_ids: pl.Series, rows: pl.Series) -> None:
        pairs = np.empty(len(rows), dtype=_PAIR)
        # 64 of the pseudonym's 80 bits: two of 55 million persons share them once in ten thousand deliveries.
        pairs["person"], pairs["row"] = person_ids.hash(), rows
        pairs.sort(order=["person", "row"])
        path = self._folder / f"persons.{len(self._paths)}.npy"
        np.save(path, pairs)
        self._paths.append(path)

    def later_rows(self) -> np.ndarray:
        """The rows, in their order, about a person of whom an earlier row stays."""
        ledgers = [np.load(path, mmap_mode="r") for path in self._paths]
        if not ledgers:
            return np.empty(0, dtype=np.int64)
        # As many slices of the range of hashes as there are buckets, so each is about one bucket large.
        edges = [place * (2**64 // len(ledgers)) for place in range(1, len(ledgers))]
        cuts = [np.searchsorted(ledger["person"], np.array(edges, dtype=np.uint64)) for ledger in ledgers]
        later = []
        for slice_number in range(len(ledgers)):
            parts = []
            for ledger, cut in zip(ledgers, cuts, strict=True):
                bounds = [0, *cut, len(ledger)]
                parts.append(ledger[bounds[slice_number] : bounds[slice_number + 1]])
            pairs = np.concatenate(parts)
            pairs.sort(order=["person", "row"])
            later.append(pairs["row"][1:][pairs["person"][1:] == pairs["person"][:-1]])
        return np.sort(np.concatenate(later))
