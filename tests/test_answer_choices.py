"""What an answer holds and leaves out: the sentences that answer, places referred to, differences, parts not covered."""

from datetime import date
from pathlib import Path

from small_desk import cited, decree, desk_over

from bot.answer import Status
from bot.messages import say
from corpus.document import Relation, RelationKind

WEIGHING = """Điều 4. Cân hàng dự trữ

1. Hàng dự trữ được cân bằng cân điện tử. Thủ kho ghi số cân vào sổ kho. Sổ kho được lưu tại phòng kế toán của chi cục và \
được bảo quản theo quy định về lưu trữ hồ sơ của ngành dự trữ nhà nước, kể cả khi chi cục chuyển trụ sở sang địa điểm mới. \
Thời hạn lưu sổ kho là 07 năm. Thủ kho chịu trách nhiệm giữ gìn cân, vệ sinh khu vực cân và báo ngay cho chi cục trưởng \
khi cân hỏng hoặc sai lệch quá mức cho phép của nhà sản xuất.
"""


def test_a_long_clause_gives_the_sentence_that_answers_and_marks_what_is_left_out(tmp_path: Path) -> None:
    with desk_over(tmp_path, (decree("12/2024/NĐ-CP", "Về kho dự trữ"), WEIGHING)) as desk:
        answer = desk.ask("Thời hạn lưu sổ kho là bao lâu?")
    assert "Thời hạn lưu sổ kho là 07 năm." in answer.text
    assert "vệ sinh khu vực cân" not in answer.text
    assert "(…)" in answer.text
    assert "vệ sinh khu vực cân" in answer.citations[0].quote, "the citation holds the whole clause"


REFERRING = """Điều 5. Thời hạn thanh lý kho

1. Kho dự trữ loại nhỏ thanh lý trong 15 ngày.

2. Kho dự trữ loại lớn thanh lý trong 45 ngày kể từ ngày khóa sổ.

Điều 9. Thanh lý kho dự trữ ở hải đảo

Thời hạn thanh lý kho dự trữ ở hải đảo thực hiện theo khoản 2 Điều 5 Nghị định này.

Điều 10. Niêm phong kho dự trữ ở hải đảo

Kho dự trữ ở hải đảo nêu tại khoản 1 Điều 5 Nghị định này được niêm phong trong 3 ngày.
"""


def test_a_clause_that_leaves_the_answer_to_another_is_quoted_with_that_other(tmp_path: Path) -> None:
    with desk_over(tmp_path, (decree("12/2024/NĐ-CP", "Về kho dự trữ"), REFERRING)) as desk:
        answer = desk.ask("Thời hạn thanh lý kho dự trữ ở hải đảo là bao lâu?")
    place = say("refers_to", place="khoản 2 Điều 5", document="Nghị định 12/2024/NĐ-CP")
    assert f"{place}\n2. Kho dự trữ loại lớn thanh lý trong 45 ngày" in answer.text
    assert cited(answer)[:2] == [("12/2024/NĐ-CP", "dieu-9"), ("12/2024/NĐ-CP", "dieu-5.khoan-2")]


def test_a_clause_that_answers_itself_only_names_what_it_refers_to(tmp_path: Path) -> None:
    with desk_over(tmp_path, (decree("12/2024/NĐ-CP", "Về kho dự trữ"), REFERRING)) as desk:
        answer = desk.ask("Kho dự trữ ở hải đảo được niêm phong trong bao nhiêu ngày?")
    assert "niêm phong trong 3 ngày" in answer.text
    assert "Nơi được dẫn chiếu" not in answer.text


