"""A service that answers on a port of its own, for tests with a real browser."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread
from time import sleep

import uvicorn

from serving.app import create_app
from serving.service import Service
from tests.support.made_store import PASSWORD


@contextmanager
def running(service: Service) -> Iterator[str]:
    """The address of the running service."""
    server = uvicorn.Server(uvicorn.Config(create_app(service), port=0, log_level="critical", lifespan="off"))
    thread = Thread(target=server.run, daemon=True)
    thread.start()
    try:
        while not server.started:
            assert thread.is_alive(), "the service did not start"
            sleep(0.01)
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(timeout=10)


def sign_in(page, address: str, login: str) -> None:
    """Signs a browser's page in by the form, as people do."""
    page.goto(f"{address}/login")
    page.fill("[name=login]", login)
    page.fill("[name=password]", PASSWORD)
    page.click("main button")
    page.wait_for_load_state()
