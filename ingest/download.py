"""Documents from the web, fetched politely and without reaching into the office's own network. Called by the pipeline.

Redirects are followed by hand. At every hop all addresses of the host must be public, and the connection goes to an
address that was checked, so that a name cannot point elsewhere a moment later.
"""

import http.client
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from urllib.parse import urljoin, urlsplit
from urllib.robotparser import RobotFileParser

from ingest.reading import ReadFailure
from ingest.source import IngestError, at_address
from settings import Settings

AGENT = "cchc-help-desk"
_HEADERS = {"User-Agent": f"{AGENT}/0.1 (document reader)", "Accept": "*/*", "Accept-Encoding": "identity"}
_MAX_HOPS = 6
_REDIRECTS = (301, 302, 303, 307, 308)
#: Longest time without a byte, seconds.
_SILENCE_S = 20.0
_ROBOTS_MAX = 500_000  # bytes; more is not read
#: A site may ask for longer pauses between requests, up to this many seconds.
_MAX_DELAY_S = 30.0
#: Families and types that documents come as; servers that do not know say octet-stream.
_TYPES = (
    "text/", "image/", "application/pdf", "application/msword", "application/vnd.openxmlformats-officedocument",
    "application/vnd.ms-", "application/vnd.oasis.opendocument", "application/rtf", "application/xhtml+xml",
    "application/zip", "application/x-zip", "application/octet-stream", "binary/octet-stream",
    "application/force-download", "application/download", "application/x-download",
)  # fmt: skip
_NAT64 = ipaddress.ip_network("64:ff9b::/96")


@dataclass(frozen=True, slots=True)
class Download:
    """A document as a server gave it."""

    url: str  # where it was found in the end
    content: bytes
    etag: str
    mtime_ns: int  # Last-Modified; 0: not told


