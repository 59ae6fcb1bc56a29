"""Retrieval benches: both layouts, samples, figures that a broken search does not get, and vectors computed once."""

import gzip
import hashlib
import json
import os
import random
import shutil
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from conftest import SHARED

from bot.judge import ENOUGH
from evals.law_bench import Question, load_bench
from evals.problem import EvalProblem
from evals.retrieval import RetrievalSummary, figures, measure, table, write
from evals.throwaway import KEPT_DAYS
from settings import Settings

#: Subjects of the articles, and subjects that no article has.
HELD = "kho dự trữ,tàu thủy,rừng phòng hộ,bảo tàng,thư viện,đê điều,bến phà,hồ chứa,nghĩa trang,trại giống,cảng cá,bãi đỗ xe"
UNKNOWN = "vệ tinh,phở bò,đàn bầu,bóng chuyền,khủng long,nấm linh chi"
FIGURES = {"recall@1", "recall@10", "mrr@10", "ndcg@10", "ms_per_query"}

Row = dict[str, Any]


def settings_in(folder: Path) -> Settings:
    return Settings(data_dir=folder, embedder_threads=1)


def put(file: Path, rows: Iterable[Row]) -> None:
    text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    data = text.encode()
    file.write_bytes(gzip.compress(data) if file.suffix == ".gz" else data)


def said_of(subject: str) -> str:
    return f"Thủ trưởng cơ quan quản lý tổ chức kiểm kê {subject} mỗi năm hai lần và báo cáo {subject} lên cấp trên."


def article_rows() -> list[Row]:
    return [
        {
            "id": f"{i // 6 + 1}/2020/qh14+{i % 6 + 1}",
            "law_id": f"{i // 6 + 1}/2020/qh14",
            "article_id": str(i % 6 + 1),
            "title": f"Điều {i % 6 + 1}. Kiểm kê {subject}",
            "text": said_of(subject),
        }
        for i, subject in enumerate(HELD.split(","))
    ]


def with_articles(folder: Path) -> Path:
    """A bench in the layout with articles of its own: twelve articles of two laws, a question on each."""
    folder.mkdir(parents=True)
    rows = article_rows()
    subjects = HELD.split(",")
    put(folder / "corpus.jsonl.gz", rows)
    put(
        folder / "queries.jsonl",
        ({"id": f"q{i}", "text": f"Ai kiểm kê {s}?"} for i, s in enumerate(subjects)),
    )
    put(
        folder / "out_of_corpus_queries.jsonl",
        ({"id": f"o{i}", "text": f"Mua {s} ở đâu rẻ?"} for i, s in enumerate(UNKNOWN.split(","))),
    )
    lines = ["query-id\tcorpus-id\tscore", *(f"q{i}\t{row['id']}\t1" for i, row in enumerate(rows))]
    (folder / "qrels.tsv").write_text("\n".join(lines) + "\n", "utf-8")
    return folder


def codified(number: str, subjects: dict[str, str]) -> Row:
    articles = [
        {"article": article, "heading": f"Kiểm kê {subject}", "source_note": "", "text": said_of(subject)}
        for article, subject in subjects.items()
    ]
    return {
        "number": number, "kind": "Nghị định", "title": "Về kiểm kê", "issuer": "Chính phủ", "issued": "02/01/2020",
        "topic": "kiem-ke", "articles": articles,
    }  # fmt: skip


def over_codified(folder: Path) -> Path:
    """A bench over a codification: one decree filed under two subjects, out of order, and another decree."""
    folder.mkdir(parents=True)
    put(
        folder.parent / "phapdien.jsonl.gz",
        [
            codified("1/2020/NĐ-CP", {"5": "tàu thủy", "2": "bảo tàng", "3a": "thư viện"}),
            codified("2/2020/NĐ-CP", {"1": "đê điều", "2": "bến phà"}),
            codified("1/2020/NĐ-CP", {"1": "hồ chứa", "4": "cảng cá"}),
        ],
    )
    put(
        folder / "queries.jsonl",
        [
            {"id": "a", "question": "Ai kiểm kê bảo tàng?", "gold": ["1/2020/nđ-cp+2"]},
            {"id": "b", "question": "Ai kiểm kê thư viện?", "gold": ["1/2020/nđ-cp+3a"]},
            {"id": "c", "question": "Ai kiểm kê cảng cá?", "gold": ["1/2020/nđ-cp+4"]},
        ],
    )
    return folder


def measured(bench: Path, data: Path, sample: int | None = None) -> RetrievalSummary:
    summary = measure(bench, settings_in(data), sample)
    assert isinstance(summary, RetrievalSummary)
    return summary


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return with_articles(tmp_path_factory.mktemp("benches") / "nho")


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("data")


