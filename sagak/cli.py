"""The command line. Importing this file loads nothing heavy: each command imports what it needs."""

import io
import os
import sys
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from domain.errors import SagakError, UsageError
from sagak import cli_service

app = typer.Typer(
    name="sagak",
    help="Finds households in hardship that nobody has asked about, and lists whom each dong should visit this week.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,  # plain help needs none of rich's imports
    pretty_exceptions_enable=False,  # its tracebacks print local variables, which may hold rows of people
)

for command in (
    cli_service.serve,
    cli_service.migrate,
    cli_service.backup,
    cli_service.restore,
    cli_service.doctor,
):
    app.command()(command)
app.add_typer(cli_service.people, name="people")
app.add_typer(cli_service.audit, name="audit")

AsOfOption = Annotated[
    str | None,
    typer.Option("--as-of", metavar="YYYY-MM-DD", help="Monday of the week; default: the newest delivery's."),
]
BundleOption = Annotated[str | None, typer.Option("--bundle", help="Model bundle by name; default: the one in use.")]
BundleArgument = Annotated[str, typer.Argument(help="Name of the model bundle, such as standard-2.")]
ByOption = Annotated[str, typer.Option("--by", help="Your name, as the record shall hold it.")]
WhyOption = Annotated[str, typer.Option("--why", help="Your reason, in a sentence.")]
LabelOption = Annotated[
    str | None, typer.Option("--label", help="What counts as need found; default: the one in policy.toml.")
]
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
    from sagak.demo import run_demo

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
    exploration_share: Annotated[float, typer.Option(help="Share of the past places that were drawn by chance.")] = 0.1,
    report: Annotated[bool, typer.Option("--report", help="Print published facts beside the produced ones.")] = False,
) -> None:
    """Make a delivery of people who do not exist."""
    from sagak.synthesizing import DEMO_AS_OF, Town, run_synthesize

    town = Town(
        place, households, seed, parse_day(as_of) or DEMO_AS_OF, months, weeks, parse_day(surge_from), exploration_share
    )
    run_synthesize(folder, town, report=report)


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
def train(
    as_of: AsOfOption = None,
    seed: Annotated[int, typer.Option()] = 1,
    label: LabelOption = None,
    weighted: Annotated[
        bool,
        typer.Option(
            "--weighted",
            help="Households drawn by chance count for those not drawn; made-up towns: fewer in need found.",
        ),
    ] = False,
    tuned: Annotated[bool, typer.Option("--tuned", help="With the best settings that `sagak tune` found.")] = False,
) -> None:
    """Train a model on past rounds and write it as a bundle."""
    from sagak.commands import run_train

    run_train(parse_day(as_of), seed=seed, label=label, is_weighted=weighted, is_tuned=tuned)


@app.command()
def tune(
    as_of: AsOfOption = None,
    seed: Annotated[int, typer.Option()] = 1,
    label: LabelOption = None,
    trials: Annotated[int, typer.Option(min=1, help="How many the study shall hold in the end.")] = 50,
    minutes: Annotated[float, typer.Option(min=0, help="No trial begins after this long.")] = 5.0,
) -> None:
    """Search the model's settings on earlier rounds; goes on where it was broken off."""
    from sagak.tuning import run_tune

    run_tune(parse_day(as_of), seed=seed, label=label, trials=trials, minutes=minutes)


@app.command()
def propose(
    bundle: BundleArgument,
    by: ByOption,
    why: WhyOption,
    waive: Annotated[
        bool, typer.Option("--waive", help="Of made-up people: also where gates are not passed, which is recorded.")
    ] = False,
) -> None:
    """Judge a model by the gates and, if it passes, propose it for use."""
    from sagak.promoting import run_propose

    run_propose(bundle, by=by, why=why, is_waived=waive)


@app.command()
def approve(bundle: BundleArgument, by: ByOption, why: WhyOption) -> None:
    """As the second person, put a proposed model into use."""
    from sagak.promoting import run_approve

    run_approve(bundle, by=by, why=why)


@app.command()
def reject(bundle: BundleArgument, by: ByOption, why: WhyOption) -> None:
    """Turn a proposal down, or take one's own back."""
    from sagak.promoting import run_reject

    run_reject(bundle, by=by, why=why)


@app.command()
def promotions() -> None:
    """Show who proposed, approved and rejected which model, and what is in use."""
    from sagak.promoting import run_promotions

    run_promotions()


@app.command()
def compare(
    a: Annotated[str, typer.Argument(help="Bundle that lists are made with now.")],
    b: Annotated[str, typer.Argument(help="Bundle that may take its place.")],
    output: Annotated[Path | None, typer.Option(help="The page to write; default: under data/exports.")] = None,
    seed: Annotated[int, typer.Option(help="The same seed gives the same page.")] = 1,
) -> None:
    """Write a page that puts two models side by side: what each finds, for whom, and how sure that is."""
    from sagak.comparing import run_compare

    run_compare(a, b, output, seed=seed)


@app.command()
def score(as_of: AsOfOption = None, bundle: BundleOption = None) -> None:
    """Score every household of a round, to try a model; lists are made with scores of their own."""
    from sagak.commands import run_score

    run_score(parse_day(as_of), bundle)


@app.command("round")
def round_(
    as_of: AsOfOption = None,
    bundle: BundleOption = None,
    again: Annotated[
        bool,
        typer.Option("--again", help="Publish a new version also where only the sentences or rules of Sagak changed."),
    ] = False,
) -> None:
    """Run the whole week: features, scores, lists, and publish them in one step."""
    from sagak.commands import run_week

    run_week(parse_day(as_of), bundle, is_again=again)


@app.command()
def drift(as_of: AsOfOption = None, bundle: BundleOption = None) -> None:
    """Say what changed since the model was made: which input, by how much, since when. Exit code 10 on an alarm."""
    from sagak.drifting import run_drift

    raise typer.Exit(run_drift(parse_day(as_of), bundle))


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
