"""Text typed for TCVN3 and VNI fonts, as Unicode. All wording is invented."""

import json
import unicodedata
from pathlib import Path

import pytest

from ingest.legacy_fonts import LegacyText, Scheme, from_runs, is_syllable, mended, scheme_of, syllable_share
from ingest.read import read_bytes

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared" / "documents"
SENTENCE = "Điều 1. Phạm vi điều chỉnh của quy chế này là việc tiếp nhận hồ sơ của người dân ở nước ta."
TCVN3 = "§iÒu 1. Ph¹m vi ®iÒu chØnh cña quy chÕ nµy lµ viÖc tiÕp nhËn hå s¬ cña ng­êi d©n ë n­íc ta."
VNI = "Ñieàu 1. Phaïm vi ñieàu chænh cuûa quy cheá naøy laø vieäc tieáp nhaän hoà sô cuûa ngöôøi daân ôû nöôùc ta."


@pytest.mark.parametrize("typed", [TCVN3, VNI])
def test_a_sentence_in_a_legacy_font_becomes_unicode(typed: str) -> None:
    assert mended(typed) == SENTENCE


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("QUYÕT §ÞNH", "QUYẾT ĐỊNH"),
        ("Bé TµI CHÝNH", "BỘ TÀI CHÍNH"),
        ("céng hßa x· héi chñ nghÜa ViÖt Nam", "cộng hòa xã hội chủ nghĩa Việt Nam"),
        ("§Ó x©y dùng Hµ Néi", "Để xây dựng Hà Nội"),
        ("UBND tØnh, H§ND tØnh Hµ Nam", "UBND tỉnh, HĐND tỉnh Hà Nam"),
        ("QUYEÁT ÑÒNH", "QUYẾT ĐỊNH"),
        ("ÑIEÀU 5. HIEÄU LÖÏC THI HAØNH", "ĐIỀU 5. HIỆU LỰC THI HÀNH"),
    ],
)
def test_capitals_are_repaired(typed: str, meant: str) -> None:
    assert mended(typed) == meant


@pytest.mark.parametrize(
    "text",
    [
        SENTENCE,
        "có và là, xã ta cử người",  # letters of Latin-1 alone
        "Élysée, Müller, São Tomé, Größe, cañón, naïve café",
        "§ 5; © 2024; «quy chế»; 20 °C ± 2; ½; Việt­Nam",
        unicodedata.normalize("NFD", SENTENCE),
        "",
    ],
)
def test_good_text_stays_as_it_is(text: str) -> None:
    assert mended(text) == text


def test_no_sample_document_changes() -> None:
    texts = [
        p.read_text(encoding="utf-8") for p in ROOT.glob("corpus/samples/**/*") if p.suffix in (".md", ".txt")
    ]
    assert len(texts) > 3
    for text in texts:
        assert LegacyText.of(text).schemes == ()


@pytest.mark.shared
def test_no_real_document_changes() -> None:
    for path in sorted([*SHARED.glob("*/*.txt"), *SHARED.glob("*/*.md")]):
        assert LegacyText.of(unicodedata.normalize("NFC", path.read_text(encoding="utf-8"))).schemes == (), (
            path.name
        )


def test_a_legacy_line_in_a_unicode_document_is_mended_alone() -> None:
    text = f"{SENTENCE}\n2. Hồ sơ gửi trong c¸c tr­êng hîp sau đây:\n{TCVN3}"
    assert mended(text) == f"{SENTENCE}\n2. Hồ sơ gửi trong các trường hợp sau đây:\n{SENTENCE}"


def test_lookalikes_of_d_with_stroke_become_it() -> None:
    assert mended("Số 15/QÐ-UBND, Ɖồng Nai") == "Số 15/QĐ-UBND, Đồng Nai"


def test_the_font_of_a_run_decides() -> None:
    assert (
        from_runs([("quyÕt ®Þnh", ".VnTimeH"), (" về việc cã", "Times New Roman")]) == "QUYẾT ĐỊNH về việc cã"
    )
    assert from_runs([("cã", ".VnTime")]) == "có"
    assert from_runs([("coù", "VNI-Times")]) == "có"
    assert from_runs([("coâ", "VNI-Times"), ("ng", "VNI-Times")]) == "công"


def test_a_legacy_font_over_unicode_text_means_nothing() -> None:
    assert from_runs([("Người dân có và được", ".VnTime")]) == "Người dân có và được"


def test_names_of_fonts_tell_the_scheme() -> None:
    assert [scheme_of(name) for name in (".VnArial Narrow", "VNI-Helve", "Times New Roman", "Vnedu")] == [
        Scheme.TCVN3, Scheme.VNI, None, None,
    ]  # fmt: skip


def test_syllables_are_known_by_their_spelling() -> None:
    assert all(map(is_syllable, "nghiêng quyết hoà hòa giếng Ủy Uỷ khuỷu ĐƯỜNG quỹ gì".split()))  # noqa: SIM905
    assert not any(map(is_syllable, "nghiêngg cấn̉ nưc tièc chñ ®Þnh brünn".split()))  # noqa: SIM905
    assert syllable_share(SENTENCE) == 1.0 and syllable_share(TCVN3) < 0.5


@pytest.mark.parametrize("encoding", ["utf-8", "cp1258", "utf-16-le", "tcvn3", "vni"])
def test_a_text_file_in_any_vietnamese_encoding_is_read(encoding: str) -> None:
    text = f"{SENTENCE}\n\nĐiều 2. Việc này được thực hiện từ năm sau."
    if encoding == "tcvn3":
        data = f"{TCVN3}\n\n§iÒu 2. ViÖc nµy ®­îc thùc hiÖn tõ n¨m sau.".encode("latin-1")
    elif encoding == "vni":
        data = f"{VNI}\n\nÑieàu 2. Vieäc naøy ñöôïc thöïc hieän töø naêm sau.".encode("cp1252")
    elif encoding == "cp1258":
        data = as_1258(text)
    else:
        data = text.encode(encoding)
    assert read_bytes(data, "a.txt").text == text.replace("\n\n", "\n")


def as_1258(text: str) -> bytes:
    """Windows-1258 as Windows writes it: the letter with its shape, then the tone."""
    done = bytearray()
    for letter in text:
        parts = unicodedata.normalize("NFD", letter)
        tone = "".join(sign for sign in parts if sign in "\u0300\u0301\u0303\u0309\u0323")
        base = unicodedata.normalize("NFC", "".join(sign for sign in parts if sign not in tone))
        done += (base + tone).encode("cp1258")
    return bytes(done)


def test_a_page_in_a_legacy_font_is_read() -> None:
    page = f"<html><body><p><font face='.VnTimeH'>quyÕt ®Þnh</font></p><p>{TCVN3}</p></body></html>"
    assert read_bytes(page.encode("latin-1"), "a.html").text == f"QUYẾT ĐỊNH\n{SENTENCE}"
    assert json.dumps(read_bytes(page.encode(), "a.html").text)  # the same page saved as UTF-8
    assert read_bytes(page.encode(), "a.html").text == f"QUYẾT ĐỊNH\n{SENTENCE}"
