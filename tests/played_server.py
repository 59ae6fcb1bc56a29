"""A server that plays what a test tells it to, on a free port of this machine: busy, broken, strange or right."""

import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit


@dataclass(frozen=True)
class Heard:
    """A request as it came in."""

    method: str
    path: str
    query: dict[str, str]
    headers: Mapping[str, str]
    json: Any


@dataclass(frozen=True)
class Played:
    """A response: an object goes out as JSON, bytes as they are."""

    body: object = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    hangs_up: bool = False  # the connection is closed without a word
    after_s: float = 0.0


Play = Callable[[Heard], Played]


@contextmanager
def playing(play: Play) -> Iterator[tuple[str, list[Heard]]]:
    """Serve while the block runs; gives the base URL and what was asked, in order."""
    heard: list[Heard] = []
    gone = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            url, length = urlsplit(self.path), int(self.headers.get("Content-Length", 0))
            content = self.rfile.read(length)
            asked = Heard(
                self.command,
                unquote(url.path),
                {name: values[0] for name, values in parse_qs(url.query).items()},
                dict(self.headers.items()),
                json.loads(content) if content else None,
            )
            heard.append(asked)
            played = play(asked)
            deadline = time.monotonic() + played.after_s
            while time.monotonic() < deadline and not gone.wait(0.02):
                pass
            if played.hangs_up or gone.is_set():
                self.close_connection = True
                return
            body = played.body if isinstance(played.body, bytes) else json.dumps(played.body).encode()
            self.send_response(played.status)
            for name, value in {"Content-Length": str(len(body)), **played.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_GET

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}", heard
    finally:
        gone.set()
        server.shutdown()
        thread.join(60)
        server.server_close()


def in_turn(*played: Played) -> Play:
    """Play one after the other; the last one for ever."""
    waiting = list(played)
    return lambda heard: waiting.pop(0) if len(waiting) > 1 else waiting[0]
