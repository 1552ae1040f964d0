"""Starting the service: the database is opened and checked, then requests are answered until it is stopped."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import uvicorn
from fastapi import FastAPI
from rich.console import Console

from domain.errors import UsageError
from sagak.settings import Settings, now
from sagak.site import Site
from sagak.stores import store_of
from serving.app import create_app
from serving.logs import configure_logs
from serving.service import Places, Rules, Service
from store.recorder import Recorder
from store.sealer import Sealer

out = Console()


@contextmanager
def running_service(settings: Settings, site: Site) -> Iterator[Service]:
    """Everything the pages and the API need, with its threads running."""
    with (
        store_of(settings) as database,
        Recorder(database) as recorder,
        Sealer(database, checkpoints=settings.checkpoints, now=now),
    ):
        yield Service(
            database=database,
            recorder=recorder,
            now=now,
            policy=settings.policy(),
            rules=_rules(site),
            places=Places(
                home=settings.home,
                models=settings.models,
                core=settings.core,
                matrices=settings.matrices,
                scores=settings.scores,
                lists=settings.lists,
                exports=settings.exports,
                checkpoints=settings.checkpoints,
            ),
            secret=settings.trail_key(),
        )


def make_app() -> FastAPI:
    """The application by the environment's settings: what each worker process starts."""
    settings, site = Settings.from_environment(), Site.from_environment()
    configure_logs()
    holder = running_service(settings, site)
    service = holder.__enter__()

    @asynccontextmanager
    async def until_stopped(_: FastAPI) -> AsyncIterator[None]:
        try:
            yield
        finally:
            holder.__exit__(None, None, None)

    return create_app(service, lifespan=until_stopped)


def run_serve() -> None:
    """Answers requests until it is stopped by Ctrl+C or the system."""
    settings, site = Settings.from_environment(), Site.from_environment()
    with store_of(settings) as database:  # what is wrong is said here, before a worker starts
        if database.is_sqlite and site.workers > 1:
            raise UsageError(
                "A SQLite database is served by one process.",
                hint="Set SAGAK_WORKERS=1, or use PostgreSQL: docs/operating.md.",
            )
    out.print(f"Sagak answers at {'https' if site.is_secure else 'http'}://{site.host}:{site.port} (stop: Ctrl+C)")
    uvicorn.run(
        "sagak.serving:make_app",
        factory=True,
        host=site.host,
        port=site.port,
        workers=site.workers,
        loop="uvloop",
        http="httptools",
        proxy_headers=bool(site.proxy),
        forwarded_allow_ips=site.proxy or None,
        server_header=False,
        access_log=False,  # the trail is the access record; addresses of pages stay out of logs
        log_config=None,
    )


def _rules(site: Site) -> Rules:
    return Rules(
        idle=site.idle,
        absolute=site.absolute,
        contact=site.contact,
        overseer=site.overseer,
        is_secure=site.is_secure,
        hosts=site.hosts,
        sign_on=site.sign_on,
    )
