"""Reading a suite: what is wrong is named with its row and field."""

import json
from pathlib import Path
from typing import Any

import pytest

from evals.problem import EvalProblem
from evals.suite import Expect, load_suite

ROW: dict[str, Any] = {
    "id": "a-1",
    "question": "Thời hiệu khiếu nại là bao lâu?",
    "kind": "deadline",
    "expect": "answer",
    "gold": [{"document": "02/2011/QH13", "file": "luat.txt", "provision": "Điều 9"}],
    "facts": [["90 ngày"]],
    "note": "",
}


def suite(folder: Path, *rows: object, name: str = "suite.jsonl") -> Path:
    file = folder / name
    lines = (row if isinstance(row, str) else json.dumps(row, ensure_ascii=False) for row in rows)
    file.write_text("\n".join(lines), "utf-8")
    return file


def problem(folder: Path, *rows: object) -> str:
    with pytest.raises(EvalProblem) as raised:
        load_suite([suite(folder, *rows)])
    return str(raised.value)


def test_reads_every_field(tmp_path: Path) -> None:
    more = {"history": ["Luật Khiếu nại quy định gì?"], "as_of": "2024-05-01", "must_not": ["45 ngày"]}
    row = load_suite([suite(tmp_path, ROW | more)]).rows[0]
    assert row.expect is Expect.ANSWER and row.gold[0].provision == "Điều 9"
    assert row.history == ("Luật Khiếu nại quy định gì?",) and str(row.as_of) == "2024-05-01"
    assert row.facts == (("90 ngày",),) and row.must_not == ("45 ngày",)


def test_rows_of_several_files_follow_each_other(tmp_path: Path) -> None:
    one, two = suite(tmp_path, ROW, ""), suite(tmp_path, ROW | {"id": "b-1"}, name="two.jsonl")
    read = load_suite([one, two])
    assert [row.id for row in read.rows] == ["a-1", "b-1"]
    assert read.counts == {one: 1, two: 1}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"expect": "reply"}, "expect"),
        ({"as_of": "1/7/2025"}, "as_of"),
        ({"kind": ""}, "kind"),
        ({"facts": ["90 ngày"]}, "facts.0"),
        ({"facts": [[]]}, "facts.0"),
        ({"gold": [{"provision": "Điều 9"}]}, "gold.0"),
        ({"gold": [], "facts": []}, "gold"),
        ({"question": None}, "question"),
    ],
)
def test_a_wrong_field_is_named_with_file_line_and_row(
    tmp_path: Path, change: dict[str, Any], field: str
) -> None:
    said = problem(tmp_path, ROW, ROW | {"id": "a-2"} | change)
    assert "suite.jsonl dòng 2" in said and "a-2" in said and field in said


def test_every_wrong_row_is_named_at_once(tmp_path: Path) -> None:
    said = problem(tmp_path, "{not json", ROW | {"expect": "?"}, "[1]", ROW, ROW)
    named = [line.split(" ", 3)[2].rstrip(",") for line in said.splitlines()[1:]]
    assert named == ["1", "2", "3", "5"]
    assert "đã dùng" in said  # the id of the fifth


def test_a_field_nobody_knows_is_said_and_does_not_stop_the_run(tmp_path: Path) -> None:
    gold = [ROW["gold"][0] | {"page": 3}]
    read = load_suite([suite(tmp_path, ROW | {"must_nots": ["x"], "gold": gold})])
    assert len(read.rows) == 1
    assert "must_nots" in read.warnings[0] and "gold.page" in read.warnings[1]


def test_an_empty_a_missing_and_a_binary_file_are_said(tmp_path: Path) -> None:
    assert "không có câu nào" in problem(tmp_path, "")
    with pytest.raises(EvalProblem, match=r"khong-co\.jsonl"):
        load_suite([tmp_path / "khong-co.jsonl"])
    (tmp_path / "binary.jsonl").write_bytes(b"\xff\xfe\x00{")
    with pytest.raises(EvalProblem, match="UTF-8"):
        load_suite([tmp_path / "binary.jsonl"])
