"""A population that does not exist, with the published facts of the one that does."""

from sources.synthetic.facts import Fact, compute_facts
from sources.synthetic.history import EXPLORATION_SHARE
from sources.synthetic.plan import dongs_of
from sources.synthetic.synthesis import Synthesized, synthesize
from sources.synthetic.writing import ADAPTER, Encoding, FileFormat

__all__ = [
    "ADAPTER",
    "EXPLORATION_SHARE",
    "Encoding",
    "Fact",
    "FileFormat",
    "Synthesized",
    "compute_facts",
    "dongs_of",
    "synthesize",
]