class Downloader:
    """Fetches one address after the other; keeps each host's robots.txt and the time of the last request."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._robots: dict[str, RobotFileParser] = {}
        self._asked: dict[str, float] = {}

    def fetch(self, url: str, etag: str = "", mtime_ns: int = 0) -> Download | None:
        """The document at an address; None where it is still the one with this entity tag or time.

        Raises `ReadFailure`: refused_address, robots, content_type, too_large, timeout, unreachable, not_found, http.
        """
        asked = dict(_HEADERS)
        if etag:
            asked["If-None-Match"] = etag
        if mtime_ns:
            when = datetime.fromtimestamp(mtime_ns // 1_000_000_000, UTC)
            asked["If-Modified-Since"] = format_datetime(when, usegmt=True)
        for _ in range(_MAX_HOPS):
            self._ask_robots(url)
            with self._answer(url, asked) as answer:
                if answer.status == 304 and (etag or mtime_ns):
                    return None
                if answer.status not in _REDIRECTS:
                    return self._download(url, answer)
                url = _next(url, answer)
        raise ReadFailure(
            "http", f"Địa chỉ chuyển hướng quá {_MAX_HOPS} lần nên đã dừng; hãy dùng địa chỉ cuối cùng."
        )

    def _download(self, url: str, answer: http.client.HTTPResponse) -> Download:
        if answer.status in (404, 410):
            raise ReadFailure(
                "not_found", "Trang web báo không còn văn bản ở địa chỉ này; hãy tìm địa chỉ mới."
            )
        if answer.status != 200:
            raise ReadFailure(
                "http",
                f"Trang web từ chối hoặc báo lỗi (HTTP {answer.status}); hãy thử lại sau: cchc ingest --retry",
            )
        kind = (answer.headers.get("Content-Type") or "").partition(";")[0].strip().lower()
        if kind and not kind.startswith(_TYPES):
            raise ReadFailure(
                "content_type",
                f"Địa chỉ trả về loại tệp “{kind[:60]}”, không phải văn bản; hãy kiểm tra lại địa chỉ.",
            )
        if (answer.headers.get("Content-Encoding") or "identity").strip().lower() != "identity":
            raise ReadFailure("http", "Trang web gửi nội dung nén sai yêu cầu; hãy tải tệp về máy rồi nạp.")
        content = _content(answer, self._settings.read_max_bytes)
        return Download(url, content, (answer.headers.get("ETag") or "")[:500], _modified(answer))

    def _ask_robots(self, url: str) -> None:
        parts = urlsplit(url)
        origin = f"{parts.scheme}://{parts.netloc}"
        if origin not in self._robots:
            self._robots[origin] = self._read_robots(f"{origin}/robots.txt")
        if not self._robots[origin].can_fetch(AGENT, url):
            raise ReadFailure(
                "robots",
                f"robots.txt của {parts.hostname} không cho chương trình tải địa chỉ này; hãy tải bằng trình duyệt rồi "
                "nạp tệp.",
            )

    def _read_robots(self, url: str) -> RobotFileParser:
        """The rules of a host: none where it has no such file, all closed where it cannot say now (RFC 9309)."""
        rules = RobotFileParser(url)
        for _ in range(_MAX_HOPS):
            with self._answer(url, _HEADERS) as answer:
                if answer.status in _REDIRECTS:
                    url = _next(url, answer)
                    continue
                if answer.status >= 500:
                    raise ReadFailure(
                        "robots", f"Chưa đọc được {url} (HTTP {answer.status}); hãy thử lại sau."
                    )
                text = answer.read(_ROBOTS_MAX) if answer.status == 200 else b""
                rules.parse(text.decode("utf-8", "replace").splitlines())
                return rules
        rules.parse([])
        return rules

    @contextmanager
    def _answer(self, url: str, headers: dict[str, str]) -> Iterator[http.client.HTTPResponse]:
        """The answer to one request, without following anything."""
        address = _checked(url, self._settings.download_allow_private)
        self._wait(url)
        connection = _connection(url, address)
        late = threading.Event()
        line: list[socket.socket] = []  # the connection forgets its socket once the answer has it

        def cut() -> None:  # a server that drips a byte at a time never falls silent
            late.set()
            with suppress(OSError):
                for one in line or filter(None, [connection.sock]):
                    one.shutdown(socket.SHUT_RDWR)

        timer = threading.Timer(self._settings.download_timeout_s, cut)
        timer.daemon = True
        timer.start()
        try:
            connection.connect()
            line.append(connection.sock)
            parts = urlsplit(url)
            target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
            connection.request("GET", target, headers=headers)
            answer = connection.getresponse()
            with answer:
                yield answer
            if late.is_set():
                raise TimeoutError
        except (OSError, http.client.HTTPException) as error:
            host = urlsplit(url).hostname
            if late.is_set() or isinstance(error, TimeoutError):
                reason = f"{host} trả lời quá chậm nên đã dừng; hãy thử lại sau: cchc ingest --retry"
                raise ReadFailure("timeout", reason) from None
            reason = (
                f"Không kết nối được {host}; hãy kiểm tra mạng và địa chỉ rồi chạy lại: cchc ingest --retry"
            )
            raise ReadFailure("unreachable", reason) from None
        finally:
            timer.cancel()
            connection.close()

    def _wait(self, url: str) -> None:
        """Leave a host alone for the delay set, or the longer one it asks for."""
        parts = urlsplit(url)
        rules = self._robots.get(f"{parts.scheme}://{parts.netloc}")
        wished = float(rules.crawl_delay(AGENT) or 0) if rules else 0.0
        delay = max(self._settings.download_delay_s, min(wished, _MAX_DELAY_S))
        since = time.monotonic() - self._asked.get(parts.netloc, -delay)
        if since < delay:
            time.sleep(delay - since)
        self._asked[parts.netloc] = time.monotonic()


class _PinnedHTTP(http.client.HTTPConnection):
    """A connection to an address that was checked, under the name that was asked for."""

    address = ""

    def connect(self) -> None:
        self.sock = socket.create_connection((self.address, self.port), self.timeout)


class _PinnedHTTPS(http.client.HTTPSConnection):
    address = ""

    def connect(self) -> None:
        plain = socket.create_connection((self.address, self.port), self.timeout)
        secure = ssl.create_default_context().wrap_socket(
            plain, server_hostname=self.host, do_handshake_on_connect=False
        )
        self.sock = secure  # known before the handshake, which may drip too and has to be cut off then
        secure.do_handshake()


def _connection(url: str, address: str) -> _PinnedHTTP | _PinnedHTTPS:
    parts = urlsplit(url)
    kind = _PinnedHTTPS if parts.scheme == "https" else _PinnedHTTP
    connection = kind(parts.hostname or "", parts.port, timeout=_SILENCE_S)
    connection.address = address
    return connection


def _checked(url: str, allow_private: bool) -> str:
    """One of the addresses of a URL's host, all of them public. Raises `ReadFailure`."""
    parts = urlsplit(url)
    try:
        port = parts.port or (443 if parts.scheme == "https" else 80)
        found = socket.getaddrinfo(parts.hostname, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError, ValueError):
        raise ReadFailure(
            "unreachable", f"Không tìm thấy máy chủ {parts.hostname}; hãy kiểm tra địa chỉ và mạng."
        ) from None
    addresses = [str(entry[4][0]).partition("%")[0] for entry in found]
    if not allow_private and not all(is_public(one) for one in addresses):
        raise ReadFailure(
            "refused_address",
            f"{parts.hostname} trỏ vào mạng nội bộ nên không tải; hãy tải tệp về máy rồi nạp từ thư mục.",
        )
    return addresses[0]


