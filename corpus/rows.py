"""Between the rows of the database and what the store gives: queries, and how a document is written down.

Only `corpus.store` and its helpers call it; every function works in the caller's transaction.
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, cast

from sqlalchemy import Select, Table, func, insert, select
from sqlalchemy.orm import Session

from corpus.agency import agency_name
from corpus.correction import DAYS, STATUS, Correction
from corpus.document import Authority, Document, Relation, RelationKind, Source
from corpus.held import FileState, NotHeldError, StoredDocument
from corpus.likeness import fingerprint, quality
from corpus.number import LAW, PartialNumber, key, parts_of
from corpus.provision import Level, Provision
from corpus.spelling import fold
from corpus.tables import CorrectionRow, DocumentRow, FileRow, ProvisionRow, RelationRow, RevisionRow
from corpus.validity import Incoming, Validity, guiding, interval, validity

#: Bound values in one IN (…) list; SQLite takes 32,766.
_BATCH = 5_000


def issuer_key(issuer: str) -> str:
    """The form in which issuers are compared: "UBND tỉnh Khánh Hoà" and "ỦY BAN NHÂN DÂN TỈNH KHÁNH HÒA" are one."""
    return fold(agency_name(issuer)) if issuer else ""


def digest_of(document: Document, text: str, provisions: Sequence[Provision]) -> str:
    hasher = hashlib.sha256(repr(document).encode())
    hasher.update(text.encode())
    for one in provisions:
        hasher.update(repr(one).encode())
    return hasher.hexdigest()


def revision_row(session: Session, document_id: str, sha256: str) -> RevisionRow | None:
    query = select(RevisionRow).where(RevisionRow.document_id == document_id, RevisionRow.sha256 == sha256)
    return session.scalars(query).one_or_none()


def revision_or_raise(session: Session, document_id: str, sha256: str | None) -> RevisionRow:
    query = select(RevisionRow).join(DocumentRow).where(RevisionRow.document_id == document_id)
    wanted = DocumentRow.current_revision if sha256 is None else sha256
    row = session.scalars(query.where(RevisionRow.sha256 == wanted)).one_or_none()
    if row is None:
        raise NotHeldError(f"{document_id} {sha256 or ''}".strip())
    return row


def write_header(
    session: Session,
    held: DocumentRow | None,
    id: str,
    identity: str,
    document: Document,
    revision: str,
    sample: bool,
) -> None:
    """The header of a document as it was read, under what an operator corrected."""
    for said in read_corrections(session, [id]).get(id, ()):
        if said.field != STATUS:
            said.read_value = text_of(document, said.field)
            document = with_value(document, said.field, said.value)
    values = header_values(document) | {
        "is_sample": sample if held is None or held.withdrawn else held.is_sample and sample,
        "withdrawn": False,
        "current_revision": revision,
    }
    if held is None:
        session.execute(insert(DocumentRow).values(id=id, identity=identity, **values))
    else:
        for name, value in values.items():
            setattr(held, name, value)


def header_values(document: Document) -> dict[str, object]:
    """The columns of a document that its header gives."""
    return {
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
    }


def text_of(document: Document, name: str) -> str:
    """A field of a header as a correction stores it."""
    value = getattr(document, name)
    return value.isoformat() if isinstance(value, date) else value or ""


def with_value(document: Document, name: str, value: str) -> Document:
    """The header with another value of a field, given as a correction stores it."""
    day = date.fromisoformat(value) if name in DAYS and value else None
    changed: dict[str, Any] = {name: day if name in DAYS else value}
    return replace(document, **changed)


def read_corrections(session: Session, document_ids: Sequence[str] | None) -> dict[str, list[CorrectionRow]]:
    """The corrections that hold, by document, one for each field; the latest first."""
    query = select(CorrectionRow).where(CorrectionRow.undone_at.is_(None)).order_by(CorrectionRow.id.desc())
    queries = [query]
    if document_ids is not None:
        queries = [query.where(CorrectionRow.document_id.in_(some)) for some in batches(document_ids)]
    found: dict[str, list[CorrectionRow]] = {}
    for one in queries:
        for row in session.scalars(one):
            of_document = found.setdefault(row.document_id, [])
            if all(other.field != row.field for other in of_document):
                of_document.append(row)
    return found


def put_correction(
    session: Session,
    held: DocumentRow,
    name: str,
    value: str,
    since: date | None,
    by: str,
    note: str,
    at: datetime,
) -> None:
    before = next(
        (row for row in read_corrections(session, [held.id]).get(held.id, ()) if row.field == name), None
    )
    read = before.read_value if before else "" if name == STATUS else text_of(header_of(held), name)
    row = CorrectionRow(
        document_id=held.id, field=name, value=value, since=since, said_by=by, note=note, at=at, read_value=read,
        undone_at=None, undone_by="",
    )  # fmt: skip
    session.add(row)
    if name != STATUS:
        _set_header(held, with_value(header_of(held), name, value))


def undo_corrections(session: Session, held: DocumentRow, by: str, at: datetime) -> int:
    header = header_of(held)
    for row in read_corrections(session, [held.id]).get(held.id, ()):
        if row.field != STATUS:
            header = with_value(header, row.field, row.read_value)
    _set_header(held, header)
    open_ones = select(CorrectionRow).where(
        CorrectionRow.document_id == held.id, CorrectionRow.undone_at.is_(None)
    )
    undone = session.scalars(open_ones).all()
    for row in undone:
        row.undone_at, row.undone_by = at, by
    return len(undone)


def _set_header(held: DocumentRow, header: Document) -> None:
    for name, value in header_values(header).items():
        setattr(held, name, value)


def move_corrections(session: Session, before: str | None, now: str) -> None:
    """What was said of one document is meant of another: the same bytes, read differently."""
    held = session.get_one(DocumentRow, now)
    for row in session.scalars(select(CorrectionRow).where(CorrectionRow.document_id == before)):
        row.document_id = now
        if row.undone_at is None and row.field != STATUS:
            row.read_value = text_of(header_of(held), row.field)
            _set_header(held, with_value(header_of(held), row.field, row.value))


def demote_files(session: Session, document_id: str) -> None:
    """No file of the document is its canonical one any more: a better one comes."""
    for row in session.scalars(
        select(FileRow).where(FileRow.document_id == document_id, FileRow.status == "ok")
    ):
        row.status = "copy"


def quality_of(session: Session, row: RevisionRow) -> float:
    """How good the reading of a revision is; worked out where it was stored before that was kept."""
    if row.quality is None:
        tree = read_provisions(session, select(ProvisionRow).where(ProvisionRow.revision_id == row.id))
        row.quality = quality(row.text, tree)
    return row.quality


def read_readings(session: Session, documents: Sequence[StoredDocument]) -> dict[str, tuple[bytes, float]]:
    """Fingerprint and quality of the current revision of each document."""
    found: dict[str, tuple[bytes, float]] = {}
    for some in batches([one.id for one in documents]):
        query = (
            select(RevisionRow.document_id, RevisionRow.id, RevisionRow.fingerprint, RevisionRow.quality)
            .join(DocumentRow, DocumentRow.id == RevisionRow.document_id)
            .where(DocumentRow.id.in_(some), RevisionRow.sha256 == DocumentRow.current_revision)
        )
        for document_id, id, print_, good in session.execute(query).all():
            if print_ is None or good is None:  # stored before there were any
                row = session.get_one(RevisionRow, id)
                print_, good = fingerprint(row.text), quality_of(session, row)
            found[document_id] = (print_, good)
    return found


def correction_of(row: CorrectionRow) -> Correction:
    return Correction(row.document_id, row.field, row.value, row.said_by, row.note, row.at, row.since)


def write_revision(
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
        fingerprint=fingerprint(text),
        quality=quality(text, provisions),
    )
    session.add(row)
    session.flush()
    # into the tables, not the mapped classes: those would send rows without a page apart from those with one
    if provisions:
        names = [one.name for one in fields(Provision)]
        session.execute(
            insert(cast(Table, ProvisionRow.__table__)),
            [
                {name: getattr(one, name) for name in names}
                | {"revision_id": row.id, "level": one.level.value, "columns": list(one.columns)}
                for one in provisions
            ],
        )
    if document.relations:
        session.execute(
            insert(cast(Table, RelationRow.__table__)),
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
                    "provisions": list(one.provisions),
                    "wording_start": one.wording[0] if one.wording else None,
                    "wording_end": one.wording[1] if one.wording else None,
                    "until": one.until,
                }
                for ordinal, one in enumerate(document.relations)
            ],
        )


def put_file(session: Session, before: FileRow | None, seen: FileState) -> None:
    row = before or FileRow(root=seen.root, path=seen.path)
    for one in fields(FileState):
        setattr(row, one.name, getattr(seen, one.name))
    if before is None:
        session.add(row)


def state_of(row: FileRow) -> FileState:
    return FileState(**{one.name: getattr(row, one.name) for one in fields(FileState)})


def narrowed(
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


def read_documents(session: Session, query: Select[DocumentRow]) -> list[StoredDocument]:
    """Documents of a query, with their files and the relations of their current revisions."""
    rows = session.scalars(query).all()
    files: dict[str, list[FileState]] = {}
    relations: dict[str, list[Relation]] = {}
    corrections = read_corrections(session, [row.id for row in rows])
    for some in batches([row.id for row in rows]):
        seen = select(FileRow).where(FileRow.document_id.in_(some)).order_by(FileRow.root, FileRow.path)
        for file in session.scalars(seen):
            files.setdefault(file.document_id or "", []).append(state_of(file))
        said = (
            select(RelationRow, RevisionRow.document_id)
            .join(RevisionRow, RevisionRow.id == RelationRow.revision_id)
            .join(DocumentRow, DocumentRow.id == RevisionRow.document_id)
            .where(DocumentRow.id.in_(some), RevisionRow.sha256 == DocumentRow.current_revision)
            .order_by(RelationRow.revision_id, RelationRow.ordinal)
        )
        for relation, document_id in session.execute(said):
            relations.setdefault(document_id, []).append(relation_of(relation))
    return [
        StoredDocument(
            row.id,
            replace(header_of(row), relations=tuple(relations.get(row.id, ()))),
            row.current_revision,
            tuple(sorted(files.get(row.id, ()), key=lambda file: file.status == "copy")),
            row.is_sample,
            row.withdrawn,
            tuple(correction_of(one) for one in corrections.get(row.id, ())),
        )
        for row in rows
    ]


def header_of(row: DocumentRow) -> Document:
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


def relation_of(row: RelationRow) -> Relation:
    given = row.wording_start is not None and row.wording_end is not None
    return Relation(
        RelationKind(row.kind),
        row.number,
        row.start,
        row.end,
        row.effective_on,
        row.whole,
        tuple(row.provisions),
        (row.wording_start or 0, row.wording_end or 0) if given else None,
        row.until,
    )


def read_incoming(session: Session, numbers: Iterable[str] | None) -> dict[str, list[Incoming]]:
    """What documents not withdrawn say about these numbers (None: about any), by number key."""
    query = (
        select(RelationRow, DocumentRow)
        .join(RevisionRow, RevisionRow.id == RelationRow.revision_id)
        .join(DocumentRow, DocumentRow.id == RevisionRow.document_id)
        .where(RevisionRow.sha256 == DocumentRow.current_revision, DocumentRow.withdrawn.is_(False))
        .where(RelationRow.number_key != "")
        .order_by(DocumentRow.id, RelationRow.ordinal)
    )
    if numbers is None:
        queries = [query]
    else:
        keys = sorted({key(number) for number in numbers if number})
        queries = [query.where(RelationRow.number_key.in_(some)) for some in batches(keys)]
    said: dict[str, list[Incoming]] = {}
    for one in queries:
        for relation, row in session.execute(one):
            incoming = Incoming(relation_of(relation), header_of(row), row.id, relation.sentence)
            said.setdefault(relation.number_key, []).append(incoming)
    return said


def told(session: Session, numbers: Iterable[str] | None) -> dict[str, list[Incoming]]:
    """`read_incoming`, each with the day on which the document that says it ended itself."""
    said = read_incoming(session, numbers)
    sayers = {one.id: one.header for ones in said.values() for one in ones}
    theirs = (
        said if numbers is None else read_incoming(session, {header.number for header in sayers.values()})
    )
    ends = {}
    for id, header in sayers.items():
        last = interval(header, theirs.get(key(header.number), ()))[1]
        ends[id] = last + timedelta(days=1) if last else None
    return {number: [replace(one, ended_on=ends[one.id]) for one in ones] for number, ones in said.items()}


def validities(session: Session, documents: Sequence[StoredDocument], on: date) -> dict[str, Validity]:
    """The status of documents on a day, by id; of guiding ones too whether what they guide has ended."""
    said = told(session, [one.header.number for one in documents])
    guided = {r.number for one in documents for r in one.header.relations if r.kind is RelationKind.GUIDES}
    about = told(session, guided) if guided else {}
    held: dict[str, Document] = {}
    for some in batches(sorted({key(number) for number in guided})):
        query = select(DocumentRow).where(DocumentRow.number_key.in_(some), DocumentRow.withdrawn.is_(False))
        for row in session.scalars(query):
            held.setdefault(row.number_key, header_of(row))
    ends = {}
    for number in guided:
        header = held.get(key(number), Document(number=number))
        ends[key(number)] = validity(header, on, about.get(key(number), ()))
    found = {}
    for one in documents:
        own = validity(one.header, on, said.get(key(one.header.number), ()), one.corrections)
        found[one.id] = guiding(own, one.header, ends)
    return found


def meant(typed: PartialNumber, one: StoredDocument) -> bool:
    """Whether a document can be meant. Laws and resolutions of Quốc hội are numbered alike: there its kind decides."""
    parts = parts_of(one.header.number)
    shared = parts is not None and parts.kind == LAW and typed.kind in ("NQ", LAW) and one.header.kind != ""
    if shared and ("nghi quyet" in fold(one.header.kind)) is not (typed.kind == "NQ"):
        return False
    return typed.matches(one.header.number)


def superseding(one: StoredDocument, regulations: Sequence[StoredDocument]) -> str | None:
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


def read_provisions(session: Session, query: Select[ProvisionRow]) -> list[Provision]:
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


def home_of(one: Provision, by_path: dict[str, Provision]) -> str | None:
    """Inside what a provision has its neighbours: articles in the document or attachment, others in the parent."""
    above = one.parent
    if one.level is Level.ARTICLE:
        while above is not None and by_path[above].level not in (Level.ATTACHMENT, Level.APPENDIX):
            above = by_path[above].parent
    return above


def batches(values: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(values), _BATCH):
        yield values[start : start + _BATCH]
