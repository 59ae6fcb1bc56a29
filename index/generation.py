"""Immutable generations of the index on disk: written aside, published by one rename, read for as long as needed.

    index_dir/current                     one line: the id of the published generation
    index_dir/generations/<id>/           manifest.json, segments.db, keywords/, vectors.faiss

The builder writes and publishes; the search reads. A reader keeps its generation open while newer ones appear.
"""

import os
import shutil
import sqlite3
import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import tantivy
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, ValidationError

from corpus.document import Document
from index.embedding.base import Vectors
from index.problem import IndexProblem
from index.segment import Segment
from index.terms import both_terms

#: Changes whenever the files below do.
FORMAT_VERSION = 1
#: Published generations that stay: the current one, and the one before for whoever still opens it.
KEPT = 2
#: Bytes tantivy gathers before it writes; its least is 15 MB.
WRITER_HEAP = 64_000_000

CURRENT = "current"
GENERATIONS = "generations"
UNFINISHED = ".unfinished-"
MANIFEST = "manifest.json"
SEGMENTS = "segments.db"
KEYWORDS = "keywords"
VECTORS = "vectors.faiss"

CURE = "Chạy `cchc index --rebuild` để lập lại chỉ mục."

_SCHEMA = """
CREATE TABLE documents (
    ordinal INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, revision TEXT NOT NULL, number TEXT NOT NULL,
    kind TEXT NOT NULL, issuer TEXT NOT NULL, title TEXT NOT NULL, effective_from TEXT, effective_to TEXT,
    first INTEGER NOT NULL, count INTEGER NOT NULL
);
CREATE TABLE segments (
    ordinal INTEGER PRIMARY KEY, id TEXT NOT NULL, document INTEGER NOT NULL, path TEXT NOT NULL,
    label TEXT NOT NULL, start INTEGER NOT NULL, stop INTEGER NOT NULL, text TEXT NOT NULL, context TEXT NOT NULL,
    digest BLOB NOT NULL
);
CREATE INDEX segments_of ON segments (document, path);
"""


