"""Answers about amended provisions: the wording of the day asked about, with both documents named and cited."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from small_desk import cited, desk_of, settings_in
from test_provision_validity import BASE, FIRST, LAST

from bot.answer import Status
from bot.desk import HelpDesk
from corpus.store import Corpus
from index.publishing import publish
from ingest.pipeline import ingest

QUESTION = "Khoản 2 Điều 1 Nghị định 41/2030/NĐ-CP quy định gì?"


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HelpDesk]:
    folder: Path = tmp_path_factory.mktemp("shelf")
    for name, text in (("base", BASE), ("first", FIRST), ("last", LAST)):
        (folder / f"{name}.txt").write_text(text, encoding="utf-8")
    settings = settings_in(tmp_path_factory.mktemp("data"))
    with Corpus.open(settings.dsn) as corpus:
        assert not ingest([folder], corpus, settings).failed
        publish(corpus, settings, None)
    opened = desk_of(settings)
    yield opened
    opened.close()


def test_before_the_amendment_the_old_words_are_quoted(desk: HelpDesk) -> None:
    answer = desk.ask(QUESTION, as_of=date(2031, 7, 31))
    assert answer.status is Status.ANSWERED
    assert "10 ngày" in answer.text and "20 ngày" not in answer.text
    assert cited(answer)[0] == ("41/2030/NĐ-CP", "dieu-1.khoan-2")


def test_from_its_day_on_the_new_words_are_quoted_and_both_documents_named(desk: HelpDesk) -> None:
    answer = desk.ask(QUESTION, as_of=date(2031, 8, 1))
    assert answer.status is Status.ANSWERED
    assert "20 ngày" in answer.text and "10 ngày" not in answer.text
    assert "41/2030/NĐ-CP" in answer.text and "52/2031/NĐ-CP" in answer.text
    words = answer.citations[0]
    assert (words.document.number, words.quote) == ("52/2031/NĐ-CP", "2. Thời hạn mượn là 20 ngày.")
    text = desk.corpus.text(words.document.id)
    assert text[slice(*words.span)] == words.quote, "the citation points into the amending document"


def test_a_repealed_clause_is_said_to_be_repealed(desk: HelpDesk) -> None:
    answer = desk.ask("Khoản 2 Điều 2 Nghị định 41/2030/NĐ-CP quy định gì?", as_of=date(2032, 1, 1))
    assert answer.status is Status.NOT_IN_FORCE
    assert (
        "khoản 2 Điều 2 Nghị định 41/2030/NĐ-CP đã hết hiệu lực từ ngày 01/01/2032, theo 52/2031/NĐ-CP"
        in answer.text
    )
    assert answer.citations[0].document.validity.status == "expired"


def test_exchanged_words_stand_beside_the_old_text(desk: HelpDesk) -> None:
    answer = desk.ask("Điều 3 Nghị định 41/2030/NĐ-CP quy định gì?", as_of=date(2031, 8, 1))
    assert "Kho báo mở buổi sáng." in answer.text
    assert "Thay thế cụm từ “buổi sáng” bằng cụm từ “cả ngày” tại Điều 3" in answer.text
    assert {number for number, _ in cited(answer)} == {"41/2030/NĐ-CP", "52/2031/NĐ-CP"}


def test_the_validity_of_one_clause_can_be_asked(desk: HelpDesk) -> None:
    question = "Khoản 2 Điều 2 Nghị định 41/2030/NĐ-CP còn hiệu lực không?"
    assert "còn hiệu lực tại ngày 31/12/2031" in desk.ask(question, as_of=date(2031, 12, 31)).text
    ended = desk.ask(question, as_of=date(2032, 1, 1)).text
    assert "khoản 2 Điều 2 Nghị định 41/2030/NĐ-CP đã hết hiệu lực" in ended
    assert "3. Bãi bỏ khoản 2 Điều 2." in ended, "the sentence that says so"
