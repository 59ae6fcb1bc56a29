"""The header of a document, kind by kind. All documents here are invented."""

from dataclasses import replace
from datetime import date

import pytest

from corpus.document import Authority, Document
from ingest.header import header
from ingest.read import read_bytes
from ingest.recognition import Recognition
from ingest.structure import parse


def head(text: str, name: str = "van-ban.txt") -> Document:
    reading = read_bytes(text.encode(), name)
    return header(reading, parse(reading))


def decree(*last_article: str, issued: str = "ngày 02 tháng 3 năm 2031") -> Document:
    """A decree whose last article is "Hiệu lực thi hành" with these lines."""
    return head(
        "\n".join(
            ["CHÍNH PHỦ", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc", "Số: 41/2031/NĐ-CP",
             f"Hà Nội, {issued}", "NGHỊ ĐỊNH", "Quy định về kho sách", "Căn cứ Luật Kho sách số 10/2030/QH15;",
             "Chính phủ ban hành Nghị định quy định về kho sách.", "Điều 1. Phạm vi", "Nghị định này quy định về kho sách.",
             "Điều 2. Hiệu lực thi hành", *last_article]
        )
    )  # fmt: skip


class TestADecree:
    def test_all_fields(self) -> None:
        got = decree("Nghị định này có hiệu lực thi hành từ ngày 01 tháng 5 năm 2031.")
        assert (got.number, got.kind, got.issuer) == ("41/2031/NĐ-CP", "Nghị định", "Chính phủ")
        assert (got.issued_on, got.effective_from) == (date(2031, 3, 2), date(2031, 5, 1))
        assert (got.title, got.authority) == ("Quy định về kho sách", Authority.OFFICIAL)

    def test_the_signer_is_a_person(self) -> None:
        got = decree("Nghị định này có hiệu lực từ ngày ký./.", "Nơi nhận:", "- Như trên;", "TM. CHÍNH PHỦ",
                     "THỦ TƯỚNG", "Trần Văn Sách")  # fmt: skip
        assert got.signer == "Trần Văn Sách"


class TestALaw:
    def test_number_and_date_of_passing(self) -> None:
        got = head(
            "QUỐC HỘI\nLuật số: 11/2031/QH16\nLUẬT\nKHO SÁCH\nCăn cứ Hiến pháp;\nQuốc hội ban hành Luật Kho sách.\n"
            "Điều 1. Phạm vi\nLuật này quy định về kho sách.\nĐiều 2. Hiệu lực\nLuật này có hiệu lực từ ngày 01 tháng 01 năm 2032.\n"
            "Luật này được Quốc hội khóa XVI thông qua ngày 20 tháng 6 năm 2031.\n"
        )
        assert (got.number, got.kind, got.issuer) == ("11/2031/QH16", "Luật", "Quốc hội")
        assert (got.issued_on, got.effective_from) == (date(2031, 6, 20), date(2032, 1, 1))
        assert got.title == "Luật Kho sách"


PROVINCIAL = """| ỦY BAN NHÂN DÂN TỈNH LÂM SƠN ------- | CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM Độc lập - Tự do - Hạnh phúc --------------- |
| --- | --- |
| Số: 77/QĐ-UBND | Lâm Sơn, ngày 05 tháng 6 năm 2031 |

QUYẾT ĐỊNH

VỀ VIỆC CÔNG BỐ DANH MỤC SÁCH THUỘC PHẠM VI QUẢN LÝ CỦA SỞ KHO TÀNG TỈNH LÂM SƠN VÀ UBND CẤP XÃ

CHỦ TỊCH ỦY BAN NHÂN DÂN TỈNH LÂM SƠN

Căn cứ Luật Kho sách số 10/2030/QH15;

Theo đề nghị của Giám đốc Sở Kho tàng tỉnh Lâm Sơn.

QUYẾT ĐỊNH:

Điều 1. Công bố kèm theo Quyết định này Danh mục sách do Sở Kho tàng tỉnh Lâm Sơn giữ.

Điều 2. Giám đốc Sở Kho tàng chịu trách nhiệm thi hành Quyết định này kể từ ngày ký./.
"""


