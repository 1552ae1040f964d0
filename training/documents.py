"""A bundle's two documents for people who are not statisticians: the model card and the data sheet, both in Korean.

Every figure in them was computed (the evaluation of `training.report`, counts of the delivery); where one is undefined
the document says so instead. The templates place, the sentences that depend on an interval are chosen here.
"""

from collections.abc import Mapping, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any

import polars as pl
from jinja2 import Environment, PackageLoader, StrictUndefined

from domain.calendar import Round, day_of
from domain.korean import korean_date, with_particle
from domain.policy import Policy
from scoring.disclosure import disclosable, said_count, said_parts
from scoring.evidence import CHOSEN, DRAWN
from scoring.telling import as_told
from scoring.wording_ko import in_order
from sources.core import Core
from sources.ingest import delivery_report
from sources.synthetic import ADAPTER as SYNTHETIC
from training.labels import LABELS, PRIVATE_SHARE_OF_SUPPORT, Label, get_label
from training.wording_ko import (
    ATTRIBUTES,
    CASES,
    COMPARED,
    GROUPS,
    HELPED,
    KINDS,
    METHODS,
    NOT_GIVEN,
    NOT_JUDGED,
    TABLES,
    TOO_FEW,
    UNDEFINED,
)

Report = Mapping[str, Any]


def model_card(name: str, report: Report, policy: Policy, *, features: int, examples: pl.DataFrame, core: Core) -> str:
    """The card as Markdown, for the only contender of ``report``; ``examples`` are the rows learned from."""
    report = as_told(report)
    (model,) = report["contenders"]
    figures = report["figures"]
    label = get_label(report["label"])
    return rendered(
        "card.md.j2",
        name=name,
        label=label,
        helped=HELPED[label.name],
        horizon_days=report["horizon_days"],
        private_share=PRIVATE_SHARE_OF_SUPPORT,
        is_made_up=core.adapter == SYNTHETIC,
        examples=examples.height,
        positives=int(examples["label"].sum()),
        features=features,
        rounds=report["rounds"],
        test=report["test"],
        methods=[_method_row(method, figures[method], label) for method in report["methods"]],
        comparisons=[compared(other, by[label.name]) for other, by in report["differences"][model].items()],
        calibration=_defined(figures[model]["pooled"][label.name].get("calibration_error")),
        groups=named_groups(report["groups"][model], unit=CASES),
        min_group=policy.fairness.min_group,
    )


def data_sheet(name: str, core: Core, listings: pl.DataFrame, *, ranks_by: str) -> str:
    """The sheet as Markdown; ``listings`` are all whose outcome window has closed (`training.cohort`)."""
    judged = listings.filter("is_judged")
    rounds = listings["round"]
    return rendered(
        "sheet.md.j2",
        name=name,
        as_of=korean_date(core.as_of),
        kind=KINDS.get(core.adapter, core.adapter),
        is_made_up=core.adapter == SYNTHETIC,
        delivery_digest=core.delivery_digest,
        districts=len(core.districts),
        households=core.rows["households"],
        tables=[
            {"title": TABLES[table], "rows": counts.rows, "accepted": counts.accepted,
             "quarantined": counts.quarantined}
            for table, counts in delivery_report(core).tables.items()
        ],
        listings={
            "listed": listings.height,
            "chosen": int((listings["stratum"] == CHOSEN).sum()),
            "drawn": int((listings["stratum"] == DRAWN).sum()),
            "carried_over": listings["stratum"].null_count(),
            "judged": judged.height,
            "judged_rate": judged.height / listings.height,
            "not_judged": listings.height - judged.height,
            "first": _said_round(rounds.min()),
            "last": _said_round(rounds.max()),
        },
        labels=[_label_row(label, judged, ranks=label.name == ranks_by) for label in LABELS.values()],
    )  # fmt: skip


def _said_round(day: Any) -> str:
    return Round.of(day_of(day)).label


def _label_row(label: Label, judged: pl.DataFrame, *, ranks: bool) -> dict[str, Any]:
    positives = int(judged[f"label_{label.name}"].sum())
    return {
        "label_ko": label.label_ko,
        "weakness_ko": label.weakness_ko,
        "positives": said_count(positives, CASES),
        # A rate would say the count that is hidden.
        "rate": NOT_GIVEN if disclosable(positives) is None else _share(positives / judged.height),
        "ranks": ranks,
    }


