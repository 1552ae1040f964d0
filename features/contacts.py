"""What earlier listings found. A listing is known from its round on, a contact from its day, an outcome once noted."""

import narwhals as nw

from domain.outcome import IN_NEED, NOT_REACHED, SUPPORTED, Outcome
from features.declaration import Aggregate, AsOf, Derived, Expression, Family, Feature, Unit

_MET_WITHOUT_NEED = frozenset(Outcome) - IN_NEED - NOT_REACHED
_HISTORY_DAYS = 730


def _is_recorded(as_of: AsOf, outcomes: frozenset[Outcome]) -> nw.Expr:
    codes = sorted(outcome.value for outcome in outcomes)
    return (nw.col("recorded_at") < as_of.day) & nw.col("outcome_code").is_in(codes)


def _is_new(_: AsOf) -> nw.Expr:
    """A listing of its own; a week for which an entry was only carried over is not another one."""
    return nw.col("slot") != "carried_over"


def _is_contacted(as_of: AsOf) -> nw.Expr:
    return nw.col("contacted_at") < as_of.day


def _listings(
    name: str,
    label_ko: str,
    where: Expression,
    present_ko: str = "",
    *,
    is_learned: bool = True,
    is_helper: bool = False,
) -> Feature:
    def is_counted(as_of: AsOf) -> nw.Expr:
        return (nw.col("round") >= as_of.day - _HISTORY_DAYS) & where(as_of)

    return Feature(
        name,
        label_ko,
        Unit.TIMES,
        Family.HOUSEHOLD,
        "지난 접촉",
        Aggregate("outcomes", "sum", is_counted),
        present_ko=present_ko,
        is_learned=is_learned,
        is_helper=is_helper,
    )


def _newest_day(name: str, label_ko: str, column: str, where: Expression) -> Feature:
    newest = Aggregate("outcomes", "max", where, lambda _: nw.col(column), empty=None)
    return Feature(name, label_ko, Unit.DAYS, Family.HOUSEHOLD, "지난 접촉", newest, is_helper=True)


def _days_since(name: str, label_ko: str, of: str, present_ko: str = "") -> Feature:
    return Feature(
        name, label_ko, Unit.DAYS, Family.HOUSEHOLD, "지난 접촉",
        Derived(lambda as_of: as_of.day - nw.col(of)), present_ko=present_ko, nothing=-1,
        is_learned=False,
    )  # fmt: skip


FEATURES: tuple[Feature, ...] = (
    _listings("times_listed_24m", "2년 사이 명단에 오른 횟수", _is_new,
              "2년 사이 {value} 명단에 올랐습니다"),
    _listings("times_found_in_need_24m", "2년 사이 공적 지원으로 이어진 횟수",
              lambda as_of: _is_recorded(as_of, IN_NEED),
              "2년 사이 {value} 공적 지원이나 사례관리로 이어졌습니다"),
    _listings("times_met_without_need_24m", "2년 사이 만났으나 공적 지원으로 이어지지 않은 횟수",
              lambda as_of: _is_recorded(as_of, _MET_WITHOUT_NEED),
              "2년 사이 {value} 만났으나 공적 지원으로 이어지지 않았습니다"),
    _listings("times_not_reached_24m", "2년 사이 만나지 못한 횟수", lambda as_of: _is_recorded(as_of, NOT_REACHED),
              "2년 사이 {value} 연락이 닿지 않았습니다"),
    _listings("_times_supported", "지원으로 이어진 횟수", lambda as_of: _is_recorded(as_of, SUPPORTED), is_helper=True),
    _newest_day("_contacted_day", "마지막 접촉일", "contacted_at", _is_contacted),
    _newest_day("_open_listing_day", "아직 접촉하지 못한 명단의 날", "round",
                lambda as_of: _is_new(as_of) & (~_is_contacted(as_of) | nw.col("contacted_at").is_null())),
    _days_since("days_since_contact", "마지막 접촉 후 일수", "_contacted_day"),
    _days_since("days_since_open_listing", "접촉하지 못한 명단 이후 일수", "_open_listing_day",
                "{value} 전 명단에 올랐으나 아직 연락이 닿지 않았습니다"),
    Feature("listings_without_help", "도움 없이 명단에 오른 횟수", Unit.TIMES, Family.HOUSEHOLD, "지난 접촉",
            Derived(lambda _: nw.when(nw.col("_times_supported") > 0).then(0).otherwise(nw.col("times_listed_24m"))),
            present_ko="2년 사이 {value} 명단에 올랐으나 아직 도움으로 이어지지 못했습니다", is_learned=False),
)  # fmt: skip
