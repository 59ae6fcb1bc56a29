"""Scans: pages without a usable text layer are recognised, wholly or among pages of text; real tesseract, real files."""

import io
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from conftest import ROOT, SHARED
from made_pages import ARTICLES, draw_table, error_rate, joined, paper, scan_pdf, scanned, text_pdf
from PIL import Image

from corpus.store import Corpus
from doctor import Check, State, examine
from evals import ocr_bench
from ingest.confined import ConfinedReader
from ingest.pipeline import ingest, unsure
from ingest.read import read_bytes, read_safely
from ingest.readers.legibility import Legibility
from ingest.readers.ocr import Recognised, Recogniser
from ingest.readers.page import PageText
from ingest.reading import ReadFailure
from ingest.recognition import Ocr, Recognition, spans
from settings import Settings, load_settings

LINES = [(60.0, 740.0 - 20 * n, line) for n, line in enumerate(ARTICLES)]
TRUE = " ".join(ARTICLES)
STAMP = [
    (300.0, 790.0, "Người ký: Ủy ban nhân dân phường"),
    (300.0, 780.0, "Email: phuong@vidu.gov.vn"),
    (300.0, 770.0, "Thời gian ký: 03.04.2024 08:15:22 +07:00"),
]


@pytest.fixture(autouse=True)
def _tesseract() -> None:
    if Ocr().problem():
        pytest.skip("no tesseract with Vietnamese: make system installs it")


def text_page() -> bytes:
    return text_pdf([LINES])


@pytest.fixture
def without_tesseract(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))


def test_a_scan_is_read_and_says_how_sure_it_is() -> None:
    got = read_bytes(scan_pdf([paper(ARTICLES), paper(ARTICLES[5:])]), "a.pdf")
    assert error_rate(got.text, TRUE + " " + " ".join(ARTICLES[5:])) < 0.01
    assert [line[:7] for line in got.text.split("\n")][:4] == ["Điều 1.", "1. Quy ", "2. Công", "Điều 2."]
    assert got.recognition is not None
    assert got.recognition.pages == (1, 2) and got.recognition.weak_pages == ()
    assert 0.85 < got.recognition.confidence <= 1
    assert {block.page for block in got.blocks} == {1, 2}


def test_a_signature_stamp_over_a_scan_is_no_text_layer() -> None:
    got = read_bytes(scan_pdf([paper(ARTICLES)], STAMP), "a.pdf")
    assert got.recognition is not None and got.recognition.pages == (1,)
    assert error_rate(got.text, TRUE) < 0.08  # the stamp itself may be seen in the picture
    assert "Thời gian ký" not in got.text


@pytest.mark.parametrize("turned", [0, 90, 180, 270])
def test_a_tilted_page_is_read_whichever_way_it_lies(turned: int) -> None:
    page = scanned(paper(ARTICLES), tilt=1.3, turned=turned, noise=300)
    got = read_bytes(scan_pdf([page]), "a.pdf")
    assert error_rate(got.text, TRUE) < 0.02


def test_text_pages_and_scanned_pages_stay_in_order() -> None:
    appendix = scan_pdf([paper(["Phụ lục gồm danh sách lớp tập huấn mùa thu"])])
    last = text_pdf([[(60.0, 780.0, "Điều 3. Tổ chức thực hiện"), *LINES[:6]]])
    got = read_bytes(joined(text_page(), appendix, last), "a.pdf")
    assert got.recognition is not None and got.recognition.pages == (2,)
    places = [got.text.index(words) for words in ("Điều 1.", "Phụ lục gồm danh sách", "Điều 3.")]
    assert places == sorted(places)


def test_garbage_of_a_foreign_ocr_is_recognised_anew() -> None:
    page = paper(ARTICLES)
    garbage = (
        "Di6u 1. Ph4m vi tli6u chinh Quy ch6 nay quy tljnh vi~c ti6p nh~n chuy8n xu lf va tra k6t qua h6 so"
    )
    layer = [(60.0, 760.0 - 15 * n, garbage) for n in range(8)]
    got = read_bytes(scan_pdf([page], hidden=layer), "a.pdf")
    assert got.recognition is not None and "Ph4m" not in got.text


