"""Số hiệu: every spelling gives one number, and what is no number gives none."""

import re
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.number import canonical, key, numbers_in, partial, partial_mentions, parts_of

SHARED = Path(__file__).parents[2] / "shared" / "documents"


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("nđ 61/2018", "61/2018/NĐ-CP"),
        ("ND-CP 61/2018", "61/2018/NĐ-CP"),
        ("61/2018/nd-cp", "61/2018/NĐ-CP"),
        ("61/2018/NĐCP", "61/2018/NĐ-CP"),
        ("61_2018_ND-CP", "61/2018/NĐ-CP"),
        ("61-2018-nd-cp", "61/2018/NĐ-CP"),
        ("61 /2018/NĐ - CP", "61/2018/NĐ-CP"),
        ("Nghị định số 61/2018/NĐ-CP ngày 23/4/2018", "61/2018/NĐ-CP"),
        ("nghi dinh 61/2018", "61/2018/NĐ-CP"),
        ("Số:   905/QĐ-BNV", "905/QĐ-BNV"),
        ("Số: 905/QĐ-BNV  Hà Nội, ngày 17 tháng 11 năm 2022", "905/QĐ-BNV"),
        ("Số: 905 /QĐ- BNV", "905/QĐ-BNV"),
        ("905/qd-bnv", "905/QĐ-BNV"),
        ("QD-BNV 905", "905/QĐ-BNV"),
        ("quyết định 905/QĐ-BNV", "905/QĐ-BNV"),
        ("66.7/2025/NQ-CP", "66.7/2025/NQ-CP"),
        ("30c/NQ-CP", "30c/NQ-CP"),
        ("30C/nq-cp", "30c/NQ-CP"),
        ("80/2025/QH15", "80/2025/QH15"),
        ("luật 36/2018/qh14", "36/2018/QH14"),
        ("1211/2016/UBTVQH13", "1211/2016/UBTVQH13"),
        ("398/NQ-UBTVQH16", "398/NQ-UBTVQH16"),
        ("03/VBHN-VPQH", "03/VBHN-VPQH"),
        ("12823/CTr-UBND", "12823/CTr-UBND"),
        ("12823/ctr-ubnd", "12823/CTr-UBND"),
        ("2022/SNV-CCHC", "2022/SNV-CCHC"),
        ("581/bnv-cchc", "581/BNV-CCHC"),
        ("454/TTr-SoNNMT", "454/TTr-SoNNMT"),
        ("05-NQ/TU", "05-NQ/TU"),
        ("5-nq/tu", "05-NQ/TU"),
        ("05/NQ-TU", "05-NQ/TU"),
        ("91-KL/TU", "91-KL/TU"),
        ("27-NQ/TƯ", "27-NQ/TW"),
        ("02200/QĐ-UBND", "02200/QĐ-UBND"),
        ("36/2025/QĐ-CTUBND", "36/2025/QĐ-CTUBND"),
        ("77/2025/NQ-HDND", "77/2025/NQ-HĐND"),
        ("1/2015/TTLT-BNV-BTC", "01/2015/TTLT-BNV-BTC"),
        ("5488/QĐ-UBND.ĐTXD", "5488/QĐ-UBND.ĐTXD"),
        ("89/CP", "89/CP"),
        ("282/QD-TTG", "282/QĐ-TTg"),
    ],
)
def test_any_spelling_gives_the_canonical_number(written: str, number: str) -> None:
    assert canonical(written) == number
    assert canonical(number) == number, "canonical must be stable"


@pytest.mark.parametrize(
    "written",
    ["", "Số:      /QĐ-UBND", "quyết định 905", "905", "21/7/2023", "24/7", "7/2023", "luật 36/2018", "km/h",
     "nđ 61", "cải cách hành chính", "01/TCD", "Điều 14 khoản 2"],
)  # fmt: skip
def test_what_is_no_full_number_gives_none(written: str) -> None:
    assert canonical(written) is None


def test_key_folds_padding_case_and_diacritics() -> None:
    assert key("61/2018/NĐ-CP") == key("061/2018/nd-cp") == key("ND-CP 61/2018") == "61/2018/nd-cp"
    assert key("02200/QĐ-UBND") == key("2200/QD-UBND")
    assert key("5/NQ-TU") == key("05-NQ/TU")
    assert key("905/QĐ-BNV") != key("905/QĐ-BTC")


def test_numbers_in_running_text_carry_their_span() -> None:
    text = (
        "Căn cứ Nghị định số 61/2018/NĐ-CP ngày 23/4/2018 (sửa đổi bởi Nghị định 107/2021/NĐ-CP); "
        "Luật số 36/2018/QH14. Quyết định 905/QĐ-BNV - Đề án; Nghị quyết số 27-NQ/TW, trực 24/7, mẫu 01/TCD, "
        "công văn 581/BNV-CCHC; Thông tư 10/2025/TT-\nBKHCN."
    )
    found = numbers_in(text)
    assert [m.number for m in found] == [
        "61/2018/NĐ-CP", "107/2021/NĐ-CP", "36/2018/QH14", "905/QĐ-BNV", "27-NQ/TW", "581/BNV-CCHC",
        "10/2025/TT-BKHCN",
    ]  # fmt: skip
    assert all(canonical(text[m.start : m.end]) == m.number for m in found)
    assert text[found[3].start : found[3].end] == "905/QĐ-BNV"


@pytest.mark.parametrize(
    "text",
    ["ngày 21/7/2023", "trực 24/7", "quý 3/2024", "tốc độ 60km/h", "tỷ lệ 3/4", "01/01/2025-31/12/2025",
     "cán bộ/công chức", "64/2025/TT- CƯỚC", "196-ndcp",
     "5/tuần", "1- Thi hành", "12/KH - Ngày mai", "(2-3 Ngày/tuần)", "giai đoạn 2022-2025", "3-TT đã nêu"],
)  # fmt: skip
def test_dates_and_rates_are_no_numbers(text: str) -> None:
    assert numbers_in(text) == []


