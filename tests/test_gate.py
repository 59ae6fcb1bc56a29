"""The gate of a build: which bounds hold, which do not, and which cannot be understood."""

import pytest
from eval_runs import record, refusal, reply, row, summary_of

from evals.gate import check
from evals.problem import EvalProblem
from evals.summary import Summary


@pytest.fixture(scope="module")
def summary() -> Summary:
    """Facts found in three rows of four over all, in one of two of kind "table"."""
    records = [
        record(row("a")),
        record(row("b")),
        record(row("c", kind="table")),
        record(row("d", kind="table"), reply("Không rõ.")),
        record(row("e", kind="out_of_corpus", expect="abstain"), refusal()),
    ]
    return summary_of(records, judge={"faithful": 0.9})


def test_bounds_that_hold_are_not_mentioned(summary: Summary) -> None:
    assert check(summary, ["facts_all=0.75", "table:facts_all=50%"], ["answered_wrongly=0"]) == []


def test_a_floor_that_does_not_hold_says_value_bound_and_number_of_questions(summary: Summary) -> None:
    (said,) = check(summary, ["facts_all=0.8"], [])
    assert said == "Câu có đủ mọi ý (facts_all): 75,00 % thấp hơn mức sàn 0.8 (n = 4)."


def test_a_bound_may_be_for_one_kind_of_question(summary: Summary) -> None:
    (said,) = check(summary, ["table:facts_all=75%", "facts_all=75%"], [])
    assert "table:facts_all" in said and "50,00 %" in said and "n = 2" in said


def test_a_ceiling_that_does_not_hold_is_said_as_one(summary: Summary) -> None:
    (said,) = check(summary, [], ["latency_p50=10", "unsupported_numbers=0"])
    assert said == "Thời gian trả lời p50 (latency_p50): 50 ms cao hơn mức trần 10 (n = 5)."


def test_a_figure_that_no_question_asks_for_does_not_pass(summary: Summary) -> None:
    said = check(summary, ["must_not=0", "out_of_corpus:facts_all=0"], ["must_not=1"])
    assert len(said) == 3 and all("không câu nào cho chỉ số này" in one for one in said)


@pytest.mark.parametrize(
    ("bound", "named"),
    [
        ("fact_all=0.8", "facts_all, must_not"),
        ("tabel:facts_all=0.8", "fact, out_of_corpus, table"),
        ("facts_all", "TÊN=SỐ"),
        ("facts_all=", "không phải số"),
        ("facts_all=nan", "không phải số"),
        ("facts_all=inf", "không phải số"),
        ("facts_all=0,8", "không phải số"),
        ("latency_p50=80%", "phần trăm"),
        ("faithful=0.5", "mô hình chấm"),
    ],
)
def test_a_bound_that_cannot_be_meant_is_refused_with_what_is_possible(
    summary: Summary, bound: str, named: str
) -> None:
    for floors, ceilings in (([bound], list[str]()), (list[str](), [bound])):
        with pytest.raises(EvalProblem, match=bound) as refused:
            check(summary, floors, ceilings)
        assert named in str(refused.value)


def test_a_run_without_our_own_answers_cannot_be_bounded() -> None:
    summary = summary_of([record(row("a"), system="bm25")])
    with pytest.raises(EvalProblem, match="ours"):
        check(summary, ["facts_all=0"], [])
