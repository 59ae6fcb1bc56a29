"""The sentences of a long provision that answer a question. Called by the composer.

Whole sentences, verbatim, in their order; what is left out between them is marked. Lists are never cut.
"""

import re
from itertools import pairwise

from bot.asked import Asked
from bot.words import QuestionWords, tokens

#: A provision of up to this many words is shown as it stands.
WHOLE_WORDS = 70
#: A sentence is kept when it adds this share of the question's weight to those kept before it …
ADDS = 0.08
#: … or when it has the form asked for and this share of what the best sentence covers.
OF_BEST = 0.5
OMITTED = "(…)"

_END = re.compile(r"(?<=\w[\w)”\"]\.)(?<!TP\.)(?<!Tp\.)[ \t]+(?=\S)|\n+")
#: "Điều 28." and "12." number what follows.
_NUMBERED = re.compile(r"(?:^|\n|Điều )\s*\d+\w?\.$")
_ITEM = re.compile(r"^\s*(?:[a-zđ]\d?[).]|[-–+•]|\d+[.)])\s", re.MULTILINE)
#: A sentence that points at the one before it cannot stand alone.
_POINTS_BACK = re.compile(
    r"^(?:\S+\s){0,7}(?:này|đó|nêu trên|nói trên|trên đây)\b(?!\s+(?:có hiệu lực|quy định))|^(?:Trường hợp|Đối với) (?:này|trên|đó)"
)
_DURATION = re.compile(r"\d+\s*(?:giờ|ngày|tháng|năm|tuần|phút)|ngày\s+\d+|\d+/\d+/\d{4}", re.IGNORECASE)
_FIGURE = re.compile(r"\d")


def sentences(text: str) -> list[str]:
    """The sentences and lines of a text, each verbatim."""
    ends = [
        m.end()
        for m in _END.finditer(text)
        if "\n" in m[0] or (text[m.end()].isupper() and not _NUMBERED.search(text[: m.start()][-12:]))
    ]
    cuts = [0, *ends, len(text)]
    return [part for a, b in pairwise(cuts) if (part := text[a:b].strip())]


def excerpt(text: str, words: QuestionWords, asked: Asked) -> str:
    """What of a provision's words is shown: all of a short one or a list, else the sentences that answer."""
    if len(text.split()) <= WHOLE_WORDS or len(_ITEM.findall(text)) > 1 or not words.weights:
        return text
    parts = sentences(text)
    if len(parts) < 2:
        return text
    kept = _kept(parts, words, asked)
    if len(kept) == len(parts):
        return text
    shown: list[str] = []
    for i, part in enumerate(parts):
        if i in kept:
            shown.append(f"{part}\n" if i == 0 and _is_heading(parts) else part)
        elif not shown or shown[-1] != OMITTED:
            shown.append(OMITTED)
    return " ".join(shown).replace("\n ", "\n")


def _kept(parts: list[str], words: QuestionWords, asked: Asked) -> set[int]:
    heading = _is_heading(parts)
    covered = [words.coverage(tokens(part)) + (ADDS if has_form(asked, part) else 0.0) for part in parts]
    order = sorted(range(int(heading), len(parts)), key=lambda i: -covered[i])
    kept = {0, order[0]} if heading else {order[0]}
    for i in order[1:]:
        own = tokens("\n".join(parts[k] for k in sorted(kept)))
        adds = words.coverage(own | tokens(parts[i])) - words.coverage(own)
        if adds >= ADDS or (has_form(asked, parts[i]) and covered[i] >= OF_BEST * covered[order[0]]):
            kept.add(i)
    for i in sorted(kept, reverse=True):
        while i > 0 and _POINTS_BACK.match(parts[i]) and i - 1 not in kept:
            i -= 1
            kept.add(i)
    return kept


def _is_heading(parts: list[str]) -> bool:
    return len(parts) > 1 and parts[0][-1] not in ".;:"


def has_form(asked: Asked, text: str) -> bool:
    """Whether a text has a time or a figure where one is asked for."""
    return bool(
        (asked.when and _DURATION.search(text)) or (asked.number and not asked.when and _FIGURE.search(text))
    )
