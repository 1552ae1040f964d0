"""What a survey household is made of: its own answers as they stand, and counts and sums over its members."""

from collections.abc import Iterable, Iterator, Mapping

import polars as pl

Columns = dict[str, pl.Expr]

# 사적이전소득: no public register knows them, so they come off the income that the survey adds up.
_PRIVATE_TRANSFERS = (
    "private_transfer_parents",
    "private_transfer_children",
    "private_transfer_other",
    "private_subsidy",
)
# 국민기초생활보장. 국가유공자 무료진료 (bl_medical 3) is not part of it.
_RECIPIENT = {"bl_livelihood": (1, 2, 3), "bl_medical": (1, 2), "bl_housing": (1, 2, 3)}
# Yes/no items whose "yes" is not simply code 1, and twin items: newly formed households answer the second.
_YES = {**_RECIPIENT, "housing_loan_late": (2, 3, 4)}
_TWINS = {"bl_applied": "bl_applied_new", "bl_received_past_year": "bl_received_new"}
_NOT_ON_THEIR_OWN = {"income_current", "bl_education", *_TWINS, *_TWINS.values()}

_SEVERE_GRADE = 3  # 장애등급 1-3 (심한 장애); 7 is a disability nobody registered, which no office knows of
_REGISTERED_GRADE = 6
_LONG_STAY_DAYS = 30


def household_columns(as_reported: Mapping[str, str]) -> Columns:
    """Column name to expression over the person rows of one household, sorted, with ``is_head`` and ``age``.

    ``as_reported`` names the household-level items and their units; yes/no items become 0/1. Null stays "not known".
    """
    return {
        "panel_family_id": _head("panel_family_id").cast(pl.Int64).cast(pl.String),
        "weight": _head("person_weight_cs"),
        "is_recipient": _is_recipient(),
        **dict(_reported(as_reported)),
        **_benefits(),
        **_income(),
        **_head_of_household(),
        **_members(),
        **_health(),
        **_arrears(),
        **_work(),
    }


def _head(name: str) -> pl.Expr:
    return pl.col(name).filter("is_head").first()


def is_code(value: pl.Expr, codes: Iterable[int]) -> pl.Expr:
    """Whether a coded answer, a float in every format, is one of ``codes``."""
    return value.is_in([float(code) for code in codes])


def _head_is(name: str, *codes: int) -> pl.Expr:
    return is_code(_head(name), codes).cast(pl.Int32)


def _persons(condition: pl.Expr) -> pl.Expr:
    """How many members it holds for; a member of whom it is not known does not count."""
    return condition.fill_null(value=False).sum().cast(pl.Int32)


def _persons_with(name: str, *codes: int) -> pl.Expr:
    return _persons(is_code(pl.col(name), codes))


def _is_recipient() -> pl.Expr:
    held = [is_code(_head(name), codes) for name, codes in _RECIPIENT.items()]
    return pl.any_horizontal(*held, _head("bl_education") > 0).fill_null(value=False)


def _reported(as_reported: Mapping[str, str]) -> Iterator[tuple[str, pl.Expr]]:
    for name, unit in as_reported.items():
        if name not in _NOT_ON_THEIR_OWN:
            yield (name, _head_is(name, *_YES.get(name, (1,))) if unit == "0/1" else _head(name))


def _benefits() -> Columns:
    return {
        "bl_education": (_head("bl_education") > 0).cast(pl.Int32),
        **{name: ((_head(name) == 1) | (_head(twin) == 1)).cast(pl.Int32) for name, twin in _TWINS.items()},
    }


def _income() -> Columns:
    """``income_admin``: income as public registers could know it, before tax; ``income_after_tax`` is after it."""
    transfers = pl.sum_horizontal(pl.col(name).fill_null(0) for name in _PRIVATE_TRANSFERS)
    admin = pl.col("income_current") - transfers
    burden = 12 * (pl.col("tax_month") + pl.col("social_contrib_month"))
    return {
        "income_admin": admin.filter("is_head").first(),
        "income_after_tax": (admin - burden).filter("is_head").first(),
        "earned_regular": pl.col("earn_regular").sum(),
        "earned_temporary": pl.col("earn_temp").sum(),
        "earned_business": (pl.col("earn_business") + pl.col("earn_farm")).sum(),
    }


def _head_of_household() -> Columns:
    return {
        "head_age": _head("age"),
        "head_is_female": _head_is("sex", 2),
        "head_education": _head("education"),
        "head_dropped_out": _head_is("education_status", 3),
        "head_marital_status": _head("marital_status"),
        "head_employment": _head("employment_status"),
    }


