"""Titles in capitals as running text. Called by the header reader.

The words' own capitals are taken from the places where the same document writes them in running text: "SỞ TÀI CHÍNH
TỈNH BẮC NINH" becomes "Sở Tài chính tỉnh Bắc Ninh".
"""

import re
from collections import Counter

from ingest import marks
from ingest.reading import BlockKind, Reading

#: The longest run of words looked up at once, and how much of the text is searched, in characters.
_RUN = 8
_SEARCHED = 40_000
#: Syllables that no Vietnamese word is made of: UBND, TTHC, CCHC.
_ACRONYM = re.compile(r"(?![VX]+$)[BCDĐGHKLMNPQRSTVX]{2,}|UBND|ASEAN|VNEID")
#: Words before which a roman numeral stands; elsewhere "VI" is the word of "phạm vi".
_COUNTED = {
    "phần",
    "chương",
    "mục",
    "lục",
    "đoạn",
    "khóa",
    "khoá",
    "kỳ",
    "lần",
    "thứ",
    "đợt",
    "số",
    "quý",
    "hạng",
    "loại",
}
_BEGINS_SENTENCE = re.compile(r"(?:^|\n|[.;:!?“\"(]\s?|\n\W{0,4}|\n.{1,4}[.)] )$")


def cased(title: str, reading: Reading) -> str:
    """`title` with small letters, if it is set in capitals; names and acronyms as the text writes them elsewhere."""
    if not marks.is_capitals(title) or len(title.split()) < 2:
        return title
    words = title.split()
    body = _running_text(reading)
    lowered = body.lower()
    done: list[str] = []
    while len(done) < len(words):
        at = len(done)
        for length in range(min(_RUN, len(words) - at), 1, -1):
            run = _as_written(" ".join(words[at : at + length]).lower(), body, lowered)
            if run is not None:
                done += run.split()
                break
        else:
            done.append(_alone(words[at], done[-1] if done else ""))
    text = " ".join(done)
    return text[:1].upper() + text[1:]


def _running_text(reading: Reading) -> str:
    lines = (reading.text[b.start : b.end] for b in reading.blocks if b.kind is BlockKind.PARAGRAPH)
    body = "\n".join(line for line in lines if not marks.is_capitals(line))[:_SEARCHED]
    return body if len(body.lower()) == len(body) else ""


def _as_written(run: str, body: str, lowered: str) -> str | None:
    """How the text most often writes these words inside a sentence, not in capitals."""
    found: Counter[str] = Counter()
    at = lowered.find(run)
    while at >= 0:
        end = at + len(run)
        alone = not (lowered[at - 1 : at].isalnum() or lowered[end : end + 1].isalnum())
        written = body[at:end]
        if alone and not written.isupper() and not _BEGINS_SENTENCE.search(body[max(0, at - 8) : at]):
            found[written] += 1
        at = lowered.find(run, at + 1)
    return found.most_common(1)[0][0] if found else None


def _alone(word: str, before: str) -> str:
    letters = "".join(c for c in word if c.isalpha())
    if _ACRONYM.fullmatch(letters) or (before.lower() in _COUNTED and marks.roman_value(letters)):
        return word
    return word.lower()
