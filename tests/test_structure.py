"""Structure: from lines to provisions, mark by mark. Every text here is invented."""

from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.provision import Level, Provision
from ingest.read import read_bytes
from ingest.reading import Block, BlockKind, Reading, Row
from ingest.structure import best_chain, parse


def read(text: str) -> Reading:
    return read_bytes(text.encode(), "van-ban.txt")


def lines_of(*lines: str) -> Reading:
    """A reading whose paragraphs are exactly these lines."""
    blocks, at = [], 0
    for line in lines:
        blocks.append(Block(BlockKind.PARAGRAPH, at, at + len(line)))
        at += len(line) + 1
    return Reading("\n".join(lines), tuple(blocks), "text/plain")


def tree(*lines: str) -> dict[str, Provision]:
    return {one.label: one for one in parse(lines_of(*lines))}


def labels(*lines: str) -> list[str]:
    return [one.label for one in parse(lines_of(*lines))]


def articles(reading: Reading) -> list[str]:
    return [one.number for one in parse(reading) if one.level is Level.ARTICLE]


RULES = (
    "Điều 1. Phạm vi",
    "Quy chế này áp dụng cho kho sách.",
    "Điều 2. Người mượn",
    "1. Người mượn sách có thẻ:",
    "a) Thẻ còn hạn;",
    "b) Thẻ ghi rõ họ tên;",
    "c) Thẻ có ảnh;",
    "d) Thẻ có mã;",
    "đ) Thẻ không rách;",
    "e) Thẻ của mình.",
    "2. Người mượn giữ sách sạch.",
    "Điều 3. Thi hành",
    "Thủ thư chịu trách nhiệm thi hành.",
)


class TestMarks:
    def test_a_roman_section_in_capitals_is_a_section_not_point_i(self) -> None:
        got = tree("I. SỰ CẦN THIẾT", "Kho sách đã cũ.", "II. MỤC TIÊU", "Kho sách mới.")
        assert got["Mục I"].heading == "SỰ CẦN THIẾT"
        assert not any(one.level is Level.POINT for one in got.values())

    def test_a_decimal_number_without_a_full_stop_or_with_one_is_a_section(self) -> None:
        got = labels(
            "I. NỘI DUNG",
            "3. Việc thứ ba",
            "3.1. Mua sách",
            "Mua mười quyển.",
            "3.2 Bán sách",
            "Bán một quyển.",
        )
        assert {"Mục I.3.1", "Mục I.3.2"} <= set(got)

    def test_an_article_named_in_a_sentence_is_no_heading(self) -> None:
        got = articles(
            lines_of(
                *RULES[:4], "Điều 3 của Luật này được áp dụng.", "Điều 5 Luật Khiếu nại nói khác.", *RULES[4:]
            )
        )
        assert got == ["1", "2", "3"]

    def test_a_date_at_the_start_of_a_line_is_no_section(self) -> None:
        got = labels("I. THỜI GIAN", "1. Mở kho", "01.01.2020 là ngày mở kho.", "2. Đóng kho", "Cuối năm.")
        assert got == ["Mục I", "Mục I.1", "Mục I.2"]

    def test_points_follow_the_vietnamese_order_with_d_bar(self) -> None:
        points = [one.number for one in parse(lines_of(*RULES)) if one.level is Level.POINT]
        assert points == ["a", "b", "c", "d", "đ", "e"]
        assert "Điều 2 khoản 1 điểm đ" in tree(*RULES)
        paths = [one.path for one in parse(lines_of(*RULES))]
        assert "dieu-2.khoan-1.diem-dd" in paths and "dieu-2.khoan-1.diem-d" in paths

    def test_a_point_with_a_full_stop_counts_only_in_its_turn(self) -> None:
        got = labels(
            "Điều 1. Kho", "1. Kho gồm:", "a. Sách;", "b. Báo;", "x. chỗ khác.", "Điều 2. Hết", "Hết."
        )
        assert [x for x in got if "điểm" in x] == ["Điều 1 khoản 1 điểm a", "Điều 1 khoản 1 điểm b"]

    def test_an_article_may_have_a_letter(self) -> None:
        got = articles(
            lines_of("Điều 1. Kho", "Có kho.", "Điều 1a. Sách", "Có sách.", "Điều 2. Báo", "Có báo.")
        )
        assert got == ["1", "1a", "2"]


