"""The tables of the page that compares two models: every number a picture shows, and more."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import chain, pairwise, zip_longest
from typing import TYPE_CHECKING, Any

from audit.movement import Moves
from domain.korean import korean_number
from scoring.disclosure import disclosable, disclosable_parts, said_count, said_parts
from scoring.telling import is_too_few
from scoring.wording_ko import in_order
from serving import wording_ko as ko
from serving.compare_drift import drift_rows
from serving.compare_numbers import counted, difference, percent, plain, untold, which_is_better, with_interval

if TYPE_CHECKING:  # it loads all of training; the groups' names here serve pages that do without
    from audit.comparison import Comparison

Report = Mapping[str, Any]
DONGS_SHOWN = 60
THEMES_SHOWN = 12


@dataclass(frozen=True)
class Table:
    """A caption, the names of the columns, and rows whose first cell names the row.

    The last cell of a shorter row spans the columns that are left; a row of one cell is a heading over those below it.
    """

    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    @property
    def bodies(self) -> tuple[tuple[tuple[str, ...], ...], ...]:
        """The rows, a new part beginning at each heading."""
        starts = [place for place, row in enumerate(self.rows) if place == 0 or len(row) == 1]
        return tuple(self.rows[start:end] for start, end in pairwise((*starts, len(self.rows))))


def report_tables(comparison: "Comparison") -> dict[str, Table]:
    """The tables about past rounds."""
    report = comparison.report
    helped = ko.HELPED[report["label"]]
    return {
        "rounds": _table("rounds", _rounds(report), helped=helped),
        "headline": _table("headline", _headline(report), label=comparison.labels[report["label"]]),
        "checks": _table("checks", _checks(report)),
        "differences": _table("differences", _differences(comparison)),
        "labels": _labels(comparison),
        "quality": _quality(comparison),
        "reliability": _table("reliability", _reliability(report)),
        "gains": _gains(comparison, helped),
        "folds": _folds(report),
        "groups": _groups(comparison),
        "shares": _table("shares", _shares(report), helped=helped),
    }


def _table(name: str, rows: Iterator[tuple[str, ...]], **words: str) -> Table:
    columns = tuple(column.format(**words) for column in ko.COMPARE_COLUMNS[name])
    return Table(ko.COMPARE_CAPTIONS[name].format(**words), columns, tuple(rows))


def _rounds(report: Report) -> Iterator[tuple[str, ...]]:
    for fold in report["rounds"]:
        spans = ["~".join(fold[part]) for part in ("train", "calibrate")]
        yield (fold["round"], *spans, korean_number(fold["examples"]), korean_number(fold["positives"]))


def _headline(report: Report) -> Iterator[tuple[str, ...]]:
    label = report["label"]
    for method in report["methods"]:
        figures = report["figures"][method]
        capacity = figures["capacity"][label]
        yield (
            ko.METHODS[method],
            with_interval(capacity["weighted"]),
            with_interval(capacity["naive"]),
            with_interval(figures["recall"][label]),
            with_interval(figures["lift"][label], digits=1),
            counted(capacity["weighted"]),
        )


def _checks(report: Report) -> Iterator[tuple[str, ...]]:
    for method in report["methods"]:
        capacity = report["figures"][method]["capacity"][report["label"]]
        estimates = (with_interval(capacity.get(name)) for name in ("weighted", "inverse_propensity", "doubly_robust"))
        yield (ko.METHODS[method], *estimates, _ties(capacity["weighted"]))


def _ties(figure: Mapping[str, Any]) -> str:
    worst, best = figure.get("worst"), figure.get("best")
    return ko.NOT_GIVEN if worst is None or best is None else f"{plain(worst)}~{plain(best)}"


def _differences(comparison: "Comparison") -> Iterator[tuple[str, ...]]:
    report = comparison.report
    a, b = report["contenders"]
    baselines = [method for method in report["methods"] if method not in (a, b)]
    for one, other in [(b, a), *((one, other) for one in (a, b) for other in baselines)]:
        figure = report["differences"][one][other][report["label"]]
        name = ko.MINUS.format(one=ko.METHODS[one], other=ko.METHODS[other])
        is_retrained = comparison.is_same_recipe and (one, other) == (b, a)
        yield name, difference(figure), which_is_better(figure, one, other, is_retrained=is_retrained)


def _labels(comparison: "Comparison") -> Table:
    report = comparison.report
    a, b = report["contenders"]
    others = [label for label in report["figures"][a]["capacity"] if label != report["label"]]
    rows = [
        (ko.METHODS[method], *(with_interval(report["figures"][method]["capacity"][label]["weighted"])
                               for label in others))
        for method in report["methods"]
    ]  # fmt: skip
    last = (
        ko.MINUS.format(one=ko.METHODS[b], other=ko.METHODS[a]),
        *(difference(report["differences"][b][a][label]) for label in others),
    )
    columns = (ko.COMPARE_COLUMNS["headline"][0], *(comparison.labels[label] for label in others))
    return Table(ko.COMPARE_CAPTIONS["labels"], columns, (*rows, last))


def _quality(comparison: "Comparison") -> Table:
    report = comparison.report
    label = report["label"]
    rows = []
    for method in report["methods"]:
        for counted_how, kind in ko.QUALITY_ROWS.items():
            figures = report["figures"][method][counted_how][label]
            cells = (with_interval(figures.get(name), digits=3) for name in ko.SCORE_QUALITY)
            rows.append((f"{ko.METHODS[method]} · {kind}", *cells))
    caption = ko.COMPARE_CAPTIONS["quality"].format(label=comparison.labels[label])
    return Table(caption, (ko.COMPARE_COLUMNS["headline"][0], *ko.SCORE_QUALITY.values()), tuple(rows))


def _reliability(report: Report) -> Iterator[tuple[str, ...]]:
    curves = (report["figures"][method]["reliability"] for method in report["contenders"])
    for number, parts in enumerate(zip_longest(*curves), 1):
        cells = (
            (*_stated_and_observed(part), said_count(part["n"], ko.CASES)) if part else (ko.NOT_GIVEN,) * 3
            for part in parts
        )
        yield str(number), *chain.from_iterable(cells)


def _stated_and_observed(part: Mapping[str, Any]) -> tuple[str, str]:
    if part["stated"] is None:
        return ko.NOT_GIVEN, untold(part)
    return plain(part["stated"]), plain(part["observed"])


def _gains(comparison: "Comparison", helped: str) -> Table:
    methods = comparison.report["methods"]
    columns = (ko.AXES["looked_at"], *(ko.METHODS[method] for method in methods))
    caption = ko.COMPARE_CAPTIONS["gains"].format(helped=helped)
    gains = [comparison.gains[method] for method in methods]
    if is_untold(comparison):
        return Table(caption, columns, ((ko.ALL_SHARES, ko.TOO_FEW.format(effective=f"{gains[0].effective_n:,.0f}")),))
    rows = tuple(
        (percent(share), *(percent(found) for found in line))
        for share, *line in zip(gains[0].looked_at, *(part.found for part in gains), strict=True)
    )
    return Table(caption, columns, rows)


def is_untold(comparison: "Comparison") -> bool:
    """Whether the gains rest on too few; the rows in need, on which they all rest, are the same for every method."""
    least = comparison.report["test"]["min_effective_n"]
    return any(is_too_few(gains.n, gains.effective_n, least) for gains in comparison.gains.values())


def _folds(report: Report) -> Table:
    found = {(fold["round"], fold["method"]): fold for fold in report["folds"]}
    rows = tuple(
        (label, *(_of_round(found[label, method]) for method in report["methods"]))
        for label in dict.fromkeys(fold["round"] for fold in report["folds"])
    )
    columns = (ko.AXES["round"], *(ko.METHODS[method] for method in report["methods"]))
    return Table(ko.COMPARE_CAPTIONS["folds"], columns, rows)


def _of_round(fold: Mapping[str, Any]) -> str:
    return untold(fold) if fold["capacity"] is None else plain(fold["capacity"])


def group_pairs(report: Report) -> Iterator[tuple[Mapping[str, Any], Mapping[str, Any]]]:
    """Each group's figures of A beside those of B, in the order in which the words of the groups are written down."""
    a, b = ({(row["attribute"], row["group"]): row for row in report["groups"][m]} for m in report["contenders"])
    yield from ((a[key], b[key]) for key in in_order(a))


