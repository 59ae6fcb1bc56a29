"""Documents from the web, from a real HTTP server of the test's own: polite, within limits, never into the own network."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from own_port import own_port
from test_pipeline import decision, numbers
from test_sources import packed

from corpus.store import Corpus, Outcome
from ingest.download import AGENT, Downloader, is_public
from ingest.pipeline import ingest
from ingest.reading import ReadFailure
from ingest.source import IngestError, at_address
from settings import Settings


@dataclass
class Site:
    """What the server serves: status, headers and body by path; and what it was asked."""

    url: str = ""
    pages: dict[str, tuple[int, dict[str, str], bytes]] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    drip: set[str] = field(default_factory=set)

    def paths(self) -> list[str]:
        return [path for path, _ in self.asked]


@pytest.fixture
def site() -> Iterator[Site]:
    served = Site()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            served.asked.append((self.path, dict(self.headers)))
            status, headers, body = served.pages.get(self.path, (404, {}, b""))
            if "ETag" in headers and self.headers.get("If-None-Match") == headers["ETag"]:
                status, body = 304, b""
            if headers.get("Last-Modified", "-") == self.headers.get("If-Modified-Since"):
                status, body = 304, b""
            self.send_response(status)
            for name, value in {"Content-Length": str(len(body)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            try:
                if self.path in served.drip:
                    for _ in range(1200):
                        self.wfile.write(b"x")
                        time.sleep(0.1)
                self.wfile.write(body)
            except OSError:
                pass

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    served.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield served
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def options(tmp_path: Path) -> Settings:
    return Settings(
        data_dir=tmp_path / "data", download_allow_private=True, download_delay_s=0, ingest_workers=1
    )


@pytest.fixture
def corpus(options: Settings) -> Iterator[Corpus]:
    with Corpus.open(options.dsn) as opened:
        yield opened


def refused(url: str, options: Settings) -> str:
    """The code of the refusal; its reason is Vietnamese and says something."""
    with pytest.raises(ReadFailure) as caught:
        Downloader(options).fetch(url)
    assert len(caught.value.reason) > 25
    return caught.value.code


class TestDocuments:
    def test_an_address_is_a_document_known_by_it(
        self, site: Site, corpus: Corpus, options: Settings
    ) -> None:
        site.pages["/vb/1.txt?ban=2"] = (200, {"Content-Type": "text/plain"}, decision(1).encode())
        report = ingest([f"{site.url}/vb/1.txt?ban=2"], corpus, options)
        assert [(f.file, f.outcome) for f in report.files] == [(f"{site.url}/vb/1.txt?ban=2", Outcome.ADDED)]
        (one,) = corpus.find("1/QĐ-BNV")
        assert corpus.source(one.id).uri == f"{site.url}/vb/1.txt?ban=2"
        assert all(headers["User-Agent"].startswith(AGENT) for _, headers in site.asked)

    @pytest.mark.parametrize("mark", [{"ETag": '"a1"'}, {"Last-Modified": "Mon, 05 Jun 2023 07:00:00 GMT"}])
    def test_a_second_run_downloads_nothing(
        self, mark: dict[str, str], site: Site, corpus: Corpus, options: Settings
    ) -> None:
        site.pages["/1.txt"] = (200, mark, decision(1).encode())
        ingest([f"{site.url}/1.txt"], corpus, options)
        (again,) = ingest([f"{site.url}/1.txt"], corpus, options).files
        assert again.outcome == Outcome.UNCHANGED
        sent = site.asked[-1][1]
        assert mark.get("ETag") == sent.get("If-None-Match")
        assert mark.get("Last-Modified") == sent.get("If-Modified-Since")

    def test_what_changed_at_an_address_is_a_new_revision(
        self, site: Site, corpus: Corpus, options: Settings
    ) -> None:
        site.pages["/1.txt"] = (200, {"ETag": '"a"'}, decision(1).encode())
        ingest([f"{site.url}/1.txt"], corpus, options)
        site.pages["/1.txt"] = (200, {"ETag": '"b"'}, decision(1, rows=3).encode())
        (again,) = ingest([f"{site.url}/1.txt"], corpus, options).files
        assert again.outcome == Outcome.REVISED

    def test_the_same_bytes_without_a_mark_are_unchanged(
        self, site: Site, corpus: Corpus, options: Settings
    ) -> None:
        site.pages["/1.txt"] = (200, {}, decision(1).encode())
        ingest([f"{site.url}/1.txt"], corpus, options)
        (again,) = ingest([f"{site.url}/1.txt"], corpus, options).files
        assert again.outcome == Outcome.UNCHANGED

    def test_a_dead_address_is_listed_and_its_document_stays(
        self, site: Site, corpus: Corpus, options: Settings
    ) -> None:
        site.pages["/1.txt"] = (200, {}, decision(1).encode())
        ingest([f"{site.url}/1.txt"], corpus, options)
        del site.pages["/1.txt"]
        (failed,) = ingest([f"{site.url}/1.txt"], corpus, options).failed
        assert failed.code == "not_found"
        assert numbers(corpus) == ["01/QĐ-BNV"]

    def test_an_archive_at_an_address_gives_its_members(
        self, site: Site, corpus: Corpus, options: Settings
    ) -> None:
        site.pages["/a.zip"] = (200, {"ETag": '"a"'}, packed(mot=decision(1), hai=decision(2)))
        ingest([f"{site.url}/a.zip"], corpus, options)
        assert numbers(corpus) == ["01/QĐ-BNV", "02/QĐ-BNV"]
        again = ingest([f"{site.url}/a.zip"], corpus, options)
        assert again.count(Outcome.UNCHANGED) == 2
        site.pages["/a.zip"] = (200, {"ETag": '"b"'}, packed(mot=decision(1)))
        assert ingest([f"{site.url}/a.zip"], corpus, options).count("retired") == 1
        assert numbers(corpus) == ["01/QĐ-BNV"]


class TestTheOwnNetwork:
    @pytest.mark.parametrize(
        "address",
        ["127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",
         "240.0.0.1", "192.0.2.1", "::1", "::", "fe80::1", "fc00::1", "fec0::1", "ff02::1", "::ffff:10.0.0.1", "::127.0.0.1",
         "::ffff:127.0.0.1", "64:ff9b::a00:1", "2002:a00:1::", "2001:0:a00:1:0:0:f5ff:fffe"],
    )  # fmt: skip
    def test_addresses_that_are_not_public_are_known(self, address: str) -> None:
        assert not is_public(address)

    @pytest.mark.parametrize("address", ["8.8.8.8", "203.162.4.191", "2405:4800::1", "64:ff9b::808:808"])
    def test_public_addresses_are_known(self, address: str) -> None:
        assert is_public(address)

    @pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "2130706433", "0x7f000001", "127.1", "[::1]"])
    def test_it_is_not_reached_however_it_is_written(self, host: str, site: Site, options: Settings) -> None:
        closed = options.model_copy(update={"download_allow_private": False})
        port = site.url.rsplit(":", 1)[1]
        assert refused(at_address(f"http://{host}:{port}/1.txt").url, closed) in (
            "refused_address",
            "unreachable",
        )
        assert site.asked == []

    def test_the_default_is_closed(self) -> None:
        assert Settings().download_allow_private is False

    def test_the_connection_goes_to_the_address_that_was_checked(
        self, site: Site, options: Settings, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        site.pages["/1.txt"] = (200, {}, b"x")
        real, answers = socket.getaddrinfo, iter(["127.0.0.1", "127.0.0.1"])

        def resolver(host: object, *rest: object, **named: object) -> object:
            # a name that points elsewhere as soon as it was looked at
            return real(next(answers, "203.0.113.1") if host == "doi.example" else host, *rest, **named)  # type: ignore[arg-type]

        monkeypatch.setattr(socket, "getaddrinfo", resolver)
        port = site.url.rsplit(":", 1)[1]
        got = Downloader(options).fetch(f"http://doi.example:{port}/1.txt")
        assert got is not None and got.content == b"x"
        assert site.asked[-1][1]["Host"] == f"doi.example:{port}"


class TestRedirects:
    def test_they_are_followed_hop_by_hop(self, site: Site, options: Settings) -> None:
        site.pages["/a"] = (301, {"Location": "/b"}, b"")
        site.pages["/b"] = (302, {"Location": f"{site.url}/c.txt"}, b"")
        site.pages["/c.txt"] = (200, {}, b"van ban")
        got = Downloader(options).fetch(f"{site.url}/a")
        assert got is not None and (got.url, got.content) == (f"{site.url}/c.txt", b"van ban")

    def test_a_circle_ends(self, site: Site, options: Settings) -> None:
        site.pages["/a"] = (301, {"Location": "/a"}, b"")
        assert refused(f"{site.url}/a", options) == "http"
        assert site.paths().count("/a") < 10

    @pytest.mark.parametrize(
        "target", ["file:///etc/passwd", "ftp://example.org/a", "http://u:p@example.org/"]
    )
    def test_they_do_not_leave_the_web(self, target: str, site: Site, options: Settings) -> None:
        site.pages["/a"] = (302, {"Location": target}, b"")
        assert refused(f"{site.url}/a", options) == "refused_address"

    def test_every_hop_is_checked(
        self, site: Site, options: Settings, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        # the first hop counts as public here, the second is what a hostile site would like to reach
        import ingest.download

        site.pages["/a"] = (302, {"Location": "http://169.254.169.254/latest"}, b"")
        monkeypatch.setattr(ingest.download, "is_public", lambda ip: ip == "127.0.0.1" or is_public(ip))
        closed = options.model_copy(update={"download_allow_private": False})
        assert refused(f"{site.url}/a", closed) == "refused_address"


class TestLimits:
    def test_what_is_too_large_is_not_read_to_its_end(self, site: Site, options: Settings) -> None:
        site.pages["/a"] = (200, {}, b"x" * 300_000)
        site.pages["/b"] = (200, {"Transfer-Encoding": "identity", "Content-Length": ""}, b"x" * 300_000)
        small = options.model_copy(update={"read_max_bytes": 100_000})
        assert [refused(f"{site.url}/{name}", small) for name in "ab"] == ["too_large"] * 2

    def test_what_is_no_document_by_its_type_is_refused(self, site: Site, options: Settings) -> None:
        site.pages["/a"] = (200, {"Content-Type": "video/mp4"}, b"x")
        assert refused(f"{site.url}/a", options) == "content_type"

    def test_a_server_that_drips_is_given_up(self, site: Site, options: Settings) -> None:
        site.pages["/a"] = (200, {"Content-Length": "1000"}, b"")
        site.drip.add("/a")
        began = time.monotonic()
        assert refused(f"{site.url}/a", options.model_copy(update={"download_timeout_s": 3})) == "timeout"
        assert time.monotonic() - began < 60

    def test_a_server_that_drips_while_it_greets_is_given_up(self, options: Settings) -> None:
        with socket.create_server(("127.0.0.1", 0)) as server:

            def drip() -> None:
                line, _ = server.accept()
                with line, suppress(OSError):
                    line.sendall(b"\x16\x03\x03\x40\x00")
                    for _ in range(1200):
                        line.sendall(b"\x02")
                        time.sleep(0.1)

            thread = threading.Thread(target=drip)
            thread.start()
            began = time.monotonic()
            url = f"https://127.0.0.1:{server.getsockname()[1]}/a"
            assert refused(url, options.model_copy(update={"download_timeout_s": 3})) == "timeout"
            assert time.monotonic() - began < 60
            thread.join()

    def test_half_a_document_is_none(self, site: Site, options: Settings) -> None:
        site.pages["/a"] = (200, {"Content-Length": "1000"}, b"half")
        assert refused(f"{site.url}/a", options) == "unreachable"

    def test_a_server_that_is_not_there_is_named(self, options: Settings) -> None:
        with own_port() as port:
            assert refused(f"http://127.0.0.1:{port}/a", options) == "unreachable"

    @pytest.mark.parametrize(
        "url", ["https://", "http://a:b@example.org/", "http://[::1/", "http://example.org:99999/"]
    )
    def test_an_address_that_is_none_is_refused_before_anything_is_asked(
        self, url: str, corpus: Corpus, options: Settings
    ) -> None:
        with pytest.raises(IngestError, match="không phải địa chỉ"):
            ingest([url], corpus, options)


class TestManners:
    def test_what_robots_txt_forbids_is_not_asked_for_and_said(
        self, site: Site, corpus: Corpus, options: Settings
    ) -> None:
        site.pages["/robots.txt"] = (200, {}, f"User-agent: {AGENT}\nDisallow: /kin/\n".encode())
        site.pages["/kin/1.txt"] = (200, {}, decision(1).encode())
        site.pages["/mo/2.txt"] = (200, {}, decision(2).encode())
        report = ingest([f"{site.url}/kin/1.txt", f"{site.url}/mo/2.txt"], corpus, options)
        assert [one.code for one in report.failed] == ["robots"] and "robots.txt" in report.failed[0].reason
        assert numbers(corpus) == ["02/QĐ-BNV"]
        assert "/kin/1.txt" not in site.paths() and site.paths().count("/robots.txt") == 1

    def test_a_host_that_cannot_say_its_rules_is_left_alone(self, site: Site, options: Settings) -> None:
        site.pages["/robots.txt"] = (503, {}, b"")
        assert refused(f"{site.url}/1.txt", options) == "robots"

    def test_a_host_is_not_hurried(self, site: Site, options: Settings) -> None:
        site.pages["/1.txt"] = (200, {}, b"x")
        slow = Downloader(options.model_copy(update={"download_delay_s": 0.3}))
        began = time.monotonic()
        slow.fetch(f"{site.url}/1.txt")
        slow.fetch(f"{site.url}/1.txt")
        assert time.monotonic() - began >= 0.6  # three requests with robots.txt, two pauses
