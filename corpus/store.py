"""The corpus: every document the desk holds, its revisions, provisions and relations, in one database.

The ingest writes it, a document in one transaction; the index, the desk and the API read it. One `Corpus` may be
shared by threads.

Which file is the document: files with the same identity are one document. The first file stays the canonical one
("ok"); later ones are copies ("copy"), whose bytes are kept as sources but not as revisions. A canonical file that
changes gives a new revision; old revisions stay, so old citations still resolve. A document that no file holds any
more is withdrawn: it stays readable by its id and is found no longer.
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields, replace
from datetime import UTC, date, datetime
from enum import StrEnum
from types import TracebackType
from typing import Self

from sqlalchemy import Engine, Select, delete, func, insert, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from corpus.agency import agency_name
from corpus.database import CorpusError, migrate, new_engine
from corpus.document import Authority, Document, Relation, RelationKind, Source
from corpus.number import LAW, PartialNumber, canonical, key, partial, parts_of
from corpus.provision import Level, Provision
from corpus.spelling import fold
from corpus.tables import DocumentRow, FileRow, ProvisionRow, RelationRow, RevisionRow, SourceRow
from corpus.validity import Incoming, Validity, ValidityStatus, interval, validity

#: Bound values in one IN (…) list; SQLite takes 32,766.
_BATCH = 5_000


class NotHeldError(LookupError):
    """The corpus holds no such document, revision or provision."""


class Outcome(StrEnum):
    ADDED = "added"  # a document that was not held
    REVISED = "revised"  # a held document has a new current text
    COPY = "copy"  # another file of a held document
    UNCHANGED = "unchanged"  # the same bytes from the same file


@dataclass(frozen=True, slots=True)
class Added:
    outcome: Outcome
    document_id: str
    revision: str  # the current revision of the document after the call
    withdrawn: str | None = None  # document that this file held before and that no file holds any more


@dataclass(frozen=True, slots=True)
class FileState:
    """What is known of a file of an ingested folder."""

    root: str
    path: str  # relative to the root
    sha256: str
    size: int
    mtime_ns: int
    status: str  # ok, copy, failed, skipped, removed
    code: str = ""
    reason: str = ""
    document_id: str | None = None  # of a failed file: what it held when it could last be read
    reader: str = ""  # version of the readers that saw these bytes
    etag: str = ""  # of a download


@dataclass(frozen=True, slots=True)
class StoredDocument:
    id: str
    header: Document  # with the relations of the current revision
    revision: str  # sha256 of the current revision
    files: tuple[FileState, ...]  # the canonical one first
    is_sample: bool
    withdrawn: bool

    @property
    def file(self) -> str:
        """Path of the canonical file, relative to its root; "" where no file holds it."""
        return self.files[0].path if self.files else ""


@dataclass(frozen=True, slots=True)
class CurrentDocument:
    """All that the index needs of a document."""

    id: str
    revision: str
    header: Document
    text: str
    provisions: tuple[Provision, ...]
    effective_from: date | None  # None: unknown
    effective_to: date | None  # last day in force, by its own words or a repeal; None: open
    is_sample: bool
    superseded_by: str | None  # a held regulation of the same number that goes ahead of this text


@dataclass(frozen=True, slots=True)
class Counts:
    documents: int  # not withdrawn
    withdrawn: int
    samples: int
    provisions: int  # of current revisions of documents not withdrawn
    articles: int
    files: dict[str, int]  # by status


@dataclass(frozen=True, slots=True)
class Shelf:
    """What the documents held can be narrowed by, each value once."""

    kinds: tuple[str, ...]
    issuers: tuple[str, ...]
    years: tuple[int, ...]  # newest first


class Corpus:
    """The database of documents. Open it with `Corpus.open`; it is a context manager."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @classmethod
    def open(cls, dsn: str) -> Self:
        """The corpus at a SQLAlchemy URL; makes the folder and the tables where they are missing.

        Raises `CorpusError` where it cannot be opened or was written by a newer version of the desk.
        """
        engine = new_engine(dsn)
        try:
            migrate(engine)
        except BaseException as error:
            engine.dispose()
            if isinstance(error, DBAPIError):
                raise CorpusError(
                    f"Không mở được cơ sở dữ liệu văn bản: {str(error.orig).partition(chr(10))[0]}. Kiểm tra CCHC_DATA_DIR và "
                    "CCHC_DATABASE_URL; nếu dữ liệu bị hỏng, hãy khôi phục từ bản sao lưu."
                ) from error
            raise
        return cls(engine)

    def close(self) -> None:
        self._engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # Writing

    def add(
        self,
        document: Document,
        text: str,
        provisions: Sequence[Provision],
        source: Source,
        data: bytes,
        *,
        root: str,
        file: str,
        size: int,
        mtime_ns: int,
        pages: int = 0,
        sample: bool = False,
        reader: str = "",
        etag: str = "",
    ) -> Added:
        """Stores what was read from a file, whole or not at all.

        `source.sha256` must be that of `data`. Bytes that are held already are stored anew only where the reading
        says something else than before (a better reader); their revision keeps its name.
        """
        if hashlib.sha256(data).hexdigest() != source.sha256:
            raise ValueError("source.sha256 is not the digest of the bytes")
        if "\0" in text:
            raise ValueError("the read text holds a NUL character, which databases refuse")
        id, identity = document.id(source.sha256), document.identity(source.sha256)
        digest = _digest(document, text, provisions)
        with self._write() as session:
            before = session.get(FileRow, (root, file))
            held = session.get(DocumentRow, id)
            previous = before.document_id if before else None
            if session.get(SourceRow, source.sha256) is None:
                session.execute(insert(SourceRow).values(sha256=source.sha256, data=data))
            known = _revision(session, id, source.sha256)
            says_more = known is None or known.digest != digest
            same_file = before is not None and (before.document_id, before.sha256) == (id, source.sha256)
            first = held is None or held.withdrawn or self._is_canonical(session, id, root, file)
            is_current = held is not None and held.current_revision == source.sha256
            if held is None or held.withdrawn:
                outcome = Outcome.ADDED
            elif (is_current and says_more) or (first and not is_current):
                outcome = Outcome.REVISED
            else:
                outcome = Outcome.UNCHANGED if same_file else Outcome.COPY
            if outcome in (Outcome.ADDED, Outcome.REVISED):
                _write_header(session, held, id, identity, document, source.sha256, sample)
                if says_more:
                    if known is not None:
                        session.execute(delete(RevisionRow).where(RevisionRow.id == known.id))
                    _write_revision(session, id, document, text, provisions, source, pages, reader, digest)
            elif held is not None and not sample:
                held.is_sample = False  # an office's own file of a document that came with the product
            current = session.get_one(DocumentRow, id).current_revision
            status = "ok" if first else "copy"
            seen = FileState(root, file, source.sha256, size, mtime_ns, status, "", "", id, reader, etag)
            _put_file(session, before, seen)
            session.flush()
            gone = previous if previous != id and self._withdraw_if_unheld(session, previous) else None
        return Added(outcome, id, current, gone)

    def record_failure(
        self,
        root: str,
        file: str,
        sha256: str,
        size: int,
        mtime_ns: int,
        code: str,
        reason: str,
        status: str = "failed",
        reader: str = "",
        etag: str = "",
    ) -> None:
        """Notes a file that could not be read ("failed"), is not to be read ("skipped") or is gone ("removed").

        A document that this file held stays as it was last read; only "removed" withdraws it.
        """
        if status not in ("failed", "skipped", "removed"):
            raise ValueError(f"no failure: {status}")
        with self._write() as session:
            before = session.get(FileRow, (root, file))
            previous = before.document_id if before else None
            kept = previous if status != "removed" else None
            seen = FileState(root, file, sha256, size, mtime_ns, status, code, reason, kept, reader, etag)
            _put_file(session, before, seen)
            session.flush()
            if kept is None:
                self._withdraw_if_unheld(session, previous)

    def remove_samples(self) -> int:
        """Deletes the documents that came with the product; gives how many."""
        with self._write() as session:
            ids = list(session.scalars(select(DocumentRow.id).where(DocumentRow.is_sample)))
            for some in _batches(ids):
                session.execute(delete(FileRow).where(FileRow.document_id.in_(some)))
                session.execute(delete(RevisionRow).where(RevisionRow.document_id.in_(some)))
                session.execute(delete(DocumentRow).where(DocumentRow.id.in_(some)))
            used = select(RevisionRow.sha256).union(select(FileRow.sha256))
            session.execute(delete(SourceRow).where(SourceRow.sha256.not_in(used)))
        return len(ids)

    # Reading

    def documents(
        self,
        *,
        on: date,
        kind: str | None = None,
        issuer: str | None = None,
        issued_from: date | None = None,
        issued_to: date | None = None,
        status: ValidityStatus | None = None,
        text: str | None = None,
        number: str | None = None,
        include_withdrawn: bool = False,
        limit: int | None = None,
        offset: int = 0,
    ) -> list[StoredDocument]:
        """Documents that fit every filter given, newest first. `status` is the one on the day `on`.

        `text`: words of number, title or issuer, in any order and without regard to marks.
        """
        query = _narrowed(kind, issuer, issued_from, issued_to, text, number, include_withdrawn)
        query = query.order_by(DocumentRow.issued_on.is_(None), DocumentRow.issued_on.desc(), DocumentRow.id)
        with self._read() as session:
            if status is None:
                return _stored(session, query.limit(limit).offset(offset))
            fitting = _stored(session, query)
            said = _incoming(session, [one.header.number for one in fitting])
        fitting = [
            one
            for one in fitting
            if validity(one.header, on, said.get(key(one.header.number), ())).status is status
        ]
        return fitting[offset:][:limit]

    def count_documents(
        self,
        *,
        kind: str | None = None,
        issuer: str | None = None,
        issued_from: date | None = None,
        issued_to: date | None = None,
        text: str | None = None,
        number: str | None = None,
        include_withdrawn: bool = False,
    ) -> int:
        """How many `documents` fits these filters, without reading them."""
        query = _narrowed(kind, issuer, issued_from, issued_to, text, number, include_withdrawn)
        with self._read() as session:
            return session.scalars(query.with_only_columns(func.count())).one()

    def document(self, document_id: str) -> StoredDocument:
        """A document by its id, withdrawn ones too. Raises `NotHeldError`."""
        with self._read() as session:
            found = _stored(session, select(DocumentRow).where(DocumentRow.id == document_id))
        if not found:
            raise NotHeldError(document_id)
        return found[0]

    def find(self, spelling: str) -> list[StoredDocument]:
        """Documents whose số hiệu can be meant by `spelling` ("nđ 61", "61/2018", "905"), binding ones first, then newest.

        A full number that is held gives only the documents with that number.
        """
        query = select(DocumentRow).where(DocumentRow.withdrawn.is_(False), DocumentRow.number != "")
        with self._read() as session:
            found: list[StoredDocument] = []
            if full := canonical(spelling):
                found = _stored(session, query.where(DocumentRow.number_key == key(full)))
            if not found and (typed := partial(spelling)):
                first = typed.first.lower().lstrip("0")
                starts = DocumentRow.number_key.startswith(f"{first}/", autoescape=True)
                party = DocumentRow.number_key.startswith(f"{first}-", autoescape=True)
                found = [one for one in _stored(session, query.where(starts | party)) if _meant(typed, one)]
        newest_first = sorted(found, key=lambda one: one.header.issued_on or date.min, reverse=True)
        return sorted(newest_first, key=lambda one: one.header.authority.rank)

    def text(self, document_id: str, revision: str | None = None) -> str:
        """The read text of a revision, by default the current one. Raises `NotHeldError`."""
        with self._read() as session:
            return _revision_or_raise(session, document_id, revision).text

    def provisions(self, document_id: str, revision: str | None = None) -> list[Provision]:
        """All provisions of a revision in document order."""
        with self._read() as session:
            row = _revision_or_raise(session, document_id, revision)
            return _provisions(session, select(ProvisionRow).where(ProvisionRow.revision_id == row.id))

    def provision(self, document_id: str, path: str, revision: str | None = None) -> Provision:
        """One provision by its path. Raises `NotHeldError`."""
        with self._read() as session:
            row = _revision_or_raise(session, document_id, revision)
            query = select(ProvisionRow).where(ProvisionRow.revision_id == row.id, ProvisionRow.path == path)
            found = _provisions(session, query)
        if not found:
            raise NotHeldError(f"{document_id} {path}")
        return found[0]

    def children(self, document_id: str, path: str | None, revision: str | None = None) -> list[Provision]:
        """The provisions right under `path`; None: the top ones."""
        with self._read() as session:
            row = _revision_or_raise(session, document_id, revision)
            query = select(ProvisionRow).where(ProvisionRow.revision_id == row.id)
            parent = ProvisionRow.parent.is_(None) if path is None else ProvisionRow.parent == path
            return _provisions(session, query.where(parent))

    def neighbours(
        self, document_id: str, path: str, revision: str | None = None
    ) -> tuple[Provision | None, Provision | None]:
        """The provision before and the one after at the same level.

        Articles run on across chapters, but not from a decision into the regulation attached to it; all others
        have neighbours only under the same parent.
        """
        tree = self.provisions(document_id, revision)
        by_path = {one.path: one for one in tree}
        if path not in by_path:
            raise NotHeldError(f"{document_id} {path}")
        wanted = by_path[path]
        home = _home(wanted, by_path)
        row = [one for one in tree if one.level is wanted.level and _home(one, by_path) == home]
        place = row.index(wanted)
        return row[place - 1] if place else None, row[place + 1] if place + 1 < len(row) else None

    def outline(self, document_id: str, depth: int, revision: str | None = None) -> list[Provision]:
        """The table of contents: provisions down to `depth` levels (1 = the top ones), without rows, dashes and
        bare paragraphs."""
        depths: dict[str, int] = {}
        kept = []
        for one in self.provisions(document_id, revision):
            depths[one.path] = depths.get(one.parent or "", 0) + 1
            if depths[one.path] <= depth and one.level not in (Level.ROW, Level.DASH, Level.PARAGRAPH):
                kept.append(one)
        return kept

    def source_bytes(self, document_id: str, revision: str | None = None) -> bytes:
        """The bytes a revision was read from."""
        with self._read() as session:
            row = _revision_or_raise(session, document_id, revision)
            return session.scalars(select(SourceRow.data).where(SourceRow.sha256 == row.sha256)).one()

    def source(self, document_id: str, revision: str | None = None) -> Source:
        """Where a revision came from."""
        with self._read() as session:
            row = _revision_or_raise(session, document_id, revision)
            return Source(row.uri, row.sha256, row.media_type)

    def revisions(self, document_id: str) -> list[str]:
        """The sha256 of every revision held, the one read last first."""
        with self._read() as session:
            query = select(RevisionRow.sha256).where(RevisionRow.document_id == document_id)
            return list(session.scalars(query.order_by(RevisionRow.read_at.desc(), RevisionRow.id.desc())))

    def shelf(self) -> Shelf:
        """The kinds, issuers and years of issue that a list of documents can be narrowed by."""
        there = select(DocumentRow).where(DocumentRow.withdrawn.is_(False))
        with self._read() as session:
            kinds = session.scalars(there.with_only_columns(DocumentRow.kind).distinct())
            issuers = session.scalars(
                there.with_only_columns(func.min(DocumentRow.issuer)).group_by(DocumentRow.issuer_key)
            )
            days = session.scalars(there.with_only_columns(DocumentRow.issued_on).distinct())
            return Shelf(
                tuple(sorted(filter(None, kinds), key=fold)),
                tuple(sorted(filter(None, issuers), key=fold)),
                tuple(sorted({day.year for day in days if day}, reverse=True)),
            )

    def relations_of(self, document_id: str) -> list[Relation]:
        """What the current revision of a document says about others, in the order of the text."""
        return list(self.document(document_id).header.relations)

    def relations_to(self, number: str) -> list[Incoming]:
        """What held documents (not withdrawn) say about a number, in any spelling."""
        with self._read() as session:
            return _incoming(session, [number]).get(key(number), [])

    def validity(self, document_id: str, on: date) -> Validity:
        """The status of a document on a day, derived from all documents held."""
        return self.validities([document_id], on)[document_id]

    def validities(self, document_ids: Iterable[str], on: date) -> dict[str, Validity]:
        """The status of many documents on a day. Raises `NotHeldError` for an unknown id."""
        wanted = list(dict.fromkeys(document_ids))
        with self._read() as session:
            found = [
                one
                for some in _batches(wanted)
                for one in _stored(session, select(DocumentRow).where(DocumentRow.id.in_(some)))
            ]
            said = _incoming(session, [one.header.number for one in found])
        headers = {one.id: one.header for one in found}
        if missing := [id for id in wanted if id not in headers]:
            raise NotHeldError(", ".join(missing))
        return {id: validity(headers[id], on, said.get(key(headers[id].number), ())) for id in wanted}

    def superseded_by_authority(self, document_id: str) -> str | None:
        """The held regulation that goes ahead of this summary or news item: same number, nothing that contradicts.

        A consolidated text is never superseded by the text as issued: it is the one that holds the amendments.
        """
        one = self.document(document_id)
        with self._read() as session:
            query = select(DocumentRow).where(
                DocumentRow.number_key == key(one.header.number),
                DocumentRow.withdrawn.is_(False),
                DocumentRow.authority.in_([a.value for a in Authority if a.is_regulation]),
            )
            regulations = _stored(session, query) if one.header.number else []
        return _superseding(one, regulations)

    def failures(self) -> list[FileState]:
        """Files that could not be read, with the reason."""
        with self._read() as session:
            query = select(FileRow).where(FileRow.status == "failed").order_by(FileRow.root, FileRow.path)
            return [_file(row) for row in session.scalars(query)]

    def files(self, root: str | None = None) -> list[FileState]:
        """Every file seen, of one folder or of all."""
        query = select(FileRow).order_by(FileRow.root, FileRow.path)
        with self._read() as session:
            return [
                _file(row) for row in session.scalars(query.where(FileRow.root == root) if root else query)
            ]

    def roots(self) -> list[str]:
        """The folders that files were ingested from."""
        with self._read() as session:
            return list(session.scalars(select(FileRow.root).distinct()))

    def file_state(self, root: str, file: str) -> FileState | None:
        """What is known of a file; None: never seen."""
        with self._read() as session:
            row = session.get(FileRow, (root, file))
            return _file(row) if row else None

    def counts(self) -> Counts:
        """How much the corpus holds."""
        with self._read() as session:
            current = (
                select(func.count())
                .select_from(ProvisionRow)
                .join(RevisionRow, RevisionRow.id == ProvisionRow.revision_id)
                .join(DocumentRow, DocumentRow.id == RevisionRow.document_id)
                .where(RevisionRow.sha256 == DocumentRow.current_revision, DocumentRow.withdrawn.is_(False))
            )
            counted = select(DocumentRow.withdrawn, DocumentRow.is_sample, func.count()).group_by(
                DocumentRow.withdrawn, DocumentRow.is_sample
            )
            documents = [(withdrawn, sample, n) for withdrawn, sample, n in session.execute(counted)]
            by_status = select(FileRow.status, func.count()).group_by(FileRow.status)
            return Counts(
                documents=sum(n for withdrawn, _, n in documents if not withdrawn),
                withdrawn=sum(n for withdrawn, _, n in documents if withdrawn),
                samples=sum(n for withdrawn, sample, n in documents if sample and not withdrawn),
                provisions=session.scalars(current).one(),
                articles=session.scalars(current.where(ProvisionRow.level == Level.ARTICLE.value)).one(),
                files=dict(session.execute(by_status).all()),
            )

    def state(self) -> str:
        """A digest that changes when anything the index stands on changes: texts, headers, validity, precedence."""
        hasher = hashlib.sha256()
        for one, revision_digest, span, superseded in self._overview():
            hasher.update(
                f"{one.id}|{one.revision}|{revision_digest}|{span}|{superseded}|{one.is_sample}\n".encode()
            )
        return hasher.hexdigest()[:16]

    def current(self) -> Iterator[CurrentDocument]:
        """Every document that is not withdrawn with its current text, one after the other, ordered by id."""
        for one, _, (begins, ends), superseded in self._overview():
            with self._read() as session:
                row = _revision(session, one.id, one.revision)
                if row is None:  # replaced since the overview was taken; the next `state()` tells
                    continue
                tree = _provisions(session, select(ProvisionRow).where(ProvisionRow.revision_id == row.id))
                text = row.text
            yield CurrentDocument(
                one.id, one.revision, one.header, text, tuple(tree), begins, ends, one.is_sample, superseded
            )

    def _overview(self) -> list[tuple[StoredDocument, str, tuple[date | None, date | None], str | None]]:
        query = select(DocumentRow).where(DocumentRow.withdrawn.is_(False)).order_by(DocumentRow.id)
        with self._read() as session:
            documents = _stored(session, query)
            said = _incoming(session, None)
            pairs = select(RevisionRow.document_id, RevisionRow.sha256, RevisionRow.digest)
            digests = {(id, sha256): digest for id, sha256, digest in session.execute(pairs)}
        regulations: dict[str, list[StoredDocument]] = {}
        for one in documents:
            if one.header.number and one.header.authority.is_regulation:
                regulations.setdefault(key(one.header.number), []).append(one)
        return [
            (
                one,
                digests[one.id, one.revision],
                interval(one.header, said.get(number, ())),
                _superseding(one, regulations.get(number, [])) if number else None,
            )
            for one in documents
            for number in [key(one.header.number)]
        ]

    # Transactions

    @contextmanager
    def _write(self) -> Iterator[Session]:
        writer = self._engine.execution_options(writes=True)
        with Session(writer, expire_on_commit=False) as session, session.begin():
            yield session

    @contextmanager
    def _read(self) -> Iterator[Session]:
        with Session(self._engine) as session:
            yield session

    @staticmethod
    def _is_canonical(session: Session, document_id: str, root: str, file: str) -> bool:
        """Whether this file holds the document, or no other file does."""
        query = select(FileRow.root, FileRow.path).where(
            FileRow.document_id == document_id, FileRow.status.in_(("ok", "failed", "skipped"))
        )
        holders = {tuple(row) for row in session.execute(query)}
        return not holders or (root, file) in holders

    @staticmethod
    def _withdraw_if_unheld(session: Session, document_id: str | None) -> bool:
        """Withdraws a document that no file holds any more; else sees that one of its files is canonical."""
        if document_id is None:
            return False
        held = session.get_one(DocumentRow, document_id)
        rows = session.scalars(select(FileRow).where(FileRow.document_id == document_id)).all()
        if not rows:
            held.withdrawn = True
        elif all(row.status == "copy" for row in rows):
            alike = [row for row in rows if row.sha256 == held.current_revision]
            for row in alike[:1]:
                row.status = "ok"
            if not alike:  # only files with other bytes are left: the next ingest has to read them anew
                for row in rows:
                    row.sha256 = ""
        return not rows


