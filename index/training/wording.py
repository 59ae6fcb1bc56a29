"""Puts a made question as people type it: everyday words, abbreviations, no diacritics, slips.

Called by `index.training.pairs`. All chance comes from the generator that is given.
"""

import random
import re
from functools import cache
from pathlib import Path

from corpus.spelling import fold
from index.training.recipe import WordingRecipe

_OPENINGS = (
    "cho hỏi {}", "cho tôi hỏi {}", "xin hỏi {}", "xin cho biết {}", "anh chị cho em hỏi {}", "cho em hỏi {}", "tôi muốn biết {}",
    "đề nghị cho biết {}", "cơ quan tôi vướng chỗ này: {}", "bạn ơi {}", "{} ạ", "{} vậy?",
)  # fmt: skip
#: One letter for another: what a slip on the keyboard or of the tone does.
_TONES = str.maketrans("ảãẩẫẳẵẻẽểễỉĩỏõổỗởỡủũửữỷỹ", "ãảẫẩẵẳẽẻễểĩỉõỏỗổỡởũủữửỹỷ")


def worded(question: str, recipe: WordingRecipe, chance: random.Random) -> str:
    """The question as somebody might type it."""
    text = question
    if chance.random() < recipe.colloquial:
        text = _replaced(text, "colloquial.tsv", chance)
    if chance.random() < recipe.abbreviation:
        text = _replaced(text, "abbreviations.tsv", chance)
    if chance.random() < recipe.opening:
        text = chance.choice(_OPENINGS).format(text)
        text = re.sub(r"\?(?=.)", "", text)
    if chance.random() < recipe.typos:
        text = _slipped(text, chance)
    if chance.random() < recipe.no_question_mark:
        text = text.rstrip("?")
    if chance.random() < recipe.no_diacritics:
        return fold(text)
    return text if chance.random() < 0.25 else text[:1].upper() + text[1:]


def _replaced(text: str, table: str, chance: random.Random) -> str:
    """Up to two of the phrases that the table knows, replaced."""
    found = list(_pattern(table).finditer(text))
    chance.shuffle(found)
    for match in sorted(found[:2], key=lambda m: m.start(), reverse=True):
        text = text[: match.start()] + chance.choice(_table(table)[match[0].lower()]) + text[match.end() :]
    return text


def _slipped(text: str, chance: random.Random) -> str:
    """One word in seven or so with a wrong tone, two letters swapped or one left out."""
    words = text.split()
    for _ in range(max(1, len(words) // 7)):
        place = chance.randrange(len(words))
        word = words[place]
        if not word.isalpha() or len(word) < 3:
            continue
        at = chance.randrange(1, len(word) - 1)
        words[place] = chance.choice(
            (
                word.translate(_TONES),
                fold(word),
                word[:at] + word[at + 1] + word[at] + word[at + 2 :],
                word[:at] + word[at + 1 :],
            )
        )
    return " ".join(words)


@cache
def _table(name: str) -> dict[str, list[str]]:
    lines = Path(__file__).with_name(name).read_text("utf-8").splitlines()
    rows = [line.split("\t") for line in lines if line and not line.startswith("#")]
    return {said.lower(): meant.split("|") for said, meant in rows}


@cache
def _pattern(name: str) -> re.Pattern[str]:
    phrases = sorted(_table(name), key=len, reverse=True)  # the longest fits first
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, phrases))})(?!\w)", re.IGNORECASE)
