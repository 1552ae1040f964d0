"""Column types that mean the same on SQLite and PostgreSQL, and the columns that many tables share."""

from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import BigInteger, Column, Dialect, ForeignKey, Integer, String, Text
from sqlalchemy.types import TypeDecorator

from domain.calendar import SEOUL

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def microseconds(moment: datetime) -> int:
    """An aware moment as it is stored: microseconds since 1970 in UTC."""
    if moment.tzinfo is None:
        raise ValueError("a time without a zone is no moment")
    return (moment - _EPOCH) // _MICROSECOND


def canonical(value: Any) -> str:
    """Data as JSON text with sorted keys and no spaces: the same bytes on both databases."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()


class Moment(TypeDecorator[datetime]):
    """An aware moment as microseconds since 1970 in UTC; comes back in Seoul's time."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _: Dialect) -> int | None:
        return None if value is None else microseconds(value)

    def process_result_value(self, value: int | None, _: Dialect) -> datetime | None:
        return None if value is None else (_EPOCH + value * _MICROSECOND).astimezone(SEOUL)


class Json(TypeDecorator[Any]):
    """Data as canonical JSON text."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, _: Dialect) -> str | None:
        return None if value is None else canonical(value)

    def process_result_value(self, value: str | None, _: Dialect) -> Any:
        return None if value is None else orjson.loads(value)


# SQLite counts rows up by itself only in columns called INTEGER.
Id = BigInteger().with_variant(Integer, "sqlite")
Code, Ref, Word = String(10), String(22), String(40)
# Names sort 가나다 = by code point, as SQLite and Python do by themselves.
Name = Text().with_variant(Text(collation="C"), "postgresql")


def of_household(**more: Any) -> Column[str]:
    """Whom a row is about."""
    return Column("ref", Ref, ForeignKey("households.ref"), nullable=False, **more)


def of_dong(**more: Any) -> Column[str]:
    """Whose row it is."""
    return Column("dong_code", Code, nullable=False, **more)


def signed() -> tuple[Column[Any], Column[Any]]:
    """Who did it, and when it was written down."""
    return Column("by_user", Id, ForeignKey("users.id"), nullable=False), Column("at", Moment(), nullable=False)
