"""What can be asked of any subject: its deadline, its fee, who signs, from when it holds. Called by the steps that tell
whether a question says a subject of its own.
"""

import re

from bot.words import content_words
from corpus.spelling import fold, fold_aligned, has_diacritics, nfc

_ASPECTS = (
    "thời hạn giải quyết|thời hạn|thời hiệu|thời gian|thời điểm|áp dụng|hiệu lực|thi hành|thực hiện|mức phí|mức chi|mức thu|mức|lệ phí|phí"
    "|kinh phí|nguồn|lấy|hồ sơ|thủ tục|trình tự|các bước|bước|cách|nội dung chính|nội dung|trường hợp|đối tượng|điều kiện|trách nhiệm"
    "|nhiệm vụ|quyền hạn|nguyên tắc|phạm vi điều chỉnh|phạm vi|thẩm quyền quyết định|thẩm quyền|cơ quan|đơn vị|người ký|ký|ban hành|chủ trì"
    "|phối hợp|xử lý|giải quyết|mục tiêu|chỉ tiêu|kết quả|tỷ lệ|tỉ lệ|tuổi|tiền|ngày|tháng|năm|giờ|phần trăm|lần|thứ hai|thứ ba|thứ tư"
    "|thứ năm|thứ nhất|thay thế|bãi bỏ|thay|nộp|gồm|bao gồm|mẫu|giấy tờ|chi tiết|ví dụ|nữa|thêm|khác|trước|vậy|chịu|đạt|lâu|xong|mất"
    "|ở đâu|vào đâu|đâu|căn cứ|quy định|văn bản|nghị định|nghị quyết|quyết định|thông tư|luật|chính|bị|nó|tới|đến"
)
_PATTERN = re.compile(rf"\b(?:{_ASPECTS})\b")
_BARE = re.compile(rf"\b(?:{fold(_ASPECTS)})\b")


def names_subject(question: str) -> bool:
    """Whether a question says what it is about, besides what is asked of it."""
    return any(not word.isdigit() for word in content_words(_without_aspects(question)[0]))


def asks_aspect_only(question: str) -> bool:
    """Whether a question names what is asked and nothing that it is asked of: "Thời hạn là bao lâu?"."""
    rest, aspects = _without_aspects(question)
    return aspects > 0 and all(word.isdigit() for word in content_words(rest))


def _without_aspects(question: str) -> tuple[str, int]:
    """What is left of a question without its aspects, and how many those were."""
    if has_diacritics(question):
        return _PATTERN.subn(" ", nfc(question).lower())
    return _BARE.subn(" ", fold_aligned(question)[0])
