"""The page on which documents are looked up: filters, the list, and the clauses that hold the words. Called by `api.app`.

Every filter stands in the address, so a list can be kept, sent and come back to.
"""

from dataclasses import asdict, dataclass, replace
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.templating import Jinja2Templates

from api.contents import Contents
from api.desk import Desk
from api.documents import NO_NUL, DocumentFilters, matching
from api.passages import passage, with_all_words
from api.words import AUTHORITIES, joined, name_of, vietnamese_date
from corpus.citation import document_url
from corpus.content import Content
from corpus.store import StoredDocument
from corpus.validity import ValidityStatus, today
from index.problem import IndexProblem

PAGE_SIZE = 20
#: Clauses a search looks at; whoever needs more needs other words.
CLAUSES_MAX = 200


@dataclass(frozen=True, slots=True)
class _Asked:
    """The form as it was sent; an empty field means no restriction."""

    text: Annotated[str, Query(max_length=200, pattern=NO_NUL)] = ""
    kind: Annotated[str, Query(max_length=100, pattern=NO_NUL)] = ""
    issuer: Annotated[str, Query(max_length=200, pattern=NO_NUL)] = ""
    year: Annotated[str, Query(pattern="^([12][0-9]{3})?$")] = ""
    status: Annotated[str, Query(max_length=30, pattern=NO_NUL)] = ""
    content: Annotated[str, Query(max_length=30, pattern=NO_NUL)] = ""
    within: Annotated[str, Query(max_length=20, pattern=NO_NUL)] = ""  # "clauses": in the texts themselves

    def filters(self) -> DocumentFilters:
        """All but the words."""
        return DocumentFilters(
            kind=self.kind,
            issuer=self.issuer,
            year=int(self.year) if self.year else None,
            status=next((status for status in ValidityStatus if status == self.status), None),
            content=next((content for content in Content if content == self.content), None),
        )

    def url(self, **other: str | int) -> str:
        """The address of this list with some fields changed."""
        fields = {name: str(value) for name, value in (asdict(self) | other).items() if value}
        return "/documents" + ("?" + urlencode(fields) if fields else "")


@dataclass(frozen=True, slots=True)
class _Found:
    """One page of results."""

    total: int
    items: list[dict[str, object]]
    note: str = ""


def browse_routes(desk: Desk, contents: Contents, templates: Jinja2Templates) -> APIRouter:
    router = APIRouter(include_in_schema=False)
    corpus = desk.corpus

    @router.get("/documents")
    def documents(
        request: Request,
        asked: Annotated[_Asked, Depends()],
        offset: Annotated[int, Query(ge=0, le=10_000_000)] = 0,
    ) -> Response:
        in_clauses = asked.within == "clauses" and bool(asked.text.strip())
        found = _clauses(asked, offset) if in_clauses else _documents(asked, offset)
        shelf = corpus.shelf()
        context = {
            "place": "documents",
            "asked": asked,
            "in_clauses": in_clauses,
            "kinds": shelf.kinds,
            "issuers": shelf.issuers,
            "years": [str(year) for year in shelf.years],
            "statuses": list(ValidityStatus),
            "contents": list(Content),
            "found": found,
            "first": offset + 1,
            "chosen": _chosen(asked),
            "narrowed": asked.filters() != DocumentFilters(),
            "in_names_url": asked.url(within=""),
            "in_clauses_url": asked.url(within="clauses"),
            "previous_url": asked.url(offset=max(offset - PAGE_SIZE, 0)) if offset else "",
            "next_url": asked.url(offset=offset + PAGE_SIZE) if offset + PAGE_SIZE < found.total else "",
        }
        return templates.TemplateResponse(request, "documents.html", context)

    def _documents(asked: _Asked, offset: int) -> _Found:
        filters = replace(asked.filters(), text=asked.text)
        total, page = matching(corpus, contents, filters, PAGE_SIZE, offset)
        return _Found(total, _described(page))

    def _clauses(asked: _Asked, offset: int) -> _Found:
        narrowed = asked.filters()
        documents = None
        if narrowed != DocumentFilters():
            documents = frozenset(one.id for one in matching(corpus, contents, narrowed, None)[1])
        try:
            found = desk.passages(asked.text, CLAUSES_MAX, documents)
        except IndexProblem as problem:
            return _Found(0, [], str(problem))
        fitting = with_all_words(asked.text, found)
        note = ""
        if found and not fitting:
            note = "Không có điều khoản nào chứa đủ các từ này; dưới đây là những điều khoản chứa một số từ."
            fitting = list(found)
        shown = [passage(asked.text, one) for one in fitting[offset:][:PAGE_SIZE]]
        held = {one.segment.document: corpus.document(one.segment.document) for one in shown}
        described = dict(zip(held, _described(list(held.values())), strict=True))
        items = [
            described[one.segment.document]
            | {
                "url": document_url(one.segment.document, one.segment.path, one.segment.revision),
                "label": one.segment.label,
                "passage": one,
            }
            for one in shown
        ]
        return _Found(len(fitting), items, note)

    def _described(page: list[StoredDocument]) -> list[dict[str, object]]:
        validities = corpus.validities([one.id for one in page], today())
        return [
            {
                "url": document_url(one.id),
                "name": name_of(one.header),
                "title": one.header.title,
                "validity": validities[one.id],
                "content": contents.of(one),
                "authority": AUTHORITIES[one.header.authority],
                "origin": joined(", ", one.header.issuer, vietnamese_date(one.header.issued_on)),
            }
            for one in page
        ]

    return router


def _chosen(asked: _Asked) -> list[tuple[str, str]]:
    """The filters in force in words, each with the address of the list without it."""
    filters = asked.filters()
    words = {
        "text": f"“{asked.text}”" if asked.text else "",
        "kind": asked.kind,
        "issuer": asked.issuer,
        "year": f"năm {asked.year}" if asked.year else "",
        "status": filters.status.vietnamese if filters.status else "",
        "content": filters.content.vietnamese if filters.content else "",
    }
    return [(said, asked.url(**{name: ""})) for name, said in words.items() if said]