class TestAProvincialDecision:
    def test_a_head_of_two_columns(self) -> None:
        got = head(PROVINCIAL, "a.md")
        assert (got.number, got.kind) == ("77/QĐ-UBND", "Quyết định")
        assert got.issuer == "Ủy ban nhân dân tỉnh Lâm Sơn"
        assert got.issued_on == date(2031, 6, 5)

    def test_to_be_carried_out_from_signing_is_its_effect(self) -> None:
        assert head(PROVINCIAL, "a.md").effective_from == date(2031, 6, 5)

    def test_a_title_in_capitals_takes_the_case_of_the_text(self) -> None:
        assert head(PROVINCIAL, "a.md").title == (
            "Về việc công bố Danh mục sách thuộc phạm vi quản lý của Sở Kho tàng tỉnh Lâm Sơn và UBND cấp xã"
        )

    def test_a_blank_number_is_taken_from_the_attachment_that_names_it(self) -> None:
        got = head(
            "ỦY BAN NHÂN DÂN TỈNH LÂM SƠN\nSố:      /QĐ-UBND\nLâm Sơn, ngày      tháng 6 năm 2031\nQUYẾT ĐỊNH\n"
            "Ban hành Quy chế kho sách\nCăn cứ Luật Kho sách số 10/2030/QH15;\nQUYẾT ĐỊNH:\n"
            "Điều 1. Ban hành kèm theo Quyết định này Quy chế kho sách.\nĐiều 2. Thi hành./.\nNơi nhận:\n- Như Điều 2.\nQUY CHẾ\n"
            "KHO SÁCH\n(Ban hành kèm theo Quyết định số 88/QĐ-UBND ngày 09 tháng 6 năm 2031 của Ủy ban nhân dân tỉnh)\n"
            "Điều 1. Phạm vi\nCó kho.\nĐiều 2. Sách\nCó sách.\n"
        )
        assert (got.number, got.issued_on) == ("88/QĐ-UBND", date(2031, 6, 9))


class TestAPlan:
    def test_number_kind_and_title(self) -> None:
        got = head(
            "ỦY BAN NHÂN DÂN TỈNH LÂM SƠN\nCỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nSố: 12/KH-UBND\n"
            "Lâm Sơn, ngày 05 tháng 6 năm 2031\nKẾ HOẠCH\nMở rộng kho sách năm 2032\nThực hiện Quyết định số 77/QĐ-UBND;\n"
            "I. MỤC ĐÍCH\n1. Có thêm sách.\nII. VIỆC LÀM\n1. Mua sách.\n"
        )
        assert (got.number, got.kind, got.title) == ("12/KH-UBND", "Kế hoạch", "Mở rộng kho sách năm 2032")
        assert got.effective_from is None


class TestAPressItem:
    def test_it_carries_the_number_and_date_of_the_document_it_is_about(self) -> None:
        got = head(
            "Thêm nhiều sách cho kho sách của Bộ Nội vụ\nNgày 05/6/2031, Bộ trưởng vừa ký Quyết định số 66/QĐ-BNV về kho sách "
            "của bộ, theo đó kho sẽ có thêm nhiều sách mới.\nÔng cho biết sách sẽ đến trong tháng tới.\n"
        )
        assert got.authority is Authority.PRESS
        assert (got.number, got.issued_on, got.issuer) == ("66/QĐ-BNV", date(2031, 6, 5), "Bộ Nội vụ")
        assert got.title == "Thêm nhiều sách cho kho sách của Bộ Nội vụ"


class TestASummary:
    SUMMARY = (
        "---\nso_hieu: 66/QĐ-BNV\nloai_van_ban: Quyết định\nco_quan_ban_hanh: Bộ Nội vụ\nngay_ban_hanh: '2031-06-05'\n"
        "ngay_hieu_luc: '2031-07-01'\nngay_het_hieu_luc: '2035-12-31'\ntrich_yeu: Về kho sách\n"
        "nguoi_ky: Trần Văn Sách, Bộ trưởng\ntinh_chat: tom_luoc\ndon_vi_bien_soan: Nhóm biên soạn\n"
        "ngay_bien_soan: '2032-01-01'\n---\n# Quyết định 66/QĐ-BNV\n\nCó kho.\n"
    )

    def test_front_matter_alone_describes_it(self) -> None:
        got = head(self.SUMMARY, "a.md")
        assert got.authority is Authority.SUMMARY
        assert (got.number, got.issued_on, got.effective_from) == (
            "66/QĐ-BNV",
            date(2031, 6, 5),
            date(2031, 7, 1),
        )
        assert (got.effective_to, got.title) == (date(2035, 12, 31), "Về kho sách")
        assert (got.publisher, got.published_on) == ("Nhóm biên soạn", date(2032, 1, 1))

    def test_the_signer_is_the_person_not_the_office(self) -> None:
        assert head(self.SUMMARY, "a.md").signer == "Trần Văn Sách"
        assert (
            head(self.SUMMARY.replace("Trần Văn Sách, Bộ trưởng", "Bộ trưởng Bộ Nội vụ"), "a.md").signer == ""
        )


