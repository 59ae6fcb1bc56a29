"""Damaged and hostile files and random texts: nothing hangs, nothing is raised but `ReadFailure`, spans stay right.

The suite runs a bounded number of examples; `python -m tests.test_fuzz_readers --minutes 5` goes on for longer and
prints what it found.
"""

import argparse
import io
import logging
import random
import time
import traceback
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import docx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from reportlab.pdfgen.canvas import Canvas

from ingest.header import header
from ingest.read import read_bytes
from ingest.readers.plain import read_plain
from ingest.reading import ReadFailure, Reading
from ingest.structure import parse

FILES = Path(__file__).parent / "old_word"
TEXT = """UBND TỈNH SÔNG LAM
Số: 15/QĐ-UBND
CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM
Sông Lam, ngày 12 tháng 5 năm 2024

QUYẾT ĐỊNH
Về việc ban hành Quy chế
Chương I
QUY ĐỊNH CHUNG
Điều 1. Phạm vi
1. Quy chế này quy định việc tiếp nhận hồ sơ.
a) Hồ sơ giấy;
đ) Hồ sơ điện tử.
Điều 2. Hiệu lực
| TT | Việc |
|---|---|
| 1 | Rà soát |
"""


def a_pdf() -> bytes:
    buffer = io.BytesIO()
    canvas = Canvas(buffer)
    for page in range(2):
        for line in range(25):
            canvas.drawString(
                60, 780 - 25 * line, f"{line}. The office of records receives each file, page {page}."
            )
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def a_docx() -> bytes:
    document = docx.Document()
    for line in TEXT.split("\n"):
        document.add_paragraph(line)
    table = document.add_table(rows=3, cols=2)
    table.cell(1, 1).text = "ô"
    document.add_paragraph("một", style="List Number")
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def a_page() -> bytes:
    rows = "".join(f"<tr><td rowspan=2>{n}</td><td colspan=3>việc {n}</td></tr>" for n in range(5))
    body = "".join(f"<p><b>{line}</b></p>" for line in TEXT.split("\n"))
    return f"<!DOCTYPE html><html><body><div>{body}<table>{rows}</table></div><ul><li><a href=x>y</a></ul></body></html>".encode()


RTF = (
    rb"{\rtf1\ansi\ansicpg1258\deff0{\fonttbl{\f0\fcharset163 Arial;}{\f1 .VnTime;}}\pard\b Quy\'ea\'ect \u273?\b0\par"
    rb"\trowd\intbl a\cell b\cell\row\pard{\f1 H\'e5 s\'ac}{\footnote x}{\field{\*\fldinst y}{\fldrslt z}}\par}"
)
SEEDS: dict[str, bytes] = {
    "pdf": a_pdf(),
    "docx": a_docx(),
    "doc": (FILES / "quyet-dinh-tcvn3.doc").read_bytes(),
    "html": a_page(),
    "rtf": RTF,
    "txt": TEXT.encode(),
    "utf16": TEXT.encode("utf-16"),
    "tcvn3": "§iÒu 1. Ph¹m vi ®iÒu chØnh cña quy chÕ nµy\n".encode("latin-1") * 5,
}
#: Bytes that mean something to one format or another.
TOKENS = [
    b"\x00", b"\xff" * 4, b"\x00\x00\x00\x80", b"\x7f\xff\xff\xff", b"<table>", b"</div>", b"<!--", b"<![CDATA[", b"{", b"}",
    b"\\'", b"\\u-1?", b"\\bin99999 ", b"obj", b"endobj", b"stream", b"<<", b"/Kids", b"PK\x03\x04", b"\n|\n", b"\n|a|b|\n", b"---\n",
    "Điều 99999999999999. ".encode(), "“".encode(), b"\xef\xbf\xbf", b"\xed\xa0\x80", b"&#55296;", b"&#x110000;", b"\r",
]  # fmt: skip


def mutated(data: bytes, seed: int) -> bytes:
    """The file with a few wounds: cut off, bytes flipped, pieces repeated, dropped or foreign."""
    chance = random.Random(seed)
    done = bytearray(data)
    for _ in range(chance.choice((1, 1, 2, 4, 16))):
        if not done:
            break
        at = chance.randrange(len(done))
        end = min(len(done), at + chance.choice((1, 2, 4, 60, 1000)))
        wound = chance.randrange(6)
        if wound == 0:
            done[at] = chance.randrange(256)
        elif wound == 1:
            del done[at:end]
        elif wound == 2:
            done[at:at] = done[at:end] * chance.choice((1, 3, 20))
        elif wound == 3:
            done[at:at] = chance.choice(TOKENS) * chance.choice((1, 1, 2, 200))
        elif wound == 4:
            done[at:end] = bytes(chance.randrange(256) for _ in range(end - at))
        else:
            del done[at:]
    return bytes(done)