def issuer_key(issuer: str) -> str:
    """The form in which issuers are compared: "UBND tỉnh Khánh Hoà" and "ỦY BAN NHÂN DÂN TỈNH KHÁNH HÒA" are one."""
    return fold(agency_name(issuer)) if issuer else ""


def _digest(document: Document, text: str, provisions: Sequence[Provision]) -> str:
    hasher = hashlib.sha256(repr(document).encode())
    hasher.update(text.encode())
    for one in provisions:
        hasher.update(repr(one).encode())
    return hasher.hexdigest()


def _revision(session: Session, document_id: str, sha256: str) -> RevisionRow | None:
    query = select(RevisionRow).where(RevisionRow.document_id == document_id, RevisionRow.sha256 == sha256)
    return session.scalars(query).one_or_none()


def _revision_or_raise(session: Session, document_id: str, sha256: str | None) -> RevisionRow:
    query = select(RevisionRow).join(DocumentRow).where(RevisionRow.document_id == document_id)
    wanted = DocumentRow.current_revision if sha256 is None else sha256
    row = session.scalars(query.where(RevisionRow.sha256 == wanted)).one_or_none()
    if row is None:
        raise NotHeldError(f"{document_id} {sha256 or ''}".strip())
    return row


def _write_header(
    session: Session,
    held: DocumentRow | None,
    id: str,
    identity: str,
    document: Document,
    revision: str,
    sample: bool,
) -> None:
    values = {
        "number": document.number,
        "number_key": key(document.number),
        "kind": document.kind,
        "issuer": document.issuer,
        "issuer_key": issuer_key(document.issuer),
        "issued_on": document.issued_on,
        "effective_from": document.effective_from,
        "effective_to": document.effective_to,
        "title": document.title,
        "search_key": fold(f"{document.number} {document.title} {document.issuer}"),
        "signer": document.signer,
        "authority": document.authority.value,
        "publisher": document.publisher,
        "published_on": document.published_on,
        "is_sample": sample if held is None or held.withdrawn else held.is_sample and sample,
        "withdrawn": False,
        "current_revision": revision,
    }
    if held is None:
        session.execute(insert(DocumentRow).values(id=id, identity=identity, **values))
    else:
        for name, value in values.items():
            setattr(held, name, value)


