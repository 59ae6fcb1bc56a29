"""What a document does to single provisions of others and of its own. All numbers and wording are invented."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.document import Relation, RelationKind
from ingest.amendments import quotations
from ingest.read import read_bytes
from ingest.relations import relations
from ingest.structure import parse

AMENDS, ADDS, REPEALS, REPLACES = (
    RelationKind.AMENDS, RelationKind.ADDS, RelationKind.REPEALS, RelationKind.REPLACES,
)  # fmt: skip
OTHER = "41/2020/NĐ-CP"
TITLE = f"Sửa đổi, bổ sung một số điều của Nghị định số {OTHER} về kho sách"


def read(*lines: str, title: str = "Về kho sách") -> tuple[str, list[Relation]]:
    """The read text of a decree with these lines and the relations that name provisions."""
    text = "\n".join(
        ["CHÍNH PHỦ", "Số: 500/2031/NĐ-CP", "Hà Nội, ngày 01 tháng 02 năm 2031", "NGHỊ ĐỊNH", title, *lines]
    )
    reading = read_bytes(text.encode(), "a.txt")
    found = relations(reading, parse(reading), "500/2031/NĐ-CP", title)
    return reading.text, [one for one in found if one.provisions or not one.number]


def told(*lines: str, title: str = "Về kho sách") -> list[tuple[RelationKind, str, tuple[str, ...]]]:
    _, found = read("Điều 1. Sửa đổi kho sách", *lines, title=title)
    return [(one.kind, one.number, one.provisions) for one in found]


@pytest.mark.parametrize(
    ("sentence", "kind", "places"),
    [
        (f"1. Bãi bỏ điểm c khoản 1 Điều 5 Nghị định số {OTHER}.", REPEALS, ("dieu-5.khoan-1.diem-c",)),
        (f"1. Bãi bỏ Điều 5 và khoản 2 Điều 7 của Nghị định số {OTHER}.", REPEALS, ("dieu-5", "dieu-7.khoan-2")),
        (f"1. Bãi bỏ các quy định tại Điều 2 Nghị định số {OTHER}.", REPEALS, ("dieu-2",)),
        (f"1. Khoản 3 Điều 9 Nghị định số {OTHER} hết hiệu lực kể từ ngày 01/3/2031.", REPEALS, ("dieu-9.khoan-3",)),
        (f"1. Chương II Nghị định số {OTHER} hết hiệu lực kể từ ngày Nghị định này có hiệu lực.", REPEALS, ("chuong-2",)),
        (f"1. Thay thế Điều 8, 9 Nghị định số {OTHER}.", REPLACES, ("dieu-8", "dieu-9")),
        (f"1. Bãi bỏ quy định về mượn sách tại khoản 2 Điều 5 Nghị định số {OTHER}.", AMENDS, ("dieu-5.khoan-2",)),
        (f"1. Thay thế cụm từ “kho” bằng cụm từ “thư viện” tại khoản 1 Điều 3, Điều 6 Nghị định số {OTHER}.", AMENDS,
         ("dieu-3.khoan-1", "dieu-6")),
        (f"1. Bỏ cụm từ “kho” tại Điều 3 Nghị định số {OTHER}.", AMENDS, ("dieu-3",)),
        (f"1. Bãi bỏ Điều 8 Quy chế ban hành kèm theo Nghị định số {OTHER}.", REPEALS, ("kem-theo.dieu-8",)),
    ],
)  # fmt: skip
def test_a_sentence_names_the_provisions_it_changes(
    sentence: str, kind: RelationKind, places: tuple[str, ...]
) -> None:
    assert told(sentence) == [(kind, OTHER, places)]


@pytest.mark.parametrize(
    ("order", "kind", "place", "wording"),
    [
        ("1. Sửa đổi, bổ sung khoản 2 Điều 14 như sau:", AMENDS, "dieu-14.khoan-2", "2. Sách mượn 20 ngày."),
        (
            "1. Khoản 2 Điều 14 được sửa đổi, bổ sung như sau:",
            AMENDS,
            "dieu-14.khoan-2",
            "2. Sách mượn 20 ngày.",
        ),
        (
            "1. Sửa đổi Điều 6 như sau:",
            AMENDS,
            "dieu-6",
            "Điều 6. Trả sách\n1. Trả tại kho.\n2. Trả qua bưu điện.",
        ),
        (
            "1. Bổ sung Điều 5a vào sau Điều 5 như sau:",
            ADDS,
            "dieu-5a",
            "Điều 5a. Thẻ\nThẻ có giá trị 2 năm.",
        ),
        (
            "1. Bổ sung khoản 3a vào sau khoản 3 Điều 7 như sau:",
            ADDS,
            "dieu-7.khoan-3a",
            "3a. Thẻ do kho cấp.",
        ),
        ("1. Bổ sung điểm đ vào khoản 1 Điều 8 như sau:", ADDS, "dieu-8.khoan-1.diem-đ", "đ) Bản sao thẻ."),
    ],
)
def test_new_wording_is_kept_word_for_word(order: str, kind: RelationKind, place: str, wording: str) -> None:
    text, found = read("Điều 1. Sửa đổi kho sách", order, f"“{wording}”.", title=TITLE)
    (one,) = found
    assert (one.kind, one.number, one.provisions) == (kind, OTHER, (place,))
    assert one.wording and text[slice(*one.wording)] == wording


def test_points_given_in_one_quotation_have_each_its_words() -> None:
    text, found = read(
        "Điều 1. Sửa đổi", "1. Sửa đổi điểm a, điểm b khoản 5 Điều 13 như sau:", "“a) Sách mới;", "b) Báo mới.”", title=TITLE
    )  # fmt: skip
    words = {one.provisions: text[slice(*one.wording)] for one in found if one.wording}
    assert words == {("dieu-13.khoan-5.diem-a",): "a) Sách mới;", ("dieu-13.khoan-5.diem-b",): "b) Báo mới."}


def test_the_lines_under_an_article_are_about_its_document_and_place() -> None:
    got = told(
        "1. Sửa đổi, bổ sung một số khoản của Điều 9 như sau:",
        "a) Sửa đổi khoản 2 như sau:",
        "“2. Mượn ba quyển.”",
        "b) Bãi bỏ khoản 4.",
        title=TITLE,
    )
    assert got == [(AMENDS, OTHER, ("dieu-9.khoan-2",)), (REPEALS, OTHER, ("dieu-9.khoan-4",))]


def test_the_heading_that_announces_is_not_a_change_of_its_own() -> None:
    text, found = read(
        f"Điều 1. Sửa đổi, bổ sung Điều 4 Nghị định số {OTHER}",
        f"Sửa đổi, bổ sung một số điều của Nghị định số {OTHER} như sau:",
        "“Điều 4. Giờ mở cửa",
        "Kho mở từ 8 giờ.”",
    )
    (one,) = found
    assert one.provisions == ("dieu-4",)
    assert one.wording and text[slice(*one.wording)].startswith("Điều 4. Giờ mở cửa")


def test_what_stands_in_quotation_marks_orders_nothing() -> None:
    got = told(
        "1. Sửa đổi Điều 6 như sau:",
        "“Điều 6. Hiệu lực",
        "1. Bãi bỏ Điều 3 Nghị định số 99/2011/NĐ-CP.",
        "2. Điều 9 hết hiệu lực kể từ ngày 01/01/2032.”",
        "2. Bãi bỏ khoản 1 Điều 7.",
        title=TITLE,
    )
    assert got == [(AMENDS, OTHER, ("dieu-6",)), (REPEALS, OTHER, ("dieu-7.khoan-1",))]


def test_an_act_named_without_its_number_is_not_mistaken_for_the_one_above() -> None:
    assert told("1. Bãi bỏ khoản 1 Điều 7 Luật Kho sách.", title=TITLE) == []


def test_an_appendix_is_replaced_by_the_documents_own() -> None:
    text, found = read(
        "Điều 1. Sửa đổi",
        f"1. Thay thế Phụ lục I ban hành kèm theo Nghị định số {OTHER} bằng Phụ lục I ban hành kèm theo Nghị định này.",
        "Điều 2. Hiệu lực",
        "Nghị định này có hiệu lực từ ngày 01/3/2031.",
        "PHỤ LỤC I",
        "DANH MỤC KHO",
        "1. Kho thứ nhất",
    )
    (one,) = found
    assert (one.kind, one.number, len(one.provisions)) == (AMENDS, OTHER, 1)
    assert one.provisions[0].endswith("phu-luc-1")
    assert one.wording and "Kho thứ nhất" in text[slice(*one.wording)]


class TestDays:
    def test_own_provisions_begin_on_a_day_of_their_own(self) -> None:
        _, found = read(
            "Điều 1. Kho", "Kho mở cửa.", "Điều 2. Hiệu lực thi hành",
            "1. Nghị định này có hiệu lực từ ngày 01 tháng 3 năm 2031, trừ khoản 2 Điều này.",
            "2. Điều 1 của Nghị định này có hiệu lực từ ngày 01 tháng 01 năm 2032.",
        )  # fmt: skip
        assert [(r.kind, r.number, r.provisions, r.effective_on) for r in found] == [
            (RelationKind.STARTS, "", ("dieu-1",), date(2032, 1, 1))
        ]

    def test_a_change_works_from_the_day_of_the_provision_that_orders_it(self) -> None:
        _, found = read(
            "Điều 1. Sửa đổi", f"1. Bãi bỏ Điều 5 Nghị định số {OTHER}.", f"2. Bãi bỏ Điều 6 Nghị định số {OTHER}.",
            "Điều 2. Hiệu lực thi hành", "1. Nghị định này có hiệu lực từ ngày 01/3/2031.",
            "2. Khoản 2 Điều 1 có hiệu lực từ ngày 01/01/2032.",
        )  # fmt: skip
        days = {one.provisions: one.effective_on for one in found if one.kind is REPEALS}
        assert days == {("dieu-5",): None, ("dieu-6",): date(2032, 1, 1)}

    def test_own_provisions_end(self) -> None:
        _, found = read(
            "Điều 1. Kho", "Kho mở cửa.", "Điều 2. Hiệu lực", "Điều 1 Nghị định này hết hiệu lực kể từ ngày 01/01/2033."
        )  # fmt: skip
        assert [(r.kind, r.number, r.effective_on) for r in found] == [(REPEALS, "", date(2033, 1, 1))]

    def test_what_goes_on_has_its_last_day(self) -> None:
        _, found = read(
            "Điều 1. Hiệu lực",
            f"Nghị định số {OTHER} hết hiệu lực kể từ ngày 01/3/2031, trừ Điều 7 tiếp tục có hiệu lực đến hết ngày 31/12/2031.",
        )
        keeps = [one for one in found if one.kind is RelationKind.KEEPS]
        assert [(one.number, one.provisions, one.until) for one in keeps] == [
            (OTHER, ("dieu-7",), date(2031, 12, 31))
        ]

    @pytest.mark.parametrize(
        ("sentence", "kept"),
        [
            (f"Nghị định này thay thế Nghị định số {OTHER}, trừ Điều 5.", ("dieu-5",)),
            (f"Bãi bỏ Nghị định số {OTHER}, trừ khoản 2 Điều 6.", ("dieu-6.khoan-2",)),
            (f"Bãi bỏ Nghị định số {OTHER}, trừ khoản 2 Điều 6 Nghị định số {OTHER}.", ("dieu-6.khoan-2",)),
            (f"Nghị định số {OTHER} hết hiệu lực từ ngày 01/3/2031, trừ quy định tại khoản 3 Điều này.", None),
            (f"Nghị định số {OTHER} hết hiệu lực từ ngày 01/3/2031, trừ trường hợp tại Điều 45 Nghị định này.", None),
        ],
    )  # fmt: skip
    def test_an_exception_keeps_provisions_of_the_act_that_ends_and_not_its_own(
        self, sentence: str, kept: tuple[str, ...] | None
    ) -> None:
        _, found = read("Điều 1. Hiệu lực", sentence)
        keeps = [one.provisions for one in found if one.kind is RelationKind.KEEPS]
        assert keeps == ([kept] if kept else [])
        assert all(one.whole for one in found if one.kind in (REPEALS, RelationKind.REPLACES))

    def test_what_is_suspended_has_both_days(self) -> None:
        _, found = read(
            "Điều 1. Ngưng",
            f"1. Ngưng hiệu lực thi hành khoản 1 Điều 4 Nghị định số {OTHER} từ ngày 01/3/2031 đến hết ngày 30/6/2031.",
        )
        (one,) = found
        assert (one.kind, one.provisions) == (RelationKind.SUSPENDS, ("dieu-4.khoan-1",))
        assert (one.effective_on, one.until) == (date(2031, 3, 1), date(2031, 6, 30))


def test_quotations_nest_and_survive_a_missing_mark() -> None:
    text = "a “b “c” d” e"
    assert [text[slice(*span)] for span in quotations(text)] == ["“b “c” d”"]
    broken = "như sau:\n“1. Một\n2. Hai”\n“dở dang"
    first = quotations(broken)[0]
    assert broken[slice(*first)] == "“1. Một\n2. Hai”"


@given(st.text('“”"ab1.) \n:;Điều khoản sửa đổi như sau bãi bỏ', max_size=300))
def test_any_text_is_read_without_hanging_or_failing(text: str) -> None:
    for start, end in quotations(text):
        assert 0 <= start < end <= len(text)
    read("Điều 1. Sửa đổi", text, title=TITLE)
