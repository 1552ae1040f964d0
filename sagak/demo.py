"""The demo: a made-up town from its first delivery to the list of one of its dongs."""

import shutil

from rich.console import Console

from domain.calendar import Round
from domain.dong import Dong
from domain.people import Role
from outreach.publishing import published_round
from sagak.adapters import find_dong, refuse_mixture, take_in
from sagak.commands import say_where, show_list, train_standard
from sagak.demo_people import add_demo_people
from sagak.progress import stages
from sagak.promoting import promote_demo
from sagak.settings import Settings, now
from sagak.stores import store_of
from sagak.synthesizing import DEMO_AS_OF, DEMO_PLACE, Town, make_town
from sagak.terminal import print_figures, print_report
from sagak.weekly import export_lists, run_round
from sources.ingest import delivery_report
from sources.synthetic import ADAPTER as SYNTHETIC
from sources.synthetic import dongs_of

out = Console()
_SEES = {
    Role.DONG: "the dong above: this week's list",
    Role.HUB: "its district: dongs side by side",
    Role.ANALYST: "models and deliveries, nobody's name",
    Role.AUDITOR: "replay, fairness, access records",
}


def run_demo(*, households: int, seed: int, dong: str, fresh: bool) -> None:
    """Makes the demo town if it is not there, and shows one dong's list."""
    settings = Settings.from_environment()
    week = Round(DEMO_AS_OF)
    refuse_mixture(settings, SYNTHETIC)
    is_there = (settings.lists / week.label / "current").exists()
    find_dong({known.code: known for known in dongs_of(DEMO_PLACE)}, dong)
    if is_there and not fresh:
        out.print("The town is there already; --fresh makes it again.")
    else:
        _make_demo(settings, week, households=households, seed=seed)
    published = published_round(settings.lists, week)
    shown = find_dong(published.dongs, dong)
    show_list(settings, published, shown)
    say_where(published, settings.exports / week.label)
    _tell_logins(settings, shown)
    out.print("Everybody on it is made up. Go on with: sagak serve, sagak list --dong NAME, sagak explain HOUSEHOLD")


def _tell_logins(settings: Settings, dong: Dong) -> None:
    with store_of(settings) as database:
        logins = add_demo_people(database, dong_code=dong.code, at=now())
    if not logins:
        out.print("The demo's logins were told when they were made; a new password: sagak people password LOGIN")
    for login in logins:
        out.print(f"Sign in as {login.login} with {login.password} ({_SEES[login.role]})", soft_wrap=True)


def _make_demo(settings: Settings, week: Round, *, households: int, seed: int) -> None:
    target = settings.raw / f"demo-{week.as_of}"
    for made_before in (target, settings.truth / target.name):
        shutil.rmtree(made_before, ignore_errors=True)
    with stages() as progress:
        make_town(settings, target, Town(DEMO_PLACE, households, seed, week.as_of), progress)
        core = take_in(settings, target, "standard", progress)
        trained = train_standard(settings, core, week.as_of, seed, progress)
        promote_demo(settings, trained.folder)
        published = run_round(settings, week, progress=progress)
    export_lists(settings, published)
    print_report(out, delivery_report(core))
    print_figures(out, trained.figures, wanted_rounds=settings.policy().evaluation.test_rounds)
