"""What the store gives: documents as they are held, files as they were seen, counts and outcomes.

Made by `corpus.store` alone; everybody else takes them from there.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from corpus.correction import Correction
from corpus.document import Document
from corpus.provision import Provision


class NotHeldError(LookupError):
    """The corpus holds no such document, revision or provision."""


class Outcome(StrEnum):
    ADDED = "added"  # a document that was not held
    REVISED = "revised"  # a held document has a new current text
    COPY = "copy"  # another file of a held document
    UNCHANGED = "unchanged"  # the same bytes from the same file


@dataclass(frozen=True, slots=True)
class Added:
    outcome: Outcome
    document_id: str
    revision: str  # the current revision of the document after the call
    withdrawn: str | None = None  # document that this file held before and that no file holds any more


@dataclass(frozen=True, slots=True)
class FileState:
    """What is known of a file of an ingested folder."""

    root: str
    path: str  # relative to the root
    sha256: str
    size: int
    mtime_ns: int
    status: str  # ok, copy, failed, skipped, removed
    code: str = ""
    reason: str = ""
    document_id: str | None = None  # of a failed file: what it held when it could last be read
    reader: str = ""  # version of the readers that saw these bytes
    etag: str = ""  # of a download


@dataclass(frozen=True, slots=True)
class StoredDocument:
    id: str
    header: Document  # with the relations of the current revision
    revision: str  # sha256 of the current revision
    files: tuple[FileState, ...]  # the canonical one first
    is_sample: bool
    withdrawn: bool
    corrections: tuple[Correction, ...] = ()  # that hold, the latest first; the header has them already

    @property
    def file(self) -> str:
        """Path of the canonical file, relative to its root; "" where no file holds it."""
        return self.files[0].path if self.files else ""


@dataclass(frozen=True, slots=True)
class CurrentDocument:
    """All that the index needs of a document."""

    id: str
    revision: str
    header: Document
    text: str
    provisions: tuple[Provision, ...]
    effective_from: date | None  # None: unknown
    effective_to: date | None  # last day in force, by its own words or a repeal; None: open
    is_sample: bool
    superseded_by: (
        str | None
    )  # the held text that goes ahead: a regulation of its number, a better version of it


@dataclass(frozen=True, slots=True)
class Counts:
    documents: int  # not withdrawn
    withdrawn: int
    samples: int
    provisions: int  # of current revisions of documents not withdrawn
    articles: int
    files: dict[str, int]  # by status


@dataclass(frozen=True, slots=True)
class Shelf:
    """What the documents held can be narrowed by, each value once."""

    kinds: tuple[str, ...]
    issuers: tuple[str, ...]
    years: tuple[int, ...]  # newest first


@dataclass(frozen=True, slots=True)
class Versions:
    """Several held texts of one document."""

    canonical: StoredDocument  # the one that is searched
    others: tuple[StoredDocument, ...]
