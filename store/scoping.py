"""The condition that every query on household data begins with."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any, ParamSpec, TypeVar, cast

from sqlalchemy import ColumnElement, FromClause, false, or_, select, true

from domain.people import Scope
from store.tables import publications, rounds

_SCOPES = 4096  # a nation has 3,500 dongs
_Asked = ParamSpec("_Asked")
_Query = TypeVar("_Query")

PUBLISHED = "published"  # state of a publication that readers saw once, also where a re-made one took its place


def was_published(of: FromClause = publications) -> ColumnElement[bool]:
    """Whether readers see a publication or saw it once; what is only staged nobody has met."""
    return or_(of.c.state == PUBLISHED, of.c.id.in_(select(rounds.c.publication_id)))


def within(scope: Scope, dong_code: ColumnElement[Any]) -> ColumnElement[bool]:
    """Whether a row's dong lies in the areas of ``scope``; with no area at all, never."""
    if scope.is_everywhere:
        return true()
    # A whole code is compared, not matched: equality is what the indexes and row-level security know best. An IN is put
    # together anew at every execution, which costs more than a dong's query itself.
    whole = [dong_code == area for area in scope.areas if len(area) == 10]
    districts = [dong_code.between(area + "0" * 5, area + "9" * 5) for area in scope.areas if len(area) == 5]
    return or_(false(), *whole, *districts)


def once_a_scope(put_together: Callable[_Asked, _Query]) -> Callable[_Asked, _Query]:
    """The same query object for the same arguments: putting one together takes longer than running it.

    A scope asks the same questions all day, with other refs and days, which are bound.
    """
    return cast(Callable[_Asked, _Query], lru_cache(maxsize=_SCOPES)(put_together))
