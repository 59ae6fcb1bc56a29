"""Finds for every question segments that look right and are not: what keywords put forward, and siblings.

Called by `index.training.pairs`' command. A text that may answer as well (the same article, the same heading, nearly
the same words, as in the older version of a law) is never a negative.
"""

import os
import random
import re
from collections.abc import Iterator, Sequence
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
    """The questions with their negatives, in the order given. `settings` names a keyword index of the corpus.

    Questions for which too few negatives are found are left out.
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
    search: Search = _worker["search"]
    chance = random.Random(f"{recipe.seed} {one.question} {one.segment.id}")
    hits = search.search(" ".join(one.question.split()[:_ASKED]), recipe.pairs.candidates)
    wrong = [hit.segment for hit in hits if not _may_answer(hit.segment, one)]
    if len(wrong) < recipe.pairs.negatives:
        return None
    # the first ones are the hardest and the likeliest to be right after all: drawn from all, the harder the oftener
    chosen: list[Segment] = []
    while len(chosen) < recipe.pairs.negatives:
        place = min(int(chance.expovariate(1 / 6)), len(wrong) - 1)
        chosen.append(wrong.pop(place))
    heading = one.heading if one.hides else ""
    shown = tuple(passage(segment, heading) for segment in chosen)
    return Example(one.form, one.question, passage(one.segment, heading, one.at), shown, one.segment.document)


def _may_answer(found: Segment, one: Drawn) -> bool:
    right = one.segment
    if found.document == right.document and _article(found) == _article(right):
        return True
    if one.heading and fold(one.heading) in fold(f"{found.context} {found.text[:200]}"):
        return True
    return likeness(found.text, right.text) >= _SAME


def likeness(one: str, other: str) -> float:
    """Share of the different words of two texts that both have, 0…1."""
    first, second = set(fold(one).split()), set(fold(other).split())
    return len(first & second) / max(1, len(first | second))


def _article(segment: Segment) -> str:
    cited = re.search(r"(?:^|\.)dieu-\w+", segment.path)
    return cited[0] if cited else segment.path
