"""Turns a sentence-transformers BERT folder into the int8 ONNX folder that `OnnxEmbedder` runs.

Run once per model: `python -m index.export MODEL_FOLDER OUT_FOLDER` (needs the `train` extra). Mean pooling
and L2 normalisation go into the graph, so whoever runs it has nothing to get wrong.
"""

import argparse
import hashlib
import json
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

from index.embedding.onnx import CONFIG_FILE, MODEL_FILE, TOKENIZER_FILE, OnnxConfig, OnnxEmbedder
from index.embedding.sentence_transformer import (
    DOCUMENT_PROMPTS,
    QUERY_PROMPTS,
    SentenceTransformerEmbedder,
    prompt,
)
from index.smoothing import sample_texts, smooth

#: Version of the ONNX operator set; 17 is the first with LayerNormalization as one operator.
OPSET = 17
#: What the graph holds; with or without the last, since vectors are normalised in any case.
_PARTS = ["Transformer", "Pooling", "Normalize"]


def export(model_folder: Path, out_folder: Path) -> OnnxConfig:
    """Export the model of `model_folder` (a BERT encoder with mean pooling) into `out_folder`.

    Writes model.onnx, tokenizer.json and config.json and returns what config.json says.
    Raises `ValueError` if the folder is no sentence-transformers model of just these parts.
    """
    shape = _read(model_folder / "config.json")
    pooling = _read(model_folder / "1_Pooling" / "config.json")
    parts = [str(part["type"]).rsplit(".", 1)[-1] for part in _read(model_folder / "modules.json") or []]
    mean = pooling.get("pooling_mode_mean_tokens") or pooling.get("pooling_mode") == "mean"
    if shape.get("model_type") != "bert" or not mean or parts not in (_PARTS, _PARTS[:2]):
        raise ValueError(
            f"{model_folder} is no sentence-transformers folder of a BERT encoder with mean pooling"
        )
    prompts = _read(model_folder / "config_sentence_transformers.json").get("prompts", {})
    document_prompt = prompt(prompts, DOCUMENT_PROMPTS)
    limit = _read(model_folder / "sentence_bert_config.json").get("max_seq_length")

    out_folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        full = Path(scratch) / "full.onnx"
        _write_graph(model_folder, full, document_prompt)
        _quantise(full, out_folder / MODEL_FILE)
    _copy_tokenizer(model_folder / "tokenizer.json", out_folder / TOKENIZER_FILE)

    config = OnnxConfig(
        name=model_folder.name,
        dimensions=shape["hidden_size"],
        max_tokens=min(limit or shape["max_position_embeddings"], shape["max_position_embeddings"]),
        pad_id=shape["pad_token_id"],
        query_prompt=prompt(prompts, QUERY_PROMPTS),
        document_prompt=document_prompt,
        sha256={name: _sha256(out_folder / name) for name in (MODEL_FILE, TOKENIZER_FILE)},
    )
    (out_folder / CONFIG_FILE).write_text(config.model_dump_json(indent=2) + "\n", "utf-8")
    return config


def likeness(model_folder: Path, out_folder: Path, texts: list[str]) -> tuple[float, float]:
    """Mean and least cosine between the exported vectors and those of the full-precision model."""
    exported, full = OnnxEmbedder(out_folder), SentenceTransformerEmbedder(str(model_folder))
    cosines = (exported.vectors(texts) * full.vectors(texts)).sum(axis=1)
    return float(cosines.mean()), float(cosines.min())


def _write_graph(model_folder: Path, target: Path, document_prompt: str) -> None:
    import torch
    from tokenizers import Tokenizer
    from transformers import AutoModel

    class Pooled(torch.nn.Module):  # type: ignore[misc]  # torch is an extra: untyped here
        def __init__(self, encoder: Any) -> None:
            super().__init__()
            self.encoder = encoder

        def forward(self, input_ids: Any, attention_mask: Any) -> Any:
            states = self.encoder(input_ids=input_ids, attention_mask=attention_mask)[0]
            mask = attention_mask.unsqueeze(-1).to(states.dtype)
            mean = (states * mask).sum(1) / mask.sum(1).clamp(min=1e-9)
            return torch.nn.functional.normalize(mean, p=2, dim=1)

    # float32 whatever the file holds: float16 neither exports nor quantises well on a CPU
    encoder = AutoModel.from_pretrained(model_folder, dtype=torch.float32, attn_implementation="eager").eval()
    tokenizer = Tokenizer.from_file(str(model_folder / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(encoder.config.max_position_embeddings)
    smooth(encoder, [tokenizer.encode(document_prompt + text).ids for text in sample_texts()])
    ids = torch.tensor([[0, 5, 6, 2], [0, 7, 2, encoder.config.pad_token_id]])
    mask = torch.tensor([[1, 1, 1, 1], [1, 1, 1, 0]])
    with torch.no_grad():
        torch.onnx.export(
            Pooled(encoder),
            (ids, mask),
            str(target),
            input_names=["input_ids", "attention_mask"],
            output_names=["embedding"],
            dynamic_axes={
                "input_ids": {0: "batch", 1: "tokens"},
                "attention_mask": {0: "batch", 1: "tokens"},
                "embedding": {0: "batch"},
            },
            opset_version=OPSET,
            dynamo=False,
        )


def _quantise(full: Path, target: Path) -> None:
    from onnxruntime.quantization import QuantType, quantize_dynamic

    quantize_dynamic(full, target, weight_type=QuantType.QInt8, per_channel=True)


def _copy_tokenizer(source: Path, target: Path) -> None:
    """Same tokenizer without indentation; truncation and padding are the embedder's business."""
    tokenizer = json.loads(source.read_text("utf-8"))
    if tokenizer.get("truncation") or tokenizer.get("padding"):
        tokenizer["truncation"] = tokenizer["padding"] = None
        target.write_text(json.dumps(tokenizer, ensure_ascii=False, separators=(",", ":")), "utf-8")
    else:
        shutil.copyfile(source, target)


def _read(file: Path) -> Any:
    """What a JSON file holds; an empty object where there is none."""
    return json.loads(file.read_text("utf-8")) if file.is_file() else {}


def _sha256(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def main() -> None:
    """Entry of `python -m index.export`."""
    parser = argparse.ArgumentParser(prog="python -m index.export", description=__doc__)
    parser.add_argument("model_folder", type=Path)
    parser.add_argument("out_folder", type=Path)
    parser.add_argument("--check", type=Path, help="texts, one a line: print the cosines to full precision")
    arguments = parser.parse_args()
    try:
        texts = arguments.check.read_text("utf-8").splitlines() if arguments.check else []
        config = export(arguments.model_folder, arguments.out_folder)
    except (ValueError, OSError) as error:
        sys.exit(f"error: {error}")
    size = sum((arguments.out_folder / name).stat().st_size for name in config.sha256)
    print(f"{config.name}: {config.dimensions} dimensions, {config.max_tokens} tokens, {size / 1e6:.1f} MB")
    if texts := [text for text in texts if text.strip()]:
        mean, least = likeness(arguments.model_folder, arguments.out_folder, texts)
        print(f"cosine to full precision over {len(texts)} texts: mean {mean:.4f}, least {least:.4f}")


if __name__ == "__main__":
    main()
