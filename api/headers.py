"""Headers that every response carries: what a browser may load, keep and share, and who may frame us.

Middleware of the app; also used where a response is made outside of it.
"""

from collections.abc import Mapping

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_ALWAYS = {
    "Content-Security-Policy": "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'self'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",  # for browsers that do not know frame-ancestors
    # links to outside sources must not tell them which question was open
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    # a browser asks again each time, so an upgrade or a new document is never hidden behind an old copy
    "Cache-Control": "no-cache",
}
#: Half a year, only for this host: what else the agency serves is not ours to promise.
_STAY_ON_HTTPS = {"Strict-Transport-Security": "max-age=15768000"}
#: Holds nothing of anybody; the widget's script is loaded from pages of other sites.
_SHARED = "/static/"


def house_headers(public_url: str) -> dict[str, str]:
    """The headers of every response of a desk that people reach under this address, "" where it is not known."""
    return _ALWAYS | _STAY_ON_HTTPS if public_url.startswith("https://") else dict(_ALWAYS)


class HouseHeaders:
    """ASGI middleware: adds `headers` where the response does not set them itself."""

    def __init__(self, app: ASGIApp, headers: Mapping[str, str]) -> None:
        self.app = app
        self._headers = headers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        headers = dict(self._headers)
        if scope["path"].startswith(_SHARED):
            headers["Cross-Origin-Resource-Policy"] = "cross-origin"

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                own = MutableHeaders(scope=message)
                for name, value in headers.items():
                    own.setdefault(name, value)
            await send(message)

        await self.app(scope, receive, send_with_headers)
