"""What the terminal shows. A list is for those who may see it; everything else is counts."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any

import numpy as np
from rich.box import SIMPLE
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from domain.dong import Dong
from domain.korean import korean_date, masked_name
from domain.listing import Entry
from features.catalogue import Catalogue
from serving import wording_ko as ko
from serving.presenting import against, not_known, why
from sources.report import DeliveryReport
from sources.synthetic import Fact
from training.survey import Method, SurveyRow
from training.survey_benchmark import BENCHMARK
from training.survey_report import paired_difference


def print_list(out: Console, dong: Dong, entries: Sequence[Entry], *, subtitle: str, names: Mapping[str, str]) -> None:
    """A dong's list, a few lines a household. ``names`` are heads by household; they are shown masked."""
    out.rule(f"[bold]{ko.LIST_TITLE.format(dong=dong.full_name)}[/bold]")
    out.print(subtitle, ko.PURPOSE, sep="\n", end="\n\n")
    if not entries:
        out.print(ko.NOBODY)
    for entry in entries:
        name = names.get(entry.household_id)
        who = [entry.household_id, masked_name(name) if name else "", ko.HOUSEHOLD_TYPES[entry.household_type]]
        place = ko.PLACE.format(band=ko.BANDS[entry.band], slot=ko.SLOTS[entry.slot])
        out.print(f"[bold]{entry.rank:>3}[/bold]  {'  '.join(part for part in who if part)}  [cyan]{place}[/cyan]")
        for sentence in why(entry):
            out.print(f"       · {escape(sentence)}")
        for heading, sentences in ((ko.AGAINST, against(entry)[:1]), (ko.UNKNOWN, not_known(entry)[:2])):
            if sentences:
                out.print(f"       [dim]{heading}: {escape(' / '.join(sentences))}[/dim]")


def list_subtitle(round_label: str, as_of: str, entries: int) -> str:
    """Round, date and number of households in one line."""
    return ko.LIST_SUBTITLE.format(round=round_label, as_of=as_of, entries=entries)


def print_explanation(out: Console, entry: Entry | None, contributions: np.ndarray, values: Mapping[str, float | None],
                      catalogue: Catalogue, *, raw: float, probability: float) -> None:  # fmt: skip
    """Every feature that moves the score, in log-odds, largest first; they add up to the raw score."""
    if entry is not None:
        for heading, sentences in (
            (ko.RAISING, why(entry)),
            (ko.AGAINST, against(entry)),
            (ko.UNKNOWN, not_known(entry)),
        ):
            out.print(f"[bold]{heading}[/bold]")
            for sentence in sentences:
                out.print(f"  · {escape(sentence)}")
    table = Table(title=f"raw score {raw:+.4f} (log-odds), calibrated probability {probability:.1%}")
    for heading in ("feature", "label", "value", "contribution"):
        table.add_column(heading, justify="right" if heading == "contribution" else "left")
    table.add_row("(base value)", "", "", f"{contributions[-1]:+.4f}")
    order = np.argsort(-np.abs(contributions[:-1]), kind="stable")
    shown = [int(index) for index in order if contributions[index] != 0]
    for index in shown[:25]:
        feature = catalogue.learned[index]
        value = values[feature.name]
        said = "?" if value is None else feature.unit.say(value)
        table.add_row(feature.name, feature.label_ko, said, f"{contributions[index]:+.4f}")
    if len(shown) > 25:
        rest = sum(float(contributions[index]) for index in shown[25:])
        table.add_row(f"({len(shown) - 25} more)", "", "", f"{rest:+.4f}")
    out.print(table)


def print_facts(out: Console, facts: Iterable[Fact]) -> None:
    """Published facts beside the produced ones."""
    table = Table(title="Published facts, and what was produced")
    for heading in ("fact", "source", "published", "produced", "n", ""):
        table.add_column(heading, justify="right" if heading in ("published", "produced", "n") else "left")
    for fact in facts:
        published = "-" if fact.low is None else _range(fact.low, fact.high)
        produced = fact.note if fact.produced is None else _figure(fact.produced)
        table.add_row(fact.fact_ko, fact.source, published, produced, f"{fact.n:,}" if fact.n else "", fact.state)
    out.print(table)


def _figure(value: float) -> str:
    return f"{value:.1%}" if abs(value) < 1 else f"{value:,.1f}"


def _range(low: float, high: float | None) -> str:
    return _figure(low) if high is None or high == low else f"{_figure(low)} - {_figure(high)}"


