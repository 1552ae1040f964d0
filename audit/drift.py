"""Whether the world has moved away from what a model was made on: which input, by how much, since when.

Three questions, because none of them sees what the others see. Has the distribution of a feature or of the scores
changed (population stability index)? Is something unknown, or present, that was not before? And do providers report
more or fewer households than in the same months a year earlier? A third more households with one kind of arrears moves
that feature's index by a few thousandths: only the third question finds it. See docs/drift.md.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from math import isfinite, sqrt

import numpy as np
from scipy.special import gammaincinv, ndtri  # scipy.stats takes a second to import

from audit.report_changes import ERROR_RATE, Change, report_changes
from domain.calendar import month_start
from domain.policy import DriftPolicy
from scoring.reference import NOTHING, UNKNOWN, Counts, Histogram, Reference, disclosed, psi

# One round's counts of a histogram.
_Row = Sequence[int]


@dataclass(frozen=True)
class _Look:
    """One histogram in the reference's ``rounds`` and in the ``newest`` one, at which one of ``tests`` looks is taken.

    ``dongs`` (before, now) take the place of households where the value is of a dong.
    """

    name: str
    rounds: Sequence[_Row]
    newest: _Row
    dongs: tuple[int, int] | None
    tests: int


class Level(StrEnum):
    """How much a finding asks for; in the order in which they are shown."""

    ALARM = "alarm"
    NOTICE = "notice"
    OK = "ok"
    UNJUDGED = "not judged"


class Kind(StrEnum):
    """What was looked at."""

    REPORTS = "reports"  # an indicator's reported households against the same months a year before
    DISTRIBUTION = "distribution"  # of a feature
    SCORE = "score"  # distribution of the raw scores
    MISSING = "missing"  # share of households whose value is not known
    CATEGORY = "category"  # a word nobody had when the model was made


@dataclass(frozen=True)
class Finding:
    """One look at one thing.

    ``name`` is an indicator's code, a feature, "score" or table.column. ``measured`` is a change (0.35: a third more)
    of REPORTS with its interval, a stability index less the usual one of DISTRIBUTION and SCORE, a difference of
    shares of MISSING, and a share of rows of CATEGORY; None where nothing could be measured. ``since`` is a month
    ("2026-07"), and only of REPORTS; ``words`` are the new ones, and only of CATEGORY. The interval holds for all
    indicators at once.
    """

    name: str
    kind: Kind
    level: Level
    sentence: str
    measured: float | None = None
    low: float | None = None
    high: float | None = None
    since: str | None = None
    words: tuple[str, ...] = ()


@dataclass(frozen=True)
class Drift:
    """Every finding, the gravest first, and what was compared: rounds as ISO dates, newest first."""

    findings: tuple[Finding, ...]
    before: tuple[str, ...]
    now: str

    @property
    def level(self) -> Level:
        """The gravest level of any finding."""
        return self.findings[0].level if self.findings else Level.UNJUDGED

    def at(self, level: Level) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.findings if finding.level is level)


def drift_between(before: Reference, now: Reference, policy: DriftPolicy) -> Drift:
    """What changed from ``before`` (the data a model was made on) to the newest round of ``now``.

    A distribution counts as changed only if it is unlike *each* of the reference's rounds, which lie in the seasons of
    a year: neither winter nor a history that was shorter then is a change.
    """
    findings = [
        *_reports(before, now, policy),
        *_features(before, now, policy),
        _score(before, now, policy),
        *_categories(before, now, policy),
    ]
    order = {level: place for place, level in enumerate(Level)}
    # A stable sort: within a level reports come first, then features in the order of the catalogue.
    ranked = sorted(findings, key=lambda finding: order[finding.level])
    return Drift(tuple(ranked), tuple(day.isoformat() for day in before.rounds), now.rounds[0].isoformat())


def _judged(value: float, *, notice: float, alarm: float) -> Level:
    return Level.ALARM if value >= alarm else Level.NOTICE if value >= notice else Level.OK


def _features(before: Reference, now: Reference, policy: DriftPolicy) -> Iterator[Finding]:
    names = [
        name for name, was in before.features.items() if name in now.features and was.edges == now.features[name].edges
    ]
    tests = 2 * len(names) + 1
    for name in names:
        was, is_now = before.features[name], now.features[name]
        dongs = (before.dongs, now.dongs) if was.is_of_dong else None
        look = _Look(name, was.counts, is_now.counts[0], dongs, tests)
        yield _missing(look, policy)
        if rounds := _alike(was, before, now):
            yield _distribution(replace(look, rounds=rounds), Kind.DISTRIBUTION, policy)
        else:
            yield _of_another_history(name, Kind.DISTRIBUTION, before, now)


def _alike(was: Histogram, before: Reference, now: Reference) -> tuple[_Row, ...]:
    """The reference's rounds that could look back as far as the newest one can."""
    seen, *seen_before = (
        min(months, was.looks_back_months) for months in (now.history_months[0], *before.history_months)
    )
    return tuple(row for row, months in zip(was.counts, seen_before, strict=True) if months == seen)


