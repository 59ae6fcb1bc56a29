"""The web application: routers, pages, error shape and headers put together. Called by `api.server` and tests."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles
from fastapi.templating import Jinja2Templates
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from api import error
from api.admission import Line
from api.ask import ask_routes
from api.body import BodyLimit
from api.browse import browse_routes
from api.contents import Contents
from api.demo import demo_routes
from api.desk import Desk
from api.documents import document_routes
from api.feedback import feedback_routes
from api.headers import HouseHeaders, house_headers
from api.health import health_routes
from api.host import OwnHost
from api.kept import kept_routes
from api.limits import QuestionLimit
from api.operator import operator_routes
from api.origins import WidgetOrigins
from api.pages import page_routes
from api.purging import purge_for_ever
from api.webhooks import webhook_routes
from api.words import vietnamese_date
from bot.channels.channel import Channel
from bot.channels.configured import with_webhook
from bot.channels.switchboard import Switchboard
from bot.channels.talk import Talk
from bot.people.store import People
from settings import Settings

_HERE = Path(__file__).parent
#: Questions answered at the same time. Answering is CPU work that mostly holds the GIL: more threads only make
#: every asker wait for the slowest.
WORKERS = 2
#: The same where a language model words the answers: most of the time is spent waiting for its server.
WORKERS_WITH_MODEL = 16


def create_app(desk: Desk, settings: Settings, people: People) -> FastAPI:
    """The ASGI application over an open desk and what is kept about askers; closing both stays with the caller."""
    channels, workers = with_webhook(settings), _workers(settings)
    switchboard = Switchboard(channels, Talk(desk, people, settings), people, workers)
    line = Line(workers)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        purging = asyncio.create_task(purge_for_ever(people))
        async with switchboard:
            yield
        purging.cancel()
        line.close()

    app = FastAPI(
        title="CCHC help desk",
        version="1",
        summary="Answers questions on Vietnamese administrative reform from official documents, citing the clause.",
        docs_url=None,  # the stock pages load scripts from elsewhere, which the CSP forbids
        redoc_url=None,
        redirect_slashes=False,  # such a redirect leads to whatever host the request named
        lifespan=lifespan,
    )
    templates = _templates()
    contents = Contents(desk.corpus)
    headers = house_headers(settings.public_url)
    error.install(app, templates, headers)
    app.add_middleware(BodyLimit)
    app.add_middleware(OwnHost, public_url=settings.public_url)
    app.add_middleware(WidgetOrigins, origins=settings.widget_origins)
    app.add_middleware(HouseHeaders, headers=headers)
    if settings.trusted_proxies:
        app.add_middleware(ProxyHeadersMiddleware, trusted_hosts=list(settings.trusted_proxies))
    limit = QuestionLimit(settings)
    app.include_router(ask_routes(desk, people, line, limit))
    app.include_router(feedback_routes(people, limit))
    app.include_router(document_routes(desk.corpus, contents))
    app.include_router(health_routes(desk))
    app.include_router(demo_routes(templates, settings.public_url))
    app.include_router(page_routes(desk.corpus, settings, templates))
    app.include_router(operator_routes(people, settings, templates))
    app.include_router(browse_routes(desk, contents, templates))
    app.include_router(kept_routes(people, templates))
    app.include_router(webhook_routes(channels, switchboard))
    app.mount("/static", StaticFiles(directory=_HERE / "static"), name="static")
    return app


def create_webhook_app(desk: Desk, settings: Settings, people: People, channel: Channel) -> FastAPI:
    """The webhook of one channel and nothing else, for `cchc bot`."""
    switchboard = Switchboard([channel], Talk(desk, people, settings), people, _workers(settings))

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        purging = asyncio.create_task(purge_for_ever(people))
        async with switchboard:
            yield
        purging.cancel()

    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None, lifespan=lifespan)
    headers = house_headers(settings.public_url)
    error.install(app, _templates(), headers)
    app.add_middleware(BodyLimit)
    app.add_middleware(OwnHost, public_url=settings.public_url)
    app.add_middleware(HouseHeaders, headers=headers)
    app.include_router(health_routes(desk))
    app.include_router(webhook_routes([channel], switchboard))
    return app


def _workers(settings: Settings) -> int:
    return WORKERS_WITH_MODEL if settings.llm_url else WORKERS


def _templates() -> Jinja2Templates:
    templates = Jinja2Templates(_HERE / "templates")
    templates.env.filters["day"] = vietnamese_date
    templates.env.trim_blocks = templates.env.lstrip_blocks = True
    return templates
