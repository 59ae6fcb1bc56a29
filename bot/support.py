"""Do the quotes that a sentence cites bear it? Decided by form, without a model. Called by the draft step.

Stricter than `bot.verify`, which looks at composed answers: a model may join true words to a false sentence.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from itertools import pairwise

from bot.verify import unsupported
from bot.words import content_words, with_digits
from corpus import number as numbers
from corpus.spelling import fold, modern_tones, nfc


class Flaw(StrEnum):
    """Why a sentence is not sent."""

    FIGURE = "figure"  # a figure, day or place that the quotes do not say, or not of this thing
    NUMBER = "number"  # a document number that is not theirs
    TURNED = "turned"  # a negation, ban or exception was added or lost
    BOUND = "bound"  # "at least", "only", "must" …, where the quotes say no such thing
    STRANGE = "strange"  # too few of its words are theirs


#: Share of a sentence's content words that stand in the quotes it cites.
#: Measured by evals/rephrasing.py: docs/decisions/0015-a-language-model-only-rephrases-what-is-quoted.md.
WORDS_SHARED = 0.75

_WORD = re.compile(r"[^\W_]+")
_FIGURE = re.compile(r"\d+(?:[.,/]\d+)*")
_DAY = re.compile(r"\d+/\d+(?:/\d+)?")
#: A place by its name: its figure counts nothing. "Điều 14", "khoản 2", "Mục IV".
_PLACE = re.compile(
    r"\b(?:điều|khoản|mục|tiểu mục|chương|phần|phụ lục|biểu|bảng)\s+(?:số\s+)?(?:\d+|[ivxlc]+\b)\w{0,2}",
    re.IGNORECASE,
)
_BRACKETS = re.compile(r"\([^)]{0,40}\)")

#: Words that set bounds to a figure; those of a line mean the same.
_QUANTITIES = (
    "không quá|không vượt quá|không được quá|không hơn|tối đa|nhiều nhất|chậm nhất|muộn nhất|trong vòng|trong thời hạn"
    "|đến hết|trong thời gian|cao nhất|trong",
    "ít nhất|tối thiểu|không dưới|không ít hơn|trở lên|không thấp hơn|từ đủ|sớm nhất|thấp nhất",
    "trở xuống",
    "trước",
    "sau|kể từ",
    "trên|hơn|quá|vượt",
    "dưới|chưa đến|ít hơn|thấp hơn|không đến",
    "tăng|nâng|thêm|cao hơn",
    "giảm|hạ|bớt|cắt|thấp hơn",
)
#: Words that set bounds to what is said.
_MODES = (
    "phải|bắt buộc|có trách nhiệm|có nghĩa vụ|cần|yêu cầu|bảo đảm|đảm bảo",
    "chỉ|duy nhất",
    "tất cả|mọi|toàn bộ|mỗi|các|từng|cả|100 ?%",
)
_OF_FIGURES = tuple(re.compile(rf"\b(?:{words})\b") for words in _QUANTITIES)
_BOUNDS = (*_OF_FIGURES, *(re.compile(rf"\b(?:{words})\b") for words in _MODES))
#: Bounds said with "không", which negate nothing.
_NO_NEGATION = re.compile(
    r"\bkhông (?:quá|vượt quá|được quá|dưới|ít hơn|hơn|thấp hơn|đến|chỉ|những)\b|\b(?:hàng )không (?=gian|khí)"
)
_NEGATORS = frozenset(("không", "chưa", "chẳng", "cấm"))
#: What may stand between a negator and what it negates.
_BETWEEN = frozenset("được phải bị có thể còn cần bắt buộc là đủ".split())  # noqa: SIM905
_BAN = re.compile(r"\b(?:nghiêm )?cấm\b|\bkhông được\b[^.;:]*:")
_EXCEPTION = re.compile(r"(?<!khấu )(?<!loại )(?<!phòng )(?<!bù )(?<!diệt )\btrừ\b(?! đi\b| sâu\b| diệt\b)")
_EXCEPTED = re.compile(r"\btrừ\b|\bngoài\b|\bngoại lệ\b|\bkhông áp dụng\b|\bkhông bao gồm\b")
#: What lies on which side of what: said with the word that follows.
_SIDE = re.compile(r"\b(?:trước|sau|trên|dưới|trong|ngoài|tăng|giảm) [^\W_]+")
#: A further piece of the quotes belongs to a sentence when it holds so many words of it that no other piece has.
_ADDS = 2


@dataclass(frozen=True)
class Quoted:
    """What a sentence cites: the text of the passage as shown, and what the document and the place are called."""

    text: str
    name: str  # document, place and day of issue

    @cached_property
    def plain(self) -> str:
        return _plain(self.text)

    @cached_property
    def fragments(self) -> list[str]:
        """Its sentences and items, each after the line that introduces the list, for both say one thing."""
        found: list[str] = []
        lead = kind = ""
        for line in self.plain.split("\n"):
            pieces = [one.strip() for one in re.split(r"(?<=[;.])\s", line) if one.strip()]
            if lead and _kind(line) == kind:
                lead = ""  # the list is over
            found += [f"{lead} {piece}".strip() for piece in pieces]
            if pieces and line.rstrip().endswith(":"):
                lead, kind = pieces[-1], _kind(line)
        return found


def flaw(sentence: str, cited: Sequence[Quoted]) -> Flaw | None:
    """What is wrong with a sentence that cites these; None where they bear it."""
    if not cited:
        return Flaw.STRANGE
    texts, names = "\n".join(q.text for q in cited), "\n".join(q.name for q in cited)
    known = {numbers.key(m.number) for m in numbers.numbers_in(f"{texts}\n{names}")}
    if any(numbers.key(m.number) not in known for m in numbers.numbers_in(sentence)):
        return Flaw.NUMBER
    said = _plain(sentence)
    if words_shared(sentence, cited) < WORDS_SHARED:
        return Flaw.STRANGE
    # without its figures: what it speaks of decides which of the quotes' figures may be its own
    close = _close(
        {word for word in _content(sentence) if not word.isdigit()},
        [one for q in cited for one in q.fragments],
    )
    if not _figures_stand(sentence, close, f"{texts}\n{names}", names):
        return Flaw.FIGURE
    if any(bound.search(said) and not bound.search(close) for bound in _BOUNDS):
        return Flaw.BOUND
    if not set(_SIDE.findall(said)) <= set(_SIDE.findall(close)):
        return Flaw.BOUND
    return Flaw.TURNED if _turned(said, close) else None


def words_shared(sentence: str, cited: Sequence[Quoted]) -> float:
    """Share (0…1) of a sentence's content words that the quotes, or the names of document and place, have too."""
    words = _content(sentence)
    own = set(_WORD.findall(fold(with_digits("\n".join(f"{q.text}\n{q.name}" for q in cited)))))
    return len(words & own) / len(words) if words else 0.0


