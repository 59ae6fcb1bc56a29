"""Makes a model of fewer layers that gives nearly the vectors of the full one. Called by `python -m index.training shrink`.

The student starts from layers of the teacher, evenly spaced, and learns the teacher's vectors of the questions and
passages of the training data: no answer is needed for that.
"""

import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from index.training.pairs import Example
from index.training.recipe import Recipe
from index.training.train import encoder, open_model, prompts, save, schedule


def kept_layers(of: int, wanted: int) -> list[int]:
    """Which of the layers 0…of-1 a student of `wanted` layers starts with: evenly spaced, the last one always.

    Raises `ValueError` where the teacher has no more layers than are wanted.
    """
    if not 0 < wanted < of:
        raise ValueError(f"a model of {of} layers cannot be shrunk to {wanted}")
    return [(of * (place + 1)) // wanted - 1 for place in range(wanted)]


def shrink(
    teacher: Path, layers: Sequence[int], examples: Sequence[Example], out: Path, recipe: Recipe, work: Path
) -> None:
    """Teach a student of each number of layers and save it to `out`/layers-N; `work` is a scratch folder."""
    from datasets import Dataset
    from sentence_transformers import SentenceTransformerTrainer
    from sentence_transformers.sentence_transformer.losses import MSELoss

    full = open_model(teacher, recipe)
    texts = _texts(examples, prompts(full), recipe)
    labels = _vectors(full, texts, recipe)
    for wanted in layers:
        student = open_model(teacher, recipe)
        _drop(student, wanted)
        SentenceTransformerTrainer(
            model=student,
            args=schedule(recipe.shrink, work, recipe),
            train_dataset=Dataset.from_dict({"text": texts, "label": labels}),
            loss=MSELoss(student),
        ).train()
        save(student, out / f"layers-{wanted}")


def _texts(examples: Sequence[Example], prompts: tuple[str, str], recipe: Recipe) -> list[str]:
    """As many questions as passages, each with its prompt, as many as the steps take."""
    query, document = prompts
    texts = [query + one.question for one in examples] + [document + one.passage for one in examples]
    random.Random(recipe.seed).shuffle(texts)
    return texts[: recipe.shrink.steps * recipe.shrink.batch]


def _vectors(model: Any, texts: list[str], recipe: Recipe) -> list[list[float]]:
    import torch

    with torch.autocast("cpu", torch.bfloat16):
        found: list[list[float]] = model.encode(texts, batch_size=recipe.shrink.batch, prompt="").tolist()
    return found


def _drop(model: Any, layers: int) -> None:
    stack, config = encoder(model).encoder, encoder(model).config
    kept = kept_layers(config.num_hidden_layers, layers)
    stack.layer = type(stack.layer)([stack.layer[place] for place in kept])
    config.num_hidden_layers = layers
    # the lowest layers of a student do what several did before: they learn too
    stack.requires_grad_(True)
