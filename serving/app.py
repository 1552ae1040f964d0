"""The application: every router, around them what holds for all answers."""

from collections.abc import Iterator

from fastapi import APIRouter, FastAPI
from fastapi.routing import iter_route_contexts
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.routing import BaseRoute
from starlette.staticfiles import StaticFiles
from starlette.types import Lifespan

from features.catalogue import STANDARD
from serving import health, oidc
from serving.api import bundles, casework, lists
from serving.api.scores import scores_router
from serving.body_limit import BodyLimit
from serving.figures import Figures
from serving.headers import Headers
from serving.observing import Observing
from serving.pages import analysis, analysis_compare, analysis_data, audit, dong, home, hub, signin
from serving.problems import answer_errors
from serving.rendering import STATIC
from serving.scorer_in_use import ScorerInUse
from serving.service import Service

TITLE = "Sagak"
# One line a family of pages or calls; they are asked in this order, so those that are used all day come first.
ROUTERS: tuple[APIRouter, ...] = (
    lists.router,
    casework.router,
    dong.router,
    home.router,
    signin.router,
    hub.router,
    audit.router,
    analysis.router,
    analysis_compare.router,
    analysis_data.router,
    oidc.router,
    health.router,
    bundles.router,
)


def create_app(service: Service, *, lifespan: Lifespan[FastAPI] | None = None) -> FastAPI:
    """The application on a service whose recorder is running; ``lifespan`` is what to do when it stops."""
    app = FastAPI(
        title=TITLE,
        lifespan=lifespan,
        openapi_url=None,  # a route of its own gives it, marked as every route is
        docs_url=None,  # it would fetch scripts from another host
        redoc_url=None,
        # It would make a whole address of what the request calls us, http where the proxy speaks https: a password sent
        # to /login/ would go out once more in the open.
        redirect_slashes=False,
    )
    app.state.service = service
    app.state.figures = Figures()
    for router in (scores_router(ScorerInUse(service.places.models, STANDARD)), *ROUTERS):
        app.router.routes.extend(_flat(router))
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    answer_errors(app)
    # Added last, outermost: every answer is counted, and every answer has the headers.
    app.add_middleware(BodyLimit, largest=service.rules.largest_body)
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=list(service.rules.hosts), www_redirect=False)
    app.add_middleware(Observing, figures=app.state.figures)
    app.add_middleware(Headers, is_secure=service.rules.is_secure)
    return app


def _flat(router: APIRouter) -> Iterator[BaseRoute]:
    """Its routes, each with its whole address.

    FastAPI's include_router asks a router, then each router in it, and the one that answers once more on each level:
    with eighty routes that was a third of what a request costs.
    """
    for known in iter_route_contexts(router.routes):
        assert known.path == getattr(known.original_route, "path", None), "a router within another has its own prefix"
        yield known.original_route
