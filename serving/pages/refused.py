"""Why an act was not done, told to people: which field, and what to do next."""

from domain.casework import ActRefused, CaseChanged
from domain.errors import UsageError
from outreach.signing import HOLDS_NUMBER
from serving import wording_refusals_ko as ko
from serving.rendering import korean_datetime


def problem_of(refused: ActRefused) -> dict[str, str]:
    """The field and the sentence; an act that does not fit where the case stands is about no field."""
    told = str(refused)
    field, sentence = next(found for start, found in ko.REFUSALS.items() if told.startswith(start))
    return {field or "act": sentence}


def words_problem(refused: UsageError, otherwise: str) -> str:
    """What is wrong with a reason that is signed: that it holds a registration number, or ``otherwise``."""
    return ko.REGISTRATION_NUMBER if HOLDS_NUMBER in str(refused) else otherwise


def meanwhile(changed: CaseChanged, sentence: str = ko.CHANGED_MEANWHILE) -> str:
    """Who was faster, and when; or that a new list moved the case, and no colleague."""
    if changed.who is None:
        return ko.CHANGED_BY_LIST.format(at=korean_datetime(changed.acted_at))
    return sentence.format(who=changed.who, at=korean_datetime(changed.acted_at))
