"""The edition of the readers, kept with all they read: files seen by another edition are read again by the pipeline."""

import hashlib
from functools import cache
from pathlib import Path

_ROOT = Path(__file__).resolve().parent.parent
#: What only finds, fetches and hands over files: it does not decide what a text says.
_NOT_READING = {
    "ingest/archive.py", "ingest/check.py", "ingest/confined.py", "ingest/download.py", "ingest/edition.py", "ingest/pipeline.py",
    "ingest/retirement.py", "ingest/source.py", "ingest/watch.py",
}  # fmt: skip
#: What of the room below keeps and finds documents, as against what the readers know numbers and agencies by.
_KEEPING = {
    "as_of", "citation", "correction", "database", "held", "likeness", "rows", "store", "tables", "validity", "versions",
}  # fmt: skip


@cache
def edition() -> str:
    """12 hex digits that change with the program text of the readers, so that nobody has to remember to raise them."""
    files = [
        path for path in (_ROOT / "ingest").rglob("*") if path.suffix in (".py", ".tsv", ".json", ".yaml")
    ]
    files += [path for path in (_ROOT / "corpus").glob("*.py") if path.stem not in _KEEPING]
    digest = hashlib.sha256()
    for name, path in sorted((path.relative_to(_ROOT).as_posix(), path) for path in files):
        if name not in _NOT_READING:
            digest.update(name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:12]