def _write_revision(
    session: Session,
    document_id: str,
    document: Document,
    text: str,
    provisions: Sequence[Provision],
    source: Source,
    pages: int,
    reader: str,
    digest: str,
) -> None:
    row = RevisionRow(
        document_id=document_id,
        sha256=source.sha256,
        uri=source.uri,
        media_type=source.media_type,
        text=text,
        pages=pages,
        reader=reader,
        read_at=datetime.now(UTC),
        digest=digest,
    )
    session.add(row)
    session.flush()
    if provisions:
        names = [one.name for one in fields(Provision)]
        session.execute(
            insert(ProvisionRow),
            [
                {name: getattr(one, name) for name in names}
                | {"revision_id": row.id, "level": one.level.value, "columns": list(one.columns)}
                for one in provisions
            ],
        )
    if document.relations:
        session.execute(
            insert(RelationRow),
            [
                {
                    "revision_id": row.id,
                    "ordinal": ordinal,
                    "kind": one.kind.value,
                    "number": one.number,
                    "number_key": key(one.number),
                    "start": one.start,
                    "end": one.end,
                    "sentence": text[one.start : one.end],
                    "effective_on": one.effective_on,
                    "whole": one.whole,
                }
                for ordinal, one in enumerate(document.relations)
            ],
        )


