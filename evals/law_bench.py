"""A retrieval bench of law articles as a corpus of the product.

Used by `evals.calibration` and `evals.retrieval`.
"""

import gzip
import hashlib
import json
import random
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from corpus.document import Document, Source
from corpus.number import canonical
from corpus.store import Corpus
from ingest.read import read_bytes
from ingest.structure import parse

#: Which documents of a codification are held is drawn with this seed.
SEED = 20261122
_ALWAYS = date(2000, 1, 1)


@dataclass(frozen=True, slots=True)
class Law:
    """One document of a bench: its header and the text of its articles."""

    name: str  # the bench's id of the document
    header: Document
    text: str


@dataclass(frozen=True, slots=True)
class LawBench:
    """Documents, questions that they answer and questions that they do not."""

    laws: list[Law]
    answered: list[str]
    unanswered: list[str]


def load_bench(folder: Path) -> LawBench:
    """Either layout: articles with their own out-of-corpus questions (`corpus.jsonl.gz`), or questions over a
    codification (`../phapdien.jsonl.gz`), of whose documents half are held: questions on the others have no answer.
    """
    if (folder / "corpus.jsonl.gz").is_file():
        laws = _articles(folder / "corpus.jsonl.gz")
        unanswered = _texts(folder / "out_of_corpus_queries.jsonl", "text")
        return LawBench(laws, _texts(folder / "queries.jsonl", "text"), unanswered)
    return _codified(folder)


def _articles(file: Path) -> list[Law]:
    laws: dict[str, list[str]] = defaultdict(list)
    for row in _lines(file):
        laws[row["law_id"]].append(f"{row['title']}\n\n{row['text']}")
    return [
        Law(
            name,
            Document(number=canonical(name) or name, kind="Luật", issuer="Quốc hội", effective_from=_ALWAYS),
            text,
        )
        for name, articles in laws.items()
        for text in ["\n\n".join(articles)]
    ]


def _codified(folder: Path) -> LawBench:
    rows = _rows(folder / "queries.jsonl")
    asked = sorted({gold.split("+")[0] for row in rows for gold in row["gold"]})
    random.Random(SEED).shuffle(asked)
    held = set(asked[: len(asked) // 2])
    laws = []
    for row in _lines(folder.parent / "phapdien.jsonl.gz"):
        name = row["number"].lower()
        if name in held:
            text = "\n\n".join(f"Điều {a['article']}. {a['heading']}\n\n{a['text']}" for a in row["articles"])
            header = Document(
                number=canonical(row["number"]) or row["number"], kind=row["kind"], issuer=row["issuer"],
                title=row["title"], effective_from=_ALWAYS,
            )  # fmt: skip
            laws.append(Law(name, header, text))
    golds = [({gold.split("+")[0] for gold in row["gold"]}, row["question"]) for row in rows]
    return LawBench(
        laws, [q for g, q in golds if g <= held], [q for g, q in golds if not g & held]
    )  # fmt: skip


def _lines(file: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def _rows(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]


def _texts(file: Path, field: str) -> list[str]:
    return [row[field] for row in _rows(file)] if file.is_file() else []


def store_laws(laws: Iterable[Law], corpus: Corpus) -> None:
    """Store every law as one document, its articles read and parsed as from any file.

    The file name of a document is the bench's id. Laws that are stored already are left as they are.
    """
    for law in laws:
        data = law.text.encode()
        source = Source(f"bench:{law.name}", hashlib.sha256(data).hexdigest(), "text/plain")
        reading = read_bytes(data, "law.txt")
        corpus.add(
            law.header, reading.text, parse(reading), source, data,
            root="bench", file=law.name, size=len(data), mtime_ns=0,
        )  # fmt: skip


def progress(done: int, total: int) -> None:
    """One line that counts the segments being embedded."""
    print(f"\rembedding {done}/{total}", end="" if done < total else "\n", flush=True)
