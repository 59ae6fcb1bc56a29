"""`cchc questions`, `cchc purge` and `cchc forget` in a process of their own, beside an open store."""

import csv
import io
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from conftest import Run
from held_people import Clock, answer, people_in, refusal

from bot.people.spreadsheet import as_csv


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A question of a hundred days ago, and today's: one refused twice, one disputed."""
    clock = Clock(datetime.now(UTC) - timedelta(days=100))
    with people_in(tmp_path / "kho", clock) as people:
        lan, minh = (people.asker("telegram", id) for id in ("111", "222"))
        people.remember(lan, "", "Câu cũ?", refusal())
        clock.turn(days=100)
        people.remember(lan, "", "Phí [in] bao nhiêu, gọi 0912345678?", refusal())
        people.remember(minh, "", "phí [IN] bao nhiêu, gọi 0987654321?", refusal())
        people.feedback(people.remember(minh, "", "@thời hạn?", answer()), False, "+sai")
    return tmp_path / "kho"


def test_lists_the_questions_and_closes_one(run_cchc: Run, data: Path) -> None:
    said = run_cchc("questions", data=data).stdout
    assert "3 câu hỏi, 3 câu đang chờ" in said
    assert "Phí [in] bao nhiêu, gọi [số điện thoại]?" in said  # no markup, masked, twice but once listed
    (one, *_) = (line for line in said.splitlines() if "Phí" in line)
    number = one.split("│")[1].strip()
    closed = run_cchc("questions", "--close", number, "--note", "Đã nạp", data=data)
    assert closed.returncode == 0 and f"mã {number}" in closed.stdout
    assert "Phí" not in run_cchc("questions", "--open", data=data).stdout
    assert "Đã nạp" in run_cchc("questions", data=data).stdout
    unknown = run_cchc("questions", "--close", "99", data=data)
    assert unknown.returncode == 1 and "cchc questions" in unknown.stderr


def test_gives_a_spreadsheet(run_cchc: Run, data: Path) -> None:
    since = (datetime.now(UTC) - timedelta(days=3)).date().isoformat()
    said = run_cchc("questions", "--csv", "--since", since, data=data).stdout
    assert said.startswith("\ufeff")
    rows = list(csv.DictReader(io.StringIO(said.removeprefix("\ufeff"))))
    assert [(row["Câu hỏi"], row["Số lần hỏi"], row["Người hỏi nêu"]) for row in rows] == [
        ("Phí [in] bao nhiêu, gọi [số điện thoại]?", "2", ""),
        ("'@thời hạn?", "1", "'+sai"),
    ]


@pytest.mark.parametrize("begin", ["=", "+", "-", "@", "\t=", " =", "＝"])
def test_no_cell_is_a_formula(tmp_path: Path, begin: str) -> None:
    with people_in(tmp_path) as people:
        people.remember(people.asker("web", ""), "", f"{begin}1+1", refusal())
        (row,) = list(csv.reader(io.StringIO(as_csv(people.questions()).removeprefix("\ufeff"))))[1:]
    assert row[1] == f"'{begin}1+1"


def test_purges_what_is_too_old_and_says_what(run_cchc: Run, data: Path) -> None:
    done = run_cchc("purge", data=data)
    assert done.returncode == 0
    assert "1 lượt hỏi đáp cũ hơn 90 ngày, 1 câu hỏi không còn lượt nào" in done.stdout
    assert "Câu cũ" not in run_cchc("questions", data=data).stdout
    again = run_cchc("purge", data=data, env={"CCHC_RETENTION_DAYS": "0.000001"}).stdout
    assert "3 lượt hỏi đáp" in again and "2 câu hỏi" in again


def test_forgets_a_person_on_a_written_request(run_cchc: Run, data: Path) -> None:
    done = run_cchc("forget", "--channel", "telegram", "--id", "111", data=data)
    assert (done.returncode, done.stdout) == (
        0,
        "Đã xóa 2 lượt hỏi đáp và mọi dữ liệu khác lưu về người này.\n",
    )
    with people_in(data) as people:
        assert people.conversation(people.asker("telegram", "111")).history == ()
        assert sorted(one.count for one in people.questions()) == [1, 1]
    assert "0 lượt" in run_cchc("forget", "--channel", "telegram", "--id", "111", data=data).stdout
    assert run_cchc("forget", "--channel", "telegram", "--id", " ", data=data).returncode == 2
