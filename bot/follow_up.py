"""Fourth step: a question that leans on the conversation takes its document and subject from the turns before."""

import re

from bot.abbreviations import written_out
from bot.turn import Turn
from bot.words import content_words
from corpus import number as numbers
from corpus.spelling import has_diacritics

#: Openings and words that point back: "thế còn …", "còn cấp xã?", "văn bản đó", "mức này".
_POINTS_BACK = re.compile(
    r"^(?:thế|vậy|còn|rồi|nếu vậy|nhưng|và)\b"
    r"|\b(?<!trước )(?<!sau )(?<!trong )(?<!theo )(?<!tại )(?<!từ )(?<!ở )(?<!do )đó\b"
    r"|\b(?:này|kia|nó|vừa rồi|ở trên|trên đây|như trên|vừa nêu|vừa nói)\b"
    r"|^(?:điều|khoản|điểm|mục|chương) \w+"
)
#: The same typed without marks, where "do" and "nay" may be other words: only behind what they can point at.
_POINTS_BACK_BARE = re.compile(
    r"^(?:the|vay|con|roi|neu vay|nhung)\b|^(?:dieu|khoan|diem|muc|chuong) \w+"
    r"|\b(?:van ban|nghi dinh|quyet dinh|thong tu|luat|de an|ke hoach|cai|viec|dieu|muc|truong hop|thu tuc|noi dung)"
    r" (?:do|nay|kia)\b"
)
#: What is asked of a subject and names none: "áp dụng từ ngày nào?", "nội dung thứ ba là gì?".
_NO_SUBJECT = frozenset(
    (  # noqa: SIM905  a list of literals would be read by nobody
        "ap dung ngay hieu luc thi hanh thoi han muc truong hop doi tuong dieu kien thu tuc ho so noi dung trach "
        "nhiem co quan tuoi tien le phi thu hai ba bon sau bay tam chin muoi nguoi ky ban hanh chu tri phoi hop xu ly"
    ).split()
)


def follow_up(turn: Turn) -> None:
    """Search for the earlier question together with this one, when this one cannot stand alone."""
    if not turn.history:
        return
    turn.before = written_out(subject(turn.history))
    if leans_back(turn.text):
        turn.subject = turn.before
        turn.query = f"{turn.subject} {turn.query}"


def leans_back(text: str) -> bool:
    """Whether a question needs the conversation to be understood."""
    if numbers.numbers_in(text) or any(p.year or p.kind for p in numbers.partial_mentions(text)):
        return False
    lowered = text.lower()
    points = _POINTS_BACK.search(lowered) if has_diacritics(text) else _POINTS_BACK_BARE.search(lowered)
    return bool(points) or not any(word not in _NO_SUBJECT for word in content_words(text))


def subject(history: tuple[str, ...]) -> str:
    """The last earlier question that stands alone, with what was asked since."""
    since: list[str] = []
    for earlier in reversed(history):
        since.insert(0, earlier)
        if not leans_back(earlier):
            break
    return " ".join(since[-3:])