class TestHeadings:
    def test_the_title_of_a_chapter_stands_on_the_next_line(self) -> None:
        got = tree(
            "Chương I", "QUY ĐỊNH CHUNG", "VỀ KHO SÁCH", *RULES[:2], "Chương II", "MƯỢN SÁCH", *RULES[2:]
        )
        assert got["Chương I"].heading == "QUY ĐỊNH CHUNG VỀ KHO SÁCH"
        assert got["Điều 2"].parent == "chuong-II"
        assert got["Điều 2"].label == "Điều 2"

    def test_parts_chapters_and_sections_stand_inside_each_other(self) -> None:
        got = parse(lines_of("Phần thứ nhất", "CHUNG", "Chương I", "KHO", "Mục 1", "SÁCH", *RULES[:2]))
        assert [(p.level, p.parent) for p in got] == [
            (Level.PART, None), (Level.CHAPTER, "phan-1"), (Level.SECTION, "phan-1.chuong-I"),
            (Level.ARTICLE, "phan-1.chuong-I.muc-1"),
        ]  # fmt: skip
        assert got[2].label == "Phần 1 Chương I Mục 1"

    def test_a_wrapped_heading_is_one_heading(self) -> None:
        got = parse(
            read(
                "Điều 4. Trách nhiệm của thủ thư, người coi kho và người quét dọn trong việc giữ\n"
                "gìn sách\n1. Thủ thư giữ chìa khóa của mọi gian phòng và mở cửa kho vào lúc bảy giờ sáng các ngày\n"
                "trong tuần.\n2. Người coi kho đếm sách vào buổi chiều và ghi vào sổ số quyển còn thiếu so với hôm qua.\n"
                "Điều 5. Hiệu lực\nQuy chế này có hiệu lực từ hôm nay.\n"
            )
        )
        assert got[0].heading.endswith("trong việc giữ gìn sách")

    def test_a_title_may_end_in_any_word(self) -> None:
        text = "Điều 1. Phân phối sách trong năm\n1. Sách được chia đều.\n2. Sách thừa để lại.\n"
        got = parse(read(text + "Điều 2. Sử dụng biểu mẫu\n1. Biểu mẫu do kho in.\n2. Không ai khác in.\n"))
        assert [p.heading for p in got if p.level is Level.ARTICLE] == [
            "Phân phối sách trong năm",
            "Sử dụng biểu mẫu",
        ]
        assert next(p.label for p in got if p.level is Level.CLAUSE) == "Điều 1 khoản 1"

    def test_a_heading_glued_to_the_paragraph_above_fills_the_hole(self) -> None:
        got = parse(
            lines_of(
                "Điều 1. Kho",
                "Kho mở cửa, Điều 2. Sách quý",
                "Sách quý để trong tủ.",
                "Điều 3. Báo",
                "Báo để ngoài.",
            )
        )
        assert [(p.number, p.heading) for p in got] == [("1", "Kho"), ("2", "Sách quý"), ("3", "Báo")]

    def test_an_article_that_begins_with_this_act_fills_the_hole(self) -> None:
        got = articles(lines_of("Điều 7", "Có kho.", "Điều 8 Luật này thay thế luật cũ.", "Điều 9", "Hết."))
        assert got == ["7", "8", "9"]
        assert articles(lines_of("Điều 7", "Có kho.", "Điều 8 Luật này nói về sách.", "Điều 8", "Sách.")) == [
            "7",
            "8",
        ]

    def test_clauses_glued_behind_a_title_are_taken_apart(self) -> None:
        got = tree(
            "Điều 1. Kho sách 1. Kho có: a) Sách in; b) Sách chép. 2. Kho mở cửa ngày chẵn.",
            "Điều 2. Báo",
            "Có báo.",
        )
        assert got["Điều 1"].heading == "Kho sách"
        assert "Điều 1 khoản 1 điểm b" in got and "Điều 1 khoản 2" in got

    def test_a_number_inside_a_title_takes_nothing_apart(self) -> None:
        got = labels("Điều 1. Mức 1. Không đổi so với năm 2020", "Như cũ.", "Điều 2. Báo", "Có báo.")
        assert got == ["Điều 1", "Điều 2"]

    def test_a_titled_article_among_titled_ones_may_end_with_a_full_stop(self) -> None:
        lines = [x for n in range(1, 6) for x in (f"Điều {n}. Việc thứ {n}", "Làm ngay.")]
        lines[4] = "Điều 3. Việc thứ ba."
        assert tree(*lines)["Điều 3"].heading == "Việc thứ ba."

    def test_a_title_may_end_with_a_quotation(self) -> None:
        got = tree("Điều 1. Mượn theo lối “có đi có lại”", "Có mượn có trả.", "Điều 2. Hết", "Hết.")
        assert got["Điều 1"].heading == "Mượn theo lối “có đi có lại”"

    def test_a_decision_has_articles_without_titles(self) -> None:
        got = parse(
            lines_of(
                "QUYẾT ĐỊNH:", "Điều 1. Mở kho sách tại nhà văn hóa.", "Điều 2. Quyết định này có hiệu lực kể từ ngày ký.",
                "Điều 3. Thủ thư chịu trách nhiệm thi hành./.", "Nơi nhận:", "- Như Điều 3;",
            )
        )  # fmt: skip
        assert [(p.number, p.heading) for p in got] == [("1", ""), ("2", ""), ("3", "")]
        assert not any("Nơi nhận" in p.label for p in got)


