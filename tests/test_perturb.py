"""Variants of a question: the same every time, each what its name says, and never another question."""

import json
import re
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.abbreviations import abbreviations, written_out
from corpus.number import numbers_in
from corpus.spelling import fold, has_diacritics, modern_tones, nfc
from evals.perturb import PERTURBATIONS, WORDS_PER_TYPO, perturbed
from evals.problem import EvalProblem

SUITE = Path(__file__).resolve().parents[1] / "evals" / "suites" / "samples.jsonl"
QUESTIONS = [json.loads(line)["question"] for line in SUITE.read_text(encoding="utf-8").splitlines()]

#: Anything at all, and words as they stand in questions.
anything = st.text(max_size=80)
words = st.sampled_from(sorted({word for question in QUESTIONS for word in question.split()}))
sentences = st.lists(words, max_size=20).map(" ".join)
texts = st.one_of(anything, sentences)
seeds = st.text(max_size=5)
names = st.sampled_from(sorted(PERTURBATIONS))


def test_the_variants_are_these() -> None:
    assert set(PERTURBATIONS) == {
        "no-diacritics", "telex-typos", "abbreviations", "old-tone", "upper", "nfd",
    }  # fmt: skip


def test_an_unknown_variant_is_refused_with_the_known_ones() -> None:
    with pytest.raises(EvalProblem, match="telex-typos"):
        perturbed("Điều 9 quy định gì?", "typo", "0")


@given(texts, names, seeds)
def test_the_same_text_and_seed_give_the_same_variant(text: str, name: str, seed: str) -> None:
    assert perturbed(text, name, seed) == perturbed(text, name, seed)


def test_a_variant_does_not_depend_on_the_machine_or_the_run() -> None:
    question = "Thủ tục cấp giấy phép xây dựng được giải quyết trong bao nhiêu ngày?"
    assert perturbed(question, "telex-typos", "1") == (
        "Thủ tujc cấp giấy péhp xây dựng được giải qyuết trong bao nhiêu ngày?"
    )


def test_another_seed_gives_other_typos() -> None:
    question = max(QUESTIONS, key=len)
    assert len({perturbed(question, "telex-typos", str(seed)) for seed in range(5)}) == 5


@given(names)
def test_an_empty_question_stays_empty(name: str) -> None:
    assert perturbed("", name, "0") == ""


@pytest.mark.parametrize("name", ["telex-typos", "abbreviations", "old-tone", "no-diacritics", "nfd"])
def test_where_a_variant_does_not_apply_the_text_stays(name: str) -> None:
    assert perturbed("61/2018 ?", name, "0") == "61/2018 ?"


@given(texts)
def test_no_diacritics_leaves_no_marks_and_the_same_letters(text: str) -> None:
    plain = perturbed(text, "no-diacritics", "0")
    assert not has_diacritics(plain)
    assert perturbed(plain, "no-diacritics", "0") == plain
    assert fold(plain) == fold(nfc(text))


def test_no_diacritics_keeps_case_and_reaches_document_numbers() -> None:
    assert perturbed("Quyết định 905/QĐ-BNV của Đà Nẵng", "no-diacritics", "0") == (
        "Quyet dinh 905/QD-BNV cua Da Nang"
    )


@given(texts)
def test_nfd_is_the_same_text_in_nfc(text: str) -> None:
    variant = perturbed(text, "nfd", "0")
    assert unicodedata.normalize("NFC", variant).replace("\u00a0", " ") == unicodedata.normalize(
        "NFC", text
    ).replace("\u00a0", " ")
    assert unicodedata.is_normalized("NFD", variant)


@given(sentences)
def test_upper_is_all_capitals_and_the_same_question(text: str) -> None:
    variant = perturbed(text, "upper", "0")
    assert not any(c.islower() for c in variant)
    assert variant.lower() == text.lower()


@pytest.mark.parametrize(
    ("text", "variant"),
    [
        ("Khánh Hòa", "Khánh Hoà"),
        ("Khánh Hoà", "Khánh Hòa"),
        ("ỦY BAN, ủy quyền, khỏe", "UỶ BAN, uỷ quyền, khoẻ"),
        ("thuỷ và hòa", "thủy và hoà"),  # a text of both spellings: each the way it is not
        ("quý, quỹ, toàn, khoản, huỳnh, của", "quý, quỹ, toàn, khoản, huỳnh, của"),
    ],
)
def test_old_tone_writes_final_oa_oe_uy_the_other_way(text: str, variant: str) -> None:
    assert perturbed(text, "old-tone", "0") == variant


