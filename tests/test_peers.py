"""The peers: what an office would put together itself, over the same stored texts."""

from pathlib import Path

import pytest

from corpus.store import Corpus
from evals.peers import CHUNK_CHARS, PASSAGES, PEERS, Peer, passages
from evals.problem import EvalProblem
from settings import Settings


def quiet(what: str, done: int, total: int) -> None:
    pass


@pytest.fixture(scope="module")
def peers(sample_desk_settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Peer]:
    own = Settings(data_dir=tmp_path_factory.mktemp("vectors"))
    with Corpus.open(sample_desk_settings.dsn) as corpus:
        return {name: make(corpus, own, quiet) for name, make in PEERS.items()}


def test_passages_are_pieces_of_the_stored_text_and_know_where_they_stand(
    sample_desk_settings: Settings,
) -> None:
    with Corpus.open(sample_desk_settings.dsn) as corpus:
        cut = passages(corpus)
        texts = {document.id: document.text for document in corpus.current()}
    assert {passage.document.id for passage in cut} == set(texts)
    for passage in cut:
        assert texts[passage.document.id][passage.start :].startswith(passage.text)
        assert len(passage.text) <= CHUNK_CHARS
    assert any(passage.provision.startswith("Điều ") for passage in cut)


@pytest.mark.parametrize("name", list(PEERS))
def test_a_peer_finds_the_document_and_answers_with_its_best_passage(
    peers: dict[str, Peer], name: str
) -> None:
    asked = peers[name].ask("Thời hiệu khiếu nại là bao nhiêu ngày?", (), None)
    assert asked.reply.status == "answered" and asked.ms > 0
    assert 1 <= len(asked.reply.citations) <= PASSAGES
    assert asked.reply.text == asked.reply.citations[0].quote
    assert "02/2011/QH13" in {cited.document.number for cited in asked.reply.citations}
    assert [source.stored for source in asked.sources] == [cited.quote for cited in asked.reply.citations]


@pytest.mark.parametrize("name", list(PEERS))
def test_earlier_questions_count(peers: dict[str, Peer], name: str) -> None:
    alone = peers[name].ask("Còn thời hiệu?", (), None)
    after = peers[name].ask(
        "Còn thời hiệu?", ("Luật Khiếu nại 02/2011/QH13 quy định về khiếu nại thế nào?",), None
    )
    assert alone.reply.citations != after.reply.citations
    assert "02/2011/QH13" in {cited.document.number for cited in after.reply.citations}


def test_a_recipe_has_no_way_to_say_that_it_does_not_know(peers: dict[str, Peer]) -> None:
    assert peers["naive"].ask("Cách nấu phở bò ngon?", (), None).reply.status == "answered"
    assert peers["bm25"].ask("xyzzy", (), None).reply.status == "no_evidence"  # not one word is held


def test_without_vectors_there_is_no_naive_peer(sample_desk_settings: Settings, tmp_path: Path) -> None:
    with (
        Corpus.open(sample_desk_settings.dsn) as corpus,
        pytest.raises(EvalProblem, match="CCHC_EMBEDDER"),
    ):
        PEERS["naive"](corpus, Settings(data_dir=tmp_path, embedder="off"), quiet)
