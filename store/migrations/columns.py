"""Column types as the revisions write them down; a type that is changed one day gets another name."""

from typing import Any

import sqlalchemy as sa

CODE, REF, WORD, DIGEST, LOGIN = sa.String(10), sa.String(22), sa.String(40), sa.String(64), sa.String(64)
MOMENT = sa.BigInteger()  # microseconds since 1970 in UTC
# SQLite counts rows up by itself only in columns called INTEGER.
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
# Sorted by code point, which for Korean syllables is 가나다; SQLite does so by itself.
NAME = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def needed(name: str, kind: Any, *more: Any) -> sa.Column[Any]:
    """A column that is never null."""
    return sa.Column(name, kind, *more, nullable=False)