class TestAConsolidatedText:
    def test_codified_articles_with_notes(self) -> None:
        got = head(
            "Nghị định số 41/2031/NĐ-CP\nvề kho sách\nCơ quan ban hành: Chính phủ\nNgày ban hành: 02/03/2031\n"
            "[Nguồn: Bộ Pháp điển điện tử, đề mục kho-sach]\n\nĐiều 1. Phạm vi\n[Điều 1 Nghị định số 41/2031/NĐ-CP, có hiệu "
            "lực thi hành kể từ ngày 01/05/2031]\n\nCó kho.\n\nĐiều 2. Sách\n[Điều 2 Nghị định số 41/2031/NĐ-CP, có hiệu lực "
            "thi hành kể từ ngày 01/05/2031]\n\nCó sách.\n"
        )
        assert (got.number, got.issuer, got.issued_on) == ("41/2031/NĐ-CP", "Chính phủ", date(2031, 3, 2))
        assert (got.effective_from, got.authority) == (date(2031, 5, 1), Authority.CONSOLIDATED)
        assert got.title == "Về kho sách"


class TestTitles:
    def test_a_title_stops_before_the_first_chapter(self) -> None:
        got = head(
            "NGHỊ ĐỊNH\nQuy định về kho sách\nChương I\nQUY ĐỊNH CHUNG\nĐiều 1. Kho\nCó kho.\nĐiều 2. Sách\nCó sách.\n"
        )
        assert got.title == "Quy định về kho sách"

    def test_a_title_stops_before_the_first_sentence(self) -> None:
        got = head(
            "VĂN PHÒNG CHÍNH PHỦ\nSố: 5/TB-VPCP\nHà Nội, ngày 05 tháng 6 năm 2031\nTHÔNG BÁO\nKết luận về kho sách\n"
            "Ngày 04 tháng 6 năm 2031, tại kho sách, Phó Thủ tướng đã họp với thủ thư về việc mua thêm sách mới.\nI. KẾT LUẬN\n"
            "1. Mua sách.\n"
        )
        assert got.title == "Kết luận về kho sách"

    def test_the_kind_and_number_are_no_part_of_the_title(self) -> None:
        got = head(
            "---\ntitle: Thông tư 8/2031/TT-BNV - Quy định về kho sách\nso_hieu: 08/2031/TT-BNV\nloai_van_ban: Thông tư\n---\n"
            "Điều 1. Kho\nCó kho.\nĐiều 2. Sách\nCó sách.\n", "a.md",
        )  # fmt: skip
        assert got.title == "Quy định về kho sách"

    def test_a_title_may_be_told_by_the_line_above_the_first_article(self) -> None:
        got = head(
            "CHÍNH PHỦ\nSố: 41/2031/NĐ-CP\nHà Nội, ngày 02 tháng 3 năm 2031\nCăn cứ Luật Kho sách số 10/2030/QH15;\n"
            "Chính phủ ban hành Nghị định quy định về kho sách.\nĐiều 1. Kho\nCó kho.\nĐiều 2. Sách\nCó sách.\n"
        )
        assert got.title == "Quy định về kho sách"


