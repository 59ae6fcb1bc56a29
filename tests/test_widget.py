"""Who may embed the widget, what its files are served with, and that its page of documentation is complete."""

import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from own_minute import within_a_minute
from web_server import KeywordDesk, running, small_corpus

import api
from settings import Settings, SettingsError, load_settings

STATIC = Path(api.__file__).parent / "static"
DOCS = Path(api.__file__).parents[1] / "docs" / "widget.md"
FILES = sorted(path.name for path in STATIC.glob("widget*.js"))
PORTAL, STRANGER = "https://xa.example.vn", "https://evil.example"
ASK = {"question": "Thời hạn trả kết quả là bao lâu?"}
PREFLIGHT = {
    "Access-Control-Request-Method": "POST",
    "Access-Control-Request-Headers": "content-type,x-cchc-session",
}


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KeywordDesk]:
    with small_corpus(tmp_path_factory.mktemp("corpus")) as corpus:
        yield KeywordDesk(corpus)


@pytest.fixture(scope="module")
def http(desk: KeywordDesk) -> Iterator[httpx.Client]:
    with (
        running(desk, Settings(widget_origins=(PORTAL,), rate_limit_per_minute=20)) as url,
        httpx.Client(base_url=url, timeout=60) as client,
    ):
        yield client


@pytest.mark.parametrize("path", ["/v1/ask", "/v1/feedback", "/v1/forget"])
def test_a_listed_site_is_let_in_by_the_preflight(http: httpx.Client, path: str) -> None:
    reply = http.options(path, headers={"Origin": PORTAL} | PREFLIGHT)
    assert reply.status_code == 200
    assert reply.headers["access-control-allow-origin"] == PORTAL
    assert "Origin" in reply.headers["vary"]
    assert "access-control-allow-credentials" not in reply.headers
    assert "x-cchc-session" in reply.headers["access-control-allow-headers"].lower()


@pytest.mark.parametrize("path", ["/v1/ask", "/v1/feedback", "/v1/forget", "/static/widget.js"])
@pytest.mark.parametrize("origin", [STRANGER, "null", PORTAL + ".evil.example", "http://xa.example.vn"])
def test_any_other_site_is_kept_out(http: httpx.Client, path: str, origin: str) -> None:
    reply = http.options(path, headers={"Origin": origin} | PREFLIGHT)
    assert reply.status_code == 400
    assert "access-control-allow-origin" not in reply.headers


def test_the_answer_is_readable_for_the_listed_site_alone(http: httpx.Client) -> None:
    listed = http.post("/v1/ask", json=ASK, headers={"Origin": PORTAL}, timeout=60)
    assert listed.headers["access-control-allow-origin"] == PORTAL
    assert "Retry-After" in listed.headers["access-control-expose-headers"]
    other = http.post("/v1/ask", json=ASK, headers={"Origin": STRANGER})
    assert "access-control-allow-origin" not in other.headers
    assert "Origin" in listed.headers["vary"] and "Origin" in other.headers["vary"]


def test_a_question_that_needs_no_preflight_is_not_answered(http: httpx.Client, desk: KeywordDesk) -> None:
    desk.asked.clear()
    simple = {"Origin": STRANGER, "Content-Type": "text/plain"}
    reply = http.post("/v1/ask", content=b'{"question": "x"}', headers=simple)
    assert reply.status_code == 422
    assert not desk.asked


def test_other_routes_stay_with_the_desks_own_pages(http: httpx.Client) -> None:
    for path in ("/v1/documents", "/", "/demo", "/static/chat.js"):
        assert "access-control-allow-origin" not in http.get(path, headers={"Origin": PORTAL}).headers


