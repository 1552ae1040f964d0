"""What all tests share: how many random cases are drawn, and where real data may be read from."""

import gc
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from joblib import parallel_config

import sagak  # noqa: F401 - sets how threads wait, before anything loads LightGBM
from tests.support import once
from tests.support.postgres import (  # noqa: F401 - fixtures
    any_database,
    migrated_file,
    postgres,
    postgres_database,
    sqlite_database,
)

# Tests run side by side, a process a core: in each, threads would only take the cores from the other. Towns as small as
# these gain nothing from threads anyway. Read when polars and LightGBM are first loaded, and by processes started here.
os.environ |= {"POLARS_MAX_THREADS": "1", "OMP_NUM_THREADS": "1"}

_SHARED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True)
# In continuous integration the same cases every time: a failure there is never somebody else's luck.
settings.register_profile("default", _SHARED, max_examples=30, derandomize=bool(os.environ.get("CI")))
settings.register_profile("soak", _SHARED, max_examples=3_000)
settings.load_profile("default")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Under the soak profile every test that draws its cases is a soak test."""
    if config.getoption("--hypothesis-profile", default=None) != "soak":
        return
    for item in items:
        if getattr(getattr(item, "obj", None), "is_hypothesis_test", False):
            item.add_marker("soak")


def pytest_collection() -> None:
    """What is imported and collected stays to the end: it is never looked through for what can be thrown away."""
    gc.disable()


def pytest_collection_finish() -> None:
    gc.freeze()
    gc.enable()


@pytest.fixture(scope="session", autouse=True)
def _one_folder_for_all_workers(tmp_path_factory: pytest.TempPathFactory) -> None:
    own = tmp_path_factory.getbasetemp()
    once.folder = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own


@pytest.fixture(scope="session", autouse=True)
def _no_processes_for_folds() -> Iterator[None]:
    """Folds are fitted in the test's own process: starting two more takes longer than what they have to do."""
    with parallel_config(backend="sequential"):
        yield


@pytest.fixture
def processes() -> Iterator[None]:
    """Folds are fitted in processes of their own, as in production."""
    with parallel_config(backend="loky"):
        yield


@pytest.fixture(scope="session")
def outside_data() -> Path:
    """The folder of real data that never enters the project; tests that need it are skipped, and say so."""
    folder = os.environ.get("SAGAK_OUTSIDE_DATA")
    if not folder:
        pytest.skip("SAGAK_OUTSIDE_DATA is not set: what real data would show is NOT checked")
    if not Path(folder).is_dir():
        pytest.skip("SAGAK_OUTSIDE_DATA names no folder: what real data would show is NOT checked")
    return Path(folder)
