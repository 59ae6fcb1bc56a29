"""HTTP/1.1 as uvicorn speaks it, with an end to what a client may send before its request is known. Used by `api.server`.

uvicorn reads the request line and the headers without a limit of size or time: one connection could fill the memory,
a thousand that say nothing could keep everybody else out.
"""

import asyncio
from typing import ClassVar

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol


class BoundedHead(HttpToolsProtocol):
    """Hangs up on whoever has not sent a whole head in `HEAD_S` seconds or `MAX_HEAD_BYTES`."""

    HEAD_S: ClassVar[float] = 15.0
    MAX_HEAD_BYTES: ClassVar[int] = 64 * 1024

    _head_bytes = 0
    _timer: asyncio.TimerHandle | None = None  # None: no head is being read

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._expect_head()

    def connection_lost(self, exc: Exception | None) -> None:
        self._head_is_read()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        self._head_bytes += len(data)
        super().data_received(data)
        # only now: what came in one piece with the head may be a body, which has a limit of its own
        if self._timer is not None and self._head_bytes > self.MAX_HEAD_BYTES:
            self.transport.close()

    def on_message_begin(self) -> None:
        super().on_message_begin()
        if self._timer is None:  # a further request on this connection
            self._expect_head()

    def on_headers_complete(self) -> None:
        self._head_is_read()
        super().on_headers_complete()

    def _expect_head(self) -> None:
        self._head_bytes = 0
        self._timer = self.loop.call_later(self.HEAD_S, self.transport.close)

    def _head_is_read(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