def test_without_a_list_nobody_else_is_let_in(desk: KeywordDesk) -> None:
    with running(desk, Settings()) as url:
        preflight = httpx.options(f"{url}/v1/ask", headers={"Origin": PORTAL} | PREFLIGHT)
        reply = httpx.post(f"{url}/v1/ask", json=ASK, headers={"Origin": PORTAL}, timeout=60)
    assert preflight.status_code == 400
    assert "access-control-allow-origin" not in preflight.headers
    assert "access-control-allow-origin" not in reply.headers


def test_being_told_to_wait_reaches_the_widget(desk: KeywordDesk) -> None:
    settings = Settings(widget_origins=(PORTAL,), rate_limit_per_minute=1)
    with running(desk, settings) as url:
        within_a_minute()
        replies = [
            httpx.post(f"{url}/v1/ask", json=ASK, headers={"Origin": PORTAL}, timeout=60) for _ in range(2)
        ]
    assert replies[1].status_code == 429
    assert replies[1].headers["access-control-allow-origin"] == PORTAL
    assert "Retry-After" in replies[1].headers["access-control-expose-headers"]


@pytest.mark.parametrize("name", [*FILES, "events.js"])
def test_the_files_of_the_widget_may_be_embedded(http: httpx.Client, name: str) -> None:
    reply = http.get(f"/static/{name}", headers={"Origin": PORTAL}, timeout=60)
    assert reply.headers["access-control-allow-origin"] == PORTAL
    assert reply.headers["content-type"].startswith("text/javascript")
    assert reply.headers.get("cross-origin-resource-policy", "cross-origin") == "cross-origin"
    if name in FILES:
        assert "Origin" in http.get(f"/static/{name}").headers["vary"]  # a cache must not mix them


def test_the_widget_is_small_and_loads_only_its_own_files() -> None:
    assert sum((STATIC / name).stat().st_size for name in FILES) < 50_000
    for name in FILES:
        text = (STATIC / name).read_text("utf-8")
        assert not re.search(
            r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|\.style\b", text
        )
        imported = re.findall(r'from "([^"]+)"', text)
        assert all(path.startswith("./widget-") or path == "./events.js" for path in imported)


def test_origins_are_read_as_a_browser_spells_them(monkeypatch: pytest.MonkeyPatch) -> None:
    spelled = "https://Xa.Example.vn/, http://localhost:8080 https://đồng.vn:443"
    monkeypatch.setenv("CCHC_WIDGET_ORIGINS", spelled)
    found = load_settings().widget_origins
    assert found == (PORTAL, "http://localhost:8080", "https://xn--ng-pma6851a.vn")


@pytest.mark.parametrize(
    "wrong", ["*", "https://*.vn", "xa.vn", "https://xa.vn/cong", "https://a@xa.vn", "null"]
)
def test_an_origin_that_is_none_is_an_error(monkeypatch: pytest.MonkeyPatch, wrong: str) -> None:
    monkeypatch.setenv("CCHC_WIDGET_ORIGINS", wrong)
    with pytest.raises(SettingsError, match="widget_origins"):
        load_settings()


def test_the_demo_portal_says_that_it_is_made_up_and_shows_the_tag(http: httpx.Client) -> None:
    page = http.get("/demo").text
    assert "không có thật" in page
    assert "&lt;cchc-help-desk&gt;" in page and f"{http.base_url}".rstrip("/") + "/static/widget.js" in page


def test_the_page_for_administrators_names_all_there_is_to_set() -> None:
    page = DOCS.read_text("utf-8")
    code = "\n".join((STATIC / name).read_text("utf-8") for name in FILES)
    variables = set(re.findall(r"var\((--cchc-[\w-]+)", code))
    parts = set(re.findall(r'part: "([\w-]+)"', code))
    attributes = set(re.findall(r'[gh]\w+Attribute\("([\w-]+)"', code)) - {"aria-label", "aria-busy"}
    assert variables and parts and attributes == {"lang", "open", "server", "as-of"}
    missing = {name for name in variables | parts | attributes if f"`{name}`" not in page}
    assert not missing
    assert set(re.findall(r"`(--cchc-[\w-]+)`", page)) == variables
