"""What the HTTP face needs of a help desk; `bot.desk.HelpDesk` is one, a test may bring its own.

Used by every router, so that the face knows `ask` and the corpus and nothing of how answers are made.
"""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Protocol

from bot.answer import Answer
from corpus.store import Corpus

#: Called with the name of a finished step and its duration in milliseconds.
OnStep = Callable[[str, float], None]
#: Called with every checked sentence of a language model.
OnSentence = Callable[[str], None]


class Desk(Protocol):
    @property
    def corpus(self) -> Corpus: ...

    def ask(
        self,
        question: str,
        history: Sequence[str] = (),
        as_of: date | None = None,
        on_step: OnStep | None = None,
        on_sentence: OnSentence | None = None,
    ) -> Answer:
        """The answer. Thread-safe; a `BaseException` out of a callback (the asker left) ends the turn."""
        ...

    def problem(self) -> str | None:
        """Why no question can be answered now, in Vietnamese; None when ready."""
        ...
