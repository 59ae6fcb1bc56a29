"""Questions for a person: those the desk refused, and those whose answer an asker disputed. Called by `bot.people.store`.

Questions in the same words are one; each remembers when and where it was asked through its turns.
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, exists, select
from sqlalchemy.orm import Session, defer

from bot.answer import REFUSALS
from bot.people.kept import moment
from bot.people.tables import QuestionRow, TurnRow
from corpus.spelling import fold


@dataclass(frozen=True, slots=True)
class StoredQuestion:
    """A question somebody should answer, with the turns that asked it."""

    id: int
    question: str  # masked
    count: int
    disputed: int  # turns whose asker called the answer wrong
    disputed_answer: str  # the text of the newest of those answers, masked
    first_at: datetime
    last_at: datetime
    channels: tuple[str, ...]
    after: tuple[str, ...]  # questions it followed, masked: what "còn cấp xã thì sao?" was about
    reasons: tuple[str, ...]  # what the askers said, masked
    closed_at: datetime | None
    note: str

    @property
    def is_open(self) -> bool:
        return self.closed_at is None


def settle(session: Session, turn: TurnRow) -> None:
    """Whether a turn is one for a person now: puts it among the questions, or takes it away."""
    for_a_person = turn.right is False or (turn.right is None and turn.status in REFUSALS)
    if for_a_person:
        row = _question(session, turn.question)
        row.closed_at = None  # asked again after it was closed: what was done did not help
        turn.question_id = row.id
    elif turn.question_id is not None:
        turn.question_id = None
        session.flush()
        drop_unasked(session)


def _question(session: Session, text: str) -> QuestionRow:
    key = hashlib.sha256(" ".join(fold(text).split()).encode()).hexdigest()
    row = session.scalars(select(QuestionRow).where(QuestionRow.key == key)).one_or_none()
    if row is None:
        row = QuestionRow(key=key, text=text, closed_at=None, note="")
        session.add(row)
        session.flush()
    return row


def drop_unasked(session: Session) -> int:
    """Removes the questions that no turn asks any more; gives their number."""
    asked = exists().where(TurnRow.question_id == QuestionRow.id)
    return len(session.scalars(delete(QuestionRow).where(~asked).returning(QuestionRow.id)).all())


def questions(session: Session, open_only: bool, since: float | None) -> list[StoredQuestion]:
    """Open ones first, then what was asked most often, then the newest."""
    query = (
        select(QuestionRow, TurnRow)
        .join(TurnRow, TurnRow.question_id == QuestionRow.id)
        .options(defer(TurnRow.answer, raiseload=True))  # the bulk of a turn, and not asked for
    )
    if open_only:
        query = query.where(QuestionRow.closed_at.is_(None))
    turns: dict[int, tuple[QuestionRow, list[TurnRow]]] = {}
    for question, turn in session.execute(query.order_by(TurnRow.number)):
        turns.setdefault(question.id, (question, []))[1].append(turn)
    answers = _disputed_answers(session)
    found = [
        _stored(question, asked, answers.get(question.id, ""))
        for question, asked in turns.values()
        if asked[-1].at >= (since or 0)
    ]
    return sorted(found, key=lambda one: (not one.is_open, -one.count, -one.last_at.timestamp()))


def _disputed_answers(session: Session) -> dict[int, str]:
    """Question -> what was said in the newest turn that its asker called wrong."""
    query = (
        select(TurnRow.question_id, TurnRow.answer).where(TurnRow.right.is_(False)).order_by(TurnRow.number)
    )
    newest = {question: answer for question, answer in session.execute(query) if question is not None}
    return {question: json.loads(answer).get("text", "") for question, answer in newest.items()}


def _stored(row: QuestionRow, turns: list[TurnRow], disputed_answer: str) -> StoredQuestion:
    return StoredQuestion(
        id=row.id,
        question=row.text,
        count=len(turns),
        disputed=sum(turn.right is False for turn in turns),
        disputed_answer=disputed_answer,
        first_at=moment(turns[0].at),
        last_at=moment(turns[-1].at),
        channels=_each_once(turn.channel for turn in turns),
        after=_each_once(turn.after for turn in turns if turn.after not in ("", row.text)),
        reasons=_each_once(turn.why for turn in turns if turn.why),
        closed_at=None if row.closed_at is None else moment(row.closed_at),
        note=row.note,
    )


def _each_once(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(words))
