"""Several embedders over one bench: which figures come from which model, what is kept, what segments are worth."""

import json
import shutil
import sqlite3
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from conftest import Run
from test_retrieval_bench import article_rows, codified, over_codified, put, settings_in, with_articles

from evals.comparison import WHOLE_TOKENS, Comparison, Row, compare
from evals.problem import EvalProblem
from evals.retrieval import RetrievalSummary, SystemFigures, measure
from evals.tokens import Tokens
from evals.vectors import vectors_of
from index.embedding import MODELS, Embedder, Vectors
from index.problem import IndexProblem

SHIPPED = "e5-small-vi-law"


def quiet(what: str, done: int, total: int) -> None:
    pass


def another(folder: Path) -> str:
    """An exported model of the same name that is not the shipped one: it is asked without the word "query"."""
    shutil.copytree(MODELS / SHIPPED, folder)
    config = json.loads((folder / "config.json").read_text("utf-8"))
    (folder / "config.json").write_text(json.dumps({**config, "query_prompt": "", "document_prompt": ""}))
    return str(folder)


def row(run: Comparison, system: str, given: str = SHIPPED, questions: str = "as_given") -> Row:
    found = [
        one
        for one in run.rows
        if (one.system, one.questions) == (system, questions) and (not one.model or one.model.given == given)
    ]
    assert len(found) == 1
    return found[0]


def timeless(figures: SystemFigures) -> SystemFigures:
    return replace(figures, ms=0.0)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("compared")


@pytest.fixture(scope="module")
def bench(home: Path) -> Path:
    """Twelve articles; one of them is long, and the answer to one question stands at its end."""
    folder = with_articles(home / "nho")
    rows = article_rows()
    clauses = [
        f"{n}. Cơ quan {n} lập kế hoạch, bố trí kinh phí và nhân lực cho việc này." * 4 for n in range(1, 15)
    ]
    rows[3]["text"] = "\n\n".join([*clauses, "15. Kính hiển vi được hiệu chuẩn hằng quý."])
    put(folder / "corpus.jsonl.gz", rows)
    asked = [
        {"id": f"q{i}", "text": "Kính hiển vi được hiệu chuẩn khi nào?" if i == 3 else f"Ai {one['title']}?"}
        for i, one in enumerate(rows)
    ]
    put(folder / "queries.jsonl", asked)
    return folder


@pytest.fixture(scope="module")
def other(home: Path) -> str:
    return another(home / "models" / SHIPPED)


@pytest.fixture(scope="module")
def run(bench: Path, home: Path, other: str) -> Comparison:
    return compare(bench, settings_in(home / "data"), quiet, [SHIPPED, other], None, True, (0.0, 0.4, 1.0))


def test_every_row_says_which_model_it_is_from(run: Comparison, other: str) -> None:
    models = {r["embedder"]["given"]: r["embedder"] for r in run.as_json()["rows"] if r["embedder"]}
    assert list(models) == [SHIPPED, other]
    assert models[SHIPPED]["checksum"] != models[other]["checksum"]
    assert all((model["name"], model["dimensions"]) == (SHIPPED, 384) for model in models.values())
    for given in models:
        systems = {one.system for one in run.rows if one.model and one.model.given == given}
        assert systems == {"embedder", "embedder_restored", "whole", "ours"}


def test_keywords_are_measured_once_and_have_no_model(run: Comparison) -> None:
    assert [(r.questions, r.model) for r in run.rows if r.system == "bm25"] == [
        ("as_given", None),
        ("undiacritised", None),
    ]


def test_an_embedder_beside_others_has_the_figures_it_has_alone(
    run: Comparison, bench: Path, home: Path
) -> None:
    alone = measure(bench, settings_in(home / "data"))
    assert isinstance(alone, RetrievalSummary)
    for system in ("ours", "embedder", "bm25"):
        for questions, systems in (("as_given", alone.systems), ("undiacritised", alone.undiacritised)):
            assert timeless(row(run, system, questions=questions).figures) == timeless(systems[system])


