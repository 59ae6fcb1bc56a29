"""Who may ask how often over HTTP: by address, web session, API key; behind a proxy; counted by several processes."""

import logging
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import ClassVar

import httpx
import pytest
from limits.storage import MemoryStorage
from own_minute import within_a_minute
from web_server import KeywordDesk, running, small_corpus

from bot.quota import Quota
from settings import Settings, SettingsError, load_settings

ASK = {"question": "Thời hạn trả kết quả là bao lâu?"}
KEYS = "khoa-cua-cong-dich-vu, khoa-cua-so-noi-vu"


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KeywordDesk]:
    with small_corpus(tmp_path_factory.mktemp("corpus")) as corpus:
        yield KeywordDesk(corpus)


@pytest.fixture(autouse=True)
def _within_a_minute() -> None:
    within_a_minute()


@contextmanager
def serving(desk: KeywordDesk, **settings: object) -> Iterator[httpx.Client]:
    desk.asked.clear()
    with (
        running(desk, Settings.model_validate(settings)) as url,
        httpx.Client(base_url=url, timeout=60) as http,
    ):
        yield http


def statuses(http: httpx.Client, times: int, headers: dict[str, str] | None = None) -> list[int]:
    return [http.post("/v1/ask", json=ASK, headers=headers).status_code for _ in range(times)]


def test_no_more_questions_a_minute_than_allowed(desk: KeywordDesk) -> None:
    with serving(desk, rate_limit_per_minute=2) as http:
        replies = [http.post("/v1/ask", json=ASK) for _ in range(3)]
        assert [reply.status_code for reply in replies] == [200, 200, 429]
        assert [reply.headers["ratelimit-remaining"] for reply in replies] == ["1", "0", "0"]
        assert all(reply.headers["ratelimit-limit"] == "2" for reply in replies)
        assert all(reply.headers["ratelimit-policy"] == "2;w=60" for reply in replies)
        assert all(0 < int(reply.headers["ratelimit-reset"]) <= 120 for reply in replies)
        assert 0 < int(replies[2].headers["retry-after"]) <= 60
        assert replies[2].json()["error"]["code"] == "rate_limited"
        assert http.get("/v1/documents").status_code == 200
    assert len(desk.asked) == 2


def test_a_stream_carries_the_headers_and_is_counted_too(desk: KeywordDesk) -> None:
    with serving(desk, rate_limit_per_minute=1) as http:
        events = {"Accept": "text/event-stream"}
        assert http.post("/v1/ask", json=ASK, headers=events).headers["ratelimit-remaining"] == "0"
        assert http.post("/v1/ask", json=ASK, headers=events).status_code == 429


def test_without_a_limit_no_limit_headers_are_sent(desk: KeywordDesk) -> None:
    with serving(desk) as http:
        reply = http.post("/v1/ask", json=ASK)
        assert reply.status_code == 200
        assert not [name for name in reply.headers if name.startswith("ratelimit")]


def test_sessions_of_one_office_have_a_limit_each_and_the_office_one_for_all(desk: KeywordDesk) -> None:
    with serving(desk, rate_limit_per_minute=2, rate_limit_per_address=5) as http:
        assert statuses(http, 3, {"X-CCHC-Session": "an" * 16}) == [200, 200, 429]
        assert statuses(http, 2, {"X-CCHC-Session": "binh" * 8}) == [200, 200]
        assert statuses(http, 2, {"X-CCHC-Session": "chi" * 10}) == [200, 429]


def test_a_new_session_for_every_question_does_not_get_round_the_limit(desk: KeywordDesk) -> None:
    with serving(desk, rate_limit_per_minute=3) as http:
        seen = [statuses(http, 1, {"X-CCHC-Session": f"phien-cua-nguoi-hoi-thu-{n}"})[0] for n in range(5)]
    assert seen == [200, 200, 200, 429, 429]


@pytest.mark.parametrize("header", ["Authorization", "X-API-Key"])
def test_a_caller_with_a_key_has_its_own_higher_limit(desk: KeywordDesk, header: str) -> None:
    prefix = "Bearer " if header == "Authorization" else ""
    one, other = ({header: prefix + key} for key in KEYS.split(", "))
    with serving(desk, rate_limit_per_minute=1, rate_limit_per_key=4, api_keys=KEYS) as http:
        assert statuses(http, 2) == [200, 429]
        assert statuses(http, 5, one) == [200] * 4 + [429]
        assert statuses(http, 1, other) == [200]
        assert http.post("/v1/ask", json=ASK, headers=other).headers["ratelimit-limit"] == "4"


def test_a_wrong_key_is_a_401_and_guessing_ends_at_the_limit_of_the_address(desk: KeywordDesk) -> None:
    with serving(desk, rate_limit_per_minute=2, api_keys=KEYS) as http:
        for wrong in ("khoa-cua-cong-dich-v", "khóa"):
            reply = http.post("/v1/ask", json=ASK, headers={"X-API-Key": wrong.encode()})  # type: ignore[dict-item]
            assert reply.status_code == 401 and reply.json()["error"]["code"] == "wrong_key"
            assert reply.headers["www-authenticate"] == "Bearer"
        assert statuses(http, 1, {"X-API-Key": "x"}) == [429]
    assert not desk.asked


def test_a_password_for_the_proxy_is_not_taken_for_a_key(desk: KeywordDesk) -> None:
    with serving(desk, api_keys=KEYS) as http:
        assert statuses(http, 1, {"Authorization": "Basic YTpi"}) == [200]


