"""The question in one spelling: NFC, one tone placement, plain blanks; empty and far too long ones end there."""

import unicodedata
from datetime import date

import pytest

from bot.answer import Status
from bot.messages import say
from bot.normalise import normalise
from bot.turn import Turn

DAY = date(2026, 11, 22)


def normalised(question: str, *history: str, limit: int = 2000) -> Turn:
    turn = Turn(question, history, DAY, DAY)
    normalise(turn, limit)
    return turn


def test_decomposed_letters_and_old_tone_marks_become_one_spelling() -> None:
    composed = normalised("Thủ tục hoà giải").text
    assert composed == normalised(unicodedata.normalize("NFD", "Thủ tục hòa giải")).text == "Thủ tục hòa giải"


def test_blanks_line_ends_and_invisible_characters_are_one_blank_or_none() -> None:
    assert normalised("  Thời\u00a0hạn \n\t khiếu\u200b nại\ufeff\x00 ").text == "Thời hạn khiếu nại"


def test_history_is_normalised_and_its_empty_turns_are_left_out() -> None:
    assert normalised("còn khoản 2?", "  Thuỷ  lợi ", "", "\u200b").history == ("Thủy lợi",)


@pytest.mark.parametrize("question", ["", "   ", "?!…", "👍🎉", "\x00\x01", "-- ,,, --"])
def test_a_question_without_letters_or_digits_is_asked_for(question: str) -> None:
    turn = normalised(question)
    assert turn.status is Status.CLARIFY
    assert turn.fixed == [say("empty")]


def test_a_question_over_the_limit_is_refused_with_its_length_and_the_limit() -> None:
    turn = normalised("a" * 101, limit=100)
    assert turn.status is Status.BLOCKED
    assert "101" in turn.fixed[0] and "100" in turn.fixed[0]
    assert normalised("a" * 100, limit=100).status is None
