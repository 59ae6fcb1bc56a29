"""First step: the question in one spelling, and the questions that cannot be taken (empty, far too long)."""

import re

from bot.answer import Status
from bot.messages import say
from bot.turn import Turn
from corpus.spelling import modern_tones, nfc

_INVISIBLE = re.compile(
    "[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]"
)


def normalise(turn: Turn, max_chars: int) -> None:
    """NFC, one tone placement, plain blanks; the history likewise."""
    if len(turn.question) > max_chars:
        turn.finish(Status.BLOCKED, say("too_long", length=len(turn.question), limit=max_chars))
        return
    turn.text = _plain(turn.question)
    turn.history = tuple(filter(None, (_plain(earlier[:max_chars]) for earlier in turn.history)))
    turn.typed = turn.text
    if not any(c.isalnum() for c in turn.text):
        turn.finish(Status.CLARIFY, say("empty"))


def _plain(text: str) -> str:
    return " ".join(modern_tones(_INVISIBLE.sub("", nfc(text))).split())
