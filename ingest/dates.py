"""Dates as Vietnamese documents write them."""

import re
from datetime import date

_WORDS = re.compile(r"ngày\s*(\d{1,2})\s*tháng\s*(\d{1,2})\s*năm\s*(\d{4})", re.IGNORECASE)
_DIGITS = re.compile(r"(?<!\d)(\d{1,2})\s*[/.-]\s*(\d{1,2})\s*[/.-]\s*(\d{4})(?!\d)")
_ISO = re.compile(r"(?<!\d)(\d{4})-(\d{2})-(\d{2})(?!\d)")
_LOOSE = re.compile(r"(?<!\d)(\d{1,2})\s*tháng\s*(\d{1,2})\s*năm\s*(\d{4})", re.IGNORECASE)


def dates_in(text: str) -> list[tuple[int, date]]:
    """All dates of a text with the offset at which each begins, in order; impossible ones are left out."""
    found: dict[int, date] = {}
    for pattern in (_WORDS, _LOOSE, _DIGITS):
        for match in pattern.finditer(text):
            day = _date(int(match[3]), int(match[2]), int(match[1]))
            if day and not any(abs(match.start() - at) < 8 for at in found):
                found[match.start()] = day
    for match in _ISO.finditer(text):
        day = _date(int(match[1]), int(match[2]), int(match[3]))
        if day:
            found[match.start()] = day
    return sorted(found.items())


def first_date(text: str) -> date | None:
    """The first date of a text."""
    found = dates_in(text)
    return found[0][1] if found else None


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
