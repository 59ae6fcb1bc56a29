"""An OpenAI-compatible server of the test suite's own, on a free port of this machine: it streams what a test scripts."""

import json
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from played_server import Heard


@dataclass(frozen=True)
class Said:
    """What the model says, and how the server behaves meanwhile."""

    text: str = ""
    after_s: float = 0.0  # before the first byte
    between_s: float = 0.0  # before every piece
    held: threading.Event | None = None  # the last piece is not said before this is set
    cut_after: int | None = None  # pieces after which the connection breaks
    drips: bool = False  # bytes that never become an event, for ever
    status: int = 200
    body: bytes | None = None  # instead of a stream


def sentences(*told: tuple[str, Sequence[int]]) -> str:
    """The JSON that the desk asks for."""
    return json.dumps(
        {"sentences": [{"text": text, "evidence": list(evidence)} for text, evidence in told]},
        ensure_ascii=False,
    )


Script = Callable[[Heard], Said]


@contextmanager
def chatting(script: Script | Said) -> Iterator[tuple[str, list[Heard]]]:
    """Serve while the block runs; gives the URL up to /v1 and what was asked, in order."""
    heard: list[Heard] = []
    gone = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            content = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            asked = Heard(
                self.command,
                self.path,
                {},
                {name.lower(): value for name, value in self.headers.items()},
                json.loads(content),
            )
            heard.append(asked)
            said = script if isinstance(script, Said) else script(asked)
            gone.wait(said.after_s)
            try:
                if said.body is not None or said.status != 200:
                    self._whole(said.status, said.body or b'{"error": {"message": "khoa-bi-mat"}}')
                else:
                    self._stream(said)
            except OSError:  # the asker hung up
                self.close_connection = True

        def _whole(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", "text/html" if body.startswith(b"<") else "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def _stream(self, said: Said) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/event-stream")
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            while said.drips and not gone.wait(0.05):
                self._chunk(b".")
            pieces = [said.text[at : at + 7] for at in range(0, len(said.text), 7)]
            for count, piece in enumerate(pieces):
                if count == said.cut_after:
                    self.connection.close()
                    self.close_connection = True
                    return
                if gone.wait(said.between_s):
                    return
                if said.held is not None and count == len(pieces) - 1:
                    said.held.wait(60)
                self._event({"role": "assistant", "content": piece}, None)
            self._event({}, "stop")
            self._chunk(b"data: [DONE]\n\n")
            self._chunk(b"")

        def _event(self, delta: dict[str, Any], finish: str | None) -> None:
            choice = {"index": 0, "delta": delta, "finish_reason": finish}
            event = {
                "id": "x",
                "object": "chat.completion.chunk",
                "created": 1,
                "model": "m",
                "choices": [choice],
            }
            self._chunk(b"data: " + json.dumps(event).encode() + b"\n\n")

        def _chunk(self, data: bytes) -> None:
            self.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
            self.wfile.flush()

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/v1", heard
    finally:
        gone.set()
        server.shutdown()
        thread.join(60)
        server.server_close()
