"""Agencies: from the code in a số hiệu to the name, and from capitals in a letterhead to a name as written."""

import re

from corpus.spelling import fold, modern_tones, nfc

#: Codes at the end of a số hiệu. Only bodies whose code names one agency; UBND and HĐND need their province.
AGENCIES = {
    "CP": "Chính phủ",
    "TTG": "Thủ tướng Chính phủ",
    "CTN": "Chủ tịch nước",
    "UBTVQH": "Ủy ban Thường vụ Quốc hội",
    "QH": "Quốc hội",
    "VPCP": "Văn phòng Chính phủ",
    "VPQH": "Văn phòng Quốc hội",
    "TTCP": "Thanh tra Chính phủ",
    "BNV": "Bộ Nội vụ",
    "BTP": "Bộ Tư pháp",
    "BTC": "Bộ Tài chính",
    "BKHDT": "Bộ Kế hoạch và Đầu tư",
    "BKHCN": "Bộ Khoa học và Công nghệ",
    "BTTTT": "Bộ Thông tin và Truyền thông",
    "BCA": "Bộ Công an",
    "BQP": "Bộ Quốc phòng",
    "BNG": "Bộ Ngoại giao",
    "BCT": "Bộ Công Thương",
    "BXD": "Bộ Xây dựng",
    "BGTVT": "Bộ Giao thông vận tải",
    "BGDDT": "Bộ Giáo dục và Đào tạo",
    "BYT": "Bộ Y tế",
    "BVHTTDL": "Bộ Văn hóa, Thể thao và Du lịch",
    "BTNMT": "Bộ Tài nguyên và Môi trường",
    "BNNMT": "Bộ Nông nghiệp và Môi trường",
    "BNNPTNT": "Bộ Nông nghiệp và Phát triển nông thôn",
    "BLDTBXH": "Bộ Lao động - Thương binh và Xã hội",
    "BDTTG": "Bộ Dân tộc và Tôn giáo",
    "UBDT": "Ủy ban Dân tộc",
    "NHNN": "Ngân hàng Nhà nước Việt Nam",
    "KTNN": "Kiểm toán Nhà nước",
    "TANDTC": "Tòa án nhân dân tối cao",
    "VKSNDTC": "Viện kiểm sát nhân dân tối cao",
}

#: Words after which the name of a place follows, each of its words with a capital.
_PLACE_WORDS = ("tỉnh", "thành phố", "huyện", "quận", "thị xã", "thị trấn", "xã", "phường", "đặc khu")
_BODIES = {
    "ủy ban nhân dân": "Ủy ban nhân dân",
    "hội đồng nhân dân": "Hội đồng nhân dân",
    "ủy ban thường vụ quốc hội": "Ủy ban Thường vụ Quốc hội",
    "thủ tướng chính phủ": "Thủ tướng Chính phủ",
    "chính phủ": "Chính phủ",
    "quốc hội": "Quốc hội",
    "chủ tịch nước": "Chủ tịch nước",
    "sở": "Sở",
    "bộ": "Bộ",
    "ban": "Ban",
    "văn phòng": "Văn phòng",
    "trung tâm": "Trung tâm",
    "tổng cục": "Tổng cục",
    "cục": "Cục",
    "ngân hàng nhà nước": "Ngân hàng Nhà nước",
    "thanh tra chính phủ": "Thanh tra Chính phủ",
}
_KNOWN = {fold(name): name for name in AGENCIES.values()}
#: Long forms of places whose capitals in a letterhead lose the word that tells a place from a name.
_LEADERS = re.compile(
    r"^(?:Bộ trưởng|Chủ tịch|Giám đốc|Chủ nhiệm|Tổng Thanh tra|Thống đốc)\s+", re.IGNORECASE
)


def agency_of(number: str) -> str:
    """Name of the issuing agency from the code of a số hiệu: "905/QĐ-BNV" → "Bộ Nội vụ"; "" where it needs a place."""
    if re.search(r"/QH\d*$", number):
        return "Quốc hội"
    code = fold(re.split(r"[-/]", number)[-1]).upper()
    code = re.sub(r"\d+$", "", code)
    return AGENCIES.get(code, "")


def agency_name(letterhead: str) -> str:
    """A name as written in text, from a letterhead: "ỦY BAN NHÂN DÂN TỈNH KHÁNH HÒA" → "Ủy ban nhân dân tỉnh Khánh Hòa"."""
    text = modern_tones(nfc(" ".join(letterhead.split()))).strip(" .,:;-–|*")
    written_small = not text.isupper() and not text.islower()
    text = re.sub(r"^UBND\b", "Ủy ban nhân dân", text)
    text = re.sub(r"^HĐND\b", "Hội đồng nhân dân", text)
    text = _LEADERS.sub("", text)
    known = _KNOWN.get(fold(text))
    if known:
        return known
    if written_small:
        return text
    lowered = text.lower()
    places = "|".join(_PLACE_WORDS)
    found = re.search(rf"\b({places})\s+(?!phố\b|nhân dân\b)(.+)$", lowered)
    head, place = (lowered[: found.start()], found) if found else (lowered, None)
    head = head.strip()
    for body in sorted(_BODIES, key=len, reverse=True):
        if head == body or head.startswith(body + " "):
            rest = head[len(body) :].strip()
            head = f"{_BODIES[body]} {rest[:1].upper() + rest[1:]}".strip()
            break
    else:
        head = head[:1].upper() + head[1:]
    if place is None:
        return head
    words = " ".join(
        word if word in ("-", "và") else word[:1].upper() + word[1:] for word in place[2].split()
    )
    return f"{head} {place[1]} {words}".strip()