class TestQuotations:
    def test_an_article_quoted_by_an_amending_act_is_not_its_own(self) -> None:
        got = parse(
            lines_of(
                "Điều 1. Sửa đổi Quy chế kho sách", "1. Sửa đổi Điều 10 như sau:", "“Điều 10. Giờ mở cửa",
                "1. Mở cửa lúc bảy giờ.", "2. Đóng cửa lúc năm giờ.”", "2. Bãi bỏ Điều 12.", "Điều 2. Hiệu lực",
                "Quy chế này có hiệu lực từ hôm nay.",
            )
        )  # fmt: skip
        assert [p.label for p in got] == ["Điều 1", "Điều 1 khoản 1", "Điều 1 khoản 2", "Điều 2"]
        assert got[1].end > got[1].start + len("1. Sửa đổi Điều 10 như sau:")

    def test_articles_out_of_turn_are_left_out_even_without_quotation_marks(self) -> None:
        assert best_chain([(1, ""), (10, ""), (11, ""), (2, ""), (3, "")]) == [0, 3, 4]


class TestPlans:
    PLAN = (
        "ĐỀ ÁN", "I. MỤC TIÊU", "1. Mục tiêu chung", "1.1. Đến năm 2030", "a) Đủ sách;", "- Sách in;", "+ Sách dày;",
        "+ Sách mỏng;", "- Sách nghe;", "b) Đủ ghế.", "2. Mục tiêu riêng", "a) Đủ đèn.", "II. GIẢI PHÁP", "1. Mua sắm",
        "a) Mua sách.",
    )  # fmt: skip

    def test_an_outline_goes_down_from_roman_to_plus(self) -> None:
        got = labels(*self.PLAN)
        assert got[:6] == [
            "Mục I", "Mục I.1", "Mục I.1.1", "Mục I.1.1 điểm a", "Mục I.1.1 điểm a gạch đầu dòng 1",
            "Mục I.1.1 điểm a gạch đầu dòng 1 dấu cộng 1",
        ]  # fmt: skip
        assert got[-1] == "Mục II.1 điểm a"

    def test_the_same_marks_have_their_own_path_in_every_section(self) -> None:
        paths = [p.path for p in parse(lines_of(*self.PLAN))]
        assert len(set(paths)) == len(paths)
        assert "muc-I-2.diem-a" in paths and "muc-II-1.diem-a" in paths

    def test_a_clause_of_a_section_is_cited_with_its_section(self) -> None:
        above = [x for mark in ("I", "II", "III", "IV") for x in (f"{mark}. PHẦN {mark}", "Lời.")]
        got = labels(
            *above,
            "V. KINH PHÍ",
            "1. Nguồn",
            "1.2. Ngân sách",
            "a) Chi thường xuyên.",
            "2. Cách chi",
            "Chi đủ.",
        )
        assert "Mục V.1.2 điểm a" in got


