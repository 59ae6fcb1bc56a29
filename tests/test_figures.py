"""Figures from verdicts: values, intervals, paired differences, the risk–coverage curve."""

import numpy as np
import pytest

from evals.figures import BY_NAME, FIGURES, by_kind, differences, figures, risks
from evals.record import Record
from evals.reply import Asked, Cited, CitedDocument, Reply, Source
from evals.scoring import score
from evals.suite import Row


def record(
    number: int, *, right: bool = True, expect: str = "answer", status: str = "answered", confidence: float = 0.5,
    ms: float = 10, verbatim: bool = True, text: str = "", kind: str = "fact",
) -> Record:  # fmt: skip
    gold = [{"document": "1/QĐ-A", "provision": "Điều 1"}] if expect == "answer" else []
    facts = [["đúng"]] if expect == "answer" else []
    row = Row.model_validate(
        {"id": f"r{number}", "question": "Gì?", "kind": kind, "expect": expect, "gold": gold, "facts": facts}
    )
    cited = Cited(document=CitedDocument(number="1/QĐ-A"), provision="Điều 1", quote="đúng")
    reply = Reply(
        status=status, text=text or ("đúng" if right else "sai"), citations=(cited,), confidence=confidence
    )
    sources = (Source(stored="đúng" if verbatim else "khác"),)
    asked = Asked(question="Gì?", reply=reply, sources=sources, ms=ms)
    return Record(row=row, asked=asked, verdict=score(row, asked))


def test_a_share_has_its_value_its_count_and_an_interval_around_it() -> None:
    found = figures([record(i, right=i < 80) for i in range(100)])["facts_all"]
    assert found.value == 0.8 and found.n == 100
    # the textbook interval of 80 of 100 is 0.72 … 0.88
    assert found.low == pytest.approx(0.72, abs=0.02) and found.high == pytest.approx(0.88, abs=0.02)


def test_more_questions_make_the_interval_narrower() -> None:
    few, many = (figures([record(i, right=i % 2 == 0) for i in range(n)])["facts_all"] for n in (20, 500))
    assert many.high - many.low < (few.high - few.low) / 2


def test_the_same_records_give_the_same_figures() -> None:
    records = [record(i, right=i % 3 > 0, ms=i) for i in range(40)]
    assert figures(records) == figures(records)


def test_a_figure_nobody_asks_for_is_absent_not_zero() -> None:
    found = figures([record(i) for i in range(3)])
    assert "answered_wrongly" not in found and "must_not" not in found
    assert set(found) <= set(BY_NAME) and len(BY_NAME) == len(FIGURES)


def test_quotes_count_by_quote_and_unsupported_figures_are_counted_up() -> None:
    records = [record(i, verbatim=i > 0, text="7 và 8" if i == 1 else "đúng") for i in range(4)]
    found = figures(records)
    assert found["quote_fidelity"].value == 0.75
    assert found["unsupported_numbers"].value == 2


def test_latency_percentiles() -> None:
    found = figures([record(i, ms=float(i)) for i in range(101)])
    assert (found["latency_p50"].value, found["latency_p95"].value) == (50, 95)


def test_risk_grows_with_coverage_where_confidence_is_honest() -> None:
    confidence, wrong = np.array([0.9, 0.8, 0.7, 0.6]), np.array([0.0, 0.0, 1.0, 1.0])
    assert risks(confidence, wrong).tolist() == [0, 0, pytest.approx(1 / 3), 0.5]
    assert risks(-confidence, wrong).tolist() == [1, 1, pytest.approx(2 / 3), 0.5]


def test_equal_confidences_share_their_risk_whatever_their_order() -> None:
    confidence = np.array([0.5, 0.5, 0.5, 0.1])
    for wrong in ([1.0, 0, 0, 0], [0, 0, 1.0, 0]):
        assert risks(confidence, np.array(wrong)).tolist() == pytest.approx([1 / 3, 1 / 3, 1 / 3, 1 / 4])


def test_confidence_that_parts_right_from_wrong_has_the_smaller_area() -> None:
    honest = [record(i, right=i < 10, confidence=1 - i / 20) for i in range(20)]
    upside_down = [record(i, right=i < 10, confidence=i / 20) for i in range(20)]
    assert figures(honest)["aurc"].value < 0.2 < 0.8 < figures(upside_down)["aurc"].value


def test_answering_everything_costs_more_than_abstaining() -> None:
    good = [record(i, confidence=0.9) for i in range(10)]
    abstains = [record(i, expect="abstain", status="no_evidence") for i in range(10, 20)]
    answers = [record(i, expect="abstain", confidence=0.95) for i in range(10, 20)]
    assert figures(good + abstains)["aurc"].value < figures(good + answers)["aurc"].value - 0.3
    assert figures(good + answers)["answered_wrongly"].value == 1


def test_differences_are_paired_by_question() -> None:
    before = [record(i, right=i % 2 == 0) for i in range(60)]
    after = [record(i, right=i % 2 == 0 or i < 20) for i in reversed(range(60))]
    found = differences(after, before)["facts_all"]
    assert found.value == pytest.approx(10 / 60, abs=1e-3) and found.significant and found.n == 60
    assert not differences(before, before)["facts_all"].significant
    assert differences(after, before[:5])["facts_all"].n == 5


def test_kinds_are_told_apart() -> None:
    kinds = by_kind([record(1, kind="who"), record(2, kind="fact"), record(3, kind="who")])
    assert {kind: len(group) for kind, group in kinds.items()} == {"fact": 1, "who": 2}
    assert list(kinds) == ["fact", "who"]
