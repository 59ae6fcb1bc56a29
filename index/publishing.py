"""From the corpus to a published index: which documents are searched. Called by the command line after an ingest."""

from collections.abc import Iterator
from pathlib import Path

from corpus.store import Corpus
from index.builder import Built, IndexedDocument, Progress, build
from index.embedding import Embedder
from settings import Settings


def publish(
    corpus: Corpus,
    settings: Settings,
    embedder: Embedder | None,
    progress: Progress | None = None,
    rebuild: bool = False,
    vectors: Path | None = None,
) -> Built:
    """Index everything that may answer and publish it; nothing happens where the index is up to date,
    unless `rebuild` asks for a new one.

    A summary or news item about a document whose own text is held stays out: the text itself answers.
    `vectors` is a file of kept vectors that several indexes share. Raises `IndexProblem`.
    """
    return build(
        searched(corpus),
        settings,
        embedder,
        progress,
        state=corpus.state(),
        rebuild=rebuild,
        vectors=vectors,
    )


def searched(corpus: Corpus) -> Iterator[IndexedDocument]:
    for document in corpus.current():
        if document.superseded_by is None:
            yield IndexedDocument(
                document.id, document.revision, document.header, document.text, document.provisions,
                document.effective_from, document.effective_to,
            )  # fmt: skip
