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
        ("[list]\ncapacity = -1", "cannot be negative"),
        ("[list]\ncapacity = 3.5", "must be int"),
        ("[list]\ncapacity = '3'", "must be int, not str"),
        ("[list]\ncapacity = true", "must be int, not bool"),
        ("[label]\nranks_by = 3", "must be str"),
        ("[bands]\nhigh = 'x'", "must be float"),
        ("[capacity]\n4128 = 3", "not a ten-digit dong code"),
        ("[capacity]\n'41281510AB' = 3", "not a ten-digit dong code"),
        ("[capacity]\n'4128151000' = -3", "cannot be negative"),
        ("[capacity]\n'4128151000' = 2.5", "must be int"),
        ("[bands]\nvery_high = 0.2\nhigh = 0.3", "bands must fall"),
        ("[bands]\nvery_high = 1", "bands must fall"),
        ("[bands]\nmedium = 0.0", "bands must fall"),
        ("[bands]\nvery_high = nan", "bands must fall"),
        ("[bands]\nvery_high = inf", "bands must fall"),
    ],
)
def test_what_makes_no_sense_is_refused_and_named(text: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        parsed(text)


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
