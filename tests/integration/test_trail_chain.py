"""The trail shows what was done to it: every kind of change, at its first, middle and last lines, on both databases."""

import hmac
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.people import ALL, NOBODY
from store.chain import Signer
from store.checkpoints import read_checkpoints
from store.database import Database
from store.sealer import Sealer
from store.trail import append
from store.verifying import Finding, Kind, verify
from tests.support.postgres import TRAIL_KEY
from tests.support.tampering import START_AT, a_line, admin_of, write_lines

LINES = 20
PLACES = (1, 2, 10, LINES - 1, LINES)
_NEXT = "(SELECT max(id) + 1 FROM trail)"
_COLUMNS = "at, actor, origin, act, subjects, detail, mac"

# What somebody does at the line {p}, whose id is {p} as well, and its neighbour {q}; and what is then found.
TAMPERING: dict[str, tuple[tuple[str, ...], set[Kind]]] = {
    "another actor": (("UPDATE trail SET actor = 'nobody' WHERE id = {p}",), {Kind.EDITED}),
    "a microsecond": (("UPDATE trail SET at = at + 1 WHERE id = {p}",), {Kind.EDITED}),
    "another origin": (("UPDATE trail SET origin = '' WHERE id = {p}",), {Kind.EDITED}),
    "another act": (("UPDATE trail SET act = 'list.look' WHERE id = {p}",), {Kind.EDITED}),
    "other subjects": (("UPDATE trail SET subjects = '' WHERE id = {p}",), {Kind.EDITED}),
    "other detail": (("UPDATE trail SET detail = replace(detail, '1', '7') || ' ' WHERE id = {p}",), {Kind.EDITED}),
    "a letter moved to the next field": (
        ("UPDATE trail SET actor = substr(actor, 1, 6), origin = substr(actor, 7) || origin WHERE id = {p}",),
        {Kind.EDITED},
    ),
    "a mac of its own": (("UPDATE trail SET mac = 'ab' WHERE id = {p}",), {Kind.EDITED}),
    "a line taken out": (("DELETE FROM trail WHERE id = {p}",), {Kind.MISSING}),
    "two lines' contents swapped": (
        (
            "CREATE TEMPORARY TABLE kept AS SELECT * FROM trail WHERE id IN ({p}, {q})",
            "DELETE FROM trail WHERE id IN ({p}, {q})",
            f"INSERT INTO trail (id, {_COLUMNS}) SELECT {{p}} + {{q}} - id, {_COLUMNS} FROM kept",
            "DROP TABLE kept",
        ),
        {Kind.EDITED},
    ),
    "two seals swapped": (
        (
            "UPDATE trail_seals SET position = -{p} WHERE position = {p}",
            "UPDATE trail_seals SET position = {p} WHERE position = {q}",
            "UPDATE trail_seals SET position = {q} WHERE position = -{p}",
        ),
        {Kind.BROKEN},
    ),
    "a line under another number": (
        ("UPDATE trail SET id = 999 WHERE id = {p}", "UPDATE trail_seals SET trail_id = 999 WHERE trail_id = {p}"),
        {Kind.EDITED},
    ),
    "a seal of another": (("UPDATE trail_seals SET mac = '{other_mac}' WHERE position = {p}",), {Kind.BROKEN}),
    "a line added": (
        (f"INSERT INTO trail (id, {_COLUMNS}) SELECT {_NEXT}, {_COLUMNS} FROM trail WHERE id = {{p}}",),
        {Kind.UNSEALED},
    ),
    "a line added and sealed without the key": (
        (
            f"INSERT INTO trail (id, {_COLUMNS}) SELECT 999, {_COLUMNS} FROM trail WHERE id = {{p}}",
            "INSERT INTO trail_seals (position, trail_id, mac) VALUES ({end} + 1, 999, '{other_mac}')",
        ),
        {Kind.EDITED},
    ),
}
# At the very end these leave a trail that is whole in itself: only a checkpoint knows of more.
CUTS: dict[str, tuple[str, ...]] = {
    "line and seal taken out": ("DELETE FROM trail WHERE id = {p}", "DELETE FROM trail_seals WHERE position = {p}"),
    "line and seal taken out and the rest moved up": (
        "DELETE FROM trail WHERE id = {p}",
        "DELETE FROM trail_seals WHERE position = {p}",
        "UPDATE trail_seals SET position = -(position - 1) WHERE position > {p}",
        "UPDATE trail_seals SET position = -position WHERE position < 0",
    ),
    "everything from there on taken out": (
        "DELETE FROM trail WHERE id >= {p}",
        "DELETE FROM trail_seals WHERE position >= {p}",
    ),
    "only the seals from there on taken out": ("DELETE FROM trail_seals WHERE position >= {p}",),
}


