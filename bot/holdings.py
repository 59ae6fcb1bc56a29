"""What the desk reads of the corpus while it answers, kept in memory for as long as one index is published.

A question looks at some forty documents; reading each from the database would cost more than the search.
"""

from collections.abc import Callable, Iterable
from datetime import date
from functools import lru_cache

from bot.tree import Tree
from corpus.provision import Provision
from corpus.store import Corpus, StoredDocument
from corpus.validity import Validity

#: Documents whose headers and validities are kept: a few kB each.
_HEADERS = 4096
#: Trees kept; the text and provisions of a long decree take about 1 MB.
_TREES = 64


class Holdings:
    """Reads through to the corpus and keeps what it read. Make a new one when a new index is published.

    Safe for threads: at worst two of them read the same thing.
    """

    def __init__(self, corpus: Corpus) -> None:
        self.corpus = corpus
        self.document: Callable[[str], StoredDocument] = lru_cache(_HEADERS)(corpus.document)
        self.validity: Callable[[str, date], Validity] = lru_cache(_HEADERS)(corpus.validity)
        self.tree: Callable[[str, str], Tree] = lru_cache(_TREES)(self._read_tree)

    def validities(self, document_ids: Iterable[str], on: date) -> dict[str, Validity]:
        """The status of many documents on a day."""
        return {document_id: self.validity(document_id, on) for document_id in document_ids}

    def _read_tree(self, document_id: str, revision: str) -> Tree:
        """Raises `corpus.store.NotHeldError`."""
        provisions = self.corpus.provisions(document_id, revision)
        below: dict[str | None, list[Provision]] = {}
        for provision in provisions:
            below.setdefault(provision.parent, []).append(provision)
        text = self.corpus.text(document_id, revision)
        return Tree(text, provisions, {p.path: p for p in provisions}, below)
