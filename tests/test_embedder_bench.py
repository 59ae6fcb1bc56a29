"""What embedders cost: each alone in its process, ratios to the first, and a shipped one within its bounds."""

import json
from pathlib import Path

import pytest
from conftest import Run
from test_comparison import SHIPPED, another, quiet

from evals.embedder_bench import RESIDENT_MAX_MB, Costs, measure
from evals.problem import EvalProblem
from index.embedding import MODELS
from settings import Settings


@pytest.fixture(scope="module")
def costs(tmp_path_factory: pytest.TempPathFactory) -> Costs:
    folder = tmp_path_factory.mktemp("costs")
    return measure([SHIPPED, another(folder / "other")], Settings(data_dir=folder), quiet, rounds=2)


def test_every_embedder_has_its_size_loading_memory_and_speed(costs: Costs) -> None:
    first, second = costs.embedders
    assert first.checksum != second.checksum and first.name == second.name == SHIPPED
    for one in costs.embedders:
        model = (MODELS / SHIPPED / "model.onnx").stat().st_size / 1e6
        assert one.file_mb is not None and model < one.file_mb < model + 3
        assert min(one.load_s, one.load_cpu_s, one.passages_per_s, one.passage_cpu_ms, one.query_ms) > 0


def test_ratios_are_to_the_first_named(costs: Costs) -> None:
    first, second = costs.embedders
    assert first.speed_ratio == first.cpu_ratio == first.query_ratio == 1
    assert 0.5 < second.cpu_ratio < 2  # the same weights


def test_the_passages_of_the_sample_documents_are_as_long_as_those_of_other_measurements(
    costs: Costs,
) -> None:
    tokens = costs.embedders[0].tokens
    assert costs.passages == 48 and tokens is not None and 130 < tokens < 180


def test_the_shipped_embedder_stays_small_and_brings_nothing_but_its_engine(costs: Costs) -> None:
    shipped = costs.embedders[0]
    assert shipped.loaded_mb < shipped.working_mb <= RESIDENT_MAX_MB


def test_the_table_says_whether_the_bounds_are_met(costs: Costs) -> None:
    said = costs.table()
    assert f"{SHIPPED}: {'đạt' if costs.embedders[0].light else 'vượt'} mức nạp ≤ 0.5 s và ≤ 250 MB" in said
    assert json.loads(costs.as_json())["embedders"][1]["dimensions"] == 384


def test_passages_of_a_file_are_those_of_its_lines(tmp_path: Path, run_cchc: Run) -> None:
    (tmp_path / "texts.txt").write_text("Một cửa\n\nMột cửa liên thông\n", "utf-8")
    words = ("--texts", str(tmp_path / "texts.txt"), "--rounds", "1", "--json")
    done = run_cchc("eval", "embedders", SHIPPED, *words, data=tmp_path)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["passages"] == 2 and told["embedders"][0]["tokens"] < 10


def test_a_file_without_a_passage_is_said(tmp_path: Path) -> None:
    (tmp_path / "empty.txt").write_text("\n", "utf-8")
    with pytest.raises(EvalProblem, match=r"empty\.txt không có dòng nào"):
        measure([SHIPPED], Settings(data_dir=tmp_path), quiet, tmp_path / "empty.txt")


@pytest.mark.parametrize("name", ["off", "broken"])
def test_what_cannot_be_loaded_is_named_with_the_reason(name: str, tmp_path: Path) -> None:
    another(tmp_path / "broken")
    (tmp_path / "broken" / "tokenizer.json").write_text("{}")
    given = str(tmp_path / "broken") if name == "broken" else name
    with pytest.raises(EvalProblem, match=r"tokenizer\.json|không phải mô hình"):
        measure([given], Settings(data_dir=tmp_path), quiet)
