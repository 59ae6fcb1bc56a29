"""The document routes on a real server over a real corpus."""

import hashlib
from collections.abc import Iterator

import httpx
import pytest
from web_server import DECREE, PLAN, KeywordDesk, add, running, small_corpus

from settings import Settings

ROW = "2 | Vận hành kênh hỏi đáp tự động | Trung tâm Thông tin"


@pytest.fixture(scope="module")
def http(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    with small_corpus(tmp_path_factory.mktemp("corpus")) as corpus:
        changed = PLAN.replace("trên 95%", "trên 96%")
        add(corpus, "905-QD-BNV.md", changed)  # the file was replaced: a second revision
        with (
            running(KeywordDesk(corpus), Settings()) as url,
            httpx.Client(base_url=url, timeout=60) as client,
        ):
            yield client


@pytest.fixture(scope="module")
def ids(http: httpx.Client) -> dict[str, str]:
    items = http.get("/v1/documents").json()["items"]
    return {item["number"]: item["id"] for item in items}


def numbers(reply: httpx.Response) -> list[str]:
    assert reply.status_code == 200, reply.text
    return [item["number"] for item in reply.json()["items"]]


def test_lists_all_documents_newest_first(http: httpx.Client) -> None:
    reply = http.get("/v1/documents")
    assert numbers(reply) == ["118/2025/NĐ-CP", "905/QĐ-BNV", "61/2018/NĐ-CP"]
    assert reply.json()["total"] == 3
    assert reply.json()["items"][2]["validity"]["by"] == "118/2025/NĐ-CP"


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"kind": "Nghị định"}, ["118/2025/NĐ-CP", "61/2018/NĐ-CP"]),
        ({"issuer": "Bộ Nội vụ"}, ["905/QĐ-BNV"]),
        ({"year": "2018"}, ["61/2018/NĐ-CP"]),
        ({"issued_from": "2019-01-01", "issued_to": "2023-01-01"}, ["905/QĐ-BNV"]),
        ({"year": "2022", "issued_from": "2022-12-01"}, []),
        ({"text": "mot cua"}, ["118/2025/NĐ-CP", "61/2018/NĐ-CP"]),
        ({"number": "61/2018/ND-CP"}, ["61/2018/NĐ-CP"]),
        ({"status": "expired", "on": "2026-01-01"}, ["61/2018/NĐ-CP"]),
        ({"status": "expired", "on": "2020-01-01"}, []),
    ],
)
def test_filters_narrow_the_list(http: httpx.Client, filters: dict[str, str], expected: list[str]) -> None:
    reply = http.get("/v1/documents", params=filters)
    assert numbers(reply) == expected
    assert reply.json()["total"] == len(expected)


def test_pages_of_a_list_keep_the_total(http: httpx.Client) -> None:
    reply = http.get("/v1/documents", params={"limit": 1, "offset": 1})
    assert numbers(reply) == ["905/QĐ-BNV"] and reply.json()["total"] == 3
    by_status = http.get("/v1/documents", params={"status": "expired", "limit": 1, "offset": 1})
    assert numbers(by_status) == [] and by_status.json()["total"] == 1


@pytest.mark.parametrize(
    "query",
    ["limit=201", "limit=0", "offset=-1", "on=xx", "status=alive", "year=0", "year=99999", "text=%00"],
)
def test_a_filter_that_cannot_be_used_is_a_422(http: httpx.Client, query: str) -> None:
    reply = http.get(f"/v1/documents?{query}")
    assert reply.status_code == 422
    assert query.split("=")[0] in reply.json()["error"]["message"]


def test_a_document_tells_header_outline_files_and_relations(http: httpx.Client, ids: dict[str, str]) -> None:
    old = http.get(f"/v1/documents/{ids['61/2018/NĐ-CP']}", params={"on": "2026-01-01"}).json()
    assert (old["kind"], old["issuer"], old["issued_on"]) == ("Nghị định", "Chính phủ", "2018-04-23")
    assert old["validity"]["status"] == "expired" and "hết hiệu lực kể từ" in old["validity_evidence"]
    assert [entry["label"] for entry in old["outline"]][:2] == ["Chương I", "Điều 1"]
    assert old["files"] == [
        {"name": "61-2018-ND-CP.txt", "media_type": "text/plain", "sha256": old["revision"], "current": True}
    ]
    assert [(tie["number"], tie["id"]) for tie in old["relations_to"]] == [
        ("118/2025/NĐ-CP", ids["118/2025/NĐ-CP"])
    ]
    new = http.get(f"/v1/documents/{ids['118/2025/NĐ-CP']}").json()
    assert [(tie["number"], tie["id"]) for tie in new["relations_of"]] == [("61/2018/NĐ-CP", old["id"])]


def test_validity_is_that_of_the_day_asked(http: httpx.Client, ids: dict[str, str]) -> None:
    for day, status in [
        ("2018-05-01", "not_yet_in_force"),
        ("2019-01-01", "in_force"),
        ("2025-07-01", "expired"),
    ]:
        found = http.get(f"/v1/documents/{ids['61/2018/NĐ-CP']}", params={"on": day}).json()
        assert found["validity"]["status"] == status


