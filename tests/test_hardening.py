"""What the server says to requests that no honest client sends: headers, hosts, methods, paths, slow and broken bodies."""

import asyncio
import json
import logging
import re
import socket
import threading
import time
from collections.abc import Iterator, Sequence
from datetime import date
from urllib.parse import urlsplit

import httpx
import pytest
from starlette.exceptions import HTTPException
from starlette.types import Message, Scope
from web_server import KeywordDesk, running, small_corpus

from api.body import BodyLimit
from api.desk import OnSentence, OnStep
from api.headers import house_headers
from api.protocol import BoundedHead
from bot.answer import Answer
from settings import Settings, SettingsError, load_settings

ASK = {"question": "Thời hạn trả kết quả là bao lâu?"}
PUBLIC = "https://hoidap.tinh.gov.vn"
#: A place of every kind: page, list, API, file of the server, health, description, nothing, wrong method.
PLACES = (
    "/",
    "/documents",
    "/v1/documents",
    "/static/chat.js",
    "/health/ready",
    "/openapi.json",
    "/nope",
    "/v1/ask",
)


class BrokenDesk(KeywordDesk):
    """Fails in a way that no desk should, with words that nobody outside should read."""

    def ask(
        self,
        question: str,
        history: Sequence[str] = (),
        as_of: date | None = None,
        on_step: OnStep | None = None,
        on_sentence: OnSentence | None = None,
    ) -> Answer:
        if on_step:
            on_step("normalise", 1.0)
        raise RuntimeError("mật khẩu là bi-mat")


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KeywordDesk]:
    with small_corpus(tmp_path_factory.mktemp("corpus")) as corpus:
        yield KeywordDesk(corpus)


@pytest.fixture(scope="module")
def url(desk: KeywordDesk) -> Iterator[str]:
    with running(desk, Settings(public_url=PUBLIC)) as url:
        yield url


@pytest.fixture
def http(url: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=url, timeout=60) as client:
        yield client


def raw(url: str, request: bytes) -> bytes:
    """What the server answers to these very bytes."""
    address = urlsplit(url)
    with socket.create_connection((address.hostname, address.port), timeout=60) as connection:
        connection.sendall(request)
        said = b""
        while b"\r\n\r\n" not in said and (more := connection.recv(65536)):
            said += more
    return said


@pytest.mark.parametrize("place", PLACES)
def test_every_response_has_the_headers_that_keep_a_browser_in_bounds(http: httpx.Client, place: str) -> None:
    headers = http.get(place).headers
    assert {name: headers.get(name) for name in house_headers(PUBLIC)} == house_headers(PUBLIC) | {
        "Cross-Origin-Resource-Policy": "cross-origin" if place.startswith("/static/") else "same-origin"
    }
    assert "server" not in headers and "x-powered-by" not in headers


def test_the_policy_allows_only_what_the_server_itself_sends() -> None:
    policy = house_headers("")["Content-Security-Policy"]
    assert re.match("default-src 'self';", policy) and "unsafe" not in policy and "*" not in policy
    for rule in ("object-src 'none'", "base-uri 'none'", "form-action 'self'", "frame-ancestors 'self'"):
        assert rule in policy


@pytest.mark.parametrize("public_url", ["", "http://hoidap.tinh.gov.vn"])
def test_browsers_are_told_to_stay_on_https_only_where_it_is_there(public_url: str) -> None:
    assert "Strict-Transport-Security" not in house_headers(public_url)
    assert "max-age=" in house_headers(PUBLIC)["Strict-Transport-Security"]


def test_a_request_for_another_host_is_refused_and_its_name_never_sent_back(http: httpx.Client) -> None:
    for host in (
        "evil.example",
        "evil.example:8000",
        "hoidap.tinh.gov.vn.evil.example",
        "[::",
        "",
        "a@evil.example",
    ):
        reply = http.get("/documents", headers={"Host": host})
        assert reply.status_code in (400, 421), host
        assert "evil" not in reply.text
    assert reply.headers["x-content-type-options"] == "nosniff"
    for host in ("hoidap.tinh.gov.vn", "hoidap.tinh.gov.vn:443", "localhost:8000", "10.1.2.3", "[::1]:8000"):
        assert http.get("/health/live", headers={"Host": host}).status_code == 200, host


def test_without_a_public_address_every_name_is_served_but_leads_nowhere(desk: KeywordDesk) -> None:
    with running(desk, Settings()) as url, httpx.Client(base_url=url, timeout=60) as http:
        for place in (*PLACES, "/documents/", "/v1/documents/", "/static", "/static/"):
            reply = http.get(place, headers={"Host": "evil.example", "X-Forwarded-Host": "evil.example"})
            assert "evil.example" not in reply.text + str(reply.headers), place
            assert not reply.is_redirect


@pytest.mark.parametrize("value", ["hoidap.tinh.gov.vn", "ftp://hoidap", "https://", "https://ten:mk@hoidap"])
def test_a_public_address_that_is_none_is_refused(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("CCHC_PUBLIC_URL", value)
    with pytest.raises(SettingsError, match="public_url"):
        load_settings()


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "TRACE", "CONNECT", "PROPFIND", "GET"])
def test_a_method_that_a_route_does_not_have_is_a_405(http: httpx.Client, method: str) -> None:
    place = "/v1/ask" if method == "GET" else "/v1/documents"
    reply = http.request(method, place)
    assert reply.status_code == 405 and reply.headers["allow"]
    assert reply.json()["error"]["code"] == "method_not_allowed"