def test_a_good_text_layer_over_a_picture_is_kept() -> None:
    blank = Image.new("L", paper([]).size, 255)
    got = read_bytes(scan_pdf([blank], hidden=LINES), "a.pdf")
    assert got.recognition is None
    assert error_rate(got.text, TRUE) == 0


def test_a_picture_of_a_page_is_read_by_content() -> None:
    for kind in ("PNG", "JPEG", "TIFF"):
        buffer = io.BytesIO()
        pages = [paper(ARTICLES)] * (2 if kind == "TIFF" else 1)
        pages[0].save(
            buffer, kind, **({"save_all": True, "append_images": pages[1:]} if kind == "TIFF" else {})
        )
        got = read_bytes(buffer.getvalue(), "khong-ten")
        assert (got.media_type, got.pages) == (f"image/{kind.lower()}", len(pages))
        assert error_rate(got.text, " ".join([TRUE] * len(pages))) < 0.01


def test_a_ruled_table_of_a_scan_gives_rows_with_heads_over_the_page_break() -> None:
    tasks = [
        ("rà soát thủ tục", "tháng ba"),
        ("công khai kết quả", "tháng tư"),
        ("tập huấn nghiệp vụ", "tháng năm"),
    ]
    rows = [("STT", "Nhiệm vụ của đơn vị", "Thời hạn")]
    rows += [(str(n), f"Tổ {n} {task}\ntheo kế hoạch năm", day) for n, (task, day) in enumerate(tasks * 3, 1)]
    pages = [paper(ARTICLES[:3], top=100), paper([])]
    draw_table(pages[0], rows[:6], top=400)
    draw_table(pages[1], rows[6:], top=200)
    pages[0] = scanned(pages[0], tilt=0.8, noise=50)
    got = read_bytes(scan_pdf(pages), "a.pdf")
    tables = [block for block in got.blocks if block.rows]
    assert len(tables) == 1
    cells = [row.cells for row in tables[0].rows]
    assert cells[0] == rows[0] and len(cells) == len(rows)
    assert [row[1].split()[1] for row in cells[1:]] == [str(n) for n in range(1, 10)]
    # tesseract may lose a number that stands alone in its cell, not a text
    flat = " ".join(" ".join(row[1:]) for row in cells)
    assert error_rate(flat, " ".join(" ".join(row[1:]) for row in rows)) < 0.03
    assert got.text.startswith("Điều 1. Phạm vi điều chỉnh\n")


def test_a_cell_over_several_columns_stays_one() -> None:
    page = paper(ARTICLES[:2], top=100)
    rows = [
        ("STT", "Nhiệm vụ", "Thời hạn"),
        ("Nhóm nhiệm vụ thường xuyên của các tổ",),
        ("1", "Tiếp nhận hồ sơ", "Hằng ngày"),
    ]
    draw_table(page, rows, top=400)
    got = read_bytes(scan_pdf([page]), "a.pdf")
    assert [row.cells for block in got.blocks for row in block.rows] == rows


def test_a_blank_scan_is_empty_and_not_a_document() -> None:
    with pytest.raises(ReadFailure) as caught:
        read_bytes(scan_pdf([paper([])]), "a.pdf")
    assert caught.value.code == "empty"


