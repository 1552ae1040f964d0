"""One entry in full as a page shows it: how its place came about, the waterfall of its score, every feature value."""

from dataclasses import dataclass

from audit.entry import Claims, FeatureShare, FullEntry
from domain.korean import korean_number
from domain.listing import Slot
from domain.published import ListedEntry
from features.declaration import Unit
from scoring.reasons import TOLERANCE
from serving import wording_audit_ko as ko
from serving.rendering import Flash

THEMES_SHOWN = 10
# The picture, in its own units: names left, bars in the middle, numbers right.
_WIDTH, _LEFT, _RIGHT, _LINE = 900, 250, 120, 30
Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Step:
    """One line of the waterfall: from where to where it moves the score, and its bar in the picture."""

    name: str
    amount: str
    after: str
    tone: str  # danger raises, primary lowers, gray stands
    x: float
    width: float
    y: int


@dataclass(frozen=True)
class Waterfall:
    steps: tuple[Step, ...]
    width: int
    height: int
    bars_left: int


@dataclass(frozen=True)
class FeatureLine:
    theme: str
    label: str
    value: str
    contribution: str
    direction: str
    proof: str
    proof_tone: str


def signed(value: float) -> str:
    """A contribution with its sign, in four decimals.

    >>> signed(0.25), signed(-1.5), signed(0.0)
    ('+0.2500', '−1.5000', '0.0000')
    """
    text = f"{value:+.4f}"
    return text.replace("-", "−") if float(text) else "0.0000"


def number(value: float) -> str:
    """A number to the digits that tell two doubles apart."""
    return repr(value).replace("-", "−")


def rounded(value: float) -> str:
    """A number as it is read; whether it is the same to the last digit is said beside it.

    >>> rounded(0.35020000000000001), rounded(-1.0)
    ('0.3502', '−1.0000')
    """
    return f"{value:.4f}".replace("-", "−")


def waterfall(found: FullEntry) -> Waterfall:
    """The steps from the base value over the largest themes to the raw score."""
    themes = found.themes
    moves = [(theme.theme, theme.contribution) for theme in themes[:THEMES_SHOWN]]
    if rest := themes[THEMES_SHOWN:]:
        moves.append((ko.OTHERS.format(n=len(rest)), sum(theme.contribution for theme in rest)))
    spans, stand = [(ko.BASE, 0.0, found.base, "gray")], found.base
    for name, amount in moves:
        spans.append((name, stand, stand + amount, "danger" if amount > 0 else "primary"))
        stand += amount
    spans.append((ko.TOTAL, 0.0, found.raw_score, "gray"))
    ends = [end for _, start, stop, _ in spans for end in (start, stop)]
    low, high = min(ends), max(ends)
    scale = (_WIDTH - _LEFT - _RIGHT) / ((high - low) or 1.0)
    steps = [
        Step(
            name=name,
            amount=signed(stop - start),
            after=signed(stop),
            tone=tone,
            x=round(_LEFT + (min(start, stop) - low) * scale, 1),
            width=max(1.0, round(abs(stop - start) * scale, 1)),
            y=place * _LINE,
        )
        for place, (name, start, stop, tone) in enumerate(spans)
    ]
    return Waterfall(tuple(steps), _WIDTH, len(steps) * _LINE, _LEFT)


def feature_lines(found: FullEntry) -> tuple[FeatureLine, ...]:
    """Every feature of the model, the strongest first."""
    return tuple(_feature_line(share) for share in found.shares)


def _feature_line(share: FeatureShare) -> FeatureLine:
    feature = share.feature
    return FeatureLine(
        theme=feature.theme,
        label=feature.label_ko,
        value=_said(feature.unit, share.value),
        contribution=signed(share.contribution),
        direction=ko.DIRECTIONS[feature.direction],
        proof=ko.PROVEN[share.is_proven],
        proof_tone={True: "success", False: "danger", None: ""}[share.is_proven],
    )


def _said(unit: Unit, value: float | None) -> str:
    if value is None:
        return ko.UNKNOWN_VALUE
    return ko.FLAG[value > 0] if unit is Unit.FLAG else unit.say(value)


def checks(found: FullEntry) -> tuple[Flash, ...]:
    """Whether what was computed again is what was listed, and whether the reasons add up."""
    gap = {"gap": f"{found.gap:.1e}", "tolerance": f"{TOLERANCE:.0e}"}
    again = {"raw": number(found.raw_score), "probability": number(found.probability)}
    return (
        Flash(ko.AS_LISTED) if found.is_as_listed else Flash(ko.NOT_AS_LISTED.format(**again), "danger"),
        Flash(ko.ADDS_UP.format(**gap)) if found.adds_up else Flash(ko.ADDS_NOT_UP.format(**gap), "danger"),
    )


def calibration(found: FullEntry) -> str:
    """The formula from raw score to probability with its numbers."""
    sign = "+" if found.intercept >= 0 else "−"
    return ko.CALIBRATION.format(slope=f"{found.slope:.6f}", intercept=f"{sign} {abs(found.intercept):.6f}")


def claim_pairs(claims: Claims, catalogue_labels: dict[str, str]) -> Pairs:
    """What the household could have a place for; ``catalogue_labels`` are labels of features by name."""
    due = {ko.COHORT_DUE: claims.cohort, ko.SAFETY_NET_DUE: claims.safety_net}
    return (
        *((ko.CLAIMS[name], ko.FLAG[holds]) for name, holds in claims.flags.items()),
        *((label, catalogue_labels.get(name, ko.NOT_DUE)) for label, name in due.items()),
    )


def dong_pairs(claims: Claims) -> Pairs:
    """How many of the dong could have a place."""
    counts = (claims.households, claims.listable, claims.ranked, claims.capacity)
    return tuple((name, korean_number(count)) for name, count in zip(ko.DONG_COUNTS, counts, strict=True))


def place_sentences(entry: ListedEntry, claims: Claims) -> tuple[str, ...]:
    """How the place and its chance came about."""
    propensity = rounded(entry.propensity)
    if entry.slot is Slot.EXPLORATION:
        chance = ko.CHANCE.format(propensity=propensity)
    elif entry.propensity < 1:
        chance = ko.TIED_DRAW.format(propensity=propensity)
    else:
        chance = ko.CERTAIN
    if claims.place_by_score is None:
        return ko.NOT_BY_SCORE, chance
    return ko.BY_SCORE.format(ranked=korean_number(claims.ranked), place=korean_number(claims.place_by_score)), chance
