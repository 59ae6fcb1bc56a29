"""Keys of Telex and VNI that stayed in a word."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.telex import TONES, decoded, split_tone, with_tone


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("thur", "thủ"), ("tujc", "tục"), ("dduwowcj", "được"), ("dduwocj", "được"), ("caaps", "cấp"),
        ("quyeets", "quyết"), ("ddinhj", "định"), ("hoanf", "hoàn"), ("truongwf", "trường"), ("uyr", "ủy"),
        ("giair", "giải"), ("giuwx", "giữ"), ("nghieepj", "nghiệp"), ("thoongs", "thống"), ("hoaf", "hòa"),
        ("ddi", "đi"), ("xax", "xã"), ("ngawn", "ngăn"), ("mooix", "mỗi"), ("thuees", "thuế"),
    ],
)  # fmt: skip
def test_telex_keys_become_letters(typed: str, meant: str) -> None:
    assert decoded(typed) == meant


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("thu3", "thủ"), ("tu5c", "tục"), ("quye61t", "quyết"), ("d9i5nh", "định"), ("d9u7o7c5", "được")],
)
def test_vni_keys_become_letters(typed: str, meant: str) -> None:
    assert decoded(typed) == meant


@pytest.mark.parametrize("word", ["thủ", "tục", "an", "cho", "hành", "không", "nghiêng", "bcd", "", "trình"])
def test_a_word_without_keys_has_nothing_to_decode(word: str) -> None:
    assert decoded(word) is None


@pytest.mark.parametrize(
    ("plain", "tone", "whole"),
    [
        ("hoa", "f", "hòa"), ("hoan", "f", "hoàn"), ("thuy", "r", "thủy"), ("quy", "s", "quý"), ("gia", "s", "giá"),
        ("gi", "f", "gì"), ("giêng", "s", "giếng"), ("người", "", "người"), ("nươc", "s", "nước"), ("khuyu", "r", "khuỷu"),
        ("bcd", "s", "bcd"),
    ],
)  # fmt: skip
def test_the_tone_stands_where_it_is_written(plain: str, tone: str, whole: str) -> None:
    assert with_tone(plain, TONES[tone] if tone else "") == whole


@given(st.text(alphabet="aăâbcdđeêghiklmnoôơpqrstuưvxyzfjw0123456789áàảãạ", max_size=12))
def test_no_keys_whatever_make_it_fail(word: str) -> None:
    word = unicodedata.normalize("NFC", word)
    meant = decoded(word)
    assert meant is None or meant != word
    plain, tone = split_tone(word)
    assert len(tone) <= 1 and len(plain) <= len(word)
