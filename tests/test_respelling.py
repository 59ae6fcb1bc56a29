"""Questions typed without marks, in capitals, with slips of the hand: mended from the corpus's own words."""

import json
import unicodedata
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from bot.normalise import normalise
from bot.respelling import respell, respelled
from bot.turn import Turn
from corpus.spelling import has_diacritics, modern_tones
from evals.perturb import perturbed
from index.search import Search, open_current
from settings import Settings

SUITE = Path(__file__).resolve().parents[1] / "evals" / "suites" / "samples.jsonl"
DAY = date(2026, 11, 22)


@pytest.fixture(scope="module")
def search(sample_desk_settings: Settings) -> Iterator[Search]:
    yield open_current(sample_desk_settings)


@pytest.fixture(scope="module")
def questions() -> list[str]:
    rows = [json.loads(line) for line in SUITE.read_text("utf-8").splitlines()]
    slips = ("no_diacritics", "typo", "abbreviation", "smalltalk")
    asked = [modern_tones(row["question"]) for row in rows if row["kind"] not in slips]
    return [question for question in asked if has_diacritics(question)]


def words(text: str) -> list[str]:
    return "".join(c if c.isalnum() else " " for c in text.lower()).split()


def right(questions: list[str], search: Search, variant: str) -> float:
    """Share of words that are again what they were before the variant changed them."""
    same = total = 0
    for question in questions:
        typed = modern_tones(unicodedata.normalize("NFC", perturbed(question, variant, question)))
        mended, meant = words(respelled(typed, search)), words(question)
        if len(mended) == len(meant):
            total += len(meant)
            same += sum(a == b for a, b in zip(mended, meant, strict=True))
    assert total > 300
    return same / total


def test_a_question_that_is_spelt_well_is_left_alone(questions: list[str], search: Search) -> None:
    changed = [
        (a, b)
        for q in questions
        for a, b in zip(words(q), words(respelled(q, search)), strict=True)
        if a != b
    ]
    assert len(changed) <= 0.01 * sum(len(words(q)) for q in questions), changed


@pytest.mark.parametrize(
    ("variant", "share"), [("no-diacritics", 0.92), ("telex-typos", 0.96), ("upper", 0.99)]
)
def test_most_words_come_back(variant: str, share: float, questions: list[str], search: Search) -> None:
    assert right(questions, search, variant) >= share


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("thoi hieu khieu nai la bao nhieu ngay", "thời hiệu khiếu nại là bao nhiêu ngày"),
        ("Thowif hieeuj khiếu nại là bao nhieeu ngày?", "Thời hiệu khiếu nại là bao nhiêu ngày?"),
        ("thu3 tu5c hành chính gồm những gì", "thủ tục hành chính gồm những gì"),
        ("Thời hạn giải quyết khiêu nại là bao lâu?", "Thời hạn giải quyết khiếu nại là bao lâu?"),
        ("Thủ tục hnàh chính là gì?", "Thủ tục hành chính là gì?"),
        ("nghij dinhj quy ddinhj gif", "nghị định quy định gì"),
        ("d9ie6u2 kie65n nâng lương trước thời hạn", "điều kiện nâng lương trước thời hạn"),
        ("hànhchính công là gì", "hành chính công là gì"),
        ("thủtục hànhchính", "thủ tục hành chính"),
        ("thủ tụccc hành chínhhh", "thủ tục hành chính"),
        ("viên chức bị kỉ luật cảnh cáo", "viên chức bị kỷ luật cảnh cáo"),
        ("mức sử phạt vi phạm hành chính", "mức xử phạt vi phạm hành chính"),
        ("có thẩm quyền jải quyết tố cáo", "có thẩm quyền giải quyết tố cáo"),
        ("trả kêt quả trể hẹn", "trả kết quả trễ hẹn"),
        ("thơi han giai quyet khieu nai lan dau", "thời hạn giải quyết khiếu nại lần đầu"),
        ("điêu 14 nghi đinh 61", "điều 14 nghị định 61"),
        (
            "CƠ QUAN NÀO CHỦ TRÌ THEO QUYẾT ĐỊNH 905/QĐ-BNV?",
            "cơ quan nào chủ trì theo quyết định 905/qđ-bnv?",
        ),
    ],
)
def test_slips_are_mended(typed: str, meant: str, search: Search) -> None:
    assert respelled(typed, search) == meant


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("cb một cửa k nhận hs thì báo ai", "cán bộ một cửa không nhận hồ sơ thì báo ai"),
        ("ntn là cải cách hành chính", "như thế nào là cải cách hành chính"),
        ("đc nghỉ mấy ngày r", "được nghỉ mấy ngày rồi"),
        ("tg giải quyết hồ sơ ko quá bn ngày", "thời gian giải quyết hồ sơ không quá bao nhiêu ngày"),
        ("cần giấy tờ j", "cần giấy tờ gì"),
        ("k 3 điều 14 nói gì", "k 3 điều 14 nói gì"),  # the word of a number
        ("theo TT 40 và CV của sở", "theo TT 40 và CV của sở"),  # capitals are no chat
    ],
)
def test_what_is_short_in_a_chat_is_written_out_as_the_words_around_it_ask(
    typed: str, meant: str, search: Search
) -> None:
    assert respelled(typed, search) == meant


