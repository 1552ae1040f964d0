"""Drift on made-up towns: the published rise is found and nothing else, and `sagak drift` says so."""

import json
from datetime import date, timedelta
from pathlib import Path

import lightgbm as lgb
import numpy as np
import polars as pl
import pytest

from audit.drift import Drift, Finding, Kind, Level, drift_between
from audit.drift_of_round import drift_of_features, newest_features
from domain.errors import NotFound
from domain.policy import DriftPolicy
from features.catalogue import STANDARD
from features.declaration import AsOf
from features.matrices import MADE_FROM, district_matrix, made_from
from features.monthly_reports import monthly_reports
from outreach.promotion import current_bundle
from sagak.settings import Settings
from scoring.bundle import canonical_json
from scoring.reference import Histogram, Reference
from scoring.score import feature_array
from sources.core import Core, find_core
from sources.reference import indicator
from sources.synthetic.registers import CUT_OFFS, SURGE
from tests.support.in_process import sagak_here
from tests.support.made_cores import made_core, risk_model
from tests.support.weeks import AS_OF, WEEK, Town, small_bundle
from training.reference import reference_of, state_of_round

POLICY = DriftPolicy()
RISE = date(2026, 5, 1)
# What the members of parliament were told of the first half-years of 2023 and 2024.
PUBLISHED = {"electricity_arrears": 0.385, "public_rent_arrears": 0.348, "financial_delinquency": 0.342}
SEASONS = (date(2026, 11, 16), date(2027, 2, 15), date(2027, 5, 17), date(2027, 8, 16))


def reports_alone(core: Core) -> Reference:
    """A reference that knows nothing but the reports of a core by month."""
    nothing = Histogram((), ((0, 0, 0),))
    reports = monthly_reports(core, as_of=core.as_of)
    return Reference((core.as_of,), (0,), (0,), 1, core.rows["households"], {}, nothing, {}, reports)


def drift_of_reports(core: Core) -> Drift:
    own = reports_alone(core)
    return drift_between(own, own, POLICY)


def alarms(drift: Drift) -> set[str]:
    return {finding.name for finding in drift.at(Level.ALARM)}


def alarms_of_inputs(drift: Drift) -> set[str]:
    return {finding.name for finding in drift.at(Level.ALARM) if finding.kind is not Kind.REPORTS}


def known_month(code: str, observed: date) -> str:
    """The month in which reports of an observed month become known."""
    end = (observed.replace(day=28) + timedelta(days=4)).replace(day=1)
    return (end + timedelta(days=indicator(code).lag_days)).strftime("%Y-%m")


def months_apart(a: str, b: str) -> int:
    (year, month), (other_year, other_month) = (map(int, text.split("-")) for text in (a, b))
    return abs(year * 12 + month - other_year * 12 - other_month)


def raised(folder: Path, *, seed: int, households: int) -> dict[str, Finding]:
    core = made_core(folder, AS_OF, households=households, seed=seed, surge_from=RISE, tables=("indicators",))
    return {finding.name: finding for finding in drift_of_reports(core).findings}


def check_rise(found: dict[str, Finding]) -> None:
    """The three are alarms with the published size in their interval; nothing else is, but what follows from them."""
    alarming = {name for name, finding in found.items() if finding.level is Level.ALARM}
    # Whoever does not pay for power longer is cut off later: not another change, but the same one further on.
    follows = {code for code, rule in CUT_OFFS.items() if rule.arrears in SURGE}
    assert set(PUBLISHED) <= alarming <= set(PUBLISHED) | follows
    for code, published in PUBLISHED.items():
        finding = found[code]
        assert finding.low is not None
        assert finding.high is not None
        assert finding.since is not None
        assert finding.low <= published <= finding.high, code
        assert months_apart(finding.since, known_month(code, RISE)) <= 1, code


def test_the_published_rise_is_found_with_its_size_and_beginning(tmp_path: Path) -> None:
    check_rise(raised(tmp_path / "core", seed=1, households=200_000))


@pytest.mark.parametrize("as_of", SEASONS, ids=str)
def test_no_season_of_a_small_town_is_an_alarm(tmp_path: Path, as_of: date) -> None:
    core = made_core(tmp_path / "core", as_of, households=25_000, seed=1, tables=("indicators",))
    drift = drift_of_reports(core)
    assert alarms(drift) == set()
    assert not drift.at(Level.NOTICE)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(2, 5))
def test_the_rise_is_found_in_other_towns(tmp_path: Path, seed: int) -> None:
    check_rise(raised(tmp_path / "core", seed=seed, households=200_000))


@pytest.mark.soak
@pytest.mark.parametrize("households", [5_000, 10_000, 25_000])
def test_chance_raises_an_alarm_in_fewer_than_one_of_ten_towns(tmp_path: Path, households: int) -> None:
    towns = [
        drift_of_reports(
            made_core(tmp_path / str(seed), SEASONS[seed % 4], households=households, seed=seed, tables=("indicators",))
        )
        for seed in range(100, 120)
    ]
    assert sum(bool(alarms(town)) for town in towns) <= 2