def test_another_method_cannot_be_smuggled_in_a_header(http: httpx.Client, desk: KeywordDesk) -> None:
    before = len(desk.asked)
    headers = {"X-HTTP-Method-Override": "POST", "X-Method-Override": "POST"}
    assert http.request("GET", "/v1/ask", headers=headers).status_code == 405
    assert len(desk.asked) == before


@pytest.mark.parametrize(
    "path",
    [
        "/static/../settings.py",
        "/static/..%2f..%2fsettings.py",
        "/static/%2e%2e/app.py",
        "/static/....//....//etc/passwd",
        "/static//etc/passwd",
        "/static/..%5c..%5csettings.py",
        "/static/chat.js%00.html",
        "/v1/documents/..%2f..%2fetc%2fpasswd/source",
        "/v1/documents/%2e%2e/source",
        "/documents/..%2fcorpus.db",
    ],
)
def test_no_path_leads_out_of_what_is_served(url: str, path: str) -> None:
    said = raw(url, f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
    assert re.match(rb"HTTP/1.1 (400|404|405|422) ", said), said[:200]
    assert b"root:" not in said and b"import " not in said and b"SQLite" not in said


@pytest.mark.parametrize(
    "request_bytes",
    [
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET /\x00 HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"POST /v1/ask HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\nContent-Length: 5\r\n\r\nabcde",
        b"POST /v1/ask HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n",
        b"POST /v1/ask HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost : localhost\r\nX: y\r\n\r\n",
    ],
)
def test_a_request_that_two_servers_could_read_differently_is_refused(url: str, request_bytes: bytes) -> None:
    said = raw(url, request_bytes)
    assert not said or re.match(rb"HTTP/1.1 4\d\d ", said), said[:200]


def test_a_body_that_does_not_come_is_not_waited_for() -> None:
    received: list[Message] = []

    async def app(scope: Scope, receive: object, send: object) -> None:
        while True:
            received.append(await receive())  # type: ignore[operator]

    async def drop_by_drop() -> Message:
        await asyncio.sleep(0.05)
        return {"type": "http.request", "body": b"x", "more_body": True}

    async def send(message: Message) -> None: ...

    scope = {"type": "http", "headers": []}
    started = time.perf_counter()
    with pytest.raises(HTTPException) as refused:
        asyncio.run(BodyLimit(app, seconds=1.5)(scope, drop_by_drop, send))
    assert refused.value.status_code == 408
    assert 1.4 < time.perf_counter() - started < 60 and len(received) >= 2


class Hasty(BoundedHead):
    HEAD_S = 2.0


def hung_up(connection: socket.socket) -> bool:
    try:
        return connection.recv(1) == b""
    except ConnectionResetError:
        return True


def test_a_head_that_does_not_come_is_not_waited_for(desk: KeywordDesk) -> None:
    with running(desk, Settings(), http=Hasty) as url:
        address = (urlsplit(url).hostname, urlsplit(url).port)
        with socket.create_connection(address, 60) as silent, socket.create_connection(address, 60) as slow:
            slow.sendall(b"GET / HTTP/1.1\r\nHost: loc")
            assert hung_up(silent) and hung_up(slow)
        # who is slow after the head, or between two requests, is no such client
        with httpx.Client(base_url=url, timeout=60) as http:
            for _ in range(2):
                assert http.get("/health/live").status_code == 200
                time.sleep(Hasty.HEAD_S + 0.5)
            desk.held = go_on = threading.Event()
            threading.Timer(Hasty.HEAD_S + 0.5, go_on.set).start()
            assert http.post("/v1/ask", json=ASK).status_code == 200
            desk.held = None


@pytest.mark.parametrize(
    "endless", [b"GET /" + b"a" * 9000, b"GET / HTTP/1.1\r\nX: " + b"a" * 9000, b"X: y\r\n" * 900]
)
def test_a_head_without_end_is_hung_up_on(url: str, endless: bytes) -> None:
    sent = 0
    with socket.create_connection((urlsplit(url).hostname, urlsplit(url).port), timeout=60) as connection:
        connection.sendall(endless if endless.startswith(b"GET") else b"GET / HTTP/1.1\r\n" + endless)
        piece = endless[-6000:] if endless.startswith(b"X") else b"a" * 6000
        with pytest.raises(ConnectionError):
            while sent < 20_000_000:
                connection.sendall(piece)
                sent += len(piece)
    assert sent < 10_000_000


@pytest.mark.parametrize("accept", ["application/json", "text/event-stream", "text/html"])
def test_no_stack_trace_nor_word_of_an_unexpected_error_leaves_the_server(
    desk: KeywordDesk, caplog: pytest.LogCaptureFixture, accept: str
) -> None:
    broken = BrokenDesk(desk.corpus)
    with caplog.at_level(logging.CRITICAL), running(broken, Settings()) as url:
        said = ""
        try:
            with httpx.stream(
                "POST", f"{url}/v1/ask", json=ASK, headers={"Accept": accept}, timeout=60
            ) as reply:
                for part in reply.iter_text():
                    said += part
        except httpx.RemoteProtocolError:
            assert accept == "text/event-stream"  # a stream that broke off
        assert reply.headers["x-content-type-options"] == "nosniff"
        assert "bi-mat" not in said and "Traceback" not in said and "RuntimeError" not in said
        if accept != "text/event-stream":
            assert reply.status_code == 500
            assert json.loads(said)["error"]["code"] == "internal"
        # the failure took nothing with it
        assert httpx.get(f"{url}/health/ready", timeout=60).status_code == 200