class TestEffect:
    @pytest.mark.parametrize(
        ("sentence", "day"),
        [
            ("1. Nghị định này có hiệu lực thi hành kể từ ngày 01 tháng 5 năm 2031.", date(2031, 5, 1)),
            (
                "Nghị định này có hiệu lực từ ngày 01/5/2031, trừ quy định tại khoản 2 Điều này.",
                date(2031, 5, 1),
            ),
            ("Nghị định này có hiệu lực thi hành kể từ ngày ký.", date(2031, 3, 2)),
            (
                "Nghị định này có hiệu lực kể từ ngày ký ban hành và thay thế Nghị định số 1/2020/NĐ-CP.",
                date(2031, 3, 2),
            ),
            ("1. Nghị định có hiệu lực thi hành kể từ ngày ký", date(2031, 3, 2)),
            ("Nghị định này có hiệu lực thi hành sau 45 ngày kể từ ngày ký ban hành.", date(2031, 4, 16)),
        ],
    )
    def test_the_day_the_text_names(self, sentence: str, day: date) -> None:
        assert decree(sentence).effective_from == day

    @pytest.mark.parametrize(
        "sentence",
        [
            "Các cơ quan chịu trách nhiệm thi hành Nghị định này.",
            "Nghị định này có hiệu lực thi hành kể từ ngày Nghị định số 9/2031/NĐ-CP ngày 14 tháng 10 năm 2031 có hiệu lực.",
            "Nghị định này có hiệu lực thi hành sau 15 ngày, kể từ ngày đăng Công báo.",
            "Thẻ cấp trước ngày Nghị định này có hiệu lực đến hết ngày 31 tháng 12 năm 2031 thì đổi.",
            "Nghị định số 9/2020/NĐ-CP có hiệu lực từ ngày 01 tháng 5 năm 2020.",
        ],
    )
    def test_silence_and_other_acts_leave_it_unknown(self, sentence: str) -> None:
        assert decree(sentence).effective_from is None


class TestEnd:
    def test_until_the_end_of_a_day(self) -> None:
        got = decree(
            "Nghị định này có hiệu lực từ ngày 01 tháng 5 năm 2031 đến hết ngày 30 tháng 4 năm 2033."
        )
        assert (got.effective_from, got.effective_to) == (date(2031, 5, 1), date(2033, 4, 30))

    def test_a_term_counted_from_its_effect(self) -> None:
        got = decree(
            "Thời hạn ủy quyền: Từ ngày Nghị định này có hiệu lực thi hành đến hết ngày 31 tháng 12 năm 2033."
        )
        assert got.effective_to == date(2033, 12, 31)

    def test_no_longer_in_force_from_a_day_ends_the_day_before(self) -> None:
        got = decree("Nghị định này hết hiệu lực kể từ ngày 01 tháng 01 năm 2034.")
        assert got.effective_to == date(2033, 12, 31)

    @pytest.mark.parametrize(
        "sentence",
        [
            "Nghị định số 9/2020/NĐ-CP hết hiệu lực kể từ ngày 01 tháng 01 năm 2034.",
            "Thẻ cấp từ ngày Nghị định này có hiệu lực đến hết ngày 31 tháng 12 năm 2033 được dùng tiếp.",
        ],
    )
    def test_the_end_of_another_thing_is_not_its_end(self, sentence: str) -> None:
        assert decree(sentence).effective_to is None


def test_a_number_stamped_on_the_file_is_taken_from_the_files_name() -> None:
    text = (
        "BỘ THỬ NGHIỆM\n\nSố: /QĐ-BTN\n\nCỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\n\nQUYẾT ĐỊNH\n\nVề việc phê duyệt bộ thử\n\n"
        "Căn cứ đề nghị của Vụ trưởng Vụ Thử;\n\nĐiều 1. Phê duyệt bộ thử.\n\nĐiều 2. Quyết định này có hiệu lực kể từ ngày ký."
    )
    reading = read_bytes(text.encode(), "1287_QD_bo_thu.txt")
    provisions = parse(reading)
    assert header(reading, provisions, "1287_QD_bo_thu.txt").number == "1287/QĐ-BTN"
    assert header(reading, provisions, "quyet-dinh-2025.txt").number == ""
    assert header(reading, provisions, "12_va_45.txt").number == ""


def test_a_number_in_the_text_is_believed_before_the_files_name() -> None:
    text = "BỘ THỬ NGHIỆM\n\nSố: 77/QĐ-BTN\n\nQUYẾT ĐỊNH\n\nVề việc thử\n\nĐiều 1. Thử.\n\nĐiều 2. Làm."
    reading = read_bytes(text.encode(), "1287.txt")
    assert header(reading, parse(reading), "1287.txt").number == "77/QĐ-BTN"


