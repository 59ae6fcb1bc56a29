"""Training itself, on a BERT of three tiny layers: it learns, it shrinks, and what comes out can be exported and run."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("datasets", reason="needs the train extra")
pytest.importorskip("sentence_transformers", reason="needs the train extra")

from index.embedding.onnx import OnnxEmbedder
from index.embedding.sentence_transformer import SentenceTransformerEmbedder
from index.export import export, likeness
from index.training.blend import blend
from index.training.pairs import Example
from index.training.recipe import Recipe, read_recipe
from index.training.shrink import kept_layers, shrink
from index.training.train import train

pytestmark = pytest.mark.filterwarnings("ignore")  # of torch's exporter and of the trainer's libraries

#: Question word -> the word of the passage that answers: nothing but training can know which go together.
MEANT = dict(
    zip(
        ["một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám"],
        ["phà", "đò", "cầu", "bến", "đèo", "sông", "núi", "đồi"],
        strict=True,
    )
)


@pytest.fixture(scope="module")
def recipe() -> Recipe:
    recipe = read_recipe()
    return recipe.model_copy(
        update={
            "train": recipe.train.model_copy(
                update={"steps": 60, "batch": 8, "group": 4, "learning_rate": 5e-3, "frozen_layers": 1}
            ),
            "shrink": recipe.shrink.model_copy(update={"steps": 60, "batch": 8, "learning_rate": 5e-3}),
        }
    )


@pytest.fixture(scope="module")
def rows() -> list[Example]:
    made = []
    for place in range(480):
        asked = list(MEANT)[place % len(MEANT)]
        question, passage = f"hỏi {asked} {place}", f"điều {MEANT[asked]} {place}"
        made.append(Example("heading", question, passage, f"s{place}", f"d#{asked}", (f"s{place + 1}",)))
    return made


@pytest.fixture(scope="module")
def start(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _bert(tmp_path_factory.mktemp("start"))


@pytest.fixture(scope="module")
def trained(
    start: Path, rows: list[Example], recipe: Recipe, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    folder = tmp_path_factory.mktemp("trained")
    train(start, rows, folder / "model", recipe, folder / "work")
    return folder / "model"


def right(folder: Path) -> float:
    """Share of the questions whose own passage is the nearest."""
    model = SentenceTransformerEmbedder(str(folder))
    questions = model.vectors([f"hỏi {word}" for word in MEANT], query=True)
    passages = model.vectors([f"điều {word}" for word in MEANT.values()])
    return float((np.argmax(questions @ passages.T, axis=1) == np.arange(len(MEANT))).mean())


def test_training_brings_questions_near_their_passages(start: Path, trained: Path) -> None:
    assert right(start) < 0.6
    assert right(trained) > 0.8


def test_what_the_recipe_freezes_stays_as_it_was(start: Path, trained: Path) -> None:
    before, after = _weights(start), _weights(trained)
    for name in before:
        frozen = name.startswith(("embeddings.", "encoder.layer.0."))
        assert np.array_equal(before[name], after[name]) == frozen or name.startswith("pooler."), name


def test_a_trained_model_reads_as_many_tokens_as_it_has_positions_for(trained: Path) -> None:
    from sentence_transformers import SentenceTransformer

    assert SentenceTransformer(str(trained)).max_seq_length == 64


def test_a_trained_model_exports_and_answers_as_before(trained: Path, tmp_path: Path) -> None:
    config = export(trained, tmp_path / "out")
    assert config.query_prompt == "query: " and config.document_prompt == "passage: "
    mean, least = likeness(trained, tmp_path / "out", [f"điều {word}" for word in MEANT.values()])
    assert mean > 0.97 and least > 0.9
    assert OnnxEmbedder(tmp_path / "out").dimensions == 16


def test_the_same_model_exports_to_the_same_bytes(trained: Path, tmp_path: Path) -> None:
    assert export(trained, tmp_path / "one").sha256 == export(trained, tmp_path / "two").sha256


def test_a_smaller_model_gives_nearly_the_vectors_of_its_teacher(
    trained: Path, rows: list[Example], recipe: Recipe, tmp_path: Path
) -> None:
    shrink(trained, [2], rows, tmp_path, recipe, tmp_path / "work")
    small, full = (
        SentenceTransformerEmbedder(str(tmp_path / "layers-2")),
        SentenceTransformerEmbedder(str(trained)),
    )
    texts = [row.passage for row in rows[:50]]
    assert (small.vectors(texts) * full.vectors(texts)).sum(axis=1).mean() > 0.9
    assert right(tmp_path / "layers-2") > 0.7
    assert {
        name.split(".")[2] for name in _weights(tmp_path / "layers-2") if name.startswith("encoder.layer")
    } == {"0", "1"}


def test_a_blended_model_stands_between_the_two(start: Path, trained: Path, tmp_path: Path) -> None:
    blend(start, trained, tmp_path / "half", 0.5)
    before, after, between = _weights(start), _weights(trained), _weights(tmp_path / "half")
    name = "encoder.layer.2.output.dense.weight"
    assert np.allclose(between[name], (before[name] + after[name]) / 2, atol=1e-6)
    assert export(tmp_path / "half", tmp_path / "out").dimensions == 16
    with pytest.raises(ValueError, match="between 0 and 1"):
        blend(start, trained, tmp_path / "no", 1.5)


def test_models_of_two_shapes_are_not_blended(start: Path, tmp_path: Path) -> None:
    other = _bert(tmp_path, width=8)
    with pytest.raises(ValueError, match="not of one shape"):
        blend(start, other, tmp_path / "out", 0.5)


def test_models_of_different_depth_are_not_blended(start: Path, tmp_path: Path) -> None:
    for one, other in ((start, _bert(tmp_path / "a", layers=2)), (_bert(tmp_path / "b", layers=2), start)):
        with pytest.raises(ValueError, match="not of one shape"):
            blend(one, other, tmp_path / "out", 0.5)


def test_a_prompt_of_another_name_goes_along_into_the_export(start: Path, tmp_path: Path) -> None:
    named = tmp_path / "named"
    shutil.copytree(start, named)
    config = named / "config_sentence_transformers.json"
    said = json.loads(config.read_text("utf-8")) | {"prompts": {"query": "query: ", "passage": "passage: "}}
    config.write_text(json.dumps(said), "utf-8")
    assert export(named, tmp_path / "out").document_prompt == "passage: "
    texts = ["điều phà", "điều bến"]
    loaded = SentenceTransformerEmbedder(str(named)).vectors(texts)
    assert np.allclose(loaded, SentenceTransformerEmbedder(str(start)).vectors(texts), atol=1e-6)


@pytest.mark.parametrize("missing", ["config.json", "1_Pooling/config.json", "modules.json"])
def test_a_folder_that_is_no_such_model_is_not_exported(start: Path, tmp_path: Path, missing: str) -> None:
    folder = tmp_path / "folder"
    shutil.copytree(start, folder)
    (folder / missing).unlink()
    with pytest.raises(ValueError, match="is no sentence-transformers folder of a BERT encoder with mean"):
        export(folder, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_too_few_examples_are_refused(
    start: Path, rows: list[Example], recipe: Recipe, tmp_path: Path
) -> None:
    with pytest.raises(ValueError, match="do not fill one batch"):
        train(start, rows[:7], tmp_path / "model", recipe, tmp_path / "work")


@pytest.mark.parametrize(
    ("of", "wanted", "kept"),
    [(12, 6, [1, 3, 5, 7, 9, 11]), (12, 4, [2, 5, 8, 11]), (12, 3, [3, 7, 11]), (3, 2, [0, 2])],
)
def test_a_student_starts_from_layers_evenly_spaced_up_to_the_last(
    of: int, wanted: int, kept: list[int]
) -> None:
    assert kept_layers(of, wanted) == kept


def test_a_model_cannot_be_shrunk_to_as_many_layers_as_it_has() -> None:
    with pytest.raises(ValueError, match="12 layers cannot be shrunk to 12"):
        kept_layers(12, 12)


def _weights(folder: Path) -> dict[str, np.ndarray]:
    from transformers import AutoModel

    return {name: tensor.numpy() for name, tensor in AutoModel.from_pretrained(folder).state_dict().items()}


def _bert(folder: Path, width: int = 16, layers: int = 3) -> Path:
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Normalize, Pooling, Transformer
    from tokenizers import Tokenizer, models, pre_tokenizers, processors
    from transformers import BertConfig, BertModel, PreTrainedTokenizerFast, set_seed

    set_seed(1)
    words = ["[PAD]", "[UNK]", "<s>", "</s>", "query", "passage", ":", "hỏi", "điều", *MEANT, *MEANT.values()]
    tokenizer = Tokenizer(models.WordLevel({word: at for at, word in enumerate(words)}, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", special_tokens=[("<s>", 2), ("</s>", 3)]
    )
    PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, pad_token="[PAD]", unk_token="[UNK]", model_max_length=64
    ).save_pretrained(folder / "parts")
    shape = BertConfig(
        vocab_size=len(words), hidden_size=width, num_hidden_layers=layers, num_attention_heads=2, intermediate_size=32,
        max_position_embeddings=64, pad_token_id=0,
    )  # fmt: skip
    BertModel(shape).save_pretrained(folder / "parts")
    model = SentenceTransformer(
        modules=[Transformer(str(folder / "parts"), max_seq_length=64), Pooling(width), Normalize()],
        device="cpu",
        prompts={"query": "query: ", "document": "passage: "},
    )
    model.save(str(folder / "model"))
    return folder / "model"
