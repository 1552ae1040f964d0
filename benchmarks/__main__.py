"""``python -m benchmarks``: measures, prints each run as it ends, then a table of figures beside their targets."""

import argparse
import tempfile
from contextlib import nullcontext
from pathlib import Path

from benchmarks.comparisons import COMPARISONS, Bench
from benchmarks.measuring import Figure, print_table

SELECTION = "selection"
_OF_SELECTION = ("households", "share", "capacity", "test_rounds")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("which", nargs="?", default="all", choices=[*COMPARISONS, "all", SELECTION])
    parser.add_argument("--scale", type=float, default=1.0, help="times all sizes; 0.01 is a look at the shape")
    parser.add_argument("--repeats", type=int, default=3, help="runs of each competitor, in turns")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="keep the made-up data there and use it again")
    parser.add_argument("--shap-sample", type=int, default=20_000, help="households the notebook way explains")
    parser.add_argument("--notebook-in-full", action="store_true", help="let the notebook way explain everybody")
    parser.add_argument("--with-spark", action="store_true", help="Spark among the engines (needs Java 17)")
    of_load = parser.add_argument_group("load", "the whole service under people who ask at once")
    of_load.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    of_load.add_argument(
        "--seconds", type=float, default=60.0, help="of each way; 600 are the ten minutes of the target"
    )
    of_load.add_argument("--clients", type=int, default=50, help="people who ask at once")
    of_selection = parser.add_argument_group(SELECTION, "how far figures from the contacted are from the hidden truth")
    of_selection.add_argument("--seeds", type=int, default=40, help="towns")
    left_out = argparse.SUPPRESS
    of_selection.add_argument("--households", type=int, default=left_out, help="households of a town")
    of_selection.add_argument("--share", type=float, default=left_out, help="share of past places drawn by chance")
    of_selection.add_argument("--capacity", type=int, default=left_out, help="places a dong and week of the lists")
    of_selection.add_argument(
        "--rounds", type=int, default=left_out, dest="test_rounds", help="past rounds that are tested"
    )
    options = parser.parse_args()
    if options.which == SELECTION:
        _study_selection(options)
        return
    chosen = list(COMPARISONS) if options.which == "all" else [options.which]
    shap_rows = 0 if options.notebook_in_full else options.shap_sample

    with nullcontext(options.keep) if options.keep else tempfile.TemporaryDirectory() as folder:
        bench = Bench(
            Path(folder).resolve(), options.scale, options.repeats, shap_rows, options.with_spark,
            options.database, options.seconds, options.clients,
        )  # fmt: skip
        figures: list[Figure] = []
        for name in chosen:
            print(f"{name}:", flush=True)
            figures += COMPARISONS[name](bench)
    print_table(figures, is_full_size=options.scale == 1)


def _study_selection(options: argparse.Namespace) -> None:
    # Not above: what this process holds would count as the memory of every process that it measures.
    from benchmarks.selection import Study, print_summary, run_study

    study = Study(**{name: value for name, value in vars(options).items() if name in _OF_SELECTION})
    print_summary(run_study(study, range(1, options.seeds + 1)))


if __name__ == "__main__":
    main()