def test_an_attachment_filed_alone_is_a_document_beside_its_decision() -> None:
    decision = (
        "BỘ THỬ\n\nSố: 77/QĐ-BTN\n\nQUYẾT ĐỊNH\n\nVề việc thử\n\nCăn cứ luật;\n\nĐiều 1. Thử.\n\nĐiều 2. Làm."
    )
    attached = "BẢNG TIÊU CHÍ THỬ\n\n(Kèm theo Quyết định số 77/QĐ-BTN của Bộ Thử)\n\nI. MỘT\n\n1. Tiêu chí thứ nhất."
    one, other = (read_bytes(t.encode(), "x.txt") for t in (decision, attached))
    first, second = header(one, parse(one)), header(other, parse(other))
    assert first.number == second.number == "77/QĐ-BTN"
    assert second.part == "BẢNG TIÊU CHÍ THỬ"
    assert first.identity("a") != second.identity("b")


class TestANumberThatOnlyTheFilesNameSpells:
    RESOLUTION = "\n".join(
        ["NGHỊ QUYẾT", "Về việc sắp xếp kho sách", "ỦY BAN THƯỜNG VỤ QUỐC HỘI", "Căn cứ Luật Kho sách số 10/2030/QH15;",
         "QUYẾT NGHỊ:", "Điều 1. Kho", "Có kho.", "Điều 2. Thi hành",
         "Nghị quyết này được thông qua ngày 03 tháng 4 năm 2031."]
    )  # fmt: skip

    @pytest.mark.parametrize("name", ["76_2031_UBTVQH15__7004.md", "76-2031-UBTVQH15.txt"])
    def test_is_taken_where_kind_issuer_and_year_agree(self, name: str) -> None:
        reading = read_bytes(self.RESOLUTION.encode(), name)
        assert header(reading, parse(reading), name).number == "76/2031/UBTVQH15"

    @pytest.mark.parametrize(
        "name",
        ["76_2030_UBTVQH15.md", "76_2031_NĐ-CP.md", "76_2031_UBTVQH15_77_2031_UBTVQH15.md", "khongso.md"],
    )
    def test_is_not_guessed_where_they_do_not_or_two_are_spelt(self, name: str) -> None:
        reading = read_bytes(self.RESOLUTION.encode(), name)
        assert header(reading, parse(reading), name).number == ""


class TestAScan:
    """What a hand wrote on the stamp, OCR can only guess; whoever named the file read it."""

    TEXT = (
        "BỘ KHO SÁCH\nSố: {}\nCỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nĐộc lập - Tự do - Hạnh phúc\n"
        "Hà Nội, ngày 05 tháng 6 năm 2031\nQUYẾT ĐỊNH\nVề việc kiểm kê kho sách\nĐiều 1. Kiểm kê kho sách.\n"
        "Điều 2. Quyết định này có hiệu lực từ ngày ký.\n"
    )

    def scan(self, stamped: str, name: str, scanned: bool = True) -> str:
        reading = read_bytes(self.TEXT.format(stamped).encode(), name)
        if scanned:
            reading = replace(reading, recognition=Recognition(pages=(1,), confidence=0.9))
        return header(reading, parse(reading), name).number

    def test_one_digit_that_the_files_name_has_otherwise_is_the_names(self) -> None:
        assert self.scan("332/QĐ-BKS", "QD932.pdf") == "932/QĐ-BKS"

    @pytest.mark.parametrize("name", ["QD915.pdf", "QD93.pdf", "932_va_933.pdf", "van-ban.pdf"])
    def test_a_name_that_says_more_or_something_else_changes_nothing(self, name: str) -> None:
        assert self.scan("332/QĐ-BKS", name) == "332/QĐ-BKS"

    def test_a_text_that_was_typed_is_believed(self) -> None:
        assert self.scan("332/QĐ-BKS", "QD932.pdf", scanned=False) == "332/QĐ-BKS"

    def test_a_line_that_could_not_be_read_gives_way_to_a_name_that_agrees(self) -> None:
        assert self.scan("4# /2031/QĐ-BKS", "48.2031.QD_BKS.pdf") == "48/2031/QĐ-BKS"
        assert self.scan("4# /2031/QĐ-BKS", "48.2030.QD_BKS.pdf") == ""
