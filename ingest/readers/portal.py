"""What portals put around a document: menus, watermarks, attribute labels, lists of related pages.

The plain-text and HTML readers call it. Only whole lines that no document would hold are dropped, and none inside a table.
"""

import re
from collections.abc import Sequence

from ingest.readers.paragraphs import Line

#: The page's own text ends above such a line; what follows is the portal's.
_TAIL = re.compile(
    r"(?:Văn bản này chưa cập nhật nội dung Tiếng Anh|Văn bản liên quan|NỘI DUNG SỬA ĐỔI, HƯỚNG DẪN"
    r"|FILE ĐƯỢC ĐÍNH KÈM THEO(?: VĂN BẢN)?|Xem tin theo ngày|Thống kê truy cập|Các tin (?:khác|đã đưa|liên quan|cũ hơn|mới hơn)"
    r"|Tin (?:liên quan|mới hơn|cũ hơn|khác)|Bài viết liên quan|Văn bản cùng lĩnh vực|Tập tin đính kèm|Tệp đính kèm"
    r"|Gửi bình luận|Ý kiến bạn đọc|Bình luận|Có thể bạn quan tâm|Đọc nhiều nhất|Danh sách điều khoản)(?: ?:)?$",
    re.IGNORECASE,
)
#: The portal's own head ends with such a line.
_HEAD = re.compile(r"(?:Đang tải văn bản(?:\.\.\.|…)|Click vào phần bôi vàng để xem chi tiết\.?)$")
_HEAD_REACH = 150  # lines from the top
_NOISE = re.compile(
    r"(?:Đã biết|Đang cập nhật|Tìm kiếm|Trang chủ|Đăng nhập|Đăng ký|Tải về|Tải văn bản|In trang|In bài viết|Lưu|Chia sẻ"
    r"|Quay lại|Về đầu trang|Xem thêm|Mục lục|Mục lục văn bản|Tiếng Anh|Lược đồ|Thuộc tính|Bản gốc|Bản PDF|Share|Facebook|Zalo"
    r"|Twitter|Cỡ chữ|A\+|A-|X|(?:Theo )?(?:Quochoi|vanban\.chinhphu)\.vn|CỔNG THÔNG TIN ĐIỆN TỬ CHÍNH PHỦ"
    r"|Cập nhật lúc.{0,30}|Lượt xem.{0,20}|Số lượt (?:xem|truy cập).{0,20}|Tổng truy cập.{0,20}|Truy cập hiện tại.{0,20})$",
    re.IGNORECASE,
)
_WATERMARK = re.compile(
    r"Bản dịch này thuộc quyền sở hữu|has the copyright on this translation|Copying or reposting it without"
    r"|violation against the Law on Intellectual|Mọi hành vi sao chép, đăng tải lại mà không"
    r"|[Vv]ui lòng đăng nhập để xem|Nội dung được trích xuất từ"
)
_REPEATED_TITLE = re.compile(
    r"(?:Quyết định|Nghị định|Nghị quyết|Thông tư|Luật|Kế hoạch|Công văn|Chỉ thị|Thông báo|Công điện|Quy chế|Kết luận)"
    r" (?:liên tịch )?\S*\d\S* (?:năm \d{4}|ngày \d{1,2}/\d{1,2}/\d{4}) .*[^.;:/]$"
)
_UPDATED = re.compile(r"(?:(?:False|True) \d+ ?)?Ngày cập nhật:? (\d{1,2}/\d{1,2}/\d{4})$")
_ATTRIBUTE = re.compile(
    r"(?:Số|Ký hiệu|Loại|Nơi ban hành|Cơ quan|Ngày|Người ký|Chức danh|Tình trạng|Trạng thái|Hiệu lực|Lĩnh vực|Trích yếu|Ngành|Phạm vi|Tên)",
    re.IGNORECASE,
)
_TRAILING = {"lưu trữ", "ghi chú", "ý kiến", "email", "in", "gửi", "phản hồi", "tác giả", "nguồn"}
_PLACEHOLDERS = {"đã biết", "đang cập nhật", "dữ liệu đang cập nhật", "—", "-", ""}


def without_furniture(lines: Sequence[Line]) -> tuple[list[Line], list[tuple[str, str]]]:
    """The lines of the document itself, and the facts that stood in the furniture."""
    facts: list[tuple[str, str]] = []
    kept = list(lines)
    heads = [place for place, line in enumerate(kept[:_HEAD_REACH]) if _HEAD.search(line.text)]
    if heads:
        kept = kept[heads[-1] + 1 :]
    reach = max(20, len(kept) // 4)
    tail = next(
        (place for place, line in enumerate(kept) if place > reach and _TAIL.match(line.text.strip("* #"))),
        len(kept),
    )
    done: list[Line] = []
    kept = kept[:tail]
    for place, line in enumerate(kept):
        updated = _UPDATED.match(line.text)
        if updated:
            facts.append(("ngày cập nhật", updated[1]))
        elif _WATERMARK.search(line.text):
            done.append(Line(""))
        elif not _NOISE.match(line.text) or _in_cell(kept, place):
            done.append(line)
    while done and (
        not done[-1].text or done[-1].text.lower() in _TRAILING or _REPEATED_TITLE.match(done[-1].text)
    ):
        done.pop()
    return done, facts


def _in_cell(lines: Sequence[Line], place: int) -> bool:
    """Whether a line stands in a cell of a flattened table, where a mere "X" is content."""
    return any(line.text == "|" for line in lines[max(0, place - 1) : place + 2])


def is_known(value: str) -> bool:
    """Whether an attribute's value says something ("Đang cập nhật" does not)."""
    return value.strip().lower() not in _PLACEHOLDERS


def is_attribute(key: str) -> bool:
    """Whether a label names an attribute of a document (rather than the portal's own address)."""
    return bool(_ATTRIBUTE.match(key.strip()))
