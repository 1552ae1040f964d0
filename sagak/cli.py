"""The command line. Importing this file loads nothing heavy: each command imports what it needs."""

import io
import os
import sys
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from domain.errors import SagakError, UsageError

app = typer.Typer(
    name="sagak",
    help="Finds households in hardship that nobody has asked about, and lists whom each dong should visit this week.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,  # plain help needs none of rich's imports
    pretty_exceptions_enable=False,  # its tracebacks print local variables, which may hold rows of people
)

AsOfOption = Annotated[
    str | None,
    typer.Option("--as-of", metavar="YYYY-MM-DD", help="Monday of the week; default: the newest delivery's."),
]
BundleOption = Annotated[str | None, typer.Option("--bundle", help="Model bundle by name; default: the newest.")]
AdapterOption = Annotated[
    str, typer.Option("--adapter", help="standard (a delivery folder) or koweps (a survey file).")
]


def main() -> None:
    """Runs a command; a user's mistake gives one plain message and an exit code, our own a traceback."""
    os.umask(0o077)  # what is written is about people: nobody else on the machine reads it
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(
                errors="replace"
            )  # a terminal that knows no Korean shows question marks, not a traceback
    try:
        app()
    except SagakError as error:
        print(f"sagak: {error}", file=sys.stderr)
        if error.hint:
            print(f"       {error.hint}", file=sys.stderr)
        sys.exit(error.exit_code)


def parse_day(text: str | None) -> date | None:
    """A date as people type it, None where nothing was typed; raises `UsageError`."""
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise UsageError(f"{text!r} is not a date.", hint="Write it as 2026-11-16.") from error


@app.command()
def demo(
    households: Annotated[int, typer.Option(min=2_000, max=2_000_000, help="Size of the made-up town.")] = 25_000,
    seed: Annotated[int, typer.Option(help="The same seed makes the same people.")] = 1,
    dong: Annotated[str, typer.Option(help="Whose list to show at the end.")] = "주교동",
    fresh: Annotated[bool, typer.Option("--fresh", help="Make it again even if it is there.")] = False,
) -> None:
    """Make a town, take it in, train, run the week and show one dong's list."""
    from sagak.commands import run_demo

    run_demo(households=households, seed=seed, dong=dong, fresh=fresh)


@app.command()
def synthesize(
    folder: Annotated[Path | None, typer.Argument(help="New folder for the delivery; default: under data/raw.")] = None,
    place: Annotated[str, typer.Option(help="Which dongs: the beginning of a city's or province's name.")] = "고양시",
    households: Annotated[int, typer.Option(min=100)] = 25_000,
    seed: Annotated[int, typer.Option()] = 1,
    as_of: AsOfOption = None,
    months: Annotated[int, typer.Option(min=3, max=120, help="Months of indicators.")] = 24,
    weeks: Annotated[int, typer.Option(min=1, max=400, help="Past rounds.")] = 56,
    surge_from: Annotated[
        str | None, typer.Option(help="Plant the published rise of three arrears from this day.")
    ] = None,
    report: Annotated[bool, typer.Option("--report", help="Print published facts beside the produced ones.")] = False,
) -> None:
    """Make a delivery of people who do not exist."""
    from sagak.commands import run_synthesize

    run_synthesize(
        folder, place=place, households=households, seed=seed, as_of=parse_day(as_of), months=months,
        weeks=weeks, surge_from=parse_day(surge_from), report=report,
    )  # fmt: skip


@app.command()
def check(folder: Annotated[Path, typer.Argument(help="Delivery folder.")]) -> None:
    """Say what a delivery holds and what would be set aside; nothing is changed."""
    from sagak.commands import run_check

    run_check(folder)


@app.command()
def ingest(
    source: Annotated[Path, typer.Argument(help="Delivery folder, or survey file.")],
    adapter: AdapterOption = "standard",
) -> None:
    """Take a delivery in: checked, pseudonymous, whole or not at all."""
    from sagak.commands import run_ingest

    run_ingest(source, adapter)


@app.command()
def features(as_of: AsOfOption = None) -> None:
    """Compute every household's features as of a round."""
    from sagak.commands import run_features

    run_features(parse_day(as_of))


@app.command()
def train(as_of: AsOfOption = None, seed: Annotated[int, typer.Option()] = 1) -> None:
    """Train a model on past rounds and write it as a bundle."""
    from sagak.commands import run_train

    run_train(parse_day(as_of), seed=seed)


@app.command()
def score(as_of: AsOfOption = None, bundle: BundleOption = None) -> None:
    """Score every household of a round."""
    from sagak.commands import run_score

    run_score(parse_day(as_of), bundle)


@app.command("round")
def round_(as_of: AsOfOption = None, bundle: BundleOption = None) -> None:
    """Run the whole week: features, scores, lists, and publish them in one step."""
    from sagak.commands import run_week

    run_week(parse_day(as_of), bundle)


@app.command("list")
def list_(
    dong: Annotated[str, typer.Option("--dong", help="Name or ten-digit code.")],
    round_label: Annotated[str | None, typer.Option("--round", metavar="2026-W47", help="Default: the newest.")] = None,
) -> None:
    """Show a dong's list."""
    from sagak.commands import run_list

    run_list(dong, round_label)


@app.command()
def explain(
    household: Annotated[str, typer.Argument(help="Household as the list shows it.")],
    round_label: Annotated[str | None, typer.Option("--round", metavar="2026-W47", help="Default: the newest.")] = None,
) -> None:
    """Explain one household's score in full."""
    from sagak.commands import run_explain

    run_explain(household, round_label)


if __name__ == "__main__":
    main()
