"""Which other sites may use the desk from their visitors' browsers: the ones of `CCHC_WIDGET_ORIGINS`.

Middleware of the app. Only what the widget needs is open to them; the other routes stay with the desk's own pages.
A browser keeps an answer from a page of any other site; a program that is no browser is not held back by this.
"""

from collections.abc import Sequence

from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

#: The files of the widget, and the one it shares with the conversation page.
_SCRIPTS = ("/static/widget", "/static/events.js")
_ROUTES = frozenset({"/v1/ask", "/v1/feedback", "/v1/forget"})
#: How long a browser may remember what it was allowed, seconds; so long an origin taken off the list may still send.
_REMEMBERED_S = 600


class WidgetOrigins:
    """ASGI middleware: lets pages of `origins` load the widget and ask; without origins only the desk's own may."""

    def __init__(self, app: ASGIApp, origins: Sequence[str]) -> None:
        self._closed = app
        self._open = CORSMiddleware(
            app,
            allow_origins=origins,
            allow_methods=("GET", "POST"),
            allow_headers=("X-CCHC-Session",),
            expose_headers=("Retry-After", "RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset"),
            max_age=_REMEMBERED_S,
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope.get("path", "")
        is_open = path in _ROUTES or path.startswith(_SCRIPTS)
        await (self._open if is_open else self._closed)(scope, receive, send)
