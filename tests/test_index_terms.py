"""Tokens of keyword search: syllables, pairs, document numbers, with and without diacritics."""

import unicodedata

from index.terms import folded_terms, terms


def test_syllables_and_adjacent_pairs_in_lower_case() -> None:
    syllables, pairs = ["thủ", "tục", "hành", "chính"], ["thủ_tục", "tục_hành", "hành_chính"]
    assert sorted(terms("Thủ tục HÀNH chính")) == sorted(syllables + pairs)


def test_pairs_do_not_reach_across_punctuation() -> None:
    assert "hồ_sơ" in terms("nộp hồ sơ; lệ phí") and "sơ_lệ" not in terms("nộp hồ sơ; lệ phí")


def test_tone_placement_and_unicode_form_do_not_matter() -> None:
    assert terms("Uỷ ban, hoà giải") == terms("Ủy ban, hòa giải")
    assert terms(unicodedata.normalize("NFD", "đường lối")) == terms("đường lối")


def test_folded_terms_equal_those_of_the_text_typed_without_diacritics() -> None:
    assert folded_terms("Đề án tăng cường năng lực") == folded_terms("de an tang cuong nang luc")


def test_a_document_number_is_one_token_however_it_is_written() -> None:
    for written in ("61/2018/NĐ-CP", "61/2018/ND-CP", "nđ 61/2018", "Nghị định số 61/2018/NĐ-CP"):
        for tokens in (terms(written), folded_terms(written)):
            assert "61/2018" in tokens and "nd:61" in tokens and "61" in tokens, written
    assert "61/2018/nd-cp" in terms("theo Nghị định 61/2018/NĐ-CP") and "905/qd-bnv" in folded_terms(
        "905/QĐ-BNV"
    )


def test_tokens_hold_no_blanks() -> None:
    text = "Nghị định số 61/2018/NĐ-CP\n\nngày 23 tháng 4\tnăm 2018 – “một cửa” 66.7/2025/NQ-CP 05-NQ/TU"
    assert all(token and not any(c.isspace() for c in token) for token in terms(text) + folded_terms(text))
