"""Search over real documents with the shipped model: fusion, filters, questions without diacritics, LangChain."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date

import numpy as np
import pytest

from corpus.document import Document
from corpus.provision import Level, Provision
from index.builder import IndexedDocument, build
from index.embedding import load_embedder
from index.retriever import SearchRetriever
from index.search import Filters, Search, open_current
from settings import Settings, load_settings

ARTICLES = {
    "61": [
        "Thời hạn giải quyết thủ tục hành chính được tính từ khi tiếp nhận đủ hồ sơ tại Bộ phận Một cửa.",
        "Người dân nhận kết quả tại nhà qua dịch vụ bưu chính công ích.",
        "Cán bộ tiếp nhận phải xin lỗi bằng văn bản khi trả kết quả chậm.",
    ],
    "118": [
        "Thời hạn giải quyết thủ tục hành chính không phụ thuộc địa giới hành chính.",
        "Trung tâm Phục vụ hành chính công làm việc cả sáng thứ bảy.",
    ],
    "905": [
        "Bộ Nội vụ xây dựng phần mềm kiểm tra kiến thức cải cách hành chính cho công chức.",
        "Kinh phí thực hiện Đề án do ngân sách nhà nước bảo đảm.",
    ],
}
HEADERS = {
    "61": Document("61/2018/NĐ-CP", "Nghị định", "Chính phủ", title="Về cơ chế một cửa, một cửa liên thông"),
    "118": Document("118/2025/NĐ-CP", "Nghị định", "Chính phủ", title="Về thủ tục tại Bộ phận Một cửa"),
    "905": Document(
        "905/QĐ-BNV", "Quyết định", "Bộ Nội vụ", title="Đề án nâng cao năng lực đội ngũ công chức"
    ),
}
IN_FORCE = {
    "61": (date(2018, 6, 21), date(2025, 6, 30)),
    "118": (date(2025, 7, 1), None),
    "905": (None, None),
}


def documents() -> list[IndexedDocument]:
    found = []
    for key, articles in ARTICLES.items():
        text, provisions = "", []
        for i, said in enumerate(articles, 1):
            start, text = len(text), f"{text}Điều {i}. {said}\n"
            end = len(text) - 1
            provisions.append(
                Provision(f"dieu-{i}", None, Level.ARTICLE, str(i), f"Điều {i}", "", start, end, end, i - 1)
            )
        found.append(IndexedDocument(key, f"rev-{key}", HEADERS[key], text, provisions, *IN_FORCE[key]))
    return found


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    found = load_settings(data_dir=tmp_path_factory.mktemp("data"), embedder_threads=1)
    build(documents(), found, load_embedder(found))
    return found


@pytest.fixture(scope="module")
def search(settings: Settings) -> Search:
    return open_current(settings)


def first(search: Search, query: str, filters: Filters | None = None) -> tuple[str, str]:
    segment = search.search(query, filters=filters)[0].segment
    return segment.document, segment.path


def test_finds_by_meaning_what_shares_few_words(search: Search) -> None:
    assert first(search, "có được gửi giấy tờ về tận nhà bằng bưu điện không?") == ("61", "dieu-2")


def test_a_question_without_diacritics_finds_the_same(search: Search) -> None:
    hits = search.search("phan mem kiem tra kien thuc")
    assert (hits[0].segment.document, hits[0].segment.path) == ("905", "dieu-1")
    assert all(hit.vector == 0 for hit in hits)


@pytest.mark.parametrize("typed", ["nđ 61/2018 nói gì", "61/2018/ND-CP", "nghị định số 61/2018/NĐ-CP"])
def test_a_document_number_in_any_spelling_finds_its_document(search: Search, typed: str) -> None:
    assert first(search, typed)[0] == "61"


def test_hits_are_best_first_with_fused_score_bm25_and_cosine(search: Search) -> None:
    hits = search.search("thời hạn giải quyết thủ tục hành chính")
    scores = [hit.score for hit in hits]
    assert scores == sorted(scores, reverse=True) and 0 <= scores[-1] <= scores[0] <= 1
    assert hits[0].keyword > 1 and 0.5 < hits[0].vector <= 1.0001
    assert len(search.search("thời hạn", k=2)) == 2


def test_filters_keep_to_documents_kinds_and_issuers(search: Search) -> None:
    query = "thời hạn giải quyết thủ tục hành chính"
    for filters, expected in (
        (Filters(documents=frozenset({"905"})), {"905"}),
        (Filters(kinds=frozenset({"quyết định"})), {"905"}),
        (Filters(issuers=frozenset({"Chính phủ"})), {"61", "118"}),
        (Filters(documents=frozenset({"không có"})), set()),
        (Filters(), {"61", "118", "905"}),
    ):
        assert {hit.segment.document for hit in search.search(query, filters=filters)} == expected


def test_the_day_asked_about_decides_which_text_is_found(search: Search) -> None:
    query = "thời hạn giải quyết thủ tục hành chính"
    for day, expected in (
        (date(2025, 6, 30), {"61", "905"}),
        (date(2025, 7, 1), {"118", "905"}),
        (date(2010, 1, 1), {"905"}),
    ):
        assert {
            h.segment.document for h in search.search(query, filters=Filters(in_force_on=day))
        } == expected


def test_another_wording_finds_what_the_question_misses(search: Search) -> None:

    hits = search.search("làm việc ngoài giờ hành chính?", variants=["sáng thứ bảy"])
    assert (hits[0].segment.document, hits[0].segment.path) == ("118", "dieu-2")
    assert hits[0].keyword >= search.search("sáng thứ bảy")[0].keyword * 0.99


def test_words_that_occur_nowhere_find_nothing_by_keywords(settings: Settings) -> None:
    keywords = open_current(settings.model_copy(update={"embedder": "off"}))
    assert keywords.search("zzz qqq") == [] and keywords.search("  ") == []
    assert keywords.search("kinh phí")[0].score == 1.0


@pytest.mark.parametrize(
    "query", ["905/QĐ-BNV (", '"', "AND OR NOT", "title:x", "\0", "đ" * 2000, "🙂", "a_b:c/*"]
)
def test_no_question_breaks_the_search(search: Search, query: str) -> None:
    search.search(query)


def test_segments_of_a_document_and_of_a_provision(search: Search) -> None:
    assert [s.path for s in search.segments_of("61")] == ["dieu-1", "dieu-2", "dieu-3"]
    assert [s.path for s in search.segments_of("61", "dieu-2")] == ["dieu-2"]
    # a clause that was not worth a segment of its own stands in its article's
    assert [s.path for s in search.segments_of("61", "dieu-2.khoan-1")] == ["dieu-2"]
    assert search.segments_of("61", "dieu-20") == [] and search.segments_of("không có") == []


def test_segments_come_back_as_they_were_cut(search: Search) -> None:
    texts = {document.id: document.text for document in documents()}
    for header in search.documents:
        for segment in search.segments_of(header.id):
            assert segment.text == texts[header.id][segment.start : segment.end]
            assert segment.revision == f"rev-{header.id}" and header.number in segment.context


def test_embed_gives_the_desk_vectors_for_its_own_sentences(search: Search, settings: Settings) -> None:
    vectors = search.embed(["Một câu.", "Hai câu."])
    assert vectors is not None and vectors.shape == (2, 384)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert open_current(settings.model_copy(update={"embedder": "off"})).embed(["x"]) is None


def test_many_threads_find_what_one_finds(search: Search) -> None:
    queries = ["thời hạn giải quyết", "kinh phí", "phan mem", "xin lỗi trả kết quả chậm"] * 6

    def found(query: str) -> list[str]:
        return [hit.segment.id for hit in search.search(query)]

    alone = [found(query) for query in queries]
    with ThreadPoolExecutor(6) as pool:
        assert list(pool.map(found, queries)) == alone


def test_weight_decides_between_words_and_meaning(settings: Settings) -> None:
    words = open_current(settings.model_copy(update={"vector_weight": 0.0}))
    meaning = open_current(settings.model_copy(update={"vector_weight": 1.0}))
    query = "thủ tục hành chính"
    by_words, by_meaning = words.search(query), meaning.search(query)
    assert [h.keyword for h in by_words] == sorted((h.keyword for h in by_words), reverse=True)
    assert [h.vector for h in by_meaning] == sorted((h.vector for h in by_meaning), reverse=True)


def test_langchain_retriever_gives_documents_with_what_a_citation_needs(search: Search) -> None:
    found = SearchRetriever(search=search, k=2, filters=Filters(documents=frozenset({"905"}))).invoke(
        "kinh phí đề án"
    )
    assert len(found) == 2 and found[0].page_content.startswith("Điều 2. Kinh phí")
    assert found[0].metadata["number"] == "905/QĐ-BNV" and found[0].metadata["label"] == "Điều 2"
    assert found[0].metadata["path"] == "dieu-2" and found[0].metadata["document"] == "905"


def test_frequency_counts_the_segments_that_hold_a_folded_word(search: Search) -> None:
    assert search.size == 7
    assert search.frequency("kinh_phi") == 1 and search.frequency("905/qd-bnv") == 2
    assert search.frequency("xyz") == 0


def test_latest_is_the_same_search_until_something_new_is_published(search: Search) -> None:
    assert search.latest() is search
