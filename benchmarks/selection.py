"""How far figures from contacted households are off, where the truth about everybody is known: made-up towns.

Each seed is a town of its own: made, taken in, backtested and estimated by the product's own functions. The backtest
is told the truth of everybody who can be reached, as if all had been met; the estimates then see only those who were.
So both speak of the same lists.
"""

import os
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
from joblib import Parallel, delayed
from sklearn.metrics import roc_auc_score

from domain.calendar import day_of
from domain.keys import KEY_BYTES
from domain.outcome import NOT_REACHED, Outcome
from domain.policy import Policy
from features.catalogue import STANDARD
from scoring.capacity import ESTIMATES, measure_list
from scoring.evidence import Evidence
from scoring.figures import Figure
from scoring.pooled import ranking_figures_by_label
from sources.core import Core
from sources.ingest import ingest
from sources.pseudonyms import Subject, pseudonyms
from sources.synthetic import dongs_of, synthesize
from training.backtest import Backtest, Contender, Material, backtest
from training.labels import LABELS
from training.recipe import Recipe
from training.rounds import INDICATOR_COUNT, LOGISTIC

AS_OF = date(2026, 11, 16)
MODEL = "model"
METHODS = (MODEL, LOGISTIC, INDICATOR_COUNT)
_KEY = bytes(KEY_BYTES)
_COLUMNS = ("truth", "bias", "mae", "rmse", "coverage", "width", "effective_n", "undefined")


@dataclass(frozen=True)
class Study:
    """Towns of one kind: size, share of the past places drawn by chance, places a dong and week that lists have."""

    households: int = 25_000
    share: float = 0.30
    capacity: int = 40
    test_rounds: int = 8
    place: str = "고양시"

    @property
    def policy(self) -> Policy:
        """The default policy with the study's capacity and number of rounds."""
        usual = Policy()
        return replace(
            usual,
            list=replace(usual.list, capacity=self.capacity),
            evaluation=replace(usual.evaluation, test_rounds=self.test_rounds),
        )


def run_study(study: Study, seeds: range, *, jobs: int = 2) -> pl.DataFrame:
    """A row a seed, method, figure and estimate: truth, value, low, high (null where undefined), n, effective_n."""
    # Towns run side by side, so that each takes one thread; processes begun from here on read it when they start.
    os.environ["POLARS_MAX_THREADS"] = "1"
    run = Parallel(n_jobs=jobs, return_as="generator")
    frames: list[pl.DataFrame] = []
    for done, frame in enumerate(run(delayed(judge_town)(study, seed) for seed in seeds), start=1):
        frames.append(frame)
        print(f"  town {done} of {len(seeds)}", flush=True)
    return pl.concat(frames)


def judge_town(study: Study, seed: int) -> pl.DataFrame:
    """The rows of one town."""
    with tempfile.TemporaryDirectory(prefix="sagak-selection-") as folder:
        seen, everybody = seen_and_true(study, seed, Path(folder))
    policy = study.policy.evaluation
    evidence = Evidence.gather(
        seen.judged,
        seen.places,
        seen.listings,
        max_weight=policy.max_weight,
        draws=policy.draws,
        rng=np.random.default_rng(seed),
    )
    rows = [
        {"seed": seed, "method": method, "figure": name, "estimate": how, "truth": truth[name]} | _numbers(figure)
        for method in METHODS
        for truth in [true_figures(everybody.judged, method, seen.label)]
        for (name, how), figure in _estimates(evidence, method, seen.label)
    ]
    return pl.DataFrame(rows, infer_schema_length=None)


def seen_and_true(study: Study, seed: int, folder: Path) -> tuple[Backtest, Backtest]:
    """A town's backtest as an office can make it, and the same one where everybody who can be reached was met."""
    core = make_town(study, seed, folder)
    material = Material.of(core, STANDARD, study.policy, as_of=AS_OF, jobs=1)
    rounds = material.rounds[-study.test_rounds :]
    known = replace(material, listings=_as_if_all_were_met(folder / "truth", material.listings, rounds))
    everybody = backtest_of(core, study, seed, known)
    return _as_seen(everybody, material.listings), everybody


def backtest_of(core: Core, study: Study, seed: int, material: Material) -> Backtest:
    """The product's backtest of a model beside the baselines."""
    contenders = {MODEL: Contender(Recipe(seed=seed))}
    return backtest(core, STANDARD, study.policy, contenders, as_of=AS_OF, seed=seed, material=material, jobs=1)


def _as_seen(everybody: Backtest, listings: pl.DataFrame) -> Backtest:
    """What is left when only those count whose outcome an office knows."""
    met = listings.filter("is_judged").select("household_id", "round")
    judged = everybody.judged.join(met, on=["household_id", "round"], how="semi", maintain_order="left")
    cell = ["round", "dong_code", "stratum"]
    counts = judged.group_by(cell).agg(judged=pl.len().cast(pl.Int64))
    listed = everybody.listings.drop("judged").join(counts, on=cell, how="left", maintain_order="left")
    return replace(everybody, judged=judged, listings=listed.with_columns(pl.col("judged").fill_null(0)))


