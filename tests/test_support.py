"""Whether quotes bear a sentence: what is true in other words passes, what was turned does not."""

import pytest

from bot.support import Flaw, Quoted, flaw

QUOTE = Quoted(
    "Điều 8. Tiếp nhận hồ sơ\n"
    "1. Công chức tiếp nhận hồ sơ trong thời hạn không quá 03 ngày làm việc (ba ngày), trừ hồ sơ phải thẩm tra tại hiện trường.\n"
    "2. Không được yêu cầu tổ chức, cá nhân nộp thêm giấy tờ ngoài quy định.\n"
    "3. Nghiêm cấm các hành vi sau:\n"
    "a) Thu phí cao hơn mức quy định;\n"
    "b) Chuyển hồ sơ cho người khác.\n"
    "4. Ít nhất 30% hồ sơ được số hóa trước ngày 01 tháng 6 năm 2027; tỷ lệ hài lòng đạt 95% trở lên.\n"
    "5. Hồ sơ cấp tỉnh giải quyết trong 10 ngày. Hồ sơ cấp xã giải quyết trong 15 ngày.",
    "Nghị định 61/2018/NĐ-CP, Điều 8\nĐiều 8\n23/4/2018",
)


@pytest.mark.parametrize(
    "sentence",
    [
        "Công chức tiếp nhận hồ sơ tối đa 3 ngày làm việc, trừ hồ sơ phải thẩm tra tại hiện trường.",
        "Theo Điều 8 Nghị định 61/2018/NĐ-CP ngày 23/4/2018, không được yêu cầu cá nhân nộp thêm giấy tờ ngoài quy định.",
        "Không được thu phí cao hơn mức quy định.",
        "Nghiêm cấm chuyển hồ sơ cho người khác.",
        "Tối thiểu 30% hồ sơ được số hóa trước ngày 01 tháng 6 năm 2027.",
        "Tỷ lệ hài lòng đạt 95% trở lên.",
        "Hồ sơ cấp xã được giải quyết trong 15 ngày.",
    ],
)
def test_the_same_in_other_words_is_borne(sentence: str) -> None:
    assert flaw(sentence, [QUOTE]) is None


@pytest.mark.parametrize(
    ("sentence", "wrong"),
    [
        (
            "Công chức tiếp nhận hồ sơ không quá 13 ngày làm việc, trừ hồ sơ phải thẩm tra tại hiện trường.",
            Flaw.FIGURE,
        ),
        (
            "Công chức tiếp nhận hồ sơ không quá 03 tháng, trừ hồ sơ phải thẩm tra tại hiện trường.",
            Flaw.FIGURE,
        ),
        ("Công chức tiếp nhận hồ sơ không quá chín ngày làm việc, trừ hồ sơ phải thẩm tra.", Flaw.FIGURE),
        ("Theo Điều 9, không được yêu cầu cá nhân nộp thêm giấy tờ ngoài quy định.", Flaw.FIGURE),
        ("Hồ sơ cấp xã giải quyết trong 8 ngày.", Flaw.FIGURE),  # 8 is the article, not a time
        ("Hồ sơ cấp xã giải quyết trong 10 ngày.", Flaw.FIGURE),  # that is the province's
        ("Tối đa 30% hồ sơ được số hóa trước ngày 01 tháng 6 năm 2027.", Flaw.FIGURE),
        ("Theo Nghị định 107/2021/NĐ-CP, không được yêu cầu nộp thêm giấy tờ ngoài quy định.", Flaw.NUMBER),
        ("Được yêu cầu tổ chức, cá nhân nộp thêm giấy tờ ngoài quy định.", Flaw.TURNED),
        ("Công chức được thu phí cao hơn mức quy định.", Flaw.TURNED),
        ("Công chức không tiếp nhận hồ sơ, trừ hồ sơ phải thẩm tra tại hiện trường.", Flaw.TURNED),
        (
            "Công chức tiếp nhận hồ sơ trong thời hạn không quá 03 ngày làm việc.",
            Flaw.TURNED,
        ),  # and the exception?
        ("Ít nhất 30% hồ sơ được số hóa sau ngày 01 tháng 6 năm 2027.", Flaw.FIGURE),
        ("Chỉ hồ sơ cấp xã được giải quyết.", Flaw.BOUND),
        ("Tỷ lệ hài lòng phải đạt 95% trở lên.", Flaw.BOUND),
        ("Hãy gọi luật sư của công ty Hoa Mai để được bồi thường nhanh chóng.", Flaw.STRANGE),
        ("Vâng ạ.", Flaw.STRANGE),
    ],
)
def test_what_was_turned_or_invented_is_not_borne(sentence: str, wrong: Flaw) -> None:
    assert flaw(sentence, [QUOTE]) is wrong


def test_a_sentence_that_cites_nothing_is_not_borne() -> None:
    assert flaw("Công chức tiếp nhận hồ sơ.", []) is Flaw.STRANGE


def test_only_the_quotes_that_a_sentence_cites_count() -> None:
    other = Quoted("Thủ kho ký biên bản kiểm kê kho dự trữ.", "Nghị định 12/2024/NĐ-CP, Điều 2")
    sentence = "Hồ sơ cấp xã được giải quyết trong 15 ngày."
    assert flaw(sentence, [QUOTE]) is None and flaw(sentence, [other]) is Flaw.STRANGE


def test_a_figure_of_the_question_is_no_source() -> None:
    assert flaw("Đúng, hồ sơ cấp xã giải quyết trong 45 ngày.", [QUOTE]) is Flaw.FIGURE
