"""The pages people open: the conversation, the list of documents, one document. Called by `api.app`.

Texts of documents reach the templates as data and are escaped there; no page holds a script or style of its own.
"""

from dataclasses import asdict, dataclass
from datetime import date
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.templating import Jinja2Templates

from api.documents import (
    NO_NUL,
    OUTLINE_DEPTH,
    DocumentFilters,
    DocumentId,
    OnDay,
    Revision,
    Tie,
    held,
    matching,
    revision_of,
    ties_of,
    ties_to,
)
from api.fulltext import full_text
from corpus.citation import document_url
from corpus.document import Authority, Document, RelationKind
from corpus.provision import Level, Provision
from corpus.store import Corpus
from corpus.validity import ValidityStatus, today
from settings import Settings

EXAMPLES = (
    "Đến năm 2030, bao nhiêu phần trăm cán bộ, công chức làm cải cách hành chính phải được bồi dưỡng?",
    "Nghị định 61/2018/NĐ-CP về một cửa, một cửa liên thông còn hiệu lực không?",
    "Chương trình tổng thể cải cách hành chính 2021–2030 có mấy nội dung?",
    "Báo cáo cải cách hành chính định kỳ phải gửi trước ngày nào?",
)
PAGE_SIZE = 30

#: Listed in the outline also without a heading.
_OUTLINED = {Level.CHAPTER, Level.ARTICLE, Level.APPENDIX}
_AUTHORITIES = {
    Authority.OFFICIAL: "",
    Authority.CONSOLIDATED: "Văn bản hợp nhất",
    Authority.EXPERT_ANSWER: "Trả lời của chuyên gia",
    Authority.SUMMARY: "Bản tóm lược",
    Authority.PRESS: "Tin báo chí",
}
_AUTHORITY_NOTES = {
    Authority.CONSOLIDATED: "Đây là văn bản hợp nhất: văn bản gốc cùng các lần sửa đổi, bổ sung.",
    Authority.EXPERT_ANSWER: "Đây là câu trả lời đã được cán bộ phê duyệt, không phải văn bản quy phạm.",
    Authority.SUMMARY: "Đây là bản tóm lược{publisher}, không phải nguyên văn văn bản. Hãy đối chiếu với văn bản gốc.",
    Authority.PRESS: "Đây là tin báo chí{publisher}, không phải nguyên văn văn bản. Hãy đối chiếu với văn bản gốc.",
}
_SAYS = {
    RelationKind.BASED_ON: "Căn cứ",
    RelationKind.AMENDS: "Sửa đổi, bổ sung",
    RelationKind.REPLACES: "Thay thế{part}",
    RelationKind.REPEALS: "Bãi bỏ{part}",
    RelationKind.GUIDES: "Hướng dẫn",
    RelationKind.CONSOLIDATES: "Hợp nhất",
    RelationKind.ADDS: "Bổ sung",
    RelationKind.SUSPENDS: "Ngưng hiệu lực{part}",
    RelationKind.KEEPS: "Cho tiếp tục áp dụng{part}",
}
_IS_SAID = {
    RelationKind.BASED_ON: "Được làm căn cứ bởi",
    RelationKind.AMENDS: "Được sửa đổi bởi",
    RelationKind.REPLACES: "Bị thay thế{part} bởi",
    RelationKind.REPEALS: "Bị bãi bỏ{part} bởi",
    RelationKind.GUIDES: "Được hướng dẫn bởi",
    RelationKind.CONSOLIDATES: "Được hợp nhất trong",
    RelationKind.ADDS: "Được bổ sung bởi",
    RelationKind.SUSPENDS: "Bị ngưng hiệu lực{part} bởi",
    RelationKind.KEEPS: "Được cho tiếp tục áp dụng{part} bởi",
}


@dataclass(frozen=True, slots=True)
class _ListForm:
    """The filter form of the list as it was sent; an empty field means no restriction."""

    text: Annotated[str, Query(max_length=200, pattern=NO_NUL)] = ""
    kind: Annotated[str, Query(max_length=100, pattern=NO_NUL)] = ""
    issuer: Annotated[str, Query(max_length=200, pattern=NO_NUL)] = ""
    year: Annotated[str, Query(pattern="^([12][0-9]{3})?$")] = ""
    status: ValidityStatus | str = ""

    def filters(self) -> DocumentFilters:
        year = int(self.year) if self.year else None
        known = [status for status in ValidityStatus if status == self.status]
        return DocumentFilters(
            self.kind, self.issuer, year, status=known[0] if known else None, text=self.text
        )


def vietnamese_date(day: date | None) -> str:
    """17/11/2022; "" for None."""
    return day.strftime("%d/%m/%Y") if day else ""


