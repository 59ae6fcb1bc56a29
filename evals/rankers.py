"""The ways of searching that a retrieval bench compares, each from a question to the ids of articles, best first.

Called by `evals.retrieval` and `evals.comparison`. Ours and the vectors search the product's own segments, and an article
counts with its best one; the keywords, and the vectors of articles cut short, know whole articles.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import date

import numpy as np

from bot.respelling import respelled
from corpus.document import Document
from corpus.spelling import modern_tones, nfc
from corpus.store import Corpus
from evals.bm25 import Bm25
from evals.law_bench import Article, LawBench
from index.embedding import Embedder, Vectors
from index.generation import Generation
from index.search import Search

#: Articles that the figures look at.
DEPTH = 10
#: Segments asked for at first, so that mostly `DEPTH` articles are among them; asked again for more where they are not.
SEGMENTS = 60

#: Gives the ids of the articles for a question, best first, `DEPTH` of them where so many are found.
Ranker = Callable[[str], Sequence[str]]
#: Segment id -> id of the article that the product would cite for it.
Places = dict[str, str]


def ours(search: Search, places: Places) -> Ranker:
    """As the desk searches."""

    def rank(question: str) -> Sequence[str]:
        asked = SEGMENTS
        meant, *variants = wordings(question, search)
        while True:
            hits = search.search(meant, asked, variants=variants)
            found = best_first(places.get(hit.segment.id) for hit in hits)
            if len(found) >= DEPTH or len(hits) < asked:
                return found
            asked *= 4

    return rank


def wordings(question: str, search: Search) -> list[str]:
    """What the desk searches for: what was meant and, where it differs, what was typed."""
    typed = modern_tones(nfc(question))
    return list(dict.fromkeys([respelled(typed, search), typed]))


def by_segments(embedder: Embedder, generation: Generation, places: Places) -> Ranker:
    """By the vectors of the segments alone, the question as it was typed."""

    def rank(question: str) -> Sequence[str]:
        vectors = embedder.vectors([question], query=True)
        asked = SEGMENTS
        while True:
            ordinals = sorted(generation.nearest(vectors, asked, None))
            cosines = generation.cosines(vectors, ordinals)
            segments = generation.segments(ordinals)
            ranked = [segments[ordinals[i]].id for i in np.argsort(-cosines, kind="stable")]
            found = best_first(places.get(id) for id in ranked)
            if len(found) >= DEPTH or len(ordinals) < asked:
                return found
            asked *= 4

    return rank


def mended(rank: Ranker, search: Search) -> Ranker:
    """Any way of searching, for what the desk takes the question to mean."""
    return lambda question: rank(wordings(question, search)[0])


def by_articles(embedder: Embedder, articles: Vectors, ids: Sequence[str]) -> Ranker:
    """By one vector of each article, shape (articles, dimensions), in the order of `ids`."""

    def rank(question: str) -> Sequence[str]:
        cosines = articles @ embedder.vectors([question], query=True)[0]
        # some ids stand in two rows
        return best_first(ids[at] for at in np.argsort(-cosines, kind="stable")[: 2 * DEPTH])

    return rank


def bm25(bench: LawBench) -> Ranker:
    """By keywords over whole articles."""
    articles = whole_articles(bench)
    searched = Bm25([text for _, text in articles])

    def rank(question: str) -> Sequence[str]:
        return best_first(articles[ordinal][0] for ordinal, _ in searched.search(question, 2 * DEPTH))

    return rank


def whole_articles(bench: LawBench) -> list[tuple[str, str]]:
    """Id and text of every article: title of its document, heading, what it says."""
    return [(article.id, _whole(law.header, article)) for law in bench.laws for article in law.articles]


def _whole(header: Document, article: Article) -> str:
    return "\n".join(filter(None, [header.title, article.heading, article.text]))


def best_first(ids: Iterable[str | None]) -> list[str]:
    """Every article once, at the place of its best segment."""
    return list(dict.fromkeys(id for id in ids if id is not None))


def places_of(bench: LawBench, corpus: Corpus, generation: Generation) -> Places:
    """Which article every segment counts for."""
    laws = {law.name: law for law in bench.laws}
    file_of = {document.id: document.file for document in corpus.documents(on=date.today())}
    places = {}
    for header in generation.headers:
        numbered = {article.number.lower(): article.id for article in laws[file_of[header.id]].articles}
        for segment in generation.segments_of(header):
            cited = re.search(r"Điều (\w+)", segment.label)  # "28a" of "Điều 28a khoản 2"
            if cited and cited[1].lower() in numbered:
                places[segment.id] = numbered[cited[1].lower()]
    return places
