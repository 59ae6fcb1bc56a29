"""What an operator says of a document wins, is kept with who and when, and can be taken back."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from conftest import Run

from corpus.correction import CorrectionError
from corpus.store import Corpus, NotHeldError, StoredDocument
from corpus.validity import ValidityStatus
from ingest.pipeline import ingest
from settings import Settings

TEXT = """BỘ NỘI VỤ
Số: 77/2030/TT-BNV
Hà Nội, ngày 05 tháng 01 năm 2030
THÔNG TƯ
Về kho sách
Điều 1. Kho sách
Kho sách mở cửa buổi sáng.
Điều 2. Hiệu lực thi hành
Thông tư này có hiệu lực thi hành từ ngày 01 tháng 3 năm 2030."""
ENDING = """BỘ NỘI VỤ
Số: 88/2031/TT-BNV
Hà Nội, ngày 05 tháng 01 năm 2031
THÔNG TƯ
Về thư viện
Điều 1. Hiệu lực thi hành
Thông tư này có hiệu lực thi hành từ ngày 01 tháng 3 năm 2031 và thay thế Thông tư số 77/2030/TT-BNV."""
AT = datetime(2031, 5, 6, 7, 8, tzinfo=UTC)
DAY = date(2032, 1, 1)


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Corpus]:
    (tmp_path / "a.txt").write_text(TEXT, encoding="utf-8")
    (tmp_path / "b.txt").write_text(ENDING, encoding="utf-8")
    settings = Settings(data_dir=tmp_path / "data")
    with Corpus.open(settings.dsn) as corpus:
        ingest([tmp_path / "a.txt", tmp_path / "b.txt"], corpus, settings)
        yield corpus


def circular(corpus: Corpus) -> StoredDocument:
    (found,) = corpus.find("77/2030/TT-BNV")
    return found


def again(corpus: Corpus, tmp_path: Path) -> None:
    """Read every file anew."""
    report = ingest(
        [tmp_path / "a.txt", tmp_path / "b.txt"], corpus, Settings(data_dir=tmp_path / "data"), reread=True
    )
    assert not report.failed


def test_a_corrected_end_wins_over_a_later_document(shelf: Corpus) -> None:
    id = circular(shelf).id
    assert shelf.validity(id, DAY).status is ValidityStatus.EXPIRED
    shelf.correct(id, {"effective_to": "2032-06-30"}, by="Nguyễn Văn Kho", note="theo công văn", at=AT)
    assert shelf.validity(id, DAY).status is ValidityStatus.IN_FORCE
    assert shelf.validity(id, date(2032, 6, 30)).status is ValidityStatus.IN_FORCE
    ended = shelf.validity(id, date(2032, 7, 1))
    assert (ended.status, ended.corrected) == (ValidityStatus.EXPIRED, True)
    assert ended.evidence == "Theo đính chính của Nguyễn Văn Kho ngày 06/05/2031: theo công văn"
    provision = shelf.provision_validity(id, "dieu-1", DAY)
    assert provision.status is ValidityStatus.IN_FORCE


def test_a_corrected_beginning_moves_the_days(shelf: Corpus) -> None:
    id = circular(shelf).id
    shelf.correct(id, {"effective_from": "2030-04-01"}, by="A", at=AT)
    assert shelf.validity(id, date(2030, 3, 31)).status is ValidityStatus.NOT_YET
    began = shelf.validity(id, date(2030, 4, 1))
    assert (began.status, began.since, began.corrected) == (ValidityStatus.IN_FORCE, date(2030, 4, 1), True)


def test_a_set_status_holds_from_its_day_on(shelf: Corpus) -> None:
    id = circular(shelf).id
    shelf.correct(id, {"status": "suspended"}, by="A", since=date(2030, 9, 1), at=AT)
    assert shelf.validity(id, date(2030, 8, 31)).status is ValidityStatus.IN_FORCE
    assert shelf.validity(id, date(2030, 9, 1)).status is ValidityStatus.SUSPENDED
    assert shelf.provision_validity(id, "dieu-1", date(2030, 9, 1)).status is ValidityStatus.SUSPENDED
    listed = shelf.documents(on=date(2030, 9, 1), status=ValidityStatus.SUSPENDED)
    assert [one.id for one in listed] == [id]


def test_a_corrected_header_is_found_and_survives_a_new_reading(shelf: Corpus, tmp_path: Path) -> None:
    id = circular(shelf).id
    before = shelf.state()
    shelf.correct(
        id, {"number": "78/2030/TT-BNV", "title": "Về thư viện", "issued_on": "2030-01-06"}, by="A", at=AT
    )
    assert shelf.state() != before, "the index must learn of it"
    again(shelf, tmp_path)
    (found,) = shelf.find("78/2030/TT-BNV")
    assert (found.id, found.header.title, found.header.issued_on) == (id, "Về thư viện", date(2030, 1, 6))
    assert shelf.find("77/2030/TT-BNV") == []
    assert shelf.validity(id, DAY).status is ValidityStatus.IN_FORCE, (
        "nothing ends the document that it really is"
    )


def test_the_file_that_changes_keeps_its_correction_and_gives_back_what_it_says_now(
    shelf: Corpus, tmp_path: Path
) -> None:
    id = circular(shelf).id
    shelf.correct(id, {"title": "Về thư viện"}, by="A", at=AT)
    (tmp_path / "a.txt").write_text(TEXT.replace("Về kho sách", "Về kho báo"), encoding="utf-8")
    again(shelf, tmp_path)
    assert shelf.document(id).header.title == "Về thư viện"
    assert shelf.undo_corrections(id, by="B", at=AT) == 1
    assert shelf.document(id).header.title == "Về kho báo"


def test_what_is_undone_leaves_what_was_read(shelf: Corpus) -> None:
    before = circular(shelf)
    shelf.correct(before.id, {"issuer": "Bộ Tài chính"}, by="A", at=AT)
    shelf.correct(before.id, {"issuer": "Bộ Công an", "status": "expired"}, by="B", at=AT)
    assert shelf.document(before.id).header.issuer == "Bộ Công an"
    assert [(one.field, one.by) for one in shelf.corrections()] == [("status", "B"), ("issuer", "B")]
    assert shelf.undo_corrections(before.id, by="C", at=AT) == 3
    assert shelf.document(before.id) == before
    assert shelf.corrections() == []


@pytest.mark.parametrize(("field", "value"), [("effective_from", "31/02/2030"), ("number", "bảy bảy")])
def test_what_makes_no_sense_is_refused(shelf: Corpus, field: str, value: str) -> None:
    with pytest.raises(CorrectionError):
        shelf.correct(circular(shelf).id, {field: value}, by="A")
    with pytest.raises(NotHeldError):
        shelf.correct("no-such-document", {"title": "A"}, by="A")


def test_the_operator_corrects_lists_and_undoes_from_the_command_line(run_cchc: Run, tmp_path: Path) -> None:
    folder, data = tmp_path / "van-ban", tmp_path / "kho"
    folder.mkdir()
    (folder / "a.txt").write_text(TEXT, encoding="utf-8")
    off = {"CCHC_EMBEDDER": "off"}
    assert run_cchc("ingest", str(folder), data=data, env=off).returncode == 0
    done = run_cchc(
        "correct", "77/2030/TT-BNV", "--effective-from", "2030-04-01", "--by", "Trần Thị Kho", "--note", "công báo",
        data=data, env=off,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    shown = run_cchc("show", "77/2030/TT-BNV", "--on", "2030-03-31", "--on", "2030-04-01", data=data).stdout
    assert "31/03/2030: Chưa có hiệu lực" in shown and "01/04/2030: Còn hiệu lực" in shown
    assert "Theo đính chính của Trần Thị Kho" in shown
    listed = run_cchc("correct", "--list", data=data).stdout
    assert "effective_from = 2030-04-01" in listed and "công báo" in listed
    answer = run_cchc(
        "ask", "Thông tư 77/2030/TT-BNV còn hiệu lực không?", "--as-of", "2030-04-01", data=data, env=off
    )
    assert "Theo đính chính của Trần Thị Kho" in answer.stdout
    assert run_cchc("correct", "77/2030/TT-BNV", "--title", "x", data=data, env=off).returncode == 2, (
        "who says so?"
    )
    assert run_cchc("correct", "77/2030/TT-BNV", "--undo", "--by", "A", data=data, env=off).returncode == 0
    assert "Còn hiệu lực" in run_cchc("show", "77/2030/TT-BNV", "--on", "2030-03-31", data=data).stdout