def _members() -> Columns:
    age = pl.col("age")
    return {
        "n_infants": _persons(age < 7),
        "n_children": _persons(age < 18),
        "n_working_age": _persons(age.is_between(19, 64)),
        "n_elders": _persons(age >= 65),
        "n_adults": _persons(age >= 19),
        "age_oldest": age.max(),
        "age_youngest": age.min(),
        "age_mean": age.mean(),
        "n_away": _persons(pl.col("lives_with_household") != 1),
        "n_students": _persons_with("education_status", 1),
        "adult_education_highest": pl.col("education").filter(age >= 19).max(),
    }


def _health() -> Columns:
    registered = pl.col("disability_grade").is_between(1, _REGISTERED_GRADE)
    kinds = {
        "physical": (1, 2),
        "sensory": (3, 4, 5),
        "developmental": (6, 7),
        "mental": (8,),
        "organ": (9, 10, 11, 12, 14),
    }
    diagnoses = {
        "cancer": 1,
        "joint_disease": 2,
        "diabetes": 5,
        "hypertension": 7,
        "stroke": 8,
        "heart_disease": 9,
        "depression": 27,
        "rare_disease": 31,
    }
    return {
        "n_disabled": _persons(registered),
        "n_severely_disabled": _persons(pl.col("disability_grade").is_between(1, _SEVERE_GRADE)),
        **{
            f"n_disabled_{kind}": _persons(registered & is_code(pl.col("disability_type"), c))
            for kind, c in kinds.items()
        },
        **{f"n_{name}": _persons_with("main_diagnosis", code) for name, code in diagnoses.items()},
        "n_chronic": _persons_with("chronic_duration", 3),
        "outpatient_visits": pl.col("outpatient_visits").sum(),
        "outpatient_visits_most": pl.col("outpatient_visits").max(),
        "admissions": pl.col("admissions").sum(),
        "hospital_days": pl.col("hospital_days").sum(),
        "hospital_days_most": pl.col("hospital_days").max(),
        "is_long_stay": (pl.col("hospital_days").sum() >= _LONG_STAY_DAYS).cast(pl.Int32),
        "checked_adults": _persons((pl.col("age") >= 20) & (pl.col("health_checkups") > 0)),
        "adults_of_20": _persons(pl.col("age") >= 20),
        "n_medical_aid_1": _persons_with("health_coverage", 5),
        "n_medical_aid_2": _persons_with("health_coverage", 6),
        "n_regional_insured": _persons_with("health_coverage", 3, 4),
        "n_workplace_insured": _persons_with("health_coverage", 1, 2),
    }


def _arrears() -> Columns:
    # The reason is asked of everyone who pays; only its answers 1 to 5 say that something was not paid.
    unpaid = (pl.col("pension_nonpay_type") == 2) | pl.col("pension_arrears_reason").is_between(1, 5)
    return {
        "n_pension_exempt": _persons_with("pension_nonpay_type", 1),
        "n_pension_arrears": _persons(unpaid),
        "n_exempt_for_hardship": _persons_with("pension_exempt_reason", 3),
        "n_exempt_for_job_loss": _persons_with("pension_exempt_reason", 1),
        "pension_exempt_months": pl.col("pension_exempt_months").max(),
        "pension_arrears_months": pl.col("pension_arrears_months").max(),
    }


def _work() -> Columns:
    states = {
        "regular": 1,
        "temporary": 2,
        "daily": 3,
        "public_work": 4,
        "employer": 5,
        "self_employed": 6,
        "family_worker": 7,
        "unemployed": 8,
        "inactive": 9,
    }
    months = pl.max_horizontal("months_regular", "months_temp", "months_self")
    return {
        **{f"n_{state}": _persons_with("employment_status", code) for state, code in states.items()},
        "n_inactive_working_age": _persons((pl.col("employment_status") == 9) & pl.col("age").is_between(19, 64)),
        "n_part_time": _persons_with("work_hours_type", 1),
        "n_fixed_term": _persons_with("contract_term", 1),
        "n_in_small_firms": _persons_with("firm_size", 1),
        "months_worked_most": months.max(),
        "months_worked": months.sum(),
        "n_left_job": _persons_with("job_separation", 1),
        "n_unemployment_benefit": _persons_with("unemp_benefit_received", 1),
        "n_employment_insured": _persons_with("empl_insurance", 1),
        "n_employment_uninsured": _persons_with("empl_insurance", 2),
        "n_pension_recipients": _persons_with("public_pension_status", 1, 3),
        "n_pension_payers": _persons_with("pension_paying", 1),
    }
