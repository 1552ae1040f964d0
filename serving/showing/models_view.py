"""Models as analysts and auditors read of them: where each stands, its headline figures, its gates and its record."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from audit.bundles import BundleOnDisk, Shelf
from domain.korean import korean_date
from outreach.gate import Gate, find
from outreach.promotion import in_use, open_proposals
from outreach.promotion_record import Act, Record, Step
from scoring.figures import FIGURE_RULES
from scoring.telling import as_told
from scoring.wording_ko import ATTRIBUTES, BASELINES, GROUPS, HELPED, in_order
from serving import wording_analysis_ko as ko
from serving import wording_ko
from serving.compare_numbers import counted, difference, with_interval
from serving.compare_tables import said_by_group

_SHOWN_DIGEST = 12
_CAPACITY = ("weighted", "naive")
_POOLED = ("calibration_error", "brier", "roc_auc", "average_precision")


@dataclass(frozen=True)
class ModelRow:
    """One line of the list of models, its figures those of its own training."""

    name: str
    state: str
    state_label: str
    tone: str
    label: str
    trained_as_of: str
    precision: str
    naive: str
    lift: str
    against_count: str
    calibration: str


@dataclass(frozen=True)
class ActRow:
    """One act of the record of promotions."""

    at: datetime
    step: str
    bundle: str
    who: str
    why: str
    gates: str
    waiver: str


@dataclass(frozen=True)
class GroupRow:
    """One group's figures, or that it is not judged."""

    attribute: str
    group: str
    n: str
    recall: str
    precision: str
    calibration: str
    places: str


def states_of(shelf: Shelf, record: Record | None) -> dict[str, str]:
    """Where each bundle stands by name; the digest counts, so that other bytes under an old name are a candidate."""
    if record is None:
        return dict.fromkeys(shelf.bundles, ko.CANDIDATE)
    current = {act.digest for act in in_use(record)}
    waiting = {act.digest for act in open_proposals(record)}
    approved = {act.digest for act in record.acts if act.act is Step.APPROVED}
    return {name: _state(bundle.digest, current, waiting, approved) for name, bundle in shelf.bundles.items()}


def _state(digest: str, current: set[str], waiting: set[str], approved: set[str]) -> str:
    if digest in current:
        return ko.IN_USE
    if digest in waiting:
        return ko.PROPOSED
    return ko.FORMER if digest in approved else ko.CANDIDATE


def model_rows(shelf: Shelf, states: Mapping[str, str]) -> tuple[ModelRow, ...]:
    """Newest first; what is damaged comes last, without figures."""
    known = [_model_row(bundle, states[name]) for name, bundle in reversed(list(shelf.bundles.items()))]
    return (*known, *(_damaged_row(name) for name in shelf.damaged))


def _model_row(bundle: BundleOnDisk, state: str) -> ModelRow:
    told = figures_of(bundle)
    return ModelRow(
        bundle.name,
        state,
        *ko.STATES[state],
        label_of(bundle.label),
        _day(bundle.recipe.get("trained_as_of")),
        told["weighted"],
        told["naive"],
        told["lift"],
        told["indicator_count"],
        told["calibration_error"],
    )


def _damaged_row(name: str) -> ModelRow:
    return ModelRow(name, ko.DAMAGED, *ko.STATES[ko.DAMAGED], *[wording_ko.NOT_GIVEN] * 7)


def label_of(label: str) -> str:
    """What a model learned, in words."""
    return ko.HELPED_HOUSEHOLDS.format(helped=HELPED[label]) if label in HELPED else label


def told(bundle: BundleOnDisk) -> Mapping[str, Any]:
    """The bundle's evaluation as it may be told; a survey's has another form and is told as it is."""
    metrics = bundle.metrics
    return as_told(metrics) if find(metrics, "test", "min_effective_n") is not None else metrics


def figures_of(bundle: BundleOnDisk) -> dict[str, str]:
    """The headline figures by key, each with its interval, in words where there is none."""
    report, own = told(bundle), bundle.candidate
    capacity = find(report, "figures", own, "capacity", bundle.label)
    pooled, listed = (find(report, "figures", own, rows, bundle.label) for rows in ("pooled", "among_listed"))
    found = {name: _interval(find(capacity, name)) for name in _CAPACITY}
    found |= {"recall": _interval(find(report, "figures", own, "recall", bundle.label))}
    found |= {"lift": _interval(find(report, "figures", own, "lift", bundle.label), digits=1)}
    found |= {name: _apart(find(report, "differences", own, name, bundle.label)) for name in BASELINES}
    found |= {name: _interval(find(pooled, name), digits=3) for name in _POOLED}
    return found | {f"{name}_listed": _interval(find(listed, name), digits=3) for name in _POOLED}


def _interval(figure: Any, *, digits: int = 2) -> str:
    return (
        with_interval(figure, digits=digits)
        if isinstance(figure, Mapping) and "value" in figure
        else wording_ko.NOT_GIVEN
    )


def _apart(figure: Any) -> str:
    return difference(figure) if isinstance(figure, Mapping) else wording_ko.NOT_GIVEN


