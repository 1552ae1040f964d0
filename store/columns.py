"""Column types that mean the same on SQLite and PostgreSQL."""

from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import BigInteger, Dialect, Text
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
