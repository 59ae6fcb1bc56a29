"""Questions that were written while reading an article, as people ask: in everyday words, from a situation, about one
detail. `asked.tsv` holds them with the provision that answers; called by `python -m index.training pairs`.

Questions made from headings and clauses by rule speak the language of the documents; these teach the other one.
"""

import random
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from corpus.provision import Level, Provision
from index.builder import IndexedDocument
from index.segment import segments
from index.training.pairs import Drawn
from index.training.recipe import Recipe
from index.training.wording import worded

#: Path of a provision in its document, and the question.
Question = tuple[str, str]


def read_asked(file: Path | None = None) -> dict[str, list[Question]]:
    """The questions of each document, by its id. A line without a tab is the id of a document; the lines below it are
    "provision path, tab, question".

    Raises `ValueError` that names the line of a row that is none.
    """
    file = file or Path(__file__).with_name("asked.tsv")
    found: dict[str, list[Question]] = {}
    of_document: list[Question] | None = None
    for number, line in enumerate(file.read_text("utf-8").splitlines(), 1):
        if not line or line.startswith("#"):
            continue
        path, tab, question = line.partition("\t")
        if not tab:
            of_document = found.setdefault(line, [])
        elif of_document is None or not path or not question.strip():
            raise ValueError(
                f"{file} line {number} is not `provision<tab>question` of a document: {line[:80]}"
            )
        else:
            of_document.append((path, question.strip()))
    return found


def drawn_asked(
    document: IndexedDocument, asked: Mapping[str, Sequence[Question]], recipe: Recipe
) -> Iterator[Drawn]:
    """The questions asked of a document, each as it was written and in other wordings. A provision that the document
    does not hold is passed over: the texts of another day may be cut differently.
    """
    questions = asked.get(document.id)
    if not questions:
        return
    chance = random.Random(f"{recipe.seed} asked {document.id}")
    cut = segments(document.id, document.revision, document.header, document.text, document.provisions)
    by_path = {node.path: node for node in document.provisions}
    for path, question in questions:
        node = by_path.get(path)
        if node is None:
            continue
        segment = next((one for one in cut if one.start <= node.start < one.end), None)
        if segment is None:
            continue
        heading, at = _article(node, by_path).heading, max(0, node.start - segment.start)
        for copy in range(recipe.pairs.asked):
            wording = worded(question, recipe.wording, chance) if copy else question
            yield Drawn("asked", wording, question, segment, heading, False, False, at)


def _article(node: Provision, by_path: Mapping[str, Provision]) -> Provision:
    while node.level is not Level.ARTICLE and (above := by_path.get(node.parent or "")):
        node = above
    return node