def mutated_package(data: bytes, seed: int) -> bytes:
    """A DOCX whose parts are wounded but whose package is sound, so that the damage reaches the reader."""
    chance = random.Random(seed)
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(buffer, "w") as new:
        wounded = chance.choice(
            ["word/document.xml", "word/document.xml", "word/styles.xml", "word/numbering.xml"]
        )
        for name in old.namelist():
            part = old.read(name)
            new.writestr(name, mutated(part, seed) if name == wounded else part)
    return buffer.getvalue()


def mutated_streams(data: bytes, seed: int) -> bytes:
    """A DOC whose wounds lie in the text's and properties' own streams."""
    chance = random.Random(seed)
    done = bytearray(data)
    for _ in range(chance.choice((1, 3, 10))):
        at = 512 + chance.randrange(len(done) - 512)
        if done[at] or chance.random() < 0.1:  # most of such a file is empty
            done[at] = chance.choice((0, 1, 7, 0x13, 0x14, 0x7F, 0x80, 0xFF, chance.randrange(256)))
    return bytes(done)


#: Lines as documents have them, in no order.
MARKS = [
            "Điều 1. Phạm vi", "Điều 2", "Điều 1.", "1. Nội dung", "1.1. Nhỏ hơn", "a) Điểm", "đ) Điểm đ", "- Gạch", "+ Cộng", "I. MỞ ĐẦU",
            "Chương I", "QUY ĐỊNH CHUNG", "Mục 1", "Phần thứ nhất", "Tiểu mục 2", "PHỤ LỤC", "Phụ lục II", "Mẫu số 01", "QUYẾT ĐỊNH:",
            "“Điều 5. Trích", "Điều 6. Trích”", "Nơi nhận:", "TM. ỦY BAN", "|", "| TT | Việc |", "|---|---|", "| 1 | Rà soát |", "",
            "(Kèm theo Quyết định số 5/QĐ-UBND ngày 1/2/2024)", "Số: /QĐ-UBND", "Căn cứ Luật;", "ngày 31 tháng 2 năm 2024", "**Điều 3**",
            "Sửa đổi khoản 1 Điều 2 như sau:", "Luật này có hiệu lực từ ngày 01/13/2024.", "Điều 999999999999999999999. Số lớn", "IIII. Sai",
        ]  # fmt: skip


def shuffled_lines(_: bytes, seed: int) -> bytes:
    """A text of structural marks at random."""
    chance = random.Random(seed)
    return "\n".join(chance.choices(MARKS, k=chance.randrange(60))).encode()


MUTATIONS: dict[str, Callable[[bytes, int], bytes]] = {
    **dict.fromkeys(SEEDS, mutated),
    "docx parts": mutated_package,
    "doc streams": mutated_streams,
    "txt marks": shuffled_lines,
}


def check_reading(reading: Reading) -> None:
    """What every reading must hold."""
    reading.text.encode()  # no lone surrogates
    end = -1
    for block in reading.blocks:
        assert end < block.start < block.end <= len(reading.text)
        for row in block.rows:
            assert block.start <= row.start <= row.end <= block.end
            assert reading.text[row.start : row.end] == " | ".join(row.cells)
        if not block.rows:
            assert "\n" not in reading.text[block.start : block.end]
        end = block.end


def check_structure(reading: Reading) -> None:
    """What every tree must hold: unique ids in order, spans within the text and within their parents."""
    provisions = parse(reading)
    header(reading, provisions)
    spans: dict[str, tuple[int, int]] = {}
    for one in provisions:
        assert one.path not in spans, one.path
        assert 0 <= one.start <= one.end <= len(reading.text)
        if one.parent is not None:
            low, high = spans[one.parent]  # parents come first
            assert low <= one.start <= one.end <= high, one.path
        spans[one.path] = (one.start, one.end)


def attempt(data: bytes, name: str = "tep") -> str:
    """Reads and parses bytes; gives what came of it."""
    try:
        reading = read_bytes(data, name)
    except ReadFailure as failure:
        assert failure.reason.strip()
        return failure.code
    check_reading(reading)
    check_structure(reading)
    return "read"


@pytest.mark.parametrize("kind", MUTATIONS)
def test_a_damaged_file_is_read_or_refused_with_a_reason(kind: str) -> None:
    began = time.monotonic()
    for seed in range(60):
        if time.monotonic() - began > 0.7:  # slow machines try fewer
            break
        attempt(MUTATIONS[kind](SEEDS[kind.split()[0]], seed))


LINES = st.one_of(
    st.sampled_from(
        MARKS
    ),
    st.text(alphabet="aăâđeêiôơưyÁẾĐ 0123456789.,;:()/-–“”\"|#*_\u0301\u00ad\u200b\ue000", max_size=40),
    st.text(max_size=12),
)  # fmt: skip


@settings(
    max_examples=80,
    deadline=timedelta(seconds=5),
    suppress_health_check=[HealthCheck.too_slow],
    derandomize=True,
)
@given(st.lists(LINES, max_size=40), st.sampled_from(["text/plain", "text/markdown"]))
def test_any_lines_give_a_sound_tree(lines: list[str], media_type: str) -> None:
    reading = read_plain("\n".join(lines), media_type)
    check_reading(reading)
    if reading.blocks:
        check_structure(reading)


