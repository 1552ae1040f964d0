"""The page that compares two models: one HTML file that needs nothing else, for a screen and for A4 paper."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from audit.comparison import Comparison
from audit.drift import Level
from domain.korean import korean_date, korean_number, with_particle
from scoring.figures import only_telling
from serving import wording_ko as ko
from serving.compare_numbers import difference, has_interval, is_same, is_wide, percent, sign_of, with_interval
from serving.compare_pictures import group_pictures, pictures
from serving.compare_tables import drift_table, group_pairs, movement_tables, report_tables

Report = Mapping[str, Any]
# Escapes whatever the template's name ends with: a label or a name of a dong is text, never markup.
_ENVIRONMENT = Environment(
    loader=PackageLoader("serving"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
)


def compare_page(comparison: Comparison) -> str:
    """The comparison as HTML; the same comparison gives the same bytes."""
    test = comparison.report["test"]
    report = only_telling(comparison.report, min_effective_n=test["min_effective_n"])
    comparison = replace(comparison, report=report)
    template = _ENVIRONMENT.get_template("compare.html.j2")
    return template.render(
        comparison=comparison,
        report=report,
        label=comparison.labels[report["label"]],
        models={"A": comparison.a, "B": comparison.b},
        week=comparison.movement.week.label,
        week_as_of=korean_date(comparison.movement.week.as_of),
        delivered_on=korean_date(comparison.delivery_as_of),
        rounds=_rounds(report),
        numbers={name: korean_number(test[name]) for name in ("judged", "positives", "drawn", "dongs", "max_weight")},
        response_rate=percent(test["response_rate"]),
        cut_weight_share=percent(test["cut_weight_share"]),
        summary=_summary(comparison),
        tables=report_tables(comparison) | movement_tables(comparison) | {"drift": drift_table(comparison)},
        pictures=pictures(comparison),
        group_pictures=group_pictures(comparison),
    )


def _rounds(report: Report) -> str:
    labels = [fold["round"] for fold in report["rounds"]]
    return ko.SUMMARY_ROUNDS.format(first=labels[0], last=labels[-1], n=len(labels))


def _summary(comparison: Comparison) -> list[str]:
    report = comparison.report
    sentences = [
        *_precision(report),
        _a_or_b(report),
        *(_against_baselines(report, method) for method in report["contenders"]),
        _groups(comparison),
        _moved(comparison),
    ]
    if comparison.drift is not None:
        alarms, notices = (len(comparison.drift.at(level)) for level in (Level.ALARM, Level.NOTICE))
        sentences.append(ko.SUMMARY_DRIFT.format(alarms=alarms, notices=notices))
    return sentences


def _precision(report: Report) -> Iterator[str]:
    lists = [report["figures"][method]["capacity"][report["label"]] for method in report["contenders"]]
    a, b = (figures["weighted"] for figures in lists)
    yield ko.SUMMARY_PRECISION.format(a=with_interval(a), b=with_interval(b))
    if is_wide(a) or is_wide(b):
        yield ko.SUMMARY_WIDE
    a, b = (figures["naive"] for figures in lists)
    yield ko.SUMMARY_NAIVE.format(a=with_interval(a), b=with_interval(b))


def _a_or_b(report: Report) -> str:
    a, b = report["contenders"]
    figure = report["differences"][b][a][report["label"]]
    if figure["value"] is None:
        return ko.SUMMARY_UNDEFINED
    if is_same(figure):
        return ko.SUMMARY_SAME
    better = {1: b, -1: a}.get(sign_of(figure))
    if not has_interval(figure):
        return ko.SUMMARY_NO_INTERVAL.format(difference=difference(figure))
    if better is None:
        return ko.SUMMARY_UNKNOWN.format(difference=difference(figure))
    return ko.SUMMARY_BETTER.format(difference=difference(figure), method=ko.METHODS[better])


def _against_baselines(report: Report, method: str) -> str:
    found: dict[int, list[str]] = {1: [], -1: [], 0: []}
    for other in report["methods"]:
        if other not in report["contenders"]:
            found[sign_of(report["differences"][method][other][report["label"]])].append(ko.METHODS[other])
    verdicts = [
        ko.SUMMARY_BASELINES[sign].format(names=", ".join(names) if sign else with_particle(", ".join(names), ko.WITH))
        for sign, names in found.items()
        if names
    ]
    return ko.SUMMARY_METHOD.format(method=ko.METHODS[method], verdicts=" ".join(verdicts))


def _groups(comparison: Comparison) -> str:
    judged = [a["is_judged"] for a, _ in group_pairs(comparison.report)]
    return ko.SUMMARY_GROUPS.format(groups=len(judged), unjudged=judged.count(False), min_group=comparison.min_group)


def _moved(comparison: Comparison) -> str:
    total = comparison.movement.total
    share = percent(total.leaving / total.places if total.places else None)
    places, changed = korean_number(total.places), korean_number(total.leaving)
    return ko.SUMMARY_MOVED.format(round=comparison.movement.week.label, places=places, changed=changed, share=share)
