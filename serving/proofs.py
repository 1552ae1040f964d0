"""The proof of a model's directions on a page: from the record where it stands there, else made beside the requests."""

from collections.abc import Iterable
from dataclasses import replace
from functools import partial

from features.catalogue import Catalogue
from outreach.gate import Gate
from outreach.promotion_record import Record
from scoring.bundle import Bundle
from scoring.proof import breaks_of
from serving.background import Background

_PROOFS: Background[tuple[str, ...]] = Background()
_DIRECTION = "direction"
BEING_PROVEN = "The directions are being proven over all trees."


def breaks_found(bundle: Bundle, catalogue: Catalogue, *, seconds: float) -> tuple[str, ...] | None:
    """What breaks the model's directions, waited for no longer than ``seconds``; None while it is being proven."""
    key = (bundle.digest, catalogue.digest())
    return _PROOFS.find(key, partial(breaks_of, bundle, catalogue), seconds=seconds)


def as_being_proven(gates: Iterable[Gate]) -> tuple[Gate, ...]:
    """The gates with that of the directions left open, for nobody knows yet."""
    return tuple(
        replace(gate, is_passed=None, measured=None, sentence=BEING_PROVEN) if gate.name == _DIRECTION else gate
        for gate in gates
    )


def was_proven(record: Record, bundle: Bundle, catalogue: Catalogue) -> bool:
    """Whether somebody proposed these very bytes with these features, and no tree went against a direction."""
    return any(
        gate.name == _DIRECTION and gate.is_passed
        for act in record.acts
        if (act.digest, act.catalogue) == (bundle.digest, catalogue.name)
        for gate in act.gates
    )
