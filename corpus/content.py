"""Which of the six contents of the administrative reform (76/NQ-CP) a document is about, by a rule one can read.

The documents do not say it themselves. The rule: the content whose phrases the title names most often, of equals
the one named first. A title that names none leaves it to the headings inside: a content that a fifth of all headings name,
at least three, and more than all other contents together. Everything else is honestly unclassified, a programme
that is about all six too. Used by the list of documents and its filter.
"""

import re
from collections import Counter
from collections.abc import Iterable
from enum import StrEnum

from corpus.spelling import fold

#: Headings that must speak of a content before it is taken for that of the document: one or two are asides, and a
#: long law has some on its own officials or its own database.
HEADINGS_MIN = 3
HEADINGS_SHARE = 0.2


class Content(StrEnum):
    """Order of the members = order in 76/NQ-CP; the value is the word in addresses."""

    INSTITUTIONS = "the-che"
    PROCEDURES = "thu-tuc"
    APPARATUS = "bo-may"
    CIVIL_SERVICE = "cong-vu"
    FINANCE = "tai-chinh"
    DIGITAL = "chinh-phu-so"
    UNCLASSIFIED = "chua-phan-loai"

    @property
    def vietnamese(self) -> str:
        return {
            Content.INSTITUTIONS: "Cải cách thể chế",
            Content.PROCEDURES: "Cải cách thủ tục hành chính",
            Content.APPARATUS: "Cải cách tổ chức bộ máy",
            Content.CIVIL_SERVICE: "Cải cách chế độ công vụ",
            Content.FINANCE: "Cải cách tài chính công",
            Content.DIGITAL: "Xây dựng Chính phủ điện tử, Chính phủ số",
            Content.UNCLASSIFIED: "Chưa phân loại",
        }[self]


_PHRASES = {
    Content.INSTITUTIONS: """cải cách thể chế; văn bản quy phạm pháp luật; xây dựng pháp luật; thi hành pháp luật; phổ biến, giáo
        dục pháp luật; hệ thống pháp luật; pháp điển; rà soát văn bản; kiểm tra văn bản; kiểm tra, xử lý văn bản""",
    Content.PROCEDURES: """thủ tục hành chính; cơ chế một cửa; một cửa liên thông; bộ phận một cửa; quy định hành chính;
        phục vụ hành chính công; điều kiện kinh doanh; tiếp nhận hồ sơ; giải quyết hồ sơ""",
    Content.APPARATUS: """tổ chức bộ máy; cơ cấu tổ chức; chức năng, nhiệm vụ; tổ chức Chính phủ; chính quyền địa phương;
        tổ chức lại; sắp xếp đơn vị; sắp xếp tổ chức; đơn vị hành chính; phân cấp; phân quyền; phân định thẩm quyền;
        tổ chức chính quyền; tổ chức các cơ quan; tổ chức đơn vị sự nghiệp; hội đồng quản lý""",
    Content.CIVIL_SERVICE: """công vụ; đội ngũ; cán bộ; công chức; viên chức; vị trí việc làm; biên chế; số lượng người làm việc; tuyển
        dụng; chức danh nghề nghiệp; thăng hạng; tinh giản biên chế; người đứng đầu""",
    Content.FINANCE: """tài chính công; tự chủ tài chính; ngân sách nhà nước; ngân sách; tài sản công; đầu tư công; kinh phí;
        chi thường xuyên; quản lý tài chính; phí và lệ phí; giá dịch vụ""",
    Content.DIGITAL: """chính phủ điện tử; chính phủ số; chính quyền điện tử; chính quyền số; chuyển đổi số; công nghệ thông tin;
        dữ liệu; dịch vụ công trực tuyến; định danh điện tử; mã định danh; giao dịch điện tử; chữ ký số; môi trường điện tử;
        môi trường mạng; cổng dịch vụ công; một cửa điện tử; trí tuệ nhân tạo; cổng thông tin điện tử;
        trang thông tin điện tử; an toàn thông tin; an ninh mạng""",
}
_CONTENT_OF = {fold(p): content for content, listed in _PHRASES.items() for p in listed.split(";")}
#: The longest phrase that fits at a place counts, so "một cửa điện tử" is not also "một cửa".
_NAMED = re.compile(r"\b(?:" + "|".join(sorted(map(re.escape, _CONTENT_OF), key=len, reverse=True)) + r")\b")


def content_of(title: str, headings: Iterable[str] = ()) -> Content:
    """The content of a document with this title; `headings` are read only where the title is silent."""
    found = _most_named(title)
    if found is not Content.UNCLASSIFIED:
        return found
    votes = Counter(_most_named(heading) for heading in headings if heading)
    needed = max(HEADINGS_MIN, HEADINGS_SHARE * votes.total())
    del votes[Content.UNCLASSIFIED]
    for content, count in votes.most_common(1):
        if count >= needed and 2 * count > votes.total():
            return content
    return Content.UNCLASSIFIED


def _most_named(words: str) -> Content:
    """The content that most different phrases of a line name, of equals the first."""
    named = Counter(_CONTENT_OF[phrase] for phrase in dict.fromkeys(_NAMED.findall(fold(words))))
    return named.most_common(1)[0][0] if named else Content.UNCLASSIFIED