class TestContainers:
    DECISION = (
        "QUYẾT ĐỊNH:", "Điều 1. Ban hành kèm theo Quyết định này Quy chế kho sách.",
        "Điều 2. Thủ thư chịu trách nhiệm thi hành./.", "Nơi nhận:", "- Như Điều 2.",
    )  # fmt: skip

    def test_an_attached_regulation_counts_its_articles_anew(self) -> None:
        got = tree(
            *self.DECISION, "QUY CHẾ", "KHO SÁCH", "(Ban hành kèm theo Quyết định số 7/QĐ-KS)", *RULES[:10], *RULES[10:],
        )  # fmt: skip
        assert got["Quy chế kèm theo"].heading == "QUY CHẾ KHO SÁCH"
        assert got["Quy chế kèm theo, Điều 2 khoản 1"].path == "quy-che.dieu-2.khoan-1"
        assert {"Điều 1", "Điều 2", "Quy chế kèm theo, Điều 1"} <= set(got)

    def test_appendices_have_numbers_or_none(self) -> None:
        got = tree(
            *self.DECISION, "PHỤ LỤC I", "SÁCH CŨ", "1. Sách rách", "2. Sách mờ", "PHỤ LỤC II", "SÁCH MỚI",
            "1. Sách thơm", "PHỤ LỤC", "GHI THÊM", "1. Hết",
        )  # fmt: skip
        assert got["Phụ lục I"].heading == "SÁCH CŨ"
        assert {"Phụ lục I, mục 1", "Phụ lục II, mục 1", "Phụ lục, mục 1"} <= set(got)
        assert got["Phụ lục"].path == "phu-luc" and got["Phụ lục II"].path == "phu-luc-II"

    def test_a_form_is_an_appendix_without_its_letterhead(self) -> None:
        got = tree(
            *self.DECISION, "Mẫu số 02", "PHIẾU MƯỢN SÁCH", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Họ tên: …"
        )
        assert got["Mẫu số 02"].level is Level.APPENDIX
        assert got["Mẫu số 02"].heading == "PHIẾU MƯỢN SÁCH"

    def test_marks_start_anew_in_every_container_with_paths_of_their_own(self) -> None:
        got = parse(
            lines_of(*self.DECISION, "PHỤ LỤC I", "I. KHO", "1. Sách", "PHỤ LỤC II", "I. KHO", "1. Báo")
        )
        paths = [p.path for p in got]
        assert len(set(paths)) == len(paths)
        assert {"phu-luc-I.muc-I-1", "phu-luc-II.muc-I-1"} <= set(paths)

    def test_a_single_plan_attached_is_cited_by_its_sections_alone(self) -> None:
        got = tree(
            *self.DECISION,
            "ĐỀ ÁN",
            "MỞ RỘNG KHO SÁCH",
            "(Kèm theo Quyết định số 7/QĐ-KS)",
            "I. MỤC TIÊU",
            "1. Mua sách",
        )
        assert got["Mục I.1"].path == "de-an.muc-I-1"
        assert got["Đề án kèm theo"].heading == "ĐỀ ÁN MỞ RỘNG KHO SÁCH"

    def test_articles_go_on_behind_an_appendix_that_stands_in_between(self) -> None:
        got = parse(
            lines_of(
                "Điều 1. Kho",
                "Có kho./.",
                "PHỤ LỤC I",
                "DANH SÁCH",
                "Điều 2. Sách",
                "Có sách.",
                "Điều 3. Báo",
                "Có báo.",
            )
        )
        assert [p.path for p in got if p.level is Level.ARTICLE] == ["dieu-1", "dieu-2", "dieu-3"]