@pytest.fixture
def sealed(any_database: Database, tmp_path: Path) -> tuple[Database, Sealer]:
    """Twenty lines, sealed, with a checkpoint of the last."""
    write_lines(any_database, range(1, LINES + 1))
    sealer = Sealer(any_database, tmp_path / "checkpoints.txt", lambda: START_AT)
    sealer.seal_ready()
    return any_database, sealer


def found(database: Database, sealer: Sealer) -> list[Finding]:
    return verify(database, read_checkpoints(sealer.checkpoints, Signer(TRAIL_KEY))).named


def filled(statements: tuple[str, ...], place: int) -> list[str]:
    neighbour = place + 1 if place < LINES else place - 1
    return [line.format(p=place, q=neighbour, end=LINES, other_mac="ab" * 32) for line in statements]


def test_an_untouched_trail_is_whole(sealed: tuple[Database, Sealer]) -> None:
    findings = verify(sealed[0], read_checkpoints(sealed[1].checkpoints, Signer(TRAIL_KEY)))
    assert (findings.is_whole, findings.sealed, findings.waiting, findings.checkpoints) == (True, LINES, 0, 1)


@pytest.mark.parametrize("name", TAMPERING)
def test_a_change_is_found_wherever_it_is_made(
    sealed: tuple[Database, Sealer], name: str, request: pytest.FixtureRequest
) -> None:
    """The changes pile up from the last line to the first, and each is found beside the others."""
    database, sealer = sealed
    statements, kinds = TAMPERING[name]
    once = "999" in "".join(statements)
    for place in PLACES[:1] if once else (PLACES[0], PLACES[2], PLACES[4]):
        admin_of(database, request)(*filled(statements, place))
        kinds_found = {(finding.kind, finding.position) for finding in found(database, sealer)}
        assert kinds <= {kind for kind, _ in kinds_found}
        if not {Kind.UNSEALED} & kinds and not once:
            assert place in {position for _, position in kinds_found}


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("name", CUTS)
def test_what_was_cut_is_found_at_every_place(
    sealed: tuple[Database, Sealer], name: str, place: int, request: pytest.FixtureRequest
) -> None:
    database, sealer = sealed
    admin_of(database, request)(*filled(CUTS[name], place))
    assert found(database, sealer)


def test_values_of_other_types_are_found_though_they_read_the_same(
    sealed: tuple[Database, Sealer], request: pytest.FixtureRequest
) -> None:
    database, sealer = sealed
    run = admin_of(database, request)
    if database.is_sqlite:
        run("UPDATE trail SET actor = CAST(actor AS BLOB) WHERE id = 1", "UPDATE trail SET at = at + 0.5 WHERE id = 2")
        assert found(database, sealer) == [Finding(Kind.EDITED, 1), Finding(Kind.EDITED, 2)]
    else:
        run("ALTER TABLE trail ALTER COLUMN at TYPE numeric")
        assert len(found(database, sealer)) == LINES


def test_text_that_cannot_be_read_is_a_finding_and_no_crash(
    sqlite_database: Database, request: pytest.FixtureRequest
) -> None:
    write_lines(sqlite_database, range(1, 6))
    admin_of(sqlite_database, request)("UPDATE trail SET actor = CAST(x'ff00fe' AS TEXT) WHERE id = 3")
    assert [finding.kind for finding in verify(sqlite_database).named] == [Kind.UNREADABLE]


