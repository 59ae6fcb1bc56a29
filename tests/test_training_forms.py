"""Training questions made of headings and clauses: what is asked fits what the provision says."""

import random

import pytest

from corpus.document import Document
from index.training.forms import common, of_clause, of_heading
from index.training.recipe import WordingRecipe, read_recipe
from index.training.topic import topic_of, with_document, with_topic
from index.training.wording import worded


def asked_of_heading(heading: str) -> set[str]:
    return {wording for asked in of_heading(heading) for wording in asked.wordings}


def asked_of_clause(said: str, lead: str = "", term: bool = False) -> dict[str, tuple[str, ...]]:
    return {asked.form: asked.wordings for asked in of_clause(said, lead, term)}


@pytest.mark.parametrize(
    ("heading", "question"),
    [
        ("Thời hạn giải quyết khiếu nại lần đầu", "giải quyết khiếu nại lần đầu trong bao lâu?"),
        ("Thẩm quyền cấp giấy phép", "cơ quan nào có thẩm quyền cấp giấy phép?"),
        ("Trách nhiệm của Bộ Nội vụ", "Bộ Nội vụ có trách nhiệm gì?"),
        ("Hồ sơ đăng ký tạm trú", "hồ sơ tạm trú gồm những gì?"),
        ("Trình tự, thủ tục thu hồi đất", "thủ tục thu hồi đất như thế nào?"),
        ("Nguyên tắc tiếp công dân", "tiếp công dân theo nguyên tắc nào?"),
        ("Quyền và nghĩa vụ của viên chức", "viên chức có quyền và nghĩa vụ gì?"),
        ("Các trường hợp miễn lệ phí", "khi nào miễn lệ phí?"),
    ],
)
def test_a_heading_gives_the_question_that_its_first_words_stand_for(heading: str, question: str) -> None:
    assert question in asked_of_heading(heading)


def test_every_heading_is_asked_about_as_a_whole_too() -> None:
    found = asked_of_heading("Vùng biển hoạt động của tàu")
    assert {
        "vùng biển hoạt động của tàu là gì?",
        "vùng biển hoạt động của tàu được quy định như thế nào?",
    } <= found


@pytest.mark.parametrize(
    "heading", ["Phạm vi điều chỉnh", "Hiệu lực thi hành", "Giải thích từ ngữ", "Điều khoản thi hành"]
)
def test_a_heading_that_names_no_matter_is_known(heading: str) -> None:
    assert common(heading) and not common(f"{heading} của Quy chế làm việc của Ủy ban nhân dân xã")


def test_no_heading_gives_no_question() -> None:
    assert asked_of_heading("") == set() and asked_of_heading("x " * 40) == set()


def test_a_fine_asks_what_its_act_costs() -> None:
    wordings = asked_of_clause(
        "Phạt tiền từ 1.000.000 đồng đến 2.000.000 đồng đối với hành vi làm mất hồ sơ của người dân."
    )["fine"]
    assert "làm mất hồ sơ của người dân bị phạt bao nhiêu tiền?" in wordings


def test_the_points_under_a_fine_are_its_acts() -> None:
    lead = "Phạt tiền từ 3.000.000 đồng đến 5.000.000 đồng đối với một trong các hành vi sau đây:"
    wordings = asked_of_clause("Tẩy xóa, sửa chữa giấy tờ đã cấp;", lead)["fine"]
    assert "tẩy xóa, sửa chữa giấy tờ đã cấp bị phạt bao nhiêu tiền?" in wordings
    assert "fine" not in asked_of_clause("Tẩy xóa, sửa chữa giấy tờ đã cấp;", "Hồ sơ gồm:")


def test_a_crime_asks_for_its_years() -> None:
    wordings = asked_of_clause(
        "Người nào mua bán trái phép tài liệu mật của cơ quan, thì bị phạt tù từ 02 năm đến 05 năm."
    )["crime"]
    assert "mua bán trái phép tài liệu mật của cơ quan bị phạt bao nhiêu năm tù?" in wordings


def test_a_term_is_asked_for_only_where_terms_are_explained() -> None:
    said = "Sổ theo dõi là sổ ghi mọi chuyến phà."
    assert "sổ theo dõi là gì?" in asked_of_clause(said, term=True)["term"]
    assert "term" not in asked_of_clause(said)


def test_a_deadline_asks_how_long() -> None:
    said = (
        "Trong thời hạn 05 ngày làm việc kể từ ngày nhận đủ hồ sơ, Sở Nội vụ trả lời người nộp bằng văn bản."
    )
    assert "thời hạn Sở Nội vụ trả lời người nộp bằng văn bản là bao lâu?" in asked_of_clause(said)["time"]


def test_a_figure_is_asked_for_and_not_told() -> None:
    wordings = asked_of_clause("Cuộc họp phải có ít nhất 15 người tham dự.")["number"]
    assert any("bao nhiêu người" in one for one in wordings)
    assert not any("15" in one for one in wordings)


