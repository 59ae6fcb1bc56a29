"""How much of a question a text covers: number words, rare words, pairs, headings and the conversation."""

import pytest

from bot.words import question_words, tokens, with_digits, without_opening


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("Sáu nội dung", "6 nội dung"),
        ("ba trọng tâm", "3 trọng tâm"),
        ("mười chỉ số", "10 chỉ số"),
        ("06 nội dung", "6 nội dung"),
        ("03 ngày làm việc", "3 ngày làm việc"),
    ],
)
def test_number_words_and_padded_digits_count_as_digits(said: str, written: str) -> None:
    assert with_digits(said) == written
    assert tokens(said) == tokens(written)


def test_the_word_for_year_is_not_the_digit_five() -> None:
    assert "5" not in tokens("báo cáo năm")


def test_a_word_inside_another_word_is_no_number() -> None:
    assert with_digits("bao nhiêu, bài ba") == "bao nhiêu, bài 3"


def test_words_count_without_their_diacritics() -> None:
    assert tokens("Thời hạn giải quyết") == tokens("thoi han giai quyet")


def frequency(**counts: int):  # type: ignore[no-untyped-def]
    return lambda token: counts.get(token, 0)


def test_a_rare_word_weighs_more_than_a_common_one() -> None:
    words = question_words("hồ khiếu", frequency(ho=80, khieu=1), 100)
    assert words.coverage(tokens("khiếu")) > words.coverage(tokens("hồ")) > 0


def test_all_the_words_cover_everything_and_none_nothing() -> None:
    words = question_words("thời hiệu khiếu nại", frequency(thoi=5, hieu=5, khieu=5, nai=5), 100)
    assert words.coverage(tokens("Thời hiệu khiếu nại là 90 ngày.")) == pytest.approx(1)
    assert words.coverage(tokens("con dấu")) == 0


def test_a_heading_counts_for_less_than_the_text_itself() -> None:
    words = question_words("thời hiệu khiếu nại", frequency(thoi=5, hieu=5, khieu=5, nai=5), 100)
    own = words.coverage(tokens("thời hiệu khiếu nại"))
    above = words.coverage(tokens("là 90 ngày"), tokens("Thời hiệu khiếu nại"))
    assert 0 < above < own


def test_words_that_only_ask_say_nothing_of_the_subject() -> None:
    asking = question_words("là bao nhiêu, như thế nào?", frequency(), 100)
    assert asking.coverage(tokens("là bao nhiêu")) == 0


@pytest.mark.parametrize(
    "opened",
    [
        "Tôi là công chức cấp xã, xin hỏi thời hạn khiếu nại?",
        "Anh chị cho em hỏi: thời hạn khiếu nại?",
        "Cho hỏi thời hạn khiếu nại?",
        "toi la can bo van thu, cho toi hoi thời hạn khiếu nại?",
    ],
)
def test_who_asks_is_not_what_is_asked(opened: str) -> None:
    assert without_opening(opened) == "thời hạn khiếu nại?"


@pytest.mark.parametrize(
    "question",
    [
        "Bộ này hỏi ý kiến bộ kia trong mấy ngày?",
        "Đơn vị tôi cần hỏi ý kiến Sở Nội vụ trong mấy ngày?",
        "Công chức nghỉ hưu trước tuổi, cho hỏi hưởng chế độ gì?",
    ],
)
def test_words_before_a_question_that_say_what_it_is_about_stay(question: str) -> None:
    assert without_opening(question) == question


def test_words_carried_over_count_for_less_than_those_of_the_question() -> None:
    counts = frequency(khieu=5, nai=5, cao=5)
    alone = question_words("khiếu nại", counts, 100)
    together = question_words("cáo", counts, 100, subject="khiếu nại")
    assert 0 < together.weights["khieu"] < alone.weights["khieu"]
    assert together.weights["cao"] > together.weights["khieu"]
