"""What an asker and the desk talked about so far, until the conversation ends. Called by `bot.people.store`."""

from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from bot.people.kept import Kept, kept
from bot.people.tables import ConversationRow, TurnRow

_Column = TypeVar("_Column")

#: Earlier questions that are remembered, the newest: a follow-up reaches no further back.
TURNS = 10


@dataclass(frozen=True, slots=True)
class Conversation:
    """What the next question follows. `history` and `as_of` are what `HelpDesk.ask` takes."""

    history: tuple[str, ...] = ()  # masked earlier questions, oldest first
    as_of: date | None = None  # the day the asker chose for this conversation
    last: Kept | None = None


def conversation(session: Session, asker: str, room: str, since: float) -> Conversation:
    """The conversation that was going on after `since`; an empty one where it has ended."""
    row = session.get(ConversationRow, (asker, room))
    if row is None or row.last_at < since:
        return Conversation()
    newest = session.scalars(_newest(row, select(TurnRow.question), TURNS)).all()
    last = session.scalars(_newest(row, select(TurnRow), 1)).one_or_none()
    return Conversation(tuple(reversed(newest)), row.as_of, None if last is None else kept(last))


def last_question(session: Session, row: ConversationRow) -> str:
    """The newest question of a conversation; "" where there is none yet."""
    return session.scalars(_newest(row, select(TurnRow.question), 1)).one_or_none() or ""


def _newest(row: ConversationRow, query: Select[_Column], limit: int) -> Select[_Column]:
    """The query narrowed to the turns of a conversation, the newest ahead."""
    of_it = (TurnRow.asker == row.asker, TurnRow.room == row.room, TurnRow.at >= row.began_at)
    return query.where(*of_it).order_by(TurnRow.number.desc()).limit(limit)


def go_on(session: Session, asker: str, room: str, now: float, since: float) -> ConversationRow:
    """The row of the conversation, which something happens in now; begins a new one where the last has ended."""
    row = session.get(ConversationRow, (asker, room))
    if row is None:
        row = ConversationRow(asker=asker, room=room, began_at=now, last_at=now, as_of=None)
        session.add(row)
    elif row.last_at < since:
        row.began_at, row.as_of = now, None
    row.last_at = now
    return row
