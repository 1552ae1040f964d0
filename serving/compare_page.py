"""The page that compares two models: one HTML file that needs nothing else, for a screen and for A4 paper."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from audit.comparison import Comparison
from audit.drift import Level
from domain.korean import korean_date, korean_number, with_particle
from scoring.telling import as_told
from serving import wording_ko as ko
from serving.compare_numbers import (
    difference,
    effective,
    has_interval,
    is_wide,
    percent,
    sign_of,
    which_is_better,
    with_interval,
)
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
    report = as_told(comparison.report)
    comparison = replace(comparison, report=report)
    template = _ENVIRONMENT.get_template("compare.html.j2")
    return template.render(
        comparison=comparison,
        report=report,
        label=comparison.labels[report["label"]],
        helped=ko.HELPED[report["label"]],
        same_recipe=_same_recipe(comparison),
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
        _a_or_b(comparison),
        *(_against_baselines(report, method) for method in report["contenders"]),
        _groups(comparison),
        _moved(comparison),
    ]
    if comparison.drift is not None:
        alarms, notices = (len(comparison.drift.at(level)) for level in (Level.ALARM, Level.NOTICE))
        sentences.append(ko.SUMMARY_DRIFT.format(alarms=alarms, notices=notices))
    return sentences


def _precision(report: Report) -> Iterator[str]:
    lists = {method: report["figures"][method]["capacity"][report["label"]] for method in report["contenders"]}
    for method, figures in lists.items():
        yield _of_list(ko.METHODS[method], figures["weighted"], ko.HELPED[report["label"]])
    if any(is_wide(figures["weighted"]) for figures in lists.values()):
        yield ko.SUMMARY_WIDE
    a, b = (figures["naive"] for figures in lists.values())
    yield ko.SUMMARY_NAIVE.format(a=with_interval(a), b=with_interval(b))


def _of_list(method: str, figure: Mapping[str, Any], helped: str) -> str:
    if figure["value"] is not None:
        return ko.SUMMARY_PRECISION.format(method=method, helped=helped, figure=with_interval(figure))
    if figure["is_too_few"]:
        return ko.SUMMARY_TOO_FEW.format(method=method, effective=effective(figure))
    return ko.SUMMARY_NOT_COMPUTED.format(method=method)


def _a_or_b(comparison: Comparison) -> str:
    report = comparison.report
    a, b = report["contenders"]
    figure = report["differences"][b][a][report["label"]]
    if not figure["n"]:
        return f"{which_is_better(figure, b, a, is_retrained=comparison.is_same_recipe)}."
    if figure["is_too_few"]:
        return ko.SUMMARY_DIFFERENCE_TOO_FEW.format(effective=effective(figure))
    if figure["value"] is None:
        return ko.SUMMARY_UNDEFINED
    better = {1: b, -1: a}.get(sign_of(figure))
    if not has_interval(figure):
        return ko.SUMMARY_NO_INTERVAL.format(difference=difference(figure))
    if better is None:
        return ko.SUMMARY_UNKNOWN.format(difference=difference(figure))
    return ko.SUMMARY_BETTER.format(difference=difference(figure), method=ko.METHODS[better])


def _against_baselines(report: Report, method: str) -> str:
    found: dict[int | None, list[str]] = {sign: [] for sign in ko.SUMMARY_BASELINES}
    for other in report["methods"]:
        if other not in report["contenders"]:
            figure = report["differences"][method][other][report["label"]]
            found[sign_of(figure) if figure["n"] and has_interval(figure) else None].append(ko.METHODS[other])
    verdicts = [
        ko.SUMMARY_BASELINES[sign].format(names=names, names_with=with_particle(names, ko.WITH))
        for sign, names in ((sign, ", ".join(names)) for sign, names in found.items())
        if names
    ]
    return ko.SUMMARY_METHOD.format(method=ko.METHODS[method], verdicts=" ".join(verdicts))


def _same_recipe(comparison: Comparison) -> str:
    """What two models of one recipe differ in, empty where their recipes differ."""
    if not comparison.is_same_recipe:
        return ""
    apart = comparison.origins_apart
    if apart == ("seed",):
        return ko.SAME_BUT_SEED
    if not apart:
        return ko.SAME_IN_ALL
    return ko.SAME_RECIPE.format(origins=with_particle(", ".join(ko.ORIGINS[name] for name in apart), ko.SUBJECT))


def _groups(comparison: Comparison) -> str:
    judged = [a["is_judged"] for a, _ in group_pairs(comparison.report)]
    return ko.SUMMARY_GROUPS.format(groups=len(judged), unjudged=judged.count(False), min_group=comparison.min_group)


def _moved(comparison: Comparison) -> str:
    total = comparison.movement.total
    share = percent(total.leaving / total.places if total.places else None)
    places, changed = korean_number(total.places), korean_number(total.leaving)
    return ko.SUMMARY_MOVED.format(round=comparison.movement.week.label, places=places, changed=changed, share=share)
