"""The day that a question is about: "trước 1/7/2025", "hồi tháng 3/2024", "năm ngoái". Called by the reader of questions.

A day or year that belongs to a document ("Luật … năm 2019"), to a goal ("đến năm 2025") or to an event ("sinh trước
ngày …") is none.
"""

import re
from calendar import monthrange
from datetime import date, timedelta

from corpus import number as numbers
from corpus.spelling import fold_aligned

#: Days that a question about documents can mean.
_YEARS = (1945, 2100)
#: The day since which local government has two tiers and 34 provinces.
MERGED_ON = date(2025, 7, 1)

_SPAN = (
    r"(?:(?:ngay )?(?P<day>\d{1,2})(?:\s?[/.-]\s?| thang )(?P<month>\d{1,2})(?:\s?[/.-]\s?| nam )(?P<of_day>\d{4})"
    r"|thang (?P<only_month>\d{1,2})(?:\s?[/.-]\s?| nam )(?P<of_month>\d{4})"
    r"|(?:(?P<part>dau|giua|cuoi) )?nam (?P<year>\d{4}|ngoai|nay|kia)|(?P<bare>(?:19|20)\d\d))(?![\w/.-]*\d)"
)
_WORD = r"(?P<word>truoc|sau|tinh den|(?:tai |vao |o )?thoi diem|tai|vao|hoi|trong)"
_SAID = re.compile(rf"\b(?:{_WORD} (?:khi |hoi |khoang )?)?{_SPAN}")
_MERGING = re.compile(
    r"\b(?P<word>truoc|sau) (?:khi |thoi diem )?(?:sap nhap|hop nhat|sap xep)(?! lai)(?! (?:don vi su nghiep|phong|thon|to dan pho))"
)
_NOW = re.compile(r"\b(?:hien nay|hien tai|hien gio|bay gio|hien hanh|luc nay)\b")
#: What a year behind it belongs to: a document, a plan, a goal.
_NAMED = re.compile(
    r"\b(?:(?<!ky )(?<!phap )luat|phap lenh|nghi dinh|nghi quyet|thong tu|quyet dinh|ke hoach|chuong trinh|de an|bao cao|chi so|index|sipas|papi"
    r"|giai doan|nhiem ky|dot|khoa|den|toi|tu|so voi)\b[^;.?]*$"
)
#: A question about goals, results or dates of documents has years as its matter, not as its day.
_MATTER = re.compile(
    r"\b(?:muc tieu|chi tieu|phan dau|phan tram|ty le|ti le|hoan thanh|ket qua|xep hang|xep thu|diem so|bao nhieu diem|cham nhat)\b|%"
)
#: What happened before or after a day: "cấp trước ngày …" tells of the event, not of the law.
_EVENT = re.compile(
    r"\b(?:ban hanh|cap|tuyen dung|tuyen|tiep nhan|nop|thanh lap|sinh|bo nhiem|xay ra|phat sinh|gui|cong bo|lap|hieu luc|thi hanh"
    r"|dang ky|thuc hien|vi pham|mua|giao|nghi huu|nghi|cong tac|khoi cong)(?: \w+)? $|\bky $"
)
_DAY = timedelta(days=1)


def day_asked(text: str, today: date) -> date | None:
    """The day whose law a question asks about, relative to `today`; None where it says none."""
    folded = fold_aligned(text)[0]
    taken = [(m.start, m.end) for m in numbers.numbers_in(text)]
    taken += [(m.start, m.end) for m in numbers.partial_mentions(text)]
    for match in _SAID.finditer(folded):
        if any(start < match.end() and match.start() < end for start, end in taken):
            continue
        if day := _said(match, folded, today):
            return day
    if merging := _MERGING.search(folded):
        return MERGED_ON - _DAY if merging["word"] == "truoc" else MERGED_ON
    return today if _NOW.search(folded) else None


def _said(match: re.Match[str], folded: str, today: date) -> date | None:
    word, before = match["word"] or "", folded[: match.start()]
    first, last = _span(match, today)
    if first is None or last is None or _EVENT.search(before):
        return None
    exact = match["day"] is not None
    if exact and not word:
        return None  # "Quyết định … ngày 12/02/2026"
    if not exact and (_NAMED.search(before) or _MATTER.search(folded)):
        return None
    if exact and word in ("truoc", "sau") and _MATTER.search(folded):
        return None
    if match["part"] and re.search(r"\b(?:thang|quy|tuan|ngay) $", before):
        return None  # "6 tháng đầu năm 2026"
    if match["bare"] and word not in ("truoc", "sau", "hoi"):
        return None  # "2025" alone may be anything
    if not word and match["year"] and not match["part"] and match["year"].isdigit():
        opens = not re.sub(r"\b(?:the|vay|con|thi|va|nhung)\b", "", before).strip(" ,")
        closes = not folded[match.end() :].strip(" ?.!")
        if not (opens or closes):
            return None
    if word == "truoc":
        return first - _DAY
    if word == "sau":
        return last + _DAY
    return last


def _span(match: re.Match[str], today: date) -> tuple[date | None, date | None]:
    """First and last day of what is said."""
    if match["day"]:
        day = _date(int(match["of_day"]), int(match["month"]), int(match["day"]))
        return day, day
    if match["only_month"]:
        year, month = int(match["of_month"]), int(match["only_month"])
        if not 1 <= month <= 12 or _date(year, month, 1) is None:
            return None, None
        return date(year, month, 1), date(year, month, monthrange(year, month)[1])
    said = match["year"] or match["bare"]
    year = {"ngoai": today.year - 1, "kia": today.year - 2, "nay": today.year}.get(said) or int(said)
    if _date(year, 1, 1) is None:
        return None, None
    last = {"dau": date(year, 1, 31), "giua": date(year, 6, 30)}.get(match["part"], date(year, 12, 31))
    return date(year, 1, 1), min(last, today) if said == "nay" else last


def _date(year: int, month: int, day: int) -> date | None:
    try:
        found = date(year, month, day)
    except ValueError:
        return None
    return found if _YEARS[0] <= year <= _YEARS[1] else None