def test_the_fusion_at_another_weight_is_what_that_setting_gives(
    run: Comparison, bench: Path, home: Path
) -> None:
    for weight, ndcg in row(run, "ours").by_weight.items():
        settings = settings_in(home / "data").model_copy(update={"vector_weight": weight})
        assert row(compare(bench, settings, quiet), "ours").figures.ndcg_10 == pytest.approx(ndcg), weight
    assert list(row(run, "ours").by_weight) == [0.0, 0.4, 1.0]


def test_an_article_cut_short_loses_what_its_segments_keep(run: Comparison) -> None:
    assert row(run, "embedder").figures.recall_1 > row(run, "whole").figures.recall_1


def test_questions_typed_bare_reach_the_vectors_raw_and_mended(run: Comparison) -> None:
    raw = row(run, "embedder", questions="undiacritised").figures.ndcg_10
    assert row(run, "embedder_restored", questions="undiacritised").figures.ndcg_10 > raw


def test_the_table_says_it_in_vietnamese(run: Comparison, other: str) -> None:
    said = run.table()
    assert f"{SHIPPED} (384 chiều" in said and f"{other} (384 chiều" in said
    assert "256 token đầu điều" in said and "gõ không dấu" in said and "theo trọng số" in said


def test_nothing_that_was_embedded_is_embedded_again(
    run: Comparison, bench: Path, home: Path, other: str
) -> None:
    def kept() -> int:
        with sqlite3.connect(home / "data" / "evals" / "vectors.db") as db:
            return int(db.execute("SELECT count(*) FROM vectors").fetchone()[0])

    assert run.embedded == 2 * run.segments
    before = kept()
    # one for each segment and one for each article, of either model
    assert before == 2 * (run.segments + run.articles)
    assert compare(bench, settings_in(home / "data"), quiet, [other, SHIPPED], None, True).embedded == 0
    assert kept() == before


def test_articles_that_were_not_recognised_are_counted(tmp_path: Path) -> None:
    folder = over_codified(tmp_path / "zalo")
    rows = [codified("1/2020/NĐ-CP", {"2": "bảo tàng", "3a": "thư viện", "4": "cảng cá", "": "tàu thủy"})]
    put(tmp_path / "phapdien.jsonl.gz", rows)
    lossy = compare(folder, settings_in(tmp_path / "data"), quiet)
    assert lossy.as_json()["articles_lost"] == 1 and "1 điều luật không được nhận ra" in lossy.table()


class Counting(Embedder):
    """Counts the texts that it is given."""

    name, checksum, dimensions = "counting", "c", 2

    def __init__(self) -> None:
        self.seen: list[str] = []

    def vectors(self, texts: Sequence[str], query: bool = False) -> Vectors:
        self.seen += texts
        return np.array([[1.0, 0.0] if "a" in text else [0.0, 1.0] for text in texts], dtype=np.float32)


def test_kept_vectors_come_in_the_order_of_the_texts_and_each_text_is_embedded_once(tmp_path: Path) -> None:
    counting, settings = Counting(), settings_in(tmp_path)
    found = vectors_of(["b", "a", "b"], counting, settings, lambda done, total: None)
    assert found.tolist() == [[0, 1], [1, 0], [0, 1]]
    vectors_of(["a", "c"], counting, settings, lambda done, total: None)
    assert counting.seen == ["b", "a", "c"]


def test_a_text_is_cut_at_so_many_tokens() -> None:
    tokens = Tokens(SHIPPED)
    text = "Điều 1. Nghị định số 61/2018/NĐ-CP quy định về cơ chế một cửa;\n\n" * 40
    cut = tokens.cut(text, WHOLE_TOKENS)
    assert tokens.count(text) > tokens.count(cut) == WHOLE_TOKENS and text.startswith(cut)
    assert tokens.cut("một cửa", WHOLE_TOKENS) == "một cửa"


def test_a_model_whose_tokens_cannot_be_counted_is_named(tmp_path: Path) -> None:
    with pytest.raises(EvalProblem, match=r"khong-co.*tokenizer\.json"):
        Tokens(str(tmp_path / "khong-co"))


