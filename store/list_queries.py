"""The queries behind published lists, each begun narrowed to somebody's areas and put together once for each scope.

Putting a query together takes longer than running it, and a scope asks the same ones all day. What differs from one
asking to the next is bound: ``label``, ``dong_code``, ``ref``, ``ranks``.
"""

from collections.abc import Iterable
from functools import cache
from typing import Any

from sqlalchemy import Select, Text, and_, bindparam, or_, select, type_coerce

from domain.casework import ABOUT_LISTING, Request, Status
from domain.people import Scope
from store.scoping import once_a_scope, was_published, within
from store.tables import cases, entries, facts, people, publication_dongs, publications, requests, rounds, users

_former = entries.alias("former")
_wish = requests.alias("newest_wish")
_CASE = ("version", "status", "worker_id", "attempts", "last_contact_at", "outcome", "next_on")


@cache
def published_rounds() -> Select[Any]:
    """Every round that was published, newest first."""
    of = publications.c
    return (
        select(rounds.c.round, rounds.c.as_of, rounds.c.publication_id, of.version, of.origin, rounds.c.published_at)
        .join(publications, of.id == rounds.c.publication_id)
        .order_by(rounds.c.as_of.desc())
    )


def _publication_of(label: Any) -> Any:
    """The publication that readers of a round see."""
    return select(rounds.c.publication_id).where(rounds.c.round == label).scalar_subquery()


def _publication_before(label: Any) -> Any:
    """The publication of the newest round before this one, null for the first."""
    this = select(rounds.c.as_of).where(rounds.c.round == label).scalar_subquery()
    before = select(rounds.c.publication_id).where(rounds.c.as_of < this)
    return before.order_by(rounds.c.as_of.desc()).limit(1).scalar_subquery()


def person_columns() -> Iterable[Any]:
    """Name, address and phone, as they are stored."""
    return (people.c.name.label("person_name"), people.c.address, people.c.phone)


@once_a_scope
def dongs_in(scope: Scope) -> Select[Any]:
    """The dongs of a round in ``scope``, by code."""
    of = publication_dongs.c
    return (
        select(of.dong_code, of.sido, of.sigungu, of.name, of.capacity, of.entries, of.digest)
        .join(rounds, rounds.c.publication_id == of.publication_id)
        .where(within(scope, of.dong_code), rounds.c.round == bindparam("label"))
        .order_by(of.dong_code)
    )


@once_a_scope
def at_ranks(scope: Scope) -> Select[Any]:
    """Who stands at some ranks of a dong's list."""
    of = entries.c
    return (
        select(of.rank, of.ref)
        .where(within(scope, of.dong_code), of.publication_id == _publication_of(bindparam("label")))
        .where(of.dong_code == bindparam("dong_code"), of.rank.in_(bindparam("ranks", expanding=True)))
    )


@once_a_scope
def left_from(scope: Scope) -> Select[Any]:
    """Who was on a dong's list of the round before and is not on this one."""
    label: Any = bindparam("label")
    stays = select(entries.c.ref).where(entries.c.publication_id == _publication_of(label))
    return (
        select(entries.c.ref, entries.c.rank, entries.c.slot, cases.c.status, cases.c.outcome, *person_columns())
        .join(cases, cases.c.ref == entries.c.ref)
        .outerjoin(people, people.c.ref == entries.c.ref)
        .where(within(scope, entries.c.dong_code), within(scope, cases.c.dong_code))
        .where(entries.c.publication_id == _publication_before(label))
        .where(entries.c.dong_code == bindparam("dong_code"), entries.c.ref.not_in(stays))
        .order_by(entries.c.rank)
    )


@once_a_scope
def facts_about(scope: Scope) -> Select[Any]:
    """What the data said about a household listed in a round."""
    of = facts.c
    asked = (of.publication_id == _publication_of(bindparam("label")), of.ref == bindparam("ref"))
    return select(of.facts).where(within(scope, of.dong_code), *asked)


@once_a_scope
def who_is(scope: Scope) -> Select[Any]:
    """Who a household is."""
    return select(*person_columns()).where(within(scope, people.c.dong_code), people.c.ref == bindparam("ref"))


@once_a_scope
def of_dong(scope: Scope) -> Select[Any]:
    """A dong's list of a round."""
    query = entries_in(scope).where(rounds.c.round == bindparam("label"), entries.c.dong_code == bindparam("dong_code"))
    return query.order_by(entries.c.rank)


@once_a_scope
def of_round(scope: Scope) -> Select[Any]:
    """A household's entry of a round."""
    return entries_in(scope).where(rounds.c.round == bindparam("label"), entries.c.ref == bindparam("ref"))


@once_a_scope
def of_household(scope: Scope) -> Select[Any]:
    """Every entry that a household had."""
    return entries_in(scope).where(entries.c.ref == bindparam("ref")).order_by(rounds.c.as_of.desc())


