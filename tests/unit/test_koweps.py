"""The survey adapter: codes are missing for one variable only, and a household is what its answers and members say."""

import polars as pl
import pytest

from domain.errors import DeliveryRefused
from sources.koweps import households, variables
from tests.support.koweps import person, rows

HOME = 20_101
OTHER = 30_101


def one(*persons: dict[str, float | None]) -> dict[str, object]:
    return households(rows(*persons)).row(0, named=True)


def test_a_quiet_household_owes_nothing_and_is_in_no_crisis() -> None:
    found = one(person(HOME))
    assert (found["household_id"], found["panel_family_id"], found["region"]) == ("20101", "2", "서울")
    assert (found["crisis_material"], found["crisis_severe"], found["crisis_broad"]) == (False, False, False)
    assert (found["is_recipient"], found["utility_arrears"], found["n_regular"], found["head_age"]) == (False, 0, 1, 40)


def test_economically_inactive_is_code_9_and_not_missing() -> None:
    assert one(person(HOME, h12_eco4=9.0))["n_inactive"] == 1


def test_nine_is_missing_for_a_yes_no_item_and_then_not_known() -> None:
    assert one(person(HOME, h1211_3=9.0))["utility_arrears"] is None


def test_ninety_nine_square_metres_are_99_and_9999_are_not_known() -> None:
    assert one(person(HOME, h1206_5=99.0))["floor_area"] == 99
    assert one(person(HOME, h1206_5=9999.0))["floor_area"] is None


def test_an_income_of_9999_is_real_and_a_premium_of_9999_is_not_known() -> None:
    found = one(person(HOME, h12_cin=9999.0, h1207_6aq13=9999.0))
    assert (found["income_admin"], found["nhi_premium"]) == (9999, None)


def test_a_blank_means_that_it_does_not_apply() -> None:
    found = one(person(HOME, h1206_aq3=None, h1206_10=None, h1205_6=None))
    assert (found["housing_debt_manwon"], found["housing_loan_late"], found["nhi_arrears_months"]) == (0, 0, 0)


def test_one_member_of_whom_something_is_not_known_does_not_hide_the_others() -> None:
    found = one(person(HOME, h12_med3=999.0), person(HOME, 2, h12_med3=7.0))
    assert (found["outpatient_visits"], found["outpatient_visits_most"]) == (7, 7)


def test_a_phd_is_education_9() -> None:
    assert one(person(HOME, h12_g6=9.0))["head_education"] == 9


MATERIAL = {
    "h1211_3aq2": (1.0, 2.0),
    "h1211_3aq3": (1.0, 2.0),
    "h1211_3aq4": (1.0,),
    "h1211_3aq5": (1.0, 2.0),
    "h1211_3aq6": (1.0,),
    "h1211_3aq7": (1.0,),
    "h1211_6": (1.0,),
    "h1211_7": (1.0,),
}


@pytest.mark.parametrize(("item", "code"), [(item, code) for item, codes in MATERIAL.items() for code in codes])
def test_any_item_of_food_heat_or_doctor_makes_a_material_crisis(item: str, code: float) -> None:
    assert one(person(HOME, **{item: code}))["crisis_material"] is True


@pytest.mark.parametrize("item", [*MATERIAL])
@pytest.mark.parametrize("code", [3.0, 4.0, 9.0, None])
def test_refusals_missing_codes_and_blanks_count_as_no(item: str, code: float | None) -> None:
    found = one(person(HOME, **{item: code}))
    assert (found["crisis_material"], found["crisis_severe"]) == (False, False)


def test_a_severe_crisis_is_two_food_items_or_heat_or_doctor() -> None:
    assert one(person(HOME, h1211_3aq2=2.0))["crisis_severe"] is False
    assert one(person(HOME, h1211_3aq2=2.0, h1211_3aq6=1.0))["crisis_severe"] is True
    assert one(person(HOME, h1211_6=1.0))["crisis_severe"] is True
    assert one(person(HOME, h1211_7=1.0))["crisis_severe"] is True


def answers(points: int, **others: float | None) -> dict[str, float | None]:
    """CES-D answers whose eleven items all give ``points``; items 10 and 15 of the block are worded the other way."""
    plain = {f"p1205_{number}": float(points + 1) for number in range(9, 20)}
    return plain | {"p1205_10": float(4 - points), "p1205_15": float(4 - points)} | others


def test_severe_depression_or_suicidal_thoughts_of_any_member_make_a_broad_crisis() -> None:
    # Eleven items of 1 point are 11 * 20 / 11 = 20; three more points are 14 * 20 / 11 = 25.45.
    assert one(person(HOME), person(HOME, 2, **answers(1)))["crisis_broad"] is False
    assert one(person(HOME), person(HOME, 2, **answers(1, p1205_9=4.0, p1205_11=3.0)))["crisis_broad"] is True
    assert one(person(HOME), person(HOME, 2, p1205_7aq1=1.0))["crisis_broad"] is True


