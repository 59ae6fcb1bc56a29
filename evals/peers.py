"""What an office would otherwise put together, as systems to be measured beside ours on the same stored texts.

`naive`: LangChain's splitter (1000/200), the same embedder, FAISS, the best four passages; the best is the answer.
`bm25`: the same passages, found by keywords. Both answer always, as such recipes do, and cite the place that holds most
of a passage: more than the recipes give. Earlier questions of a conversation go in front of the question.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial

import faiss
import numpy as np
from langchain_text_splitters import RecursiveCharacterTextSplitter

from bot.answer import Status
from corpus.provision import Provision
from corpus.store import Corpus, CurrentDocument
from evals.bm25 import Bm25
from evals.problem import EvalProblem
from evals.reply import Asked, Cited, CitedDocument, Reply, Source
from evals.throwaway import Show
from evals.vectors import vectors_of
from index.embedding import load_embedder
from settings import Settings

#: As LangChain's documentation has it.
CHUNK_CHARS, OVERLAP_CHARS, PASSAGES = 1000, 200, 4

#: A question to (place of the passage in the list, score), best first.
Find = Callable[[str], list[tuple[int, float]]]


@dataclass(frozen=True, slots=True)
class Passage:
    text: str
    start: int
    document: CitedDocument
    file: str
    provision: str  # label of the smallest provision that holds at least half of it


class Peer:
    """Fulfils `evals.reply.System`."""

    def __init__(self, name: str, passages: Sequence[Passage], find: Find) -> None:
        self.name = name
        self._passages = passages
        self._find = find

    def ask(self, question: str, history: Sequence[str], as_of: date | None) -> Asked:
        started = time.perf_counter()
        found = self._find(" ".join([*history, question]))
        ms = (time.perf_counter() - started) * 1000
        best = [self._passages[ordinal] for ordinal, _ in found]
        reply = Reply(
            status=Status.ANSWERED if best else Status.NO_EVIDENCE,
            text=best[0].text if best else "",
            citations=tuple(_citation(passage) for passage in best),
            confidence=found[0][1] if found else 0.0,
        )
        sources = tuple(Source(stored=passage.text) for passage in best)
        return Asked(question=question, history=tuple(history), reply=reply, sources=sources, ms=ms)

    def close(self) -> None:
        pass


def naive(corpus: Corpus, settings: Settings, show: Show) -> Peer:
    """Raises `EvalProblem` where vectors are switched off."""
    embedder = load_embedder(settings)
    if embedder is None:
        raise EvalProblem(
            "`--against naive` cần mô hình véc-tơ: hãy bỏ CCHC_EMBEDDER=off hoặc bỏ tùy chọn này."
        )
    cut = passages(corpus)
    index = faiss.IndexFlatIP(embedder.dimensions)
    if cut:
        texts = [passage.text for passage in cut]
        index.add(vectors_of(texts, embedder, settings, partial(show, "Tính véc-tơ cho naive")))

    def find(question: str) -> list[tuple[int, float]]:
        query = np.array([embedder.embed_query(question)], dtype=np.float32)
        scores, places = index.search(query, PASSAGES)
        return [(int(at), float(score)) for at, score in zip(places[0], scores[0], strict=True) if at >= 0]

    return Peer("naive", cut, find)


def bm25(corpus: Corpus, settings: Settings, show: Show) -> Peer:
    cut = passages(corpus)
    index = Bm25([passage.text for passage in cut])
    return Peer("bm25", cut, lambda question: index.search(question, PASSAGES))


#: The peers by the name that `--against` takes.
PEERS: dict[str, Callable[[Corpus, Settings, Show], Peer]] = {"naive": naive, "bm25": bm25}


def passages(corpus: Corpus) -> list[Passage]:
    """Every document of the corpus in LangChain's pieces."""
    splitter = RecursiveCharacterTextSplitter(
        chunk_size=CHUNK_CHARS, chunk_overlap=OVERLAP_CHARS, add_start_index=True
    )
    return [
        _passage(document, file, piece.page_content, int(piece.metadata["start_index"]))
        for document in corpus.current()
        for file in [corpus.document(document.id).file]
        for piece in splitter.create_documents([document.text])
    ]


def _passage(document: CurrentDocument, file: str, text: str, start: int) -> Passage:
    end = start + len(text)

    def held(provision: Provision) -> int:
        return min(end, provision.end) - max(start, provision.start)

    holding = [provision for provision in document.provisions if held(provision) * 2 >= len(text)]
    place = min(holding, key=lambda provision: provision.end - provision.start, default=None)
    header = document.header
    cited = CitedDocument(
        id=document.id, number=header.number, kind=header.kind, issuer=header.issuer, title=header.title
    )
    return Passage(text, start, cited, file, place.label if place else "")


def _citation(passage: Passage) -> Cited:
    span = (passage.start, passage.start + len(passage.text))
    return Cited(
        document=passage.document,
        file=passage.file,
        provision=passage.provision,
        quote=passage.text,
        span=span,
    )
