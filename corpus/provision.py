"""A provision: one node of a document's tree, from phần down to điểm, outline section or table row."""

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """What kind of node a provision is; the value is the word used in path ids."""

    PART = "phan"  # Phần thứ nhất
    CHAPTER = "chuong"  # Chương II
    SECTION = "muc"  # Mục 1, inside a chapter
    SUBSECTION = "tieu-muc"  # Tiểu mục 1
    ARTICLE = "dieu"  # Điều 14
    CLAUSE = "khoan"  # khoản 2
    POINT = "diem"  # điểm a
    HEADING = "de-muc"  # outline of plans and đề án: I. › 1. › 1.1.
    DASH = "gach"  # "-" or "+" item
    ATTACHMENT = "kem-theo"  # quy chế, quy định, đề án issued with a decision
    APPENDIX = "phu-luc"  # Phụ lục I
    ROW = "dong"  # row of a table
    PARAGRAPH = "doan"  # a paragraph of a text without marks (press, preamble)


@dataclass(frozen=True, slots=True)
class Provision:
    """One node of the provision tree. Offsets are characters in the document's read text.

    The node's whole text is `text[start:end]`, its own lead (before its first child) `text[start:lead_end]`.
    """

    path: str  # stable id inside the document: "dieu-14.khoan-2.diem-a"
    parent: str | None  # path of the node above in the tree; None for a top node
    level: Level
    number: str  # as written: "14", "2", "đ", "II", "1.1"; of rows and paragraphs their count from 1
    label: str  # as cited, most general first: "Điều 14 khoản 2 điểm a"
    heading: str  # title of the node, "" where it has none
    start: int
    lead_end: int
    end: int
    ordinal: int  # place in document order, from 0
    page: int | None = None  # page on which it starts, from 1; None where the source has no pages
    columns: tuple[str, ...] = ()  # column heads, for a table row
