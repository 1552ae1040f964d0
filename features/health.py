"""Health: what health providers reported, disability, pregnancy."""

import narwhals as nw

from domain.household import Disability
from features.declaration import Aggregate, AsOf, Direction, Family, Feature, Sensitivity, Unit
from features.reports import since_report
from sources.reference import indicators

# Week 20 of 40 leaves 20 weeks to the due date; deliveries give its month only, so it is at most four months ahead.
DUE_MONTHS_AHEAD = 4


def _members_with(disability: Disability, label_ko: str, present_ko: str) -> Feature:
    return Feature(
        f"members_{disability.value}_disability",
        label_ko,
        Unit.PERSONS,
        Family.HEALTH,
        "장애",
        Aggregate("members", "sum", lambda _: nw.col("disability") == disability.value),
        sensitivity=Sensitivity.HEALTH,
        direction=Direction.FREE,
        present_ko=present_ko,
    )


def _due_soon(as_of: AsOf) -> nw.Expr:
    ahead = nw.col("pregnancy_due_month") - as_of.month
    return (ahead >= 0) & (ahead <= DUE_MONTHS_AHEAD)


FEATURES: tuple[Feature, ...] = (
    *(
        since_report(indicator, Family.HEALTH, Sensitivity.HEALTH)
        for indicator in indicators()
        if indicator.area == "health"
    ),
    _members_with(Disability.SEVERE, "장애 정도가 심한 가구원 수", "장애 정도가 심한 가구원이 {value} 있습니다"),
    _members_with(Disability.MILD, "장애 정도가 심하지 않은 가구원 수", "장애가 있는 가구원이 {value} 있습니다"),
    Feature(
        "members_pregnant_20w",
        "임신 20주 이상 가구원 수",
        Unit.PERSONS,
        Family.HEALTH,
        "임신",
        Aggregate("members", "sum", _due_soon),
        sensitivity=Sensitivity.HEALTH,
        present_ko="임신 20주 안팎이거나 그 이후인 가구원이 {value} 있습니다",
    ),
)
