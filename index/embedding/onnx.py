"""The embedder the product ships: a quantised model in onnxruntime, no torch. Made by `index.export`.

Called by the builder for segments and by the search for questions.
"""

import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from pydantic import BaseModel, ConfigDict, ValidationError

from corpus.spelling import nfc
from index.embedding.base import Embedder, Vectors
from index.problem import IndexProblem

MODEL_FILE = "model.onnx"
TOKENIZER_FILE = "tokenizer.json"
CONFIG_FILE = "config.json"

#: Tokens (padding included) that one run of the model takes. Small runs stay in the processor's cache and pad
#: less: 96 articles of 192 tokens ran at 37 a second in runs of 1,024, 26 of 4,096, 11 of 16,384.
TOKENS_PER_RUN = 1024


class OnnxConfig(BaseModel):
    """config.json of an exported model."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    dimensions: int
    max_tokens: int  # longer texts are cut at the end
    pad_id: int
    query_prompt: str
    document_prompt: str
    sha256: dict[str, str]  # file name -> hex digest


class OnnxEmbedder(Embedder):
    def __init__(self, folder: Path, threads: int = 2) -> None:
        """Load the exported model of `folder`. Raises `IndexProblem` if a file is missing or another."""
        self._config = _verified_config(folder)
        self.name = self._config.name
        self.dimensions = self._config.dimensions
        self.checksum = hashlib.sha256(self._config.model_dump_json().encode()).hexdigest()

        import onnxruntime
        from tokenizers import Tokenizer

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        # spinning threads starve beside any other busy process: a query took 1.0–1.6 s instead of 7–15 ms
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        self._session = onnxruntime.InferenceSession(
            str(folder / MODEL_FILE), options, providers=["CPUExecutionProvider"]
        )
        self._tokenizer = Tokenizer.from_file(str(folder / TOKENIZER_FILE))
        self._tokenizer.enable_truncation(self._config.max_tokens)

    def vectors(self, texts: Sequence[str], query: bool = False) -> Vectors:
        prompt = self._config.query_prompt if query else self._config.document_prompt
        ids = [e.ids for e in self._tokenizer.encode_batch([prompt + nfc(text) for text in texts])]
        result = np.zeros((len(ids), self.dimensions), dtype=np.float32)
        # similar lengths run together, so that little is computed for padding
        order = sorted(range(len(ids)), key=lambda i: len(ids[i]), reverse=True)
        at = 0
        while at < len(order):
            longest = len(ids[order[at]])
            run = order[at : at + max(1, TOKENS_PER_RUN // longest)]
            result[run] = self._run([ids[i] for i in run], longest)
            at += len(run)
        return result

    def _run(self, ids: list[list[int]], longest: int) -> Vectors:
        tokens = np.full((len(ids), longest), self._config.pad_id, dtype=np.int64)
        mask = np.zeros_like(tokens)
        for row, text in enumerate(ids):
            tokens[row, : len(text)] = text
            mask[row, : len(text)] = 1
        output: Vectors = self._session.run(None, {"input_ids": tokens, "attention_mask": mask})[0]
        return output


#: What the operator can do about a model that does not load.
CURE = "Cài lại gói cchc-help-desk, hoặc đặt CCHC_EMBEDDER=off để chỉ tìm theo từ khóa rồi chạy `cchc index`."


def _verified_config(folder: Path) -> OnnxConfig:
    file = folder / CONFIG_FILE
    try:
        config = OnnxConfig.model_validate_json(file.read_bytes())
        for name, expected in config.sha256.items():
            file = folder / name
            with file.open("rb") as stream:
                found = hashlib.file_digest(stream, "sha256").hexdigest()
            if found != expected:
                raise IndexProblem(
                    f"Tệp mô hình {file} bị hỏng hoặc đã bị thay "
                    f"(sha256 {found[:12]}…, cần {expected[:12]}…). {CURE}"
                )
    except OSError as error:
        raise IndexProblem(f"Không đọc được tệp mô hình {file}: {error.strerror}. {CURE}") from error
    except ValidationError as error:
        raise IndexProblem(f"Tệp mô hình {file} không đúng định dạng. {CURE}") from error
    return config