def make_town(study: Study, seed: int, folder: Path) -> Core:
    synthesize(
        folder / "delivery",
        truth_folder=folder / "truth",
        as_of=AS_OF,
        seed=seed,
        dongs=dongs_of(study.place),
        households=study.households,
        exploration_share=study.share,
    )
    return ingest(folder / "delivery", core_root=folder / "core", vault_root=folder / "vault", key=_KEY)


def _as_if_all_were_met(truth_folder: Path, listings: pl.DataFrame, rounds: Sequence[int]) -> pl.DataFrame:
    """The listings of ``rounds`` with everybody in them: judged by the truth wherever somebody can be reached."""
    months = pl.DataFrame({"round": rounds, "month": [day_of(day).strftime("%Y-%m") for day in rounds]})
    truth = pl.read_parquet(truth_folder / "*.parquet").join(months.cast({"round": pl.Int32}), on="month")
    ids = truth["household_id"].unique().to_list()
    names = pl.DataFrame({"household_id": ids, "pseudonym": pseudonyms(ids, _KEY, Subject.HOUSEHOLD).to_pylist()})
    labels = {f"label_{label.name}": _is_one_of(label.outcomes).cast(pl.Int8) for label in LABELS.values()}
    true = truth.join(names, on="household_id").select(
        "round", household_id="pseudonym", is_judged=~_is_one_of(NOT_REACHED), **labels
    )
    listed = listings.drop("is_judged", *labels)
    return true.join(listed, on=["household_id", "round"], how="left").select(listings.columns)


def _is_one_of(outcomes: frozenset[Outcome]) -> pl.Expr:
    return pl.col("outcome_if_contacted").is_in([outcome.value for outcome in outcomes])


def true_figures(everybody: pl.DataFrame, method: str, label: str) -> dict[str, float]:
    """Precision and recall of the lists and ROC-AUC among candidates, from the judged frame of everybody."""
    place, truth = everybody[f"place_{method}"], everybody[f"label_{label}"]
    hits = float((place * truth).sum())
    return {
        "precision": hits / float(place.sum()),
        "recall": hits / float(truth.sum()),
        "roc_auc": float(roc_auc_score(truth, everybody[f"score_{method}"])),
    }


def _estimates(evidence: Evidence, method: str, label: str) -> Iterator[tuple[tuple[str, str], Figure]]:
    measured = measure_list(evidence, method, [label])
    for how in ESTIMATES:
        yield ("precision", how), measured.figure(how, label)
    yield ("recall", "naive"), _naive_recall(evidence, method, label)
    yield ("recall", "weighted"), measured.figure("recall", label)
    for how, is_weighted in (("naive", False), ("weighted", True)):
        figures = ranking_figures_by_label(evidence, method, [label], is_weighted=is_weighted)
        yield ("roc_auc", how), figures[label]["roc_auc"]


def _naive_recall(evidence: Evidence, method: str, label: str) -> Figure:
    """Need on the list over need among the contacted, as if they were everybody; without an interval."""
    truth = evidence.truth(label)
    return Figure(float((evidence.place(method) * truth).sum() / truth.sum()), n=int(truth.sum()))


def _numbers(figure: Figure) -> dict[str, float | None]:
    return {name: figure.to_json()[name] for name in ("value", "low", "high", "n", "effective_n")}


def summary(results: pl.DataFrame) -> pl.DataFrame:
    """Per method, figure and estimate: how far off over the seeds, and how often the interval holds the truth."""
    off, width = pl.col("value") - pl.col("truth"), pl.col("high") - pl.col("low")
    has_interval = pl.col("low").is_not_null()
    holds = (pl.col("low") <= pl.col("truth")) & (pl.col("truth") <= pl.col("high"))
    return results.group_by("method", "figure", "estimate", maintain_order=True).agg(
        seeds=pl.len(),
        undefined=pl.col("value").is_null().sum(),
        truth=pl.col("truth").mean(),
        bias=off.mean(),
        mae=off.abs().mean(),
        rmse=(off**2).mean().sqrt(),
        coverage=holds.filter(has_interval).mean(),
        width=width.mean(),
        effective_n=pl.col("effective_n").mean(),
    )


def print_summary(results: pl.DataFrame) -> None:
    """The summary as a table."""
    print(f"\n{'method':20} {'figure':9} {'estimate':18} " + " ".join(f"{name:>8}" for name in _COLUMNS))
    for row in summary(results).iter_rows(named=True):
        cells = " ".join(f"{'-':>8}" if row[name] is None else f"{row[name]:8.3f}" for name in _COLUMNS)
        print(f"{row['method']:20} {row['figure']:9} {row['estimate']:18} {cells}")