def test_a_faint_page_is_named_as_weak() -> None:
    small = paper(ARTICLES[:4], size=11)
    blurred = small.resize((small.width // 3, small.height // 3)).resize(small.size)
    got = read_bytes(scan_pdf([paper(ARTICLES), blurred]), "a.pdf")
    assert got.recognition is not None and got.recognition.weak_pages == (2,)
    assert "Trang 2 nhận dạng kém" in got.recognition.note()


@pytest.mark.usefixtures("without_tesseract")
def test_without_tesseract_a_scan_needs_ocr_and_the_command_is_told() -> None:
    buffer = io.BytesIO()
    paper(ARTICLES).save(buffer, "PNG")
    for data in (scan_pdf([paper(ARTICLES)], STAMP), buffer.getvalue()):
        with pytest.raises(ReadFailure) as caught:
            read_bytes(data, "a")
        assert caught.value.code == "needs_ocr"
        assert "apt-get install tesseract-ocr tesseract-ocr-vie" in caught.value.reason


@pytest.mark.usefixtures("without_tesseract")
def test_without_tesseract_the_text_pages_are_kept_and_the_others_named() -> None:
    got = read_bytes(joined(text_page(), scan_pdf([paper(ARTICLES)])), "a.pdf")
    assert got.recognition == Recognition(waiting=(2,))
    assert error_rate(got.text, TRUE) == 0
    assert "Trang 2" in got.recognition.note() and "OCR" in got.recognition.note()


def test_ocr_can_be_turned_off(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(scan_pdf([paper(ARTICLES)]))
    with pytest.raises(ReadFailure) as caught:
        read_safely(path, load_settings(ocr="off"))
    assert caught.value.code == "needs_ocr" and "CCHC_OCR=auto" in caught.value.reason


def test_the_confined_child_recognises_within_its_limits(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(scan_pdf([paper(ARTICLES)]))
    got = read_safely(path, load_settings())
    assert got.recognition is not None and got.recognition.pages == (1,)
    assert error_rate(got.text, TRUE) < 0.01


def slow_tesseract(folder: Path) -> None:
    """A tesseract that knows Vietnamese and never ends; the name of an empty file tells its process."""
    program = folder / "tesseract"
    program.write_text('#!/bin/sh\n[ "$1" = --list-langs ] && echo vie && exit\n: >"$0.$$"\nexec sleep 600\n')
    program.chmod(0o755)


def alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def process_of_slow(folder: Path) -> int:
    """The process of the slow tesseract, once it runs."""
    for _ in range(1200):
        for file in folder.glob("tesseract.*"):
            return int(file.suffix[1:])
        time.sleep(0.05)
    raise AssertionError("tesseract was never started")


def test_a_page_that_takes_too_long_costs_only_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow_tesseract(tmp_path)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    path = tmp_path / "a.pdf"
    path.write_bytes(joined(text_page(), scan_pdf([paper(ARTICLES)])))
    got = read_safely(path, load_settings(ocr_page_timeout_s=3))
    assert got.recognition == Recognition(weak_pages=(2,))
    assert error_rate(got.text, TRUE) == 0
    assert not alive(process_of_slow(tmp_path))


def test_tesseract_ends_with_the_program_that_was_killed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow_tesseract(tmp_path)
    path = tmp_path / "a.pdf"
    path.write_bytes(scan_pdf([paper(ARTICLES)]))
    program = (
        "import sys, pathlib; from ingest.read import read_safely; from settings import Settings, load_settings;"
        "read_safely(pathlib.Path(sys.argv[1]), load_settings())"
    )
    child = subprocess.Popen(
        [sys.executable, "-c", program, str(path)],
        env={**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}", "PYTHONPATH": str(ROOT)},
    )
    tesseract = process_of_slow(tmp_path)
    child.send_signal(signal.SIGKILL)
    child.wait()
    deadline = time.monotonic() + 60
    while alive(tesseract) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not alive(tesseract)


def test_scanned_pages_get_more_time_than_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(scan_pdf([paper(ARTICLES[:2])] * 3))
    program = tmp_path / "tesseract"
    program.write_text(f'#!/bin/sh\n[ "$1" = stdin ] && sleep 4\nexec {shutil.which("tesseract")} "$@"\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    began = time.monotonic()
    with ConfinedReader(load_settings(read_timeout_s=10, ocr_page_timeout_s=30)) as reader:
        assert reader.read(path).recognition is not None
    assert time.monotonic() - began > 12


def test_pages_are_written_as_spans() -> None:
    assert spans((1, 2, 3, 7, 9, 10)) == "1–3, 7, 9–10"
    assert spans(()) == ""


def test_the_bench_measures_a_scan(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    scan, text = tmp_path / "quet.pdf", tmp_path / "chu.pdf"
    scan.write_bytes(scan_pdf([paper(ARTICLES)]))
    text.write_bytes(text_page())
    measured = ocr_bench.measure(scan)
    assert measured.pages == 1 and 0.1 < measured.cpu_s < 30 and measured.syllables > 0.95
    assert ocr_bench.main([str(text)]) == 1
    assert "no page needed OCR" in capsys.readouterr().err


@pytest.mark.shared
def test_a_real_signed_scan_is_read() -> None:
    got = read_safely(SHARED / "documents" / "raw" / "LD_18_QD932.pdf", load_settings())
    assert got.recognition is not None and got.recognition.pages == (1, 2, 3)
    assert "Căn cứ Luật Tổ chức Chính phủ ngày 18 tháng 02 năm 2025;" in got.text.split("\n")
    assert "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM" in got.text.split("\n")


# --- what the operator sees


def test_a_scan_is_read_again_once_tesseract_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, settings = tmp_path / "van-ban", Settings(data_dir=tmp_path / "data", ingest_workers=1)
    folder.mkdir()
    (folder / "quet.pdf").write_bytes(scan_pdf([paper(ARTICLES)]))
    (folder / "ca-hai.pdf").write_bytes(joined(text_page(), scan_pdf([paper(["Phụ lục danh sách lớp học"])])))
    path = os.environ["PATH"]
    with Corpus.open(settings.dsn) as corpus:
        monkeypatch.setenv("PATH", str(tmp_path))
        found = {report.file: report for report in ingest([folder], corpus, settings).files}
        assert (found["quet.pdf"].outcome, found["quet.pdf"].code) == ("failed", "needs_ocr")
        assert (found["ca-hai.pdf"].outcome, found["ca-hai.pdf"].code) == ("added", "needs_ocr")
        assert "Trang 2" in found["ca-hai.pdf"].reason
        assert [one.path for one in unsure(corpus)] == ["ca-hai.pdf"]
        assert {one.outcome for one in ingest([folder], corpus, settings).files} == {"failed", "unchanged"}

        monkeypatch.setenv("PATH", path)
        found = {report.file: report for report in ingest([folder], corpus, settings).files}
        assert [found[name].outcome for name in ("quet.pdf", "ca-hai.pdf")] == ["added", "revised"]
        assert {report.code for report in found.values()} == {"ocr"}
        assert unsure(corpus) == []
        assert "Phụ lục danh sách lớp học" in corpus.text(found["ca-hai.pdf"].document)
        notes = {one.path: one.reason for one in corpus.files()}
        assert "Trang 1 đọc bằng nhận dạng chữ (OCR), độ tin cậy 9" in notes["quet.pdf"]
        assert {one.outcome for one in ingest([folder], corpus, settings).files} == {"unchanged"}


def test_doctor_says_whether_scans_can_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def ocr(**given: str) -> Check:
        checks = examine(Settings(data_dir=tmp_path / "data", embedder="off", **given))  # type: ignore[arg-type]
        return next(check for check in checks if check.name == "ocr")

    assert ocr().state is State.OK
    assert ocr(ocr="off").state is State.WARNING
    monkeypatch.setenv("PATH", str(tmp_path))
    assert ocr().state is State.WARNING
    assert ocr().cure == "apt-get install tesseract-ocr tesseract-ocr-vie"


def test_a_page_read_with_confidence_as_no_words_needs_a_human_eye() -> None:
    garbled = "Nghi đinh này quy đĩinh vi sÍl hóa híi sÍ1 clla các c[l quan Hifu lic thi hành tí Phílm vi đilu chílnh Luiit TI chílc"
    clean = "Nghị định này quy định về việc số hóa hồ sơ của các cơ quan nhà nước từ trung ương đến địa phương trong cả nước"
    recogniser = Recogniser(Ocr())
    for number, text in ((1, garbled), (2, clean)):
        page = PageText(number, 595, 842, (), sum(map(str.isalpha, text)), scanned=True)
        recogniser.found.append(Recognised(page, 0.8, Legibility.of(text), 0))
    found = recogniser.recognition()
    assert found is not None
    assert (found.pages, found.weak_pages, found.code) == ((1, 2), (1,), "weak_ocr")