def _put_file(session: Session, before: FileRow | None, seen: FileState) -> None:
    row = before or FileRow(root=seen.root, path=seen.path)
    for one in fields(FileState):
        setattr(row, one.name, getattr(seen, one.name))
    if before is None:
        session.add(row)


def _file(row: FileRow) -> FileState:
    return FileState(**{one.name: getattr(row, one.name) for one in fields(FileState)})


def _narrowed(
    kind: str | None,
    issuer: str | None,
    issued_from: date | None,
    issued_to: date | None,
    text: str | None,
    number: str | None,
    include_withdrawn: bool,
) -> Select[DocumentRow]:
    """The documents that fit every filter given, in no order."""
    query = select(DocumentRow)
    if not include_withdrawn:
        query = query.where(DocumentRow.withdrawn.is_(False))
    if kind:  # SQLite lowers ASCII letters only: "Đề án" is found by its exact spelling
        query = query.where((DocumentRow.kind == kind) | (func.lower(DocumentRow.kind) == kind.lower()))
    if issuer:
        query = query.where(DocumentRow.issuer_key == issuer_key(issuer))
    if issued_from:
        query = query.where(DocumentRow.issued_on >= issued_from)
    if issued_to:
        query = query.where(DocumentRow.issued_on <= issued_to)
    if number:
        query = query.where(DocumentRow.number_key == key(number))
    for word in fold(text or "").split():
        query = query.where(DocumentRow.search_key.contains(word, autoescape=True))
    return query


