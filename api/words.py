"""What the pages call things, in Vietnamese: a day, a document, how much its text binds. Used by every page."""

from datetime import date

from corpus.document import Authority, Document

#: "" for the text as issued, which needs no word.
AUTHORITIES = {
    Authority.OFFICIAL: "",
    Authority.CONSOLIDATED: "Văn bản hợp nhất",
    Authority.EXPERT_ANSWER: "Trả lời của chuyên gia",
    Authority.SUMMARY: "Bản tóm lược",
    Authority.PRESS: "Tin báo chí",
}


def vietnamese_date(day: date | None) -> str:
    """17/11/2022; "" for None."""
    return day.strftime("%d/%m/%Y") if day else ""


def name_of(header: Document) -> str:
    """Quyết định 905/QĐ-BNV; the title where there is no number."""
    return header.name if header.number or not header.title else header.title


def joined(joint: str, *parts: str) -> str:
    """The parts that are not empty."""
    return joint.join(part for part in parts if part)
