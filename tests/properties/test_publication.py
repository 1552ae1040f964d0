"""Whatever is published in whatever order: readers see the last word on each round, and refs are for ever."""

import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from store.schema import migrate
from tests.support.postgres import open_file
from tests.support.publications import EAST, LIVES, WEEK, WEST, bring_in, homes_in, lists_of, rows_of, shown

LETTERS = {code: [name for name, there in LIVES.items() if there == code] for code in (WEST, EAST)}
ROUNDS = (WEEK.plus_weeks(-1), WEEK)


def some_of(code: str) -> st.SearchStrategy[str]:
    return st.lists(st.sampled_from(LETTERS[code]), unique=True, max_size=3).map("".join)


LISTED = st.fixed_dictionaries({WEST: some_of(WEST), EAST: some_of(EAST)})


@settings(max_examples=10)
@given(st.lists(st.tuples(st.sampled_from(ROUNDS), LISTED), min_size=1, max_size=5))
def test_readers_see_the_last_word_on_each_round(said) -> None:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        database, homes = open_file(root / "sagak.db"), homes_in(root)
        migrate(database)
        last, refs = {}, {}
        for week, listed in said:
            is_news = bring_in(database, lists_of(root, listed, week=week), homes)
            assert is_news == (last.get(week) != listed)
            last[week] = listed
            now = {row[1]: row[0] for row in rows_of(database, "households")}
            assert refs.items() <= now.items(), "a ref is for ever"
            refs = now
            for one, wanted in last.items():
                assert shown(database, one) == {code: names for code, names in wanted.items() if names}
        assert len(set(refs.values())) == len(refs)
        database.close()
