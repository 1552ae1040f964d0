"""The parts of a visit's sheet in the order in which they are read at the door."""

from dataclasses import dataclass

from serving import wording_files_ko as ko
from serving.files.sheet import VisitSheet


@dataclass(frozen=True)
class Part:
    """A heading and its lines."""

    name: str
    lines: tuple[str, ...]


def parts(visit: VisitSheet) -> tuple[Part, ...]:
    """Why we come, what speaks for less urgency, what is not known; the last two only where there is something."""
    reasons = Part(ko.REASONS, visit.reasons or (ko.NO_REASONS,))
    others = (Part(ko.AGAINST, visit.against), Part(ko.UNKNOWN, visit.unknown))
    return (reasons, *(part for part in others if part.lines))