def test_a_reference_into_another_held_document_is_followed(tmp_path: Path) -> None:
    other = "Điều 7. Thời hạn thanh lý\n\n1. Thanh lý kho lương thực trong 21 ngày.\n\n2. Thanh lý kho muối trong 33 ngày.\n"
    own = (
        "Điều 2. Thanh lý kho muối ở bến cảng\n\nThời hạn thanh lý kho muối ở bến cảng áp dụng theo khoản 2 Điều 7 "
        "Nghị định số 11/2023/NĐ-CP của Chính phủ.\n"
    )
    with desk_over(
        tmp_path,
        (decree("11/2023/NĐ-CP", "Về thanh lý tài sản", year=2023), other),
        (decree("12/2024/NĐ-CP", "Về bến cảng"), own),
    ) as desk:
        answer = desk.ask("Thời hạn thanh lý kho muối ở bến cảng là bao nhiêu ngày?")
    assert "33 ngày" in answer.text
    assert ("11/2023/NĐ-CP", "dieu-7.khoan-2") in cited(answer)


def _mending(days: str) -> str:
    return (
        f"Điều 3. Sửa chữa cầu phao\n\nThời hạn sửa chữa cầu phao qua sông là {days} kể từ ngày nhận đơn.\n"
    )


def test_provisions_in_force_that_differ_are_shown_side_by_side(tmp_path: Path) -> None:
    with desk_over(
        tmp_path,
        (decree("12/2024/NĐ-CP", "Về cầu phao"), _mending("05 ngày")),
        (
            decree("8/2023/TT-BGT", "Về cầu phao", year=2023, kind="Thông tư", issuer="Bộ Giao thông"),
            _mending("10 ngày"),
        ),
    ) as desk:
        answer = desk.ask("Thời hạn sửa chữa cầu phao qua sông là bao nhiêu ngày?")
    assert answer.status is Status.ANSWERED
    assert "05 ngày" in answer.text and "10 ngày" in answer.text
    assert "(Chính phủ, có hiệu lực từ ngày 01/01/2024)" in answer.text
    assert "(Bộ Giao thông, có hiệu lực từ ngày 01/01/2023)" in answer.text
    assert say("differ") in answer.text


def test_provisions_that_agree_are_not_said_to_differ(tmp_path: Path) -> None:
    with desk_over(
        tmp_path,
        (decree("12/2024/NĐ-CP", "Về cầu phao"), _mending("05 ngày")),
        (decree("8/2023/NĐ-CP", "Về cầu phao", year=2023), _mending("5 ngày").replace("đơn", "hồ sơ")),
    ) as desk:
        assert "khác nhau" not in desk.ask("Thời hạn sửa chữa cầu phao qua sông là bao nhiêu ngày?").text


def _replaced(tmp_path: Path):  # type: ignore[no-untyped-def]
    new = decree("12/2024/NĐ-CP", "Về cầu phao", relations=(Relation(RelationKind.REPLACES, "8/2019/NĐ-CP"),))
    return desk_over(
        tmp_path,
        (new, _mending("05 ngày")),
        (decree("8/2019/NĐ-CP", "Về cầu phao", year=2019), _mending("20 ngày")),
    )


def test_a_question_on_a_change_gets_what_holds_first_and_then_what_held_before(tmp_path: Path) -> None:
    with _replaced(tmp_path) as desk:
        answer = desk.ask("Thời hạn sửa chữa cầu phao qua sông thay đổi thế nào so với trước đây?")
    assert answer.status is Status.ANSWERED
    assert answer.text.index("05 ngày") < answer.text.index("Trước ngày 01/01/2024, theo Điều 3")
    assert "20 ngày" in answer.text


def test_what_held_before_is_not_told_where_nobody_asks(tmp_path: Path) -> None:
    with _replaced(tmp_path) as desk:
        answer = desk.ask("Thời hạn sửa chữa cầu phao qua sông là bao nhiêu ngày?")
    assert "05 ngày" in answer.text and "20 ngày" not in answer.text


def test_named_documents_are_compared_in_the_order_in_which_they_are_named(tmp_path: Path) -> None:
    documents = [
        (decree("12/2024/NĐ-CP", "Về cầu phao"), _mending("05 ngày")),
        (decree("8/2019/NĐ-CP", "Về bến phà", year=2019), _mending("20 ngày")),
    ]
    with desk_over(tmp_path, *documents) as desk:
        for first, second in (("8/2019/NĐ-CP", "12/2024/NĐ-CP"), ("12/2024/NĐ-CP", "8/2019/NĐ-CP")):
            answer = desk.ask(
                f"So sánh thời hạn sửa chữa cầu phao giữa Nghị định {first} và Nghị định {second}"
            )
            assert [number for number, _ in cited(answer)] == [first, second]