@pytest.fixture(scope="module")
def summary(bench: Path, data: Path) -> RetrievalSummary:
    return measured(bench, data)


# -- figures -----------------------------------------------------------------------------------------------


def test_the_summary_has_the_shape_that_machines_read(summary: RetrievalSummary, tmp_path: Path) -> None:
    told = json.loads(write(summary, tmp_path / "new" / "out").read_text("utf-8"))
    assert (tmp_path / "new" / "out" / "summary.json").is_file()
    assert (told["bench"], told["articles"], told["queries"]) == ("nho", 12, 12)
    assert set(told["systems"]) == {"ours", "bm25", "embedder"}
    assert all(set(system) == FIGURES for system in told["systems"].values())
    assert told["embedder"]["name"] == "e5-small-vi-law" and len(told["embedder"]["checksum"]) == 64


def test_every_system_finds_articles_that_the_question_names(summary: RetrievalSummary) -> None:
    for system in summary.systems.values():
        assert system.recall_10 == 1.0 and system.ms > 0
    assert summary.systems["ours"].recall_1 == summary.systems["bm25"].recall_1 == 1.0
    assert summary.lost == 0


def test_questions_without_diacritics_are_measured_too(summary: RetrievalSummary) -> None:
    assert set(summary.undiacritised) == {"ours", "bm25", "embedder"}
    assert summary.undiacritised["ours"].recall_1 > summary.undiacritised["embedder"].recall_1


def test_the_desk_is_surer_of_what_its_documents_hold(summary: RetrievalSummary) -> None:
    assert summary.abstention is not None
    told = summary.abstention.as_json()
    assert (told["inside"], told["outside"], told["threshold"]) == (12, 6, round(ENOUGH, 3))
    assert told["auroc"] > 0.9 and told["answered_inside"] > told["wrongly_answered_outside"]


def test_the_table_says_it_in_vietnamese(summary: RetrievalSummary) -> None:
    said = table(summary)
    assert "12 điều luật, 12 câu hỏi" in said and "gõ không dấu" in said and "nDCG@10" in said
    assert "AUROC" in said


def test_figures_are_those_of_the_textbook() -> None:
    questions = [Question("1", "một", frozenset("ab")), Question("2", "hai", frozenset("c"))]
    ranked = {"một": ["a", "x", "b"], "hai": ["x", "c"]}
    told = figures(lambda text: ranked[text], questions)
    assert told.recall_1 == pytest.approx((1 / 2 + 0) / 2)
    assert told.recall_10 == 1.0
    assert told.mrr_10 == pytest.approx((1 + 1 / 2) / 2)
    one = (1 + 1 / 2) / (1 + 1 / 1.584962500721156)  # places 1 and 3 of an ideal 1 and 2
    assert told.ndcg_10 == pytest.approx((one + 1 / 1.584962500721156) / 2)


def test_a_question_that_finds_nothing_counts_as_missed() -> None:
    told = figures(lambda text: [], [Question("1", "một", frozenset("a"))])
    assert (told.recall_10, told.ndcg_10) == (0, 0)


def test_a_search_that_shuffles_or_turns_round_its_hits_gets_bad_figures(bench: Path) -> None:
    loaded = load_bench(bench)
    gold = {question.text: next(iter(question.gold)) for question in loaded.questions}
    ids = [article.id for law in loaded.laws for article in law.articles]

    def right(text: str) -> list[str]:
        return [gold[text], *(id for id in ids if id != gold[text])]

    def shuffled(text: str) -> list[str]:
        return random.Random(text).sample(ids, len(ids))

    assert figures(right, loaded.questions).ndcg_10 == 1.0
    assert figures(shuffled, loaded.questions).ndcg_10 < 0.7
    assert figures(lambda text: right(text)[::-1], loaded.questions).recall_10 == 0.0


def test_without_an_embedder_there_are_no_figures_of_it(bench: Path, tmp_path: Path) -> None:
    summary = measure(bench, Settings(data_dir=tmp_path, embedder="off"))
    assert isinstance(summary, RetrievalSummary)
    assert set(summary.systems) == {"ours", "bm25"} and summary.embedder == ""


def test_an_article_counts_with_its_best_segment(tmp_path: Path) -> None:
    folder = with_articles(tmp_path / "bench")
    rows = article_rows()
    clauses = [
        f"{n}. Cơ quan {n} lập kế hoạch, bố trí kinh phí và nhân lực cho việc này." * 4 for n in range(1, 15)
    ]
    rows[3]["text"] = "\n\n".join([*clauses, "15. Kính hiển vi được hiệu chuẩn hằng quý."])
    put(folder / "corpus.jsonl.gz", rows)
    put(folder / "queries.jsonl", [{"id": "q3", "text": "Kính hiển vi được hiệu chuẩn khi nào?"}])
    (folder / "out_of_corpus_queries.jsonl").unlink()
    summary = measured(folder, tmp_path / "data")
    assert summary.segments > summary.articles
    assert summary.systems["ours"].recall_1 == summary.systems["embedder"].recall_1 == 1.0
    assert summary.abstention is None


