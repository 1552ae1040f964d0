"""The town of `tests.support.weeks`, to look at and to change."""

from pathlib import Path

import pytest

from sagak.settings import Settings
from tests.support.weeks import Town, copy_of, the_town


@pytest.fixture(scope="session")
def town() -> Town:
    return the_town()


@pytest.fixture
def own_town(town: Town, tmp_path: Path) -> Settings:
    """A copy of the town with everything made, free to be changed."""
    return copy_of(town, tmp_path / "home")


@pytest.fixture
def unlisted_town(town: Town, tmp_path: Path) -> Settings:
    """A copy of the town with a core and a bundle, before its first round."""
    return copy_of(town, tmp_path / "home", listed=False)
