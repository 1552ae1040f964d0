"""The files behind the matrix: a model in use, one to compare it with, a delivery, features and scores.

They tell of the very households of the made store, by the same pseudonyms, so that a page or call that gives one away
is found. The model learned from noise: what it says of anybody means nothing, but it is loaded, verified and asked like
any other. Made once a test process; nothing that the matrix asks for writes into them.
"""

import atexit
import json
import shutil
import tempfile
from datetime import datetime
from functools import cache
from pathlib import Path

import polars as pl
from sqlalchemy import update

from domain.calendar import SEOUL, Round
from domain.people import ALL
from domain.policy import Policy
from features.catalogue import STANDARD
from features.declaration import AsOf
from features.matrices import MADE_FROM, made_from, write_matrices
from outreach.policy_record import POLICY, policy_told
from outreach.promotion import propose
from scoring.bundle import canonical_json, load_bundle
from scoring.score import score
from sources.core import Core
from sources.parquet import write_parquet
from store.database import Database
from store.tables import publications
from tests.support.cores import benefit, frames, home, person, report, write_core
from tests.support.made_store import DONGS, NEWEST, PER_DONG, House, Made
from tests.support.made_store import _house as house_of
from tests.support.reports import report as evaluation
from tests.support.weeks import promote, small_bundle
from training.reference import reference_of

IN_USE, OTHER = "standard-1", "standard-2"
_WEEK = Round.parse(NEWEST)


@cache
def matrix_home() -> Path:
    """The home, with ``models``, ``core``, ``matrices``, ``scores`` and ``exports``."""
    home_ = Path(tempfile.mkdtemp(prefix="sagak-matrix-"))
    atexit.register(shutil.rmtree, home_, ignore_errors=True)
    core = _delivery(home_ / "core" / _WEEK.as_of.isoformat())
    _models(home_ / "models", core)
    _features(home_, core)
    (home_ / "exports").mkdir()
    (home_ / "exports" / f"compare-{IN_USE}-{OTHER}.html").write_text("<html>", encoding="ascii")
    return home_


def _houses() -> list[House]:
    codes = [code for code in DONGS for _ in range(PER_DONG)]
    return [house_of(number, code) for number, code in enumerate(codes)]


def _delivery(folder: Path) -> Core:
    houses = _houses()
    ids = [house.household_id for house in houses]
    tables = frames({
        "households": [home(house.household_id, dong_code=house.dong_code) for house in houses],
        "members": [person("1950-03", one, person_id=f"{one}-1") for one in ids],
        "indicators": [report("nhis_premium_arrears", "2026-08", one, months_overdue=5) for one in ids],
        "benefits": [benefit("basic_pension", "2020-01", household_id=one) for one in ids],
    })  # fmt: skip
    core = write_core(folder, tables, _WEEK.as_of)
    path = folder / "core.json"
    about = json.loads(path.read_text(encoding="utf-8"))
    told = {name: {"rows": rows, "accepted": rows, "quarantined": 0, "reasons": {}} for name, rows in core.rows.items()}
    path.write_text(json.dumps(about | {"tables": told}), encoding="utf-8")
    return Core.open(folder)


def _models(models: Path, core: Core) -> None:
    first = load_bundle(small_bundle(models, metrics=canonical_json(evaluation())), STANDARD)
    reference = canonical_json(reference_of(core, STANDARD, first.booster, as_of=_WEEK.as_of))
    shutil.rmtree(models / IN_USE)
    figures = {"metrics": canonical_json(evaluation()), "reference": reference}
    small_bundle(models, **figures)
    small_bundle(models, number=2, **figures, recipe=canonical_json({"parameters": {}, "trees": 5, "seed": 2}))
    promote(models, IN_USE)
    waiting, in_use = (load_bundle(models / name, STANDARD) for name in (OTHER, IN_USE))
    at = datetime(2026, 11, 16, 10, tzinfo=SEOUL)
    propose(
        models, waiting, STANDARD, Policy(), by="analyst", why="the matrix looks at a proposal", at=at, gates=(),
        replaces=in_use.digest,
    )  # fmt: skip


def _features(home_: Path, core: Core) -> None:
    matrices, scores = (home_ / name / _WEEK.label for name in ("matrices", "scores"))
    for folder in (matrices, scores):
        folder.mkdir(parents=True)
    write_matrices(core, STANDARD, AsOf.on(_WEEK.as_of), matrices, progress=lambda households: None)
    told = made_from(delivery_digest=core.delivery_digest, recorded_digest="", catalogue=STANDARD)
    (matrices / MADE_FROM).write_text(told, encoding="ascii")
    bundle = load_bundle(home_ / "models" / IN_USE, STANDARD)
    for district in core.districts:
        frame = pl.read_parquet(matrices / f"{district}.parquet")
        write_parquet(score(bundle, frame), scores / f"{district}.parquet", is_matrix=True)


def made_from_these(database: Database, made: Made) -> None:
    """The newest list says of itself that it was made with the model in use from this delivery: it can be replayed."""
    home_ = matrix_home()
    bundle = load_bundle(home_ / "models" / IN_USE, STANDARD)
    origin = {
        "bundle": bundle.name,
        "bundle_digest": bundle.digest,
        "delivery_digest": Core.open(home_ / "core" / _WEEK.as_of.isoformat()).delivery_digest,
        "recorded_digest": "",
        POLICY: policy_told(Policy()),
    }
    with database.writing(ALL) as connection:
        newest = publications.c.id == made.publications[NEWEST]
        connection.execute(update(publications).where(newest).values(origin=origin))
