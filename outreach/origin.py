"""What a round's lists are made from, as it is noted with them: the origin of a publication."""

from collections.abc import Mapping

from domain.errors import CheckFailed
from domain.policy import Policy
from features.catalogue import Catalogue
from outreach.eligibility import RULES
from outreach.policy_record import POLICY, policy_of, policy_told
from scoring.bundle import Bundle
from sources.core import Core

RECORDED, RULES_THEN, WORDS = "recorded_digest", "rules", "words"
_GIVEN = ("bundle", "bundle_digest", "delivery_digest", RECORDED)


def origin_of(bundle: Bundle, core: Core, catalogue: Catalogue, policy: Policy) -> dict[str, str]:
    """What lists that are made now are made from: what is given, what was decided, and what this Sagak adds to it."""
    return {
        "bundle": bundle.name,
        "bundle_digest": bundle.digest,
        "delivery_digest": core.delivery_digest,
        RECORDED: core.recorded_digest,
        POLICY: policy_told(policy),
        **_program_of(catalogue),
    }


def _program_of(catalogue: Catalogue) -> dict[str, str]:
    """What a list takes from the program itself: by which rules places are given out, and the sentences."""
    return {RULES_THEN: str(RULES), WORDS: catalogue.words_digest()}


def is_by_this_program(noted: Mapping[str, str], catalogue: Catalogue) -> bool:
    """Whether lists were made by the rules, and in the words, of this Sagak."""
    return _program_of(catalogue).items() <= noted.items()


def is_given_the_same(noted: Mapping[str, str], today: Mapping[str, str]) -> bool:
    """Whether two origins name one bundle, one delivery, one record and one policy for lists, whatever else differs.

    Limits of gates and the like decide about models, not about lists.
    """
    if any(noted.get(name, "") != today.get(name, "") for name in _GIVEN):
        return False
    try:
        # A number that a later version added stands for its default where it was not noted yet.
        then, now = policy_of(noted.get(POLICY, "")), policy_of(today[POLICY])
    except CheckFailed:
        return False
    return (then.list, then.bands) == (now.list, now.bands)
