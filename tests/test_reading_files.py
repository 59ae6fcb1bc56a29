"""DOCX, HTML and files that cannot be read: real files, made by the tests. All wording is invented."""

import io
import os
import time
import zipfile
from pathlib import Path

import docx
import pytest
from docx.oxml import OxmlElement
from docx.oxml.ns import qn

from ingest.confined import ConfinedReader
from ingest.read import read, read_bytes, read_safely
from ingest.reading import ReadFailure, Reading
from settings import Settings, load_settings

SHARED = Path(__file__).resolve().parents[2] / "shared" / "documents"


def table_rows(reading: Reading) -> list[tuple[str, ...]]:
    return [row.cells for block in reading.blocks for row in block.rows]


def failure(data: bytes, name: str = "tep") -> ReadFailure:
    with pytest.raises(ReadFailure) as caught:
        read_bytes(data, name)
    assert caught.value.reason.strip()
    return caught.value


# --- DOCX


def saved(document: "docx.document.Document") -> bytes:
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def test_docx_keeps_tables_in_order_and_lays_the_letterhead_out_as_paragraphs() -> None:
    document = docx.Document()
    head = document.add_table(rows=2, cols=2)
    head.cell(0, 0).text = "UBND TỈNH\nSÔNG LAM"
    head.cell(0, 1).text = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
    head.cell(1, 0).text = "Số: 5/QĐ-UBND"
    head.cell(1, 1).text = "Sông Lam, ngày 1 tháng 2 năm 2024"
    document.add_paragraph().add_run("QUYẾT ĐỊNH").bold = True
    table = document.add_table(rows=3, cols=3)
    for row, texts in enumerate((("TT", "Việc", "Hạn"), ("I", "Nhóm", "Nhóm"), ("1", "Rà soát", "Quý I"))):
        for column, text in enumerate(texts):
            table.cell(row, column).text = text
    table.cell(1, 1).merge(table.cell(1, 2)).text = "Nhóm"
    document.add_paragraph("Kết thúc.")
    got = read_bytes(saved(document), "khong-ten")
    assert got.text.split("\n")[:5] == [
        "UBND TỈNH SÔNG LAM",
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Số: 5/QĐ-UBND",
        "Sông Lam, ngày 1 tháng 2 năm 2024",
        "QUYẾT ĐỊNH",
    ]
    assert table_rows(got) == [("TT", "Việc", "Hạn"), ("I", "Nhóm"), ("1", "Rà soát", "Quý I")]
    assert got.text.endswith("\nKết thúc.")
    assert next(block for block in got.blocks if got.text[block.start : block.end] == "QUYẾT ĐỊNH").strong


def test_docx_gives_back_automatic_numbers() -> None:
    document = docx.Document()
    for text in ("Thứ nhất", "Thứ hai"):
        document.add_paragraph(text, style="List Number")
    document.add_paragraph("Gạch", style="List Bullet")
    assert read_bytes(saved(document), "a.docx").text == "1. Thứ nhất\n2. Thứ hai\n- Gạch"


def test_docx_reads_tracked_insertions_and_leaves_deletions_out() -> None:
    document = docx.Document()
    paragraph = document.add_paragraph("Hồ sơ ")
    for tag, content, text in (("w:ins", "w:t", "mới"), ("w:del", "w:delText", "cũ")):
        change, run, words = OxmlElement(tag), OxmlElement("w:r"), OxmlElement(content)
        words.text = text
        run.append(words)
        change.append(run)
        paragraph._p.append(change)
    assert paragraph._p.find(qn("w:ins")) is not None
    assert read_bytes(saved(document), "a.docx").text == "Hồ sơ mới"


def test_truncated_docx_is_broken() -> None:
    document = docx.Document()
    document.add_paragraph("Nội dung")
    assert failure(saved(document)[:-300]).code == "broken"


def test_other_zip_is_binary() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as package:
        package.writestr("a.txt", "a")
    assert failure(buffer.getvalue()).code == "binary"


# --- HTML

PAGE = """<!DOCTYPE html><html><head><title>Tin</title><script>var x = "bẫy";</script></head><body>
<div id="main-menu"><a href="/">Trang chủ</a> <a href="/tin">Tin tức</a></div><form action="/"><table><tr><td>
<div class="bai"><h1>Tập huấn nghiệp vụ</h1><p>Sở Nội vụ mở <b>ba lớp</b> trong tháng Sáu cho công chức cấp xã,
mỗi lớp hai ngày, có kiểm tra cuối khóa.</p><p>Tài liệu gửi trước cho học viên qua thư điện tử công vụ.</p>
<table border="1"><tr><th>TT</th><th>Lớp</th><th>Ngày</th></tr><tr><td>1</td><td rowspan="2">Chung</td><td>3/6</td></tr>
<tr><td>2</td><td>5/6</td></tr></table><div style="display: none">ẩn</div></div></td></tr></table></form>
<aside>Quảng cáo</aside><footer>Liên hệ</footer></body></html>"""