def test_a_model_of_sentence_transformers_is_compared_too(bench: Path, home: Path, tmp_path: Path) -> None:
    pytest.importorskip("sentence_transformers", reason="needs the models extra")
    run = compare(bench, settings_in(tmp_path / "data"), quiet, [tiny_bert(tmp_path / "tiny")], whole=True)
    models = {one.model for one in run.rows if one.model}
    assert [model.dimensions for model in models] == [16] and run.embedded == run.segments


def tiny_bert(folder: Path) -> str:
    """A BERT of one layer that knows nothing."""
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Pooling, Transformer
    from tokenizers import Tokenizer, pre_tokenizers
    from tokenizers import models as kinds
    from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

    words = {word: at for at, word in enumerate(["[PAD]", "[UNK]", "kiểm", "kê", "kho", "Ai"])}
    tokenizer = Tokenizer(kinds.WordLevel(words, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    parts = folder / "parts"
    PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, pad_token="[PAD]", unk_token="[UNK]", model_max_length=64
    ).save_pretrained(parts)
    shape = BertConfig(
        vocab_size=len(words),
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=16,
    )
    BertModel(shape).save_pretrained(parts)
    encoder = Transformer(str(parts), max_seq_length=64)
    pooled = Pooling(shape.hidden_size)
    SentenceTransformer(modules=[encoder, pooled], device="cpu").save(str(folder / "model"))
    return str(folder / "model")


# -- what is wrong -----------------------------------------------------------------------------------------


def test_vectors_switched_off_cannot_be_compared(bench: Path, tmp_path: Path) -> None:
    with pytest.raises(EvalProblem, match="off"):
        compare(bench, settings_in(tmp_path), quiet, [SHIPPED, "off"])
    assert not (tmp_path / "evals").exists()


def test_a_reading_test_has_no_articles_to_compare_by(tmp_path: Path) -> None:
    put(tmp_path / "corpus.jsonl", [{"id": "p", "text": "Một cửa."}])
    put(
        tmp_path / "queries.jsonl",
        [{"id": "q", "text": "Gì?", "answers": [{"answer_start": 0, "text": "Một"}]}],
    )
    with pytest.raises(EvalProblem, match="--embedder"):
        compare(tmp_path, settings_in(tmp_path / "data"), quiet)


def test_a_broken_model_is_said_before_anything_is_embedded(bench: Path, tmp_path: Path) -> None:
    broken = another(tmp_path / "broken")
    (tmp_path / "broken" / "tokenizer.json").write_text("{}")
    with pytest.raises(IndexProblem, match=r"tokenizer\.json"):
        compare(bench, settings_in(tmp_path / "data"), quiet, [SHIPPED, broken])
    assert not (tmp_path / "data").exists()


def test_the_command_compares_and_leaves_a_summary(
    bench: Path, home: Path, other: str, run: Comparison, run_cchc: Run, tmp_path: Path
) -> None:
    words = ("--embedder", SHIPPED, "--embedder", other, "--weights", "0.3,0.5", "--out", str(tmp_path))
    done = run_cchc("eval", "retrieval", str(bench), *words, data=home / "data")
    assert done.returncode == 0, done.stderr
    assert "hệ thống này" in done.stdout and other in done.stdout
    told = json.loads((tmp_path / "summary.json").read_text("utf-8"))
    weighed = [r for r in told["rows"] if r["system"] == "ours"]
    assert len(weighed) == 4 and all(set(r["ndcg@10_by_weight"]) == {"0.3", "0.5"} for r in weighed)


@pytest.mark.parametrize("weights", ["0.3;0.4", "1.5"])
def test_a_weight_that_is_none_is_said(weights: str, bench: Path, run_cchc: Run, tmp_path: Path) -> None:
    done = run_cchc("eval", "retrieval", str(bench), "--weights", weights, data=tmp_path)
    assert done.returncode == 2 and "từ 0 đến 1" in done.stderr
