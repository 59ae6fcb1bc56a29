"""PDFs with a text layer, made by the tests as offices' software makes them. All wording is invented."""

import io
import unicodedata

import pypdf
import pytest
from made_pages import ARTICLES, Placed, error_rate, fallback_pdf, registered, text_pdf
from reportlab.lib.pagesizes import A4
from reportlab.platypus import SimpleDocTemplate, Table, TableStyle

from ingest.read import read_bytes
from ingest.readers.draft import one_line
from ingest.reading import BlockKind, ReadFailure, Reading
from ingest.structure import parse

BODY = "cơ quan tiếp nhận trả kết quả cho người nộp trong thời hạn đã niêm yết tại quầy"
TRUE = " ".join(ARTICLES)


def table_rows(reading: Reading) -> list[tuple[str, ...]]:
    return [row.cells for block in reading.blocks for row in block.rows]


def failure(data: bytes) -> ReadFailure:
    with pytest.raises(ReadFailure) as caught:
        read_bytes(data, "tep")
    assert caught.value.reason.strip()
    return caught.value


def placed(lines: list[str], top: float = 720.0) -> list[Placed]:
    return [(60.0, top - 20 * n, line) for n, line in enumerate(lines)]


def page_of(number: int, count: int = 6) -> list[Placed]:
    text = [(72.0, 700.0 - 20 * n, f"{n}. Ở trang {number} {BODY}.") for n in range(1, count)]
    return [(72.0, 810.0, f"CÔNG BÁO Số 7, trang {number}"), *text, (290.0, 30.0, str(number))]


def test_accented_letters_of_a_fallback_font_stay_in_their_words() -> None:
    assert error_rate(read_bytes(fallback_pdf(ARTICLES), "a.pdf").text, TRUE) == 0


def test_letters_and_marks_drawn_apart_become_one() -> None:
    lines = [unicodedata.normalize("NFD", line) for line in ARTICLES]
    got = read_bytes(text_pdf([placed(lines)]), "a.pdf").text
    assert unicodedata.is_normalized("NFC", got)
    assert error_rate(got, TRUE) == 0


def test_ligatures_soft_hyphens_and_bullets_of_symbol_fonts_are_mended() -> None:
    assert one_line("\uf0b7 Hồ sơ o\ufb03ce nộp qua cổng") == "• Hồ sơ office nộp qua cổng"
    assert one_line("\uf02d Thư đi\u00adện tử công vụ") == "- Thư điện tử công vụ"
    got = read_bytes(text_pdf([placed([*ARTICLES, "Hồ sơ o\ufb03ce, thư đi\u00adện tử"])]), "a.pdf").text
    assert got.endswith("Hồ sơ office, thư điện tử")


def test_words_cut_at_the_line_end_are_whole() -> None:
    lines = [
        "Căn cứ Thông tư số 57/2015/TT-",
        "BCA của Bộ Công an và Kế hoạch giai đoạn 2021-",
        "2030 của Ủy ban nhân dân phường về tiếp nhận hồ sơ phát tri\u00ad",
        "ển công dân số tại các tổ dân phố, thực hiện từ mùa xuân.",
        *ARTICLES,
    ]
    got = read_bytes(text_pdf([placed(lines)]), "a.pdf").text.split("\n")[0]
    assert "57/2015/TT-BCA của" in got and "2021-2030 của" in got and "phát triển công" in got


def test_page_numbers_are_kept_with_the_text_and_running_heads_dropped() -> None:
    got = read_bytes(text_pdf([page_of(n) for n in (1, 2, 3)]), "a.pdf")
    assert got.pages == 3
    assert [block.page for block in got.blocks] == [1] * 5 + [2] * 5 + [3] * 5
    assert "CÔNG BÁO" not in got.text
    assert got.text.split("\n")[0] == f"1. Ở trang 1 {BODY}."


