"""A citation: a verbatim quote with the document, the provision and the validity it had on the day asked about."""

from dataclasses import dataclass
from datetime import date

from corpus.document import Authority
from corpus.validity import Validity


@dataclass(frozen=True, slots=True)
class CitedDocument:
    id: str
    number: str
    kind: str
    issuer: str
    issued_on: date | None
    title: str
    authority: Authority
    validity: Validity


@dataclass(frozen=True, slots=True)
class Citation:
    document: CitedDocument
    revision: str  # sha256 of the bytes quoted from
    file: str  # relative to the folder that was ingested
    provision: str  # label, most general first: "Điều 14 khoản 2 điểm a"
    path: str  # stable id: "dieu-14.khoan-2.diem-a"
    quote: str  # == text[span[0]:span[1]] of that revision
    span: tuple[int, int]
    page: int | None
    url: str  # opens the document at that place