def group_counts(report: Report) -> dict[tuple[str, str], str]:
    """The judged outcomes of each group, as they may be told."""
    n = {(row["attribute"], row["group"]): row["n"] for row in report["groups"][report["contenders"][0]]}
    return said_by_group(n)


def said_by_group(n: Mapping[tuple[str, str], int]) -> dict[tuple[str, str], str]:
    """Counts by attribute and group in words, small ones hidden so that none follows from the others."""
    said: dict[tuple[str, str], str] = {}
    for attribute in dict.fromkeys(attribute for attribute, _ in n):
        keys = [key for key in n if key[0] == attribute]
        said |= dict(zip(keys, said_parts([n[key] for key in keys], ko.CASES), strict=True))
    return said


def group_name(attribute: str, group: str) -> str:
    """The group in words."""
    return ko.GROUPS.get(attribute, {}).get(group, group)


def _groups(comparison: "Comparison") -> Table:
    rows: list[tuple[str, ...]] = []
    contenders, counts = comparison.report["contenders"], group_counts(comparison.report)
    for a, b in group_pairs(comparison.report):
        _head(rows, a["attribute"])
        name, count = group_name(a["attribute"], a["group"]), counts[a["attribute"], a["group"]]
        if not a["is_judged"]:
            rows.append((name, ko.NOT_JUDGED.format(n=count)))
            continue
        cells = (with_interval(row[name]) for name in ("recall", "precision") for row in (a, b))
        rows.append((name, count, *cells))
    pairs = (f"{method} {figure}" for figure in (ko.RECALL, ko.PRECISION) for method in contenders)
    caption = ko.COMPARE_CAPTIONS["groups"].format(label=comparison.labels[comparison.report["label"]])
    return Table(caption, (*ko.COMPARE_COLUMNS["groups"], *pairs), tuple(rows))