def test_a_duty_asks_who_has_it() -> None:
    wordings = asked_of_clause("Chủ tịch Ủy ban nhân dân xã quyết định mở bến phà mới ở nơi cần thiết.")[
        "acts"
    ]
    assert "ai quyết định mở bến phà mới ở nơi cần thiết?" in wordings


def test_a_permission_or_a_ban_asks_whether_one_may() -> None:
    wordings = asked_of_clause("Chủ bến phà không được chở quá số người ghi trên giấy phép.")["must"]
    assert "chủ bến phà có được chở quá số người ghi trên giấy phép không?" in wordings


def test_a_case_asks_what_follows_from_it() -> None:
    wordings = asked_of_clause(
        "Trường hợp hồ sơ không hợp lệ thì công chức tiếp nhận hướng dẫn người nộp bổ sung."
    )["case"]
    assert "nếu hồ sơ không hợp lệ thì sao?" in wordings


def test_the_lead_of_a_list_asks_for_what_is_listed() -> None:
    wordings = asked_of_clause("Hồ sơ đề nghị mở bến phà gồm:")["list"]
    assert "hồ sơ đề nghị mở bến phà gồm những gì?" in wordings


def test_what_only_points_elsewhere_is_not_asked_about() -> None:
    assert "number" not in asked_of_clause("Quy định tại khoản 2 Điều này được áp dụng trong 03 năm.")


# -- wordings ----------------------------------------------------------------------------------------------

PLAIN = WordingRecipe(
    opening=0,
    topic=0,
    named_document=0,
    colloquial=0,
    abbreviation=0,
    no_diacritics=0,
    typos=0,
    no_question_mark=0,
)
QUESTION = "ủy ban nhân dân đổi giấy phép lái xe cho người lao động trong bao lâu?"


def wordings(**shares: float) -> set[str]:
    recipe = PLAIN.model_copy(update=shares)
    return {worded(QUESTION, recipe, random.Random(seed)) for seed in range(40)}


def test_nothing_is_reworded_where_the_recipe_says_so() -> None:
    assert {one.lower() for one in wordings()} == {QUESTION}


def test_the_same_chance_gives_the_same_words() -> None:
    recipe = read_recipe().wording
    assert len({worded(QUESTION, recipe, random.Random(3)) for _ in range(5)}) == 1


@pytest.mark.parametrize(
    ("way", "said"),
    [
        ("colloquial", "bằng lái"),
        ("abbreviation", "UBND"),
        ("no_diacritics", "uy ban nhan dan doi giay phep lai xe"),
        ("opening", "hỏi"),
    ],
)
def test_a_question_is_put_as_people_type_it(way: str, said: str) -> None:
    assert any(said in one for one in wordings(**{way: 1}))


def test_a_question_may_lose_its_question_mark() -> None:
    assert not any("?" in one for one in wordings(no_question_mark=1))


@pytest.mark.parametrize(
    ("title", "topic"),
    [
        ("Hóa chất", "hóa chất"),
        (
            "Quy định chi tiết và hướng dẫn thi hành một số điều của Luật Chuyển giao công nghệ",
            "chuyển giao công nghệ",
        ),
        ("Về việc ban hành Quy chế tiếp công dân của xã", "tiếp công dân của xã"),
        (
            "Sửa đổi một số điều của Thông tư số 5/2020/TT-BNV ngày 02/01/2020 hướng dẫn trợ giúp pháp lý",
            "trợ giúp pháp lý",
        ),
        ("Hướng dẫn một số nội dung của Nghị định số 151/2017/NĐ-CP", ""),
        ("", ""),
    ],
)
def test_a_topic_is_what_the_title_is_about(title: str, topic: str) -> None:
    assert topic_of(title) == topic


def test_a_question_may_carry_the_topic_of_its_document() -> None:
    found = {with_topic("ai cấp phép?", "bến phà", random.Random(seed)) for seed in range(40)}
    assert {"ai cấp phép trong bến phà?", "về bến phà, ai cấp phép?"} <= found
    assert all("bến phà" in one and one.count("?") == 1 for one in found)


def test_a_question_may_name_its_document_by_number_or_title() -> None:
    header = Document(number="5/2020/NĐ-CP", kind="Nghị định", title="Về bến phà")
    found = [with_document("ai cấp phép?", header, random.Random(seed)) for seed in range(40)]
    assert any("Nghị định 5/2020/NĐ-CP" in one for one in found) and any(
        "Nghị định bến phà" in one for one in found
    )
    assert with_document("ai cấp phép?", Document(kind="Nghị định"), random.Random(1)) == "ai cấp phép?"


def test_a_slip_changes_a_word_and_no_more_than_a_few() -> None:
    plain = QUESTION.split()
    changed = [
        sum(word != was for word, was in zip(one.lower().split(), plain, strict=True))
        for one in wordings(typos=1)
    ]
    assert max(changed) == 2 and changed.count(0) < len(changed) / 4
