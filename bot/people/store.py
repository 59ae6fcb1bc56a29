"""Everything that is kept about those who ask, behind one door: the channels, the API and the command line use `People`.

Plain ids, addresses and personal numbers do not pass it: ids are hashed, texts are masked, addresses encrypted.
May be shared by threads, and opened by several processes at once.
"""

import os
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

from sqlalchemy import Engine, delete, event, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from bot.answer import Answer
from bot.masking import masked
from bot.people import conversation as talks
from bot.people import outbox, question
from bot.people.asker import Hasher, channel_of, is_nobody
from bot.people.conversation import Conversation
from bot.people.kept import Kept, kept, turn, without_personal
from bot.people.outbox import Delivery, Sealer
from bot.people.question import StoredQuestion
from bot.people.secret import secret_in
from bot.people.tables import Base, ConversationRow, EventRow, OutboxRow, QuestionRow, TurnRow
from corpus.database import CorpusError, Schema, open_engine
from corpus.spelling import nfc
from settings import Settings

__all__ = ["Conversation", "Delivery", "Kept", "People", "Purged", "StoredQuestion"]

SCHEMA = Schema(
    Base.metadata,
    Path(__file__).parent / "migrations",
    "people_version",
    905_2022_1118,
    "CCHC_PEOPLE_DATABASE_URL",
)
#: Seconds for which a seen event is remembered: longer than any channel repeats one.
EVENT_S = 7 * 24 * 3600
#: Longest reason, note or explanation that is kept, characters.
WORDS_MAX = 1000

_Done = TypeVar("_Done")


@dataclass(frozen=True, slots=True)
class Purged:
    """What was removed because its time was over."""

    turns: int
    questions: int
    conversations: int
    events: int
    addresses: int


