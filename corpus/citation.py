"""A citation: a verbatim quote with its document, its provision and the validity on the day asked about.

Made by the desk, shown by every channel; also knows the address of a citation on this server.
"""

from dataclasses import dataclass
from datetime import date
from urllib.parse import quote, urlencode

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


def document_url(
    id: str, path: str = "", revision: str = "", on: date | None = None, span: tuple[int, int] | None = None
) -> str:
    """The page of a document on this server, opened at provision `path`; the one place that knows its form.

    `revision` is the sha256 of the bytes quoted from (cut to 12 digits), `on` the day whose validity is
    shown, `span` the quote to mark, characters in the read text of that revision.
    """
    query = {
        "revision": revision[:12],
        "on": on.isoformat() if on else "",
        "span": f"{span[0]}-{span[1]}" if span else "",
    }
    asked = urlencode({name: value for name, value in query.items() if value})
    return (
        f"/documents/{quote(id, safe='')}"
        + (f"?{asked}" if asked else "")
        + (f"#{quote(path)}" if path else "")
    )
