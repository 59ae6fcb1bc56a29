"""Texts in the tokens of a model: how many there are, and where to cut. Called by `evals.comparison` and the embedder bench."""

from pathlib import Path

from tokenizers import Tokenizer

from corpus.spelling import nfc
from evals.problem import EvalProblem
from index.embedding import MODELS

TOKENIZER = "tokenizer.json"


def folder_of(embedder: str) -> Path | None:
    """The folder of a shipped model's name, or of a path; None for a name that a hub would know."""
    return next((folder for folder in (MODELS / embedder, Path(embedder)) if folder.is_dir()), None)


class Tokens:
    """The tokenizer of an embedder, named as in the settings. The marks of beginning and end count as tokens."""

    def __init__(self, embedder: str) -> None:
        """Raises `EvalProblem` where the model has no tokenizer.json in a folder."""
        folder = folder_of(embedder)
        if folder is None or not (folder / TOKENIZER).is_file():
            raise EvalProblem(
                f"Mô hình “{embedder}” không có tệp {TOKENIZER} trong một thư mục nên không đếm được mảnh từ. "
                "Hãy chỉ tới thư mục của mô hình."
            )
        self._tokenizer = Tokenizer.from_file(str(folder / TOKENIZER))
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()

    def count(self, text: str) -> int:
        return len(self._tokenizer.encode(nfc(text)))

    def cut(self, text: str, most: int) -> str:
        """The beginning of a text that has at most so many tokens, NFC."""
        text = nfc(text)
        ends = [end for _, end in self._tokenizer.encode(text).offsets]
        # the mark of the end has no place in the text
        return text if len(ends) <= most else text[: max(ends[: most - 1])]
