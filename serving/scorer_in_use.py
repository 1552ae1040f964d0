"""The scorer of the model that is in use: loaded when it was promoted, kept until another one is."""

from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock

from features.catalogue import Catalogue
from outreach.promotion import current_bundle
from outreach.promotion_record import HEAD
from scoring.single import SingleScorer


@dataclass
class ScorerInUse:
    """Call it for the scorer; raises what `outreach.promotion.current_bundle` raises, each time anew."""

    models: Path
    catalogue: Catalogue
    _head: bytes = field(default=b"", repr=False)
    _scorer: SingleScorer | None = field(default=None, repr=False)
    _lock: Lock = field(default_factory=Lock, repr=False)

    def __call__(self) -> SingleScorer:
        with self._lock:
            # Every act changes the head, so that one small file tells whether the record is to be read again.
            path = self.models / HEAD
            head = path.read_bytes() if path.exists() else b""
            if self._scorer is None or head != self._head:
                self._scorer, self._head = self._newest(), head
            return self._scorer

    def _newest(self) -> SingleScorer:
        bundle = current_bundle(self.models, self.catalogue)
        known = self._scorer
        return known if known and known.bundle.digest == bundle.digest else SingleScorer(bundle, self.catalogue)
