"""Spelling: texts are compared without marks; places in the folded text lead back to the written one."""

import unicodedata

from corpus.spelling import fold, fold_aligned, has_diacritics, modern_tones, nfc


def test_fold_drops_marks_and_the_bar_of_đ() -> None:
    assert fold("Quyết  định\u00a0ĐỀ ÁN") == "quyet dinh de an"
    assert fold(unicodedata.normalize("NFD", "Nghị định")) == "nghi dinh"


def test_old_and_new_tone_placement_are_one() -> None:
    assert modern_tones("hoà thuỷ Uỷ ban quý khoẻ") == "hòa thủy Ủy ban quý khỏe"
    assert modern_tones("hòa thủy Ủy") == "hòa thủy Ủy"
    assert modern_tones("toàn thoại") == "toàn thoại"


def test_nfc_makes_odd_blanks_plain() -> None:
    assert nfc(unicodedata.normalize("NFD", "Điều\u00a05\u202f%")) == "Điều 5 %"


def test_places_in_the_aligned_fold_lead_back_to_the_text() -> None:
    for form in ("NFC", "NFD"):
        text = unicodedata.normalize(form, "Theo  Nghị định 61, Đề án")
        folded, places = fold_aligned(text)
        assert folded == "theo  nghi dinh 61, de an"
        start = folded.index("nghi dinh")
        written = text[places[start] : places[start + len("nghi dinh")]]
        assert unicodedata.normalize("NFC", written) == "Nghị định"
        assert places[-1] == len(text)


def test_knows_whether_marks_were_typed() -> None:
    assert has_diacritics("đề án")
    assert has_diacritics("Đ")
    assert not has_diacritics("de an 905")