def print_report(out: Console, report: DeliveryReport) -> None:
    """Rows in, accepted and set aside, by table and reason."""
    table = Table(title=f"Delivery of {korean_date(report.as_of)}")
    for heading in ("table", "rows", "accepted", "quarantined", "reasons"):
        table.add_column(heading, justify="right" if heading in ("rows", "accepted", "quarantined") else "left")
    for name, counts in report.tables.items():
        reasons = ", ".join(f"{reason} {count:,}" for reason, count in sorted(counts.reasons.items()))
        table.add_row(name, f"{counts.rows:,}", f"{counts.accepted:,}", f"{counts.quarantined:,}", reasons)
    out.print(table)
    encodings = sorted({f"{file.encoding}" for file in report.files})
    out.print(f"{len(report.files)} files, read as {', '.join(encodings)}.")


def print_figures(out: Console, report: Mapping[str, Any], *, wanted_rounds: int) -> None:
    """A model beside its baselines, on rounds it could not know; "-" is undefined: nothing qualified."""
    test, label, rounds = report["test"], report["label"], report["rounds"]
    table = Table(
        title=f"{label}: {test['judged']:,} judged, {test['positives']:,} in need, {test['drawn']:,} drawn by chance",
        caption="Share in need on each dong's list: among those judged, and weighted to speak of all on it",
    )
    table.add_column("method", no_wrap=True)
    for heading in ("judged", "weighted", "lift", "AUC"):
        table.add_column(heading, justify="right", no_wrap=True)
    for method in report["methods"]:
        figures = report["figures"][method]
        found = figures["capacity"][label]
        is_told = (found["weighted"]["effective_n"] or 0) >= test["min_effective_n"]
        table.add_row(
            method,
            _with_interval(found["naive"]),
            _with_interval(found["weighted"]) if is_told else "too few drawn",
            f"{figures['lift'][label]['value']:.1f}" if is_told else "-",
            _three(figures["among_listed"][label]["roc_auc"]["value"]),
        )
    out.print(table)
    out.print(
        f"Judged on {len(rounds)} rounds, {rounds[0]['round']} to {rounds[-1]['round']}, "
        "each by a model that knew nothing of it (docs/judging.md)."
    )
    if len(rounds) < wanted_rounds:
        out.print(f"The policy asks for {wanted_rounds}; earlier rounds have too little before them to learn from.")


def _with_interval(figure: Mapping[str, Any]) -> str:
    """``.312 (.27-.35)``."""
    if figure["value"] is None or figure["low"] is None:
        return _three(figure["value"])
    low, high = (f"{figure[end]:.2f}".removeprefix("0") for end in ("low", "high"))
    return f"{_three(figure['value'])} ({low}-{high})"


def _three(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}".removeprefix("0")


def print_survey(out: Console, rows: Sequence[SurveyRow]) -> None:
    """The survey's cross-validated figures by cohort: mean, spread, the benchmark's own, differences with intervals."""
    names = ("roc_auc", "average_precision", "precision_1pct", "precision_5pct", "precision_10pct", "recall_10pct",
             "brier", "ece")  # fmt: skip
    for cohort, methods in groupby(rows, key=lambda row: row.cohort):
        own = list(methods)
        table = _survey_table(cohort, "AUC", "AP", "P@1%", "P@5%", "P@10%", "R@10%", "Brier", "ECE")
        table.title = (
            f"{own[0].households:,} households, {own[0].positives:,} in need; means of {len(own[0].folds)} folds"
        )
        for row in own:
            known = BENCHMARK.get((row.cohort, row.method), {})
            table.add_row(row.method, *(_short(getattr(row.mean, name)) for name in names))
            table.add_row("  sd of folds", *(_short(getattr(row.sd, name)) for name in names), style="dim")
            if known:
                table.add_row(
                    "  benchmark", *(_short(known[name]) if name in known else "" for name in names), style="dim"
                )
        out.print(table, _survey_differences(own))


def _survey_differences(rows: Sequence[SurveyRow]) -> Table:
    names = ("roc_auc", "average_precision", "precision_10pct", "recall_10pct")
    table = _survey_table(f"{Method.LIGHTGBM} minus", "AUC", "AP", "P@10%", "R@10%")
    table.title = "Differences on the same folds, with 95 % intervals"
    for row in rows:
        if row.method is not Method.LIGHTGBM:
            found = [paired_difference(rows, row.cohort, row.method, name) for name in names]
            table.add_row(row.method, *(f"{_signed(f.value)} ±{_short(f.high - f.value)}" for f in found))
    return table


def _survey_table(first: str, *headings: str) -> Table:
    table = Table(box=SIMPLE, padding=(0, 0, 0, 1))
    table.add_column(first, no_wrap=True)
    for heading in headings:
        table.add_column(heading, justify="right", no_wrap=True)
    return table


def _signed(value: float) -> str:
    return ("-" if value < 0 else "+") + _short(abs(value))


def _short(value: float) -> str:
    return f"{value:.3f}".removeprefix("0")