def test_keys_are_never_shown_nor_logged(
    desk: KeywordDesk, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("CCHC_API_KEYS", KEYS)
    monkeypatch.setenv("CCHC_RATE_LIMIT_STORAGE", "redis://:bi-mat@localhost")
    settings = load_settings()
    assert [key.get_secret_value() for key in settings.api_keys] == KEYS.split(", ")
    shown = repr(settings) + str(settings) + settings.model_dump_json()
    assert "khoa-cua" not in shown and "bi-mat" not in shown
    with caplog.at_level(logging.DEBUG), serving(desk, rate_limit_per_minute=1, api_keys=KEYS) as http:
        statuses(http, 2, {"X-API-Key": "khoa-cua-so-noi-vu"})
        statuses(http, 1, {"X-API-Key": "khoa-cua-ai"})
    assert "khoa-cua" not in caplog.text


def test_only_a_trusted_proxy_says_who_asks(desk: KeywordDesk) -> None:
    def of(address: str) -> dict[str, str]:
        return {"X-Forwarded-For": address}

    with serving(desk, rate_limit_per_minute=1) as http:
        assert statuses(http, 1, of("203.0.113.1")) + statuses(http, 1, of("203.0.113.2")) == [200, 429]
    with serving(desk, rate_limit_per_minute=1, trusted_proxies="10.0.0.0/8, 127.0.0.1") as http:
        assert statuses(http, 1, of("203.0.113.1")) + statuses(http, 1, of("203.0.113.2")) == [200, 200]
        # what the client wrote itself stands before what the proxies added
        assert statuses(http, 1, of("198.51.100.9, 203.0.113.2, 10.1.2.3")) == [429]


@pytest.mark.parametrize("proxies", ["*", "nginx", "10.0.0.0/99"])
def test_a_proxy_that_is_no_address_is_refused(monkeypatch: pytest.MonkeyPatch, proxies: str) -> None:
    monkeypatch.setenv("CCHC_TRUSTED_PROXIES", proxies)
    with pytest.raises(SettingsError, match="trusted_proxies"):
        load_settings()


def test_addresses_of_one_ipv6_subscriber_count_as_one() -> None:
    quota = Quota(Settings(rate_limit_per_minute=1))
    seen = [quota.of_person("web", "", f"2001:db8:1:2::{n}") for n in range(2)]
    assert [one and one.allowed for one in seen] == [True, False]
    other = quota.of_person("web", "", "2001:db8:1:3::1")
    assert other and other.allowed


def test_people_of_a_channel_are_counted_each_and_apart_from_other_channels() -> None:
    quota = Quota(Settings(rate_limit_per_minute=1))
    asked = [("telegram", "7"), ("telegram", "7"), ("telegram", "8"), ("zalo-oa", "7")]
    seen = [quota.of_person(channel, person) for channel, person in asked]
    assert [one and one.allowed for one in seen] == [True, False, True, True]


class SharedStore(MemoryStorage):
    """A store that several desks of this process share, as several processes share a Redis."""

    STORAGE_SCHEME: ClassVar = ["shared-by-test"]
    held = MemoryStorage()

    def __init__(self, uri: str | None = None, wrap_exceptions: bool = False, **_: str) -> None:
        super().__init__(uri, wrap_exceptions)
        self.storage, self.expirations = self.held.storage, self.held.expirations


class BrokenStore(MemoryStorage):
    STORAGE_SCHEME: ClassVar = ["broken-in-test"]
    asked: ClassVar[Counter[str]] = Counter()

    @property
    def base_exceptions(self) -> type[Exception]:
        return ConnectionError

    def acquire_sliding_window_entry(self, key: str, *_: int) -> bool:
        self.asked[key] += 1
        raise ConnectionError("redis://:bi-mat@may")


def test_processes_with_one_store_count_together(desk: KeywordDesk) -> None:
    shared = {"rate_limit_per_minute": 3, "rate_limit_storage": "shared-by-test://"}
    with serving(desk, **shared) as one, serving(desk, **shared) as other:
        assert statuses(one, 2) + statuses(other, 2) == [200, 200, 200, 429]
    apart = {"rate_limit_per_minute": 3}
    with serving(desk, **apart) as one, serving(desk, **apart) as other:
        assert statuses(one, 2) + statuses(other, 2) == [200] * 4


def test_a_store_that_fails_stops_nobody_and_the_process_counts_alone(
    desk: KeywordDesk, caplog: pytest.LogCaptureFixture
) -> None:
    with serving(desk, rate_limit_per_minute=2, rate_limit_storage="broken-in-test://") as http:
        assert statuses(http, 3) == [200, 200, 429]
    assert BrokenStore.asked.total() == 1, "a store that fails is left alone for a while"
    assert "counting here" in caplog.text and "bi-mat" not in caplog.text


@pytest.mark.parametrize("uri", ["rediss", "nowhere://may"])
def test_a_store_that_cannot_be_is_a_message_that_says_what_to_install(uri: str) -> None:
    settings = Settings.model_validate({"rate_limit_per_minute": 1, "rate_limit_storage": uri})
    with pytest.raises(SettingsError, match=r"CCHC_RATE_LIMIT_STORAGE.*redis"):
        Quota(settings)


def test_counting_a_crowd_of_addresses_keeps_nothing_after_its_time() -> None:
    quota = Quota(Settings(rate_limit_per_minute=5))
    for n in range(300):
        quota.of_person("web", "", f"10.0.{n // 250}.{n % 250}")
    store = quota._own.storage
    assert isinstance(store, MemoryStorage)
    assert not store.events, "a list of moments for every address is never dropped"
    assert 0 < len(store.expirations) <= 600