def test_a_provision_comes_verbatim_with_its_neighbours(http: httpx.Client, ids: dict[str, str]) -> None:
    found = http.get(f"/v1/documents/{ids['61/2018/NĐ-CP']}/provisions/dieu-2.khoan-2").json()
    assert found["label"] == "Điều 2 khoản 2" and found["text"].startswith("2. Thời hạn trả kết quả")
    assert found["parent"] == {"path": "dieu-2", "label": "Điều 2"}
    assert [child["path"] for child in found["children"]] == [
        "dieu-2.khoan-2.diem-a",
        "dieu-2.khoan-2.diem-b",
    ]
    assert (found["previous"]["path"], found["next"]) == ("dieu-2.khoan-1", None)
    assert found["span"][1] - found["span"][0] == len(found["text"])
    assert http.get(found["url"]).status_code == 200


def test_a_table_row_carries_its_column_heads(http: httpx.Client, ids: dict[str, str]) -> None:
    found = http.get(f"/v1/documents/{ids['905/QĐ-BNV']}/provisions/phu-luc-I.dong-2").json()
    assert found["columns"] == ["STT", "Nhiệm vụ", "Cơ quan chủ trì"]
    assert found["text"].strip() == ROW


def test_an_old_citation_still_gives_the_old_text(http: httpx.Client, ids: dict[str, str]) -> None:
    url = f"/v1/documents/{ids['905/QĐ-BNV']}/provisions/dieu-1.khoan-1"
    old = hashlib.sha256(PLAN.encode()).hexdigest()
    assert "trên 96%" in http.get(url).json()["text"]
    cited = http.get(url, params={"revision": old[:12]}).json()
    assert cited["revision"] == old and "trên 95%" in cited["text"]
    assert http.get(url, params={"revision": "0123456789ab"}).status_code == 404
    page = http.get(f"/documents/{ids['905/QĐ-BNV']}", params={"revision": old[:12]}).text
    assert "trên 95%" in page and "bản cũ" in page


def test_the_text_is_the_one_in_which_spans_count(http: httpx.Client, ids: dict[str, str]) -> None:
    url = f"/v1/documents/{ids['61/2018/NĐ-CP']}"
    said = http.get(f"{url}/text").json()
    assert said["document"] == ids["61/2018/NĐ-CP"]
    assert said["revision"] == hashlib.sha256(DECREE.encode()).hexdigest()
    provision = http.get(f"{url}/provisions/dieu-2.khoan-2").json()
    assert said["text"][slice(*provision["span"])] == provision["text"]
    answer = http.post("/v1/ask", json={"question": "Thời hạn trả kết quả là mấy ngày làm việc?"}).json()
    for cited in answer["citations"]:
        of_cited = http.get(f"/v1/documents/{cited['document']['id']}/text").json()
        assert of_cited["text"][slice(*cited["span"])] == cited["quote"]
    assert answer["citations"]


def test_the_text_of_an_old_revision_is_still_given(http: httpx.Client, ids: dict[str, str]) -> None:
    url, old = f"/v1/documents/{ids['905/QĐ-BNV']}/text", hashlib.sha256(PLAN.encode()).hexdigest()
    assert "trên 96%" in http.get(url).json()["text"]
    for cited in (old[:12], old):
        said = http.get(url, params={"revision": cited}).json()
        assert said["revision"] == old and "trên 95%" in said["text"] and "96%" not in said["text"]
    assert http.get(url, params={"revision": "0123456789ab"}).status_code == 404
    assert http.get(url, params={"revision": "xyz"}).status_code == 422


def test_the_source_is_the_file_byte_for_byte_and_only_to_be_saved(
    http: httpx.Client, ids: dict[str, str]
) -> None:
    reply = http.get(f"/v1/documents/{ids['61/2018/NĐ-CP']}/source")
    assert reply.content == DECREE.encode()
    assert reply.headers["content-disposition"] == "attachment; filename*=UTF-8''61-2018-ND-CP.txt"
    assert reply.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in reply.headers["content-security-policy"]


@pytest.mark.parametrize(
    "path",
    [
        "/v1/documents/nope",
        "/v1/documents/nope/provisions/dieu-1",
        "/v1/documents/nope/source",
        "/v1/documents/nope/text",
        "/v1/nothing",
        "/v1/documents/..%2f..%2fetc%2fpasswd/source",
    ],
)
def test_what_is_not_held_is_a_404_in_the_one_shape(http: httpx.Client, path: str) -> None:
    reply = http.get(path, headers={"Accept": "text/html"})
    assert reply.status_code == 404
    assert set(reply.json()) == {"error"} and set(reply.json()["error"]) == {"code", "message"}


def test_a_path_the_document_does_not_have_is_a_404(http: httpx.Client, ids: dict[str, str]) -> None:
    assert http.get(f"/v1/documents/{ids['905/QĐ-BNV']}/provisions/dieu-99").status_code == 404
