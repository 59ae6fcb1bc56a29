"""Answers cut for a channel: at sentence ends, within its length, with every citation and notice."""

import html
import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answer import (
    Answer,
    CitationShape,
    CitedDocumentShape,
    Composer,
    Status,
    ValidityShape,
)
from bot.channels.channel import Bubble, Button, Style
from bot.channels.shape import answer_bubbles, sentences, source_bubbles, text_bubbles, with_buttons
from bot.messages import say

TELEGRAM = Style(4096, html=True, buttons=True)
ZALO = Style(2000, bubbles_max=2)
DAY = date(2026, 11, 22)
NOTICE = "Câu trả lời do máy tự động trích từ văn bản."
PAGE = "https://hoi.example/a/abc"


def cites(number: int, quote: str = "Nguyên văn.") -> CitationShape:
    validity = ValidityShape(status="in_force", label="Còn hiệu lực", on=DAY)
    document = CitedDocumentShape(
        id=f"d{number}",
        number=f"{number}/2024/NĐ-CP",
        kind="Nghị định",
        issuer="Chính phủ",
        issued_on=DAY,
        title="Về việc thử",
        authority="official",
        validity=validity,
    )
    return CitationShape(
        document=document,
        file="a.txt",
        provision=f"Điều {number}",
        path=f"dieu-{number}",
        quote=quote,
        span=(0, len(quote)),
        page=None,
        url=f"/documents/d{number}?span=0-9#dieu-{number}",
    )


def answer(text: str, citations: int = 1, status: Status = Status.ANSWERED) -> Answer:
    return Answer(
        status=status,
        composer=Composer.EXTRACTIVE,
        text=text,
        notice=NOTICE,
        citations=[cites(n) for n in range(1, citations + 1)],
        as_of=DAY,
    )


def units(bubble: Bubble) -> int:
    return len(bubble.text.encode("utf-16-le")) // 2


def long_text(leads: int, length: int) -> str:
    sentence = (
        "Cơ quan, tổ chức có trách nhiệm giải quyết hồ sơ trong thời hạn {n} ngày làm việc theo quy định."
    )
    parts = []
    for lead in range(1, leads + 1):
        words = " ".join(sentence.format(n=n) for n in range(length))
        parts.append(f"Theo khoản {lead} Điều {lead}, Nghị định {lead}/2024/NĐ-CP:\n{words}")
    return "\n\n".join([*parts, "Lưu ý: Nghị định 1/2024/NĐ-CP đã hết hiệu lực."])


def test_a_short_answer_is_one_bubble_with_text_sources_page_and_notice() -> None:
    text = "Theo Điều 1, Nghị định 1/2024/NĐ-CP:\nThời hạn là 30 ngày."
    (bubble,) = answer_bubbles(answer(text), ZALO, PAGE, "https://hoi.example")
    assert bubble.text == "\n".join(
        [
            text,
            "",
            "Nguồn:",
            "[1] Điều 1, Nghị định 1/2024/NĐ-CP (Còn hiệu lực)",
            "",
            f"Xem đầy đủ: {PAGE}",
            "",
            NOTICE,
        ]
    )


@pytest.mark.parametrize("leads,length", [(1, 60), (3, 20), (6, 12), (12, 40)])
def test_zalo_gets_at_most_two_bubbles_that_end_with_sentences_and_lead_to_the_rest(
    leads: int, length: int
) -> None:
    bubbles = answer_bubbles(answer(long_text(leads, length), leads), ZALO, PAGE, "https://hoi.example")
    assert len(bubbles) <= 2
    assert all(len(one.text) <= 2000 for one in bubbles)
    assert bubbles[0].text.endswith((".", ":"))
    everything = "\n".join(one.text for one in bubbles)
    assert say("cut_with_page") in everything and PAGE in everything
    assert "Lưu ý: Nghị định 1/2024/NĐ-CP đã hết hiệu lực." in everything
    assert NOTICE in everything
    assert re.findall(r"^\[(\d+)\]", everything, re.M) == [str(n) for n in range(1, leads + 1)]


def test_without_a_public_address_a_cut_answer_says_so_and_promises_no_page() -> None:
    everything = "".join(one.text for one in answer_bubbles(answer(long_text(3, 40), 3), ZALO, "", ""))
    assert say("cut") in everything
    assert say("whole_answer") not in everything


def test_nothing_is_cut_where_a_channel_takes_any_number_of_bubbles() -> None:
    text = long_text(4, 60)
    bubbles = answer_bubbles(answer(text, 4), TELEGRAM, PAGE, "https://hoi.example")
    assert len(bubbles) > 2
    shown = html.unescape(re.sub(r"<[^>]+>", "", "\n".join(one.text for one in bubbles)))
    for sentence in re.findall(r"Cơ quan.*?định\.", text):
        assert sentence in shown
    assert all(units(one) <= 4096 for one in bubbles)


