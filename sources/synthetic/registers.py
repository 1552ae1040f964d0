"""How often each register reports, whom, for how long, and what drives it: the calibration of the indicators."""

from dataclasses import dataclass
from enum import StrEnum, auto
from types import MappingProxyType

import numpy as np

from domain.household import Dwelling, HouseholdType, Tenure
from sources.synthetic.hardship import Homes
from sources.synthetic.population import ELDER_MONTHS, TYPES, Flags, Households


class Driver(StrEnum):
    """What makes a report likelier."""

    MONEY = auto()  # economic hardship, strongly
    WORK = auto()  # economic hardship and recent blows
    BODY = auto()  # health
    DISTRESS = auto()  # economic hardship, health and recent blows together
    CHANCE = auto()  # nothing we know


class Applies(StrEnum):
    """Whom a register can hold at all."""

    ANYONE = auto()
    PUBLIC_TENANT = auto()
    APARTMENT = auto()
    JEONSE_TENANT = auto()
    RENT_TENANT = auto()
    WORKING_AGE = auto()
    ELDER = auto()
    INFANT = auto()
    PUPIL = auto()
    SEVERAL_MEMBERS = auto()


@dataclass(frozen=True)
class Register:
    """``yearly`` onsets a thousand households it applies to; ``run_months`` the mean length of a spell.

    ``reports_from`` is the first month overdue that is reported (thresholds of the Act's decree, article 8). ``amount``
    is the median in won, a month for arrears and once otherwise. ``winter`` raises onsets in January.
    """

    driver: Driver
    applies: Applies
    yearly: float
    run_months: float = 1.0
    reports_from: int = 1
    amount: int = 0
    winter: float = 0.0


@dataclass(frozen=True)
class CutOff:
    """A supply cut off after long arrears: the chance in each month from ``after_months`` overdue on."""

    arrears: str
    after_months: int
    chance: float


_ANYONE, _MONEY, _WORK, _BODY, _DISTRESS = Applies.ANYONE, Driver.MONEY, Driver.WORK, Driver.BODY, Driver.DISTRESS