def page_routes(corpus: Corpus, settings: Settings, templates: Jinja2Templates) -> APIRouter:
    router = APIRouter(include_in_schema=False)

    @router.get("/")
    def chat(request: Request) -> Response:
        context = {
            "place": "chat",
            "total": corpus.counts().documents,
            "examples": EXAMPLES,
            "contact": settings.contact,
            "question_max_chars": settings.question_max_chars,
        }
        return templates.TemplateResponse(request, "chat.html", context)

    @router.get("/documents")
    def documents(
        request: Request,
        form: Annotated[_ListForm, Depends()],
        offset: Annotated[int, Query(ge=0, le=10_000_000)] = 0,
    ) -> Response:
        total, page = matching(corpus, form.filters(), PAGE_SIZE, offset)
        validities = corpus.validities([one.id for one in page], today())
        shelf = corpus.shelf()

        def page_url(start: int) -> str:
            asked = {name: value for name, value in asdict(form).items() if value}
            return "/documents?" + urlencode(asked | {"offset": max(start, 0)})

        context = {
            "place": "documents",
            "asked": form,
            "kinds": shelf.kinds,
            "issuers": shelf.issuers,
            "years": [str(year) for year in shelf.years],
            "statuses": list(ValidityStatus),
            "total": total,
            "first": offset + 1,
            "items": [
                {
                    "url": document_url(one.id),
                    "name": _name(one.header),
                    "title": one.header.title,
                    "validity": validities[one.id],
                    "authority": _AUTHORITIES[one.header.authority],
                    "origin": _joined(", ", one.header.issuer, vietnamese_date(one.header.issued_on)),
                }
                for one in page
            ],
            "previous_url": page_url(offset - PAGE_SIZE) if offset else "",
            "next_url": page_url(offset + PAGE_SIZE) if offset + PAGE_SIZE < total else "",
        }
        return templates.TemplateResponse(request, "documents.html", context)

    @router.get("/documents/{id}")
    def document(
        request: Request,
        id: DocumentId,
        revision: Revision = "",
        on: OnDay = None,
        span: Annotated[str, Query(pattern="^([0-9]{1,9}-[0-9]{1,9})?$")] = "",
    ) -> Response:
        stored = held(corpus, id)
        header = stored.header
        sha256 = revision_of(corpus, stored, revision)
        validity = corpus.validity(id, on or today())
        start, _, end = span.partition("-")
        mark = (int(start), int(end)) if span else None
        by = ""
        if validity.by_id and validity.by_id != id:
            by = document_url(validity.by_id, on=on)
        context = {
            "place": "documents",
            "document": header,
            "name": _name(header),
            "citation": _citation(header),
            "facts": _facts(header),
            "authority_note": _authority_note(header),
            "validity": validity,
            "by_url": by,
            "revision": sha256,
            "old_revision": sha256 != stored.revision,
            "current_url": document_url(id, on=on),
            "source_url": f"/v1{document_url(id).partition('?')[0]}/source?revision={sha256[:12]}",
            "outline": _outline(corpus.outline(id, OUTLINE_DEPTH, sha256)),
            "blocks": full_text(corpus.text(id, sha256), corpus.provisions(id, sha256), mark),
            "relations_of": [_tie(tie, _SAYS) for tie in ties_of(corpus, stored)],
            "relations_to": [_tie(tie, _IS_SAID) for tie in ties_to(corpus, stored)],
            "files": list(dict.fromkeys(file.path for file in stored.files)),
        }
        return templates.TemplateResponse(request, "document.html", context)

    return router


def _name(header: Document) -> str:
    """Quyết định 905/QĐ-BNV; the title where there is no number."""
    return header.name if header.number or not header.title else header.title


def _citation(header: Document) -> str:
    """How an official cites it: kind, number, date, issuer, title."""
    day = f"ngày {vietnamese_date(header.issued_on)}" if header.issued_on else ""
    whose = f"của {header.issuer}" if header.issuer else ""
    title = header.title if header.number else ""
    name = _joined(" ", header.kind, header.number) if header.number else _name(header)
    return _joined(" ", name, day, whose, title)


def _facts(header: Document) -> list[tuple[str, str]]:
    facts = [
        ("Số, ký hiệu", header.number),
        ("Loại văn bản", header.kind),
        ("Cơ quan ban hành", header.issuer),
        ("Ngày ban hành", vietnamese_date(header.issued_on)),
        ("Ngày có hiệu lực", vietnamese_date(header.effective_from)),
        ("Có hiệu lực đến hết ngày", vietnamese_date(header.effective_to)),
        ("Người ký", header.signer),
        ("Tính chất", _AUTHORITIES[header.authority] or "Văn bản gốc"),
        ("Đơn vị biên soạn", header.publisher),
        ("Ngày đăng", vietnamese_date(header.published_on)),
    ]
    return [(term, value) for term, value in facts if value]


def _authority_note(header: Document) -> str:
    publisher = f" của {header.publisher}" if header.publisher else ""
    return _AUTHORITY_NOTES.get(header.authority, "").format(publisher=publisher)


def _outline(provisions: list[Provision]) -> list[dict[str, object]]:
    """Entries of the table of contents; clauses under articles would make it as long as the text."""
    depths: dict[str | None, int] = {None: 0}
    labels: dict[str | None, str] = {None: ""}
    entries: list[dict[str, object]] = []
    for one in provisions:
        depth = depths[one.path] = depths.get(one.parent, 0) + 1
        labels[one.path] = one.label
        if not (one.heading or depth == 1 or one.level in _OUTLINED):
            continue
        own = one.label.removeprefix(labels.get(one.parent, "")).strip(" ,.")
        repeated = one.heading.casefold().startswith(own.casefold())
        words = one.heading if repeated else _joined(". ", own, one.heading)
        strong = depth == 1 and one.level is not Level.ARTICLE
        entries.append({"path": one.path, "depth": min(depth, 4), "words": words or own, "strong": strong})
    return entries


def _tie(tie: Tie, words: dict[RelationKind, str]) -> dict[str, str]:
    said = words[tie.kind].format(part="" if tie.whole else " một phần")
    if tie.other is None:
        return {"words": said, "name": tie.number, "url": "", "title": ""}
    header = tie.other.header
    return {"words": said, "name": _name(header), "url": document_url(tie.other.id), "title": header.title}


def _joined(joint: str, *parts: str) -> str:
    return joint.join(part for part in parts if part)
