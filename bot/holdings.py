"""What the desk reads of the corpus while it answers, kept in memory for as long as one index is published.

A question looks at some forty documents; reading each from the database would cost more than the search.
"""

from collections.abc import Callable, Iterable
from datetime import date
from functools import lru_cache

from bot.tree import Tree
from corpus.as_of import ProvisionAsOf
from corpus.provision import Provision
from corpus.store import Corpus, NotHeldError, StoredDocument
from corpus.validity import Validity, speaks_of

#: Documents whose headers and validities are kept: a few kB each.
_HEADERS = 4096
#: Trees kept; the text and provisions of a long decree take about 1 MB, of most documents a tenth.
_TREES = 256


class Holdings:
    """Reads through to the corpus and keeps what it read. Make a new one when a new index is published.

    Safe for threads: at worst two of them read the same thing.
    """

    def __init__(self, corpus: Corpus) -> None:
        self.corpus = corpus
        self.document: Callable[[str], StoredDocument] = lru_cache(_HEADERS)(corpus.document)
        self._validities: dict[tuple[str, date], Validity] = {}
        self.tree: Callable[[str, str], Tree] = lru_cache(_TREES)(self._read_tree)
        self.as_of: Callable[[str, str, date], ProvisionAsOf | None] = lru_cache(_HEADERS)(self._read_as_of)
        self._spoken_of: Callable[[str], bool] = lru_cache(_HEADERS)(self._is_spoken_of)

    def validities(self, document_ids: Iterable[str], on: date) -> dict[str, Validity]:
        """The status of many documents on a day; those not kept yet are derived together."""
        wanted = list(document_ids)
        missing = [id for id in wanted if (id, on) not in self._validities]
        if missing:
            if len(self._validities) > _HEADERS:
                self._validities = {}
            found = self.corpus.validities(missing, on)
            self._validities = self._validities | {(id, on): status for id, status in found.items()}
        kept = self._validities
        return {id: kept[id, on] if (id, on) in kept else self.corpus.validity(id, on) for id in wanted}

    def validity(self, document_id: str, on: date) -> Validity:
        """The status of a document on a day."""
        return self.validities([document_id], on)[document_id]

    def status(self, document_id: str, path: str, on: date) -> Validity:
        """The status of a provision on a day; of the document where it has none of its own."""
        found = self.as_of(document_id, path, on) if path else None
        return found.validity if found is not None else self.validity(document_id, on)

    def _read_as_of(self, document_id: str, path: str, on: date) -> ProvisionAsOf | None:
        """A provision as it reads on a day; None where nothing sets it apart from its document."""
        if not self._spoken_of(document_id):
            return None
        try:
            return self.corpus.provision_as_of(document_id, path, on)
        except NotHeldError:  # a paragraph of an older revision, the preamble
            return None

    def _is_spoken_of(self, document_id: str) -> bool:
        """Whether anything is known that may touch single provisions of a document."""
        header = self.document(document_id).header
        own = any(not relation.number for relation in header.relations)
        return own or any(speaks_of(one, header) for one in self.corpus.relations_to(header.number))

    def _read_tree(self, document_id: str, revision: str) -> Tree:
        """Raises `corpus.store.NotHeldError`."""
        provisions = self.corpus.provisions(document_id, revision)
        below: dict[str | None, list[Provision]] = {}
        for provision in provisions:
            below.setdefault(provision.parent, []).append(provision)
        text = self.corpus.text(document_id, revision)
        return Tree(text, provisions, {p.path: p for p in provisions}, below)
