"""Third step: a question that leans on the conversation takes its document and subject from the turns before."""

import re

from bot.abbreviations import written_out
from bot.turn import Turn
from corpus import number as numbers
from corpus.spelling import fold

#: Openings and words that point back: "thế còn …", "còn cấp xã?", "văn bản đó", "mức này".
_POINTS_BACK = re.compile(
    r"^(?:the|vay|con|roi|neu vay|the con|vay con|the thi|vay thi|nhung|va)\b"
    r"|\b(?:do|nay|kia|nay thi|vua roi|o tren|tren day|nhu tren|vua neu|vua noi)\b(?! la\b)"
    r"|^(?:dieu|khoan|diem|muc|chuong) \w+"
    r"|\b(?:ho|no)\b"
)
_OF_ITSELF = re.compile(
    r"\b(?:truoc do|sau do|trong do|theo do|tai do|tu do|o do|do dac|tien do|trinh do|che do|muc do|do luong|to do|tung do)\b"
)
#: A question with fewer words than this says too little to stand alone when there is a conversation.
_SHORT = 9


def follow_up(turn: Turn) -> None:
    """Search for the earlier question together with this one, when this one cannot stand alone."""
    if not turn.history or not leans_back(turn.text):
        return
    turn.subject = written_out(subject(turn.history))
    turn.query = f"{turn.subject} {turn.query}"


def leans_back(text: str) -> bool:
    """Whether a question needs the conversation to be understood."""
    if numbers.numbers_in(text) or any(p.year or p.kind for p in numbers.partial_mentions(text)):
        return False
    folded = fold(text)
    return bool(_POINTS_BACK.search(_OF_ITSELF.sub(" ", folded))) or len(folded.split()) < _SHORT


def subject(history: tuple[str, ...]) -> str:
    """The last earlier question that stands alone, with what was asked since."""
    since: list[str] = []
    for earlier in reversed(history):
        since.insert(0, earlier)
        if not leans_back(earlier):
            break
    return " ".join(since[-3:])
