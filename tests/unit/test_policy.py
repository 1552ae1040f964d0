"""The policy file: what anybody may read and change, and what is refused in plain words."""

import tomllib
from pathlib import Path

import pytest

from domain.errors import SagakError, UsageError
from domain.listing import Band
from domain.policy import ListPolicy, Policy
from sagak.settings import Settings


def parsed(text: str) -> Policy:
    return Policy.parse(tomllib.loads(text))


def settings_with(home: Path, content: bytes) -> Settings:
    (home / "policy.toml").write_bytes(content)
    return Settings.from_environment({"SAGAK_HOME": str(home)})


def test_an_empty_file_gives_the_defaults() -> None:
    assert parsed("") == Policy()


def test_a_dong_may_have_places_of_its_own() -> None:
    policy = parsed('[list]\ncapacity = 8\n[capacity]\n"4128151000" = 14\n"4128152000" = 0\n')
    assert [policy.capacity(code) for code in ("4128151000", "4128152000", "4128153000")] == [14, 0, 8]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[lists]\ncapacity = 3", "unknown key lists"),
        ("[list]\ncapasity = 3", r"unknown key capasity under \[list\]"),
        ("[label]\nrank_by = 'x'", r"rank_by under \[label\]"),
        ("[list]\ncapacity = -1", "list.capacity must be a number from 0 to"),
        ("[list]\ncapacity = 3.5", "must be int"),
        ("[list]\ncapacity = '3'", "must be int, not str"),
        ("[list]\ncapacity = true", "must be int, not bool"),
        ("[label]\nranks_by = 3", "must be str"),
        ("[bands]\nhigh = 'x'", "must be float"),
        ("[capacity]\n4128 = 3", "not a ten-digit dong code"),
        ("[capacity]\n'41281510AB' = 3", "not a ten-digit dong code"),
        ("[capacity]\n'4128151000' = -3", "capacity.4128151000 must be a number from 0 to"),
        ("[capacity]\n'4128151000' = 2.5", "must be int"),
        ("[bands]\nvery_high = 0.2\nhigh = 0.3", "bands must fall"),
        ("[bands]\nvery_high = 1", "bands must fall"),
        ("[bands]\nmedium = 0.0", "bands must fall"),
        ("[bands]\nvery_high = nan", "bands.very_high must be a number"),
        ("[bands]\nvery_high = inf", "bands.very_high must be a number"),
        ("[evaluation]\ntest_rounds = 0", "evaluation.test_rounds must be a number from 1"),
        ("[evaluation]\ndraws = 99", "evaluation.draws must be a number from 100"),
        ("[evaluation]\nmax_weight = 0.5", "evaluation.max_weight must be a number from 1"),
        ("[evaluation]\nmax_weight = inf", "evaluation.max_weight must be a number"),
        (f"[evaluation]\nmax_weight = 1{'0' * 400}", "evaluation.max_weight must be a number"),
        ("[label]\nhorizon_days = 0", "label.horizon_days must be a number from 1 to 3,660"),
        ("[label]\nhorizon_days = 1000000", "label.horizon_days must be a number from 1 to 3,660"),
        ("[list]\nlistings_without_help = 0", "list.listings_without_help must be a number from 1"),
        ("[gates]\nmax_loss_at_capacity = nan", "gates.max_loss_at_capacity must be a number from 0 to 1"),
        ("[gates]\nmax_loss_at_capacity = 2", "gates.max_loss_at_capacity must be a number from 0 to 1"),
        ("[gates]\nmax_calibration_error = 1.1", "gates.max_calibration_error must be a number from 0 to 1"),
        ("[gates]\nmin_lift_over_indicator_count = nan", "gates.min_lift_over_indicator_count must be a number"),
        ("[fairness]\nmin_recall_ratio = 50", "fairness.min_recall_ratio must be a number from 0 to 1"),
        ("[fairness]\nmax_calibration_error = inf", "fairness.max_calibration_error must be a number from 0 to 1"),
        ("[drift]\nmissing_alarm = 5", "drift.missing_alarm must be a number from 0 to 1"),
        ("[drift]\npsi_notice = 0.3", "drift.psi_notice cannot be above drift.psi_alarm"),
        ("[drift]\nmissing_notice = 0.06", "drift.missing_notice cannot be above drift.missing_alarm"),
        ("[drift]\nrate_alarm = 0.05", "drift.rate_notice cannot be above drift.rate_alarm"),
    ],
)
def test_what_makes_no_sense_is_refused_and_named(text: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        parsed(text)


def test_a_policy_may_be_as_strict_and_as_lenient_as_it_makes_sense() -> None:
    policy = parsed(
        "[list]\ncapacity = 0\n[evaluation]\ndraws = 100\ntest_rounds = 1\nmax_weight = 1\n"
        "[gates]\nmax_loss_at_capacity = 0\nmax_calibration_error = 1\n[drift]\npsi_notice = 0.25\nrate_alarm = 3.0\n"
    )
    assert (policy.list.capacity, policy.evaluation.draws, policy.drift.rate_alarm) == (0, 100, 3.0)


def test_unknown_keys_are_answered_with_the_known_ones() -> None:
    with pytest.raises(UsageError) as raised:
        parsed("[bands]\nlow = 0.01")
    assert raised.value.hint == "Known here: high, medium, very_high."


@pytest.mark.parametrize(
    ("probability", "band"),
    [
        (0.0, Band.LOW),
        (0.0999, Band.LOW),
        (0.1, Band.MEDIUM),
        (0.2, Band.HIGH),
        (0.3, Band.VERY_HIGH),
        (1, Band.VERY_HIGH),
    ],
)
def test_a_band_begins_at_its_threshold(probability: float, band: Band) -> None:
    assert Policy().band(probability) is band


def test_a_file_that_is_no_toml_says_so(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="not valid TOML"):
        settings_with(tmp_path, b"[list\ncapacity = 3").policy()


def test_a_policy_file_that_is_not_there_says_how_to_name_one(tmp_path: Path) -> None:
    settings = Settings.from_environment({"SAGAK_HOME": str(tmp_path), "SAGAK_POLICY": str(tmp_path / "none.toml")})
    with pytest.raises(UsageError, match="no policy file"):
        settings.policy()


def test_the_homes_own_policy_comes_before_the_one_that_came_along(tmp_path: Path) -> None:
    assert settings_with(tmp_path, b"[list]\ncapacity = 4").policy().list.capacity == 4
    other = Settings.from_environment({"SAGAK_HOME": str(tmp_path / "elsewhere")})
    assert other.policy().list.capacity == ListPolicy().capacity


@pytest.mark.parametrize("text", ["capacity = 10", "list = 3", "bands = [1]"])
def test_a_value_where_a_section_belongs_is_refused(text: str) -> None:
    with pytest.raises(UsageError):
        parsed(text)


def test_a_policy_in_another_encoding_is_refused_in_plain_words(tmp_path: Path) -> None:
    with pytest.raises(SagakError):
        settings_with(tmp_path, "[list]\ncapacity = 3  # 우리 동 방문 수\n".encode("cp949")).policy()


def test_a_policy_with_a_byte_order_mark_is_read(tmp_path: Path) -> None:
    assert settings_with(tmp_path, b"\xef\xbb\xbf[list]\ncapacity = 4\n").policy().list.capacity == 4


def test_a_folder_is_no_policy(tmp_path: Path) -> None:
    with pytest.raises(SagakError):
        Settings.from_environment({"SAGAK_HOME": str(tmp_path), "SAGAK_POLICY": str(tmp_path)}).policy()
