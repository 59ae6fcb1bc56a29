"""Trains a sentence-transformers model on examples: every question nearer to its own passage than to those of the
other questions of its batch, which look like it. Called by `python -m index.training train`.
"""

from collections.abc import Sequence
from itertools import cycle
from pathlib import Path
from typing import Any

from index.embedding.sentence_transformer import DOCUMENT_PROMPTS, QUERY_PROMPTS, prompt
from index.training.batches import in_groups
from index.training.pairs import Example
from index.training.recipe import Recipe, ShrinkRecipe, TrainRecipe


def train(start: Path, examples: Sequence[Example], out: Path, recipe: Recipe, work: Path) -> None:
    """Train the model of the folder `start` and save it to `out`; `work` is a scratch folder.

    Raises `ValueError` where there are too few examples for one batch.
    """
    from datasets import Dataset
    from sentence_transformers import SentenceTransformerTrainer
    from sentence_transformers.sentence_transformer.losses import MultipleNegativesRankingLoss

    settings = recipe.train
    model = open_model(start, recipe)
    rows = in_groups(examples, settings.batch, settings.group, settings.seed)
    if not rows:
        raise ValueError(f"{len(examples)} examples do not fill one batch of {settings.batch}")
    rows = [row for _, row in zip(range(settings.steps * settings.batch), cycle(rows), strict=False)]
    query, document = prompts(model)
    SentenceTransformerTrainer(
        model=model,
        args=schedule(
            settings, work, recipe, batch_sampler=_in_order, prompts={"question": query, "passage": document}
        ),
        train_dataset=Dataset.from_dict(
            {"question": [row.question for row in rows], "passage": [row.passage for row in rows]}
        ),
        loss=MultipleNegativesRankingLoss(model, scale=settings.scale),
    ).train()
    save(model, out)


def _in_order(dataset: Any, batch_size: int, drop_last: bool, **_: Any) -> Any:
    """Batches as `in_groups` has put them."""
    from sentence_transformers.base.sampler import DefaultBatchSampler
    from torch.utils.data import SequentialSampler

    return DefaultBatchSampler(SequentialSampler(dataset), batch_size=batch_size, drop_last=drop_last)


def schedule(part: TrainRecipe | ShrinkRecipe, work: Path, recipe: Recipe, **more: Any) -> Any:
    """The trainer's arguments: a cosine schedule in bfloat16 over the steps of a part of the recipe."""
    import torch
    from sentence_transformers import SentenceTransformerTrainingArguments

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
        seed=recipe.train.seed,
        save_strategy="no",
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

    torch.manual_seed(recipe.train.seed)
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
    return prompt(model.prompts, QUERY_PROMPTS), prompt(model.prompts, DOCUMENT_PROMPTS)


def save(model: Any, out: Path) -> None:
    """Write the model so that it reads as many tokens as it has positions for, padded as it came."""
    model[0].processing_kwargs = {}
    model.max_seq_length = encoder(model).config.max_position_embeddings
    model.save_pretrained(str(out))