def _method_row(method: str, figures: Mapping[str, Any], label: Label) -> dict[str, Any]:
    return {
        "title": METHODS.get(method, method),
        "precision": told(figures["capacity"][label.name]["weighted"]),
        "naive": told(figures["capacity"][label.name]["naive"]),
        "recall": told(figures["recall"][label.name]),
    }


def told(figure: Mapping[str, Any] | None) -> str:
    """The figure with its interval, or why it has none: too few effective rows to tell, or nothing to compute it of."""
    if figure and figure["value"] is None and figure.get("is_too_few"):
        return TOO_FEW.format(effective=figure["effective_n"])
    return _interval(figure)


def compared(other: str, difference: Mapping[str, Any]) -> str:
    """One sentence on the model against another method, as strong as the interval allows and no stronger."""
    if not difference["n"]:
        # No judged row counts more on one list than on the other: nothing was compared, so nothing was found equal.
        verdict = "not_comparable"
    elif _defined(difference) is None:
        verdict = "too_few" if difference.get("is_too_few") else "undefined"
    elif difference["low"] > 0:
        verdict = "better"
    else:
        verdict = "worse" if difference["high"] < 0 else "unknown"
    return COMPARED[verdict].format(
        than=with_particle(METHODS.get(other, other), "과/와"),
        difference=_interval(difference, points=True),
        effective=f"{difference['effective_n'] or 0:.0f}",
    )


def named_groups(rows: Sequence[Mapping[str, Any]], *, unit: str) -> list[dict[str, Any]]:
    """Groups as they are told, in the order of `scoring.wording_ko.GROUPS`; counts in ``unit``, small ones hidden."""
    by_key = {(row["attribute"], row["group"]): row for row in rows}
    told = []
    for _, keys in groupby(in_order(by_key), key=itemgetter(0)):
        found = [by_key[key] for key in keys]
        counts = (said_parts([row[name] for row in found], unit) for name in ("n", "positives"))
        told += [
            _named_group(row) | {"n": n, "positives": positives}
            for row, n, positives in zip(found, *counts, strict=True)
        ]
    return told


def _named_group(row: Mapping[str, Any]) -> dict[str, Any]:
    """The figures of a group with its names; a survey's own groups are named as they are."""
    attribute, group = row["attribute"], row["group"]
    figures = {
        name: told(row[name]) if row["is_judged"] else NOT_JUDGED
        for name in ("recall", "precision", "calibration_error")
    }
    names = {"attribute": ATTRIBUTES[attribute], "group": GROUPS.get(attribute, {}).get(group, group)}
    return {**row, **figures, **names}


def _defined(figure: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    """The figure, or None where it or its interval is undefined."""
    return figure if figure and None not in (figure["value"], figure["low"], figure["high"]) else None


def _interval(figure: Mapping[str, Any] | None, *, points: bool = False) -> str:
    """``31.2% (27.4~35.0%)``; a difference of two shares is given in points of a percent (%p)."""
    if not figure or figure["value"] is None:
        return UNDEFINED
    unit, sign = ("%p", "+") if points else ("%", "")
    value = f"{100 * figure['value']:{sign}.1f}{unit}"
    if _defined(figure) is None:
        return value
    return f"{value} ({100 * figure['low']:{sign}.1f}~{100 * figure['high']:{sign}.1f}{unit})"


def _share(value: float | None) -> str:
    return UNDEFINED if value is None else f"{100 * value:.1f}%"


def rendered(template: str, **values: Any) -> str:
    """A document from a template of this room, with the filters ``interval``, ``share`` and ``count``."""
    # Markdown is no HTML: whoever shows it as a page escapes it there.
    environment = Environment(
        loader=PackageLoader("training"), undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True,
        keep_trailing_newline=True, autoescape=False,  # noqa: S701
    )  # fmt: skip
    environment.filters.update(
        interval=_interval,
        share=_share,
        count=lambda value: f"{value:,.0f}",
    )
    return environment.get_template(template).render(**values)