def _stored(session: Session, query: Select[DocumentRow]) -> list[StoredDocument]:
    """Documents of a query, with their files and the relations of their current revisions."""
    rows = session.scalars(query).all()
    files: dict[str, list[FileState]] = {}
    relations: dict[str, list[Relation]] = {}
    for some in _batches([row.id for row in rows]):
        seen = select(FileRow).where(FileRow.document_id.in_(some)).order_by(FileRow.root, FileRow.path)
        for file in session.scalars(seen):
            files.setdefault(file.document_id or "", []).append(_file(file))
        said = (
            select(RelationRow, RevisionRow.document_id)
            .join(RevisionRow, RevisionRow.id == RelationRow.revision_id)
            .join(DocumentRow, DocumentRow.id == RevisionRow.document_id)
            .where(DocumentRow.id.in_(some), RevisionRow.sha256 == DocumentRow.current_revision)
            .order_by(RelationRow.revision_id, RelationRow.ordinal)
        )
        for relation, document_id in session.execute(said):
            relations.setdefault(document_id, []).append(_relation(relation))
    return [
        StoredDocument(
            row.id,
            replace(_header(row), relations=tuple(relations.get(row.id, ()))),
            row.current_revision,
            tuple(sorted(files.get(row.id, ()), key=lambda file: file.status == "copy")),
            row.is_sample,
            row.withdrawn,
        )
        for row in rows
    ]