def test_seals_of_other_types_are_a_finding_and_no_crash(
    sealed: tuple[Database, Sealer], request: pytest.FixtureRequest
) -> None:
    database, sealer = sealed
    run = admin_of(database, request)
    if database.is_sqlite:
        run(
            "CREATE TABLE kept AS SELECT 'no ' || position AS position, trail_id, mac FROM trail_seals",
            "DROP TABLE trail_seals",
            "ALTER TABLE kept RENAME TO trail_seals",
        )
    else:
        run("ALTER TABLE trail_seals ALTER COLUMN position TYPE text")
    (finding,) = found(database, sealer)
    assert (finding.kind, finding.position) == (Kind.UNREADABLE, 1)


def test_a_trail_rewritten_whole_with_another_key_is_found(
    sealed: tuple[Database, Sealer], request: pytest.FixtureRequest
) -> None:
    database, sealer = sealed
    other, before, statements = Signer(bytes(32)), "0" * 64, []
    with database.reading(ALL) as connection:
        rows = connection.exec_driver_sql(
            "SELECT id, at, actor, origin, act, subjects, detail FROM trail ORDER BY id"
        ).fetchall()
    for position, row in enumerate(rows, start=1):
        line = other.line(tuple(row))
        before = other.seal(before, position, row[0], line)
        statements += [
            f"UPDATE trail SET mac = '{line}' WHERE id = {row[0]}",
            f"UPDATE trail_seals SET mac = '{before}' WHERE position = {position}",
        ]
    admin_of(database, request)(*statements)
    assert len({finding.position for finding in found(database, sealer)}) == LINES


def test_an_old_copy_put_back_is_found_even_after_new_lines(
    sealed: tuple[Database, Sealer], request: pytest.FixtureRequest
) -> None:
    database, sealer = sealed
    admin_of(database, request)("DELETE FROM trail WHERE id > 10", "DELETE FROM trail_seals WHERE position > 10")
    assert found(database, sealer) == [Finding(Kind.CUT, LINES)]
    write_lines(database, range(100, 115))
    Sealer(database, sealer.checkpoints, lambda: START_AT).seal_ready()
    assert found(database, sealer) == [Finding(Kind.REWRITTEN, LINES)]


def test_a_line_cut_off_gives_its_number_to_no_other(sqlite_database: Database, request: pytest.FixtureRequest) -> None:
    write_lines(sqlite_database, [1, 2, 3])
    admin_of(sqlite_database, request)("DELETE FROM trail WHERE id = 3")
    write_lines(sqlite_database, [4])
    assert verify(sqlite_database).named == [Finding(Kind.MISSING, 3)]


def test_cutting_behind_the_last_checkpoint_is_not_found(
    sealed: tuple[Database, Sealer], request: pytest.FixtureRequest
) -> None:
    """The promise is the minute between two checkpoints; this test keeps us honest about it."""
    database, sealer = sealed
    write_lines(database, [50])
    sealer.seal_ready()  # within the minute: no new checkpoint
    admin_of(database, request)(
        f"DELETE FROM trail WHERE id > {LINES}", f"DELETE FROM trail_seals WHERE position > {LINES}"
    )
    assert found(database, sealer) == []


def test_the_signer_is_hmac_sha256() -> None:
    for key, told in ((TRAIL_KEY, b""), (b"k", b"x" * 1000), (bytes(64), "가나다".encode())):
        assert Signer(key)(told) == hmac.digest(key, told, "sha256").hex()
    with pytest.raises(ValueError, match="one block"):
        Signer(bytes(65))


_texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)
_details = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | _texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_texts, inner, max_size=3),
    max_leaves=6,
)


@pytest.mark.parametrize("any_database", ["sqlite", "postgresql"], indirect=True)
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lines=st.lists(st.tuples(_texts, _texts, st.dictionaries(_texts, _details, max_size=3)), min_size=1, max_size=5))
def test_whatever_is_written_verifies(
    any_database: Database, tmp_path: Path, lines: list[tuple[str, str, dict[str, object]]]
) -> None:
    with any_database.writing(NOBODY) as connection:
        append(
            connection,
            *(a_line(1, actor=actor, subjects=(subject,), detail=detail) for actor, subject, detail in lines),
        )
    Sealer(any_database, tmp_path / "checkpoints.txt", lambda: START_AT).seal_ready()
    findings = verify(any_database, read_checkpoints(tmp_path / "checkpoints.txt", Signer(TRAIL_KEY)))
    assert (findings.is_whole, findings.waiting) == (True, 0)
