"""Search over one published generation: keywords and vectors, fused. Called by the desk."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from corpus.spelling import fold, has_diacritics
from index.embedding import Embedder, Vectors, load_embedder
from index.generation import CURE, GENERATIONS, Generation, IndexedHeader, current_id
from index.problem import IndexProblem
from index.segment import Segment
from index.terms import folded_terms, terms
from settings import Settings

__all__ = [
    "Filters",
    "Hit",
    "IndexProblem",
    "IndexedHeader",
    "Search",
    "Segment",
    "fuse",
    "open_current",
    "open_with",
]

#: Segments that each side, keywords and vectors, puts forward for the fusion.
CANDIDATES = 200


@dataclass(frozen=True, slots=True)
class Filters:
    """Narrow a search. None = no restriction."""

    documents: frozenset[str] | None = None  # document ids
    kinds: frozenset[str] | None = None  # "Nghị định"; case and diacritics do not count
    issuers: frozenset[str] | None = None  # "Bộ Nội vụ"; the same
    in_force_on: date | None = None  # a document without dates counts as in force

    def admit(self, header: IndexedHeader) -> bool:
        """Whether segments of this document may be found."""
        day = self.in_force_on
        return (
            (self.documents is None or header.id in self.documents)
            and (self.kinds is None or fold(header.kind) in {fold(kind) for kind in self.kinds})
            and (self.issuers is None or fold(header.issuer) in {fold(issuer) for issuer in self.issuers})
            and (day is None or header.effective_from is None or header.effective_from <= day)
            and (day is None or header.effective_to is None or day <= header.effective_to)
        )


@dataclass(frozen=True, slots=True)
class Hit:
    segment: Segment
    score: float  # fused, 0…1 inside one result list
    keyword: float  # raw BM25 score, 0 where the keywords did not find it
    vector: float  # cosine to the question, 0 where vectors are off or the question has no diacritics


class Search:
    """One generation with its embedder; safe for many threads. `latest` moves on to a newer generation."""

    def __init__(self, generation: Generation, embedder: Embedder | None, settings: Settings) -> None:
        self._generation = generation
        self._embedder = embedder
        self._settings = settings

    @property
    def generation(self) -> str:
        """Id of the generation that is searched."""
        return self._generation.id

    @property
    def documents(self) -> Sequence[IndexedHeader]:
        """The headers of all documents that can be found."""
        return self._generation.headers

    def document(self, document_id: str) -> IndexedHeader | None:
        """The header of a document; None where it is not in this generation."""
        return self._generation.by_id.get(document_id)

    def latest(self) -> "Search":
        """This search, or one over the generation published since; the model stays loaded.

        Cheap: one small file is read. A search in use is not disturbed. Raises `IndexProblem`.
        """
        if current_id(self._settings.index_dir) in (None, self.generation):
            return self
        return open_with(self._settings, self._embedder)

    def search(
        self, query: str, k: int = 10, filters: Filters | None = None, variants: Sequence[str] = ()
    ) -> list[Hit]:
        """The best `k` segments, best first; fewer, or none, where nothing fits.

        `variants` are other wordings of the same question: a segment counts with the wording that fits it best.
        """
        wordings = [text for text in dict.fromkeys([query, *variants]) if text.strip()]
        documents = self._admitted(filters)
        keyword = self._generation.keyword_scores([_tokens(text) for text in wordings], CANDIDATES, documents)
        # the embedder is blind to Vietnamese without diacritics (R@10 .04): such wordings go by keywords alone
        vectors = self.embed([text for text in wordings if has_diacritics(text)], query=True)
        near = set() if vectors is None else self._generation.nearest(vectors, CANDIDATES, documents)
        ordinals = sorted(near | keyword.keys())
        if not ordinals:
            return []
        bm25 = np.array([keyword.get(ordinal, 0.0) for ordinal in ordinals], dtype=np.float32)
        if vectors is None:
            cosines, share = np.zeros_like(bm25), 0.0
        else:
            cosines, share = self._generation.cosines(vectors, ordinals), self._settings.vector_weight
        fused = fuse(bm25, cosines, share)
        best = np.argsort(-fused, kind="stable")[:k]  # stable: equals come in document order
        segments = self._generation.segments([ordinals[i] for i in best])
        return [Hit(segments[ordinals[i]], float(fused[i]), float(bm25[i]), float(cosines[i])) for i in best]

    def segments_of(self, document_id: str, path_prefix: str = "") -> list[Segment]:
        """Segments of a document in its order: all, or those inside the provision `path_prefix`.

        A provision that was gathered with its siblings gives the segments of the nearest provision above it.
        """
        header = self.document(document_id)
        found = self._generation.segments_of(header) if header else []
        if not path_prefix:
            return found
        inside = [s for s in found if s.path == path_prefix or s.path.startswith(path_prefix + ".")]
        above = path_prefix
        while not inside and "." in above:
            above = above.rpartition(".")[0]
            inside = [s for s in found if s.path == above]
        return inside

    def frequency(self, token: str, marked: bool = False) -> int:
        """In how many segments a folded token ("thu_tuc") stands, or one with its diacritics ("thủ_tục"): rare words
        tell more of a question."""
        return self._generation.frequency(token, marked)

    @property
    def size(self) -> int:
        """Number of segments."""
        return self._generation.manifest.segments

    def embed(self, texts: Sequence[str], query: bool = False) -> Vectors | None:
        """Unit vectors of any texts, shape (len(texts), dimensions); None where vectors are off or texts empty."""
        return self._embedder.vectors(texts, query) if self._embedder and texts else None

    def _admitted(self, filters: Filters | None) -> list[int] | None:
        """Ordinals of the documents to stay within; None: all."""
        if filters is None or filters == Filters():
            return None
        admitted = [header.ordinal for header in self._generation.headers if filters.admit(header)]
        return admitted if len(admitted) < len(self._generation.headers) else None


def open_current(settings: Settings) -> Search:
    """Search over the published generation with the embedder of the settings.

    Raises `IndexProblem` if there is none, it is damaged, or it was built with another model.
    """
    return open_with(settings, load_embedder(settings))


def open_with(settings: Settings, embedder: Embedder | None) -> Search:
    """`open_current` with an embedder that is loaded already."""
    generation = _current_generation(settings)
    if embedder and generation.manifest.checksum != embedder.checksum:
        built = generation.manifest.embedder or "off"
        raise IndexProblem(
            f"Chỉ mục được lập bằng mô hình “{built}” khác với mô hình “{embedder.name}” đang cài đặt. {CURE}"
        )
    return Search(generation, embedder, settings)


def fuse(bm25: NDArray[np.float32], cosines: NDArray[np.float32], share: float) -> NDArray[np.float32]:
    """One score for every candidate, 0…1: `share` of it from the vectors, the rest from the keywords."""
    return (1 - share) * _spread(bm25) + share * _spread(cosines)


def _current_generation(settings: Settings) -> Generation:
    while True:
        current = current_id(settings.index_dir)
        if current is None:
            raise IndexProblem(
                "Chưa có chỉ mục tìm kiếm. Nạp văn bản bằng `cchc ingest THƯ_MỤC`, rồi chạy `cchc index`."
            )
        try:
            return Generation(settings.index_dir / GENERATIONS / current)
        except IndexProblem:
            # it may have been pruned since its name was read, because newer ones came: then look again
            if current_id(settings.index_dir) == current:
                raise


def _tokens(text: str) -> tuple[str, dict[str, int]]:
    """The field to look in and what to look for."""
    if has_diacritics(text):
        return "terms", Counter(terms(text))
    return "folded", Counter(folded_terms(text))


def _spread(scores: NDArray[np.float32]) -> NDArray[np.float32]:
    """Scores moved to 0…1 within the list; a list of equals is all 1 where it says anything, else all 0."""
    low, high = float(scores.min()), float(scores.max())
    if high > low:
        return (scores - low) / (high - low)
    return np.full_like(scores, 1.0 if high > 0 else 0.0)
