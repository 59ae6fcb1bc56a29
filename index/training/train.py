"""Trains a sentence-transformers model on examples: every question nearer to its own passage than to the wrong ones
and to those of the other questions of its batch. Called by `python -m index.training train`.
"""

import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from index.training.pairs import Example
from index.training.recipe import Recipe, ShrinkRecipe, TrainRecipe


def train(start: Path, examples: Sequence[Example], out: Path, recipe: Recipe, work: Path) -> None:
    """Train the model of the folder `start` and save it to `out`; `work` keeps the trainer's checkpoints.

    Raises `ValueError` where there are too few examples for one batch.
    """
    from datasets import Dataset
    from sentence_transformers import SentenceTransformerTrainer
    from sentence_transformers.sentence_transformer.losses import MultipleNegativesRankingLoss

    settings = recipe.train
    if len(examples) < settings.batch:
        raise ValueError(f"{len(examples)} examples are fewer than one batch of {settings.batch}")
    model = open_model(start, recipe)
    chosen = list(examples)
    random.Random(recipe.seed).shuffle(chosen)
    chosen = chosen[: settings.steps * settings.batch]
    columns = {
        "question": [one.question for one in chosen],
        "positive": [one.positive for one in chosen],
    }
    for place in range(recipe.pairs.negatives):
        columns[f"negative_{place + 1}"] = [one.negatives[place] for one in chosen]
    query, document = prompts(model)
    SentenceTransformerTrainer(
        model=model,
        args=schedule(
            settings, work, recipe, prompts={n: query if n == "question" else document for n in columns}
        ),
        train_dataset=Dataset.from_dict(columns),
        loss=MultipleNegativesRankingLoss(model, scale=settings.scale),
    ).train()
    save(model, out)


def schedule(part: TrainRecipe | ShrinkRecipe, work: Path, recipe: Recipe, **more: Any) -> Any:
    """The trainer's arguments: a cosine schedule in bfloat16 over the steps of a part of the recipe."""
    import torch
    from sentence_transformers import SentenceTransformerTrainingArguments
    from sentence_transformers.base.sampler import BatchSamplers

    return SentenceTransformerTrainingArguments(
        output_dir=str(work),
        max_steps=part.steps,
        per_device_train_batch_size=part.batch,
        learning_rate=part.learning_rate,
        warmup_steps=part.warmup,  # below 1: a share of the steps
        lr_scheduler_type="cosine",
        weight_decay=0.01,
        bf16=True,
        use_cpu=not torch.cuda.is_available(),
        seed=recipe.seed,
        batch_sampler=BatchSamplers.NO_DUPLICATES,
        save_steps=100,
        save_total_limit=2,
        save_only_model=True,
        logging_steps=10,
        report_to="none",
        dataloader_drop_last=True,
        **more,
    )


def open_model(folder: Path, recipe: Recipe) -> Any:
    """The model of a folder as it is trained: reading the recipe's number of tokens, without dropout.

    Dropout is left out because a processor spends three quarters of a step on drawing it; the attention is the plain
    one because the fused one has no backward pass in bfloat16 there that is as fast (a step of 64: 14 s, then 4 s).
    """
    import torch
    from sentence_transformers import SentenceTransformer

    torch.manual_seed(recipe.seed)
    torch.set_num_threads(recipe.threads)
    model = SentenceTransformer(
        str(folder),
        model_kwargs={"dtype": "float32", "attn_implementation": "eager"},
        config_kwargs={"hidden_dropout_prob": 0.0, "attention_probs_dropout_prob": 0.0},
    )
    model.max_seq_length = recipe.train.tokens
    # few different lengths: for every new shape a processor compiles its kernels anew
    model[0].processing_kwargs = {"text": {"pad_to_multiple_of": 32}}
    encoder(model).embeddings.requires_grad_(False)
    for layer in encoder(model).encoder.layer[: recipe.train.frozen_layers]:
        layer.requires_grad_(False)
    return model


def encoder(model: Any) -> Any:
    """The transformer inside a sentence-transformers model."""
    return model[0].auto_model


def prompts(model: Any) -> tuple[str, str]:
    """What stands before a question and before a passage."""
    known: dict[str, str] = model.prompts
    return known.get("query", ""), known.get("document", known.get("passage", ""))


def save(model: Any, out: Path) -> None:
    """Write the model so that it reads as many tokens as it has positions for."""
    model.max_seq_length = encoder(model).config.max_position_embeddings
    model.save_pretrained(str(out))