class TestOutlinesInsideAnArticle:
    DECISION = (
        "Điều 1. Phê duyệt Đề án kho sách với các nội dung sau:",
        "I. MỤC TIÊU",
        "1. Mục tiêu chung",
        "a) Kho đủ sách;",
        "II. GIẢI PHÁP",
        "1. Mua sách",
        "a) Mua sách mới;",
        "Điều 2. Quyết định này có hiệu lực kể từ ngày ký.",
    )

    def test_the_sections_of_a_plan_that_an_article_approves_keep_their_marks(self) -> None:
        got = labels(*self.DECISION)
        assert "Điều 1, mục I.1 điểm a" in got and "Điều 1, mục II.1 điểm a" in got
        assert len(got) == len(set(got))

    def test_the_next_article_ends_them(self) -> None:
        assert tree(*self.DECISION)["Điều 2"].parent is None


class TestListsInsideASection:
    def test_a_list_that_counts_anew_stands_below_its_section(self) -> None:
        got = tree(
            "I. THỦ TỤC", "1. Trình tự:", "1. Nộp phiếu;", "2. Chờ tin;", "3. Nhận sách;", "2. Thời hạn", "Ba ngày.",
            "3. Nơi nộp", "Tại kho.",
        )  # fmt: skip
        assert {"Mục I.1", "Mục I.1.1", "Mục I.1.2", "Mục I.1.3", "Mục I.2", "Mục I.3"} == set(got) - {
            "Mục I"
        }
        assert got["Mục I.2"].heading == "Thời hạn"

    def test_a_list_without_a_section_behind_it_is_none(self) -> None:
        got = labels("I. THỦ TỤC", "1. Trình tự", "2. Thời hạn", "II. NƠI NỘP", "1. Kho lớn", "2. Kho nhỏ")
        assert got == ["Mục I", "Mục I.1", "Mục I.2", "Mục II", "Mục II.1", "Mục II.2"]