def state(core: Core, booster: lgb.Booster, reference: Reference, as_of: date) -> Reference:
    """A round in the terms of a reference."""
    names = [feature.name for feature in STANDARD.learned]

    def score(frame: pl.DataFrame) -> np.ndarray:
        return np.asarray(booster.predict(feature_array(frame, names), raw_score=True))

    matrices = (district_matrix(core, district, STANDARD, AsOf.on(as_of)) for district in core.districts)
    return state_of_round(core, matrices, STANDARD, score, as_of=as_of, like=reference)


def check_quiet(folder: Path, *, seed: int, households: int) -> None:
    """Neither later rounds of a delivery, whose history was shorter before, nor the next deliveries raise an alarm.

    Reports are left to the tests above: among a hundred looks at everything some may be alarmed by chance.
    """
    core = made_core(folder / "now", AS_OF, households=households, seed=seed)
    booster = risk_model(core, AS_OF)
    for weeks in (13, 39):
        day = AS_OF - timedelta(weeks=weeks)
        reference = Reference.from_json(reference_of(core, STANDARD, booster, as_of=day))
        assert alarms_of_inputs(drift_between(reference, state(core, booster, reference, AS_OF), POLICY)) == set(), (
            weeks
        )
    reference = Reference.from_json(reference_of(core, STANDARD, booster, as_of=AS_OF))
    for as_of in SEASONS[1:]:
        later = made_core(folder / str(as_of), as_of, households=households, seed=seed)
        assert alarms_of_inputs(drift_between(reference, state(later, booster, reference, as_of), POLICY)) == set(), (
            as_of
        )


def test_a_short_history_and_later_deliveries_are_no_alarm(tmp_path: Path) -> None:
    check_quiet(tmp_path, seed=1, households=5_000)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(2, 7))
@pytest.mark.parametrize("households", [5_000, 25_000])
def test_other_towns_are_as_quiet(tmp_path: Path, seed: int, households: int) -> None:
    check_quiet(tmp_path, seed=seed, households=households)


def test_a_reference_holds_the_seasons_with_a_year_of_history_before_them(tmp_path: Path) -> None:
    core = made_core(tmp_path / "core", AS_OF, households=1_000, seed=1)
    kept = reference_of(core, STANDARD, risk_model(core, AS_OF), as_of=AS_OF)
    assert kept["rounds"] == ["2026-11-16", "2026-08-17", "2026-05-18", "2026-02-16"]
    assert kept["history_months"] == [24, 21, 18, 15]
    assert set(kept["features"]) == {feature.name for feature in STANDARD.learned}
    younger = reference_of(core, STANDARD, risk_model(core, AS_OF), as_of=AS_OF - timedelta(weeks=39))
    assert younger["history_months"] == [15, 12]
    assert json.loads(canonical_json(kept)) == kept


def test_the_command_finds_nothing_in_the_data_a_model_was_made_on(town: Town) -> None:
    done = sagak_here(town.settings.home, "drift", "--bundle", "standard-1")
    assert done.returncode == 0, done.stderr
    assert "nothing has moved away" in done.stdout
    assert "reports: 46 looked at" in done.stdout


def test_the_command_raises_an_alarm_by_its_exit_code(own_town: Settings) -> None:
    core = own_town.core / AS_OF.isoformat()
    for path in (core / "households").glob("*.parquet"):
        emptied = pl.lit(None, pl.Int32).alias("moved_in_on")
        pl.read_parquet(path, glob=False).with_columns(emptied).write_parquet(path)
    for path in (own_town.matrices).rglob("*"):
        path.unlink(missing_ok=True) if path.is_file() else None
    done = sagak_here(own_town.home, "drift", "--bundle", "standard-1")
    assert done.returncode == 10, done.stderr
    assert "moved_months_ago" in done.stdout
    assert "100.0% of households" in done.stdout


def test_a_round_before_the_model_is_refused(town: Town) -> None:
    done = sagak_here(town.settings.home, "drift", "--bundle", "standard-1", "--as-of", "2025-01-06")
    assert done.returncode == 2
    assert "earlier than" in done.stderr
    assert "2026-11-16" in done.stderr
    assert not (town.settings.matrices / "2025-W02").exists()


def test_a_model_that_keeps_no_reference_says_what_to_do(own_town: Settings) -> None:
    small_bundle(own_town.models, number=2)
    done = sagak_here(own_town.home, "drift", "--bundle", "standard-2")
    assert done.returncode == 5
    assert "Train the model again" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_drift_of_a_round_that_was_published_can_be_told(own_town: Settings) -> None:
    folders = (own_town.matrices, own_town.core, own_town.recorded)
    features = newest_features(*folders, STANDARD)
    assert features.week.label == WEEK.label
    assert features.core.recorded == own_town.recorded / WEEK.label
    bundle = current_bundle(own_town.models, STANDARD)
    assert drift_of_features(bundle, features, STANDARD, own_town.policy().drift).findings


def test_features_made_without_what_is_recorded_by_now_are_not_the_rounds(own_town: Settings) -> None:
    core = find_core(own_town.core, AS_OF)
    bare = made_from(delivery_digest=core.delivery_digest, recorded_digest="", catalogue=STANDARD)
    (own_town.matrices / WEEK.label / MADE_FROM).write_text(bare, encoding="ascii")
    with pytest.raises(NotFound, match="of another delivery"):
        newest_features(own_town.matrices, own_town.core, own_town.recorded, STANDARD)
