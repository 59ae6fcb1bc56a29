"""The pages people open: the conversation and one document (`api.browse` has the list). Called by `api.app`.

Texts of documents reach the templates as data and are escaped there; no page holds a script or style of its own.
"""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi.templating import Jinja2Templates

from api.documents import (
    OUTLINE_DEPTH,
    DocumentId,
    OnDay,
    Revision,
    Tie,
    held,
    revision_of,
    ties_of,
    ties_to,
)
from api.fulltext import full_text
from api.words import AUTHORITIES, joined, name_of, vietnamese_date
from corpus.citation import document_url
from corpus.document import Authority, Document, RelationKind
from corpus.provision import Level, Provision
from corpus.store import Corpus
from corpus.validity import today
from settings import Settings

EXAMPLES = (
    "Đến năm 2030, bao nhiêu phần trăm cán bộ, công chức làm cải cách hành chính phải được bồi dưỡng?",
    "Nghị định 61/2018/NĐ-CP về một cửa, một cửa liên thông còn hiệu lực không?",
    "Chương trình tổng thể cải cách hành chính 2021–2030 có mấy nội dung?",
    "Báo cáo cải cách hành chính định kỳ phải gửi trước ngày nào?",
)

#: Listed in the outline also without a heading.
_OUTLINED = {Level.CHAPTER, Level.ARTICLE, Level.APPENDIX}
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

    @router.get("/documents/{id}")
    def document(
        request: Request,
        id: DocumentId,
        revision: Revision = "",
        on: OnDay = None,
        span: Annotated[str, Query(pattern="^([0-9]{1,9}-[0-9]{1,9})?$")] = "",
        panel: Annotated[
            bool, Query(description="Beside the conversation: without the frame of the site")
        ] = False,
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
            "panel": panel,
            "document": header,
            "name": name_of(header),
            "facts": _facts(header),
            "authority_note": _authority_note(header),
            "validity": validity,
            "evidence": corpus.evidence_of(id, validity),
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


def _facts(header: Document) -> list[tuple[str, str]]:
    facts = [
        ("Số, ký hiệu", header.number),
        ("Loại văn bản", header.kind),
        ("Cơ quan ban hành", header.issuer),
        ("Ngày ban hành", vietnamese_date(header.issued_on)),
        ("Ngày có hiệu lực", vietnamese_date(header.effective_from)),
        ("Có hiệu lực đến hết ngày", vietnamese_date(header.effective_to)),
        ("Người ký", header.signer),
        ("Tính chất", AUTHORITIES[header.authority] or "Văn bản gốc"),
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
        words = one.heading if repeated else joined(". ", own, one.heading)
        strong = depth == 1 and one.level is not Level.ARTICLE
        entries.append({"path": one.path, "depth": min(depth, 4), "words": words or own, "strong": strong})
    return entries


def _tie(tie: Tie, words: dict[RelationKind, str]) -> dict[str, str]:
    said = words[tie.kind].format(part="" if tie.whole else " một phần")
    if tie.other is None:
        return {"words": said, "name": tie.number, "url": "", "title": ""}
    header = tie.other.header
    return {"words": said, "name": name_of(header), "url": document_url(tie.other.id), "title": header.title}
