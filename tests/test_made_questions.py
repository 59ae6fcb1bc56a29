"""Questions made from documents: in the forms officials use, each with the one document that answers it."""

from datetime import date

import pytest

from corpus.document import Document
from corpus.held import CurrentDocument
from evals.made_questions import MadeQuestion, made_questions
from ingest.read import read_bytes
from ingest.structure import parse

LAW = """Điều 1. Phạm vi điều chỉnh của quy định

1. Quy định này áp dụng cho mọi cơ quan.

Điều 2. Giải thích từ ngữ

1. “Sổ theo dõi bến phà” là sổ ghi mọi chuyến phà.

Điều 3. Kiểm kê tài sản của bến phà

1. Thời hạn giải quyết hồ sơ đăng ký bến phà ngang sông là 15 ngày.

2. Chủ tịch Ủy ban nhân dân xã quyết định mở bến phà mới ở nơi cần thiết.

3. Chủ bến phà không được chở quá số người ghi trên giấy phép.
"""
OTHER = "Điều 1. Phạm vi điều chỉnh của quy định\n\nQuy định này nói về thư viện.\n"


def document(id: str, text: str) -> CurrentDocument:
    read = read_bytes(text.encode(), "one.txt")
    header = Document(
        number=f"{id}/2020/NĐ-CP", kind="Nghị định", issuer="Chính phủ", issued_on=date(2020, 1, 1)
    )
    return CurrentDocument(id, "r", header, read.text, tuple(parse(read)), None, None, False, None)


@pytest.fixture(scope="module")
def made() -> list[MadeQuestion]:
    return made_questions([document("1", LAW), document("2", OTHER)], 7)


@pytest.mark.parametrize(
    "part",
    [
        "iểm kê tài sản của bến phà",
        "ổ theo dõi bến phà",
        "hời hạn giải quyết hồ sơ đăng ký bến phà ngang sông",
        "quyết định mở bến phà mới ở nơi cần thiết?",
        "hủ bến phà có được chở quá số người ghi trên giấy phép không?",
    ],
)
def test_asks_of_headings_terms_durations_duties_and_bans(part: str, made: list[MadeQuestion]) -> None:
    [question] = [one for one in made if part in one.text]
    assert question.document == "1"
    assert question.text.endswith("?")
    assert question.text[0].isupper()


def test_what_two_documents_name_in_the_same_words_is_not_asked(made: list[MadeQuestion]) -> None:
    assert not [one for one in made if "hạm vi điều chỉnh" in one.text]


def test_the_answer_is_not_in_the_question(made: list[MadeQuestion]) -> None:
    assert not [one for one in made if "15" in one.text or "Chủ tịch" in one.text]


def test_the_same_documents_give_the_same_questions(made: list[MadeQuestion]) -> None:
    assert made_questions([document("1", LAW), document("2", OTHER)], 7) == made
