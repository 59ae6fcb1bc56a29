"""The bench that prints articles in several layouts and reads them again. Its law is invented."""

import pytest

from corpus.document import Document
from evals.law_bench import Article, Law
from evals.problem import EvalProblem
from evals.structure_bench import LAYOUTS, measure, report, truth

LAW = Law(
    "kho",
    Document(number="1/2031/NĐ-CP", kind="Nghị định"),
    (
        Article("1", "1", "Phạm vi điều chỉnh", "Nghị định này quy định về kho sách của các cơ quan."),
        Article(
            "2", "2", "Người mượn sách",
            "1. Người mượn sách có các quyền:\n\na) Mượn sách trong kho;\n\nb) Gia hạn một lần.\n\n"
            "2. Người mượn sách giữ sách sạch.\n\n4. Người mượn sách trả sách đúng hạn.",
        ),
        Article("3", "3", "Trách nhiệm thi hành", "Thủ thư chịu trách nhiệm thi hành Nghị định này."),
    ),
)  # fmt: skip


def test_the_truth_counts_clauses_and_points_over_small_holes() -> None:
    assert truth(LAW.articles[1]).parts == ("1", "1.a", "1.b", "2", "4")


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_layout_is_read_back(layout: str) -> None:
    got = measure([LAW], layout)
    assert (got.articles, got.found, got.titled, got.split, got.extra) == (3, 3, 3, 3, 0), got.misses


def test_what_is_lost_is_counted_and_named() -> None:
    got = measure([Law("kho", LAW.header, LAW.articles[::-1])], "office")
    assert got.found < got.articles == 3
    assert any(miss.endswith("lost") for miss in got.misses)


def test_the_report_is_a_table_and_an_unknown_layout_is_refused() -> None:
    assert "| office | 3 |" in report([measure([LAW], "office")])
    with pytest.raises(EvalProblem):
        measure([LAW], "sideways")
