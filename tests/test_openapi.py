"""The description of the API is complete enough to write a client from, and tells the truth."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from web_server import KeywordDesk, running, small_corpus

from settings import Settings

ROUTES = {
    ("/v1/ask", "post"): {"200", "400", "401", "408", "413", "422", "429", "500", "503"},
    ("/v1/feedback", "post"): {"204", "400", "401", "404", "408", "413", "422", "429"},
    ("/v1/forget", "post"): {"200", "401", "422", "429"},
    ("/v1/documents", "get"): {"200", "422"},
    ("/v1/documents/{id}", "get"): {"200", "404", "422"},
    ("/v1/documents/{id}/provisions/{path}", "get"): {"200", "404", "422"},
    ("/v1/documents/{id}/text", "get"): {"200", "404", "422"},
    ("/v1/documents/{id}/source", "get"): {"200", "404", "422"},
    **{
        (f"/webhooks/{name}", "post"): {"200", "400", "401", "404", "413", "503"}
        for name in ("telegram", "zalo-oa", "zalo-bot")
    },
    ("/health/live", "get"): {"200"},
    ("/health/ready", "get"): {"200", "503"},
}


@pytest.fixture(scope="module")
def http(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    with (
        small_corpus(tmp_path_factory.mktemp("corpus")) as corpus,
        running(KeywordDesk(corpus), Settings()) as url,
        httpx.Client(base_url=url, timeout=60) as client,
    ):
        yield client


@pytest.fixture(scope="module")
def schema(http: httpx.Client) -> dict[str, Any]:
    found: dict[str, Any] = http.get("/openapi.json").json()
    return found


def test_every_route_is_described_with_a_summary_and_its_statuses(schema: dict[str, Any]) -> None:
    described = {
        (path, method): set(operation["responses"])
        for path, methods in schema["paths"].items()
        for method, operation in methods.items()
    }
    assert described == ROUTES
    assert schema["info"]["version"] == "1"
    assert all(op["summary"] for methods in schema["paths"].values() for op in methods.values())


def test_every_error_has_the_one_shape(schema: dict[str, Any]) -> None:
    for methods in schema["paths"].values():
        for operation in methods.values():
            for status, response in operation["responses"].items():
                shape = (
                    response.get("content", {}).get("application/json", {}).get("schema", {}).get("$ref", "")
                )
                if status in ("401", "404", "408", "413", "422", "429", "503"):
                    assert shape.endswith("/ErrorShape"), (operation["summary"], status)


def test_asking_is_described_as_json_and_as_events_with_an_example(schema: dict[str, Any]) -> None:
    ask = schema["paths"]["/v1/ask"]["post"]
    body = ask["requestBody"]["content"]["application/json"]
    assert body["schema"]["$ref"].endswith("/Question") and body["example"]["question"]
    assert set(ask["responses"]["200"]["content"]) == {"application/json", "text/event-stream"}
    assert ask["responses"]["500"]["content"]["application/json"]["schema"]["$ref"].endswith("/Answer")


def test_the_example_of_a_question_is_a_question_that_is_answered(
    http: httpx.Client, schema: dict[str, Any]
) -> None:
    example = schema["paths"]["/v1/ask"]["post"]["requestBody"]["content"]["application/json"]["example"]
    assert http.post("/v1/ask", json=example).status_code == 200
