"""How well the search finds the right article: keywords alone, vectors alone, and their fusion.

`python -m evals.retrieval BENCH` takes a folder with `corpus.jsonl.gz` (law articles), `queries.jsonl` and
`qrels.tsv`, indexes the laws as the product does and prints R@1, R@10 and nDCG@10; an article counts with its best
segment. The index is kept below the data folder, so that a second run only asks.
"""

import argparse
import json
import re
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import ir_measures
from ir_measures import R, nDCG

from corpus.spelling import fold
from corpus.store import Corpus
from evals.law_bench import load_bench, progress, store_laws
from index.embedding import load_embedder
from index.publishing import publish
from index.search import Search, open_current
from settings import load_settings

#: Segments asked for, so that at least ten articles are among them.
SEGMENTS = 60
MEASURES = [R @ 1, R @ 10, nDCG @ 10]


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("bench", type=Path)
    parser.add_argument("--limit", type=int, default=None, help="ask only the first N questions")
    options = parser.parse_args(arguments)
    settings = load_settings()
    settings = settings.model_copy(update={"data_dir": settings.data_dir / "benches" / options.bench.name})
    with (options.bench / "queries.jsonl").open(encoding="utf-8") as lines:
        queries = [json.loads(line) for line in lines][: options.limit]
    asked = {query["id"] for query in queries}
    qrels = [q for q in _qrels(options.bench / "qrels.tsv") if q.query_id in asked]
    with Corpus.open(settings.dsn) as corpus:
        store_laws(load_bench(options.bench).laws, corpus)
        publish(corpus, settings, load_embedder(settings), progress)
        law_of = {document.id: document.file for document in corpus.documents(on=date.today())}
        for name, weight, spell in (
            ("keywords", 0.0, str), ("vectors", 1.0, str), ("fusion", settings.vector_weight, str),
            ("fusion, without diacritics", settings.vector_weight, fold),
        ):  # fmt: skip
            search = open_current(settings.model_copy(update={"vector_weight": weight}))
            run = [
                found
                for query in queries
                for found in _found(query["id"], spell(query["text"]), search, law_of)
            ]
            figures = ir_measures.calc_aggregate(MEASURES, qrels, run)
            print(f"{name:28s}" + "  ".join(f"{m} {figures[m]:.3f}" for m in MEASURES))


def _qrels(file: Path) -> list[ir_measures.Qrel]:
    rows = [line.split("\t") for line in file.read_text(encoding="utf-8").splitlines()]
    return [ir_measures.Qrel(row[0], row[1], int(row[-1])) for row in rows if row[-1].strip().isdigit()]


def _found(query: str, text: str, search: Search, law_of: dict[str, str]) -> list[ir_measures.ScoredDoc]:
    """The articles of the hits, each with its best segment's score."""
    best: dict[str, float] = {}
    for hit in search.search(text, SEGMENTS):
        article = re.search(r"dieu-(\w+)", hit.segment.path)
        if article:
            id = f"{law_of[hit.segment.document]}+{article[1]}"
            best.setdefault(id, hit.score)
    return [ir_measures.ScoredDoc(query, id, score) for id, score in best.items()]


if __name__ == "__main__":
    main()
