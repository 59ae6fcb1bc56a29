"""Which part of a question the evidence does not cover. Called by the composer.

Only questions that ask twice have parts: "… là bao lâu và ai quyết định?". A part is uncovered when what it asks
beyond the other parts stands nowhere in the evidence.
"""

import re
from collections.abc import Iterable, Sequence

from bot.asked import asked_for
from bot.turn import Evidence, Turn
from bot.words import QuestionWords, content_words, tokens
from corpus.spelling import fold

#: A part is uncovered below this share of the weight of its own words, and answered by other evidence above the next.
NOWHERE, ANSWERED = 0.2, 0.75
#: Words of its own that a part must have to be told apart.
OWN_WORDS = 2

_CUT = re.compile(r"\?\s+|;\s*|,\s+|\s+(?:và|va|với lại|đồng thời)\s+")
_ASKS = re.compile(r"\b(?:khong|chua|sao|the nao|dau|may|gi|nao|ai)\W*$")


def parts(question: str) -> list[str]:
    """The questions that a sentence asks, in their own words; one alone: []."""
    cuts = [*((m.start(), m.end()) for m in _CUT.finditer(question)), (len(question), len(question))]
    found: list[tuple[int, int]] = []
    start = 0
    for end, following in cuts:
        if _asks(question[start:end]):
            found.append((start, end))
            start = following
    if found and question[start:].strip(" ,;?."):
        found[-1] = (found[-1][0], len(question))  # what asks nothing belongs to the question before it
    return [_bare(question[a:b]) for a, b in found] if len(found) > 1 else []


def _bare(part: str) -> str:
    return re.sub(r"^(?:và|va|đồng thời|với lại)\s+", "", part.strip(" ,;?."))


def _asks(text: str) -> bool:
    asked = asked_for(text)
    forms = asked.list or asked.number or asked.when or asked.who or asked.definition
    return len(text.split()) >= 2 and (forms or bool(_ASKS.search(fold(text))))


def own_words(turn: Turn, part: str, others: Iterable[str]) -> QuestionWords | None:
    """The weighed words that only this part has; None where they are too few to say anything."""
    shared = tokens(" ".join(others))
    own = set(content_words(part)) - shared
    pairs = {t for t in tokens(part) if "_" in t and all(word in own for word in t.split("_"))}
    weights = {t: w for t, w in turn.words.weights.items() if t in own or t in pairs}
    enough = sum("_" not in t for t in weights) >= OWN_WORDS
    return QuestionWords(weights, turn.words.short) if enough else None


def uncovered(turn: Turn, quoted: Sequence[Evidence]) -> tuple[list[str], list[Evidence]]:
    """(parts of the question that no evidence speaks of, evidence that answers parts the quoted leaves open)."""
    found = parts(turn.text)
    missing: list[str] = []
    further: list[Evidence] = []
    everywhere = {token for evidence in turn.evidence for token in _said(evidence)}
    for part in found:
        words = own_words(turn, part, [other for other in found if other != part])
        if words is None:
            continue
        if words.coverage(everywhere) < NOWHERE:
            missing.append(part)
        elif words.coverage({token for one in quoted for token in _said(one)}) < NOWHERE:
            best = max(turn.evidence, key=lambda one: words.coverage(_said(one)))
            if words.coverage(_said(best)) >= ANSWERED:
                further.append(best)
    return (missing if len(missing) < len(found) else []), further


def _said(evidence: Evidence) -> frozenset[str]:
    header = evidence.document.header
    about = f"{header.name} {header.title} {header.issuer} {evidence.provision.heading}"
    return tokens(f"{about} {' '.join(evidence.columns)} {evidence.text}")
