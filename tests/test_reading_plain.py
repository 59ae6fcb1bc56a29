"""Plain text and Markdown: wrapped lines, flattened tables, front matter, portal furniture. All wording is invented."""

from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.read import read_bytes
from ingest.reading import BlockKind, Reading


def reading(text: str, name: str = "van-ban.md") -> Reading:
    return read_bytes(text.encode(), name)


def lines(text: str, name: str = "van-ban.md") -> list[str]:
    return reading(text, name).text.split("\n")


def rows(text: str) -> list[tuple[str, ...]]:
    return [row.cells for block in reading(text).blocks for row in block.rows]


WRAPPED = """Điều 1. Ban hành kèm theo Quyết định này Quy chế phối hợp giữa các phòng chuyên môn
trong việc giải quyết hồ sơ của tổ chức, cá nhân gửi đến qua dịch vụ bưu chính hoặc gửi
trực tuyến.
Điều 2. Các phòng chuyên môn thực hiện việc phối hợp theo trình tự nêu tại khoản 2
Điều 5 của Quy chế này và báo cáo kết quả trước ngày
14. Trường hợp chậm thì nêu rõ lý do theo quy định tại
Điều 14.
1. Trưởng phòng chịu trách nhiệm trước Giám đốc về chất lượng của từng hồ sơ được giao
cho phòng mình.
a) Phân công người xử lý trong ngày;
đ) Trả lời bằng văn bản.
- Gửi bản điện tử cho Thủ
tướng.
"""


def test_wrapped_lines_become_paragraphs() -> None:
    got = lines(WRAPPED, "a.txt")
    assert got[0].endswith("hoặc gửi trực tuyến.")
    assert got[-1] == "- Gửi bản điện tử cho Thủ tướng."
    assert [line.split()[0] for line in got] == ["Điều", "Điều", "1.", "a)", "đ)", "-"]


def test_reference_cut_by_a_wrap_is_no_heading() -> None:
    second = lines(WRAPPED, "a.txt")[1]
    assert "khoản 2 Điều 5 của Quy chế này" in second
    assert "trước ngày 14. Trường hợp" in second
    assert second.endswith("quy định tại Điều 14.")


def test_heading_in_bold_over_two_lines_is_one_strong_line() -> None:
    got = reading(
        "**Điều 4. Người nộp hồ sơ và\nnhận kết quả**\nNgười nộp hồ sơ có thể ủy quyền cho người khác.\n"
    )
    assert got.text.split("\n")[0] == "Điều 4. Người nộp hồ sơ và nhận kết quả"
    assert [block.strong for block in got.blocks] == [True, False]


def test_lone_mark_goes_with_the_line_below() -> None:
    got = lines("**Điều\n3. **Quyết định này có hiệu lực từ ngày ký.\n\n**2.\nDanh mục thủ tục bị bãi bỏ**\n")
    assert got == ["Điều 3. Quyết định này có hiệu lực từ ngày ký.", "2. Danh mục thủ tục bị bãi bỏ"]


def test_lines_of_a_clean_text_stay_paragraphs() -> None:
    sentence = "Cơ quan tiếp nhận kiểm tra hồ sơ, vào sổ theo dõi, chuyển cho đơn vị có thẩm quyền trong ngày làm việc và "
    text = "\n".join(
        f"{sentence}gửi giấy hẹn cho người nộp bằng phương thức người đó đã đăng ký lần {n}" for n in range(9)
    )
    assert len(lines(text, "a.txt")) == 9


def test_sentence_cut_by_a_blank_line_goes_on() -> None:
    text = "Đơn vị chủ trì gửi dự thảo đến các phòng có liên quan để lấy ý kiến bằng\n\nvăn bản trong năm ngày.\n"
    assert len(lines(text, "a.txt")) == 1


FRAMED = """|
**ỦY BAN NHÂN DÂN
**
TỈNH SÔNG LAM
-------
|
**CỘNG HÒA XÃ HỘI
CHỦ NGHĨA VIỆT NAM**
Độc lập - Tự do - Hạnh phúc
---------------
|
|
Số: 77/QĐ-UBND
|
*Sông Lam, ngày 05
tháng 3 năm 2024*
|

**QUYẾT ĐỊNH**

VỀ
VIỆC GIAO NHIỆM VỤ

|
**STT**
|
**Nhiệm vụ**
|
**Đơn vị**
|
|
**I**
|
**Tập huấn**
|
|
1
|
Mở lớp cho công chức
cấp xã
|
- Sở Nội vụ
- Trường Chính trị
|
|
2
|
Biên soạn tài liệu
|
|
|
**II**
|
**Kiểm tra**
|
|
1
|
Kiểm tra đột xuất
|
Thanh tra
|

Nơi thực hiện: toàn tỉnh.

|
Nơi nhận:
- Như trên;
- Lưu: VT.
|
**KT. CHỦ TỊCH **
PHÓ CHỦ TỊCH
**Trần
Văn An**
|
"""