# -- the codified law --------------------------------------------------------------------------------------


def test_the_codification_lies_beside_the_folder(tmp_path: Path) -> None:
    summary = measured(over_codified(tmp_path / "shared" / "zalo"), tmp_path / "data")
    assert (summary.articles, summary.queries, summary.lost) == (7, 3, 0)
    assert summary.systems["ours"].recall_1 == 1.0 and summary.abstention is None


def test_the_codification_may_lie_beside_a_link_or_beside_its_target(tmp_path: Path) -> None:
    real = over_codified(tmp_path / "shared" / "zalo")
    (tmp_path / "mine").mkdir()
    link = tmp_path / "mine" / "my-bench"
    link.symlink_to(real)
    bench = load_bench(link)
    assert bench.name == "my-bench" and bench.articles == 7
    shutil.move(real.parent / "phapdien.jsonl.gz", tmp_path / "mine" / "phapdien.jsonl.gz")
    assert load_bench(link).articles == 7


def test_parts_of_one_document_are_put_together_in_the_order_of_their_articles(tmp_path: Path) -> None:
    laws = load_bench(over_codified(tmp_path / "zalo")).laws
    assert [[article.number for article in law.articles] for law in laws] == [
        ["1", "2", "3a", "4", "5"],
        ["1", "2"],
    ]


def test_articles_that_were_not_recognised_are_counted(tmp_path: Path) -> None:
    folder = over_codified(tmp_path / "zalo")
    rows = [codified("1/2020/NĐ-CP", {"2": "bảo tàng", "3a": "thư viện", "4": "cảng cá", "": "tàu thủy"})]
    put(tmp_path / "phapdien.jsonl.gz", rows)
    summary = measured(folder, tmp_path / "data")
    assert (summary.articles, summary.lost) == (4, 1)
    assert "1 điều luật không được nhận ra" in table(summary)


# -- samples -----------------------------------------------------------------------------------------------