class TestSpellingsOfMarks:
    def test_clauses_may_be_marked_with_a_stroke(self) -> None:
        assert labels("Điều 1. Kho", "1/ Mở cửa.", "2/ Đóng cửa.") == [
            "Điều 1",
            "Điều 1 khoản 1",
            "Điều 1 khoản 2",
        ]

    def test_a_comma_that_a_scan_made_of_the_full_stop_marks_a_clause(self) -> None:
        assert "Điều 1 khoản 2" in labels("Điều 1. Kho", "1, Kho mở cửa.", "2, Kho đóng cửa.")

    def test_a_number_in_a_reference_is_no_clause(self) -> None:
        assert labels("Điều 1. Kho", "Theo khoản 2,", "3, Điều 5 Luật này.") == ["Điều 1"]

    def test_a_title_below_a_bare_article_is_its_title(self) -> None:
        got = tree("Điều 1.", "Mở kho", "Kho mở cửa.", "Điều 2.", "Kho đóng cửa.")
        assert (got["Điều 1"].heading, got["Điều 2"].heading) == ("Mở kho", "")

    def test_a_short_title_may_end_with_a_colon_but_not_one_that_announces_a_list(self) -> None:
        got = tree("Điều 1. Báo cáo của kho:", "Kho báo cáo.", "Điều 2. Kho gồm:", "Sách.")
        assert (got["Điều 1"].heading, got["Điều 2"].heading) == ("Báo cáo của kho:", "")

    def test_d_and_d_bar_that_a_scan_confused_keep_their_places(self) -> None:
        points = ["a) Một;", "b) Hai;", "c) Ba;", "đ) Bốn;", "đ) Năm;", "e) Sáu."]
        assert labels("Điều 1. Kho", *points)[4:6] == ["Điều 1 điểm d", "Điều 1 điểm đ"]

    def test_an_article_numbered_twice_by_mistake_is_not_lost(self) -> None:
        got = parse(
            lines_of("Điều 1. Kho", "Có kho.", "Điều 2. Sách", "Có sách.", "Điều 2. Thi hành", "Từ nay.")
        )
        assert [(p.number, p.path) for p in got] == [("1", "dieu-1"), ("2", "dieu-2"), ("2", "dieu-2~2")]

    def test_a_division_word_alone_is_joined_with_its_number(self) -> None:
        got = tree(
            "PHẦN", "I. VIỆC CHUNG", "1. Kho", "Có kho.", "PHẦN", "II. VIỆC RIÊNG", "1. Sách", "Có sách."
        )
        assert got["Phần II"].heading == "VIỆC RIÊNG" and "Phần II, mục 1" in got

    def test_a_section_glued_behind_the_title_of_a_part_is_taken_apart(self) -> None:
        got = tree("PHẦN II. NỘI DUNG I. VIỆC CỦA KHO", "1. Mở kho", "Kho mở.")
        assert {"Phần II", "Phần II, mục I", "Phần II, mục I.1"} <= set(got)


class TestSpoiltHeads:
    def test_an_end_mark_above_the_first_article_hides_nothing(self) -> None:
        assert labels("Q. KHO SÁCH", "Số 1./.", "Điều 1. Kho", "1. Có kho.") == ["Điều 1", "Điều 1 khoản 1"]


class TestAttachmentsWithoutAKnownWord:
    MAIN = ("Điều 1. Ban hành bảng giá.", "Điều 2. Thi hành từ nay./.", "Nơi nhận:", "- Thủ thư;")

    def test_a_title_with_its_note_below_a_signed_text_begins_an_attachment(self) -> None:
        got = tree(
            *self.MAIN, "GIÁ SÁCH VÀ BÁO", "(Kèm theo Quyết định số 1/QĐ-KS)", "I. SÁCH", "1. Sách cũ", "Rẻ."
        )
        assert got["Văn bản kèm theo"].heading == "GIÁ SÁCH VÀ BÁO"
        assert got["Mục I.1"].path == "van-ban.muc-I-1"

    def test_a_form_may_have_its_title_on_the_same_line(self) -> None:
        got = tree(*self.MAIN, "PHỤ LỤC", "Mẫu số 02. PHIẾU MƯỢN SÁCH", "I. NGƯỜI MƯỢN", "Họ tên.")
        assert got["Mẫu số 02"].heading == "PHIẾU MƯỢN SÁCH" and "Mẫu số 02, mục I" in got

    def test_a_title_in_capitals_inside_an_appendix_opens_none(self) -> None:
        got = labels(
            *self.MAIN, "PHỤ LỤC", "GIÁ CỦA KHO", "(Kèm theo Quyết định số 1/QĐ-KS)", "DANH SÁCH CẤP TỈNH", "I. SÁCH",
            "Sách rẻ.",
        )  # fmt: skip
        assert "Phụ lục, mục I" in got

    def test_forms_follow_each_other_inside_an_attachment_whatever_their_titles_are(self) -> None:
        got = tree(
            *self.MAIN, "VIỆC CỦA KHO", "(Kèm theo Quyết định số 1/QĐ-KS)", "I. SÁCH", "Sách rẻ.", "Mẫu số 01",
            "(kèm theo Thông tư số 2/TT-KS)", "DANH MỤC SÁCH", "Tên sách:",
        )  # fmt: skip
        assert got["Mẫu số 01"].heading == "DANH MỤC SÁCH" and "Danh mục kèm theo" not in got

    def test_a_table_filed_alone_is_cited_with_its_number(self) -> None:
        blocks = []
        lines = ["Bảng 2", "ĐIỂM CỦA KHO", "(Ban hành kèm theo Quyết định số 1/QĐ-KS)"]
        at = 0
        for line in lines:
            blocks.append(Block(BlockKind.PARAGRAPH, at, at + len(line)))
            at += len(line) + 1
        rows = []
        for cells in (("STT", "Việc", "Điểm"), ("1.1", "Quét kho", "5")):
            text = " | ".join(cells)
            lines.append(text)
            rows.append(Row(cells, at, at + len(text)))
            at += len(text) + 1
        blocks.append(Block(BlockKind.TABLE, rows[0].start, rows[-1].end, rows=tuple(rows)))
        got = parse(Reading("\n".join(lines), tuple(blocks), "text/plain"))
        assert [p.label for p in got] == ["Bảng 2", "Bảng 2, dòng 1.1"]

    def test_what_follows_an_end_mark_inside_an_attachment_is_not_lost(self) -> None:
        got = labels(
            *self.MAIN, "QUY CHẾ", "Điều 1. Kho", "Có kho./.", "TM. KHO SÁCH", "Điều 2. Sách", "Có sách.",
        )  # fmt: skip
        assert "Quy chế kèm theo, Điều 2" in got


