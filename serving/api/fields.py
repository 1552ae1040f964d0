"""Fields of what machines send and get: each with the bounds that its schema names, and nothing accepted beside them.

Pydantic reads "1" as a number and 0 as a date; a schema does not, so what arrives is asked for its kind first.
"""

from datetime import date, datetime
from typing import Annotated, Any

import orjson
from fastapi import Path, Response
from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field

from outreach.words import MAX_NOTE, UNSEEN, is_seen
from serving.typed import REF

MOST = 2**53 - 1  # whole numbers up to here are the same in every language that reads JSON
_SEEN = f"^[^{UNSEEN}]*$"
_WRITTEN = f"^[^{UNSEEN}]*[^\\s{UNSEEN}][^{UNSEEN}]*$"  # and not of spaces alone
_DAY = r"^20[2-9][0-9]-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$"


def _of_kind(*kinds: type) -> BeforeValidator:
    def check(value: Any) -> Any:
        if not isinstance(value, kinds) or isinstance(value, bool):
            raise ValueError("another kind of value is needed here")
        return value

    return BeforeValidator(check)


def _whole(value: Any) -> Any:
    """JSON knows one kind of number: 3.0 is whole, true and "3" are not."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if not isinstance(value, int) or isinstance(value, bool):
        raise ValueError("a whole number is needed here")
    return value


def _seen(value: Any) -> Any:
    if isinstance(value, str) and not is_seen(value):
        raise ValueError("signs that cannot be seen")
    return value


# Bounds come first, checks of kind after: only then pydantic names the bounds in the schema.
Version = Annotated[int, Field(ge=0, le=MOST, description="The version of the case you saw."), BeforeValidator(_whole)]
UserId = Annotated[int, Field(ge=1, le=MOST), BeforeValidator(_whole)]
Day = Annotated[
    date,
    Field(ge=date(2020, 1, 1), le=date(2099, 12, 31), examples=["2026-11-20"], json_schema_extra={"pattern": _DAY}),
    _of_kind(str, date),
]
Moment = Annotated[AwareDatetime, Field(examples=["2026-11-18T09:40:00+09:00"]), _of_kind(str, datetime)]
Note = Annotated[
    str,
    Field(max_length=MAX_NOTE, examples=["Will call again next week"], json_schema_extra={"pattern": _SEEN}),
    BeforeValidator(_seen),
]
WrittenNote = Annotated[
    str,
    Field(
        min_length=1,
        max_length=MAX_NOTE,
        examples=["A neighbour has not seen them for days"],
        json_schema_extra={"pattern": _WRITTEN},
    ),
    BeforeValidator(_seen),
]

RoundPath = Annotated[str, Path(pattern=r"^[0-9]{4}-W[0-5][0-9]$", examples=["2026-W47"], alias="round")]
DongPath = Annotated[str, Path(pattern=r"^[0-9]{10}$", examples=["4128151000"])]
RefPath = Annotated[str, Path(pattern=f"^{REF}$", examples=["QmFzZTY0dXJsLXJlZi0tLQ"])]


class Sent(BaseModel):
    """What a machine sends: an unknown field is a mistake, not ignored."""

    model_config = ConfigDict(extra="forbid")


class Shown(BaseModel):
    """What a machine gets."""

    model_config = ConfigDict(frozen=True)


def answer_of(shown: Shown) -> Response:
    """The same bytes that FastAPI would send, without its second look at what we made ourselves.

    The route names ``response_model`` for the description.
    """
    return answer_from(json_of(shown))


def answer_from(body: bytes) -> Response:
    """An answer whose JSON is there already."""
    return Response(body, media_type="application/json")


def json_of(shown: Shown) -> bytes:
    """What is shown, as JSON: Pydantic asks each enum for its value in Python, which orjson does not."""
    return orjson.dumps(shown, default=vars)
