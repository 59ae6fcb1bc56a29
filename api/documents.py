"""GET /v1/documents…: the documents held, their provisions and their original bytes. Called by `api.app`.

Also what the pages need of them: `held`, `revision_of` and `ties` are the same look-ups for both faces.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import PurePosixPath
from typing import Annotated, TypedDict
from urllib.parse import quote

from fastapi import APIRouter, Depends, Path, Query, Response
from pydantic import BeforeValidator

from api.contents import Contents
from api.error import documented, not_found
from api.schema import (
    DocumentDetail,
    DocumentItem,
    DocumentList,
    DocumentText,
    FileShape,
    OutlineShape,
    ProvisionDetail,
    RelationShape,
    header_fields,
    provision_ref,
    validity_shape,
)
from corpus.citation import document_url
from corpus.content import Content
from corpus.document import Relation, RelationKind
from corpus.number import key
from corpus.store import Corpus, NotHeldError, StoredDocument
from corpus.validity import Validity, ValidityStatus, speaks_of, today

#: Levels of the table of contents: down to articles of a law, or two levels of a plan below its parts.
OUTLINE_DEPTH = 4
#: What PostgreSQL refuses in any text.
NO_NUL = r"^[^\x00]*$"

DocumentId = Annotated[
    str, Path(max_length=300, pattern=NO_NUL, examples=["905-qd-bnv.bo-noi-vu.2022-11-17.1f2e3d4c"])
]
OnDay = Annotated[
    date | None,
    BeforeValidator(lambda value: value or None),  # a cleared date field sends ""
    Query(description="The day whose validity is meant; without it: today"),
]
Revision = Annotated[
    str,
    Query(
        pattern="^[0-9a-f]{0,64}$",
        description="First digits of the sha256 cited; without it: the current one",
    ),
]


@dataclass(frozen=True, slots=True)
class DocumentFilters:
    """What narrows a list of documents; empty = no restriction."""

    kind: Annotated[str, Query(max_length=100, pattern=NO_NUL, examples=["Nghị định"])] = ""
    issuer: Annotated[str, Query(max_length=200, pattern=NO_NUL, examples=["Bộ Nội vụ"])] = ""
    year: Annotated[int | None, Query(ge=1900, le=2200, description="Year of issue")] = None
    issued_from: date | None = None
    issued_to: date | None = None
    status: Annotated[ValidityStatus | None, Query(description="Validity on the day `on`")] = None
    on: OnDay = None
    text: Annotated[
        str, Query(max_length=200, pattern=NO_NUL, description="Words of number, title or issuer")
    ] = ""
    number: Annotated[str, Query(max_length=100, pattern=NO_NUL, examples=["905/QĐ-BNV"])] = ""
    content: Annotated[
        Content | None, Query(description="Which of the six contents of the reform it is about, by its title")
    ] = None


@dataclass(frozen=True, slots=True)
class Tie:
    """A relation to another document, which may be held."""

    kind: RelationKind
    number: str
    other: StoredDocument | None
    effective_on: date | None
    whole: bool


class _Narrowed(TypedDict):
    kind: str | None
    issuer: str | None
    issued_from: date | None
    issued_to: date | None
    text: str | None
    number: str | None


def matching(
    corpus: Corpus, contents: Contents, filters: DocumentFilters, limit: int | None, offset: int = 0
) -> tuple[int, list[StoredDocument]]:
    """How many documents fit, and those of one page (`limit` None: all), newest first."""
    earliest = [day for day in (filters.issued_from, filters.year and date(filters.year, 1, 1)) if day]
    latest = [day for day in (filters.issued_to, filters.year and date(filters.year, 12, 31)) if day]
    narrowed: _Narrowed = {
        "kind": filters.kind or None,
        "issuer": filters.issuer or None,
        "issued_from": max(earliest, default=None),
        "issued_to": min(latest, default=None),
        "text": filters.text or None,
        "number": filters.number or None,
    }
    on = filters.on or today()
    if filters.status is None and filters.content is None:
        return corpus.count_documents(**narrowed), corpus.documents(
            on=on, **narrowed, limit=limit, offset=offset
        )
    # validity and content are derived, not stored
    fitting = corpus.documents(on=on, **narrowed, status=filters.status)
    if filters.content is not None:
        fitting = [one for one in fitting if contents.of(one) is filters.content]
    return len(fitting), fitting[offset:][:limit]


def held(corpus: Corpus, id: str) -> StoredDocument:
    """The document, or a 404."""
    try:
        return corpus.document(id)
    except NotHeldError:
        raise not_found("Không có văn bản này trong kho.") from None


def revision_of(corpus: Corpus, document: StoredDocument, cited: str) -> str:
    """The sha256 of the revision that begins with `cited`, "" = the current one; a 404 where none does."""
    if document.revision.startswith(cited):
        return document.revision
    for revision in corpus.revisions(document.id):
        if revision.startswith(cited):
            return revision
    raise not_found("Kho không còn giữ bản này của văn bản.")


def ties_of(corpus: Corpus, document: StoredDocument) -> list[Tie]:
    """What the document says about others, each kind and number once."""
    return _once(
        Tie(said.kind, said.number, _held_by_number(corpus, said), said.effective_on, said.whole)
        for said in document.header.relations
        if said.number  # the others are about its own provisions
    )


def ties_to(corpus: Corpus, document: StoredDocument) -> list[Tie]:
    """What other held documents say about this one; not what they say about a namesake of another place or year."""
    header = document.header
    if not header.number:
        return []
    meant = [
        one
        for one in corpus.relations_to(header.number)
        if speaks_of(one, header)
        or (
            one.relation.kind in (RelationKind.BASED_ON, RelationKind.GUIDES, RelationKind.CONSOLIDATES)
            and one.id != document.id
            and not (one.header.issued_on and header.issued_on and one.header.issued_on < header.issued_on)
        )
    ]
    return _once(
        Tie(one.relation.kind, one.header.number, corpus.document(one.id), one.day, one.relation.whole)
        for one in meant
    )


def _held_by_number(corpus: Corpus, said: Relation) -> StoredDocument | None:
    found = corpus.find(said.number)
    return next((one for one in found if key(one.header.number) == key(said.number)), None)


def _once(ties: Iterable[Tie]) -> list[Tie]:
    return list({(tie.kind, tie.other.id if tie.other else tie.number): tie for tie in ties}.values())


def document_routes(corpus: Corpus, contents: Contents) -> APIRouter:
    router = APIRouter(prefix="/v1/documents", tags=["documents"])

    @router.get("", summary="List the documents held, newest first", responses=documented(422))
    def documents(
        filters: Annotated[DocumentFilters, Depends()],
        limit: Annotated[int, Query(ge=1, le=200)] = 50,
        offset: Annotated[int, Query(ge=0, le=10_000_000)] = 0,
    ) -> DocumentList:
        total, page = matching(corpus, contents, filters, limit, offset)
        validities = corpus.validities([one.id for one in page], filters.on or today())
        items = [_item(one, validities[one.id], contents.of(one)) for one in page]
        return DocumentList(total=total, items=items)

    @router.get(
        "/{id}", summary="One document: header, validity, outline, relations", responses=documented(404, 422)
    )
    def document(id: DocumentId, on: OnDay = None) -> DocumentDetail:
        stored = held(corpus, id)
        validity = corpus.validity(id, on or today())
        media_type = corpus.source(id).media_type
        return DocumentDetail(
            **_item(stored, validity, contents.of(stored)).model_dump(),
            validity_evidence=corpus.evidence_of(id, validity),
            outline=[
                OutlineShape(path=one.path, label=one.label, heading=one.heading, level=one.level.value)
                for one in corpus.outline(id, OUTLINE_DEPTH)
            ],
            files=[
                FileShape(
                    name=file.path,
                    media_type=media_type if file.sha256 == stored.revision else "",
                    sha256=file.sha256,
                    current=file.sha256 == stored.revision,
                )
                for file in stored.files
            ],
            relations_of=[_relation(tie) for tie in ties_of(corpus, stored)],
            relations_to=[_relation(tie) for tie in ties_to(corpus, stored)],
        )

    @router.get(
        "/{id}/provisions/{path}",
        summary="One provision, verbatim, with its neighbours",
        responses=documented(404, 422),
    )
    def provision(
        id: DocumentId,
        path: Annotated[str, Path(max_length=500, pattern=NO_NUL, examples=["dieu-14.khoan-2.diem-a"])],
        revision: Revision = "",
    ) -> ProvisionDetail:
        sha256 = revision_of(corpus, held(corpus, id), revision)
        try:
            found = corpus.provision(id, path, sha256)
        except NotHeldError:
            raise not_found("Văn bản này không có điều khoản đó.") from None
        before, after = corpus.neighbours(id, path, sha256)
        parent = corpus.provision(id, found.parent, sha256) if found.parent else None
        return ProvisionDetail(
            document=id,
            revision=sha256,
            path=path,
            label=found.label,
            level=found.level.value,
            heading=found.heading,
            text=corpus.text(id, sha256)[found.start : found.end],
            span=(found.start, found.end),
            page=found.page,
            columns=list(found.columns),
            parent=provision_ref(parent),
            children=[ref for child in corpus.children(id, path, sha256) if (ref := provision_ref(child))],
            previous=provision_ref(before),
            next=provision_ref(after),
            url=document_url(id, path, sha256),
        )

    @router.get(
        "/{id}/text",
        summary="The read text, in which the spans of citations and provisions count",
        responses=documented(404, 422),
    )
    def text(id: DocumentId, revision: Revision = "") -> DocumentText:
        sha256 = revision_of(corpus, held(corpus, id), revision)
        return DocumentText(document=id, revision=sha256, text=corpus.text(id, sha256))

    @router.get(
        "/{id}/source",
        summary="The original file, byte for byte",
        response_class=Response,
        responses={200: {"content": {"*/*": {}}}, **documented(404, 422)},  # of the kind it was
    )
    def source(id: DocumentId, revision: Revision = "") -> Response:
        stored = held(corpus, id)
        sha256 = revision_of(corpus, stored, revision)
        headers = {
            # the file is somebody else's: saved, never opened as a page of this server
            "Content-Disposition": f"attachment; filename*=UTF-8''{quote(_file_name(stored, sha256), safe='')}",
            "Content-Security-Policy": "sandbox; default-src 'none'; frame-ancestors 'self'",
            "ETag": f'"{sha256}"',
        }
        return Response(corpus.source_bytes(id, sha256), 200, headers, corpus.source(id, sha256).media_type)

    return router


def _file_name(document: StoredDocument, sha256: str) -> str:
    """The name of the file as it was ingested, without signs that make it look like another one; a revision that
    no file holds any more has its digest in it."""
    of_revision = [file.path for file in document.files if file.sha256 == sha256]
    held = (of_revision or [document.file or document.id])[0]
    path = PurePosixPath("".join(char for char in held if char.isprintable()))
    return path.name if of_revision else f"{path.stem}-{sha256[:12]}{path.suffix}"


def _item(document: StoredDocument, validity: Validity, content: Content) -> DocumentItem:
    fields = header_fields(document.id, document.revision, document_url(document.id), document.header)
    return DocumentItem.model_validate(
        fields | {"validity": validity_shape(validity), "content": content.value}
    )


def _relation(tie: Tie) -> RelationShape:
    return RelationShape(
        kind=tie.kind.value,
        number=tie.number,
        id=tie.other.id if tie.other else None,
        title=tie.other.header.title if tie.other else "",
        effective_on=tie.effective_on,
        whole=tie.whole,
    )