def _of_another_history(name: str, kind: Kind, before: Reference, now: Reference) -> Finding:
    why = f"it looks back over {now.history_months[0]} months, {max(before.history_months)} before"
    return Finding(name, kind, Level.UNJUDGED, f"{name}: {why}.")


def _score(before: Reference, now: Reference, policy: DriftPolicy) -> Finding:
    if before.score.edges != now.score.edges:
        return Finding("score", Kind.SCORE, Level.UNJUDGED, "Scores of another model cannot be compared.")
    rounds = _alike(before.score, before, now)
    if not rounds:
        return _of_another_history("score", Kind.SCORE, before, now)
    tests = 2 * len(before.features) + 1
    return _distribution(_Look("score", rounds, now.score.counts[0], None, tests), Kind.SCORE, policy)


def index_by_chance(bins: int, before: float, now: float, *, tests: int = 1) -> tuple[float, float]:
    """What the stability index of ``bins`` bins is where nothing changed: on average, and at most.

    Chance passes "at most" in one of twenty looks at all ``tests``. The index of two samples is about (1/n + 1/m)
    times a chi-square variable with bins - 1 degrees of freedom (Yurdakul and Naranjo 2020, Statistical properties of
    the population stability index, Journal of Risk Model Validation 14).

    >>> [round(value, 4) for value in index_by_chance(10, 25_000, 25_000)]
    [0.0007, 0.0014]
    """
    unit = 1 / before + 1 / now
    return (bins - 1) * unit, 2 * float(gammaincinv(max(1, bins - 1) / 2, 1 - ERROR_RATE / tests)) * unit


def _distribution(look: _Look, kind: Kind, policy: DriftPolicy) -> Finding:
    """The least change of the known values against any of the rounds."""
    now, past = disclosed(look.newest)[NOTHING:], [disclosed(row)[NOTHING:] for row in look.rounds]
    changes = []
    for was in past:
        if was.sum() and now.sum():
            sizes = look.dongs or (int(was.sum()), int(now.sum()))
            used = int(np.count_nonzero(was + now))
            changes.append((psi(was, now), *index_by_chance(used, *sizes, tests=look.tests)))
    if not changes or min(limit for _, _, limit in changes) > policy.psi_alarm:
        return Finding(look.name, kind, Level.UNJUDGED, f"{look.name}: known of too few to tell.")
    found, expected, limit = min(changes)
    usual = max(expected, _usual_change(past))
    beyond = max(0.0, found - usual)
    level = _judged(beyond, notice=policy.psi_notice, alarm=policy.psi_alarm) if found > limit else Level.OK
    sentence = f"{look.name}: stability index {found:.3f}, where {usual:.3f} is usual."
    return Finding(look.name, kind, level, sentence, beyond)