REGISTERS = MappingProxyType(
    {
        "nhis_premium_arrears": Register(_MONEY, _ANYONE, 9.0, 6.0, 3, 92_000),
        "nps_contribution_arrears": Register(_MONEY, Applies.WORKING_AGE, 9.0, 5.0, 2, 118_000),
        "financial_delinquency": Register(_MONEY, _ANYONE, 8.0, 6.0, 1, 640_000),
        "electricity_arrears": Register(_MONEY, _ANYONE, 14.0, 3.4, 2, 47_000, 0.35),
        "public_rent_arrears": Register(_MONEY, Applies.PUBLIC_TENANT, 34.0, 5.0, 3, 165_000),
        "management_fee_arrears": Register(_MONEY, Applies.APARTMENT, 7.0, 4.5, 3, 178_000, 0.2),
        "telecom_arrears": Register(_MONEY, _ANYONE, 16.0, 5.0, 3, 61_000),
        "debt_adjustment_lapsed": Register(_MONEY, _ANYONE, 1.4),
        "pension_emergency_loan": Register(_DISTRESS, Applies.ELDER, 1.0, amount=5_600_000),
        "water_arrears": Register(_MONEY, _ANYONE, 7.0, 3.4, 2, 24_000),
        "gas_arrears": Register(_MONEY, _ANYONE, 10.0, 3.4, 2, 58_000, 0.55),
        "unemployment_extended_benefit": Register(_WORK, Applies.WORKING_AGE, 0.4, 2.0),
        "unemployment_benefit_not_claimed": Register(_WORK, Applies.WORKING_AGE, 4.0),
        "industrial_accident_no_return": Register(_BODY, Applies.WORKING_AGE, 0.5),
        "unemployment_benefit_recipient": Register(_WORK, Applies.WORKING_AGE, 4.5, 5.0),
        "daily_worker": Register(_WORK, Applies.WORKING_AGE, 4.0, 7.0),
        "business_closed": Register(_WORK, Applies.WORKING_AGE, 8.0),
        "employment_insurance_lost": Register(_WORK, Applies.WORKING_AGE, 8.0),
        "jeonse_vulnerable": Register(_MONEY, Applies.JEONSE_TENANT, 2.5, 8.0, amount=38_000_000),
        "monthly_rent_vulnerable": Register(_MONEY, Applies.RENT_TENANT, 8.0, 9.0, amount=290_000),
        "self_harm_emergency_visit": Register(_DISTRESS, _ANYONE, 0.6),
        "suicide_risk_managed": Register(_DISTRESS, _ANYONE, 0.4, 6.0),
        "no_medical_use_long": Register(Driver.CHANCE, _ANYONE, 1.3, 10.0),
        "medical_spend_excessive": Register(_BODY, _ANYONE, 6.0, amount=4_300_000),
        "ltc_graded": Register(_BODY, Applies.ELDER, 4.0, 22.0),
        "ltc_not_graded": Register(_BODY, Applies.ELDER, 2.0, 9.0),
        "severe_illness_registered": Register(_BODY, _ANYONE, 1.6, 20.0),
        "dependent_long_hospitalised": Register(_BODY, Applies.ELDER, 0.8, 9.0),
        "catastrophic_medical_aid": Register(_DISTRESS, _ANYONE, 0.6, amount=3_100_000),
        "home_visit_health_intensive": Register(_BODY, Applies.ELDER, 1.6, 10.0),
        "newborn_hearing_loss": Register(Driver.CHANCE, Applies.INFANT, 1.5),
        "nutrition_plus_unsupported": Register(_MONEY, Applies.INFANT, 9.0, 6.0),
        "diaper_formula_support": Register(_MONEY, Applies.INFANT, 20.0, 12.0),
        "crime_victim": Register(_DISTRESS, _ANYONE, 0.7),
        "house_fire_victim": Register(Driver.CHANCE, _ANYONE, 0.2, winter=0.4),
        "disaster_victim": Register(Driver.CHANCE, _ANYONE, 0.3, winter=-0.6),
        "householder_deceased": Register(_BODY, Applies.SEVERAL_MEMBERS, 2.2),
        "benefit_rejected_or_stopped": Register(_MONEY, _ANYONE, 7.0),
        "facility_discharged": Register(_DISTRESS, _ANYONE, 0.3),
        "entitled_not_applied": Register(_MONEY, _ANYONE, 2.4, 5.0),
        "student_in_crisis": Register(_MONEY, Applies.PUPIL, 6.0, 8.0),
        "policy_loan_rejected": Register(_MONEY, Applies.WORKING_AGE, 4.0),
    }
)
CUT_OFFS = MappingProxyType(
    {
        "electricity_current_limited": CutOff("electricity_arrears", 3, 0.10),
        "electricity_shutoff": CutOff("electricity_arrears", 5, 0.08),
        "gas_shutoff": CutOff("gas_arrears", 4, 0.10),
        "water_shutoff": CutOff("water_arrears", 4, 0.06),
    }
)
# Factor on onsets that makes the households reported in a half-year rise by the published 38.5, 34.8 and 34.2 % (first
# half of 2023 to first half of 2024). Tuned at 300,000 households: overlaps swallow part of a rise.
SURGE = MappingProxyType({"electricity_arrears": 1.365, "public_rent_arrears": 1.41, "financial_delinquency": 1.33})


def applicable(applies: Applies, households: Households, homes: Homes) -> Flags:
    """Per household, whether the register can hold it."""
    if applies is Applies.PUBLIC_TENANT:
        return homes.is_tenure(Tenure.PUBLIC_RENTAL)
    if applies is Applies.APARTMENT:
        return homes.is_dwelling(Dwelling.APARTMENT)
    if applies is Applies.JEONSE_TENANT:
        return homes.is_tenure(Tenure.JEONSE)
    if applies is Applies.RENT_TENANT:
        return homes.is_tenure(Tenure.DEPOSIT_RENT, Tenure.MONTHLY_RENT)
    if applies is Applies.ELDER:
        return np.asarray(households.oldest_months >= ELDER_MONTHS)
    if applies is Applies.INFANT:
        return np.asarray(households.youngest_months < 24)
    if applies is Applies.PUPIL:
        return np.asarray((households.children > 0) & (households.head_age_months < 60 * 12))
    if applies is Applies.SEVERAL_MEMBERS:
        return np.asarray(households.size > 1)
    if applies is Applies.WORKING_AGE:
        elder_types = [TYPES.index(kind) for kind in (HouseholdType.SINGLE_ELDER, HouseholdType.ELDER_ONLY)]
        return ~np.isin(households.type, elder_types)
    return np.ones(len(households), dtype=np.bool_)
