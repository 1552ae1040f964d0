"""The scores of one household for machines: from its features, or from its records.

What is sent is scored and forgotten. The trail keeps who asked, when, for which date and of which model.
"""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter
from pydantic import ConfigDict, Field, StrictBool, StrictFloat, create_model

from domain.calendar import Round
from domain.errors import NotFound
from domain.listing import Band, Reason
from domain.people import Role
from features.catalogue import STANDARD
from features.declaration import AreaRate, Feature
from scoring.reasons import not_known
from scoring.records import area_features, features_of_records, record_columns
from scoring.single import LARGEST, SingleScorer
from serving.access import Visit, may
from serving.api.description import PREFIX
from serving.api.fields import Day, Sent, Shown
from serving.refusals import OutOfService
from sources.reference import indicators
from sources.tables import BENEFITS, HOUSEHOLDS, INDICATORS, MEMBERS, OUTCOMES, Column, Kind, Table
from sources.values import MAX_KRW, MAX_MONTHS

# Those who visit households are shown a band, and never the number behind it.
ROLES = (Role.ANALYST, Role.AUDITOR)

_Share = Annotated[StrictFloat, Field(ge=0, le=1)]
_PATTERNS = {
    Kind.MONTH: r"^(19|20)[0-9]{2}-(0[1-9]|1[0-2])$",
    Kind.DATE: r"^(19|20)[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$",
    Kind.ROUND: r"^20[0-9]{2}-W(0[1-9]|[1-4][0-9]|5[0-3])$",
}


def _value(feature: Feature) -> Any:
    """A feature as a field: any number that the model can read, or null for unknown."""
    return (
        Annotated[StrictFloat, Field(ge=-LARGEST, le=LARGEST)] | None,
        Field(default=None, description=f"{feature.label_ko} ({feature.unit})"),
    )


def _made(name: str, doc: str, fields: Mapping[str, Any], *, example: Any = None) -> Any:
    config = ConfigDict(json_schema_extra={"example": example}) if example else ConfigDict()
    base = type(name, (Sent,), {"model_config": config, "__doc__": doc, "__module__": __name__})
    return create_model(name, __base__=base, __doc__=doc, **fields)


FeatureValues = _made(
    "FeatureValues",
    "Features by name; what is null or left out is unknown.",
    {feature.name: _value(feature) for feature in STANDARD.learned},
    example={
        "nhis_premium_arrears_months": 7,
        "nhis_premium_arrears_krw": 812000,
        "electricity_arrears_months": 3,
        "household_size": 1,
        "members_elder": 1,
        "newest_report_months_ago": 1,
        "gas_arrears_months": None,
    },
)


class FeaturesSent(Sent):
    """A household's features as of a date."""

    as_of: Day
    values: FeatureValues  # type: ignore[valid-type]  # made from the catalogue, which a type checker does not follow


def _cell(column: Column) -> Any:
    """What a cell of a record may be in JSON; the checks of deliveries follow."""
    match column.kind:
        case Kind.CHOICE:
            return Literal[column.choices]
        case Kind.INDICATOR:
            return Literal[tuple(known.code for known in indicators())]
        case Kind.FLAG:
            return StrictBool
        case Kind.COUNT:
            return Annotated[StrictFloat, Field(ge=0, le=MAX_MONTHS, multiple_of=1)]
        case Kind.KRW:
            return Annotated[StrictFloat, Field(ge=0, le=MAX_KRW, multiple_of=1)]
        case Kind.SHARE:
            return Annotated[StrictFloat, Field(gt=0, le=1)]
    return Annotated[str, Field(pattern=_PATTERNS[column.kind])]


def _record(name: str, table: Table) -> Any:
    fields = {
        column.name: (_cell(column) | None, None) if column.nullable else (_cell(column), ...)
        for column in record_columns(table)
    }
    return _made(name, f"A row of {table.name}, without ids.", fields)


HouseholdRecord = _record("HouseholdRecord", HOUSEHOLDS)
MemberRecord = _record("MemberRecord", MEMBERS)
IndicatorRecord = _record("IndicatorRecord", INDICATORS)
BenefitRecord = _record("BenefitRecord", BENEFITS)
OutcomeRecord = _record("OutcomeRecord", OUTCOMES)
AreaRates = _made(
    "AreaRates", "Shares of the dong's households.", dict.fromkeys(area_features(STANDARD), (_Share | None, None))
)

EXAMPLE_RECORDS: dict[str, Any] = {
    "as_of": "2026-11-16",
    "household": {
        "tenure": "monthly_rent",
        "dwelling": "basement",
        "moved_in_on": "2024-03-02",
        "is_address_mismatch": False,
        "has_phone": True,
    },
    "members": [
        {
            "birth_month": "1951-04",
            "sex": "female",
            "relation": "head",
            "disability": "none",
            "pregnancy_due_month": None,
            "is_foreign": False,
        }
    ],
    "indicators": [
        {
            "indicator_code": "nhis_premium_arrears",
            "observed_month": "2026-09",
            "known_at": "2026-10-10",
            "months_overdue": 7,
            "amount_krw": 812000,
        }
    ],
    "benefits": [{"program_code": "basic_pension", "from_month": "2016-05", "to_month": None}],
    "outcomes": [],
    "area": {"area_arrears_rate": 0.11},
}


