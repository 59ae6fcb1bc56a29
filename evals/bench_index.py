"""A bench's documents as a corpus and an index of the product, kept below the data folder for the next run.

Called by `evals.retrieval`, `evals.sentence_check` and `evals.calibration`. A killed run goes on where it stopped: documents
are stored one by one, and vectors are kept in one file that all benches and throw-away databases share.
"""

import hashlib
import os
import shutil
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Protocol

import corpus
import index
import ingest
from corpus.document import Document, Source
from corpus.store import Corpus
from index.builder import Built, Progress
from index.embedding import Embedder
from index.publishing import publish
from ingest.read import read_bytes
from ingest.structure import parse
from settings import Settings

#: The index of a bench that nobody asked for so long is deleted, days; its vectors stay.
UNUSED_DAYS = 14
_ROOT = "bench"
_USED = "used"  # its modification time says when a bench was last used


class Filed(Protocol):
    """A document of a bench: its name, unique in the bench, stands for the file."""

    @property
    def name(self) -> str: ...
    @property
    def header(self) -> Document: ...
    @property
    def text(self) -> str: ...


def shared_vectors(settings: Settings) -> Path:
    """The file of vectors that everything an evaluator measures shares; its folder exists when this returns."""
    file = settings.data_dir / "evals" / "vectors.db"
    file.parent.mkdir(parents=True, exist_ok=True)
    return file


@contextmanager
def held(
    documents: Sequence[Filed],
    settings: Settings,
    embedder: Embedder | None,
    progress: Progress | None = None,
) -> Iterator[tuple[Corpus, Settings, Built]]:
    """The corpus that holds the documents, read and indexed as from any file; the settings of its data folder; what the
    build came to. Only what is not there already is computed. Raises `IndexProblem`.
    """
    folder = settings.data_dir / "evals" / "benches" / _digest(documents)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / _USED).touch()
    forget_unused(folder.parent)
    # the database of the desk may be elsewhere; that of a bench never is
    own = settings.model_copy(update={"data_dir": folder, "database_url": None})
    with Corpus.open(own.dsn) as store:
        _store(documents, store)
        yield store, own, publish(store, own, embedder, progress, vectors=shared_vectors(settings))


def forget_unused(benches: Path, now: float | None = None) -> None:
    """Delete the benches of this folder that were not used for `UNUSED_DAYS`. `now`: seconds since the epoch."""
    oldest = (time.time() if now is None else now) - UNUSED_DAYS * 86_400
    for folder in benches.iterdir():
        used = folder / _USED
        if used.is_file() and used.stat().st_mtime < oldest:
            shutil.rmtree(folder, ignore_errors=True)


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
    hasher = hashlib.sha256(_code().encode())
    for document in documents:
        hasher.update(repr((document.name, document.header, document.text)).encode())
    return hasher.hexdigest()[:16]


@cache
def _code() -> str:
    hasher = hashlib.sha256()
    for room in (corpus, ingest, index):
        for folder in room.__path__:
            for file in sorted(Path(folder).rglob("*.py")):
                hasher.update(os.fsencode(file.relative_to(folder)) + file.read_bytes())
    return hasher.hexdigest()
