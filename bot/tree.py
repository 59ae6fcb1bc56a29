"""A document's text with its provision tree, as the desk walks it; the last used ones are kept in memory."""

from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from threading import Lock

from corpus.provision import Level, Provision
from corpus.store import Corpus

#: Trees kept in memory; one of a long decree is about 1 MB.
_KEPT = 64
CELL = " | "


@dataclass(frozen=True, slots=True)
class Tree:
    text: str
    provisions: Sequence[Provision]
    by_path: dict[str, Provision]
    below: dict[str | None, list[Provision]] = field(default_factory=dict)

    def children(self, provision: Provision) -> list[Provision]:
        return self.below.get(provision.path, [])

    def parent(self, provision: Provision) -> Provision | None:
        return self.by_path.get(provision.parent) if provision.parent else None

    def ancestors(self, provision: Provision) -> Iterator[Provision]:
        """From the parent upwards."""
        above = self.parent(provision)
        while above is not None:
            yield above
            above = self.parent(above)

    def whole(self, provision: Provision) -> str:
        return self.text[provision.start : provision.end].strip()

    def lead(self, provision: Provision) -> str:
        """A provision's own words before its children; heads of tables left out."""
        lines = self.text[provision.start : provision.lead_end].strip().split("\n")
        return "\n".join(line for line in lines if CELL not in line).strip()

    def at(self, start: int, end: int) -> Provision | None:
        """The smallest provision that holds a span."""
        holding = [p for p in self.provisions if p.start <= start and end <= p.end]
        return min(holding, key=lambda p: p.end - p.start, default=None)

    def leaves(self, start: int, end: int) -> list[Provision]:
        """Provisions without children that touch a span, in order."""
        return [p for p in self.provisions if p.start < end and p.end > start and not self.below.get(p.path)]

    def articles(self) -> list[Provision]:
        return [p for p in self.provisions if p.level is Level.ARTICLE]


class Trees:
    """Trees of current revisions, read from the corpus when asked for. Safe for threads."""

    def __init__(self, corpus: Corpus) -> None:
        self._corpus = corpus
        self._kept: OrderedDict[tuple[str, str], Tree] = OrderedDict()
        self._lock = Lock()

    def get(self, document_id: str, revision: str) -> Tree:
        """Raises `corpus.store.NotHeldError`."""
        key = (document_id, revision)
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        provisions = self._corpus.provisions(document_id, revision)
        below: dict[str | None, list[Provision]] = {}
        for provision in provisions:
            below.setdefault(provision.parent, []).append(provision)
        text = self._corpus.text(document_id, revision)
        tree = Tree(text, provisions, {p.path: p for p in provisions}, below)
        with self._lock:
            self._kept[key] = tree
            while len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        return tree
