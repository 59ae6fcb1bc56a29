"""Vectors that were computed once, kept by model and text, so that a killed build goes on where it stopped and a
changed document costs only its new segments. Called by the builder."""

import hashlib
import sqlite3
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from index.embedding.base import Vectors

#: Kept vectors that no current segment uses, as a share of those in use; more are thrown away.
SPARE = 1.0
#: SQLite takes at least 999 values in one statement in all its builds.
_BATCH = 900


def digest(text: str) -> bytes:
    """The name of a text's vector."""
    return hashlib.sha256(text.encode()).digest()


class VectorCache:
    """SQLite file: (model checksum, digest of the embedded text) -> float16 vector."""

    def __init__(self, file: Path, model: str) -> None:
        self._model = model
        try:
            self._db = _connect(file)
        except sqlite3.OperationalError:
            raise
        except sqlite3.DatabaseError:  # damaged: nothing in it that cannot be computed again
            file.unlink()
            self._db = _connect(file)

    def missing(self, digests: Sequence[bytes]) -> set[bytes]:
        """Those of the digests whose vectors are not kept."""
        missing = set(digests)
        for row in self._db.execute("SELECT digest FROM vectors WHERE model = ?", (self._model,)):
            missing.discard(row[0])
        return missing

    def put(self, digests: Sequence[bytes], vectors: Vectors) -> None:
        """Keep vectors; committed when this returns."""
        rows = [
            (self._model, d, v.astype(np.float16).tobytes()) for d, v in zip(digests, vectors, strict=True)
        ]
        with self._db:
            self._db.executemany("INSERT OR REPLACE INTO vectors VALUES (?,?,?)", rows)

    def get(self, digests: Sequence[bytes]) -> Vectors:
        """The vectors of the digests, in their order, brought back to unit length. All must be kept."""
        found: dict[bytes, bytes] = {}
        for at in range(0, len(digests), _BATCH):
            some = digests[at : at + _BATCH]
            marks = ",".join("?" * len(some))
            query = f"SELECT digest, vector FROM vectors WHERE model = ? AND digest IN ({marks})"
            found.update(self._db.execute(query, [self._model, *some]))
        rows = np.stack([np.frombuffer(found[d], dtype=np.float16) for d in digests]).astype(np.float32)
        unit: Vectors = rows / np.linalg.norm(rows, axis=1, keepdims=True)
        return unit

    def tidy(self, used: set[bytes]) -> None:
        """Drop this model's unused vectors once they outnumber the used ones."""
        kept = [
            row[0] for row in self._db.execute("SELECT digest FROM vectors WHERE model = ?", (self._model,))
        ]
        if len(kept) > len(used) * (1 + SPARE):
            with self._db:
                self._db.executemany(
                    "DELETE FROM vectors WHERE model = ? AND digest = ?",
                    [(self._model, d) for d in kept if d not in used],
                )

    def close(self) -> None:
        self._db.close()


def _connect(file: Path) -> sqlite3.Connection:
    db = sqlite3.connect(file, timeout=30)
    db.execute(
        "CREATE TABLE IF NOT EXISTS vectors (model TEXT, digest BLOB, vector BLOB NOT NULL, "
        "PRIMARY KEY (model, digest)) WITHOUT ROWID"
    )
    return db
