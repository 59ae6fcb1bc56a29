"""The tables of the corpus database, typed SQLAlchemy models; only the store and the migrations use them.

Nothing here is special to SQLite or PostgreSQL. A change here needs a migration in `corpus/migrations`;
a test compares the two.
"""

from datetime import date, datetime

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    DateTime,
    Float,
    ForeignKey,
    Index,
    LargeBinary,
    MetaData,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012  the form SQLAlchemy asks for
        str: Text,
        bytes: LargeBinary,
        bool: Boolean,
        datetime: DateTime(timezone=True),
        float: Float,
    }


class DocumentRow(Base):
    """A document: one row per identity, its header as of the current revision."""

    __tablename__ = "documents"

    id: Mapped[str] = mapped_column(primary_key=True)
    identity: Mapped[str] = mapped_column(unique=True)
    number: Mapped[str]
    number_key: Mapped[str] = mapped_column(index=True)
    kind: Mapped[str]
    issuer: Mapped[str]
    issuer_key: Mapped[str] = mapped_column(index=True)
    issued_on: Mapped[date | None] = mapped_column(index=True)
    effective_from: Mapped[date | None]
    effective_to: Mapped[date | None]
    title: Mapped[str]
    search_key: Mapped[str]  # number, title and issuer, folded
    signer: Mapped[str]
    authority: Mapped[str]
    publisher: Mapped[str]
    published_on: Mapped[date | None]
    is_sample: Mapped[bool]
    withdrawn: Mapped[bool]  # no file holds it any more; its revisions stay readable
    current_revision: Mapped[str]  # sha256 of one of its revisions


class SourceRow(Base):
    """The bytes of a file, once."""

    __tablename__ = "sources"

    sha256: Mapped[str] = mapped_column(primary_key=True)
    data: Mapped[bytes]


class RevisionRow(Base):
    """What was read from some bytes of a document."""

    __tablename__ = "revisions"
    __table_args__ = (UniqueConstraint("document_id", "sha256"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    document_id: Mapped[str] = mapped_column(ForeignKey("documents.id"))
    sha256: Mapped[str] = mapped_column(ForeignKey("sources.sha256"), index=True)
    uri: Mapped[str]
    media_type: Mapped[str]
    text: Mapped[str]
    pages: Mapped[int]  # 0: the source has no pages
    reader: Mapped[str]  # version of the reader
    read_at: Mapped[datetime]
    digest: Mapped[str]  # of header, text and provisions: tells whether a new reading says anything new
    fingerprint: Mapped[bytes | None]  # by which texts are compared; None: stored before there was one
    quality: Mapped[float | None]


class ProvisionRow(Base):
    __tablename__ = "provisions"
    __table_args__ = (UniqueConstraint("revision_id", "path"),)

    revision_id: Mapped[int] = mapped_column(ForeignKey("revisions.id", ondelete="CASCADE"), primary_key=True)
    ordinal: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    path: Mapped[str]
    parent: Mapped[str | None]
    level: Mapped[str]
    number: Mapped[str]
    label: Mapped[str]
    heading: Mapped[str]
    start: Mapped[int]
    lead_end: Mapped[int]
    end: Mapped[int]
    page: Mapped[int | None]
    columns: Mapped[list[str]] = mapped_column(JSON)


class RelationRow(Base):
    """What a revision says about another document, with the sentence."""

    __tablename__ = "relations"

    revision_id: Mapped[int] = mapped_column(ForeignKey("revisions.id", ondelete="CASCADE"), primary_key=True)
    ordinal: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[str]
    number: Mapped[str]
    number_key: Mapped[str] = mapped_column(index=True)
    start: Mapped[int]
    end: Mapped[int]
    sentence: Mapped[str]
    effective_on: Mapped[date | None]
    whole: Mapped[bool]
    provisions: Mapped[list[str]] = mapped_column(JSON)  # addresses; []: not named
    wording_start: Mapped[int | None]
    wording_end: Mapped[int | None]
    until: Mapped[date | None]


class FileRow(Base):
    """A file that was seen in an ingested folder, read or not."""

    __tablename__ = "files"
    __table_args__ = (Index(None, "document_id"), Index(None, "status"))

    root: Mapped[str] = mapped_column(primary_key=True)
    path: Mapped[str] = mapped_column(primary_key=True)  # relative to the root
    sha256: Mapped[str]
    size: Mapped[int] = mapped_column(BigInteger)
    mtime_ns: Mapped[int] = mapped_column(BigInteger)
    status: Mapped[str]  # ok, copy, failed, skipped, removed
    code: Mapped[str]
    reason: Mapped[str]
    document_id: Mapped[str | None] = mapped_column(ForeignKey("documents.id"))
    reader: Mapped[str]  # version of the readers that saw these bytes, read or refused
    etag: Mapped[str]  # of a download, so that it is fetched again only where it changed; "" for other files


class CorrectionRow(Base):
    """What an operator said of a document; undone ones stay."""

    __tablename__ = "corrections"

    id: Mapped[int] = mapped_column(primary_key=True)
    document_id: Mapped[str] = mapped_column(ForeignKey("documents.id", ondelete="CASCADE"), index=True)
    field: Mapped[str]
    value: Mapped[str]
    since: Mapped[date | None]
    said_by: Mapped[str]
    note: Mapped[str]
    at: Mapped[datetime]
    read_value: Mapped[str]  # what the file says, for the day the correction is undone
    undone_at: Mapped[datetime | None]
    undone_by: Mapped[str]