def test_a_sample_keeps_all_gold_and_the_smallest_hashes(bench: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(bench, tmp_path / "bench")
    put(folder / "queries.jsonl", [{"id": f"q{i}", "text": "Ai kiểm kê?"} for i in (0, 7)])
    gold = {article_rows()[i]["id"] for i in (0, 7)}
    others = {row["id"] for row in article_rows()} - gold
    smallest = sorted(others, key=lambda id: hashlib.sha256(id.encode()).hexdigest())[:3]
    for _ in range(2):
        kept = [article.id for law in load_bench(folder, 5).laws for article in law.articles]
        assert len(kept) == 5 and set(kept) == gold | set(smallest)
    assert load_bench(folder, 1).articles == 2  # gold stays whatever the number
    assert load_bench(folder, 100).articles == 12


def test_a_sample_is_measured_and_named(bench: Path, data: Path, summary: RetrievalSummary) -> None:
    sampled = measured(bench, data, 5)
    assert (sampled.articles, sampled.sample, sampled.as_json()["sample"]) == (
        12,
        5,
        5,
    )  # all twelve are gold
    assert "(mẫu 5)" in table(sampled)


# -- what is kept ------------------------------------------------------------------------------------------


def test_vectors_are_computed_once_wherever_the_bench_lies_and_whatever_the_sample(tmp_path: Path) -> None:
    bench = with_articles(tmp_path / "here" / "bench")
    put(bench / "queries.jsonl", [{"id": "q0", "text": "Ai kiểm kê kho dự trữ?"}])
    data = tmp_path / "data"
    assert measured(bench, data, 5).embedded == 5
    assert measured(bench, data, 5).embedded == 0
    moved = shutil.move(bench, tmp_path / "there")
    assert measured(moved, data).embedded == 7
    assert measured(moved, data).embedded == 0
    assert measured(moved, data, 9).embedded == 0
    assert (data / "evals" / "vectors.db").is_file()


def test_a_changed_article_costs_only_its_own_vector(tmp_path: Path) -> None:
    bench = with_articles(tmp_path / "bench")
    measured(bench, tmp_path / "data")
    rows = article_rows()
    rows[2]["text"] = "Rừng phòng hộ do kiểm lâm trông coi."
    put(bench / "corpus.jsonl.gz", rows)
    assert measured(bench, tmp_path / "data").embedded == 1


def test_the_database_of_the_desk_is_left_alone(bench: Path, tmp_path: Path) -> None:
    desk = tmp_path / "desk.db"
    measure(bench, Settings(data_dir=tmp_path / "data", embedder="off", database_url=f"sqlite:///{desk}"))  # type: ignore[arg-type]
    assert not desk.exists()


def test_benches_that_nobody_used_for_two_weeks_are_deleted(bench: Path, tmp_path: Path) -> None:
    benches = tmp_path / "data" / "evals" / "benches"
    for name, days in (("fresh", KEPT_DAYS - 1), ("old", KEPT_DAYS + 1)):
        (benches / name).mkdir(parents=True)
        used = time.time() - days * 86_400
        os.utime(benches / name, (used, used))
    settings = Settings(data_dir=tmp_path / "data", embedder="off")
    measure(bench, settings)
    own = {folder.name for folder in benches.iterdir()} - {"fresh"}
    assert len(own) == 1 and "old" not in own
    # its own folder counts as used again whenever it is asked
    os.utime(benches / own.pop(), (0, 0))
    measure(bench, settings)
    assert len(list(benches.iterdir())) == 2


# -- what is wrong -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("missing", ["queries.jsonl", "qrels.tsv"])
def test_a_missing_file_is_named(tmp_path: Path, missing: str) -> None:
    bench = with_articles(tmp_path / "bench")
    (bench / missing).unlink()
    with pytest.raises(EvalProblem, match=missing):
        load_bench(bench)


def test_a_folder_that_is_no_bench_says_what_it_lacks(tmp_path: Path) -> None:
    with pytest.raises(EvalProblem, match=r"corpus\.jsonl\.gz.*phapdien\.jsonl\.gz"):
        load_bench(tmp_path)
    with pytest.raises(EvalProblem, match="Không có thư mục"):
        load_bench(tmp_path / "nowhere")


@pytest.mark.parametrize(
    ("file", "line", "said"),
    [
        ("queries.jsonl", '{"id": "q1"}', r"queries\.jsonl dòng 2, trường text"),
        ("queries.jsonl", '{"id": "q1", "text": 7}', r"queries\.jsonl dòng 2, trường text"),
        ("queries.jsonl", "{", r"queries\.jsonl dòng 2, trường \(cả dòng\)"),
        ("queries.jsonl", '{"id": "q0", "text": "Hai lần?"}', r"queries\.jsonl dòng 2, trường id.*dòng 1"),
        (
            "queries.jsonl",
            '{"id": "z", "text": "Không ai?"}',
            r"queries\.jsonl dòng 2, trường id.*qrels\.tsv",
        ),
        ("qrels.tsv", "q0\t9/2020/qh14+9\t1", r"qrels\.tsv dòng 2, trường corpus-id.*9/2020/qh14\+9"),
        ("qrels.tsv", "q0\t1/2020/qh14+1\tyes", r"qrels\.tsv dòng 2, trường score"),
        ("qrels.tsv", "q0 1/2020/qh14+1", r"qrels\.tsv dòng 2"),
    ],
)
def test_a_wrong_row_is_named_with_file_line_and_field(
    tmp_path: Path, file: str, line: str, said: str
) -> None:
    bench = with_articles(tmp_path / "bench")
    lines = (bench / file).read_text("utf-8").splitlines()
    lines[1] = line
    (bench / file).write_text("\n".join(lines), "utf-8")
    with pytest.raises(EvalProblem, match=said):
        load_bench(bench)


def test_a_gold_article_that_the_codification_lacks_is_named(tmp_path: Path) -> None:
    bench = over_codified(tmp_path / "zalo")
    put(bench / "queries.jsonl", [{"id": "a", "question": "Ai?", "gold": ["9/2020/nđ-cp+1"]}])
    with pytest.raises(EvalProblem, match=r"queries\.jsonl dòng 1, trường gold.*9/2020/nđ-cp\+1"):
        load_bench(bench)


def test_a_cut_off_corpus_is_named(tmp_path: Path) -> None:
    bench = with_articles(tmp_path / "bench")
    whole = (bench / "corpus.jsonl.gz").read_bytes()
    (bench / "corpus.jsonl.gz").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(EvalProblem, match=r"corpus\.jsonl\.gz"):
        load_bench(bench)


@pytest.mark.shared
def test_the_benches_beside_the_checkout_are_read() -> None:
    laws = load_bench(SHARED / "bench" / "vnlaw4k")
    assert (laws.articles, len(laws.questions)) == (4242, 439)
    codification = load_bench(SHARED / "bench" / "zalo-phapdien", 1000)
    assert (codification.articles, len(codification.questions)) == (1000, 566)
