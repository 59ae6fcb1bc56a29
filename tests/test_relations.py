"""What a document says about others. All numbers and wording are invented."""

from datetime import date

import pytest

from corpus.document import Relation, RelationKind
from ingest.header import header
from ingest.read import read_bytes
from ingest.relations import relations
from ingest.structure import parse

AMENDS, REPLACES, REPEALS = RelationKind.AMENDS, RelationKind.REPLACES, RelationKind.REPEALS


def said(*sentences: str, title: str = "Về kho sách") -> tuple[Relation, ...]:
    """Relations of a decree whose last article holds these lines."""
    text = "\n".join(
        ["CHÍNH PHỦ", "Số: 500/2031/NĐ-CP", "Hà Nội, ngày 01 tháng 02 năm 2031", "NGHỊ ĐỊNH", title,
         "Điều 1. Phạm vi", "Nghị định này quy định về kho sách.", "Điều 2. Hiệu lực thi hành", *sentences]
    )  # fmt: skip
    reading = read_bytes(text.encode(), "a.txt")
    return relations(reading, parse(reading), "500/2031/NĐ-CP", title)


def told(*sentences: str, title: str = "Về kho sách") -> list[tuple[RelationKind, str, bool]]:
    return [(one.kind, one.number, one.whole) for one in said(*sentences, title=title)]


class TestWholly:
    @pytest.mark.parametrize(
        "sentence",
        [
            "Nghị định số 41/2020/NĐ-CP ngày 02 tháng 3 năm 2020 của Chính phủ về kho sách hết hiệu lực kể từ ngày Nghị định này có hiệu lực.",
            "1. Bãi bỏ Nghị định số 41/2020/NĐ-CP ngày 02/3/2020 của Chính phủ.",
            "Kể từ ngày Nghị định này có hiệu lực, bãi bỏ toàn bộ Nghị định số 41/2020/NĐ-CP.",
            "Nghị định này bãi bỏ Nghị định số 41/2020/NĐ-CP.",
        ],
    )
    def test_repealed(self, sentence: str) -> None:
        assert told(sentence) == [(REPEALS, "41/2020/NĐ-CP", True)]

    @pytest.mark.parametrize(
        "sentence",
        [
            "Nghị định này có hiệu lực thi hành từ ngày 01 tháng 4 năm 2031 và thay thế Nghị định số 41/2020/NĐ-CP.",
            "Nghị định này có hiệu lực kể từ ngày ký ban hành, thay thế cho Nghị định số 41/2020/NĐ-CP về kho sách.",
            "2. Nghị định này thay thế: Nghị định số 41/2020/NĐ-CP ngày 02/3/2020.",
        ],
    )
    def test_replaced(self, sentence: str) -> None:
        assert told(sentence) == [(REPLACES, "41/2020/NĐ-CP", True)]

    def test_both_of_two_acts(self) -> None:
        got = told(
            "Nghị định số 41/2020/NĐ-CP ngày 02/3/2020 về kho sách và Nghị định số 42/2021/NĐ-CP ngày 03/4/2021 sửa đổi, bổ "
            "sung một số điều của Nghị định số 41/2020/NĐ-CP ngày 02/3/2020 hết hiệu lực từ ngày Nghị định này có hiệu lực."
        )
        assert got == [(REPEALS, "41/2020/NĐ-CP", True), (REPEALS, "42/2021/NĐ-CP", True)]


class TestPartly:
    @pytest.mark.parametrize(
        "sentence",
        [
            "Bãi bỏ Điều 5 và khoản 2 Điều 7 Nghị định số 41/2020/NĐ-CP.",
            "Bãi bỏ các quy định về mượn sách tại Nghị định số 41/2020/NĐ-CP ngày 02/3/2020 của Chính phủ.",
            "Những quy định về mượn sách trong Nghị định số 41/2020/NĐ-CP hết hiệu lực kể từ ngày Nghị định này có hiệu lực.",
            "Bãi bỏ 03 thủ tục hành chính được công bố tại Nghị định số 41/2020/NĐ-CP.",
            "Bãi bỏ Danh mục ban hành kèm theo Nghị định số 41/2020/NĐ-CP.",
        ],
    )
    def test_repealed_in_part(self, sentence: str) -> None:
        assert told(sentence) == [(REPEALS, "41/2020/NĐ-CP", False)]

    def test_a_second_act_shares_the_part(self) -> None:
        got = told(
            "Bãi bỏ các quy định về mượn sách tại Nghị định số 41/2020/NĐ-CP ngày 02/3/2020 về kho sách và Nghị định số "
            "42/2021/NĐ-CP ngày 03/4/2021 sửa đổi Nghị định số 41/2020/NĐ-CP."
        )
        assert got == [(REPEALS, "41/2020/NĐ-CP", False), (REPEALS, "42/2021/NĐ-CP", False)]

    def test_exchanged_words_amend(self) -> None:
        got = told(
            "Thay thế cụm từ “kho sách” bằng cụm từ “thư viện” tại khoản 1 Điều 3 Nghị định số 41/2020/NĐ-CP."
        )
        assert got == [(AMENDS, "41/2020/NĐ-CP", False)]

    def test_amended_and_repealed_in_one_sentence(self) -> None:
        got = told("Sửa đổi Điều 3 và bãi bỏ Điều 4 Nghị định số 41/2020/NĐ-CP.")
        assert got == [(AMENDS, "41/2020/NĐ-CP", False), (REPEALS, "41/2020/NĐ-CP", False)]