def test_a_table_whose_head_stands_last_below_a_signature_is_no_appendix() -> None:
    assert attempt("TM. ỦY BAN\nĐiều 1. Phạm vi\n| 1 | Rà soát |\n| TT | Việc |".encode()) == "read"


# --- files made to hurt


def packed(document: bytes, bomb: int = 0) -> bytes:
    """A DOCX with this document part, and one that says it has `bomb` bytes."""
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(SEEDS["docx"])) as old,
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            new.writestr(name, document if name == "word/document.xml" else old.read(name))
        if bomb:
            new.writestr("word/media/a.bin", b"x")
            new.filelist[-1].file_size = bomb
    return buffer.getvalue()


W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
BOMB = (
    '<?xml version="1.0"?><!DOCTYPE x ['
    + '<!ENTITY a0 "hồ sơ">'
    + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
    + f"]><w:document {W}><w:body><w:p><w:r><w:t>&a9;</w:t></w:r></w:p></w:body></w:document>"
)
OUTSIDE = (
    '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
    f"<w:document {W}><w:body><w:p><w:r><w:t>Trước &a; sau</w:t></w:r></w:p></w:body></w:document>"
)
DEEP = (
    f"<w:document {W}><w:body>"
    + "<w:tbl><w:tr><w:tc>" * 5000
    + "<w:p/>"
    + "</w:tc></w:tr></w:tbl>" * 5000
    + "</w:body></w:document>"
)
EMPTY = f"<w:document {W}><w:bodx/></w:document>"
HOSTILE: dict[str, Callable[[], bytes]] = {
    "entities that grow": lambda: packed(BOMB.encode()),
    "entities from outside": lambda: packed(OUTSIDE.encode()),
    "a document without a body": lambda: packed(EMPTY.encode()),
    "tables in tables": lambda: packed(DEEP.encode()),
    "a zip bomb": lambda: packed(SEEDS["docx"], bomb=450_000_000),
    "an HTML of divs": lambda: b"<html><body>" + b"<div>" * 30_000 + "Việc".encode(),
    "an HTML of tables": lambda: b"<html><body>" + b"<table><tr><td>" * 2_000 + "Việc".encode(),
    "an HTML table with huge spans": lambda: b"<html><body><table>" + b"<tr><td rowspan=99999 colspan=99999>a</td></tr>" * 300,
    "an RTF of groups": lambda: b"{\\rtf1" + b"{" * 500_000,
    "an RTF with a long number": lambda: b"{\\rtf1\\u" + b"9" * 10_000 + b"?\\par}",
    "a line without an end": lambda: ("Điều 1. " + "a " * 400_000).encode(),
    "quotation marks only": lambda: ("“" * 20_000).encode(),
    "pipes only": lambda: b"|\n" * 20_000,
    "a Markdown row of bars": lambda: b"# a\n**b**\n" + b"|" * 20_000,
    "YAML that grows": lambda: b"---\na: &a [x,x,x,x,x,x,x,x,x]\n" + b"".join(
        b"%c: &%c [%s]\n" % (98 + n, 98 + n, b",".join([b"*%c" % (97 + n)] * 9)) for n in range(8)
    ) + b"---\nText",
    "a PDF page of deflated zeros": lambda: SEEDS["pdf"].replace(b"endstream", zlib.compress(b"\0" * 10_000_000) + b"endstream", 1),
}  # fmt: skip


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_file_ends_soon_and_leaks_nothing(kind: str) -> None:
    data = HOSTILE[kind]()
    began = time.process_time()
    try:
        reading = read_bytes(data, "a.md")
    except ReadFailure as failure:
        assert failure.reason.strip()
    else:
        check_reading(reading)
        assert "root:" not in reading.text
        assert len(reading.text) < 20 * len(data) + 1000
    assert time.process_time() - began < 10


def run_long(minutes: float) -> int:
    """Tries random damage until the time is over; gives the number of defects."""
    logging.disable()  # what parsers say about every wound
    end = time.monotonic() + 60 * minutes
    outcomes: Counter[str] = Counter()
    found: dict[str, str] = {}
    slowest = (0.0, "")
    seed = 1_000
    while time.monotonic() < end:
        seed += 1
        for kind, wound in MUTATIONS.items():
            data = wound(SEEDS[kind.split()[0]], seed)
            began = time.monotonic()
            try:
                outcomes[attempt(data)] += 1
            except Exception as error:
                where = traceback.extract_tb(error.__traceback__)[-1]
                found.setdefault(
                    f"{type(error).__name__} in {Path(where.filename).name}:{where.lineno}",
                    f"{kind}, seed {seed}: {error}",
                )
                outcomes["defect"] += 1
            slowest = max(slowest, (time.monotonic() - began, f"{kind}, seed {seed}"))
    print(dict(outcomes.most_common()))
    print(f"slowest: {slowest[0]:.1f} s ({slowest[1]})")
    for what, example in found.items():
        print(f"{what}: {example[:200]}")
    return len(found)


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--minutes", type=float, default=5.0)
    raise SystemExit(min(1, run_long(arguments.parse_args().minutes)))
