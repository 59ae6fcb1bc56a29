"""Search over one published generation: keywords and vectors, fused. Called by the desk."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Segment:
    """What is searched: a provision, a run of small siblings, or a piece. Never crosses an article."""

    id: str  # stable: hash of document id, path, span and text
    document: str  # document id
    revision: str  # sha256 of the source bytes
    path: str  # path of the provision it stands in
    label: str  # its citation label
    start: int  # span in the read text
    end: int
    text: str  # == read text[start:end]; for a table row the cells with their column heads
    context: str  # breadcrumb: document › chapter › article


@dataclass(frozen=True, slots=True)
class Filters:
    """Narrow a search. None = no restriction."""

    documents: frozenset[str] | None = None
    kinds: frozenset[str] | None = None
    issuers: frozenset[str] | None = None
    in_force_on: date | None = None


@dataclass(frozen=True, slots=True)
class Hit:
    segment: Segment
    score: float  # fused, 0…1 inside one result list
    keyword: float  # raw BM25 score, 0 where the keywords did not find it
    vector: float  # cosine, 0 where the vectors did not find it or are off