class RecordsSent(Sent):
    """The rows of one household in a delivery's tables; no id goes with them."""

    model_config = ConfigDict(json_schema_extra={"example": EXAMPLE_RECORDS})

    as_of: Day
    household: HouseholdRecord  # type: ignore[valid-type]
    members: list[MemberRecord] = Field(min_length=1, max_length=100)  # type: ignore[valid-type]
    indicators: list[IndicatorRecord] = Field(default=[], max_length=5_000)  # type: ignore[valid-type]
    benefits: list[BenefitRecord] = Field(default=[], max_length=500)  # type: ignore[valid-type]
    outcomes: list[OutcomeRecord] = Field(default=[], max_length=500)  # type: ignore[valid-type]
    area: AreaRates | None = None  # type: ignore[valid-type]


class ReasonSaid(Shown):
    theme: str
    sentence: str


def _example(name: str, value: float) -> Any:
    feature = STANDARD.by_name[name]
    return {"theme": feature.theme, "sentence": feature.sentence(value)}


class ScoreShown(Shown):
    """What the model says of one household, and why; every sentence can be said aloud."""

    as_of: date
    round: str = Field(description="The ISO week that the as-of date lies in.")
    bundle: str
    bundle_digest: str
    label: str = Field(description="What the probability is of: an outcome of docs/learning.md.")
    probability: float
    band: Band
    raw_score: float = Field(description="Log-odds before calibration; it ranks lists.")
    raising: list[ReasonSaid]
    lowering: list[ReasonSaid]
    unknown: list[str]
    newest_report: date | None = Field(description="The first day of the month of the newest report, if there is any.")

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "as_of": "2026-11-16",
                "round": "2026-W47",
                "bundle": "standard-1",
                "bundle_digest": "5c1f0e0fb6a1f1a0c3f1b7c9d2a4e6b8d0c2e4f6a8b0d2f4e6c8a0b2d4f6e8c0",
                "label": "public_or_case",
                "probability": 0.27,
                "band": "high",
                "raw_score": -0.93,
                "raising": [_example("nhis_premium_arrears_months", 7)],
                "lowering": [_example("telecom_arrears_months", 0)],
                "unknown": [not_known(STANDARD.by_name["gas_arrears_months"].theme)],
                "newest_report": "2026-10-01",
            }
        }
    )


def scores_router(scorer: Callable[[], SingleScorer]) -> APIRouter:
    """The two calls that score one household; ``scorer`` gives that of the model in use, or raises `NotFound`."""
    router = APIRouter(prefix=f"{PREFIX}/scores", tags=["scores"])

    # It waits for nothing, so changing to a thread of its own would cost more than it gains.
    @router.post("", operation_id="scoreFeatures", summary="Score one household from its features")
    async def score_features(sent: FeaturesSent, visit: Annotated[Visit, may(*ROLES)]) -> ScoreShown:
        """Probability, band and reasons, with the numbers and words that a list would have."""
        return _shown(_model(scorer), vars(sent.values), sent.as_of, visit)

    @router.post("/records", operation_id="scoreRecords", summary="Score one household from its records")
    def score_records(sent: RecordsSent, visit: Annotated[Visit, may(*ROLES)]) -> ScoreShown:
        """The same from rows as deliveries hold them, checked as deliveries are; only what was known before counts."""
        model, records = _model(scorer), sent.model_dump()
        records["households"] = [records.pop("household")]
        values = features_of_records(records, model.catalogue, sent.as_of, area=records["area"] or {})
        return _shown(model, values, sent.as_of, visit)

    return router


def _model(scorer: Callable[[], SingleScorer]) -> SingleScorer:
    try:
        return scorer()
    except NotFound as error:
        raise OutOfService(f"{error} {error.hint}") from error


def _shown(scorer: SingleScorer, values: Mapping[str, float | None], as_of: date, visit: Visit) -> ScoreShown:
    found = scorer.score(values, as_of)
    visit.look("score", as_of=as_of.isoformat(), bundle=scorer.bundle.name)
    return ScoreShown(
        as_of=as_of,
        round=Round.of(as_of).label,
        bundle=scorer.bundle.name,
        bundle_digest=scorer.bundle.digest,
        label=scorer.bundle.label,
        probability=found.probability,
        band=visit.service.policy.band(found.probability),
        raw_score=found.raw_score,
        raising=list(map(_reason, found.explanation.raising)),
        lowering=list(map(_reason, found.explanation.lowering)),
        unknown=[*found.explanation.unknown, *_unknown_area(scorer, values)],
        newest_report=found.explanation.newest_report,
    )


def _reason(reason: Reason) -> ReasonSaid:
    return ReasonSaid(theme=reason.theme, sentence=reason.sentence)


def _unknown_area(scorer: SingleScorer, values: Mapping[str, float | None]) -> list[str]:
    """What is not known of the neighbourhood: of lists it always is, of a household that was sent alone seldom."""
    rates = (feature for feature in scorer.catalogue.learned if isinstance(feature.measure, AreaRate))
    return list(dict.fromkeys(not_known(rate.theme) for rate in rates if values.get(rate.name) is None))