def test_html_gives_the_article_without_menu_script_or_hidden_text() -> None:
    got = read_bytes(PAGE.encode(), "trang.pdf")
    assert got.media_type == "text/html"
    assert got.text.split("\n")[:2] == [
        "Tập huấn nghiệp vụ",
        "Sở Nội vụ mở ba lớp trong tháng Sáu cho công chức cấp xã, mỗi lớp hai ngày, có kiểm tra cuối khóa.",
    ]
    assert table_rows(got) == [("TT", "Lớp", "Ngày"), ("1", "Chung", "3/6"), ("2", "", "5/6")]
    for absent in ("Trang chủ", "bẫy", "Quảng cáo", "Liên hệ", "ẩn"):
        assert absent not in got.text
    assert got.blocks[0].strong and not got.blocks[1].strong


# --- what a file is


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_text_in_any_unicode_encoding_is_read(encoding: str) -> None:
    assert (
        read_bytes("Hồ sơ điện tử của người dân.".encode(encoding), "a.txt").text
        == "Hồ sơ điện tử của người dân."
    )


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty"),
        (b" \r\n\t ", "empty"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, "broken"),
        (bytes(range(256)) * 40, "binary"),
        (b"PK\x03\x04 cut off", "broken"),
        (b"%PDF-1.7\n not really", "broken"),
    ],
)
def test_unreadable_file_ends_with_a_reason(data: bytes, code: str) -> None:
    assert failure(data).code == code


def test_too_large_file_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("x" * 500, encoding="utf-8")
    with pytest.raises(ReadFailure) as caught:
        read(path, load_settings(read_max_bytes=100))
    assert caught.value.code == "too_large"


# --- the child process


@pytest.fixture(scope="module")
def limits() -> Settings:
    return load_settings(read_timeout_s=20)


def test_child_gives_the_same_reading(tmp_path: Path, limits: Settings) -> None:
    path = tmp_path / "a.md"
    path.write_text(
        "---\nso_hieu: 1/QĐ\n---\n**Bảng**\n\n| TT | Mức |\n|---|---|\n| 1 | Tốt |\n", encoding="utf-8"
    )
    assert read_safely(path, limits) == read(path, limits)


def test_a_file_that_takes_too_long_costs_only_itself(tmp_path: Path) -> None:
    slow, good = tmp_path / "fifo", tmp_path / "a.txt"
    os.mkfifo(slow)  # opening it never ends, like a parser that hangs
    good.write_text("Nội dung.", encoding="utf-8")
    with ConfinedReader(load_settings(read_timeout_s=6)) as reader:
        began = time.monotonic()
        with pytest.raises(ReadFailure) as caught:
            reader.read(slow)
        assert caught.value.code == "timeout"
        assert time.monotonic() - began < 60
        assert reader.read(good).text == "Nội dung."


def test_a_crash_of_the_child_costs_only_its_file(tmp_path: Path, limits: Settings) -> None:
    good = tmp_path / "a.txt"
    good.write_text("Nội dung.", encoding="utf-8")
    with ConfinedReader(limits) as reader:
        reader.read(good)
        assert reader._child is not None
        reader._child.kill()
        reader._child.wait()
        assert reader.read(good).text == "Nội dung."


def test_memory_of_the_child_is_limited(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"a b\n" * 15_000_000)
    with ConfinedReader(load_settings(read_max_memory_mb=256, read_timeout_s=60)) as reader:
        with pytest.raises(ReadFailure) as caught:
            reader.read(path)
        assert caught.value.code in ("memory", "crashed")


def test_missing_file_is_a_failure(tmp_path: Path, limits: Settings) -> None:
    with pytest.raises(ReadFailure) as caught:
        read_safely(tmp_path / "khong-co.pdf", limits)
    assert caught.value.code == "missing"


# --- real documents


@pytest.mark.shared
def test_real_documents_are_read() -> None:
    plan = read(SHARED / "seeds" / "1718-QD-UBND-khanh-hoa.txt", load_settings())
    assert "Số: 1718/QĐ-UBND" in plan.text.split("\n")
    assert {len(row) for row in table_rows(plan)} == {2, 6}
    assert len(table_rows(plan)) == 18


def test_a_package_that_asks_for_a_later_zip_is_broken_and_no_crash() -> None:
    package = io.BytesIO()
    with zipfile.ZipFile(package, "w") as archive:
        archive.writestr("word/document.xml", "<document/>")
    data = bytearray(package.getvalue())
    data[data.index(b"PK\x01\x02") + 6] = 252  # "version needed": 25.2
    with pytest.raises(ReadFailure) as failure:
        read_bytes(bytes(data), "van-ban.docx")
    assert failure.value.code == "broken"