class Manifest(BaseModel):
    """manifest.json: what the generation was made of. Two builds of the same things have the same `content`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: int
    segment_version: int
    embedder: str  # name; "" = keywords only
    checksum: str  # of the embedder
    dimensions: int
    documents: int
    segments: int
    content: str  # digest of all documents as they were indexed
    state: str  # what the caller said identifies its documents; "" = nothing
    created: datetime
    sizes: dict[str, int]  # file -> bytes: a cut-off copy is noticed when it is opened


@dataclass(frozen=True, slots=True)
class IndexedHeader:
    """What a generation knows of a document. Its segments have the ordinals first … first + count - 1."""

    ordinal: int
    id: str
    revision: str
    number: str
    kind: str
    issuer: str
    title: str
    effective_from: date | None
    effective_to: date | None
    first: int
    count: int


def current_id(index_dir: Path) -> str | None:
    """Id of the published generation; None where nothing was published yet."""
    try:
        return (index_dir / CURRENT).read_text("utf-8").strip() or None
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise IndexProblem(f"Không đọc được {index_dir / CURRENT}: {error}. {CURE}") from error


def read_manifest(folder: Path) -> Manifest:
    """Raises `IndexProblem` if it is missing or not one."""
    try:
        return Manifest.model_validate_json((folder / MANIFEST).read_bytes())
    except OSError as error:
        raise IndexProblem(f"Thiếu tệp {folder / MANIFEST} của chỉ mục. {CURE}") from error
    except ValidationError as error:
        raise IndexProblem(f"Tệp {folder / MANIFEST} bị hỏng hoặc thuộc phiên bản khác. {CURE}") from error


class GenerationWriter:
    """Writes one generation into a folder of its own. Add documents, set vectors, then `publish`."""

    def __init__(self, index_dir: Path, generation: str) -> None:
        self.id = generation
        self._index_dir = index_dir
        self._folder = index_dir / GENERATIONS / (UNFINISHED + generation)
        (self._folder / KEYWORDS).mkdir(parents=True)
        self._db = sqlite3.connect(self._folder / SEGMENTS, isolation_level=None)
        # nobody reads it before the rename, and publish() flushes it: no journal needed
        self._db.executescript("PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF;" + _SCHEMA + "BEGIN;")
        self._keywords = tantivy.Index(_keyword_schema(), path=str(self._folder / KEYWORDS))
        self._writer = self._keywords.writer(WRITER_HEAP, 1)
        self.documents = 0
        self.segments = 0

    def add(
        self,
        document_id: str,
        revision: str,
        header: Document,
        in_force: tuple[date | None, date | None],
        segments: Sequence[tuple[Segment, bytes]],
    ) -> None:
        """Add a document with its segments, each with the digest that names its vector."""
        dates = [day.isoformat() if day else None for day in in_force]
        self._db.execute(
            "INSERT INTO documents VALUES (?,?,?,?,?,?,?,?,?,?,?)",
            (
                self.documents, document_id, revision, header.number, header.kind, header.issuer, header.title,
                *dates, self.segments, len(segments),
            ),
        )  # fmt: skip
        for segment, digest in segments:
            self._db.execute(
                "INSERT INTO segments VALUES (?,?,?,?,?,?,?,?,?,?)",
                (
                    self.segments, segment.id, self.documents, segment.path, segment.label, segment.start,
                    segment.end, segment.text, segment.context, digest,
                ),
            )  # fmt: skip
            searched = f"{segment.context}\n{segment.text}"
            entry = tantivy.Document()
            accented, folded = both_terms(searched)
            entry.add_text("terms", " ".join(accented))
            entry.add_text("folded", " ".join(folded))
            entry.add_integer("ordinal", self.segments)
            entry.add_integer("document", self.documents)
            self._writer.add_document(entry)
            self.segments += 1
        self.documents += 1

    def digests(self) -> list[bytes]:
        """Digests of all segments added, by ordinal."""
        return [row[0] for row in self._db.execute("SELECT digest FROM segments ORDER BY ordinal")]

    def segment_at(self, ordinal: int) -> Segment:
        row = self._db.execute(f"{_SELECT} WHERE s.ordinal = ?", (ordinal,)).fetchone()
        return _segment(row[1:])

    def write_vectors(self, blocks: Iterable[Vectors], dimensions: int) -> None:
        """Vectors of all segments by ordinal, in blocks."""
        import faiss

        flat = faiss.IndexFlatIP(dimensions)
        for block in blocks:
            flat.add(np.ascontiguousarray(block, dtype=np.float32))
        try:
            faiss.write_index(flat, str(self._folder / VECTORS))
        except RuntimeError as error:  # faiss knows no other
            raise OSError(f"{VECTORS}: {error}") from error

    def publish(self, manifest: Manifest) -> Path:
        """Flush everything to disk, give the folder its name and make it the current one. Prunes old ones."""
        self._db.execute("COMMIT")
        self._db.close()
        try:
            self._writer.commit()
            self._writer.wait_merging_threads()
        except ValueError as error:  # tantivy knows no other
            raise OSError(f"{KEYWORDS}: {error}") from error
        files = [file for file in sorted(self._folder.rglob("*")) if file.is_file()]
        # tantivy's lock files are empty and come and go
        sizes = {f.relative_to(self._folder).as_posix(): f.stat().st_size for f in files if f.stat().st_size}
        (self._folder / MANIFEST).write_text(
            manifest.model_copy(update={"sizes": sizes}).model_dump_json(indent=2), "utf-8"
        )
        for path in [*files, self._folder / MANIFEST, self._folder / KEYWORDS, self._folder]:
            _flush(path)
        target = self._index_dir / GENERATIONS / self.id
        self._folder.rename(target)
        _flush(target.parent)
        pointer = self._index_dir / f"{CURRENT}.new"
        pointer.write_text(self.id + "\n", "utf-8")
        _flush(pointer)
        pointer.replace(self._index_dir / CURRENT)
        _flush(self._index_dir)
        prune(self._index_dir)
        return target

    def discard(self) -> None:
        """Leave nothing behind; after `publish` it does nothing."""
        self._db.close()
        shutil.rmtree(self._folder, ignore_errors=True)


def prune(index_dir: Path) -> None:
    """Remove all but the current generation and the newest ones before it, and what killed builds left."""
    current = current_id(index_dir)
    folders = sorted(
        (index_dir / GENERATIONS).iterdir(), key=lambda f: (f.name == current, f.name), reverse=True
    )
    finished = [folder for folder in folders if not folder.name.startswith(UNFINISHED)]
    for folder in folders:
        if folder not in finished[:KEPT]:
            shutil.rmtree(folder, ignore_errors=True)


class Generation:
    """A published generation, open for reading from many threads. Everything it needs is opened at once, so it
    keeps working after its folder is pruned."""

    def __init__(self, folder: Path) -> None:
        """Raises `IndexProblem` if a file is missing, cut off or unreadable."""
        self.id = folder.name
        self.manifest = read_manifest(folder)
        if self.manifest.format != FORMAT_VERSION:
            raise IndexProblem(f"Chỉ mục {folder} thuộc phiên bản khác của phần mềm. {CURE}")
        for name, size in self.manifest.sizes.items():
            file = folder / name
            if not file.is_file() or file.stat().st_size != size:
                raise IndexProblem(f"Tệp chỉ mục {file} bị thiếu hoặc không nguyên vẹn. {CURE}")
        try:
            self._open(folder)
        except (OSError, ValueError, RuntimeError, sqlite3.Error) as error:
            raise IndexProblem(f"Không mở được chỉ mục {folder}: {error}. {CURE}") from error

    def _open(self, folder: Path) -> None:
        location = f"{(folder / SEGMENTS).absolute().as_uri()}?mode=ro&immutable=1"
        self._db = sqlite3.connect(location, uri=True, check_same_thread=False)
        self._lock = threading.Lock()
        rows = self._db.execute("SELECT * FROM documents ORDER BY ordinal").fetchall()
        self.headers = [_header(row) for row in rows]
        self.by_id = {header.id: header for header in self.headers}
        self._schema = _keyword_schema()
        keywords = tantivy.Index(self._schema, path=str(folder / KEYWORDS))
        # the files never change: no thread that watches them
        keywords.config_reader(reload_policy="manual")
        keywords.reload()
        self._searcher = keywords.searcher()
        self._vectors: Any = None
        if self.manifest.embedder:
            import faiss

            self._vectors = faiss.read_index(str(folder / VECTORS), faiss.IO_FLAG_MMAP_IFC)

    def keyword_scores(
        self, queries: Sequence[tuple[str, dict[str, int]]], limit: int, documents: Sequence[int] | None
    ) -> dict[int, float]:
        """BM25 of the best segments: ordinal -> score. A query is a field ("terms" or "folded") and its tokens
        with their counts; a segment has the best of its scores. `documents` = ordinals to stay within."""
        wanted = [self._keyword_query(field, counts) for field, counts in queries if counts]
        if not wanted or documents == []:
            return {}
        query = wanted[0] if len(wanted) == 1 else tantivy.Query.disjunction_max_query(wanted)
        if documents is not None:
            within = tantivy.Query.term_set_query(self._schema, "document", list(documents))
            free = tantivy.Query.const_score_query(within, 0.0)
            query = tantivy.Query.boolean_query([(tantivy.Occur.Must, query), (tantivy.Occur.Must, free)])
        found = self._searcher.search(query, limit, count=False).hits
        ordinals = self._searcher.fast_field_values("ordinal", [address for _, address in found])
        return {int(o): float(score) for o, (score, _) in zip(ordinals, found, strict=True)}

    def frequency(self, token: str, marked: bool = False) -> int:
        """Number of segments that have a token: a folded one, or one with its diacritics."""
        return int(self._searcher.doc_freq("terms" if marked else "folded", token))

    def _keyword_query(self, field: str, counts: dict[str, int]) -> Any:
        clauses = []
        for token, count in counts.items():
            clause = tantivy.Query.term_query(self._schema, field, token, "freq")
            clauses.append((tantivy.Occur.Should, tantivy.Query.boost_query(clause, float(count))))
        return tantivy.Query.boolean_query(clauses)

    def nearest(self, vectors: Vectors, limit: int, documents: Sequence[int] | None) -> set[int]:
        """Ordinals of the segments nearest to any of the vectors; none where the generation has no vectors."""
        if self._vectors is None or not self.manifest.segments or documents == []:
            return set()
        import faiss

        parameters = None
        if documents is not None:
            allowed = np.zeros(self.manifest.segments, dtype=bool)
            for ordinal in documents:
                header = self.headers[ordinal]
                allowed[header.first : header.first + header.count] = True
            bits = np.packbits(allowed, bitorder="little")
            parameters = faiss.SearchParameters(sel=faiss.IDSelectorBitmap(bits))  # type: ignore[call-arg, arg-type]
        found: set[int] = set()
        for vector in vectors:
            # one at a time: a single row runs in the calling thread, without the threads of OpenMP
            _, ordinals = self._vectors.search(
                vector[None, :], min(limit, self._vectors.ntotal), params=parameters
            )
            found.update(int(o) for o in ordinals[0] if o >= 0)
        return found

    def cosines(self, vectors: Vectors, ordinals: Sequence[int]) -> NDArray[np.float32]:
        """The best cosine of each segment to any of the vectors; zeros where the generation has no vectors."""
        if self._vectors is None or not len(vectors) or not ordinals:
            return np.zeros(len(ordinals), dtype=np.float32)
        stored = self._vectors.reconstruct_batch(np.asarray(ordinals, dtype=np.int64))
        best: NDArray[np.float32] = (stored @ vectors.T).max(axis=1)
        return best

    def segments(self, ordinals: Sequence[int]) -> dict[int, Segment]:
        marks = ",".join("?" * len(ordinals))
        rows = self._rows(f"{_SELECT} WHERE s.ordinal IN ({marks})", list(ordinals))
        return {row[0]: _segment(row[1:]) for row in rows}

    def segments_of(self, header: IndexedHeader) -> list[Segment]:
        """All segments of a document, in document order."""
        rows = self._rows(f"{_SELECT} WHERE s.document = ? ORDER BY s.ordinal", [header.ordinal])
        return [_segment(row[1:]) for row in rows]

    def _rows(self, query: str, values: list[int]) -> list[tuple[Any, ...]]:
        try:
            with self._lock:
                return self._db.execute(query, values).fetchall()
        except sqlite3.Error as error:
            raise IndexProblem(f"Tệp {SEGMENTS} của chỉ mục bị hỏng: {error}. {CURE}") from error


_SELECT = (
    "SELECT s.ordinal, s.id, d.id, d.revision, s.path, s.label, s.start, s.stop, s.text, s.context "
    "FROM segments s JOIN documents d ON d.ordinal = s.document"
)


def _header(row: Sequence[Any]) -> IndexedHeader:
    ordinal, id_, revision, number, kind, issuer, title, effective_from, effective_to, first, count = row
    days = _day(effective_from), _day(effective_to)
    return IndexedHeader(ordinal, id_, revision, number, kind, issuer, title, *days, first, count)


def _segment(row: Sequence[Any]) -> Segment:
    return Segment(*row)


def _keyword_schema() -> Any:
    # texts come as tokens already; "whitespace" is built in, so nothing has to be registered after opening
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("terms", tokenizer_name="whitespace", index_option="freq")
    builder.add_text_field("folded", tokenizer_name="whitespace", index_option="freq")
    builder.add_integer_field("ordinal", fast=True)
    builder.add_integer_field("document", indexed=True)
    return builder.build()


def _day(iso: str | None) -> date | None:
    return date.fromisoformat(iso) if iso else None


def _flush(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
