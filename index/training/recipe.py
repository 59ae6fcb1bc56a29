"""The recipe of a training run, as recipe.toml states it. Read by `index.training.__main__`."""

import tomllib
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

RECIPE = Path(__file__).with_name("recipe.toml")


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class PairsRecipe(_Part):
    per_heading: int
    per_article: int
    asked: int
    most: int
    hidden_headings: float = Field(ge=0, le=1)
    candidates: int
    near: int = Field(ge=1)


class WordingRecipe(_Part):
    """Shares, 0…1, of the questions that are reworded in each way."""

    opening: float
    topic: float  # of questions made of headings; of others half as many
    named_document: float
    colloquial: float
    abbreviation: float
    no_diacritics: float
    typos: float
    no_question_mark: float


class TrainRecipe(_Part):
    seed: int
    steps: int
    batch: int
    group: int  # examples of a batch that look like one another
    learning_rate: float
    warmup: float  # share of the steps
    tokens: int
    scale: float
    frozen_layers: int  # the lowest ones, as well as the embeddings
    share: float = Field(ge=0, le=1)  # of the trained weights in the blended model


class ShrinkRecipe(_Part):
    steps: int
    batch: int
    learning_rate: float
    warmup: float


class Recipe(_Part):
    seed: int
    threads: int
    pairs: PairsRecipe
    wording: WordingRecipe
    train: TrainRecipe
    shrink: ShrinkRecipe


def read_recipe(file: Path = RECIPE) -> Recipe:
    """Raises `ValueError` naming the field that is missing, wrong or unknown."""
    return Recipe.model_validate(tomllib.loads(file.read_text("utf-8")))
