"""What `cchc ingest --check` says of a text: articles against the highest number, text outside, tables. Texts are invented."""

import json
from pathlib import Path

import pytest
from conftest import Run

from ingest.check import FileCheck, check, report, total
from ingest.read import read_bytes
from ingest.reading import Block, BlockKind, ReadFailure, Reading


def checked(*lines: str) -> FileCheck:
    return check("van-ban.txt", read_bytes("\n".join(lines).encode(), "van-ban.txt"))


def articles(*numbers: str) -> list[str]:
    return [line for n in numbers for line in (f"Điều {n}. Việc của kho", "Kho mở cửa mỗi ngày.")]


class TestArticles:
    def test_a_whole_text_has_what_its_highest_number_says(self) -> None:
        got = checked(*articles("1", "2", "3"))
        assert (got.articles_found, got.articles_expected, got.as_json()["gaps"]) == (3, 3, [])

    def test_a_lettered_article_is_one_more(self) -> None:
        got = checked(*articles("1", "2", "2a", "3"))
        assert (got.articles_found, got.articles_expected) == (4, 4)

    def test_a_number_that_no_line_has_is_a_gap_and_absent(self) -> None:
        got = checked(*articles("1", "2", "5")).as_json()
        assert (got["articles_found"], got["articles_expected"]) == (3, 5)
        assert got["gaps"] == got["absent"] == ["Điều 3", "Điều 4"]

    def test_the_text_is_asked_for_the_highest_number_not_the_tree(self) -> None:
        # a quotation that nobody closes hides no article from the count
        got = checked(*articles("1", "2"), "ĐIỀU 3 . KHÔNG RÕ", "Kho đóng cửa.").as_json()
        assert got["articles_expected"] == 3

    def test_attachments_count_apart(self) -> None:
        got = checked(
            *articles("1", "2"), "Nơi nhận:", "- Thủ thư;", "QUY CHẾ", "(Kèm theo Quyết định số 1/QĐ-KS)",
            *articles("1", "2", "4"),
        ).as_json()  # fmt: skip
        assert (got["articles_found"], got["articles_expected"]) == (5, 6)
        assert got["gaps"] == ["Quy chế kèm theo, Điều 3"]

    def test_a_number_used_twice_is_named(self) -> None:
        assert checked(*articles("1", "2", "2", "3")).as_json()["duplicates"] == ["Điều 2"]

    def test_a_quoted_article_is_neither_expected_nor_a_duplicate(self) -> None:
        got = checked(
            "Điều 1. Sửa đổi Điều 9 như sau:", "“Điều 9. Giờ mở kho", "Kho mở cửa lúc 8 giờ.”", *articles("2")
        ).as_json()
        assert (got["articles_expected"], got["duplicates"]) == (2, [])


class TestTheRest:
    def test_text_that_stands_in_no_provision_is_measured_and_shown(self) -> None:
        end = "Người ký đã ký vào văn bản này tại kho sách của cơ quan./."
        lost = [f"Câu thứ {n} nằm ngoài mọi điều của văn bản này." for n in range(5)]
        lines = [*articles("1", "2"), end, *lost]
        starts = [sum(len(line) + 1 for line in lines[:n]) for n in range(len(lines))]
        blocks = [
            Block(BlockKind.PARAGRAPH, at, at + len(line)) for at, line in zip(starts, lines, strict=True)
        ]
        got = check("a.txt", Reading("\n".join(lines), tuple(blocks), "text/plain"))
        assert got.outside > 0.3 and got.outside_text[0].startswith("Câu thứ 0")

    def test_recipients_and_signature_are_not_missed(self) -> None:
        got = checked(
            *articles("1", "2"), "Nơi nhận:", "- Thủ thư kho sách;", "TM. KHO SÁCH", "Trần Văn Sách"
        )
        assert got.outside == 0

    def test_labels_that_stand_for_two_places_are_named(self) -> None:
        got = checked("I. KHO", "1. Sách", "Có sách.", "II. SÂN", "1. Cây", "II. NHÀ", "1. Bàn", "Có bàn.")
        assert "Mục II" in got.repeated_labels

    def test_the_fields_of_the_header_that_were_found(self) -> None:
        assert "number" not in checked(*articles("1", "2")).header


class TestStatus:
    def test_a_failure_keeps_its_reason(self) -> None:
        got = check("a.pdf", ReadFailure("broken", "Tệp hỏng."))
        assert (got.status, got.reason) == ("failed", "Tệp hỏng.")
        assert total([got])["silent_empty"] == 0

    def test_a_reading_without_a_provision_is_silently_empty(self) -> None:
        got = check("a.txt", Reading("–", (Block(BlockKind.TABLE, 0, 1),), "text/plain"))
        assert got.status == "empty" and total([got])["silent_empty"] == 1

    def test_the_report_names_files_sums_and_what_to_look_at(self) -> None:
        said = report([checked(*articles("1", "2", "5")), check("a.pdf", ReadFailure("broken", "Tệp hỏng."))])
        assert "3/5 điều" in said and "không có điều 3, 4" in said and "Tệp hỏng." in said


class TestTheCommand:
    @pytest.fixture
    def folder(self, tmp_path: Path) -> Path:
        folder = tmp_path / "van-ban"
        folder.mkdir()
        (folder / "quy-dinh.txt").write_text("\n".join(articles("1", "2", "3")), encoding="utf-8")
        (folder / "rong.txt").write_bytes(b"")
        (folder / "bang.tsv").write_text("a\tb", encoding="utf-8")
        return folder

    def test_it_reads_without_storing_and_writes_the_promised_json(
        self, folder: Path, tmp_path: Path, run_cchc: Run
    ) -> None:
        data, file = tmp_path / "kho", tmp_path / "bao-cao.json"
        done = run_cchc("ingest", "--check", str(folder), "--json", str(file), data=data)
        assert done.returncode == 0, done.stderr
        assert "3/3 điều" in done.stdout and not data.exists()
        got = json.loads(file.read_text(encoding="utf-8"))
        by_name = {one["file"]: one for one in got["files"]}
        assert by_name["quy-dinh.txt"]["status"] == "ok" and by_name["quy-dinh.txt"]["articles_found"] == 3
        assert by_name["rong.txt"]["status"] == "failed" and by_name["rong.txt"]["reason"]
        assert by_name["bang.tsv"]["status"] == "skipped"
        wanted = {"articles_found": 3, "articles_expected": 3, "silent_empty": 0}
        assert got["total"].items() >= wanted.items()
        assert {
            "file",
            "status",
            "reason",
            "articles_found",
            "articles_expected",
            "gaps",
            "duplicates",
        } <= set(by_name["quy-dinh.txt"])

    def test_a_path_that_does_not_exist_or_an_address_is_refused(self, tmp_path: Path, run_cchc: Run) -> None:
        for path in (str(tmp_path / "khong-co"), "https://example.org/a.pdf"):
            assert run_cchc("ingest", "--check", path, data=tmp_path / "kho").returncode == 2
