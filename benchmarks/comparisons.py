"""The benchmarks: what runs against what, at which size, and which limit each figure is held against."""

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from benchmarks import measuring
from benchmarks.endpoint import measure as measure_endpoint
from benchmarks.load import SQLITE
from benchmarks.load import measure as measure_load
from benchmarks.measuring import Figure, Run, Task, ratio, run_command, run_in_turns, seconds_and_memory
from benchmarks.timing import AS_OF

NATION = 24_000_000
_STARTS = 10
# Two districts are in work at a time; memory is level only where there are several more.
_LEVEL_HOUSEHOLDS = 500_000
_STAGES = ("features", "scores", "SHAP", "lists", "publish", "fit", "judge", "report", "page")
_PRODUCED = ("matrices", "scores", "lists")
_DONGS, _DRAWS = 3_500, 1_000
_CITY_DONGS = 44
# Smaller towns have too few outcomes for a model, or too few dongs for an interval.
_LEAST_TOWN, _LEAST_DONGS = 1_500, 6


@dataclass(frozen=True)
class Bench:
    """How a benchmark is to be run: where, how large, how often."""

    folder: Path
    scale: float = 1.0
    repeats: int = 3
    shap_rows: int = 20_000
    with_spark: bool = False
    database: str = SQLITE
    seconds: float = 60.0
    clients: int = 50

    def size(self, full: int, *, least: int = 400) -> int:
        return max(least, round(full * self.scale))

    def home(self, households: int, *, with_bundle: bool = False) -> Path:
        """A home with core tables of that size, made once; a bundle as well where asked for."""
        home = self.folder / f"households-{households}"
        if not (home / "data" / "core" / AS_OF.isoformat() / "core.json").exists():
            run = measuring.run_task(Task("population", {"home": home, "households": households}))
            print(f"  made {households:,} households in {run.seconds:.0f} s: {run.parts}", flush=True)
        if with_bundle and not (home / "models").exists():
            measuring.run_task(Task("bundle", {"home": home}))
        return home

    def town(self, full: int, *, with_candidates: bool = False) -> Path:
        """A home with a city of that size, past rounds and all, made once; two bundles as well where asked for."""
        households, dongs = self.size(full, least=_LEAST_TOWN), self.size(_CITY_DONGS, least=_LEAST_DONGS)
        home = self.folder / f"town-{households}"
        if not (home / "data" / "core" / AS_OF.isoformat() / "core.json").exists():
            run = measuring.run_task(Task("town", {"home": home, "households": households, "dongs": dongs}))
            print(f"  made a town of {households:,} households in {run.seconds:.0f} s: {run.parts}", flush=True)
        if with_candidates and not (home / "models").exists():
            measuring.run_task(Task("candidates", {"home": home}))
        return home


def features(bench: Bench) -> list[Figure]:
    """All stored features of 2 million households against pandas, and whether twice as many take twice as long."""
    once, twice = bench.home(bench.size(2_000_000)), bench.home(bench.size(4_000_000))
    tasks = {
        "ours": Task("features_ours", {"home": once}),
        "pandas": Task("features_pandas", {"home": once}),
        "ours, twice the size": Task("features_ours", {"home": twice}),
    }
    runs = run_in_turns(tasks, repeats=bench.repeats)
    ours, pandas, double = ([run.seconds for run in runs[name]] for name in tasks)
    return [
        *seconds_and_memory("features", runs["ours"], most_gb=4),
        *seconds_and_memory("features, pandas", runs["pandas"]),
        *seconds_and_memory("features, twice the size", runs["ours, twice the size"], most_gb=4),
        ratio("features: pandas / ours", pandas, ours, at_least=3),
        ratio("features: twice the size / once", double, ours, at_most=2.2),
    ]


def weekly_round(bench: Bench) -> list[Figure]:
    """The whole round of 1 million households in 250 dongs against the notebook way."""
    home = bench.home(bench.size(1_000_000), with_bundle=True)
    tasks = {
        "ours": Task("round_ours", {"home": home}),
        "notebook": Task("round_notebook", {"home": home, "shap_rows": bench.shap_rows}),
    }
    runs = run_in_turns(tasks, repeats=bench.repeats)
    notebook = [_whole_notebook(run) for run in runs["notebook"]]
    return [
        *seconds_and_memory("round", runs["ours"], most_seconds=40),
        *_stages("round", runs["ours"]),
        *seconds_and_memory("notebook as measured", runs["notebook"]),
        *_stages("notebook", runs["notebook"]),
        Figure("notebook, SHAP of all: wall, extrapolated", tuple(notebook), "s"),
        ratio("round: notebook / ours", notebook, [run.seconds for run in runs["ours"]], at_least=50),
    ]


