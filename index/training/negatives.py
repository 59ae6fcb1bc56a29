"""Finds for every question segments that look right and are not: what keywords put forward, and siblings.

Called by `index.training.pairs`' command. A text that may answer as well (the same article, the same heading, nearly
the same words, as in the older version of a law) is never a negative.
"""

import os
import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from multiprocessing import get_context
from typing import Any

from corpus.spelling import fold
from index.search import Search, open_with
from index.segment import Segment
from index.training.pairs import Drawn, Example, passage
from index.training.recipe import Recipe
from settings import Settings

#: Two texts that share so much of their words say the same.
_SAME = 0.6
#: Questions that a worker takes at a time.
_CHUNK = 64
#: Words of a question that the keywords look for: more find nothing more and take long.
_ASKED = 24


def examples(drawn: Sequence[Drawn], settings: Settings, recipe: Recipe) -> Iterator[Example]:
    """The questions with what looks like their answer, in the order given. `settings` names a keyword index of the
    corpus. Questions that nothing but their answer looks like are left out.
    """
    context = get_context("spawn")
    with context.Pool(os.cpu_count(), _open, (settings, recipe)) as pool:
        for example in pool.imap(_example, drawn, _CHUNK):
            if example is not None:
                yield example


_worker: dict[str, Any] = {}


def _open(settings: Settings, recipe: Recipe) -> None:
    _worker.update(search=open_with(settings, None), recipe=recipe)


def _example(one: Drawn) -> Example | None:
    recipe: Recipe = _worker["recipe"]
    found = _found(" ".join(one.plain.split()[:_ASKED]), recipe.pairs.candidates)
    wrong = [segment.id for segment in found if not _may_answer(segment, one)]
    if not wrong:
        return None
    shown = passage(one.segment, one.heading if one.hides else "", one.at)
    article = f"{one.segment.document}#{_article(one.segment)}"
    return Example(one.form, one.question, shown, one.segment.id, article, tuple(wrong[: recipe.pairs.near]))


@lru_cache(maxsize=16)  # the wordings of one question come one after the other
def _found(question: str, candidates: int) -> list[Segment]:
    search: Search = _worker["search"]
    return [hit.segment for hit in search.search(question, candidates)]


def _may_answer(found: Segment, one: Drawn) -> bool:
    right = one.segment
    if found.document == right.document and _article(found) == _article(right):
        return True
    # the same heading in another document answers as well, unless the question says which document it means
    if not one.named and one.heading and fold(one.heading) in fold(f"{found.context} {found.text[:200]}"):
        return True
    return likeness(found.text, right.text) >= _SAME


def likeness(one: str, other: str) -> float:
    """Share of the different words of two texts that both have, 0…1."""
    first, second = set(fold(one).split()), set(fold(other).split())
    return len(first & second) / max(1, len(first | second))


def _article(segment: Segment) -> str:
    cited = re.search(r"(?:^|\.)dieu-\w+", segment.path)
    return cited[0] if cited else segment.path
