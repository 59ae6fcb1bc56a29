"""The keyword search that ours is compared with: the formula, the tokens, and questions without diacritics."""

import math

import pytest

from evals.bm25 import Bm25

TEXTS = [
    "Thời hiệu khiếu nại là 90 ngày.",
    "Thời hạn giải quyết khiếu nại lần đầu không quá 30 ngày.",
    "Mức phạt tiền đối với hành vi lấn chiếm lòng đường.",
    "Nghị định số 61/2018/NĐ-CP về cơ chế một cửa.",
]


def test_the_text_that_shares_the_rarest_words_comes_first() -> None:
    found = Bm25(TEXTS).search("thời hiệu khiếu nại", 10)
    assert [ordinal for ordinal, _ in found] == [0, 1]
    assert found[0][1] > found[1][1] > 0


def test_scores_are_bm25_with_k1_1_2_and_b_0_75() -> None:
    # one word, texts of equal length: the formula by hand
    searched = Bm25(["tàu", "thuyền", "xe"])
    idf = math.log(1 + (3 - 1 + 0.5) / (1 + 0.5))
    assert searched.search("tàu", 3) == [(0, pytest.approx(idf * 1 * 2.2 / (1 + 1.2), rel=1e-4))]


def test_longer_texts_count_a_word_for_less() -> None:
    found = Bm25(["xe buýt chạy trên đường dài rất dài và vắng", "xe buýt"]).search("xe", 2)
    assert [ordinal for ordinal, _ in found] == [1, 0]


def test_a_question_without_diacritics_finds_the_same_text() -> None:
    assert Bm25(TEXTS).search("lan chiem long duong", 1)[0][0] == 2


def test_document_numbers_are_found_as_people_type_them() -> None:
    assert Bm25(TEXTS).search("nđ 61", 1)[0][0] == 3


def test_nothing_is_found_where_no_word_is_shared() -> None:
    searched = Bm25(TEXTS)
    assert searched.search("khủng bố", 5) == []
    assert searched.search("???", 5) == []
    assert Bm25([]).search("khiếu nại", 5) == []


def test_no_more_than_k_are_given_and_equals_keep_their_order() -> None:
    assert [o for o, _ in Bm25(["khiếu nại"] * 5).search("khiếu nại", 3)] == [0, 1, 2]
