"""Builds and publishes a generation of the index from the documents of the corpus. Called by the command line.

Restartable: vectors are kept as they are computed, and nothing is published before everything is on disk.
"""

import fcntl
import hashlib
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from corpus.document import Document
from corpus.provision import Provision
from index.embedding import Embedder, Vectors
from index.generation import (
    FORMAT_VERSION,
    GENERATIONS,
    UNFINISHED,
    Generation,
    GenerationWriter,
    Manifest,
    current_id,
    prune,
)
from index.problem import IndexProblem
from index.segment import SEGMENT_VERSION, embedding_input, segments
from index.vector_cache import VectorCache, digest
from settings import Settings

#: Segments that are embedded between two commits: a killed build loses at most some ten seconds of work.
EMBED_BATCH = 256
#: Vectors that are moved at once from the cache into the generation (6 MB).
COPY_BATCH = 4096

#: Called as progress(done, total) while segments are embedded; those kept from earlier builds count as done.
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class IndexedDocument:
    """A document as it is to be searched: one revision, and the days on which it is in force."""

    id: str
    revision: str  # sha256 of the source bytes
    header: Document
    text: str
    provisions: Sequence[Provision]
    effective_from: date | None = None  # None: open
    effective_to: date | None = None  # last day in force; None: open


@dataclass(frozen=True, slots=True)
class Built:
    """What a build came to."""

    generation: str
    changed: bool  # False: the published generation already is what was asked for
    documents: int
    segments: int
    embedded: int  # vectors computed now; the others were kept from earlier builds


def build(
    source: Iterable[IndexedDocument],
    settings: Settings,
    embedder: Embedder | None,
    progress: Progress | None = None,
    state: str = "",
    rebuild: bool = False,
    vectors: Path | None = None,
) -> Built:
    """Index all documents of `source` and publish the generation; document ids must differ.

    `state` is any string that names the content of the source, for callers who can tell without reading it: if
    the published generation was built from the same state with the same model and rules, the source is not even
    opened. `rebuild` publishes a new generation all the same. `vectors` is a file of kept vectors that several
    indexes share: nothing is ever removed from it; without it the index keeps its own. Raises `IndexProblem`.
    """
    index_dir = settings.index_dir
    try:
        (index_dir / GENERATIONS).mkdir(parents=True, exist_ok=True)
        with _only_builder(index_dir):
            published = _published(index_dir)
            if rebuild:
                published = None
            if published and state and published[1].state == state and _same_rules(published[1], embedder):
                return _unchanged(*published)
            show = progress or (lambda done, total: None)
            return _build(source, index_dir, embedder, show, state, published, vectors)
    except (OSError, sqlite3.Error) as error:
        raise IndexProblem(
            f"Không ghi được chỉ mục vào {index_dir}: {error}. Kiểm tra dung lượng đĩa và quyền ghi, rồi chạy lại "
            "`cchc index`; phần đã tính được giữ lại."
        ) from error


def _build(
    source: Iterable[IndexedDocument],
    index_dir: Path,
    embedder: Embedder | None,
    progress: Progress,
    state: str,
    published: tuple[str, Manifest] | None,
    vectors: Path | None,
) -> Built:
    now = datetime.now(UTC)
    writer = GenerationWriter(index_dir, now.strftime("%Y%m%dT%H%M%S-%f"))  # ids sort by time
    try:
        content = _add_documents(writer, source)
        same = published and published[1].content == content and _same_rules(published[1], embedder)
        if published and same and state in ("", published[1].state):
            return _unchanged(*published)
        cache_file = vectors or index_dir / "vectors.db"
        embedded = (
            _add_vectors(writer, cache_file, vectors is not None, embedder, progress) if embedder else 0
        )
        manifest = Manifest(
            format=FORMAT_VERSION,
            segment_version=SEGMENT_VERSION,
            embedder=embedder.name if embedder else "",
            checksum=embedder.checksum if embedder else "",
            dimensions=embedder.dimensions if embedder else 0,
            documents=writer.documents,
            segments=writer.segments,
            content=content,
            state=state,
            created=now,
            sizes={},
        )
        writer.publish(manifest)
        return Built(writer.id, True, writer.documents, writer.segments, embedded)
    finally:
        writer.discard()


def _add_documents(writer: GenerationWriter, source: Iterable[IndexedDocument]) -> str:
    """Cut and write all documents; returns the digest of all that was written."""
    content = hashlib.sha256()
    for document in source:
        cut = segments(document.id, document.revision, document.header, document.text, document.provisions)
        in_force = (document.effective_from, document.effective_to)
        named = [(segment, digest(embedding_input(segment))) for segment in cut]
        writer.add(document.id, document.revision, document.header, in_force, named)
        content.update(repr((document.id, document.revision, in_force, document.header)).encode())
        for segment, name in named:
            content.update(segment.id.encode() + name)
    return content.hexdigest()


def _add_vectors(
    writer: GenerationWriter, cache_file: Path, shared: bool, embedder: Embedder, progress: Progress
) -> int:
    cache = VectorCache(cache_file, embedder.checksum)
    try:
        digests = writer.digests()
        missing = cache.missing(digests)
        # equal texts share a vector: the first segment that has it stands for all
        todo = [(name, at) for name, at in _first_places(digests).items() if name in missing]
        done = len(digests) - len(todo)
        progress(done, len(digests))
        for at in range(0, len(todo), EMBED_BATCH):
            batch = todo[at : at + EMBED_BATCH]
            texts = [embedding_input(writer.segment_at(ordinal)) for _, ordinal in batch]
            cache.put([name for name, _ in batch], embedder.vectors(texts))
            done += len(batch)
            progress(done, len(digests))
        writer.write_vectors(_blocks(cache, digests), embedder.dimensions)
        if not shared:  # what this index does not use, another may
            cache.tidy(set(digests))
        return len(todo)
    finally:
        cache.close()


def _first_places(digests: Sequence[bytes]) -> dict[bytes, int]:
    places: dict[bytes, int] = {}
    for at, name in enumerate(digests):
        places.setdefault(name, at)
    return places


def _blocks(cache: VectorCache, digests: Sequence[bytes]) -> Iterator[Vectors]:
    for at in range(0, len(digests), COPY_BATCH):
        yield cache.get(digests[at : at + COPY_BATCH])


def _published(index_dir: Path) -> tuple[str, Manifest] | None:
    """The current generation; None where there is none that can be opened: then a new one is due."""
    try:
        current = current_id(index_dir)
        return (current, Generation(index_dir / GENERATIONS / current).manifest) if current else None
    except IndexProblem:
        return None


def _same_rules(manifest: Manifest, embedder: Embedder | None) -> bool:
    checksum = embedder.checksum if embedder else ""
    made = (manifest.format, manifest.segment_version, manifest.checksum)
    return made == (FORMAT_VERSION, SEGMENT_VERSION, checksum)


def _unchanged(generation: str, manifest: Manifest) -> Built:
    return Built(generation, False, manifest.documents, manifest.segments, 0)


@contextmanager
def _only_builder(index_dir: Path) -> Iterator[None]:
    """One build at a time; the lock goes with the process, however it ends. Clears what killed builds left."""
    with (index_dir / "builder.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise IndexProblem(
                "Một lệnh `cchc index` khác đang chạy. Đợi lệnh đó xong rồi chạy lại."
            ) from error
        if any(folder.name.startswith(UNFINISHED) for folder in (index_dir / GENERATIONS).iterdir()):
            prune(index_dir)
        yield
