"""Refuses requests that were meant for another host name. Middleware of the app.

A page of a stranger whose name is made to lead here (DNS rebinding) would otherwise read a desk of the inner network
as if it were its own.
"""

import ipaddress
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from api.error import misdirected


class OwnHost:
    """ASGI middleware: under another name than that of `public_url`, an IP address or localhost: HTTP 421.

    Nobody can make an address that is not a name lead elsewhere; whatever watches the server uses those.
    Without `public_url` every name is taken.
    """

    def __init__(self, app: ASGIApp, public_url: str) -> None:
        self.app = app
        self._names = {urlsplit(public_url).hostname, "localhost"} if public_url else None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and self._names is not None and not self._is_own(Headers(scope=scope)):
            return await misdirected()(scope, receive, send)
        await self.app(scope, receive, send)

    def _is_own(self, headers: Headers) -> bool:
        try:
            host = urlsplit("//" + headers.get("host", "")).hostname
        except ValueError:
            return False
        return host in (self._names or ()) or _is_address(host or "")


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