@once_a_scope
def of_worker(scope: Scope) -> Select[Any]:
    """Every entry of a worker's open cases, newest round first, of a re-made round the one that readers see first.

    What a re-made list took back still leads to the work that was begun on it.
    """
    own = (cases.c.worker_id == bindparam("worker_id"), cases.c.status != Status.CLOSED)
    order = (rounds.c.as_of.desc(), publications.c.id != rounds.c.publication_id, publications.c.id.desc())
    return _entries(scope, rounds.c.round == publications.c.round).where(*own, was_published()).order_by(*order)


@once_a_scope
def cases_of(scope: Scope) -> Select[Any]:
    """A worker's open cases with who they are, listed or not."""
    query = with_person(scope, with_case(scope, select(cases.c.ref, *case_columns(), *person_columns())))
    own = (cases.c.worker_id == bindparam("worker_id"), cases.c.status != Status.CLOSED)
    return query.where(within(scope, cases.c.dong_code), *own).order_by(cases.c.ref)


@once_a_scope
def requests_due(scope: Scope) -> Select[Any]:
    """What households of a worker, or of nobody, ask for and was not answered; a withdrawal is its own answer."""
    of, answer = requests.c, requests.alias("answer")
    answered = select(answer.c.id).where(within(scope, answer.c.dong_code), answer.c.answers == of.id)
    query = (
        select(of.id, of.ref, of.kind, of.made_on, of.ends_on, cases.c.status, *person_columns())
        .join(cases, and_(cases.c.ref == of.ref, cases.c.dong_code == of.dong_code))
        .outerjoin(people, and_(people.c.ref == of.ref, within(scope, people.c.dong_code)))
    )
    asks = of.kind.in_([kind for kind in Request if kind is not Request.WITHDRAWAL])
    theirs = or_(cases.c.worker_id == bindparam("worker_id"), cases.c.worker_id.is_(None))
    return query.where(within(scope, of.dong_code), asks, theirs, ~answered.exists()).order_by(of.made_on, of.id)


def newest_wish(scope: Scope, ref: Any, dong_code: Any) -> Any:
    """The id of the newest exclusion or withdrawal of a household in its dong: the one that decides."""
    wish = requests.alias("wish")
    wishes = select(wish.c.id).where(within(scope, wish.c.dong_code), wish.c.ref == ref, wish.c.dong_code == dong_code)
    newest = wishes.where(wish.c.kind.in_(ABOUT_LISTING)).order_by(wish.c.made_on.desc(), wish.c.id.desc())
    return newest.limit(1).scalar_subquery()


def case_columns() -> Iterable[Any]:
    """Where a case stands, as `with_case` brings it."""
    wish = ((_wish.c[name]).label(f"wish_{name}") for name in ("kind", "made_on", "ends_on"))
    return (*(cases.c[name] for name in _CASE), users.c.name.label("worker_name"), *wish)


def with_case(scope: Scope, query: Select[Any]) -> Select[Any]:
    """A query that reads cases, with the worker's name and the newest wish about listing beside each."""
    wished = and_(
        _wish.c.id == newest_wish(scope, cases.c.ref, cases.c.dong_code).correlate(cases),
        within(scope, _wish.c.dong_code),
    )
    return query.outerjoin(users, users.c.id == cases.c.worker_id).outerjoin(_wish, wished)


def with_person(scope: Scope, query: Select[Any]) -> Select[Any]:
    """A query that reads cases, with who each household is beside it."""
    return query.outerjoin(people, and_(people.c.ref == cases.c.ref, within(scope, people.c.dong_code)))


def entries_in(scope: Scope) -> Select[Any]:
    """Entries of published rounds with case and person, and the place on the round before ``label`` beside them.

    A household that moved away since keeps its past entry here, but its case and who it is have gone with it.
    """
    return _entries(scope, rounds.c.publication_id == publications.c.id)


def _entries(scope: Scope, of_round: Any) -> Select[Any]:
    of_former = (_former.c.publication_id == _publication_before(bindparam("label")), _former.c.ref == entries.c.ref)
    query = (
        select(
            *(column for column in entries.c if column.name not in ("publication_id", "explanation")),
            type_coerce(entries.c.explanation, Text).label("explanation"),
            rounds.c.round,
            rounds.c.as_of,
            type_coerce(publications.c.origin, Text).label("origin"),
            *case_columns(),
            *person_columns(),
            _former.c.rank.label("former_rank"),
            _former.c.slot.label("former_slot"),
        )
        .join(publications, publications.c.id == entries.c.publication_id)
        .join(rounds, of_round)
        .outerjoin(cases, and_(cases.c.ref == entries.c.ref, within(scope, cases.c.dong_code)))
        .outerjoin(people, and_(people.c.ref == entries.c.ref, within(scope, people.c.dong_code)))
        .outerjoin(_former, and_(*of_former, within(scope, _former.c.dong_code)))
        .where(within(scope, entries.c.dong_code))
    )
    return with_case(scope, query)
