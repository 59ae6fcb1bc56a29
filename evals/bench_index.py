"""A bench's documents as a corpus and an index of the product, kept below the data folder for the next run.

Called by `evals.retrieval`, `evals.sentence_check` and `evals.calibration`. A killed run goes on where it stopped:
documents are stored one by one, and their vectors are kept in the file that all measurements share.
"""

import hashlib
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Protocol

from corpus.document import Document, Source
from corpus.held import CurrentDocument
from corpus.store import Corpus
from evals.throwaway import evals_dir, forget_unused, kept_vectors, reading_code
from index.builder import Built, IndexedDocument, Progress, build
from index.embedding import Embedder
from index.publishing import publish
from ingest.read import read_bytes
from ingest.structure import parse
from settings import Settings

#: Root of the files of a bench in its corpus.
_ROOT = "bench"


class Filed(Protocol):
    """A document of a bench: its name, unique in the bench, stands for the file."""

    @property
    def name(self) -> str: ...
    @property
    def header(self) -> Document: ...
    @property
    def text(self) -> str: ...


@contextmanager
def held(
    documents: Sequence[Filed],
    settings: Settings,
    embedder: Embedder | None,
    progress: Progress | None = None,
) -> Iterator[tuple[Corpus, Settings, Built]]:
    """The corpus that holds the documents, read and indexed as from any file; the settings of its data folder; what
    the build came to. Only what is not there already is computed. Raises `IndexProblem`.
    """
    folder = evals_dir(settings) / "benches" / _digest(documents)
    folder.mkdir(parents=True, exist_ok=True)
    os.utime(folder)  # in use
    forget_unused(folder.parent)
    # the database of the desk may be elsewhere; that of a bench never is
    own = settings.model_copy(update={"data_dir": folder, "database_url": None})
    with Corpus.open(own.dsn) as store:
        _store(documents, store)
        yield store, own, publish(store, own, embedder, progress, vectors=kept_vectors(settings))


def held_of(
    documents: Sequence[CurrentDocument],
    settings: Settings,
    embedder: Embedder | None,
    progress: Progress | None = None,
) -> Settings:
    """The settings of an index over some documents of a corpus, as if the others were not there."""
    names = hashlib.sha256(reading_code() + repr(sorted((d.id, d.revision) for d in documents)).encode())
    folder = evals_dir(settings) / "benches" / names.hexdigest()[:16]
    folder.mkdir(parents=True, exist_ok=True)
    os.utime(folder)  # in use
    own = settings.model_copy(update={"data_dir": folder, "database_url": None})
    source = (
        IndexedDocument(d.id, d.revision, d.header, d.text, d.provisions, d.effective_from, d.effective_to)
        for d in documents
    )
    build(source, own, embedder, progress, vectors=kept_vectors(settings))
    return own


def _store(documents: Sequence[Filed], store: Corpus) -> None:
    """Every one becomes a file of its name in the corpus. What is stored already is left as it is."""
    there = {(state.path, state.sha256) for state in store.files(_ROOT)}
    for document in documents:
        data = document.text.encode()
        sha256 = hashlib.sha256(data).hexdigest()
        if (document.name, sha256) in there:
            continue
        reading = read_bytes(data, "bench.txt")
        store.add(
            document.header, reading.text, parse(reading), Source(f"bench:{document.name}", sha256, "text/plain"), data,
            root=_ROOT, file=document.name, size=len(data), mtime_ns=0,
        )  # fmt: skip


def _digest(documents: Sequence[Filed]) -> str:
    """Names the documents and the code that reads and indexes them: either changed, all is made anew."""
    hasher = hashlib.sha256(reading_code())
    for document in documents:
        hasher.update(repr((document.name, document.header, document.text)).encode())
    return hasher.hexdigest()[:16]
