"""Vectors of any texts, computed once for all measurements. Called by the peers of a suite and by `evals.comparison`."""

from collections.abc import Sequence

from evals.throwaway import kept_vectors
from index.builder import Progress
from index.embedding import Embedder, Vectors
from index.vector_cache import VectorCache, digest
from settings import Settings

#: Texts embedded between two commits.
_BATCH = 256


def vectors_of(texts: Sequence[str], embedder: Embedder, settings: Settings, progress: Progress) -> Vectors:
    """The vectors of at least one text, in their order; only those that no measurement needed before are computed.

    `progress` counts the missing ones.
    """
    cache = VectorCache(kept_vectors(settings), embedder.checksum)
    try:
        names = [digest(text) for text in texts]
        missing = cache.missing(names)
        todo = list({name: text for name, text in zip(names, texts, strict=True) if name in missing}.items())
        for at in range(0, len(todo), _BATCH):
            progress(at, len(todo))
            batch = todo[at : at + _BATCH]
            cache.put([name for name, _ in batch], embedder.vectors([text for _, text in batch]))
        return cache.get(names)
    finally:
        cache.close()