def test_of_a_question_that_asks_twice_the_part_without_a_basis_is_named(tmp_path: Path) -> None:
    with desk_over(tmp_path, (decree("12/2024/NĐ-CP", "Về cầu phao"), _mending("05 ngày"))) as desk:
        question = (
            "Thời hạn sửa chữa cầu phao qua sông là bao nhiêu ngày và mức phụ cấp lặn biển là bao nhiêu?"
        )
        answer = desk.ask(question)
    assert answer.status is Status.PARTIAL
    assert "05 ngày" in answer.text
    assert say("partly_covered", part="mức phụ cấp lặn biển là bao nhiêu") in answer.text


def test_a_question_whose_parts_are_both_covered_is_answered(tmp_path: Path) -> None:
    text = (
        _mending("05 ngày")
        + "\nĐiều 4. Kinh phí sửa chữa\n\nMức phụ cấp lặn biển là 200.000 đồng mỗi ngày.\n"
    )
    with desk_over(tmp_path, (decree("12/2024/NĐ-CP", "Về cầu phao"), text)) as desk:
        question = (
            "Thời hạn sửa chữa cầu phao qua sông là bao nhiêu ngày và mức phụ cấp lặn biển là bao nhiêu?"
        )
        answer = desk.ask(question)
    assert answer.status is Status.ANSWERED
    assert "05 ngày" in answer.text and "200.000 đồng" in answer.text


def test_a_definition_is_answered_by_the_defining_clause_alone(tmp_path: Path) -> None:
    text = (
        "Điều 2. Giải thích từ ngữ\n\n1. Cầu phao là cầu nổi trên mặt nước.\n\n2. Bến phà là nơi phà đón khách qua cầu phao.\n\n"
        "Điều 3. Sơn cầu phao\n\nCầu phao được sơn hằng năm.\n"
    )
    with desk_over(tmp_path, (decree("12/2024/NĐ-CP", "Về đường sông"), text)) as desk:
        answer = desk.ask("Cầu phao là gì?")
    assert cited(answer) == [("12/2024/NĐ-CP", "dieu-2.khoan-1")]
    assert "Bến phà" not in answer.text


def test_the_heading_above_a_clause_is_said_where_it_answers(tmp_path: Path) -> None:
    text = "Điều 6. Các hành vi bị nghiêm cấm trên cầu phao\n\n1. Buộc thuyền vào lan can.\n\n2. Phơi lưới đánh cá trên mặt cầu.\n"
    with desk_over(tmp_path, (decree("12/2024/NĐ-CP", "Về đường sông"), text)) as desk:
        answer = desk.ask("Phơi lưới đánh cá trên mặt cầu có bị nghiêm cấm không?")
    assert "khoản 2 Điều 6 (Các hành vi bị nghiêm cấm trên cầu phao), Nghị định 12/2024/NĐ-CP" in answer.text


def test_old_ministries_and_provinces_are_named_with_what_they_are_now_in_one_sentence(
    tmp_path: Path,
) -> None:
    text = "Điều 3. Khảo sát bến phà\n\nBộ Kế hoạch và Đầu tư và Ủy ban nhân dân tỉnh Phú Yên khảo sát bến phà hằng năm.\n"
    question = "Cơ quan nào khảo sát bến phà hằng năm?"
    with desk_over(tmp_path, (decree("12/2020/NĐ-CP", "Về bến phà", year=2020), text)) as desk:
        answer = desk.ask(question)
        before = desk.ask(question, as_of=date(2024, 1, 1))
    assert (
        "Lưu ý: tỉnh Phú Yên nay là tỉnh Đắk Lắk; Bộ Kế hoạch và Đầu tư nay là Bộ Tài chính." in answer.text
    )
    assert "nay là" not in before.text