def _header(row: DocumentRow) -> Document:
    return Document(
        number=row.number,
        kind=row.kind,
        issuer=row.issuer,
        issued_on=row.issued_on,
        effective_from=row.effective_from,
        effective_to=row.effective_to,
        title=row.title,
        signer=row.signer,
        authority=Authority(row.authority),
        publisher=row.publisher,
        published_on=row.published_on,
    )


def _relation(row: RelationRow) -> Relation:
    return Relation(RelationKind(row.kind), row.number, row.start, row.end, row.effective_on, row.whole)


def _incoming(session: Session, numbers: Iterable[str] | None) -> dict[str, list[Incoming]]:
    """What documents not withdrawn say about these numbers (None: about any), by number key."""
    query = (
        select(RelationRow, DocumentRow)
        .join(RevisionRow, RevisionRow.id == RelationRow.revision_id)
        .join(DocumentRow, DocumentRow.id == RevisionRow.document_id)
        .where(RevisionRow.sha256 == DocumentRow.current_revision, DocumentRow.withdrawn.is_(False))
        .order_by(DocumentRow.id, RelationRow.ordinal)
    )
    if numbers is None:
        queries = [query]
    else:
        keys = sorted({key(number) for number in numbers if number})
        queries = [query.where(RelationRow.number_key.in_(some)) for some in _batches(keys)]
    said: dict[str, list[Incoming]] = {}
    for one in queries:
        for relation, row in session.execute(one):
            incoming = Incoming(_relation(relation), _header(row), row.id, relation.sentence)
            said.setdefault(relation.number_key, []).append(incoming)
    return said


