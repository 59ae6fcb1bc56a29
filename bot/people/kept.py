"""A turn as it is kept: the masked question, the answer, who said what of it. Called by `bot.people.store`."""

from dataclasses import dataclass
from datetime import UTC, datetime

from pydantic import ValidationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.answer import Answer
from bot.masking import masked
from bot.people.tables import TurnRow


@dataclass(frozen=True, slots=True)
class Kept:
    """A question that was answered."""

    id: str
    question: str  # masked
    answer: Answer
    at: datetime  # UTC
    channel: str
    right: bool | None = None  # what the asker said of the answer
    why: str = ""  # masked


def without_personal(answer: Answer, contact: str) -> Answer:
    """The answer with what it repeats of the asker masked; what its sources and the contact say stays."""
    public = "\n".join([contact, *(citation.quote for citation in answer.citations)])
    return answer.model_copy(
        update={
            "text": masked(answer.text, public),
            "suggestions": [masked(one, public) for one in answer.suggestions],
            "timings": {},
        }
    )


def kept(row: TurnRow) -> Kept | None:
    """None for an answer in a shape of the past that nothing reads any more."""
    try:
        answer = Answer.model_validate_json(row.answer)
    except ValidationError:
        return None
    return Kept(row.id, row.question, answer, moment(row.at), row.channel, row.right, row.why)


def turn(session: Session, id: str) -> TurnRow | None:
    return session.scalars(select(TurnRow).where(TurnRow.id == id)).one_or_none()


def moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
