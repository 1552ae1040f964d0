"""What a delivery held and what became of it: counts only."""

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Self


@dataclass(frozen=True)
class FileReport:
    """One file; ``encoding`` is "Parquet", "UTF-8", "UTF-8 with BOM" or "CP949"."""

    name: str
    table: str
    encoding: str
    rows: int
    accepted: int
    quarantined: int


@dataclass(frozen=True)
class TableReport:
    """One table; ``reasons`` counts the quarantined rows by reason code."""

    rows: int
    accepted: int
    quarantined: int
    reasons: dict[str, int]


@dataclass(frozen=True)
class DeliveryReport:
    """Every row in is accepted or quarantined, for each file and table."""

    as_of: date
    adapter: str
    delivery_digest: str
    tables: dict[str, TableReport]
    files: tuple[FileReport, ...]

    def check_accounts(self) -> None:
        """Raises `AssertionError`, our own mistake, where a row was lost or counted twice."""
        accounts: list[FileReport | TableReport] = [*self.files, *self.tables.values()]
        for account in accounts:
            if account.rows != account.accepted + account.quarantined:
                raise AssertionError(f"rows do not add up: {account}")
        for table in self.tables.values():
            if table.quarantined != sum(table.reasons.values()):
                raise AssertionError(f"reasons do not add up: {table}")

    def as_json(self) -> dict[str, Any]:
        return asdict(self) | {"as_of": self.as_of.isoformat()}

    @classmethod
    def from_json(cls, content: dict[str, Any]) -> Self:
        return cls(
            as_of=date.fromisoformat(content["as_of"]),
            adapter=content["adapter"],
            delivery_digest=content["delivery_digest"],
            tables={name: TableReport(**table) for name, table in content["tables"].items()},
            files=tuple(FileReport(**file) for file in content["files"]),
        )
