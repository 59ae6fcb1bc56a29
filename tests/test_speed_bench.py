"""The desk is timed over a bench as it answers there, in a process of its own, beside the systems named."""

from pathlib import Path

import pytest
from test_retrieval_bench import settings_in, with_articles

from evals.problem import EvalProblem
from evals.speed_bench import measure


def test_the_desk_and_a_peer_are_timed_on_the_same_questions(tmp_path: Path) -> None:
    run = measure(with_articles(tmp_path / "bench"), settings_in(tmp_path), against=("bm25",))
    assert (run.articles, [one.system for one in run.speeds]) == (12, ["desk", "bm25"])
    for one in run.speeds:
        assert one.questions == 12
        assert 0 < one.p50 <= one.p95 <= one.slowest
        assert one.per_second > 0 and one.memory > 20
    assert "desk so với bm25: p50" in run.table()


def test_an_unknown_system_is_named_with_those_there_are(tmp_path: Path) -> None:
    with pytest.raises(EvalProblem, match=r"“elastic”\. Chọn trong: naive, bm25"):
        measure(tmp_path, settings_in(tmp_path), against=("elastic",))