class TestLists:
    def test_items_under_a_lead_are_repealed(self) -> None:
        got = told(
            "1. Nghị định này có hiệu lực từ ngày 01 tháng 4 năm 2031.",
            "2. Các văn bản sau hết hiệu lực kể từ ngày Nghị định này có hiệu lực thi hành, trừ trường hợp quy định tại Điều 1:",
            "a) Nghị định số 41/2020/NĐ-CP về kho sách;",
            "b) Điều 3 Nghị định số 42/2021/NĐ-CP quy định chi tiết thi hành Nghị định số 43/2021/NĐ-CP.",
            "3. Nghị định số 44/2021/NĐ-CP được áp dụng cho kho báo.",
        )
        assert got == [(REPEALS, "41/2020/NĐ-CP", True), (REPEALS, "42/2021/NĐ-CP", False)]

    def test_items_without_marks_are_replaced(self) -> None:
        got = told(
            "Nghị định này có hiệu lực từ ngày 01/4/2031 và thay thế:",
            "Điều 3 Nghị định số 41/2020/NĐ-CP về kho sách; Nghị định số 42/2021/NĐ-CP về kho báo.",
        )
        assert set(got) == {(REPLACES, "41/2020/NĐ-CP", False), (REPLACES, "42/2021/NĐ-CP", True)}

    def test_a_lead_about_some_provisions_makes_parts(self) -> None:
        got = told(
            "Bãi bỏ các quy định về mượn sách tại các văn bản sau đây:", "a) Nghị định số 41/2020/NĐ-CP."
        )
        assert got == [(REPEALS, "41/2020/NĐ-CP", False)]


class TestNoObjects:
    @pytest.mark.parametrize(
        "sentence",
        [
            "Nghị định số 41/2020/NĐ-CP không hết hiệu lực khi Nghị định này được ban hành.",
            "Nghị định số 41/2020/NĐ-CP chỉ hết hiệu lực khi có Nghị định mới thay thế.",
            "2. Trường hợp Nghị định số 41/2020/NĐ-CP hết hiệu lực thì áp dụng văn bản mới.",
        ],
    )
    def test_an_end_that_is_denied_or_supposed_is_none(self, sentence: str) -> None:
        assert told(sentence) == []

    def test_the_act_that_amended_is_not_taken(self) -> None:
        got = told(
            "Luật Kho sách số 41/2010/QH12 đã được sửa đổi, bổ sung một số điều theo Luật số 42/2012/QH13 và Luật số "
            "43/2014/QH13 hết hiệu lực kể từ ngày Nghị định này có hiệu lực."
        )
        assert got == [(REPEALS, "41/2010/QH12", True)]
        got = told(
            "Nghị định số 41/2020/NĐ-CP (được sửa đổi, bổ sung tại Nghị định số 42/2021/NĐ-CP ngày 03/4/2021) hết hiệu lực "
            "kể từ ngày Nghị định này có hiệu lực."
        )
        assert got == [(REPEALS, "41/2020/NĐ-CP", True)]

    @pytest.mark.parametrize(
        "sentence",
        [
            "Việc mượn sách theo Nghị định số 41/2020/NĐ-CP và các văn bản sửa đổi, bổ sung, thay thế.",
            "Nghị định này công bố các thủ tục bị bãi bỏ tại Nghị định số 41/2020/NĐ-CP.",
            "Ban Kho sách thay thế Phòng Sách quy định tại Điều 3 của Nghị định số 41/2020/NĐ-CP.",
            "Hồ sơ nộp trước ngày Nghị định số 41/2020/NĐ-CP hết hiệu lực thì làm tiếp.",
            "“2. Nghị định này thay thế Nghị định số 41/2020/NĐ-CP.”",
        ],
    )
    def test_words_that_order_nothing(self, sentence: str) -> None:
        assert told(sentence) == []

    def test_an_act_named_in_the_name_of_another_is_left_alone(self) -> None:
        got = told(
            "Bãi bỏ Thông tư số 41/2020/TT-BNV hướng dẫn thi hành Nghị định số 42/2019/NĐ-CP về kho sách."
        )
        assert got == [(REPEALS, "41/2020/TT-BNV", True)]

    def test_a_number_inside_quotation_marks_is_part_of_a_name(self) -> None:
        got = told("Bãi bỏ thủ tục “Mượn sách theo Thông tư số 41/2020/TT-BNV” tại Quyết định số 42/QĐ-BNV.")
        assert got == [(REPEALS, "42/QĐ-BNV", False)]

    def test_the_document_itself_is_no_relation(self) -> None:
        assert told("Bãi bỏ Nghị định số 500/2031/NĐ-CP.") == []