def test_depression_is_not_known_unless_every_item_was_answered() -> None:
    assert one(person(HOME, **answers(3)))["crisis_broad"] is True
    assert one(person(HOME, **answers(3, p1205_19=9.0)))["crisis_broad"] is False


def test_newly_formed_households_answer_the_twin_item() -> None:
    assert one(person(HOME, h1212_2_11aq1=1.0))["bl_applied"] == 1
    assert one(person(HOME, h1212_2_11aq1=None, h1212_2_11aq2=1.0))["bl_applied"] == 1
    assert one(person(HOME, h1212_2_11aq13=None, h1212_2_11aq14=2.0))["bl_received_past_year"] == 0


def test_a_disability_nobody_registered_is_not_one_an_office_knows() -> None:
    found = one(person(HOME, h12_g8=16.0, h12_g9=7.0), person(HOME, 2, h12_g8=8.0, h12_g9=3.0))
    assert (found["n_disabled"], found["n_severely_disabled"], found["n_disabled_mental"]) == (1, 1, 1)


def test_private_transfers_come_off_the_income() -> None:
    given = {"h1208_3aq6": 100.0, "h1208_3aq7": 200.0, "nh1208_3aq1": None, "h1208_aq34": 9999999.0}
    assert one(person(HOME, h12_cin=1000.0, **given))["income_admin"] == 700


def test_tax_and_contributions_are_monthly_and_income_is_yearly() -> None:
    assert one(person(HOME, h12_cin=1000.0, h1207_4=10.0, h1207_5=5.0))["income_after_tax"] == 1000 - 12 * 15


@pytest.mark.parametrize("item", ["h1201_11aq2", "h1201_11aq5", "h1201_11aq8", "h1201_11aq10"])
def test_any_of_the_four_programmes_is_basic_livelihood_support(item: str) -> None:
    assert one(person(HOME, **{item: 1.0}))["is_recipient"] is True


def test_free_treatment_of_veterans_is_not_basic_livelihood_support() -> None:
    found = one(person(HOME, h1201_11aq5=3.0))
    assert (found["is_recipient"], found["bl_medical"]) == (False, 0)


def test_pension_arrears_are_those_who_did_not_pay_whatever_the_reason() -> None:
    found = one(person(HOME, h12_soc_9=0.0), person(HOME, 2, h12_soc_9=5.0), person(HOME, 3, h12_soc_6=2.0))
    assert found["n_pension_arrears"] == 2


def test_the_head_is_who_says_so_and_not_the_first_row() -> None:
    found = one(person(HOME, 1, h12_g2=1.0, h12_g4=1940.0), person(HOME, 2, h12_g2=10.0, h12_g4=1980.0, p12_wgc=3.0))
    assert (found["head_age"], found["weight"], found["n_elders"], found["age_oldest"]) == (37, 3, 1, 77)


def test_households_are_sorted_by_their_key_as_a_number() -> None:
    assert households(rows(person(100_101), person(HOME), person(OTHER)))["household_id"].to_list() == [
        "20101",
        "30101",
        "100101",
    ]


def test_a_household_without_exactly_one_head_refuses_the_file_without_naming_it() -> None:
    with pytest.raises(DeliveryRefused, match="1 households do not have exactly one head") as caught:
        households(rows(person(HOME), person(OTHER, h12_g2=20.0)))
    assert str(OTHER) not in str(caught.value)


def test_a_person_who_stands_there_twice_refuses_the_file() -> None:
    with pytest.raises(DeliveryRefused, match="twice"):
        households(rows(person(HOME), person(HOME)))


def test_an_unknown_region_or_no_rows_refuse_the_file() -> None:
    with pytest.raises(DeliveryRefused, match="region"):
        households(rows(person(HOME, h12_reg7=8.0)))
    with pytest.raises(DeliveryRefused, match="no rows"):
        households(rows())


def test_what_only_a_survey_knows_is_not_read_as_a_feature() -> None:
    features = [known for known in variables() if known.role == "feature"]
    assert len(features) == 130
    assert {known.role for known in variables() if known.level == "household" and known.name.startswith("private")} == {
        "recode-only"
    }
    assert not {"h12_din", "h1210_aq6", "h12_med2", "h1207_9", "h1217_1"} & {known.variable for known in variables()}


def test_every_variable_is_named_once() -> None:
    names = pl.Series([known.name for known in variables()])
    assert names.n_unique() == len(names)