def _head(rows: list[tuple[str, ...]], attribute: str) -> None:
    """Opens the rows of an attribute with its name."""
    headings = [row[0] for row in rows if len(row) == 1]
    if not headings or headings[-1] != ko.ATTRIBUTES[attribute]:
        rows.append((ko.ATTRIBUTES[attribute],))


def _shares(report: Report) -> Iterator[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = []
    for a, b in group_pairs(report):
        _head(rows, a["attribute"])
        shares = (a["share_of_candidates"], a["share_of_places"], b["share_of_places"])
        errors = (with_interval(row["calibration_error"]) if row["is_judged"] else ko.NOT_GIVEN for row in (a, b))
        rows.append((group_name(a["attribute"], a["group"]), *map(percent, shares), _share_of_need(a), *errors))
    yield from rows


def _share_of_need(group: Mapping[str, Any]) -> str:
    if not group["is_judged"]:
        return ko.NOT_GIVEN
    return untold(group["recall"]) if group["share_of_need"] is None else percent(group["share_of_need"])


def movement_tables(comparison: "Comparison") -> dict[str, Table]:
    """The tables about this week's lists, small cells hidden."""
    return {
        "moved_groups": _table("moved_groups", _moved_groups(comparison)),
        "moved_dongs": _table("moved_dongs", _moved_dongs(comparison)),
        "moved_themes": _table("moved_themes", _moved_themes(comparison)),
    }


def drift_table(comparison: "Comparison") -> Table:
    """What changed in the data the models learned from."""
    return _table("drift", drift_rows(comparison))


def _moved_groups(comparison: "Comparison") -> Iterator[tuple[str, ...]]:
    groups = comparison.movement.groups
    keys = in_order(groups)
    for attribute in dict.fromkeys(attribute for attribute, _ in keys):
        names = [group for known, group in keys if known == attribute]
        moves = [groups[attribute, group] for group in names]
        columns = [disclosable_parts([getattr(m, what) for m in moves]) for what in ("entering", "leaving", "staying")]
        yield (ko.ATTRIBUTES[attribute],)
        for place, group in enumerate(names):
            yield group_name(attribute, group), *(_hidden_or(column[place]) for column in columns)


def _hidden_or(count: int | None) -> str:
    return ko.HIDDEN if count is None else korean_number(count)


def _moved_dongs(comparison: "Comparison") -> Iterator[tuple[str, ...]]:
    """Dongs in which most places change first. A place says nothing about who has it, so these counts are exact."""
    dongs = sorted(comparison.movement.dongs.items(), key=lambda item: (-item[1].entering, item[0]))
    for code, moves in dongs[:DONGS_SHOWN]:
        yield _dong_row(comparison.dongs[code], moves)
    rest = [moves for _, moves in dongs[DONGS_SHOWN:]]
    if rest:
        total = Moves(*(sum(getattr(m, what) for m in rest) for what in ("entering", "leaving", "staying")))
        yield _dong_row(ko.OTHER_DONGS.format(n=korean_number(len(rest))), total)


def _dong_row(name: str, moves: Moves) -> tuple[str, ...]:
    return (name, *map(korean_number, (moves.places, moves.leaving, moves.staying)))


def _moved_themes(comparison: "Comparison") -> Iterator[tuple[str, ...]]:
    themes = sorted(comparison.movement.themes.items(), key=lambda item: (-item[1].entering - item[1].leaving, item[0]))
    for name, moves in themes[:THEMES_SHOWN]:
        yield name, _hidden_or(disclosable(moves.entering)), _hidden_or(disclosable(moves.leaving))
