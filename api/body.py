"""Refuses request bodies that are too large or come too slowly, whatever reads them. Middleware of the app.

The limit that FastAPI brings answers in plain text; ours raises, so the error has the one shape.
"""

import asyncio

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

#: A question of the longest allowed length with 50 earlier turns of ordinary length fits in a third of this.
MAX_BODY_BYTES = 64 * 1024
#: Seconds in which a body has to be here, all of it: 64 KB over the worst telephone line.
BODY_S = 15.0


class BodyLimit:
    """ASGI middleware: whoever reads a body over `max_bytes` gets an HTTP 413, one that takes longer than
    `seconds` an HTTP 408."""

    def __init__(self, app: ASGIApp, max_bytes: int = MAX_BODY_BYTES, seconds: float = BODY_S) -> None:
        self.app = app
        self._max_bytes = max_bytes
        self._seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        announced = Headers(scope=scope).get("content-length", "")
        too_large = announced.isascii() and announced.isdigit() and int(announced) > self._max_bytes
        until = asyncio.get_running_loop().time() + self._seconds
        seen, complete = 0, False

        async def limited_receive() -> Message:
            nonlocal seen, complete
            if too_large:
                raise HTTPException(413, headers=_LAST)
            if complete:  # what comes now is only the end of the connection
                return await receive()
            try:
                async with asyncio.timeout_at(until):
                    message = await receive()
            except TimeoutError:
                raise HTTPException(408, headers=_LAST) from None
            seen += len(message.get("body", b""))
            if seen > self._max_bytes:
                raise HTTPException(413, headers=_LAST)
            complete = not message.get("more_body", False)
            return message

        await self.app(scope, limited_receive, send)


#: The rest of such a body is not waited for.
_LAST = {"Connection": "close"}
