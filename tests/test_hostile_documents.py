"""Documents and questions that were written to do harm stay text, on every page and in every reply there is.

The walk takes its routes from the app itself: a route that is added is walked, or the test says what it lacks.
"""

import contextlib
import json
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, unquote

import httpx
import pytest
from bs4 import BeautifulSoup
from fastapi import FastAPI
from fastapi.routing import APIRoute
from held_people import people_in
from hostile_desk import ATTACKS, QUESTIONS, hostile_desk
from web_server import running

from api.app import create_app
from bot.desk import HelpDesk
from corpus.validity import today

#: Addresses a page may name: of this server, of a place on the page, of a person's mail or telephone, or of the web.
_PLAIN_ADDRESS = re.compile(r"(/(?!/)|#|\?|mailto:|tel:|https?://)|$")
_ADDRESSES = ("href", "src", "action", "formaction", "data", "poster", "srcset", "xlink:href")


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HelpDesk]:
    with hostile_desk(tmp_path_factory.mktemp("hostile")) as desk:
        yield desk


@pytest.fixture(scope="module")
def http(desk: HelpDesk) -> Iterator[httpx.Client]:
    with running(desk, desk.settings) as url, httpx.Client(base_url=url, timeout=60) as client:
        yield client


def routes_of(app: FastAPI) -> list[APIRoute]:
    """Every route of the app, also those of included routers."""
    found: list[APIRoute] = []
    waiting = list(app.routes)
    while waiting:
        route = waiting.pop()
        if isinstance(route, APIRoute):
            found.append(route)
        else:
            inner = getattr(route, "original_router", None)
            waiting += list(inner.routes) if inner is not None else []
    return found


def places(desk: HelpDesk) -> dict[str, list[str]]:
    """What can stand in the path of a route, by the name of the parameter: what is held, and what is not."""
    ids = [one.id for one in desk.corpus.documents(on=today())]
    paths = sorted({one.path for id in ids for one in desk.corpus.provisions(id)})
    return {"id": [*ids, *ATTACKS], "path": [*paths, *ATTACKS]}


def urls(desk: HelpDesk, route: APIRoute) -> Iterator[str]:
    """The route with every value of each of its parameters, and each parameter of its query with every attack."""
    known = places(desk)
    unknown = [one.name for one in route.dependant.path_params if one.name not in known]
    assert not unknown, f"{route.path}: give values for {unknown} in places()"
    filled = [route.path]
    for one in route.dependant.path_params:
        values = [quote(value, safe="") for value in known[one.name]]
        # {name}, or {name:path} where it may hold slashes
        place = re.compile(r"\{" + one.name + r"(:\w+)?\}")
        filled = [place.sub(lambda _, value=value: value, url) for url in filled for value in values]
    yield from filled
    for name in query_names(route):
        for value in ATTACKS:
            yield f"{filled[0]}?{quote(name)}={quote(value[:190])}"


def query_names(route: APIRoute) -> set[str]:
    found, waiting = set(), [route.dependant]
    while waiting:
        one = waiting.pop()
        found |= {parameter.alias for parameter in one.query_params}
        waiting += one.dependencies
    return found


def check_headers(reply: httpx.Response) -> None:
    assert reply.headers["x-content-type-options"] == "nosniff"
    assert "default-src" in reply.headers["content-security-policy"]
    assert "set-cookie" not in reply.headers


def check_page(page: str, url: str) -> None:
    """Nothing of the page runs or loads but what the server's own files say."""
    soup = BeautifulSoup(page, "html.parser")
    for script in soup.find_all("script"):
        assert not script.get_text(strip=True), url
    for tag in soup.find_all(True):
        assert not [name for name in tag.attrs if name.lower().startswith("on")], (url, tag.name)
        for name in _ADDRESSES:
            address = str(tag.get(name, "")).strip()
            assert _PLAIN_ADDRESS.match(address.lower()), (url, tag.name, address)
            loads = name != "href" or tag.name == "link"
            assert not (loads and address.startswith("http")), (url, tag.name, address)
        # the frame beside the conversation is empty until its script opens a document of the desk in it
        own_frame = tag.name == "iframe" and not tag.get("src") and not tag.get("srcdoc")
        assert own_frame or tag.name not in ("iframe", "object", "embed", "base"), (url, tag.name)
        assert tag.get("src") != "x", url
        assert not (tag.name == "meta" and tag.get("http-equiv")), url
    assert "49${" not in page, "a template was run"


