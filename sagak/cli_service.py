"""The commands of the service: serve, its database, its people, its audit."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from domain.calendar import SEOUL
from domain.errors import UsageError
from domain.people import Role

people = typer.Typer(help="Who may sign in and what they may see.", no_args_is_help=True)
audit = typer.Typer(help="Prove that trail and lists are what they were.", no_args_is_help=True)

Login = Annotated[str, typer.Argument(help="What the person types to sign in.")]
RoleArgument = Annotated[Role, typer.Argument(help="dong, hub, analyst or auditor.")]
Area = Annotated[str, typer.Argument(help="A dong's ten digits, a district's five, or * for all.")]
Why = Annotated[str, typer.Option("--why", help="The reason, in a sentence.")]


def serve() -> None:
    """Answer pages and API calls until stopped."""
    from sagak.serving import run_serve

    run_serve()


def migrate(
    owner: Annotated[
        str | None, typer.Option("--owner", help="PostgreSQL: address by which the owner of the tables signs in.")
    ] = None,
) -> None:
    """Bring the database to the schema of this Sagak."""
    from sagak.operating import run_migrate

    run_migrate(owner)


def backup(target: Annotated[Path, typer.Argument(help="New file for the copy.")]) -> None:
    """Copy the database while the service goes on."""
    from sagak.operating import run_backup

    run_backup(target)


def restore(copy: Annotated[Path, typer.Argument(help="A copy that `sagak backup` made.")]) -> None:
    """Put a copy of the database back; the service is stopped."""
    from sagak.operating import run_restore

    run_restore(copy)


def doctor() -> None:
    """Check how this site is set up, a line each; exit code 6 where something must be mended."""
    from sagak.diagnosing import run_doctor

    run_doctor()


@people.command("add")
def add(
    login: Login,
    name: Annotated[str, typer.Option("--name", help="As colleagues know them.")],
    subject: Annotated[str | None, typer.Option("--subject", help="The agency's sign-on's name for them.")] = None,
    machine: Annotated[bool, typer.Option("--machine", help="Another system: it comes in by tokens only.")] = False,
) -> None:
    """Add a person; their first password is told once."""
    from sagak.people import run_add_person

    run_add_person(login, name=name, subject=subject, is_machine=machine)


@people.command("grant")
def grant(
    login: Login,
    role: RoleArgument,
    area: Area,
    why: Why,
    valid_from: Annotated[str | None, typer.Option("--from", metavar="YYYY-MM-DD", help="Default: now.")] = None,
    valid_to: Annotated[str | None, typer.Option("--to", metavar="YYYY-MM-DD", help="Default: no end.")] = None,
) -> None:
    """Give a role in an area."""
    from sagak.people import run_grant

    run_grant(login, role, area, why=why, valid_from=_midnight(valid_from), valid_to=_midnight(valid_to))


@people.command("revoke")
def revoke(login: Login, role: RoleArgument, area: Area, why: Why) -> None:
    """Take a role in an area back."""
    from sagak.people import run_revoke

    run_revoke(login, role, area, why=why)


@people.command("password")
def password(login: Login) -> None:
    """Give a new password by chance, told once."""
    from sagak.people import run_new_password

    run_new_password(login)


@people.command("lock")
def lock(login: Login, why: Why) -> None:
    """Shut somebody out at once."""
    from sagak.people import run_lock

    run_lock(login, why=why)


@people.command("unlock")
def unlock(login: Login, why: Why) -> None:
    """Let somebody in again."""
    from sagak.people import run_unlock

    run_unlock(login, why=why)


@people.command("token")
def token(login: Login, why: Why, days: Annotated[int, typer.Option(min=1, max=366)] = 30) -> None:
    """Issue a bearer token for the API, told once."""
    from sagak.people import run_token

    run_token(login, days=days, why=why)


@people.command("show")
def show(login: Login) -> None:
    """Show what somebody may see, since when and by whom."""
    from sagak.people import run_show_person

    run_show_person(login)


@audit.command("verify")
def verify() -> None:
    """Verify every line and seal of the trail, and the checkpoints; exit code 6 on a finding."""
    from sagak.auditing import run_verify

    run_verify()


@audit.command("replay")
def replay(
    round_label: Annotated[str | None, typer.Option("--round", metavar="2026-W47", help="Default: the newest.")] = None,
    dong: Annotated[str | None, typer.Option("--dong", help="Ten digits; default: every dong.")] = None,
    is_quick: Annotated[
        bool, typer.Option("--quick", help="Lists alone: scores and features on file are not made again.")
    ] = False,
) -> None:
    """Make a past round's lists again and compare them; exit code 6 where anything differs."""
    from sagak.auditing import run_replay

    run_replay(round_label, dong_code=dong, is_thorough=not is_quick)


@audit.command("review")
def review(month: Annotated[str, typer.Argument(metavar="2026-10", help="A month that is over.")], why: Why) -> None:
    """Sign that a month's access records were looked through."""
    from sagak.auditing import run_review

    run_review(month, why=why)


def _midnight(text: str | None) -> datetime | None:
    try:
        return datetime.fromisoformat(text).replace(tzinfo=SEOUL) if text else None
    except ValueError as error:
        raise UsageError(f"{text!r} is not a date.", hint="Write it as 2026-11-16.") from error