@given(sentences)
def test_old_tone_changes_placement_only_and_twice_gives_the_text_back(text: str) -> None:
    variant = perturbed(text, "old-tone", "0")
    assert modern_tones(variant) == modern_tones(text)
    assert perturbed(variant, "old-tone", "0") == text


@pytest.mark.parametrize(
    ("text", "variant"),
    [
        ("Thủ tục hành chính là gì", "TTHC là gì"),
        ("cán bộ, công chức, viên chức của Sở Nội vụ", "CBCCVC của SNV"),  # the longest term
        ("cơ  sở dữ\u00a0liệu quốc gia", "CSDLQG"),
        ("Quyết định 905/QĐ-BNV", "QĐ 905/QĐ-BNV"),
        ("UBND NHÂN DÂN, nhân viên chức năng", "UBND NHÂN DÂN, nhân VC năng"),
        ("thu tuc hanh chinh", "thu tuc hanh chinh"),  # the marks must stand
    ],
)
def test_terms_become_the_abbreviations_of_the_table(text: str, variant: str) -> None:
    assert perturbed(text, "abbreviations", "0") == variant


@pytest.mark.parametrize(("short", "full"), abbreviations())
def test_every_term_of_the_table_can_be_shortened_to_each_of_its_abbreviations(short: str, full: str) -> None:
    assert short in {perturbed(full, "abbreviations", str(seed)) for seed in range(30)}


def test_a_part_of_a_word_is_no_term() -> None:
    assert perturbed("xđượcx", "abbreviations", "0") == "xđượcx"


def test_the_desk_can_write_the_abbreviations_out_again() -> None:
    question = "Thời hạn giải quyết thủ tục hành chính tại Bộ phận Một cửa"
    assert written_out(perturbed(question, "abbreviations", "0")).lower() == question.lower()


def mistyped(text: str, variant: str) -> list[tuple[str, str]]:
    """(word, as mistyped) of every word that changed."""
    pairs = zip(text.split(), variant.split(), strict=True)
    return [(word, slipped) for word, slipped in pairs if word != slipped]


@given(st.sampled_from(QUESTIONS), seeds)
def test_telex_typos_hit_about_one_word_in_five_and_at_least_one(question: str, seed: str) -> None:
    slips = mistyped(question, perturbed(question, "telex-typos", seed))
    assert 1 <= len(slips) <= max(1, round(len(question.split()) / WORDS_PER_TYPO))


@given(sentences, seeds)
def test_telex_typos_leave_words_with_digits_document_numbers_and_capitals(text: str, seed: str) -> None:
    variant = perturbed(text, "telex-typos", seed)
    for word, _ in mistyped(text, variant):
        assert not any(c.isdigit() for c in word)
        assert not re.fullmatch(r"\W*[A-ZĐ]{2,}\W*", word)
    assert [n.number for n in numbers_in(variant)] == [n.number for n in numbers_in(text)]


def test_telex_typos_leave_a_document_number_with_blanks_in_it() -> None:
    text = "Nghị định 61/2018/NĐ - CP"
    assert all(perturbed(text, "telex-typos", str(s)).endswith("61/2018/NĐ - CP") for s in range(40))


@given(sentences, seeds)
def test_telex_typos_stay_readable(text: str, seed: str) -> None:
    for word, slipped in mistyped(text, perturbed(text, "telex-typos", seed)):
        assert fold(slipped)[0] == fold(word)[0]
        # a keystroke for each mark at most, or one letter more or less
        assert len(word) - 1 <= len(slipped) <= 2 * len(word) + 1


@pytest.mark.parametrize(
    ("word", "slips"),
    [
        ("thủ", {"thur", "thu", "thú", "thù", "thũ", "thụ"}),
        ("được", {"dduwowcj", "dduwowjc", "đươc", "đượcc"}),
        ("cấp", {"caaps", "caasp", "câp", "cầp", "cẩp", "cẫp", "cập", "cấpp"}),
        ("hồ", {"hoof", "hô", "hố", "hổ", "hỗ", "hộ", "hhồ"}),
        ("trong", {"torng", "trnog", "trogn", "trng", "tron", "tong", "trog", "ttrong"}),
    ],
)
def test_each_slip_of_a_hand_on_a_telex_keyboard_happens(word: str, slips: set[str]) -> None:
    seen = {perturbed(word, "telex-typos", str(seed)) for seed in range(300)}
    assert word not in seen
    assert slips <= seen
