"""Starting the service: the database is opened and checked, then requests are answered until it is stopped."""

import gc
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager

import uvicorn
from fastapi import FastAPI
from rich.console import Console

from domain.errors import UsageError
from sagak.settings import Settings, now
from sagak.site import Site
from sagak.stores import store_of
from serving.app import create_app
from serving.logs import UVICORN, configure_logs
from serving.service import Places, Rules, Service
from serving.warming import begin_warming
from store.recorder import Recorder
from store.sealer import Sealer

out = Console()
_SEALED_EVERY = 0.2  # seconds, by whichever worker
_SECONDS_TO_FINISH = 10  # for requests that are being answered when the service is told to stop
_SECONDS_TO_SHOW_LIFE = 10  # a worker that loads its libraries is not dead; one that was killed is waited for as long


@contextmanager
def running_service(settings: Settings, site: Site) -> Iterator[Service]:
    """Everything the pages and the API need, with its threads running."""
    with (
        store_of(settings) as database,
        Recorder(database) as recorder,
        Sealer(database, checkpoints=settings.checkpoints, now=now, pause=_SEALED_EVERY * site.workers) as sealer,
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
            trail_failure=lambda: sealer.failure,
        )


def make_app() -> FastAPI:
    """The application by the environment's settings: what each worker process starts."""
    return _app_of(Settings.from_environment(), Site.from_environment())


def _app_of(settings: Settings, site: Site) -> FastAPI:
    configure_logs()
    running = ExitStack()
    service = running.enter_context(running_service(settings, site))

    @asynccontextmanager
    async def until_stopped(_: FastAPI) -> AsyncIterator[None]:
        # Libraries are never garbage, and rings of objects are rare here: looking through everything every other second
        # let all wait a quarter of one (python -m benchmarks load).
        gc.collect()
        gc.freeze()
        gc.set_threshold(2_000, 10, 500)
        begin_warming(service)
        with running:
            yield

    return create_app(service, lifespan=until_stopped)


def run_serve() -> None:
    """Answers requests until it is stopped by Ctrl+C or the system.

    Raises before the first request what keeps the service from answering: settings, keys, database, port.
    """
    settings, site = Settings.from_environment(), Site.from_environment()
    if site.workers > 1 and settings.database.startswith("sqlite"):
        raise UsageError(
            "A SQLite database is served by one process.",
            hint="Set SAGAK_WORKERS=1, or use PostgreSQL: docs/operating.md.",
        )
    _check_port(site)
    settings.policy()
    if site.workers > 1:
        with store_of(settings):  # what is wrong is said here once, and not by each worker
            settings.trail_key()
    app = "sagak.serving:make_app" if site.workers > 1 else _app_of(settings, site)
    out.print(f"Sagak answers at {site.address} (stop: Ctrl+C)", soft_wrap=True)
    uvicorn.run(
        app,
        factory=site.workers > 1,
        host=site.host,
        port=site.port,
        workers=site.workers,
        loop="uvloop",
        http="httptools",
        proxy_headers=bool(site.proxy),
        forwarded_allow_ips=site.proxy or None,
        timeout_graceful_shutdown=_SECONDS_TO_FINISH,
        timeout_worker_healthcheck=_SECONDS_TO_SHOW_LIFE,
        **UVICORN,
    )


def _check_port(site: Site) -> None:
    """uvicorn would say it in its own log, which keeps no words of libraries."""
    family = socket.AF_INET6 if ":" in site.host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((site.host, site.port))
        except OSError as error:
            raise UsageError(
                f"The service cannot listen on port {site.port} of {site.host}: {error.strerror}.",
                hint="Stop what listens there, or set SAGAK_HOST and SAGAK_PORT.",
            ) from error


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