def _content(sentence: str) -> set[str]:
    return set(content_words(with_digits(sentence)))


def _kind(line: str) -> str:
    """What a line begins with: "Điều", a figure, a letter, a dash …; "" for none."""
    mark = re.match(r"\s*(?:(điều )\d|(\d+)(?:\.\d+)*[.)]|([a-zđ])[.)]|([-–+•]))", line)
    return (
        "" if mark is None else next(name for name, found in zip("Đ1a-", mark.groups(), strict=True) if found)
    )


def _plain(text: str) -> str:
    """Lower case with marks, number words as digits, lines kept."""
    return "\n".join(with_digits(modern_tones(nfc(line))).lower() for line in text.split("\n"))


def _figures_stand(sentence: str, close: str, known: str, names: str) -> bool:
    """Whether every figure stands in the quotes with the same unit and bound, every place in quotes or names."""
    places = {fold(place) for place in _PLACE.findall(known)}
    if any(fold(place) not in places for place in _PLACE.findall(sentence)):
        return False
    said, quoted = _figures(sentence), _figures(close)
    if unsupported(" ".join(said), [], [" ".join(quoted), " ".join(_DAY.findall(names))]):
        return False
    return all(figure not in quoted or about <= quoted[figure] for figure, about in said.items())


def _figures(text: str) -> dict[str, set[str]]:
    """The figures of a text that are no part of a name, each with the word after it and the bounds said of it."""
    for mention in reversed(numbers.numbers_in(text)):
        text = f"{text[: mention.start]} ; {text[mention.end :]}"
    plain = _plain(_PLACE.sub(" ; ", _BRACKETS.sub(" ", text)))
    tokens = re.findall(rf"{_FIGURE.pattern}|[^\W\d_]+|%|[^\w\s]", plain)
    found: dict[str, set[str]] = {}
    for at, token in enumerate(tokens):
        if token[0].isdigit():
            bare = "/".join(part.lstrip("0") or "0" for part in token.split("/"))
            unit = tokens[at + 1] if at + 1 < len(tokens) else ""
            about = {unit} if unit == "%" or unit[:1].isalpha() else set()
            before, after = " ".join(tokens[max(0, at - 3) : at]), " ".join(tokens[at + 1 : at + 4])
            about |= {
                bound.pattern for bound in _OF_FIGURES if bound.search(re.split(r"[^\w ]|\d", before)[-1])
            }
            about |= {"+" for _ in re.findall(r"\btrở lên\b", after)} | {
                "-" for _ in re.findall(r"\btrở xuống\b", after)
            }
            found.setdefault(bare, set()).update(about)
    return found


