"""HTTP to a server that may be busy: a request waits as long as the server says, then is sent again.

Called by `evals.deployment` and `evals.judge`.
"""

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

import httpx

from evals.problem import EvalProblem

#: How often a request is sent at most while the server says that it is busy.
TRIES = 6
#: What a server may ask to be waited for at most, seconds; one that asks for more is asked again after this.
WAIT_MAX_S = 60.0
#: First pause where the server does not say how long; each further one is twice as long.
PAUSE_S = 1.0
#: A connection that is refused or breaks off is tried again this often.
RECONNECTS = 2
BUSY = (429, 503)

#: What is worth another connection. Not a read that times out: whoever is slow would only get the work twice.
_BROKEN = (httpx.NetworkError, httpx.RemoteProtocolError, httpx.ConnectTimeout)

#: Waits some seconds; a test brings its own.
Sleep = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class Delivered:
    response: httpx.Response
    ms: float  # of the try that was answered, to the last byte


def client_of(url: str, api_key: str, timeout_s: float) -> httpx.Client:
    """A client for the paths under `url`, with the key as a bearer token. Raises `EvalProblem` for no address."""
    headers = {"Authorization": f"Bearer {api_key}"} if api_key else {}
    shown(url)
    try:
        # a proxy of the environment would be measured too
        return httpx.Client(base_url=url, headers=headers, timeout=timeout_s, trust_env=False)
    except (httpx.InvalidURL, UnicodeEncodeError) as error:  # a key is ASCII
        raise EvalProblem(f"Địa chỉ {shown(url)} hoặc khóa đi với nó có ký tự không dùng được.") from error


def shown(url: str) -> str:
    """The address as it may be shown: without a password. Raises `EvalProblem` where it is none."""
    with suppress(ValueError):
        parts = urlsplit(url)
        if parts.scheme in ("http", "https") and parts.hostname and parts.port != 0:
            return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl().rstrip("/")
    raise EvalProblem(
        f"“{url}” không phải địa chỉ web. Hãy viết dạng http://máy:cổng hoặc https://máy/đường-dẫn."
    )


def reason(error: httpx.HTTPError) -> str:
    """Why nothing answered, for people."""
    if isinstance(error, httpx.TimeoutException):
        return "quá thời gian chờ"
    return str(error) or type(error).__name__


def deliver(client: httpx.Client, request: httpx.Request, sleep: Sleep = time.sleep) -> Delivered:
    """The response to a request, whatever its status; a busy one (429, 503) only after the last try.

    The request must have its content in memory. Raises `httpx.HTTPError` where nothing answers.
    """
    broken = 0
    for attempt in range(TRIES):
        started = time.perf_counter()
        try:
            response = client.send(request)
        except _BROKEN:
            broken += 1
            if broken > RECONNECTS or attempt == TRIES - 1:
                raise
            sleep(PAUSE_S * broken)
            continue
        delivered = Delivered(response, (time.perf_counter() - started) * 1000)
        if response.status_code not in BUSY or attempt == TRIES - 1:
            break
        sleep(_wait_s(response.headers, attempt))
    return delivered


def _wait_s(headers: httpx.Headers, attempt: int) -> float:
    """What Retry-After asks for, in seconds or as a day and time; a growing pause where it says nothing usable."""
    asked = headers.get("retry-after", "").strip()
    wait: float = PAUSE_S * 2.0**attempt
    if asked.isdigit():
        wait = float(asked)
    elif until := _moment(asked):
        # by the server's own clock where it tells: ours may be off
        wait = (until - (_moment(headers.get("date", "")) or datetime.now(UTC))).total_seconds()
    return min(max(wait, 0.0), WAIT_MAX_S)


def _moment(text: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
