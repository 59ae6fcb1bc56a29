"""What the stand-ins share: a small HTTP server of their own, and a log of what was said in both directions."""

import json
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

import httpx

#: Seconds until what should have come at once counts as never coming: the machine may be busy with other work.
PATIENCE_S = 60.0


@dataclass(frozen=True)
class Asked:
    method: str
    path: str
    headers: Mapping[str, str]  # lower-case names
    body: bytes


@dataclass(frozen=True)
class Said:
    """One line of the log."""

    who: str  # "người dùng", or a method of the server that the desk called
    what: dict[str, Any]
    at: float = field(default_factory=time.monotonic)


class StandIn:
    """Serves while it is entered. A subclass answers in `reply`: (status, object sent as JSON, headers)."""

    def __init__(self) -> None:
        self.log: list[Said] = []
        self.lock = threading.RLock()
        stand_in = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                headers = {name.lower(): value for name, value in self.headers.items()}
                asked = Asked(self.command, urlsplit(self.path).path, headers, body)
                status, said, more = stand_in.reply(asked)
                content = said if isinstance(said, bytes) else json.dumps(said).encode()
                self.send_response(status)
                for name, value in {"Content-Length": str(len(content)), **more}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(content)

            do_GET = do_POST

            def log_message(self, format: str, *args: object) -> None:
                pass

        class Server(ThreadingHTTPServer):
            daemon_threads = True
            block_on_close = False

            def handle_error(self, request: Any, client_address: Any) -> None:
                pass  # the desk hung up in the middle of a poll

        self._server = Server(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        )
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()

    def reply(self, asked: Asked) -> tuple[int, object, dict[str, str]]:
        raise NotImplementedError

    def note(self, who: str, **what: Any) -> None:
        with self.lock:
            self.log.append(Said(who, what))

    def calls(self, method: str) -> list[dict[str, Any]]:
        """What the desk asked of a method, in order."""
        with self.lock:
            return [said.what for said in self.log if said.who == method]

    def wait_for(self, method: str, count: int = 1, seconds: float = PATIENCE_S) -> list[dict[str, Any]]:
        """The calls of a method, once there are so many."""
        until(lambda: len(self.calls(method)) >= count, seconds, lambda: f"{method}: {self.calls(method)}")
        return self.calls(method)


def until(
    holds: Callable[[], bool],
    seconds: float = PATIENCE_S,
    otherwise: Callable[[], str] = lambda: "it never came",
) -> None:
    """Wait for something that happens in the background."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, otherwise()
        time.sleep(0.01)


def post(url: str, body: bytes, headers: dict[str, str]) -> httpx.Response:
    return httpx.post(
        url, content=body, headers={"Content-Type": "application/json", **headers}, timeout=PATIENCE_S
    )
