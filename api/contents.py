"""The reform content of each document held, worked out once a revision. Used by the list of documents."""

from collections.abc import Iterator

from corpus.content import Content, content_of
from corpus.store import Corpus, StoredDocument

#: Levels of headings that are read: parts, chapters, sections, articles.
_DEPTH = 4


class Contents:
    """Remembers what it worked out, a few bytes a document; safe for threads, which at worst work it out twice."""

    def __init__(self, corpus: Corpus) -> None:
        self._corpus = corpus
        self._known: dict[tuple[str, str], Content] = {}

    def of(self, document: StoredDocument) -> Content:
        """The content of the current revision; the headings are read only where the title is silent."""
        at = (document.id, document.revision)
        if at not in self._known:
            self._known[at] = content_of(document.header.title, self._headings(document))
        return self._known[at]

    def _headings(self, document: StoredDocument) -> Iterator[str]:
        for one in self._corpus.outline(document.id, _DEPTH, document.revision):
            yield one.heading
