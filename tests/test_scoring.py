"""The verdict on one answer."""

from datetime import date
from typing import Any

import pytest

from evals.reply import Asked, Cited, CitedDocument, Nearest, Reply, Source
from evals.scoring import Verdict, score
from evals.suite import Gold, Row

QUOTE = "Thời hiệu khiếu nại là 90 ngày, kể từ ngày nhận được quyết định."
GOLD = Gold(document="02/2011/QH13", file="luat.txt", provision="Điều 9")


def row(**more: Any) -> Row:
    fields: dict[str, Any] = {
        "id": "r", "question": "Thời hiệu khiếu nại?", "kind": "deadline", "expect": "answer", "gold": [GOLD],
        "facts": [["90 ngày", "chín mươi ngày"]],
    }  # fmt: skip
    return Row.model_validate(fields | more)


def cited(
    number: str = "02/2011/QH13", provision: str = "Điều 9", file: str = "x", quote: str = QUOTE
) -> Cited:
    return Cited(document=CitedDocument(number=number), file=file, provision=provision, quote=quote)


def verdict(
    row: Row,
    text: str = QUOTE,
    citations: tuple[Cited, ...] = (cited(),),
    stored: str | None = QUOTE,
    status: str = "answered",
    metadata: tuple[str, ...] = (),
    composer: str = "",
) -> Verdict:
    reply = Reply(
        status=status,
        composer=composer,
        text=text,
        citations=citations,
        confidence=0.9,
        as_of=date(2026, 11, 22),
    )
    sources = tuple(Source(stored=stored, metadata=metadata) for _ in citations)
    return score(row, Asked(question=row.question, reply=reply, sources=sources, ms=5))


def test_a_right_answer_is_right_in_every_figure() -> None:
    found = verdict(row())
    assert found.status_right and found.document_first and found.document_any and found.provision_hit
    assert found.facts_all and found.fact_recall == 1 and found.right
    assert (found.quotes, found.quotes_verbatim, found.unsupported) == (1, 1, ())


def test_the_parent_of_the_gold_is_near_and_no_hit() -> None:
    found = verdict(row(gold=[Gold(document="02/2011/QH13", provision="Điều 9 khoản 1")]))
    assert found.provision_near and not found.provision_hit and found.golds == ("near",)


def test_another_document_is_no_hit_however_its_provision_is_called() -> None:
    found = verdict(row(), citations=(cited(number="25/2018/QH14"),))
    assert not found.document_any and not found.document_first and not found.provision_near


def test_numbers_are_compared_however_they_are_spelt() -> None:
    assert verdict(row(gold=[Gold(document="905/QĐ-BNV")]), citations=(cited("905/QĐ - BNV"),)).document_any


def test_without_a_number_the_file_is_the_key() -> None:
    gold = [Gold(file="tin/bai.txt", provision="Điều 9")]
    assert verdict(row(gold=gold), citations=(cited("", file="tin/bai.txt"),)).provision_hit
    assert not verdict(row(gold=gold), citations=(cited("", file="tin/khac.txt"),)).document_any


def test_only_the_first_five_citations_count() -> None:
    others = tuple(cited(provision=f"Điều {n}") for n in range(20, 25))
    assert verdict(row(), citations=(*others[:4], cited())).provision_hit
    assert not verdict(row(), citations=(*others, cited())).provision_hit


def test_all_golds_of_a_row_are_needed() -> None:
    both = row(gold=[GOLD, Gold(document="25/2018/QH14", provision="Điều 4")])
    one = verdict(both)
    assert one.golds == ("hit", "") and not one.provision_hit and not one.document_any and one.document_first
    assert verdict(both, citations=(cited(), cited("25/2018/QH14", "Điều 4 khoản 2"))).provision_hit


def test_a_gold_told_in_words_judges_the_document_only() -> None:
    found = verdict(row(gold=[Gold(document="02/2011/QH13", provision="Nhiệm vụ")]))
    assert found.document_any and found.provision_hit is None and found.golds == ("described",)


def test_a_fact_counts_by_any_of_its_spellings() -> None:
    assert verdict(row(), text="chín mươi ngày").facts_all
    half = verdict(row(facts=[["90 ngày"], ["người khiếu nại"]]))
    assert half.fact_recall == 0.5 and half.facts == (True, False) and not half.facts_all and not half.right


def test_what_must_not_be_said_is_found_and_makes_the_answer_wrong() -> None:
    found = verdict(row(must_not=["45 ngày", "90 ngày"]))
    assert found.forbidden == ("90 ngày",) and found.must_not and not found.right
    assert verdict(row()).must_not is None


def test_a_quote_changed_by_one_letter_is_not_verbatim() -> None:
    changed = cited(quote=QUOTE.replace("nhận", "nhân"))
    found = verdict(row(), citations=(cited(), changed))
    assert (found.quotes, found.quotes_verbatim) == (2, 1)
    assert verdict(row(), stored=None).quotes_verbatim == 0
    assert verdict(row(), citations=(cited(quote=" "),)).quotes_verbatim == 0


def test_a_figure_needs_a_stored_text_metadata_or_the_question() -> None:
    assert verdict(row(), text="90 ngày theo khoản 3").unsupported == ("3",)
    assert verdict(row(question="Khoản 3?"), text="90 ngày theo khoản 3").unsupported == ()
    assert verdict(row(), text="từ 01/7/2012", metadata=("2012-07-01",)).unsupported == ()
    # a figure that only a forged quote has is not backed
    forged = cited(quote=QUOTE.replace("90", "120"))
    assert verdict(row(), text="120 ngày", citations=(forged,)).unsupported == ("120",)


def test_titles_of_nearest_documents_may_be_said() -> None:
    reply = Reply(
        status="answered", text="Nghị định 61/2018/NĐ-CP", nearest=(Nearest(number="61/2018/NĐ-CP"),)
    )
    assert score(row(), Asked(question="?", reply=reply, ms=1)).unsupported == ()


@pytest.mark.parametrize(
    ("expect", "status", "right"),
    [
        ("answer", "partial", True), ("answer", "not_in_force", True), ("answer", "no_evidence", False),
        ("abstain", "blocked", True), ("abstain", "handed_off", True), ("abstain", "answered", False),
        ("abstain", "clarify", False), ("clarify", "clarify", True), ("clarify", "answered", False),
        ("greet", "greeting", True), ("greet", "error", False),
    ],
)  # fmt: skip
def test_which_status_is_right(expect: str, status: str, right: bool) -> None:
    assert verdict(row(expect=expect), status=status).status_right is right


def test_refusing_what_should_be_answered_and_the_other_way_are_told_apart() -> None:
    refused = verdict(row(), status="no_evidence", citations=())
    assert refused.refused_wrongly and refused.answered_wrongly is None and not refused.right
    assert not refused.facts_all  # what stands beside a refusal is no answer
    answered = verdict(row(expect="abstain", gold=[], facts=[]))
    assert answered.answered_wrongly and answered.refused_wrongly is None and answered.right is False
    assert verdict(row(), status="clarify", citations=()).refused_wrongly is False


def test_a_row_that_expects_no_answer_has_no_figures_of_answers() -> None:
    found = verdict(
        row(expect="greet", gold=[], facts=[]), status="greeting", citations=(), text="Xin chào 24/7"
    )
    assert found.facts_all is None and found.document_any is None and found.unsupported == ()


def test_the_marks_of_a_language_models_sentences_are_no_figures() -> None:
    found = verdict(row(), text=f"{QUOTE} [1]", composer="llm")
    assert found.unsupported == ()
    assert verdict(row(), text=f"{QUOTE} [71]").unsupported == ("71",)