class TestOtherRelations:
    def test_a_title_that_amends(self) -> None:
        got = told("Hết.", title="Sửa đổi, bổ sung một số điều của Nghị định số 41/2020/NĐ-CP về kho sách")
        assert got == [(AMENDS, "41/2020/NĐ-CP", False)]

    def test_a_title_that_guides(self) -> None:
        got = told("Hết.", title="Hướng dẫn thực hiện Nghị định số 41/2020/NĐ-CP về kho sách")
        assert got == [(RelationKind.GUIDES, "41/2020/NĐ-CP", True)]

    def test_an_article_that_amends(self) -> None:
        got = told(
            "Sửa đổi, bổ sung khoản 1 Điều 3 của Thông tư số 41/2020/TT-BNV như sau:", "“1. Kho có sách.”"
        )
        assert got == [(AMENDS, "41/2020/TT-BNV", False)]

    def test_legal_bases_without_the_acts_that_amended_them(self) -> None:
        text = (
            "BỘ NỘI VỤ\nSố: 9/QĐ-BNV\nHà Nội, ngày 02 tháng 3 năm 2031\nQUYẾT ĐỊNH\nVề kho sách\n"
            "Căn cứ Luật Kho sách số 41/2010/QH12 đã được sửa đổi, bổ sung theo Luật số 42/2012/QH13;\n"
            "Căn cứ Nghị định số 43/2020/NĐ-CP ngày 02/3/2020;\nQUYẾT ĐỊNH:\nĐiều 1. Mở kho.\nĐiều 2. Thi hành./.\n"
        )
        reading = read_bytes(text.encode(), "a.txt")
        got = [(r.kind, r.number) for r in header(reading, parse(reading)).relations]
        assert got == [(RelationKind.BASED_ON, "41/2010/QH12"), (RelationKind.BASED_ON, "43/2020/NĐ-CP")]

    def test_front_matter_states_relations(self) -> None:
        text = "---\nso_hieu: 9/QĐ-BNV\ntinh_chat: tom_luoc\nthay_the: [41/QĐ-BNV]\ncan_cu: [42/NQ-CP]\n---\n# Kho\n\nCó kho.\n"
        reading = read_bytes(text.encode(), "a.md")
        got = {(r.kind, r.number) for r in header(reading, parse(reading)).relations}
        assert got == {(REPLACES, "41/QĐ-BNV"), (RelationKind.BASED_ON, "42/NQ-CP")}


class TestEvidence:
    def test_a_relation_points_to_its_sentence(self) -> None:
        sentence = "Bãi bỏ Nghị định số 41/2020/NĐ-CP ngày 02/3/2020."
        text = f"NGHỊ ĐỊNH\nVề kho\nĐiều 1. Kho\nCó kho.\nĐiều 2. Thi hành\n1. Mở cửa.\n2. {sentence}\n"
        reading = read_bytes(text.encode(), "a.txt")
        (one,) = relations(reading, parse(reading), "", "")
        assert reading.text[one.start : one.end] == sentence

    def test_a_repeal_may_name_its_own_day(self) -> None:
        (one,) = said("Nghị định số 41/2020/NĐ-CP hết hiệu lực thi hành kể từ ngày 08 tháng 8 năm 2031.")
        assert one.effective_on == date(2031, 8, 8)
        assert said("Bãi bỏ Nghị định số 41/2020/NĐ-CP.")[0].effective_on is None