def _whole_notebook(run: Run) -> float:
    """Seconds with SHAP values of everybody, those of the sample taken as many times as it would fit."""
    shap = run.parts["SHAP"]
    share = run.parts["SHAP households"] / run.parts["households"]
    print(f"  notebook: {run.seconds - shap:.1f} s measured + SHAP {shap:.1f} s measured on {share:.1%} of households")
    return run.seconds - shap + shap / share


def _stages(name: str, runs: list[Run]) -> list[Figure]:
    stages = [part for part in runs[0].parts if part in _STAGES]
    return [Figure(f"{name}: {stage}", tuple(run.parts[stage] for run in runs), "s") for stage in stages]


def memory(bench: Bench) -> list[Figure]:
    """The round of 5 million households, and what the nation would need, from this size and a fifth of it."""
    small, large = bench.size(1_000_000), bench.size(5_000_000)
    homes = {size: bench.home(size, with_bundle=True) for size in (small, large)}
    tasks = {f"{size:,} households": Task("round_ours", {"home": home}) for size, home in homes.items()}
    small_runs, large_runs = run_in_turns(tasks, repeats=bench.repeats).values()
    _print_nation(homes[large], small, large, small_runs, large_runs)
    return [
        *seconds_and_memory(f"round of {small:,}", small_runs),
        *seconds_and_memory(f"round of {large:,}", large_runs, most_gb=8),
        *_stages(f"round of {large:,}", large_runs),
    ]


def _print_nation(home: Path, small: int, large: int, small_runs: list[Run], large_runs: list[Run]) -> None:
    seconds = median(run.seconds for run in large_runs) / large
    peaks = [median(run.peak_bytes for run in runs) for runs in (small_runs, large_runs)]
    growth = max(0.0, (peaks[1] - peaks[0]) / (large - small))
    print(f"\n{NATION / 1e6:g} million households, extrapolated in a straight line from {small:,} and {large:,}:")
    if small < _LEVEL_HOUSEHOLDS:
        print("  (memory still grows with the first districts at such sizes: the line for it means nothing)")
    print(f"  time    {seconds * 1e6:.1f} µs a household, {seconds * NATION / 60:.0f} minutes")
    print(
        f"  memory  {growth:.0f} bytes more a household, {(peaks[1] + growth * (NATION - large)) / 1e9:.1f} GB at peak"
    )
    for name, size in {name: _bytes_under(home / "data" / name) / large for name in ("core", *_PRODUCED)}.items():
        print(f"  disk    {name}: {size:.0f} bytes a household, {size * NATION / 1e9:.1f} GB")