def is_public(address: str) -> bool:
    """Whether an IP address belongs to the open internet; one inside another (IPv4 in IPv6) counts by the inner one."""
    ip = ipaddress.ip_address(address)
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if inner is None and ip in _NAT64:
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(str(inner))
        if ip.is_site_local or int(ip) >> 32 == 0:  # ::a.b.c.d, the old form of IPv4 in IPv6
            return False
    return ip.is_global and not (
        ip.is_multicast or ip.is_reserved or ip.is_loopback or ip.is_link_local or ip.is_unspecified
    )


def _next(url: str, answer: http.client.HTTPResponse) -> str:
    """Where a redirect leads, in our spelling. Raises `ReadFailure` unless it is http or https."""
    target = urljoin(url, answer.headers.get("Location") or "")
    try:
        if urlsplit(target).scheme not in ("http", "https"):
            raise IngestError(target)
        return at_address(target).url
    except (IngestError, ValueError):
        raise ReadFailure(
            "refused_address", "Địa chỉ chuyển hướng sang nơi không tải được (không phải http hay https)."
        ) from None


def _content(answer: http.client.HTTPResponse, limit: int) -> bytes:
    """The body. Raises `ReadFailure` as soon as it is, or says that it will be, larger than the limit."""
    told = answer.headers.get("Content-Length") or ""
    parts: list[bytes] = []
    size = int(told) if told.isdigit() else 0
    got = 0
    while size <= limit:
        part = answer.read1(1 << 16)
        if not part:
            if told.isdigit() and got < size:
                raise http.client.IncompleteRead(b"", size - got)
            return b"".join(parts)
        parts.append(part)
        got += len(part)
        size = max(size, got)
    raise ReadFailure(
        "too_large",
        f"Tệp lớn hơn giới hạn {limit / 1_000_000:.0f} MB (đặt lại bằng CCHC_READ_MAX_BYTES).",
    )


def _modified(answer: http.client.HTTPResponse) -> int:
    try:
        when = parsedate_to_datetime(answer.headers.get("Last-Modified") or "")
        return int(when.timestamp()) * 1_000_000_000
    except (ValueError, TypeError, OverflowError):
        return 0