class TestSpans:
    def test_a_lead_ends_where_the_first_child_begins(self) -> None:
        reading = lines_of(*RULES)
        got = {p.label: p for p in parse(reading)}
        two = got["Điều 2"]
        assert reading.text[two.start : two.lead_end].strip() == "Điều 2. Người mượn"
        assert reading.text[two.start : two.end].endswith("giữ sách sạch.")

    def test_articles_go_on_behind_missing_numbers(self) -> None:
        got = parse(lines_of("Điều 5. Kho", "Có kho.", "Điều 6. Sách", "Có sách.", "Điều 21. Báo", "Có báo."))
        assert [p.label for p in got] == ["Điều 5", "Điều 6", "Điều 21"]


_LINES = st.lists(
    st.one_of(
        st.text(max_size=40).map(lambda text: " ".join(text.split())),
        st.sampled_from(
            [
                "Chương I", "CHƯƠNG II", "Mục 1", "Phần thứ hai", "QUY ĐỊNH CHUNG", "Điều 1. Kho", "Điều 1.", "Điều 2",
                "Điều 3 của Luật này", "Điều 4a. Sách 1. Một. 2. Hai.", "1. Một", "1.1. Một", "2. Hai:", "12.", "a) Điểm",
                "đ) Điểm", "z) Điểm", "- Gạch", "+ Cộng", "I. MỤC", "IV) Mục", "A. LỚN", "“Điều 9. Trích", "hết trích”.",
                "PHỤ LỤC I", "PHỤ LỤC", "QUY CHẾ", "(Kèm theo Quyết định số 1/QĐ-X)", "Mẫu số 01", "Nơi nhận:",
                "TM. ỦY BAN", "thi hành./.", "Kho mở cửa, Điều 2. Sách", '"', "“", "”",
            ]
        ),
    ).filter(bool),
    max_size=30,
)  # fmt: skip


class TestAnyLines:
    @settings(max_examples=300, deadline=None)
    @given(_LINES)
    def test_the_tree_is_sound(self, lines: list[str]) -> None:
        reading = lines_of(*lines)
        got = parse(reading)
        by_path = {p.path: p for p in got}
        assert len(by_path) == len(got)
        assert [p.ordinal for p in got] == sorted({p.ordinal for p in got})
        for one in got:
            assert 0 <= one.start <= one.lead_end <= one.end <= len(reading.text)
            assert one.label and one.path
            if one.parent is not None:
                above = by_path[one.parent]
                assert above.ordinal < one.ordinal
                assert above.start <= one.start and one.end <= above.end
