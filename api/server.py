"""Runs the web application on an address. Called by `cchc serve`."""

import contextlib
import signal
import threading

import uvicorn

from api.address import listen
from api.app import create_app
from api.protocol import BoundedHead
from bot.desk import HelpDesk
from bot.people.store import People
from settings import Settings

#: Seconds that running answers get to finish after Ctrl-C.
_GRACE_S = 10


def serve(settings: Settings) -> None:
    """Serve until Ctrl-C or SIGTERM. Raises `api.address.AddressError`, and what `HelpDesk.open` raises."""
    with (
        contextlib.closing(listen(settings.host, settings.port)) as listener,
        contextlib.closing(People.open(settings)) as people,
        contextlib.closing(HelpDesk.open(settings)) as desk,
    ):
        config = uvicorn.Config(
            create_app(desk, settings, people),
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
