"""What a start loads beside the requests is there when the first visitor asks."""

from pathlib import Path

from domain import working_days
from serving.warming import begin_warming
from tests.support.made_service import made_service
from tests.support.made_store import made_sqlite


def test_holidays_are_known_after_a_start_and_a_home_without_models_keeps_nobody_from_starting(
    tmp_path: Path,
) -> None:
    working_days._holidays.cache_clear()
    made = made_sqlite(tmp_path)
    thread = begin_warming(made_service(made.database))
    thread.join(30)
    assert not thread.is_alive()
    assert working_days._holidays.cache_info().currsize == 2