def check(reply: httpx.Response) -> None:
    """The reply is of a kind that a browser does not run, or a page that holds nothing of its own to run."""
    url = str(reply.url)[:200]
    assert reply.status_code < 500, (url, reply.text[:300])
    assert "Traceback" not in reply.text, url
    check_headers(reply)
    kind = reply.headers.get("content-type", "").split(";")[0]
    if "content-disposition" in reply.headers:
        assert reply.headers["content-disposition"].startswith("attachment"), url
        assert "sandbox" in reply.headers["content-security-policy"], url
    elif kind == "text/html":
        check_page(reply.text, url)
    elif kind == "text/event-stream":
        assert "<script>" not in re.sub(r"(?m)^data: .*$", "", reply.text), url
    elif kind in ("text/csv", "text/plain"):
        pass  # nosniff: never run
    elif reply.content:
        assert kind == "application/json", (url, kind)
        json.loads(reply.text)


@pytest.mark.parametrize("accept", ["text/html", "application/json"])
def test_hostile_documents_stay_text_on_every_route(
    http: httpx.Client, desk: HelpDesk, accept: str, tmp_path: Path
) -> None:
    with contextlib.closing(people_in(tmp_path)) as people:
        app = create_app(desk, desk.settings, people)
    routes = [route for route in routes_of(app) if "GET" in route.methods]
    assert {"/", "/documents/{id}", "/v1/documents/{id}/source"} <= {route.path for route in routes}
    walked = 0
    for route in routes:
        for url in urls(desk, route):
            check(http.get(url, headers={"Accept": accept}))
            walked += 1
    assert walked > 100


def test_kept_answers_to_hostile_questions_are_text(http: httpx.Client) -> None:
    for attack in ATTACKS:
        if kept := http.post("/v1/ask", json={"question": f"{attack} là gì?"[:1500]}).json().get("id"):
            page = http.get(f"/a/{kept}", headers={"Accept": "text/html"})
            assert page.status_code == 200
            check(page)


def test_the_documents_of_the_walk_are_as_hostile_as_they_were_written(
    http: httpx.Client, desk: HelpDesk
) -> None:
    items = http.get("/v1/documents").json()["items"]
    assert len(items) == 4
    held = json.dumps([items, *(http.get(f"/v1{item['url']}/text").json() for item in items)])
    for attack in (
        "<script>alert(1)",
        "onerror=",
        "onfocus=alert(3)",
        "javascript:alert(4)",
        "onload=alert(5)",
    ):
        assert attack in held, attack


@pytest.mark.parametrize("question", [*QUESTIONS, *ATTACKS])
def test_hostile_questions_are_answered_as_data(http: httpx.Client, question: str) -> None:
    for accept in ("application/json", "text/event-stream"):
        body = {"question": question[:2000], "history": [question[:500]]}
        reply = http.post("/v1/ask", json=body, headers={"Accept": accept})
        check(reply)
        assert reply.status_code == 200
        assert reply.headers["content-type"].startswith(accept)


def test_places_cited_from_hostile_documents_open_as_harmless_pages(http: httpx.Client) -> None:
    cited = [
        citation["url"]
        for question in QUESTIONS
        for citation in http.post("/v1/ask", json={"question": question}).json()["citations"]
    ]
    assert cited
    for url in cited:
        assert url.startswith("/documents/")
        check(http.get(url, headers={"Accept": "text/html"}))


def test_the_original_of_a_hostile_document_is_saved_and_never_opened_as_a_page(http: httpx.Client) -> None:
    for item in http.get("/v1/documents").json()["items"]:
        reply = http.get(f"/v1{item['url']}/source")
        assert reply.headers["content-disposition"].startswith("attachment; filename*=UTF-8''")
        assert not re.search(r"[\r\n<>\"']", reply.headers["content-disposition"].split("''", 1)[1])
        name = unquote(reply.headers["content-disposition"].split("''", 1)[1])
        assert name.isprintable(), "a name that reads backwards hides what kind of file it is"