def _meant(typed: PartialNumber, one: StoredDocument) -> bool:
    """Whether a document can be meant. Laws and resolutions of Quốc hội are numbered alike: there its kind decides."""
    parts = parts_of(one.header.number)
    shared = parts is not None and parts.kind == LAW and typed.kind in ("NQ", LAW) and one.header.kind != ""
    if shared and ("nghi quyet" in fold(one.header.kind)) is not (typed.kind == "NQ"):
        return False
    return typed.matches(one.header.number)


def _superseding(one: StoredDocument, regulations: Sequence[StoredDocument]) -> str | None:
    header = one.header
    if header.authority not in (Authority.SUMMARY, Authority.PRESS):
        return None
    for other in sorted(regulations, key=lambda other: other.header.authority.rank):
        theirs = other.header
        issuers = {issuer_key(header.issuer), issuer_key(theirs.issuer)} - {""}
        days = {header.issued_on, theirs.issued_on} - {None}
        # a number without a year is used by many: then issuer or date has to be known on both sides
        parts = parts_of(theirs.number)
        alike = (header.issuer and theirs.issuer) or (header.issued_on and theirs.issued_on)
        if len(issuers) < 2 and len(days) < 2 and (alike or (parts and parts.year)):
            return other.id
    return None


def _provisions(session: Session, query: Select[ProvisionRow]) -> list[Provision]:
    columns = [getattr(ProvisionRow, one.name) for one in fields(Provision)]
    rows = session.execute(query.with_only_columns(*columns).order_by(ProvisionRow.ordinal))
    level_at = [one.name for one in fields(Provision)].index("level")
    columns_at = [one.name for one in fields(Provision)].index("columns")
    found = []
    for row in rows:
        values = list(row)
        values[level_at] = Level(values[level_at])
        values[columns_at] = tuple(values[columns_at])
        found.append(Provision(*values))
    return found


def _home(one: Provision, by_path: dict[str, Provision]) -> str | None:
    """Inside what a provision has its neighbours: articles in the document or attachment, others in the parent."""
    above = one.parent
    if one.level is Level.ARTICLE:
        while above is not None and by_path[above].level not in (Level.ATTACHMENT, Level.APPENDIX):
            above = by_path[above].parent
    return above


def _batches(values: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(values), _BATCH):
        yield values[start : start + _BATCH]
