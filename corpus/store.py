"""The corpus: every document the desk holds, its revisions, provisions and relations, in one database.

The ingest writes it, a document in one transaction; the index, the desk and the API read it. One `Corpus` may be
shared by threads.

Which file is the document: files with the same identity are one document. The first file stays the canonical one
("ok") until one comes that reads clearly better; others are copies ("copy"), whose bytes are kept as sources but not
as revisions. A canonical file that changes gives a new revision; old revisions stay, so old citations still resolve.
A document that no file holds any more is withdrawn: it stays readable by its id and is found no longer.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import cache
from types import TracebackType
from typing import Self

from sqlalchemy import Engine, delete, func, insert, select
from sqlalchemy.orm import Session

from corpus import rows
from corpus.address import address_of, line_of, lines_above
from corpus.as_of import ProvisionAsOf, as_of
from corpus.correction import Correction, checked
from corpus.database import open_engine
from corpus.document import Authority, Document, Relation, Source
from corpus.held import (
    Added,
    Counts,
    CurrentDocument,
    FileState,
    NotHeldError,
    Outcome,
    Shelf,
    StoredDocument,
    Versions,
)
from corpus.likeness import clearly_better, quality
from corpus.number import canonical, key, partial
from corpus.provision import Level, Provision
from corpus.spelling import fold
from corpus.tables import DocumentRow, FileRow, ProvisionRow, RevisionRow, SourceRow
from corpus.validity import (
    Incoming,
    Validity,
    ValidityStatus,
    effect_sentence,
    interval,
    own_words,
    provision_validity,
)
from corpus.versions import Reading, other_versions

__all__ = [
    "Added",
    "Corpus",
    "Counts",
    "CurrentDocument",
    "FileState",
    "NotHeldError",
    "Outcome",
    "Shelf",
    "StoredDocument",
    "Versions",
]


class Corpus:
    """The database of documents. Open it with `Corpus.open`; it is a context manager."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @classmethod
    def open(cls, dsn: str) -> Self:
        """The corpus at a SQLAlchemy URL; makes the folder and the tables where they are missing.

        Raises `CorpusError` where it cannot be opened or was written by a newer version of the desk.
        """
        return cls(open_engine(dsn))

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
        code: str = "",
        note: str = "",
    ) -> Added:
        """Stores what was read from a file, whole or not at all. `note`: what a person should know of how it was read.

        `source.sha256` must be that of `data`. Bytes that are held already are stored anew only where the reading
        says something else than before (a better reader); their revision keeps its name.
        """
        if hashlib.sha256(data).hexdigest() != source.sha256:
            raise ValueError("source.sha256 is not the digest of the bytes")
        if "\0" in text:
            raise ValueError("the read text holds a NUL character, which databases refuse")
        id, identity = document.id(source.sha256), document.identity(source.sha256)
        digest = rows.digest_of(document, text, provisions)
        with self._write() as session:
            before = session.get(FileRow, (root, file))
            held = session.get(DocumentRow, id)
            previous = before.document_id if before else None
            same_bytes = before is not None and before.sha256 == source.sha256
            if session.get(SourceRow, source.sha256) is None:
                session.execute(insert(SourceRow).values(sha256=source.sha256, data=data))
            known = rows.revision_row(session, id, source.sha256)
            says_more = known is None or known.digest != digest
            same_file = before is not None and (before.document_id, before.sha256) == (id, source.sha256)
            first = held is None or held.withdrawn or self._is_canonical(session, id, root, file)
            is_current = held is not None and held.current_revision == source.sha256
            if held is not None and not first and not is_current and says_more:
                now = rows.quality_of(session, rows.revision_or_raise(session, id, None))
                if clearly_better(quality(text, provisions), now):
                    first = True
                    rows.demote_files(session, id)
            if held is None or held.withdrawn:
                outcome = Outcome.ADDED
            elif (is_current and says_more) or (first and not is_current):
                outcome = Outcome.REVISED
            else:
                outcome = Outcome.UNCHANGED if same_file else Outcome.COPY
            if outcome in (Outcome.ADDED, Outcome.REVISED):
                rows.write_header(session, held, id, identity, document, source.sha256, sample)
                if says_more:
                    if known is not None:
                        session.execute(delete(RevisionRow).where(RevisionRow.id == known.id))
                    rows.write_revision(
                        session, id, document, text, provisions, source, pages, reader, digest
                    )
            elif held is not None and not sample:
                held.is_sample = False  # an office's own file of a document that came with the product
            current = session.get_one(DocumentRow, id).current_revision
            status = "ok" if first else "copy"
            seen = FileState(root, file, source.sha256, size, mtime_ns, status, code, note, id, reader, etag)
            rows.put_file(session, before, seen)
            session.flush()
            if previous not in (None, id) and before is not None and same_bytes:
                # the same bytes are now read as another document: what was said of the old one is meant of it
                rows.move_corrections(session, previous, id)
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
            rows.put_file(session, before, seen)
            session.flush()
            if kept is None:
                self._withdraw_if_unheld(session, previous)

    def touch(self, seen: FileState) -> None:
        """Notes a file's new time or tag where its bytes are those that were read."""
        with self._write() as session:
            rows.put_file(session, session.get(FileRow, (seen.root, seen.path)), seen)

    def remove_samples(self) -> int:
        """Deletes the documents that came with the product; gives how many."""
        with self._write() as session:
            ids = list(session.scalars(select(DocumentRow.id).where(DocumentRow.is_sample)))
            for some in rows.batches(ids):
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
        query = rows.narrowed(kind, issuer, issued_from, issued_to, text, number, include_withdrawn)
        query = query.order_by(DocumentRow.issued_on.is_(None), DocumentRow.issued_on.desc(), DocumentRow.id)
        with self._read() as session:
            if status is None:
                return rows.read_documents(session, query.limit(limit).offset(offset))
            fitting = rows.read_documents(session, query)
            found = rows.validities(session, fitting, on)
        fitting = [one for one in fitting if found[one.id].status is status]
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
        query = rows.narrowed(kind, issuer, issued_from, issued_to, text, number, include_withdrawn)
        with self._read() as session:
            return session.scalars(query.with_only_columns(func.count())).one()

    def document(self, document_id: str) -> StoredDocument:
        """A document by its id, withdrawn ones too. Raises `NotHeldError`."""
        with self._read() as session:
            found = rows.read_documents(session, select(DocumentRow).where(DocumentRow.id == document_id))
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
                found = rows.read_documents(session, query.where(DocumentRow.number_key == key(full)))
            if not found and (typed := partial(spelling)):
                first = typed.first.lower().lstrip("0")
                starts = DocumentRow.number_key.startswith(f"{first}/", autoescape=True)
                party = DocumentRow.number_key.startswith(f"{first}-", autoescape=True)
                found = [
                    one
                    for one in rows.read_documents(session, query.where(starts | party))
                    if rows.meant(typed, one)
                ]
            if len(found) > 1:
                others = self._versions_among(session, found)
                found = [one for one in found if one.id not in others]
        newest_first = sorted(found, key=lambda one: one.header.issued_on or date.min, reverse=True)
        return sorted(newest_first, key=lambda one: one.header.authority.rank)

    def text(self, document_id: str, revision: str | None = None) -> str:
        """The read text of a revision, by default the current one. Raises `NotHeldError`."""
        with self._read() as session:
            return rows.revision_or_raise(session, document_id, revision).text

    def provisions(self, document_id: str, revision: str | None = None) -> list[Provision]:
        """All provisions of a revision in document order."""
        with self._read() as session:
            row = rows.revision_or_raise(session, document_id, revision)
            return rows.read_provisions(
                session, select(ProvisionRow).where(ProvisionRow.revision_id == row.id)
            )

    def provision(self, document_id: str, path: str, revision: str | None = None) -> Provision:
        """One provision by its path. Raises `NotHeldError`."""
        with self._read() as session:
            row = rows.revision_or_raise(session, document_id, revision)
            query = select(ProvisionRow).where(ProvisionRow.revision_id == row.id, ProvisionRow.path == path)
            found = rows.read_provisions(session, query)
        if not found:
            raise NotHeldError(f"{document_id} {path}")
        return found[0]

    def children(self, document_id: str, path: str | None, revision: str | None = None) -> list[Provision]:
        """The provisions right under `path`; None: the top ones."""
        with self._read() as session:
            row = rows.revision_or_raise(session, document_id, revision)
            query = select(ProvisionRow).where(ProvisionRow.revision_id == row.id)
            parent = ProvisionRow.parent.is_(None) if path is None else ProvisionRow.parent == path
            return rows.read_provisions(session, query.where(parent))

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
        home = rows.home_of(wanted, by_path)
        row = [one for one in tree if one.level is wanted.level and rows.home_of(one, by_path) == home]
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
            row = rows.revision_or_raise(session, document_id, revision)
            return session.scalars(select(SourceRow.data).where(SourceRow.sha256 == row.sha256)).one()

    def source(self, document_id: str, revision: str | None = None) -> Source:
        """Where a revision came from."""
        with self._read() as session:
            row = rows.revision_or_raise(session, document_id, revision)
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
            return rows.told(session, [number]).get(key(number), [])

    def validity(self, document_id: str, on: date) -> Validity:
        """The status of a document on a day, derived from all documents held."""
        return self.validities([document_id], on)[document_id]

    def evidence_of(self, document_id: str, status: Validity) -> str:
        """The sentence a status rests on: that of another document, else the document's own clause on its effect."""
        if status.evidence or status.status is ValidityStatus.UNKNOWN:
            return status.evidence
        return effect_sentence(self.text(document_id))

    def validities(self, document_ids: Iterable[str], on: date) -> dict[str, Validity]:
        """The status of many documents on a day. Raises `NotHeldError` for an unknown id."""
        wanted = list(dict.fromkeys(document_ids))
        with self._read() as session:
            found = [
                one
                for some in rows.batches(wanted)
                for one in rows.read_documents(session, select(DocumentRow).where(DocumentRow.id.in_(some)))
            ]
            if missing := set(wanted) - {one.id for one in found}:
                raise NotHeldError(", ".join(sorted(missing)))
            statuses = rows.validities(session, found, on)
        return {id: statuses[id] for id in wanted}

    def provision_validity(self, document_id: str, path: str, on: date) -> Validity:
        """The status of one provision, by its path or address. Raises `NotHeldError`."""
        return self.provision_as_of(document_id, path, on).validity

    def provision_as_of(self, document_id: str, path: str, on: date) -> ProvisionAsOf:
        """A provision as it reads on a day, by its path or address; one that was added by an amendment too.

        Raises `NotHeldError` where neither the document nor an amendment has it.
        """
        one = self.document(document_id)
        tree = self.provisions(document_id)
        with self._read() as session:
            said = rows.told(session, [one.header.number]).get(key(one.header.number), [])
        by_path = {provision.path: provision for provision in tree}
        address = address_of(path)
        at = by_path.get(path) or next((p for p in tree if address_of(p.path) == address), None)
        line = line_of(at, by_path) if at else lines_above(address)
        known = {address_of(provision.path) for provision in tree}
        status = provision_validity(one.header, line, on, said, one.corrections, known)
        texts = cache(self.text)
        if not status.evidence and (own := own_words(one.header, line)):
            status = replace(status, evidence=texts(one.id)[own.start : own.end])
        found = as_of(one.id, one.header, tree, at, address, on, said, status, texts)
        if found is None:
            raise NotHeldError(f"{document_id} {path}")
        return found

    def wording_of(self, number: str, address: str, on: date) -> ProvisionAsOf | None:
        """The same of a document that is known by its number alone; None where no held document speaks of the place."""
        header = Document(number=canonical(number) or number)
        said = self.relations_to(number)
        status = provision_validity(header, lines_above(address), on, said)
        return as_of("", header, (), None, address, on, said, status, cache(self.text))

    # Corrections

    def correct(
        self,
        document_id: str,
        values: Mapping[str, str],
        *,
        by: str,
        note: str = "",
        since: date | None = None,
        at: datetime | None = None,
    ) -> list[Correction]:
        """Keeps what an operator says of a document, field by field; it wins until it is undone.

        `values`: names of `corpus.correction.FIELDS` with days as ISO, a status as its value, "" for "there is none".
        `since`: first day of a status. Raises `NotHeldError`, `CorrectionError`.
        """
        said = {name: checked(name, value) for name, value in values.items()}
        when = at or datetime.now(UTC)
        with self._write() as session:
            held = session.get(DocumentRow, document_id)
            if held is None:
                raise NotHeldError(document_id)
            for name, value in said.items():
                rows.put_correction(session, held, name, value, since, by, note, when)
        return list(self.document(document_id).corrections)

    def undo_corrections(self, document_id: str, *, by: str, at: datetime | None = None) -> int:
        """Takes back every correction of a document; gives how many. They stay listed with who undid them."""
        with self._write() as session:
            held = session.get(DocumentRow, document_id)
            if held is None:
                raise NotHeldError(document_id)
            return rows.undo_corrections(session, held, by, at or datetime.now(UTC))

    def corrections(self) -> list[Correction]:
        """Every correction that holds, the latest first."""
        with self._read() as session:
            found = rows.read_corrections(session, None)
            every = [rows.correction_of(row) for row_list in found.values() for row in row_list]
        return sorted(every, key=lambda one: one.at, reverse=True)

    def versions(self) -> list[Versions]:
        """Documents of which several texts are held, each with the canonical one."""
        overview = self._superseded_versions()
        groups: dict[str, list[StoredDocument]] = {}
        for id, head in overview.items():
            groups.setdefault(head, []).append(self.document(id))
        return [Versions(self.document(head), tuple(others)) for head, others in sorted(groups.items())]

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
            regulations = rows.read_documents(session, query) if one.header.number else []
        return rows.superseding(one, regulations)

    def failures(self) -> list[FileState]:
        """Files that could not be read, with the reason."""
        with self._read() as session:
            query = select(FileRow).where(FileRow.status == "failed").order_by(FileRow.root, FileRow.path)
            return [rows.state_of(row) for row in session.scalars(query)]

    def files(self, root: str | None = None) -> list[FileState]:
        """Every file seen, of one folder or of all."""
        query = select(FileRow).order_by(FileRow.root, FileRow.path)
        with self._read() as session:
            return [
                rows.state_of(row)
                for row in session.scalars(query.where(FileRow.root == root) if root else query)
            ]

    def roots(self) -> list[str]:
        """The folders that files were ingested from."""
        with self._read() as session:
            return list(session.scalars(select(FileRow.root).distinct()))

    def file_state(self, root: str, file: str) -> FileState | None:
        """What is known of a file; None: never seen."""
        with self._read() as session:
            row = session.get(FileRow, (root, file))
            return rows.state_of(row) if row else None

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
            said = [(correction.field, correction.value) for correction in one.corrections]
            hasher.update(
                f"{one.id}|{one.revision}|{revision_digest}|{span}|{superseded}|{one.is_sample}|{said}\n".encode()
            )
        return hasher.hexdigest()[:16]

    def current(self) -> Iterator[CurrentDocument]:
        """Every document that is not withdrawn with its current text, one after the other, ordered by id."""
        for one, _, (begins, ends), superseded in self._overview():
            with self._read() as session:
                row = rows.revision_row(session, one.id, one.revision)
                if row is None:  # replaced since the overview was taken; the next `state()` tells
                    continue
                tree = rows.read_provisions(
                    session, select(ProvisionRow).where(ProvisionRow.revision_id == row.id)
                )
                text = row.text
            yield CurrentDocument(
                one.id, one.revision, one.header, text, tuple(tree), begins, ends, one.is_sample, superseded
            )

    def _overview(self) -> list[tuple[StoredDocument, str, tuple[date | None, date | None], str | None]]:
        query = select(DocumentRow).where(DocumentRow.withdrawn.is_(False)).order_by(DocumentRow.id)
        with self._read() as session:
            documents = rows.read_documents(session, query)
            said = rows.told(session, None)
            versions = self._versions_among(session, documents)
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
                interval(one.header, said.get(number, ()), one.corrections),
                versions.get(one.id)
                or (rows.superseding(one, regulations.get(number, [])) if number else None),
            )
            for one in documents
            for number in [key(one.header.number)]
        ]

    def _superseded_versions(self) -> dict[str, str]:
        with self._read() as session:
            there = rows.read_documents(session, select(DocumentRow).where(DocumentRow.withdrawn.is_(False)))
            return self._versions_among(session, there)

    @staticmethod
    def _versions_among(session: Session, documents: Sequence[StoredDocument]) -> dict[str, str]:
        """Of these documents those that are another version of one of them, with that one."""
        readings = rows.read_readings(session, documents)
        return other_versions(
            documents,
            {id: Reading(*reading) for id, reading in readings.items()},
            lambda id: rows.revision_or_raise(session, id, None).text,
        )

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
