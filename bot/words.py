"""How much of a question a text covers: its words and word pairs, rare ones counting more."""

import math
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from bot.abbreviations import shortened_in_documents
from corpus.spelling import fold, has_diacritics, nfc

#: Words that ask, bind or are polite and say nothing of the subject.
_EMPTY = frozenset(
    (  # noqa: SIM905  a list of literals would be read by nobody
        "bao nhiêu lâu mấy gì nào ai sao thế vậy không có được phải là thì mà ở cho hỏi xin hãy à ơi với và của các "
        "những nhé nhỉ mình tôi em anh chị muốn biết về theo trong khi như ra cái làm hoặc từ đến bị do này kia đây "
        "đó điều khoản điểm số quy định một nhất mỗi còn rồi sẽ đã đang thuộc tại bằng vào trên dưới giữa gồm bạn kể "
        "câu trả lời giúp giùm dùm ad admin nếu hiện đầu chào cảm ơn ạ vâng dạ"
    ).split()
)
#: The same typed without marks.
_EMPTY_BARE = frozenset(fold(word) for word in _EMPTY)
_WORD = re.compile(r"[^\W_]+")
#: A pair of neighbouring words says more than its words, a little less than a rare word.
_PAIR_WEIGHT = 0.6
#: A word carried over from the conversation counts for this much of one in the question, and all of them together for
#: no more than this many times the question's own words: what is new in it decides.
SUBJECT_SHARE, SUBJECT_MOST = 0.5, 2.0
#: A word found only in the headings above a text counts for this much.
CONTEXT_SHARE = 0.6


#: Number words as digits; "năm" is left out, it mostly means "year".
_DIGITS = {"hai": "2", "ba": "3", "bốn": "4", "sáu": "6", "bảy": "7", "tám": "8", "chín": "9", "mười": "10"}
_NUMBER_WORD = re.compile(r"\b(?:" + "|".join(_DIGITS) + r")\b")


def with_digits(text: str) -> str:
    """Number words as digits and digits without padding: "Sáu nội dung" and "06 nội dung" → "6 nội dung"."""
    spoken = _NUMBER_WORD.sub(lambda m: _DIGITS[m[0]], nfc(text).lower())
    return re.sub(r"\b0+(?=\d)", "", spoken)


@lru_cache(4096)  # clauses and headings that questions keep finding: some 10 kB each
def tokens(text: str) -> frozenset[str]:
    """Folded words and pairs of neighbouring words, numbers as digits."""
    words = _WORD.findall(fold(with_digits(text)))
    return frozenset((*words, *(f"{a}_{b}" for a, b in pairwise(words))))


#: Who asks, and that he asks: "Tôi là công chức cấp xã, xin hỏi …", "Anh chị cho em hỏi: …"; matched on folded text.
_OPENING = re.compile(
    r"\W*(?:(?:toi|em|minh|chung toi|don vi|co quan|anh|chi|ad|admin|kinh|da|thua|chao|xin chao)\b.{0,120}?)?"
    r"\b(?:cho|xin|muon|can)(?: (?:toi|em|minh|chung|anh|chi|phep|duoc)){0,3} hoi\b(?! y kien)(?: la| rang| ve)?[\s,:]+"
    r"(?=(?:\S+\s+){2})"
)


def without_opening(question: str) -> str:
    """The question itself: who asks it is not what is asked."""
    text = nfc(question)
    opening = _OPENING.match(fold(text))
    return text[opening.end() :] if opening else text


@dataclass(frozen=True, slots=True)
class QuestionWords:
    """The words of a question with their weights (inverse document frequency, in nats)."""

    weights: dict[str, float]
    short: tuple[
        tuple[frozenset[str], frozenset[str]], ...
    ] = ()  # abbreviation's words -> what they stand for
    own: frozenset[str] = frozenset()  # what a follow-up adds to the conversation it leans on

    @property
    def total(self) -> float:
        return sum(self.weights.values())

    def _spelled(self, found: frozenset[str]) -> frozenset[str]:
        """Words of a text, and those that its abbreviations stand for."""
        return found.union(*(words for letters, words in self.short if letters <= found))

    def added(self, text: frozenset[str]) -> float:
        """Share (0…1) of what a follow-up adds that a text has; 1 where the question stands alone."""
        return len(self.own & text) / len(self.own) if self.own else 1.0

    def coverage(self, own: Iterable[str], context: Iterable[str] = ()) -> float:
        """Share (0…1) of the question's weight that stands in the own words or, for less, in the context."""
        if not self.weights:
            return 0.0
        own_set, context_set = self._spelled(frozenset(own)), self._spelled(frozenset(context))
        found = sum(
            weight if token in own_set else CONTEXT_SHARE * weight if token in context_set else 0.0
            for token, weight in self.weights.items()
        )
        return found / self.total


def question_words(
    question: str, frequency: Callable[[str], int], size: int, subject: str = ""
) -> QuestionWords:
    """`frequency` = number of segments that have a token, `size` = number of segments; `subject` = what the
    question carries over from the conversation, which counts for less than its own words."""
    own = _weighed(question, frequency, size)
    if not subject:
        return own
    carried = _weighed(subject, frequency, size)
    share = SUBJECT_SHARE
    if own.weights and carried.weights:
        share = min(share, SUBJECT_MOST * own.total / carried.total)
    weights = {token: share * weight for token, weight in carried.weights.items()} | own.weights
    return QuestionWords(weights, (*own.short, *carried.short), frozenset(content_words(question)))


def content_words(question: str) -> list[str]:
    """The folded words of a question that say something of its subject."""
    marked = _WORD.findall(nfc(question).lower())
    empty = _EMPTY if has_diacritics(question) else _EMPTY_BARE
    return [fold(word) for word in marked if word not in empty and (len(word) > 1 or word.isdigit())]


def _weighed(question: str, frequency: Callable[[str], int], size: int) -> QuestionWords:
    spoken = with_digits(without_opening(question))
    words = _WORD.findall(fold(spoken))
    content = set(content_words(spoken))
    weights: dict[str, float] = {}
    for word in words:
        if word in content:
            count = frequency(word)
            weights[word] = math.log((size + 1) / (count + 0.5))
    for first, second in pairwise(words):
        if first not in content and second not in content:
            continue
        count = frequency(f"{first}_{second}")
        if count:  # a pair that no text has is chance, not subject
            weights[f"{first}_{second}"] = _PAIR_WEIGHT * math.log((size + 1) / (count + 0.5))
    kept = {token: weight for token, weight in weights.items() if weight > 0}
    return QuestionWords(kept, tuple(shortened_in_documents(question)))