def _bytes_under(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def training(bench: Bench) -> list[Figure]:
    """A fit on 1 million rows and 100 columns, beside scikit-learn's with as many trees and leaves."""
    rows = bench.size(1_000_000)
    folder = bench.folder / f"training-{rows}"
    if not folder.exists():
        measuring.run_task(Task("training_table", {"folder": folder, "rows": rows, "columns": 100}))
    tasks = {name: Task(name, {"folder": folder}) for name in ("fit_ours", "fit_sklearn")}
    runs = run_in_turns(tasks, repeats=bench.repeats)
    ours, sklearn = ([run.parts["fit"] for run in runs[name]] for name in tasks)
    return [
        Figure("training: fit", tuple(ours), "s", at_most=15),
        *seconds_and_memory("training, whole process", runs["fit_ours"]),
        Figure("training, scikit-learn: fit", tuple(sklearn), "s"),
        *seconds_and_memory("training, scikit-learn, whole process", runs["fit_sklearn"]),
        ratio("training: scikit-learn / ours", sklearn, ours),
    ]


def backtest(bench: Bench) -> list[Figure]:
    """Eight past rounds of 200,000 households, a model beside four baselines, folds side by side or in turn."""
    home = bench.town(200_000)
    names = ("backtest_ours", "backtest_in_turn")
    ours, in_turn = run_in_turns({name: Task(name, {"home": home}) for name in names}, repeats=bench.repeats).values()
    return [
        *seconds_and_memory("backtest", ours, most_seconds=180, most_gb=6),
        *_stages("backtest", ours),
        *seconds_and_memory("backtest, one after the other", in_turn),
        *_stages("backtest, one after the other", in_turn),
        ratio("backtest: one after the other / ours", [run.seconds for run in in_turn], [run.seconds for run in ours]),
    ]


def compare(bench: Bench) -> list[Figure]:
    """The page that puts two models side by side, on the town of the demo and on 200,000 households."""
    homes = {full: bench.town(full, with_candidates=True) for full in (25_000, 200_000)}
    runs = run_in_turns(
        {f"{full:,} households": Task("compare_ours", {"home": home}) for full, home in homes.items()},
        repeats=bench.repeats,
    )
    return [figure for name, of_size in runs.items() for figure in _page(f"compare, {name}", of_size)]


def _page(name: str, runs: list[Run]) -> list[Figure]:
    own = tuple(run.parts["lists"] + run.parts["page"] for run in runs)
    return [
        *seconds_and_memory(name, runs),
        *_stages(name, runs),
        Figure(f"{name}: the page's own work", own, "s", at_most=20),
        Figure(f"{name}: size", tuple(run.parts["bytes"] / 1e6 for run in runs), "MB", at_most=2),
    ]


def bootstrap(bench: Bench) -> list[Figure]:
    """A thousand resamples of 3,500 dongs against a loop over them, and a whole evaluation."""
    dongs = bench.size(_DONGS, least=_LEAST_DONGS)
    names, draws = ("bootstrap_ours", "bootstrap_loop"), bench.size(_DRAWS, least=50)
    tasks = {name: Task(name, {"dongs": dongs, "draws": draws}) for name in names}
    runs = run_in_turns(tasks | {"report_ours": Task("report_ours", {"dongs": dongs})}, repeats=bench.repeats)
    ours, loop = ([run.parts["one list"] for run in runs[name]] for name in names)
    return [
        Figure("bootstrap: one list", tuple(ours), "s"),
        Figure("bootstrap, a loop: one list", tuple(loop), "s"),
        ratio("bootstrap: a loop / ours", loop, ours),
        Figure(
            "bootstrap: all lists", tuple(run.parts["all lists"] for run in runs["bootstrap_ours"]), "s", at_most=10
        ),
        Figure("evaluation: all figures", tuple(run.parts["report"] for run in runs["report_ours"]), "s", at_most=10),
        *seconds_and_memory("evaluation, whole process", runs["report_ours"]),
    ]


def drift(bench: Bench) -> list[Figure]:
    """The picture of four rounds of 200,000 households that later weeks are measured against."""
    home = bench.town(200_000, with_candidates=True)
    runs = run_in_turns({"reference": Task("drift_ours", {"home": home})}, repeats=bench.repeats)["reference"]
    return [
        Figure("drift: reference", tuple(run.parts["reference"] for run in runs), "s"),
        *seconds_and_memory("drift, whole process", runs),
        Figure("drift: size", tuple(run.parts["bytes"] / 1e6 for run in runs), "MB"),
    ]


def startup(_: Bench) -> list[Figure]:
    """How long the command line takes to say what it can do."""
    runs = [run_command([sys.executable, "-m", "sagak", "--help"])[0] for _ in range(_STARTS)]
    return seconds_and_memory("startup: sagak --help", runs, most_seconds=0.5)


def endpoint(bench: Bench) -> list[Figure]:
    """One household scored over HTTP with its reasons, beside MLflow without reasons and a frame with shap."""
    home = bench.home(bench.size(20_000))
    return measure_endpoint(home, home / "endpoint", repeats=bench.repeats, scale=bench.scale)


def load(bench: Bench) -> list[Figure]:
    """Fifty people at once on the whole service, and a round of the nation published beside them."""
    return measure_load(
        bench.folder, database=bench.database, seconds=bench.seconds, clients=bench.clients, scale=bench.scale
    )


def engines(bench: Bench) -> list[Figure]:
    """One definition, three engines, 100,000 households; for the record, not against a limit."""
    home = bench.home(bench.size(100_000))
    names = ["polars", "pandas", *(["spark"] if bench.with_spark else [])]
    runs = run_in_turns({name: Task(f"engine_{name}", {"home": home}) for name in names}, repeats=bench.repeats)
    return [figure for name in names for figure in seconds_and_memory(f"engine {name}", runs[name])]


COMPARISONS: Mapping[str, Callable[[Bench], list[Figure]]] = {
    "features": features,
    "round": weekly_round,
    "memory": memory,
    "training": training,
    "backtest": backtest,
    "compare": compare,
    "bootstrap": bootstrap,
    "drift": drift,
    "startup": startup,
    "engines": engines,
    "endpoint": endpoint,
    "load": load,
}