def _usual_change(rounds: Sequence[Counts]) -> float:
    """How unlike the others the oddest of the reference's own rounds is: what a year does where nothing is wrong.

    Households of a dong move together where its rates are learned, so that chance alone does more than to households
    drawn one by one; the reference's own year shows how much.
    """
    nearest = [
        min((psi(other, counts) for place, other in enumerate(rounds) if place != at and other.sum()), default=0.0)
        for at, counts in enumerate(rounds)
        if counts.sum()
    ]
    return max(nearest, default=0.0)


def _missing(look: _Look, policy: DriftPolicy) -> Finding:
    """How much larger the share of unknown values is than in any of the rounds."""
    total = sum(look.newest)
    shares = [(row[UNKNOWN] / sum(row), sum(row)) for row in look.rounds if sum(row)]
    if not total or not shares:
        return Finding(look.name, Kind.MISSING, Level.UNJUDGED, f"{look.name}: no household to count.")
    share, (share_before, n) = look.newest[UNKNOWN] / total, max(shares)
    rise = share - share_before
    before, now = look.dongs or (n, total)
    pooled = (share * total + share_before * n) / (total + n)
    by_chance = float(ndtri(1 - ERROR_RATE / look.tests)) * sqrt(pooled * (1 - pooled) * (1 / before + 1 / now))
    level = _judged(rise, notice=policy.missing_notice, alarm=policy.missing_alarm) if rise > by_chance else Level.OK
    sentence = f"{look.name}: not known of {share:.1%} of households, {share_before:.1%} before."
    return Finding(look.name, Kind.MISSING, level, sentence, rise)


def _categories(before: Reference, now: Reference, policy: DriftPolicy) -> Iterator[Finding]:
    for column, words in now.categories.items():
        known, total = before.categories.get(column), sum(words.values())
        if known is None:
            continue
        new = {word: int(disclosed(count)) for word, count in words.items() if word not in known}
        share = sum(new.values()) / total if total else 0.0
        level = Level.ALARM if share >= policy.category_alarm else Level.NOTICE
        if not any(new.values()):
            yield Finding(column, Kind.CATEGORY, Level.OK, f"{column}: no new word.", 0.0)
        else:
            found = tuple(word for word, count in new.items() if count)
            sentence = f"{column}: {', '.join(found)} was not there when the model was made; {share:.2%} of rows now."
            yield Finding(column, Kind.CATEGORY, level, sentence, share, words=found)


def _reports(before: Reference, now: Reference, policy: DriftPolicy) -> Iterator[Finding]:
    for code, change in report_changes(before, now).items():
        if isinstance(change, str):
            yield Finding(code, Kind.REPORTS, Level.UNJUDGED, f"{code}: {change}.")
        else:
            yield _changed_reports(code, change, policy)


def _changed_reports(code: str, change: Change, policy: DriftPolicy) -> Finding:
    interval = f"{_said(change.low)} to {_said(change.high)}"
    measured, low, high = (value - 1 if isfinite(value) else None for value in (change.ratio, change.low, change.high))
    if not change.is_beyond_chance:
        sentence = f"{code}: no change beyond chance ({interval})."
        return Finding(code, Kind.REPORTS, Level.OK, sentence, measured, low, high)
    level = _judged(change.size, notice=policy.rate_notice, alarm=policy.rate_alarm)
    since = month_start(change.first_month).strftime("%Y-%m")
    when = f"since {since}{' or before' if change.is_open else ''}"
    sentence = (
        f"{code}: {_said(change.ratio)} reported households {when}, against the same months a year before ({interval})."
    )
    return Finding(code, Kind.REPORTS, level, sentence, measured, low, high, since)


def _said(ratio: float) -> str:
    return f"{ratio - 1:+.0%}" if isfinite(ratio) else "any number of times as many"
