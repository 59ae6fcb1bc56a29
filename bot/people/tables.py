"""The tables of what is kept about those who ask; only the modules of this package and its migrations use them.

Times are seconds since 1970. Nothing here holds an id, address or personal number in plain text: askers, rooms and
events are salted hashes, what people typed is masked, the outbox is encrypted.
"""

from datetime import date

from sqlalchemy import Boolean, Float, ForeignKey, LargeBinary, MetaData, Text, UniqueConstraint
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
        float: Float(53),
    }


class QuestionRow(Base):
    """A question for a person: what several turns asked in the same words. It goes with the last of its turns."""

    __tablename__ = "questions"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)  # of the folded words
    text: Mapped[str]
    closed_at: Mapped[float | None]
    note: Mapped[str]


class TurnRow(Base):
    """One question with its answer, as it was given."""

    __tablename__ = "turns"

    number: Mapped[int] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(unique=True)
    channel: Mapped[str]
    asker: Mapped[str] = mapped_column(index=True)  # "": nobody said who asks
    room: Mapped[str]
    at: Mapped[float] = mapped_column(index=True)
    question: Mapped[str]
    after: Mapped[str]  # the question before it in the conversation
    status: Mapped[str]
    answer: Mapped[str]  # JSON
    right: Mapped[bool | None]  # what the asker said of it
    why: Mapped[str]
    question_id: Mapped[int | None] = mapped_column(ForeignKey("questions.id"), index=True)


class ConversationRow(Base):
    """Where the conversation of an asker in a room stands; its turns are those since it began."""

    __tablename__ = "conversations"

    asker: Mapped[str] = mapped_column(primary_key=True)
    room: Mapped[str] = mapped_column(primary_key=True)
    began_at: Mapped[float]
    last_at: Mapped[float] = mapped_column(index=True)
    as_of: Mapped[date | None]


class EventRow(Base):
    """An incoming event that was seen."""

    __tablename__ = "events"

    event: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[float] = mapped_column(index=True)


class OutboxRow(Base):
    """A message on its way out. `address` and `payload` are encrypted and go with the delivery."""

    __tablename__ = "outbox"
    __table_args__ = (UniqueConstraint("channel", "event"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    channel: Mapped[str]
    event: Mapped[str]
    asker: Mapped[str] = mapped_column(index=True)
    posted_at: Mapped[float] = mapped_column(index=True)
    due_at: Mapped[float]
    attempts: Mapped[int]
    address: Mapped[bytes | None]
    payload: Mapped[bytes | None]
    reason: Mapped[str]  # why it is not delivered yet, or never was