def test_a_quote_that_runs_into_the_next_bubble_says_again_where_it_comes_from() -> None:
    bubbles = answer_bubbles(answer(long_text(1, 120)), TELEGRAM, PAGE, "")
    assert len(bubbles) > 1
    for bubble in bubbles[1:]:
        assert bubble.text.startswith("<b>Theo khoản 1 Điều 1, Nghị định 1/2024/NĐ-CP (tiếp):</b>\n")


def test_the_line_that_names_the_place_is_never_parted_from_its_words() -> None:
    for filler in range(1700, 2000, 7):
        text = f"Theo Điều 1, Luật A:\n{'x' * filler}.\n\nTheo Điều 2, Luật B:\nHai ngày. Ba ngày."
        first, *_ = answer_bubbles(answer(text), ZALO, PAGE, "")
        assert not first.text.endswith("Luật B:")


def test_a_sentence_does_not_end_behind_the_mark_of_an_article_or_an_abbreviation() -> None:
    text = "Điều 3. Thời hạn\n1. Ba ngày. Trừ TP. Hồ Chí Minh v.v. Hết; Còn lại năm ngày."
    assert [one for _, one in sentences(text)] == [
        "Điều 3. Thời hạn",
        "1. Ba ngày.",
        "Trừ TP. Hồ Chí Minh v.v. Hết;",
        "Còn lại năm ngày.",
    ]


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=300))
def test_sentences_joined_are_the_text(text: str) -> None:
    assert "".join(gap + one for gap, one in sentences(text)) == text


@given(
    st.text(
        alphabet=st.sampled_from("aĐ&<>\"'. ;\n😀𠀀ệ") | st.characters(codec="utf-8"),
        min_size=1,
        max_size=9000,
    )
)
def test_no_text_makes_a_bubble_too_long_or_empty_or_opens_a_tag(text: str) -> None:
    for style in (TELEGRAM, ZALO, Style(500, html=True), Style(0)):
        for bubble in answer_bubbles(answer(text, 3), style, PAGE, "https://hoi.example"):
            assert bubble.text.strip()
            assert not style.length_max or units(bubble) <= style.length_max * (1 if style.html else 2)
            assert style.html or not style.length_max or len(bubble.text) <= style.length_max
            if style.html:
                tags = re.findall(r"<[^>]*>", bubble.text)
                assert all(re.fullmatch(r'</?b>|</a>|<a href="[^"<>]*">', tag) for tag in tags)
                assert bubble.text.count("<b>") == bubble.text.count("</b>")
                assert not re.search(r"&(?!amp;|lt;|gt;|quot;|#x27;)", bubble.text)


def test_hostile_words_reach_telegram_as_words() -> None:
    hostile = 'Theo <b>Điều</b> 1:\n<script>alert(1)</script> & <a href="x">y</a>'
    (bubble,) = answer_bubbles(answer(hostile), TELEGRAM, PAGE, "https://hoi.example")
    assert "<script>" not in bubble.text and '<a href="x">' not in bubble.text
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; " in bubble.text


def test_sources_are_given_with_their_quotes() -> None:
    given = answer("Theo Điều 1:\nMột.", 2)
    (bubble,) = source_bubbles(given, TELEGRAM, PAGE, "https://hoi.example")
    assert (
        '[1] <a href="https://hoi.example/documents/d1?span=0-9#dieu-1">Điều 1, Nghị định 1/2024/NĐ-CP</a>'
        " (Còn hiệu lực)\n“Nguyên văn.”"
    ) in bubble.text
    assert "[2] " in bubble.text
    plain = source_bubbles(given, ZALO, PAGE, "https://hoi.example")[0].text
    assert "[2] Điều 2, Nghị định 2/2024/NĐ-CP (Còn hiệu lực)\n“Nguyên văn.”" in plain and PAGE in plain


def test_a_refusal_keeps_the_contact_and_has_no_page() -> None:
    text = "Không tìm thấy căn cứ.\n\nCác văn bản gần nhất:\n- Luật A\n\nNơi có thể hỏi thêm: Sở Nội vụ."
    (bubble,) = answer_bubbles(answer(text, 0, Status.NO_EVIDENCE), ZALO, PAGE, "")
    assert bubble.text == f"{text}\n\n{NOTICE}"


def test_buttons_stand_under_the_last_bubble() -> None:
    rows = [[Button("Nguồn", "s:abc")]]
    shown = with_buttons([Bubble("một"), Bubble("hai")], rows)
    assert shown[0].buttons == ()
    assert shown[1].buttons == ((Button("Nguồn", "s:abc"),),)
    assert Bubble.unpacked(shown[1].packed()) == shown[1]


def test_a_fixed_sentence_is_escaped_too() -> None:
    assert text_bubbles("“<x>” & y", TELEGRAM) == [Bubble("“&lt;x&gt;” &amp; y")]