class People:
    """What is kept about askers. Open it with `People.open`; it is a context manager."""

    def __init__(
        self,
        engine: Engine,
        hasher: Hasher,
        sealer: Sealer,
        settings: Settings,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._engine = engine
        self._hasher = hasher
        self._sealer = sealer
        self._settings = settings
        self._clock = clock

    @classmethod
    def open(cls, settings: Settings, clock: Callable[[], float] = time.time) -> Self:
        """Opens the store of these settings; makes the file, the tables and the secrets where they are missing.

        `clock` gives seconds since 1970. Raises `CorpusError`, which says what to do.
        """
        folder = settings.data_dir.absolute()
        try:
            salt = secret_in(folder / "people.salt")
            given = settings.outbox_key
            key = given.get_secret_value().encode() if given else secret_in(folder / "outbox.key")
            if settings.people_database_url is None:
                os.close(os.open(folder / "people.db", os.O_RDWR | os.O_CREAT, 0o600))
        except (OSError, ValueError) as error:
            raise CorpusError(
                f"Không đọc, ghi được thư mục dữ liệu {folder}: {error}. Kiểm tra CCHC_DATA_DIR và quyền ghi."
            ) from error
        engine = open_engine(settings.people_dsn, SCHEMA)
        if engine.dialect.name == "sqlite":  # what is erased is overwritten
            event.listen(engine, "connect", lambda one, _: one.execute("PRAGMA secure_delete=ON"))
            engine.dispose()
        return cls(engine, Hasher(salt), Sealer(key), settings, clock)

    def close(self) -> None:
        self._engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # Who asks

    def asker(self, channel: str, id: str) -> str:
        """The salted hash of a channel's id of a person: the only form that the other methods take.

        An empty id is nobody: turns are kept, but no conversation.
        """
        return self._hasher.asker(channel, id)

    def first_time(self, event: str) -> bool:
        """Whether this incoming event (`telegram:update:17`) was not seen before, by any process."""
        hashed = self._hasher.hashed("event", event)

        def see(session: Session) -> bool:
            if session.get(EventRow, hashed) is not None:
                return False
            session.add(EventRow(event=hashed, at=self._clock()))
            return True

        return self._write(see)

    # Conversation

    def conversation(self, asker: str, room: str = "") -> Conversation:
        """What the next question of the asker follows; `room` = the channel's id of a group, hashed before use."""
        if is_nobody(asker):
            return Conversation()
        with self._reading() as session:
            return talks.conversation(session, asker, self._room(room), self._idle_since())

    def set_as_of(self, asker: str, room: str, day: date | None) -> None:
        """Chooses the day that questions of this conversation mean; None: today again."""

        def choose(session: Session) -> None:
            talks.go_on(session, asker, self._room(room), self._clock(), self._idle_since()).as_of = day

        if not is_nobody(asker):
            self._write(choose)

    def remember(self, asker: str, room: str, asked: str, answer: Answer, after: str = "") -> str:
        """Keeps a turn, masked; gives its id, 16 url-safe characters that cannot be guessed.

        A refused question is one for a person from now on. `after` = the question before it, where the conversation
        that is kept here does not know it.
        """
        id = secrets.token_urlsafe(12)
        longest = self._settings.question_max_chars
        words, before = _words(asked, longest), _words(after, longest)
        stored = without_personal(answer, self._settings.contact).model_copy(update={"id": id})

        def keep(session: Session) -> None:
            now = self._clock()
            row = TurnRow(
                id=id, channel=channel_of(asker), asker="", room=self._room(room), at=now, question=words, after=before,
                status=answer.status.value, answer=stored.model_dump_json(), right=None, why="", question_id=None,
            )  # fmt: skip
            if not is_nobody(asker):
                row.asker = asker
                talk = talks.go_on(session, asker, row.room, now, self._idle_since())
                row.after = before or talks.last_question(session, talk)
            session.add(row)
            question.settle(session, row)

        self._write(keep)
        return id

    def kept(self, id: str) -> Kept | None:
        """The turn that `remember` gave this id."""
        with self._reading() as session:
            row = turn(session, id)
            return None if row is None else kept(row)

    def feedback(self, id: str, right: bool, why: str = "") -> bool:
        """What the asker says of a kept answer; a wrong one makes the question one for a person. False: no such turn."""

        def say(session: Session) -> bool:
            row = turn(session, id)
            if row is None:
                return False
            row.right, row.why = right, _words(why, WORDS_MAX)
            question.settle(session, row)
            return True

        return self._write(say)

    # Questions for a person

    def questions(self, open_only: bool = False, since: datetime | None = None) -> list[StoredQuestion]:
        """Open ones first, the most often asked ahead; `since`: asked at or after it."""
        with self._reading() as session:
            return question.questions(session, open_only, since.timestamp() if since else None)

    def close_question(self, id: int, note: str = "") -> bool:
        """A person has dealt with it. False: no such question."""

        def done(session: Session) -> bool:
            row = session.get(QuestionRow, id)
            if row is None:
                return False
            row.closed_at, row.note = self._clock(), _words(note, WORDS_MAX)
            return True

        return self._write(done)

    # Outbox

    def post(self, channel: str, address: str, payload: Any, event: str, asker: str = "") -> int:
        """Puts a message on its way; gives its id. The same event is answered once: a second post changes nothing.

        `payload`: the bubbles, in whatever form JSON can hold. With `asker`, `forget` erases the message too.
        """
        hashed = self._hasher.hashed("event", channel, event)

        def put(session: Session) -> int:
            if (known := outbox.posted(session, channel, hashed)) is not None:
                return known
            now = self._clock()
            row = OutboxRow(
                channel=channel, event=hashed, asker=asker, posted_at=now, due_at=now, attempts=0,
                address=self._sealer.sealed(address), payload=self._sealer.sealed(payload), reason="",
            )  # fmt: skip
            session.add(row)
            session.flush()
            return row.id

        return self._write(put)

    def due(self, channel: str, now: datetime | None = None) -> list[Delivery]:
        """The messages to send now, oldest first. They are the caller's for a minute; unconfirmed ones come again."""
        at = now.timestamp() if now else self._clock()
        return self._write(lambda session: outbox.due(session, self._sealer, channel, at))

    def delivered(self, id: int) -> None:
        """The channel has taken the message; its address and words are erased."""
        self._write(lambda session: self._close(session, id, ""))

    def failed(self, id: int, again_at: datetime | None, reason: str) -> None:
        """The channel has not taken it; it is due again at `again_at`. None: given up, its address is erased."""
        why = _words(reason, WORDS_MAX)

        def wait(session: Session) -> None:
            row = session.get(OutboxRow, id)
            if row is not None and row.address is not None and again_at is not None:
                row.due_at, row.reason = again_at.timestamp(), why

        self._write(wait if again_at is not None else lambda session: self._close(session, id, why))

    # Erasing

    def forget(self, asker: str) -> int:
        """Erases all that is held on an asker: turns, conversations, messages on their way; gives the number of turns."""

        def erase(session: Session) -> int:
            session.execute(delete(ConversationRow).where(ConversationRow.asker == asker))
            session.execute(delete(OutboxRow).where(OutboxRow.asker == asker))
            gone = session.scalars(
                delete(TurnRow).where(TurnRow.asker == asker).returning(TurnRow.number)
            ).all()
            question.drop_unasked(session)
            return len(gone)

        if is_nobody(asker):
            return 0
        erased = self._write(erase)
        self._wipe_log()
        return erased

    def purge(self, now: datetime | None = None) -> Purged:
        """Removes what is older than `CCHC_RETENTION_DAYS`, ended conversations, old events and addresses."""
        at = now.timestamp() if now else self._clock()
        kept_since = at - self._settings.retention_days * 24 * 3600
        idle = at - self._settings.conversation_idle_minutes * 60

        def remove(session: Session) -> Purged:
            turns = session.scalars(
                delete(TurnRow).where(TurnRow.at < kept_since).returning(TurnRow.number)
            ).all()
            ended = session.scalars(
                delete(ConversationRow).where(ConversationRow.last_at < idle).returning(ConversationRow.asker)
            ).all()
            seen = session.scalars(
                delete(EventRow).where(EventRow.at < at - EVENT_S).returning(EventRow.event)
            ).all()
            addresses = outbox.expire(session, at)
            session.execute(delete(OutboxRow).where(OutboxRow.posted_at < at - EVENT_S))
            return Purged(len(turns), question.drop_unasked(session), len(ended), len(seen), addresses)

        purged = self._write(remove)
        self._wipe_log()
        return purged

    # Inside

    def _room(self, room: str) -> str:
        return self._hasher.hashed("room", room) if room else ""

    def _idle_since(self) -> float:
        return self._clock() - self._settings.conversation_idle_minutes * 60

    @staticmethod
    def _close(session: Session, id: int, reason: str) -> None:
        row = session.get(OutboxRow, id)
        if row is not None:
            outbox.close(row, reason)

    @contextmanager
    def _reading(self) -> Iterator[Session]:
        with Session(self._engine) as session:
            yield session

    def _write(self, work: Callable[[Session], _Done]) -> _Done:
        """Does the work in one transaction; once more where another process wrote the same thing first."""
        try:
            return self._write_once(work)
        except IntegrityError:
            return self._write_once(work)

    def _write_once(self, work: Callable[[Session], _Done]) -> _Done:
        with Session(self._engine.execution_options(writes=True)) as session, session.begin():
            return work(session)

    def _wipe_log(self) -> None:
        """What was erased does not stay behind in SQLite's write-ahead log either, unless a reader holds it open."""
        if self._engine.dialect.name == "sqlite":
            with self._engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))


def _words(text: str, longest: int) -> str:
    """What somebody typed, as it is stored: masked before it is cut, without what no database takes."""
    clean = text.encode("utf-8", "ignore").decode().replace("\0", "")
    return masked(nfc(clean))[:longest]
