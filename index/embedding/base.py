"""What every embedder is: texts in, unit vectors out, and a checksum that says which weights made them.

Implementations: `onnx.py` (shipped, no torch) and `sentence_transformer.py` (any model, needs torch).
"""

from abc import abstractmethod
from collections.abc import Sequence

import numpy as np
from langchain_core.embeddings import Embeddings
from numpy.typing import NDArray

Vectors = NDArray[np.float32]


class Embedder(Embeddings):
    """LangChain embeddings with a name, a checksum and a numpy-native way in. Safe to call from threads."""

    #: The name or folder the settings gave.
    name: str
    #: Identifies the weights, the tokenizer and the prompts: vectors of different checksums do not compare.
    checksum: str
    dimensions: int

    @abstractmethod
    def vectors(self, texts: Sequence[str], query: bool = False) -> Vectors:
        """L2-normalised vectors, shape (len(texts), dimensions). `query` chooses the question's prompt."""

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        rows: list[list[float]] = self.vectors(texts).tolist()
        return rows

    def embed_query(self, text: str) -> list[float]:
        row: list[float] = self.vectors([text], query=True)[0].tolist()
        return row