def _close(words: set[str], fragments: Sequence[str]) -> str:
    """The pieces of the quotes that a sentence is made of: the one that says most of it, and each that says more."""
    left = set(words)
    found: list[str] = []
    pieces = [(fragment, set(_WORD.findall(fold(fragment)))) for fragment in fragments]
    while pieces and left:
        best = max(pieces, key=lambda piece: len(left & piece[1]))
        if found and len(left & best[1]) < _ADDS:
            break
        pieces.remove(best)
        found.append(best[0])
        left -= best[1]
    return "\n".join(found)


def _turned(said: str, close: str) -> bool:
    """Whether a negation, a ban or an exception of the quote got lost, or one was added."""
    if _EXCEPTION.search(close) and not _EXCEPTED.search(said):
        return True
    ours, theirs = _Negations.of(said), _Negations.of(close)
    if _BAN.search(close):
        return not ours.any
    added = any(pair not in theirs.negated and pair[0] not in theirs.first for pair in ours.negated)
    lost = any(pair in theirs.negated and pair not in theirs.plain for pair in ours.plain)
    # said of the same words, in this very piece of the quote, without a negation
    turned = any(pair in theirs.plain and pair not in theirs.negated for pair in ours.negated)
    return added or lost or turned


@dataclass(frozen=True)
class _Negations:
    """The word pairs of a text, by whether they follow a negation."""

    negated: frozenset[tuple[str, str]]
    plain: frozenset[tuple[str, str]]

    @property
    def first(self) -> set[str]:
        return {one for one, _ in self.negated}

    @property
    def any(self) -> bool:
        return bool(self.negated)

    @classmethod
    def of(cls, text: str) -> "_Negations":
        negated: set[tuple[str, str]] = set()
        plain: set[tuple[str, str]] = set()
        for clause in re.split(r"[,;.:\n]", _NO_NEGATION.sub(" ", text)):
            words = _WORD.findall(clause)
            content = [at for at, word in enumerate(words) if word not in _BETWEEN and word not in _NEGATORS]
            for one, other in pairwise(content):
                pair = (words[one], words[other])
                before = one - 1
                while before >= 0 and words[before] in _BETWEEN:
                    before -= 1
                (negated if before >= 0 and words[before] in _NEGATORS else plain).add(pair)
            if len(content) == 1 and any(word in _NEGATORS for word in words[: content[0]]):
                negated.add((words[content[0]], ""))
        return cls(frozenset(negated), frozenset(plain))
