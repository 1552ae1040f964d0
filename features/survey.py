"""The survey catalogue: what the Korea Welfare Panel says of a household, as far as public registers could know."""

from typing import Any

import narwhals as nw

from domain.household import HouseholdType
from features.catalogue import Catalogue
from features.declaration import AsOf, Derived, Direction, Family, Feature, Unit
from features.engine import household_features
from features.household import household_type_code
from features.survey_arrears import ARREARS, ARREARS_FLAGS
from features.survey_health import HEALTH
from features.survey_housing import ASSETS, HOUSING, PLACE
from features.survey_members import MEMBERS, WORK
from features.survey_money import BENEFITS, INCOME, SERVICES, TAXES
from features.survey_words import count_of, flag

_DECLARED = (*ARREARS, *HEALTH, *MEMBERS, *WORK, *INCOME, *TAXES, *BENEFITS, *SERVICES, *HOUSING, *ASSETS, *PLACE)

# The second counting rule, what an office does without a model: the arrears, and these.
_ALSO_COUNTED = (
    "is_long_stay",
    "has_medical_aid",
    "is_elder_alone",
    "is_alone_without_regular_job",
    "is_single_parent",
    "is_grandparent",
    "has_unemployed_or_daily",
    "has_low_income",
    "is_nonstandard_dwelling",
    "rents_by_month",
    "has_emergency_aid_or_refusal",
)
_HELPERS = (
    Feature(
        "has_severely_disabled",
        "심한 장애가 있는 가구원",
        Unit.FLAG,
        Family.HEALTH,
        "장애",
        flag(lambda: nw.col("n_severely_disabled") > 0),
        is_helper=True,
    ),
    Feature(
        "has_depression",
        "우울증 진료",
        Unit.FLAG,
        Family.HEALTH,
        "질병",
        flag(lambda: nw.col("n_depression") > 0),
        is_helper=True,
    ),
)
CRISIS_FLAGS = (*ARREARS_FLAGS, *_HELPERS, *(feature for feature in _DECLARED if feature.name in _ALSO_COUNTED))

# The columns of the two counting rules.
ARREARS_COUNT = "arrears_kinds"
CRISIS_COUNT = "crisis_flags"

_CRISIS_COUNT = Feature(
    CRISIS_COUNT,
    "위기 신호 수",
    Unit.KINDS,
    Family.HOUSEHOLD,
    "위기 신호",
    count_of(CRISIS_FLAGS),
    Direction.RAISES,
    present_ko="어려움을 나타내는 신호가 {value} 확인됩니다",
    absent_ko="어려움을 나타내는 신호가 확인되지 않습니다",
)

_size, _elders = nw.col("hh_size"), nw.col("n_elders")
_TYPES = {
    HouseholdType.SINGLE_ELDER: (_size == 1) & (_elders == 1),
    HouseholdType.SINGLE_WORKING_AGE: (_size == 1) & (nw.col("n_working_age") == 1),
    HouseholdType.SINGLE_PARENT: nw.col("household_type").is_in([2.0, 3.0]),
    HouseholdType.GRANDPARENT: nw.col("household_type") == 4,
    HouseholdType.ELDER_ONLY: (_size > 1) & (_elders == _size),
    HouseholdType.WITH_CHILDREN: nw.col("n_children") > 0,
}


def _for_the_list(name: str, label_ko: str, unit: Unit, value: nw.Expr) -> Feature:
    return Feature(name, label_ko, unit, Family.HOUSEHOLD, "가구 정보", Derived(lambda _: value), is_learned=False)


_LIST = (
    _for_the_list("is_recipient", "기초생활보장 수급", Unit.FLAG, nw.col("is_recipient")),
    _for_the_list("household_type", "가구 유형", Unit.CODE, household_type_code(_TYPES)),
)

SURVEY = Catalogue("survey", (*_DECLARED, *_HELPERS, _CRISIS_COUNT, *_LIST))


def derive_survey(households: Any, as_of: AsOf) -> Any:
    """The survey's household frame (of any engine, as it comes) with every feature beside its own columns."""
    return household_features({"households": households}, SURVEY.features, as_of).to_native()
