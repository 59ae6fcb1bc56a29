"""New wording that an amending document quotes: where a clause or point stands in it.

The ingest cuts a quotation that amends several places; the corpus looks for a clause inside an article given anew.
"""

import re
from collections.abc import Sequence

_MARKS = {
    "dieu": r"Điều\s+0*{}\s*[.:]",
    "khoan": r"0*{}\s*[.)]",
    "diem": r"{}\s*\)",
}
_ANY = {
    "dieu": r"Điều\s+\d+[a-zđ]{0,2}\s*[.:]",
    "khoan": r"\d{1,3}[a-zđ]{0,2}\s*[.)](?!\d)",
    "diem": r"[a-zđ]\d?\s*\)",
}


def part_of(text: str, span: tuple[int, int], steps: Sequence[str]) -> tuple[int, int] | None:
    """The span of a narrower place in a quoted wording; `steps` lead there: ("khoan-2", "diem-a").

    None where the wording has no such place, or has it twice.
    """
    start, end = span
    for step in steps:
        unit, _, number = step.rpartition("-")
        if unit not in _MARKS:
            return None
        opens = _starts(text, start, end, _MARKS[unit].format(re.escape(number)))
        if len(opens) != 1:
            return None
        # what ends it: the next of its kind, or of a broader kind
        broader = list(_ANY)[: list(_ANY).index(unit) + 1]
        later = [at for kind in broader for at in _starts(text, start, end, _ANY[kind]) if at > opens[0]]
        start, end = opens[0], min(later, default=end)
    kept = text[start:end].rstrip()
    return start, start + len(kept)


def _starts(text: str, start: int, end: int, mark: str) -> list[int]:
    lines = re.compile(rf"(?:(?<=\n)|\A|(?<=[“\"]))[ \t]*(?={mark})", re.IGNORECASE)
    found = [match.end() for match in lines.finditer(text, start, end)]
    if re.match(rf"\s*{mark}", text[start:end], re.IGNORECASE) and start not in found:
        lead = len(text[start:end]) - len(text[start:end].lstrip())
        found.append(start + lead)
    return sorted(set(found))


def articles_in(text: str, span: tuple[int, int]) -> list[str]:
    """The addresses of the articles that a quoted wording gives, in order."""
    heads = re.compile(r"^[ \t]*Điều\s+0*(\d+[a-zđ]{0,2})\s*[.:]", re.MULTILINE)
    return [f"dieu-{match[1].lower()}" for match in heads.finditer(text[span[0] : span[1]])]