def test_lines_are_joined_over_wraps_and_page_breaks() -> None:
    first = [(60.0, 700.0 - 16 * n, f"Quy chế của phường nêu rõ rằng {BODY}") for n in range(6)]
    second = [
        (60.0, 780.0, "và không để thất lạc giấy tờ nào."),
        *((60.0, 700.0 - 30 * n, f"{n}. {BODY}.") for n in range(1, 5)),
    ]
    got = read_bytes(text_pdf([first, second], 10), "a.pdf").text.split("\n")
    assert got[0].count("Quy chế") == 6
    assert got[0].endswith("tại quầy và không để thất lạc giấy tờ nào.")


def test_columns_are_read_one_after_the_other() -> None:
    head = [
        (72.0, 790.0, "ỦY BAN NHÂN DÂN"), (330.0, 790.0, "CỘNG HÒA XÃ HỘI"),
        (72.0, 770.0, "Số: 9/QĐ-UBND"), (330.0, 770.0, "Sông Lam, ngày 3"),
    ]  # fmt: skip
    body = [(72.0, 700.0 - 24 * n, f"{n}. {BODY}.") for n in range(1, 7)]
    got = read_bytes(text_pdf([head + body]), "a.pdf").text.split("\n")
    assert got[:2] == ["ỦY BAN NHÂN DÂN", "Số: 9/QĐ-UBND"]
    assert got[2].startswith("CỘNG HÒA")


def test_a_table_that_goes_on_over_the_page_break_is_one_with_its_heads_once() -> None:
    buffer = io.BytesIO()
    rows = [["STT", "Nhiệm vụ của đơn vị", "Thời hạn"]] + [
        [str(n), f"Rà soát thủ tục nhóm {n} và công khai", f"Quý {n % 4 + 1}"] for n in range(1, 60)
    ]
    table = Table(rows, repeatRows=1)
    table.setStyle(
        TableStyle([("GRID", (0, 0), (-1, -1), 0.5, "black"), ("FONT", (0, 0), (-1, -1), registered()[0])])
    )
    SimpleDocTemplate(buffer, pagesize=A4).build([table])
    got = read_bytes(buffer.getvalue(), "a.pdf")
    assert got.pages == 2
    assert [block.kind for block in got.blocks] == [BlockKind.TABLE]
    assert table_rows(got) == [tuple(row) for row in rows]
    provisions = parse(got)
    assert sum(one.columns == ("STT", "Nhiệm vụ của đơn vị", "Thời hạn") for one in provisions) == 59


def test_what_signing_software_writes_onto_a_page_is_no_text() -> None:
    stamp = [
        (300.0, 800.0, "Người ký: Ủy ban nhân dân phường"),
        (300.0, 790.0, "Email: phuong@vidu.gov.vn"),
        (300.0, 780.0, "Thời gian ký: 03.04.2024 08:15:22 +07:00"),
    ]
    assert error_rate(read_bytes(text_pdf([[*stamp, *placed(ARTICLES)]]), "a.pdf").text, TRUE) == 0


def test_a_page_in_english_among_the_others_is_kept() -> None:
    english = [
        f"{n}. The office of records returns each file to the people by the day that is set."
        for n in range(9)
    ]
    got = read_bytes(text_pdf([placed(ARTICLES), placed(english)]), "a.pdf")
    assert "The office of records" in got.text and got.recognition is None


def test_pages_without_anything_are_empty() -> None:
    assert failure(text_pdf([[], []])).code == "empty"


def test_an_encrypted_file_says_so() -> None:
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(text_pdf([page_of(1)])))
    writer.encrypt("bi-mat")
    buffer = io.BytesIO()
    writer.write(buffer)
    assert failure(buffer.getvalue()).code == "encrypted"


def test_a_truncated_file_is_broken() -> None:
    data = text_pdf([page_of(n) for n in range(1, 9)])
    assert failure(data[: len(data) // 2]).code == "broken"