@pytest.mark.parametrize(
    "text",
    [
        "Nghị định 61/2018/NĐ-CP còn hiệu lực không?",
        "QĐ 905 và TTHC trên cchc.khanhhoa.gov.vn thì sao?",
        "Ông Trịnh Công Sơn hỏi gì?",
        "PAPI khác PCI thế nào?",
        "Ở xã Ia Pa và Đắk Lắk thì nộp ở đâu?",
        "nộp online qua app hay gửi email?",
        "Gửi về hoi.dap@example.gov.vn được không?",
        "",
        "?!",
        "123",
    ],
)
def test_numbers_names_addresses_and_abbreviations_stay(text: str, search: Search) -> None:
    assert respelled(text, search) == text


def test_a_hat_typed_over_a_tone_is_one_letter(search: Search) -> None:
    assert respelled("Khiế\u0302u nại", search) == respelled("Khiếu nại", search)
    assert respelled("khie\u0301\u0302u nại", search) == "khiếu nại"


def test_the_turn_keeps_what_was_typed_and_mends_the_conversation_too(search: Search) -> None:
    turn = Turn("thoi hieu la bn ngay", ("luat khieu nai quy dinh gi",), DAY, DAY)
    normalise(turn, 2000)
    respell(turn, search)
    assert turn.question == turn.typed == "thoi hieu la bn ngay"
    assert turn.text.startswith("thời hiệu là") and turn.history == ("luật khiếu nại quy định gì",)
    assert turn.asked.number  # "bn" was written out


def test_abbreviations_are_written_out_beside_the_words_as_meant(search: Search) -> None:
    turn = Turn("CCHC là gì?", (), DAY, DAY)
    normalise(turn, 2000)
    respell(turn, search)
    assert (turn.text, turn.query) == ("CCHC là gì?", "cải cách hành chính là gì?")


def test_the_fewer_marks_a_text_has_the_sooner_a_bare_word_is_taken_for_a_marked_one(search: Search) -> None:
    assert respelled("Cơ quan chủ trì thủ tục này là ai ban hành?", search).endswith("ban hành?")
    assert respelled("co quan nào chu tri thu tuc nay", search) == "cơ quan nào chủ trì thủ tục này"


@given(text=st.text(max_size=60))
@hypothesis_settings(max_examples=60)
def test_whatever_is_typed_nothing_fails_and_no_digit_is_lost(text: str, search: Search) -> None:
    mended = respelled(unicodedata.normalize("NFC", text), search)
    if not any(c.isalpha() for c in text):
        assert [c for c in mended if c.isdigit()] == [
            c for c in unicodedata.normalize("NFC", text) if c.isdigit()
        ]
