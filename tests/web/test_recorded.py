"""Whoever is shown stands in the trail: each page, call and file names the households that it told something of."""

import io

import pytest
from sqlalchemy import select

from domain.people import ALL
from serving.logs import configure_logs
from store.database import Database
from store.tables import trail
from tests.support.matrix import Cell, make_world, said, undone
from tests.support.matrix_rows import ROWS

OWN = "4128151000"
LOGINS = ("dong-4128151000", "hub-41281", "auditor")


def test_every_household_of_which_something_is_told_is_named_in_a_line(sqlite_database: Database) -> None:
    """By its name, phone, address, pseudonym or own words; a ref alone, in a link to the next page, tells nothing."""
    configure_logs(io.StringIO())
    world = make_world(sqlite_database)
    told_of, unrecorded = set(), []
    with pytest.MonkeyPatch.context() as patch, undone(patch):
        for login in LOGINS:
            asker = world.askers[login]
            for route, row in ROWS.items():
                if isinstance(row.who, str) or not asker.roles(row.who) or is_act(route):
                    continue
                known = len(subjects(sqlite_database))
                (answer,) = world.ask([Cell(asker, route, row, world.targets[OWN, row.place])])
                told, named = said(answer), " ".join(subjects(sqlite_database)[known:]).split()
                shown = {one.ref for one in world.made.houses if any(word in told for word in one.canaries[1:])}
                told_of |= {route} if shown else set()
                unrecorded += [f"{login} · {' '.join(route)}"] if shown - set(named) else []
    world.close()
    assert unrecorded == []
    assert len(told_of) >= 8, "what an answer tells is no longer found in it"


def is_act(route: tuple[str, str]) -> bool:
    """An act writes its line in its own transaction, which is taken back here."""
    return route[0] != "GET" and not route[1].endswith("/files")


def subjects(database: Database) -> list[str]:
    with database.reading(ALL) as connection:
        return list(connection.scalars(select(trail.c.subjects).order_by(trail.c.id)))