def test_framed_scraps_become_rows() -> None:
    assert rows(FRAMED) == [
        ("STT", "Nhiệm vụ", "Đơn vị"),
        ("I", "Tập huấn"),
        ("1", "Mở lớp cho công chức cấp xã", "- Sở Nội vụ; - Trường Chính trị"),
        ("2", "Biên soạn tài liệu"),
        ("II", "Kiểm tra"),
        ("1", "Kiểm tra đột xuất", "Thanh tra"),
    ]


def test_letterhead_and_signature_are_paragraphs() -> None:
    got = lines(FRAMED)
    assert got[:6] == [
        "ỦY BAN NHÂN DÂN TỈNH SÔNG LAM",
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Độc lập - Tự do - Hạnh phúc",
        "Số: 77/QĐ-UBND",
        "Sông Lam, ngày 05 tháng 3 năm 2024",
        "QUYẾT ĐỊNH",
    ]
    assert got[6] == "VỀ VIỆC GIAO NHIỆM VỤ"
    assert got[-3:] == ["KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH", "Trần Văn An"]


OPEN = """UBND HUYỆN LŨNG CAO
-------
|
CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM
Độc lập - Tự do - Hạnh phúc
|
Số: 12/KH-UBND
|
Lũng Cao, ngày
7 tháng 2 năm 2023
|
KẾ HOẠCH
1. Nhiệm vụ
Theo bảng sau.
Stt
|
Việc
|
Chủ trì
|
Phối hợp
|
Hạn
|
I
|
Nhóm việc thứ nhất
|
1
|
Rà soát
|
Phòng Nội vụ
|
Các phòng
|
Quý I
|
2
|
Bồi dưỡng
|
Phòng Nội vụ
|
|
Thường xuyên
|
II
|
Nhóm việc thứ hai
|
|
Tổng kết
|
Phòng Nội vụ
|
Các phòng
|
Tháng 12
|
"""


def test_open_scraps_become_rows_by_their_count_and_ordinals() -> None:
    assert rows(OPEN) == [
        ("Stt", "Việc", "Chủ trì", "Phối hợp", "Hạn"),
        ("I", "Nhóm việc thứ nhất"),
        ("1", "Rà soát", "Phòng Nội vụ", "Các phòng", "Quý I"),
        ("2", "Bồi dưỡng", "Phòng Nội vụ", "", "Thường xuyên"),
        ("II", "Nhóm việc thứ hai"),
        ("", "Tổng kết", "Phòng Nội vụ", "Các phòng", "Tháng 12"),
    ]
    assert lines(OPEN)[:5][3:] == ["Số: 12/KH-UBND", "Lũng Cao, ngày 7 tháng 2 năm 2023"]


def test_letterhead_on_one_line_is_cut_into_paragraphs() -> None:
    head = "BỘ VĂN THƯ_______ Số: 9/2024/TT-BVT | CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAMĐộc lập – Tự do – Hạnh phúc____ Hà Nội, ngày 3 tháng 6 năm 2024 |\n\n**THÔNG TƯ**\n"
    assert lines(head) == [
        "BỘ VĂN THƯ",
        "Số: 9/2024/TT-BVT",
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Độc lập – Tự do – Hạnh phúc",
        "Hà Nội, ngày 3 tháng 6 năm 2024",
        "THÔNG TƯ",
    ]


def test_columns_run_together_are_two_lines() -> None:
    got = lines(
        "BỘ VĂN THƯ CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\n\nSố: 9/2024/TT-BVT Hà Nội, ngày 3 tháng 6 năm 2024\n",
        "a.txt",
    )
    assert got[0] == "BỘ VĂN THƯ"
    assert got[2:] == ["Số: 9/2024/TT-BVT", "Hà Nội, ngày 3 tháng 6 năm 2024"]


def test_front_matter_and_information_section_are_facts_not_text() -> None:
    got = reading(
        "---\nso_hieu: 9/2024/TT-BVT\ntags:\n  - văn thư\n  - lưu trữ\n---\n\n# THÔNG TƯ\n\n## THÔNG TIN VĂN BẢN\n\n"
        "| Trường | Giá trị |\n|---|---|\n| **Ngày hiệu lực** | 01/8/2024 |\n| Thay thế | — |\n\n## NỘI DUNG\n\n"
        "### Điều 1. Phạm vi\n\nThông tư này quy định về sổ đăng ký.\n"
    )
    assert got.facts == (
        ("so hieu", "9/2024/TT-BVT"),
        ("tags", "văn thư"),
        ("tags", "lưu trữ"),
        ("Ngày hiệu lực", "01/8/2024"),
    )
    assert got.text == "Điều 1. Phạm vi\nThông tư này quy định về sổ đăng ký."


