"""Survey files as users download them: four formats, one answer; what is broken is refused in words."""

from pathlib import Path

import polars as pl
import pyreadstat
import pytest

from domain.errors import DeliveryRefused
from sources.koweps import households, read_households
from tests.support.koweps import made_up_survey, write_survey

FORMATS = (".parquet", ".sav", ".dta", ".rda")
CP949_LABEL = "가구 머지 키".encode("cp949")


@pytest.fixture(scope="module")
def survey() -> pl.DataFrame:
    return made_up_survey(40, seed=1)


@pytest.mark.parametrize("suffix", FORMATS)
def test_every_format_gives_the_same_households(survey: pl.DataFrame, tmp_path: Path, suffix: str) -> None:
    write_survey(survey, tmp_path / f"welfare{suffix}")
    assert read_households(tmp_path / f"welfare{suffix}").equals(households(survey))


def test_the_free_text_of_an_r_workspace_is_cp949(survey: pl.DataFrame, tmp_path: Path) -> None:
    import gzip

    write_survey(survey, tmp_path / "welfare.rda")
    assert "아동 바우처".encode("cp949") in gzip.decompress((tmp_path / "welfare.rda").read_bytes())


@pytest.mark.parametrize(("suffix", "version"), [(".sav", None), (".dta", 12), (".dta", 14)])
def test_labels_in_cp949_that_do_not_say_so_are_read(
    survey: pl.DataFrame, tmp_path: Path, suffix: str, version: int | None
) -> None:
    path, placeholder = tmp_path / f"welfare{suffix}", "Q" * len(CP949_LABEL)
    if version is None:
        pyreadstat.write_sav(survey.to_pandas(), path, column_labels={"h12_merkey": placeholder})
    else:
        pyreadstat.write_dta(survey.to_pandas(), path, column_labels={"h12_merkey": placeholder}, version=version)
    path.write_bytes(path.read_bytes().replace(placeholder.encode(), CP949_LABEL))
    assert read_households(path).equals(households(survey))


def test_names_in_capitals_and_other_columns_do_not_matter(survey: pl.DataFrame, tmp_path: Path) -> None:
    survey.rename(str.upper).with_columns(EXTRA=pl.lit("x")).write_parquet(tmp_path / "welfare.parquet")
    assert read_households(tmp_path / "welfare.parquet").equals(households(survey))


@pytest.mark.parametrize("suffix", FORMATS)
@pytest.mark.parametrize("kept", [0.3, 0.9])
def test_a_file_cut_short_is_refused(survey: pl.DataFrame, tmp_path: Path, suffix: str, kept: float) -> None:
    path = tmp_path / f"welfare{suffix}"
    write_survey(survey, path)
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * kept)])
    with pytest.raises(DeliveryRefused):
        read_households(path)


@pytest.mark.parametrize("suffix", FORMATS)
def test_bytes_in_disorder_are_refused_or_read_but_never_bring_us_down(
    survey: pl.DataFrame, tmp_path: Path, suffix: str
) -> None:
    path = tmp_path / f"welfare{suffix}"
    write_survey(survey, path)
    whole = bytearray(path.read_bytes())
    whole[200 : len(whole) // 2 : 7] = bytes(255 for _ in whole[200 : len(whole) // 2 : 7])
    path.write_bytes(bytes(whole))
    with pytest.raises(DeliveryRefused):
        read_households(path)


def test_missing_variables_are_named(survey: pl.DataFrame, tmp_path: Path) -> None:
    survey.drop("h1211_3", "h12_cin").write_parquet(tmp_path / "welfare.parquet")
    with pytest.raises(
        DeliveryRefused, match=r"lacks 2 of the 159 variables that are read: h1211_3, h12_cin|h12_cin, h1211_3"
    ):
        read_households(tmp_path / "welfare.parquet")


def test_another_wave_says_which_variables_it_lacks(survey: pl.DataFrame, tmp_path: Path) -> None:
    survey.rename(lambda name: name.replace("12", "13", 1)).write_parquet(tmp_path / "koweps13.parquet")
    with pytest.raises(DeliveryRefused, match="h12_id, h12_merkey"):
        read_households(tmp_path / "koweps13.parquet")


def test_text_where_codes_should_be_is_named(survey: pl.DataFrame, tmp_path: Path) -> None:
    survey.with_columns(h1211_3=pl.lit("있다")).write_parquet(tmp_path / "welfare.parquet")
    with pytest.raises(DeliveryRefused, match="should be numbers and are not: h1211_3"):
        read_households(tmp_path / "welfare.parquet")


def test_a_file_of_another_type_is_refused_by_its_name_or_its_first_bytes(tmp_path: Path) -> None:
    (tmp_path / "welfare.xlsx").write_bytes(b"PK\x03\x04")
    (tmp_path / "welfare.sav").write_bytes(b"PK\x03\x04 not a survey")
    with pytest.raises(DeliveryRefused, match=r"ends in \.xlsx"):
        read_households(tmp_path / "welfare.xlsx")
    with pytest.raises(DeliveryRefused, match=r"not a \.sav file"):
        read_households(tmp_path / "welfare.sav")
    with pytest.raises(DeliveryRefused, match="cannot be opened"):
        read_households(tmp_path / "nowhere.dta")
