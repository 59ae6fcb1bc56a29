"""The check of the sentence picker: it credits the sentence that holds the answer, and only that one."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from conftest import SHARED

from evals.problem import EvalProblem
from evals.retrieval import measure, table, write
from evals.sentence_check import SentenceSummary, is_sentence_bench
from settings import Settings

BIRD = (
    "Chim bồ câu ăn hạt ngô và hạt đậu. Tổ của chim bồ câu được làm bằng cành khô trên mái nhà. "
    "Mỗi lứa chim bồ câu đẻ hai quả trứng."
)
#: Reading drops the byte order mark and the blanks of no width.
RIVER = (
    "\ufeff Sông Hồng dài 1.149 km \u200b\u200bvà đổ ra vịnh Bắc Bộ. Thuyền buôn đi lại trên sông quanh năm. "
    "Mùa lũ bắt đầu vào tháng sáu."
)
LONG = " ".join(
    [
        *(f"Phòng số {n} của bảo tàng trưng bày đồ gốm, đồ đá và tranh lụa của nhiều thời kỳ khác nhau." for n in range(12)),
        "Vé vào cửa cho trẻ em có giá mười nghìn đồng.",
    ]
)  # fmt: skip

Asked = tuple[str, str, str]  # question, paragraph, answer


def bench(folder: Path, asked: Iterable[Asked]) -> Path:
    folder.mkdir(parents=True)
    texts: dict[str, str] = {}
    queries, qrels = [], ["query-id\tcorpus-id\tscore"]
    for number, (question, text, answer) in enumerate(asked):
        paragraph = texts.setdefault(text, f"p{len(texts)}")
        answers = [{"answer_start": text.index(answer), "text": answer}]
        queries.append({"id": f"q{number}", "text": question, "answers": answers, "context_id": paragraph})
        qrels.append(f"q{number}\t{paragraph}\t1")
    corpus = [{"id": id, "title": "", "text": text} for text, id in texts.items()]
    for name, rows in (("corpus.jsonl", corpus), ("queries.jsonl", queries)):
        lines = (json.dumps(row, ensure_ascii=False) for row in rows)
        (folder / name).write_text("\n".join(lines) + "\n", "utf-8")
    (folder / "qrels.tsv").write_text("\n".join(qrels) + "\n", "utf-8")
    return folder


def measured(folder: Path, *asked: Asked) -> SentenceSummary:
    made = bench(folder / "doc-hieu", asked)
    summary = measure(made, Settings(data_dir=folder / "data", embedder_threads=1))
    assert isinstance(summary, SentenceSummary)
    return summary


def test_the_sentence_that_holds_the_answer_is_credited(tmp_path: Path) -> None:
    summary = measured(
        tmp_path,
        ("Tổ của chim bồ câu được làm bằng gì?", BIRD, "cành khô"),
        ("Mỗi lứa chim bồ câu đẻ mấy quả trứng?", BIRD, "hai quả"),
        ("Sông Hồng dài bao nhiêu?", RIVER, "1.149 km"),
        ("Mùa lũ bắt đầu vào tháng nào?", RIVER, "tháng sáu"),
    )
    assert (summary.paragraphs, summary.questions, summary.span_in_sentence) == (2, 4, 1.0)
    assert 0.2 < summary.sentence_share < 0.6 and summary.ms > 0


def test_a_short_paragraph_is_quoted_whole_and_the_share_says_so(tmp_path: Path) -> None:
    summary = measured(tmp_path, ("Tổ của chim bồ câu được làm bằng gì?", BIRD, "cành khô"))
    assert (summary.span_in_quote, summary.quoted_share) == (1.0, 1.0)


def test_an_answer_in_another_sentence_is_not_credited(tmp_path: Path) -> None:
    summary = measured(
        tmp_path,
        ("Tổ của chim bồ câu được làm bằng gì?", BIRD, "hạt ngô"),
        ("Mùa lũ bắt đầu vào tháng nào?", RIVER, "vịnh Bắc Bộ"),
    )
    assert (summary.span_in_sentence, summary.span_in_quote) == (0.0, 1.0)


def test_an_answer_that_the_sentence_cuts_is_not_credited(tmp_path: Path) -> None:
    summary = measured(
        tmp_path, ("Tổ của chim bồ câu được làm bằng gì?", BIRD, "cành khô trên mái nhà. Mỗi lứa")
    )
    assert summary.span_in_sentence == 0.0


def test_of_a_long_paragraph_the_desk_quotes_a_sentence(tmp_path: Path) -> None:
    summary = measured(tmp_path, ("Vé vào cửa cho trẻ em giá bao nhiêu?", LONG, "mười nghìn đồng"))
    assert summary.span_in_quote == 1.0 and summary.quoted_share < 0.1


def test_the_summary_has_the_shape_that_machines_read(tmp_path: Path) -> None:
    summary = measured(tmp_path, ("Mùa lũ bắt đầu vào tháng nào?", RIVER, "tháng sáu"))
    told: dict[str, Any] = json.loads(write(summary, tmp_path / "out").read_text("utf-8"))
    assert (told["bench"], told["paragraphs"], told["questions"]) == ("doc-hieu", 1, 1)
    assert {"span_in_sentence", "span_in_quote", "quoted_share", "ms_per_question"} < told.keys()
    assert "1 đoạn văn, 1 câu hỏi" in table(summary)


def test_a_place_where_the_answer_does_not_stand_is_named(tmp_path: Path) -> None:
    made = bench(tmp_path / "bench", [("Ai?", BIRD, "cành khô")])
    queries = (made / "queries.jsonl").read_text("utf-8")
    (made / "queries.jsonl").write_text(queries.replace('"answer_start": ', '"answer_start": 1'), "utf-8")
    with pytest.raises(EvalProblem, match=r"queries\.jsonl dòng 1, trường answers\.0\.answer_start"):
        measure(made, Settings(data_dir=tmp_path))


def test_a_question_without_its_paragraph_is_named(tmp_path: Path) -> None:
    made = bench(tmp_path / "bench", [("Ai?", BIRD, "cành khô")])
    (made / "qrels.tsv").write_text("query-id\tcorpus-id\tscore\n", "utf-8")
    with pytest.raises(EvalProblem, match=r"queries\.jsonl dòng 1, trường id.*qrels\.tsv"):
        measure(made, Settings(data_dir=tmp_path))


def test_a_sample_makes_no_sense_here_and_is_refused(tmp_path: Path) -> None:
    made = bench(tmp_path / "bench", [("Ai?", BIRD, "cành khô")])
    with pytest.raises(EvalProblem, match="--sample"):
        measure(made, Settings(data_dir=tmp_path), sample=5)


@pytest.mark.shared
def test_the_reading_test_beside_the_checkout_is_recognised_and_law_benches_are_not() -> None:
    assert is_sentence_bench(SHARED / "bench" / "xquad_vi")
    assert not is_sentence_bench(SHARED / "bench" / "vnlaw4k")
    assert not is_sentence_bench(SHARED / "bench" / "zalo-phapdien")
