"""A retrieval bench of law articles as a corpus of the product: `corpus.jsonl.gz`, one article a line.

Used by `evals.calibration` and `evals.retrieval`.
"""

import gzip
import hashlib
import json
from collections import defaultdict
from datetime import date
from pathlib import Path

from corpus.document import Document, Source
from corpus.number import canonical
from corpus.store import Corpus
from ingest.read import read_bytes
from ingest.structure import parse


def store_laws(bench: Path, corpus: Corpus) -> None:
    """Store every law of the bench as one document, its articles read and parsed as from any file.

    The file name of a document is the bench's law id. Laws that are stored already are left as they are.
    """
    laws: dict[str, list[str]] = defaultdict(list)
    with gzip.open(bench / "corpus.jsonl.gz", "rt", encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            laws[row["law_id"]].append(f"{row['title']}\n\n{row['text']}")
    for law, articles in laws.items():
        data = "\n\n".join(articles).encode()
        source = Source(f"bench:{law}", hashlib.sha256(data).hexdigest(), "text/plain")
        reading = read_bytes(data, "law.txt")
        header = Document(
            number=canonical(law) or law, kind="Luật", issuer="Quốc hội", effective_from=date(2000, 1, 1)
        )
        corpus.add(
            header, reading.text, parse(reading), source, data, root="bench", file=law, size=len(data), mtime_ns=0
        )  # fmt: skip


def progress(done: int, total: int) -> None:
    """One line that counts the segments being embedded."""
    print(f"\rembedding {done}/{total}", end="" if done < total else "\n", flush=True)