def method_rows(bundle: BundleOnDisk) -> list[tuple[str, ...]]:
    """The model beside every baseline: precision, recall, lift, and how many outcomes they rest on."""
    report = told(bundle)
    rows: list[tuple[str, ...]] = []
    for method in report.get("methods", ()):
        figures = find(report, "figures", method)
        capacity = find(figures, "capacity", bundle.label)
        weighted = find(capacity, "weighted")
        rows.append(
            (
                BASELINES.get(method, ko.MODEL if method == bundle.candidate else method),
                _interval(weighted),
                _interval(find(capacity, "naive")),
                _interval(find(figures, "recall", bundle.label)),
                _interval(find(figures, "lift", bundle.label), digits=1),
                counted(weighted)
                if isinstance(weighted, Mapping) and "effective_n" in weighted
                else wording_ko.NOT_GIVEN,
            )
        )
    return rows


def quality_rows(bundle: BundleOnDisk) -> list[tuple[str, str, str]]:
    """How well it ranks and how true its probabilities are: weighted to speak of all, and of those listed alone."""
    figures = figures_of(bundle)
    return [(wording_ko.SCORE_QUALITY[name], figures[name], figures[f"{name}_listed"]) for name in _POOLED]


def has_older_rules(bundle: BundleOnDisk) -> bool:
    """Whether the bundle's figures of how well it ranks claim more rows than today's would (`FIGURE_RULES`)."""
    test = find(bundle.metrics, "test")
    return test is not None and "min_effective_n" in test and test.get("figure_rules", 1) < FIGURE_RULES


def group_rows(bundle: BundleOnDisk) -> tuple[GroupRow, ...]:
    """Figures of each group; counts as they may be told, none where it would be a small one."""
    groups = find(told(bundle), "groups", bundle.candidate) or ()
    if not isinstance(groups, list):
        return ()
    known = {(row["attribute"], row["group"]): row for row in groups}
    counts = said_by_group({key: int(row["n"]) for key, row in known.items()})
    return tuple(_group_row(known[key], counts[key]) for key in in_order(known))


def _group_row(row: Mapping[str, Any], count: str) -> GroupRow:
    attribute, group = row["attribute"], row["group"]
    names = (ATTRIBUTES.get(attribute, attribute), GROUPS.get(attribute, {}).get(group, group))
    places = "" if row.get("share_of_places") is None else f"{row['share_of_places']:.1%}"
    if not row.get("is_judged"):
        unjudged = wording_ko.NOT_JUDGED.format(n=count)
        return GroupRow(*names, count, unjudged, unjudged, unjudged, places)
    recall, precision, calibration = (_interval(row.get(name)) for name in ("recall", "precision", "calibration_error"))
    return GroupRow(*names, count, recall, precision, calibration, places)


def fact_rows(bundle: BundleOnDisk) -> list[tuple[str, str]]:
    """How it was made, as names and values."""
    recipe, test = bundle.recipe, bundle.metrics.get("test", {})
    spans = {name: _span(find(recipe, "rounds", name)) for name in ("train", "calibrate")}
    tested = [fold["round"] for fold in bundle.metrics.get("rounds", ())]
    judged, drawn = (ko.COUNT.format(n=f"{test.get(name) or 0:,}") for name in ("judged", "drawn"))
    days = recipe.get("horizon_days")
    values = {
        "label": label_of(bundle.label),
        "trained_as_of": _day(recipe.get("trained_as_of")),
        "horizon_days": ko.DAYS.format(n=days) if days else ko.NONE,
        "train": spans["train"],
        "calibrate": spans["calibrate"],
        "tested": _span([tested[0], tested[-1]] if tested else None),
        "judged": ko.DRAWN.format(judged=judged, drawn=drawn),
        "trees": ko.TREES.format(trees=recipe.get("trees")),
        "tuned_by": ko.TUNED if recipe.get("tuned_by") else ko.NOT_TUNED,
        "seed": str(recipe.get("seed")),
        "delivery": _short(recipe.get("delivery_digest")),
        "catalogue": _short(recipe.get("catalogue_digest")),
        "digest": _short(bundle.digest),
    }
    return [(label, str(values[name])) for name, label in ko.FACTS.items()]


def _day(written: Any) -> str:
    return korean_date(date.fromisoformat(written)) if written else ko.NONE


def _span(rounds: Any) -> str:
    return ko.SPAN.format(first=rounds[0], last=rounds[-1]) if rounds else ko.NONE


def _short(digest: Any) -> str:
    return f"{str(digest)[:_SHOWN_DIGEST]}…" if digest else ko.NONE


def act_rows(record: Record) -> tuple[ActRow, ...]:
    """The record of promotions, newest first."""
    return tuple(
        ActRow(
            datetime.fromisoformat(act.at),
            ko.STEPS[act.act],
            act.bundle,
            act.who,
            act.why,
            gate_counts(act.gates),
            ko.WAIVED.format(why=waiver_told(act)) if act.waiver else "",
        )
        for act in reversed(record.acts)
    )


def waiver_told(act: Act) -> str:
    """Why gates did not block, in words; empty where every gate counts."""
    return ko.WAIVERS.get(act.waiver, act.waiver)


def gate_counts(gates: Iterable[Gate]) -> str:
    """How many gates were passed, missed and not judged."""
    states = [gate.is_passed for gate in gates]
    return ko.GATE_COUNTS.format(passed=states.count(True), failed=states.count(False), left_out=states.count(None))
