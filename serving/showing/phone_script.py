"""What a worker can say on the phone: nothing of the household before it is clear who answers, and then one thing."""

from collections.abc import Iterator
from dataclasses import dataclass

from domain.listing import Slot
from domain.published import ListedEntry
from serving import wording_phone_ko as ko
from serving.showing.people import name_of


@dataclass(frozen=True)
class Script:
    """The first words, replies by what the other side says, and what to take care of."""

    greeting: str
    replies: tuple[tuple[str, str], ...]
    care: str = ko.CARE


def phone_script(entry: ListedEntry, *, dong: str, worker: str) -> Script:
    """Words for the call. Why we call is told in words to be spoken, never in those of the list."""
    is_by_chance = entry.slot is Slot.EXPLORATION
    known = "" if is_by_chance else next(_spoken(entry), "")
    return Script(
        greeting=ko.GREETING.format(dong=dong, worker=worker, name=name_of(entry.person)),
        replies=(
            (ko.IF_IT_IS_THEM, ko.BECAUSE.format(known=known) if known else ko.BECAUSE_OF_NOTHING),
            (ko.IF_OTHER_PERSON, ko.OTHER_REPLY.format(dong=dong)),
            (ko.IF_ASKED_HOW, ko.HOW_DRAWN if is_by_chance else ko.HOW_KNOWN),
            (ko.IF_DECLINED, ko.DECLINED_REPLY),
        ),
    )


def _spoken(entry: ListedEntry) -> Iterator[str]:
    """What can be said of why the household is listed: what its place is for, then its reasons, the strongest first."""
    for part, spoken in ko.OCCASIONS.items():
        if part in entry.slot_sentence:
            yield spoken
    for reason in entry.explanation.raising:
        if spoken := ko.THEMES.get(reason.theme, ""):
            yield spoken
