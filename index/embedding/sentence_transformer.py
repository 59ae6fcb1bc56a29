"""Any sentence-transformers model, by hub name or local folder; needs torch (the `models` extra).

Called instead of the shipped embedder where the operator names another model in the settings.
"""

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from corpus.spelling import nfc
from index.embedding.base import Embedder, Vectors
from index.problem import IndexProblem

#: Texts that run together; the library's own default, halved for machines without a GPU.
BATCH = 16
#: Prompt names that models use for questions and for passages, in order of preference.
QUERY_PROMPTS = ("query",)
DOCUMENT_PROMPTS = ("document", "passage")


def prompt(prompts: Mapping[str, str | None], names: Sequence[str]) -> str:
    """The first prompt of these names that says something: the library fills in empty ones of its own names."""
    return next((said for name in names if (said := prompts.get(name))), "")


class SentenceTransformerEmbedder(Embedder):
    def __init__(self, name_or_folder: str, threads: int = 2) -> None:
        """Load the model. Raises `IndexProblem` if the extra is missing or the model cannot be loaded."""
        try:
            import torch
            from sentence_transformers import SentenceTransformer
        except ImportError as error:
            raise IndexProblem(
                f"Mô hình “{name_or_folder}” cần gói bổ sung. Cài bằng: pip install 'cchc-help-desk[models]' "
                "hoặc bỏ CCHC_EMBEDDER để dùng mô hình đi kèm."
            ) from error
        torch.set_num_threads(threads)
        try:
            # float32 whatever the file holds: half precision is slow or missing on a CPU
            self._model = SentenceTransformer(name_or_folder, model_kwargs={"dtype": "float32"})
        except (OSError, ValueError) as error:
            raise IndexProblem(
                f"Không nạp được mô hình “{name_or_folder}”: {error}. "
                "Kiểm tra tên hoặc thư mục trong CCHC_EMBEDDER."
            ) from error
        self.name = name_or_folder
        self.dimensions = int(self._model.get_embedding_dimension())
        prompts = self._model.prompts
        self._query_prompt = prompt(prompts, QUERY_PROMPTS)
        self._document_prompt = prompt(prompts, DOCUMENT_PROMPTS)
        self.checksum = self._checksum()

    def vectors(self, texts: Sequence[str], query: bool = False) -> Vectors:
        prompt = self._query_prompt if query else self._document_prompt
        result = self._model.encode(
            [nfc(text) for text in texts],
            prompt=prompt or None,
            batch_size=BATCH,
            normalize_embeddings=True,
            convert_to_numpy=True,
            show_progress_bar=False,
        )
        return np.asarray(result, dtype=np.float32).reshape(len(texts), self.dimensions)

    def _checksum(self) -> str:
        """Of the weights and prompts, not of the name: a folder's content may change under the same name."""
        digest = hashlib.sha256(f"{self._query_prompt}|{self._document_prompt}".encode())
        folder = Path(self.name)
        if folder.is_dir():
            for file in sorted(folder.rglob("*")):
                if file.suffix in {".safetensors", ".bin", ".json", ".model", ".txt"}:
                    digest.update(file.relative_to(folder).as_posix().encode())
                    with file.open("rb") as stream:
                        digest.update(hashlib.file_digest(stream, "sha256").digest())
        else:
            for name, tensor in sorted(self._model.state_dict().items()):
                digest.update(name.encode())
                digest.update(tensor.cpu().numpy().tobytes())
        return digest.hexdigest()
