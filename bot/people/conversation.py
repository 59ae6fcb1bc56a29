"""What an asker and the desk talked about so far, until the conversation ends. Called by `bot.people.store`."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.people.kept import Kept, kept
from bot.people.tables import ConversationRow, TurnRow

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
    of_it = (TurnRow.asker == asker, TurnRow.room == room, TurnRow.at >= row.began_at)
    newest = session.scalars(select(TurnRow).where(*of_it).order_by(TurnRow.number.desc()).limit(TURNS)).all()
    history = tuple(one.question for one in reversed(newest))
    return Conversation(history, row.as_of, kept(newest[0]) if newest else None)


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
