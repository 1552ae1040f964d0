"""The policy a round was made by, kept with the round: without it a past list could not be made again.

Capacities are left out: each dong's stands with its list already.
"""

import json
from dataclasses import asdict

from domain.errors import CheckFailed, UsageError
from domain.policy import Policy

POLICY = "policy"  # the word under which a publication's origin keeps it


def policy_told(policy: Policy) -> str:
    """All numbers of a policy but the capacities, as one line of JSON."""
    sections = {name: values for name, values in asdict(policy).items() if name != "capacities"}
    return json.dumps(sections, sort_keys=True, separators=(",", ":"), allow_nan=False)


def policy_of(told: str) -> Policy:
    """The policy that `policy_told` wrote; raises `CheckFailed` where this version knows other numbers."""
    try:
        return Policy.parse(json.loads(told))
    except (ValueError, UsageError) as error:
        raise CheckFailed(
            "The policy that was kept with the round cannot be read by this version.",
            hint="Use the version that published the round.",
        ) from error
