"""Whether a cited place is the place where the answer stands, both told by their labels. Used by scoring.

A label is a way down the document: "Quy định kèm theo, Điều 6 khoản 1 điểm a", "Phụ lục II, mục I.1", "Mục V.1.2 điểm
a". Suites and systems write the same way in slightly different words; what they mean is compared.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from evals.facts import folded

HIT = "hit"  # the place itself, or one inside it
NEAR = "near"  # the place directly above it

#: Levels that are counted: word -> the level it stands for. The steps of a procedure are the rows of a table.
_LEVELS = {
    "phần": "phần", "chương": "chương", "tiểu mục": "mục", "mục": "mục", "điều": "điều", "khoản": "khoản",
    "điểm": "điểm", "gạch đầu dòng": "gạch", "dòng": "dòng", "bước": "dòng", "đoạn": "đoạn",
}  # fmt: skip
#: What is issued with a decision and has articles or an outline of its own.
_ATTACHED = (
    "quy định|quy chế|quy trình|đề án|kế hoạch|chương trình|danh mục|nội quy|điều lệ|hướng dẫn|phương án"
)
_NUMBERED = "phụ lục|mẫu|bảng|biểu"
_NUMBER = r"(?:\d+[a-zđ]?|[ivxlcdm]+|[a-zđ])(?:[.-](?:\d+[a-zđ]?|[ivxlcdm]+|[a-zđ]))*"
_STEP = re.compile(rf"(?P<level>{'|'.join(_LEVELS)}) (?P<number>{_NUMBER})(?![\w%])")
_CONTAINER = re.compile(
    rf"(?P<attached>{_ATTACHED})(?: kèm theo)?(?!\w)"
    rf"|(?P<numbered>{_NUMBERED})(?: số)?(?: (?P<number>{_NUMBER})(?!\w))?(?: kèm theo)?(?!\w)"
    r"|bài tin|bài báo|bài viết|toàn văn"
)
_PREAMBLE = re.compile(r"phần (?:mở đầu|đầu(?: văn bản)?)|lời (?:mở đầu|dẫn)|căn cứ ban hành")
_BRACKETS = re.compile(r"\([^)]*\)")


@dataclass(frozen=True, slots=True)
class Place:
    """A label taken apart."""

    container: str = ""  # "kèm theo", "phụ lục" …; "" in the document itself
    number: str = ""  # of the container, where it is said
    steps: tuple[tuple[str, str], ...] = ()  # (level, number), most general first
    told_in_words: bool = False  # something of the label is a description


def compare(cited: str, gold: str) -> str:
    """`HIT`, `NEAR` or ""."""
    here, wanted = place(cited), place(gold)
    if not _same_container(here, wanted):
        return ""
    count = len(wanted.steps)
    if here.steps[:count] == wanted.steps:
        return HIT
    return NEAR if here.steps == wanted.steps[:-1] and (here.steps or here.container) else ""


def is_address(label: str) -> bool:
    """Whether a label can be compared: levels and numbers, and not a description ("Đoạn về mục tiêu")."""
    found = place(label)
    return bool(found.steps or found.container) and not found.told_in_words


@lru_cache(maxsize=4096)
def place(label: str) -> Place:
    text = _BRACKETS.sub(" ", folded(label))
    if _PREAMBLE.fullmatch(text.strip(" .,")):
        return Place(steps=(("mở đầu", ""),))
    container = number = ""
    steps: list[tuple[str, str]] = []
    left = []
    at = 0
    while at < len(text):
        if step := _STEP.match(text, at):
            level = _LEVELS[step["level"]]
            # an outline counts in one number: "mục V.1.2" is 2 in 1 in V; a row's "1.3.1" is its name
            parts = step["number"].split(".") if level == "mục" else [step["number"]]
            steps += [(level, part.lstrip("0") or "0") for part in parts]
            at = step.end()
        elif found := _CONTAINER.match(text, at):
            if found["attached"] or found["numbered"]:
                container = "kèm theo" if found["attached"] else found["numbered"]
                number = (found["number"] or "").lstrip("0")
            at = found.end()
        else:
            word = re.compile(r"\w+|\W+").match(text, at)
            assert word is not None
            left.append(word[0])
            at = word.end()
    words = [word for word in left if word.strip(" ,.;:/-") and word not in ("của", "và", "thuộc", "tại")]
    return Place(container, number, tuple(steps), bool(words))


def _same_container(here: Place, wanted: Place) -> bool:
    if here.number and wanted.number and here.number != wanted.number:
        return False
    if wanted.steps and wanted.steps[0][0] == "điều":
        # Article 2 of the decision is not Article 2 of what was issued with it
        return bool(here.container) == bool(wanted.container)
    if not wanted.steps:
        return here.container == wanted.container
    return True
