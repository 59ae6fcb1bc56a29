"""Marks at the start of a line: Chương II, Điều 14., 1., 1.1., a), - … Used by the structure parser.

Case matters everywhere here: "I. SỰ CẦN THIẾT" is a roman section, "i) …" a điểm.
"""

import re
from dataclasses import dataclass

from corpus.provision import Level

#: Letters of điểm in the order of the law: no f, j, w, z; đ after d.
POINT_LETTERS = "abcdđeghiklmnopqrstuvxy"

_ROMAN = re.compile(r"M{0,2}(?:C[MD]|D?C{0,3})(?:X[CL]|L?X{0,3})(?:I[XV]|V?I{0,3})\Z")
_ROMAN_VALUES = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100, "D": 500, "M": 1000}
_ORDINAL_WORDS = ("nhất", "hai", "ba", "tư", "năm", "sáu", "bảy", "tám", "chín", "mười")

_DIVISIONS = (
    (
        Level.PART,
        re.compile(
            r"(?:PHẦN|Phần)\s+(?:(?:THỨ|thứ)\s+)?([IVXLC]+|\d{1,2}|[A-ZĐ](?![^\W\d_])|[^\W\d_]+)(?=[\s.:\-–]|$)"
        ),
    ),
    (Level.CHAPTER, re.compile(r"(?:CHƯƠNG|Chương)\s+([IVXLC]+|\d{1,3})(?=[\s.:\-–]|$)")),
    (Level.SUBSECTION, re.compile(r"(?:TIỂU MỤC|Tiểu mục)\s+(\d{1,2}|[IVX]+)(?=[\s.:\-–]|$)")),
    (Level.SECTION, re.compile(r"(?:MỤC|Mục)\s+(\d{1,2}|[IVX]+|[A-Z])(?=[\s.:\-–]|$)")),
)
#: "Điều 131 Trong trường hợp …" opens an article, "Điều 3 Luật Khiếu nại" goes on with a sentence.
_ARTICLE = re.compile(
    r"(?:ĐIỀU|Điều)\s+(\d{1,4}[a-zđ]?)\s*(?:[.:]\s*|$|(?=\s[-–]\s)"
    r"|(?<=\s)(?=[A-ZĐÀ-Ỹ])(?!(?:Luật|Bộ luật|Hiến|Pháp lệnh|Nghị|Quyết|Thông tư|Chỉ thị|Quy|Điều|Chương|Mục|Phần|Phụ)\b))"
)
_DECIMAL = re.compile(r"(\d{1,2}(?:\.\d{1,2}){1,4})(?:\.(?=\s|[^\W\d_])|(?=\s+[^\W\d_]|\s*[:)]))")
#: "1/" is an old way to write "1.", "1," a scan's.
_ARABIC = re.compile(
    r"(\d{1,3}[a-zđ]?)(?:\.(?=\s|[^\W\d_“\"(]|[“\"(]|$)|(\))(?=\s|[^\W\d_])"
    r"|/(?=\s+\S)|,(?=\s[A-ZĐÀ-Ỹ])(?!\s(?:Điều|Khoản|Điểm|Chương|Mục|Phụ)\b))"
)
_ROMAN_MARK = re.compile(r"([IVXL]{1,6})(?:\s*[.)\-–]|\s*/)(?=\s|[^\W\d_])")
_CAPITAL = re.compile(r"([A-HĐ])\.\s+(?=\S)")
_POINT = re.compile(r"([a-zđ]\d?|[a-zđ]{2})\)[.:]?(?=\s|[^\W\d_“\"(]|$)")
_POINT_DOT = re.compile(r"([a-zđ])\.\s+(?=\S)")
_DASH = re.compile(r"([-–—•*●▪])\s*(?=[^\s\-–—])")
_PLUS = re.compile(r"(\+)\s*(?=\S)")


@dataclass(frozen=True, slots=True)
class Mark:
    """A structural mark. `rank` orders the marks of an outline: a mark closes every open one of its rank or more."""

    level: Level
    number: str
    rank: int
    length: int  # characters of the line taken by the mark


#: Ranks of outline marks, outermost first. Divisions of a law stand above all of them.
RANK = {
    Level.PART: 0,
    Level.CHAPTER: 1,
    Level.SECTION: 2,
    Level.SUBSECTION: 3,
    Level.ARTICLE: 4,
}
CAPITAL_RANK, ROMAN_RANK, ARABIC_RANK, DECIMAL_RANK, LISTED_RANK, BRACKET_RANK = 5, 6, 7, 8, 12, 13
POINT_RANK, DASH_RANK, PLUS_RANK = 14, 15, 16


def roman_value(numeral: str) -> int | None:
    """Value of a roman numeral in capitals; None if it is none."""
    if not numeral or not _ROMAN.match(numeral):
        return None
    values = [_ROMAN_VALUES[c] for c in numeral]
    return sum(-v if v < max(values[i + 1 :], default=0) else v for i, v in enumerate(values))


def division(line: str) -> Mark | None:
    """Phần, Chương, Mục, Tiểu mục on a line of its own."""
    for level, pattern in _DIVISIONS:
        found = pattern.match(line)
        if not found:
            continue
        number = found[1]
        if level is Level.PART and not (number.isdigit() or roman_value(number) or len(number) == 1):
            if number.lower() not in _ORDINAL_WORDS:
                return None
            number = str(_ORDINAL_WORDS.index(number.lower()) + 1)
        rest = line[found.end() :].lstrip(" .:-–")
        # "Mục 2 Chương này quy định …" is a sentence, not a heading
        if rest and not rest[0].isupper() and not rest[0].isdigit():
            return None
        if re.match(r"(?:Chương|Mục|Điều|Phần|Nghị|Luật|Thông|Quyết)\b", rest) or len(line) > 300:
            return None
        return Mark(level, number, RANK[level], found.end())
    return None


def article(line: str) -> Mark | None:
    """`Điều N.`; "Điều 3 của Luật này" is not one."""
    found = _ARTICLE.match(line)
    return Mark(Level.ARTICLE, found[1], RANK[Level.ARTICLE], found.end()) if found else None


def outline(line: str) -> Mark | None:
    """Mark of a clause, point, dash or outline section; the caller decides by context which of them it is."""
    if found := _DECIMAL.match(line):
        depth = found[1].count(".")
        return Mark(Level.HEADING, found[1], DECIMAL_RANK + depth - 1, found.end())
    if found := _ARABIC.match(line):
        rank = BRACKET_RANK if found[2] else ARABIC_RANK
        return Mark(Level.HEADING, found[1].lstrip("0") or "0", rank, found.end())
    if (found := _ROMAN_MARK.match(line)) and roman_value(found[1]):
        return Mark(Level.HEADING, found[1], ROMAN_RANK, found.end())
    if found := _CAPITAL.match(line):
        return Mark(Level.HEADING, found[1], CAPITAL_RANK, found.end())
    if found := _POINT.match(line):
        return Mark(Level.POINT, found[1], POINT_RANK, found.end())
    if found := _POINT_DOT.match(line):
        return Mark(Level.POINT, found[1], POINT_RANK, found.end())
    if found := _PLUS.match(line):
        return Mark(Level.DASH, "+", PLUS_RANK, found.end())
    if found := _DASH.match(line):
        return Mark(Level.DASH, "-", DASH_RANK, found.end())
    return None


def is_capitals(line: str) -> bool:
    """Whether a line is set in capitals (a title)."""
    letters = "".join(filter(str.isalpha, line))  # without a loop of our own: it is asked of every line
    return len(letters) >= 3 and sum(map(str.isupper, letters)) >= 0.85 * len(letters)
