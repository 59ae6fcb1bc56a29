"""The embedders: texts to unit vectors. `load_embedder` picks the one the settings name."""

from pathlib import Path

from index.embedding.base import Embedder, Vectors
from settings import Settings

__all__ = ["MODELS", "Embedder", "Vectors", "load_embedder"]

#: Exported models shipped with the package, a folder each; their names are valid values of the setting.
MODELS = Path(__file__).parent.parent / "models"
#: Value of the setting that switches vectors off.
OFF = "off"


def load_embedder(settings: Settings) -> Embedder | None:
    """The embedder of the settings: shipped or exported (a folder with model.onnx), else a
    sentence-transformers name or folder; None when it is `off`. Raises `IndexProblem`."""
    if settings.embedder == OFF:
        return None
    # imported only now: each brings its engine, and keyword search needs neither
    for folder in (MODELS / settings.embedder, Path(settings.embedder)):
        shipped = folder.parent == MODELS and folder.is_dir()
        if shipped or (folder / "model.onnx").is_file():
            from index.embedding.onnx import OnnxEmbedder

            return OnnxEmbedder(folder, settings.embedder_threads)
    from index.embedding.sentence_transformer import SentenceTransformerEmbedder

    return SentenceTransformerEmbedder(settings.embedder, settings.embedder_threads)