@pytest.mark.parametrize(
    ("question", "kind", "first", "year", "agency"),
    [
        ("nđ 61 còn hiệu lực không", "NĐ", "61", None, None),
        ("nghị định 61/2018 quy định gì", "NĐ", "61", 2018, None),
        ("nghị định số 61 năm 2018", "NĐ", "61", 2018, None),
        ("luật 36/2018", "QH", "36", 2018, None),
        ("quyết định 905 nói gì về tập huấn?", "QĐ", "905", None, None),
        ("QĐ 1718", "QĐ", "1718", None, None),
        ("qđ1718 của khánh hòa", "QĐ", "1718", None, None),
        ("thông tư 01/2018", "TT", "01", 2018, None),
        ("đề án 905", "ĐA", "905", None, None),
        ("de an 905 cua bo noi vu chia lam may giai doan", "ĐA", "905", None, "BNV"),
        ("nghi quyet 76", "NQ", "76", None, None),
        ("Đề án 06 là gì", "ĐA", "06", None, None),
        ("quyết định 905/BNV", "QĐ", "905", None, "BNV"),
        ("nghị quyết 66.7", "NQ", "66.7", None, None),
        ("công văn số 581", "CV", "581", None, None),
        ("theo văn bản 61/2018 thì sao", None, "61", 2018, None),
        ("61/2018 còn hiệu lực không", None, "61", 2018, None),
    ],
)
def test_reads_how_people_type(
    question: str, kind: str | None, first: str, year: int | None, agency: str | None
) -> None:
    (found,) = partial_mentions(question)
    assert (found.kind, found.first, found.year, found.agency) == (kind, first, year, agency)
    assert first in question[found.start : found.end]


@pytest.mark.parametrize(
    "question",
    ["kế hoạch 5 năm", "báo cáo 6 tháng đầu năm 2024", "thông báo 2 lần", "kế hoạch 2024 gồm gì",
     "mục tiêu 85% đến 2025", "quyết định 905/QĐ-BNV", "ngày 21/7/2023", "từ 7/2023", "hd 2 việc",
     "kh 15 người", "chương trình 6 nội dung", "thông tư 50% kinh phí", "luật 2018", "kế hoạch 34 tỉnh"],
)  # fmt: skip
def test_counts_years_dates_and_full_numbers_are_no_partial_numbers(question: str) -> None:
    assert partial_mentions(question) == []


def test_spans_point_into_the_question_as_typed_even_decomposed() -> None:
    question = unicodedata.normalize("NFD", "Theo nghị định 61/2018 và quyết định 905, ai chủ trì?")
    first, second = partial_mentions(question)
    assert unicodedata.normalize("NFC", question[first.start : first.end]) == "nghị định 61/2018"
    assert unicodedata.normalize("NFC", question[second.start : second.end]) == "quyết định 905"


@pytest.mark.parametrize(
    ("typed", "number", "meant"),
    [
        ("905", "905/QĐ-BNV", True),
        ("nđ 61", "61/2018/NĐ-CP", True),
        ("nđ 61", "61/2015/TT-BTC", False),
        ("61/2018", "61/2018/NĐ-CP", True),
        ("61/2019", "61/2018/NĐ-CP", False),
        ("đề án 905", "905/QĐ-BNV", True),
        ("luật 36/2018", "36/2018/QH14", True),
        ("nghị quyết 203/2025", "203/2025/QH15", True),
        ("quyết định 905 của Bộ Tài chính", "905/QĐ-BNV", False),
        ("QĐ 2200", "02200/QĐ-UBND", True),
        ("công văn 581", "581/BNV-CCHC", True),
        ("61/NĐ-CP", "61/2018/NĐ-CP", True),
        ("90", "905/QĐ-BNV", False),
        ("nq 76", "76/NQ-CP", True),
        ("nq 27", "27-NQ/TW", True),
    ],
)
def test_a_partial_number_matches_what_it_can_mean(typed: str, number: str, meant: bool) -> None:
    found = partial(typed)
    assert found is not None
    assert found.matches(number) is meant


def test_a_number_tells_its_parts() -> None:
    parts = parts_of("01/2015/TTLT-BNV-BTC")
    assert parts and (parts.first, parts.year, parts.kind, parts.agency) == ("01", 2015, "TTLT", "BNV-BTC")


_SCRAPS = [
    "61",
    "905",
    "/",
    "-",
    "2018",
    " ",
    "NĐ",
    "nd",
    "-CP",
    "QĐ-",
    "BNV",
    "QH14",
    ".",
    "đề án ",
    "luật ",
]
_SCRAPS += ["số ", "TU", "Ư"]


@given(st.lists(st.sampled_from(_SCRAPS), max_size=9).map("".join) | st.text(max_size=30))
def test_whatever_is_typed_the_canonical_number_is_stable_and_spans_hold(text: str) -> None:
    number = canonical(text)
    assert number is None or (canonical(number) == number and parts_of(number) is not None)
    for mention in numbers_in(text):
        assert canonical(mention.number) == mention.number
        assert key(text[mention.start : mention.end]) == key(mention.number)
    for typed in partial_mentions(text):
        assert 0 <= typed.start < typed.end <= len(text)
    partial(text)


@pytest.mark.shared
def test_finds_the_numbers_of_real_documents() -> None:
    for line in (SHARED / "index.tsv").read_text(encoding="utf-8").splitlines()[1:]:
        number = line.split("\t")[1].strip()
        if re.match(r"\d", number) and " " not in number:
            assert canonical(number) == number, line
