"""Runs the web application on an address. Called by `cchc serve` and `cchc bot`."""

import contextlib
import signal
import threading
from collections.abc import Callable

import uvicorn
from fastapi import FastAPI

from api.address import listen
from api.app import create_app, create_webhook_app
from api.protocol import BoundedHead
from bot.channels.channel import Channel
from bot.desk import HelpDesk
from bot.people.store import People
from settings import Settings

#: Seconds that running answers get to finish after Ctrl-C.
_GRACE_S = 10


def serve(settings: Settings) -> None:
    """Serve until Ctrl-C or SIGTERM. Raises `api.address.AddressError`, and what `HelpDesk.open` and `People.open`
    raise."""
    _serve(settings, lambda desk, people: create_app(desk, settings, people))


def serve_webhook(settings: Settings, channel: Channel) -> None:
    """The same for the webhook of one channel alone."""
    _serve(settings, lambda desk, people: create_webhook_app(desk, settings, people, channel))


def _serve(settings: Settings, app: Callable[[HelpDesk, People], FastAPI]) -> None:
    with (
        contextlib.closing(listen(settings.host, settings.port)) as listener,
        People.open(settings) as people,
        contextlib.closing(HelpDesk.open(settings)) as desk,
    ):
        config = uvicorn.Config(
            app(desk, people),
            http=BoundedHead,
            log_level="info",
            timeout_graceful_shutdown=_GRACE_S,
            server_header=False,
            proxy_headers=False,  # the app does it, for the proxies of the settings only
        )
        if threading.current_thread() is threading.main_thread():
            # uvicorn raises the signal again once it has stopped; what is open must still be closed then
            signal.signal(signal.SIGTERM, signal.default_int_handler)
        with contextlib.suppress(KeyboardInterrupt):
            uvicorn.Server(config).run(sockets=[listener])