def test_markdown_table_is_a_table() -> None:
    got = reading("**Bảng**\n\n| TT | Mức |\n|---|---|\n| 1 | Tốt |\n| 2 | Khá |\n")
    assert [block.kind for block in got.blocks] == [BlockKind.PARAGRAPH, BlockKind.TABLE]
    assert [row.cells for row in got.blocks[1].rows] == [("TT", "Mức"), ("1", "Tốt"), ("2", "Khá")]


def test_markdown_row_broken_over_lines_is_one_row() -> None:
    got = reading("**Bảng**\n\n| TT | Mức | Tổng\n(1) |\n|\n| 1 | Tốt\n| 20 |\n|\n\nHết **bảng**.\n")
    assert [row.cells for row in got.blocks[1].rows] == [("TT", "Mức", "Tổng (1)"), ("1", "Tốt", "20")]


def test_mark_in_a_table_cell_is_no_furniture() -> None:
    text = "|\nTT\n|\nViệc\n|\nTrực tuyến\n|\n|\n1\n|\nĐăng ký\n|\nX\n|\n|\n2\n|\nCấp lại\n|\nX\n|\n"
    assert rows("**Danh mục**\n\n" + text)[1:] == [("1", "Đăng ký", "X"), ("2", "Cấp lại", "X")]


def test_source_notes_of_codified_text_are_facts() -> None:
    got = reading(
        "Nghị định số 3/2019/NĐ-CP\n[Nguồn: Bộ Pháp điển điện tử, chỉ gồm các điều được pháp điển]\n\nĐiều 1. Phạm vi\n"
        "[Điều 1 Nghị định số 3/2019/NĐ-CP, có hiệu lực thi hành kể từ ngày 01/02/2019]\n\nQuy định về sổ.\n",
        "a.txt",
    )
    assert ("tính chất", "consolidated") in got.facts
    assert "[" not in got.text
    assert any(key == "ghi chú nguồn" and "01/02/2019" in value for key, value in got.facts)


def test_portal_furniture_is_dropped_and_its_attributes_are_facts() -> None:
    body = "\n".join(
        f"{n}. Nội dung của khoản này nói về việc tiếp nhận hồ sơ tại bộ phận một cửa." for n in range(1, 30)
    )
    got = reading(
        "|\n|\nMọi hành vi sao chép, đăng tải lại mà không được phép là vi phạm.\nClick vào phần bôi vàng để xem chi tiết.\n|\n|\n"
        "Đang tải văn bản...\n#\n**Số hiệu:**\n|\n88/QĐ-UBND\n|\n|\n**Ngày hiệu lực:**\n|\nĐã biết\n|\n**Người ký:**\n|\nLê B\n|\n|\n"
        "**UBND**\n|\n**CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM**\n|\n|\nSố: 88/QĐ-UBND\n|\nSông Lam, ngày 1 tháng 2 năm 2025\n|\n** **\n"
        f"**QUYẾT ĐỊNH**\n{body}\nQuyết định 88/QĐ-UBND năm 2025 về hồ sơ\nVăn bản này chưa cập nhật nội dung Tiếng Anh\n"
        "## Văn bản liên quan\nBan hành:\n|\n09/12/2025\n|\n"
    )
    assert got.facts == (("Số hiệu", "88/QĐ-UBND"), ("Người ký", "Lê B"))
    assert got.text.startswith("UBND\nCỘNG HÒA")
    assert got.text.split("\n")[-1].startswith("29. ")


def test_text_is_nfc_without_invisible_signs_and_ligatures() -> None:
    got = lines("Hồ sơ\u200b đie\u0323\u0302n tử\u00ad, o\ufb03ce\u00a0 số.\n", "a.txt")
    assert got == ["Hồ sơ điện tử, office số."]


def test_literal_asterisk_survives() -> None:
    assert lines("**Mẫu** (*)\n\n(*) Ghi rõ **họ tên**.\n") == ["Mẫu (*)", "(*) Ghi rõ họ tên."]


words = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), max_size=60)
scrap = st.sampled_from(
    ["|", "", "STT", "1", "II", "**Điều 1.** Một", "| a | b |", "|---|---|", "Nơi nhận:", "# Mục", "---"]
)


@settings(max_examples=120, deadline=None)
@given(st.lists(st.one_of(words, scrap), max_size=40), st.sampled_from(["a.txt", "a.md"]))
def test_blocks_and_rows_are_spans_of_the_text_in_order(parts: list[str], name: str) -> None:
    got = reading("Mở đầu.\n" + "\n".join(parts) + "\nKết thúc.", name)
    end = -1
    for block in got.blocks:
        assert end < block.start < block.end <= len(got.text)
        end = block.end
        covered = got.text[block.start : block.end].split("\n")
        if block.kind is BlockKind.PARAGRAPH:
            assert len(covered) == 1 and not block.rows
        else:
            assert covered == [" | ".join(row.cells) for row in block.rows]
        for row in block.rows:
            assert got.text[row.start : row.end] == " | ".join(row.cells)
    assert "\n".join(got.text[block.start : block.end] for block in got.blocks) == got.text
