"""Puts examples that look like one another into one batch, where each is a wrong answer to the others' questions.

Called by `index.training.train`. A hard negative costs nothing so: it is the right answer of its neighbour.
"""

import random
from collections import defaultdict
from collections.abc import Sequence

from index.training.pairs import Example


def in_groups(examples: Sequence[Example], size: int, group: int, seed: int) -> list[Example]:
    """The examples in the order of their batches, `size` each, made of groups of up to `group`; what does not fill a
    batch is left out. No batch holds two examples of one article: either would be right for the other's question.
    """
    chance = random.Random(seed)
    order = list(range(len(examples)))
    chance.shuffle(order)
    by_segment: dict[str, list[int]] = defaultdict(list)
    by_document: dict[str, list[int]] = defaultdict(list)
    for place in order:
        by_segment[examples[place].segment].append(place)
        by_document[_document(examples[place])].append(place)
    used: set[int] = set()
    groups: list[list[int]] = []
    for place in order:
        if place in used:
            continue
        near = [other for segment in examples[place].near for other in by_segment.get(segment, ())]
        # of the own document too: its other articles share words and subject
        siblings = by_document[_document(examples[place])]
        members = [place]
        for other in [*near, *chance.sample(siblings, min(4, len(siblings)))]:
            articles = {examples[member].article for member in members}
            if len(members) < group and other not in used and examples[other].article not in articles:
                members.append(other)
        used.update(members)
        groups.append(members)
    return [examples[place] for batch in _filled(groups, examples, size, chance) for place in batch]


def _filled(
    groups: list[list[int]], examples: Sequence[Example], size: int, chance: random.Random
) -> list[list[int]]:
    """Full batches of groups drawn at random; a group that repeats an article waits for the next batch."""
    chance.shuffle(groups)
    batches: list[list[int]] = []
    waiting, batch, articles = groups, [], set[str]()
    while waiting:
        later = []
        for members in waiting:
            own = {examples[member].article for member in members}
            if own & articles:
                later.append(members)
                continue
            batch += members
            articles |= own
            if len(batch) >= size:
                batches.append(batch[:size])
                batch, articles = [], set()
        if len(later) == len(waiting):
            break
        waiting = later
    return batches


def _document(example: Example) -> str:
    return example.article.partition("#")[0]
