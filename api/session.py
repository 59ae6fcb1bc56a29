"""Who asks on the web, and what is kept of it: a page names its conversation by a word of its own choice, no cookie.

The word is hashed like every id. Without it a question is kept as nobody's. Used by the ask and feedback routes.
"""

import logging
from typing import Annotated

from fastapi import Header
from sqlalchemy.exc import SQLAlchemyError

from bot.answer import Answer, Question
from bot.people.store import People

CHANNEL = "web"
_log = logging.getLogger(__name__)

#: Long enough that nobody guesses another's: whoever knows it can erase what is held on it.
SESSION = r"^[A-Za-z0-9_-]{22,100}$"
Session = Annotated[
    str,
    Header(
        alias="X-CCHC-Session",
        pattern=rf"^$|{SESSION}",
        description="A random word the page made up (a UUID), kept in the browser; only its salted hash is stored. "
        "Without it the question belongs to nobody",
    ),
]


def keep(people: People, session: str, question: Question, answer: Answer) -> Answer:
    """The answer with the id under which it is kept; without one where keeping failed: the asker is served all the same."""
    before = question.history[-1] if question.history else ""
    try:
        id = people.remember(people.asker(CHANNEL, session), "", question.question, answer, before)
    except SQLAlchemyError:
        _log.exception("a question could not be kept")
        return answer
    return answer.model_copy(update={"id": id})
