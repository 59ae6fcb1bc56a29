"""Which of the six contents of the reform a document is about."""

import pytest

from corpus.content import Content, content_of


@pytest.mark.parametrize(
    ("title", "content"),
    [
        ("Ban hành Kế hoạch rà soát văn bản quy phạm pháp luật năm 2024", Content.INSTITUTIONS),
        ("Về kiểm soát thủ tục hành chính", Content.PROCEDURES),
        ("Quy định chức năng, nhiệm vụ, quyền hạn và cơ cấu tổ chức của Bộ X", Content.APPARATUS),
        ("Quy định về tuyển dụng, sử dụng và quản lý công chức", Content.CIVIL_SERVICE),
        ("Quy định cơ chế tự chủ tài chính của đơn vị sự nghiệp công lập", Content.FINANCE),
        ("Phê duyệt Chương trình chuyển đổi số quốc gia", Content.DIGITAL),
        ("PHÊ DUYỆT CHƯƠNG TRÌNH CHUYỂN ĐỔI SỐ", Content.DIGITAL),
        ("Ban hành Quy chế văn thư, lưu trữ", Content.UNCLASSIFIED),
        ("", Content.UNCLASSIFIED),
    ],
)
def test_the_title_says_the_content(title: str, content: Content) -> None:
    assert content_of(title) is content


def test_of_two_contents_the_one_named_more_or_else_first_wins() -> None:
    assert content_of("Thủ tục hành chính trên môi trường điện tử") is Content.PROCEDURES
    assert content_of("Kết nối dữ liệu và mã định danh phục vụ cán bộ") is Content.DIGITAL


def test_a_longer_phrase_is_not_also_the_shorter_one_in_it() -> None:
    assert content_of("Hệ thống một cửa điện tử, cơ chế một cửa, môi trường mạng") is Content.DIGITAL


def test_headings_decide_where_the_title_is_silent() -> None:
    headings = ["Phạm vi điều chỉnh", "Tuyển dụng", "Vị trí việc làm", "Biên chế", "Hiệu lực thi hành"]
    assert content_of("Quy định chi tiết một số điều", headings) is Content.CIVIL_SERVICE
    assert content_of("Về kiểm soát thủ tục hành chính", headings) is Content.PROCEDURES


def test_a_programme_about_all_six_and_an_aside_stay_unclassified() -> None:
    six = [
        "Thể chế",
        "Thủ tục hành chính",
        "Tổ chức bộ máy",
        "Chế độ công vụ",
        "Tài chính công",
        "Chính phủ số",
    ]
    assert content_of("Chương trình tổng thể", six) is Content.UNCLASSIFIED
    aside = ["Cơ sở dữ liệu", "Dữ liệu mở", "Chữ ký số", *["Nghĩa vụ kê khai"] * 40]
    assert content_of("Về minh bạch", aside) is Content.UNCLASSIFIED
    assert content_of("Về minh bạch", ["Công chức", "Viên chức"]) is Content.UNCLASSIFIED


def test_every_content_has_its_vietnamese_name() -> None:
    assert len({content.vietnamese for content in Content}) == 7
