"""Fitting the judge of the evidence on a small bench: it writes coefficients the desk can use, and honest figures."""

import gzip
import json
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest

from bot.judge import Judgement, coefficients
from evals.calibration import Example, main

#: Subjects of the articles, and subjects that no article has; each is asked about in two wordings.
HELD = "kho dự trữ,tàu thủy,rừng phòng hộ,bảo tàng,thư viện,đê điều,bến phà,hồ chứa,nghĩa trang,trại giống,cảng cá,bãi đỗ xe"
UNKNOWN = "vệ tinh,phở bò,đàn bầu,bóng chuyền,xổ số,cà phê,khủng long,guitar điện,mỹ phẩm,trượt tuyết,tiền ảo,nấm linh chi"
ASKED_OF_HELD = ("Ai kiểm kê {}?", "{} được kiểm kê mấy lần mỗi năm?")
ASKED_OF_UNKNOWN = ("{} giá bao nhiêu tiền mỗi lần?", "Cơ quan mua {} ở đâu rẻ?")

Judges = dict[str, Any]


def questions(subjects: str, wordings: tuple[str, ...]) -> list[str]:
    return [wording.format(subject) for subject in subjects.split(",") for wording in wordings]


def write(file: Path, texts: list[str]) -> None:
    rows = [{"id": f"{file.stem}-{i}", "text": text} for i, text in enumerate(texts)]
    file.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), "utf-8")


def fitted(folder: Path, out_of_corpus: list[str]) -> Judges:
    """The judge as the command fits it to a bench of twelve articles, with the shipped embedder."""
    bench = folder / "bench"
    bench.mkdir()
    with gzip.open(bench / "corpus.jsonl.gz", "wt", encoding="utf-8") as lines:
        for i, subject in enumerate(HELD.split(",")):
            law, number = f"{i // 2 + 1}/2020/QH14", i % 2 + 1
            row = {
                "id": f"{law}+{number}",
                "law_id": law,
                "article_id": str(number),
                "title": f"Điều {number}. Kiểm kê {subject}",
                "text": f"Thủ trưởng cơ quan quản lý tổ chức kiểm kê {subject} mỗi năm hai lần.",
            }
            lines.write(json.dumps(row, ensure_ascii=False) + "\n")
    write(bench / "queries.jsonl", questions(HELD, ASKED_OF_HELD))
    asked = len(questions(HELD, ASKED_OF_HELD))
    # two questions on each article, two articles in each law
    qrels = [f"queries-{i}\t{i // 4 + 1}/2020/QH14+{i // 2 % 2 + 1}\t1" for i in range(asked)]
    (bench / "qrels.tsv").write_text("query-id\tcorpus-id\tscore\n" + "\n".join(qrels), "utf-8")
    write(bench / "out_of_corpus_queries.jsonl", out_of_corpus)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CCHC_DATA_DIR", str(folder / "data"))
        patch.setenv("CCHC_EMBEDDER_THREADS", "1")
        main([str(bench), "--out", str(folder / "judge.json"), "--plot", str(folder / "calibration.png")])
    return dict(json.loads((folder / "judge.json").read_text("utf-8")))


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("separable")


@pytest.fixture(scope="module")
def judges(home: Path) -> Judges:
    return fitted(home, questions(UNKNOWN, ASKED_OF_UNKNOWN))


@pytest.fixture(scope="module")
def plot(home: Path) -> Path:
    return home / "calibration.png"


def test_writes_a_weight_for_each_feature_with_and_without_vectors(judges: Judges) -> None:
    assert set(judges) == {"vectors", "words"}
    names = [field.name for field in fields(Judgement)]
    assert list(judges["vectors"]["weights"]) == names
    # a question without diacritics, and a desk without vectors, have no cosine
    assert list(judges["words"]["weights"]) == [n for n in names if n not in ("nearer", "cosine")]
    assert all(isinstance(judge["bias"], float) for judge in judges.values())


@pytest.mark.parametrize("fit", ["shipped", "made"])
def test_nothing_that_speaks_for_an_answer_has_a_weight_below_zero(fit: str, judges: Judges) -> None:
    for judge in (coefficients() if fit == "shipped" else judges).values():
        assert min(judge["weights"].values()) >= 0
        assert max(judge["weights"].values()) > 0


def test_the_shipped_weights_are_those_of_the_features() -> None:
    names = [field.name for field in fields(Judgement)]
    for judge in coefficients().values():
        assert list(judge["weights"]) == names[: len(judge["weights"])]


def test_more_of_anything_that_speaks_for_an_answer_never_lowers_the_confidence() -> None:
    poor = Judgement(0.3, 0.1, 0.0, 0.0, 0.2, 0.0, 0.0, 0.85)
    for field in fields(Judgement):
        better = replace(poor, **{field.name: getattr(poor, field.name) + 0.1})
        assert better.probability >= poor.probability, field.name


def test_the_calibration_is_plotted(judges: Judges, plot: Path) -> None:
    assert plot.read_bytes().startswith(b"\x89PNG")
    assert plot.stat().st_size < 60_000


def test_the_documents_of_the_figures_are_not_those_of_the_fit() -> None:
    judgement = Judgement(0.3, 0.1, 0.0, 0.0, 0.2, 0.0)
    kept = {
        name: {
            Example(judgement, answered, name, source).for_test
            for answered in (True, False)
            for source in "ab"
        }
        for name in (f"{n}/2020/nđ-cp" for n in range(60))
    }
    assert all(len(sides) == 1 for sides in kept.values())
    assert {side for sides in kept.values() for side in sides} == {True, False}


@pytest.mark.parametrize("name", ["vectors", "words"])
def test_questions_far_from_the_corpus_are_told_apart_and_the_others_answered(
    judges: Judges, name: str
) -> None:
    figures = judges[name]["test"]
    assert figures["auroc"] > 0.95
    answered, answerable = map(int, figures["answered"].split("/"))
    wrong, unanswerable = map(int, figures["wrongly_answered"].split("/"))
    # some third of the 48 questions is kept for the figures: those on one of three documents, wherever these fall
    assert 8 <= answerable + unanswerable <= 24
    assert answered >= 0.9 * answerable
    assert wrong < unanswerable


def test_the_same_bench_gives_the_same_judge(judges: Judges, tmp_path: Path) -> None:
    assert fitted(tmp_path, questions(UNKNOWN, ASKED_OF_UNKNOWN)) == judges


def test_questions_that_cannot_be_told_apart_get_an_honest_figure(tmp_path: Path) -> None:
    for judge in fitted(tmp_path, questions(HELD, ASKED_OF_HELD)).values():
        assert 0.1 < judge["test"]["auroc"] < 0.8
