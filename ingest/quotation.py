"""Which lines stand inside a quotation: new wording that an amending document quotes is not its own structure."""

import re
from collections.abc import Sequence

#: A quotation longer than this many lines without an end is taken for a forgotten mark.
_LONGEST = 600
_CURLY_CLOSES = re.compile(r"”[\s.;:,)]*$")
_STRAIGHT_OPENS = re.compile(r"^\s*\"|[:：]\s*\"")
#: New wording that begins a line: a place of the law, or whatever a colon above announces. Scans strew other quotes.
_WORDING = re.compile(
    r"\s*\"\s*(?:Điều|ĐIỀU|Chương|CHƯƠNG|Mục|MỤC|Phần|PHẦN|Phụ lục|PHỤ LỤC|Mẫu|\d|[a-zđ]\)|[-+])"
)


def quoted_lines(lines: Sequence[str]) -> list[bool]:
    """For every line, whether it stands in a quotation that began on this line's first character or above it."""
    quoted = [False] * len(lines)
    index = 0
    while index < len(lines):
        last = _quotation_end(lines, index)
        if last is None:
            index += 1
            continue
        first = index if lines[index].lstrip()[:1] in '“"' else index + 1
        for inside in range(first, last + 1):
            quoted[inside] = True
        index = last + 1
    return quoted


def _quotation_end(lines: Sequence[str], index: int) -> int | None:
    """Last line of a quotation that opens in line `index` and is not closed there; None if there is none."""
    line = lines[index]
    depth = line.count("“") - line.count("”")
    if depth > 0:
        for later in range(index + 1, min(len(lines), index + _LONGEST)):
            depth += lines[later].count("“") - lines[later].count("”")
            if depth <= 0 and _CURLY_CLOSES.search(lines[later]):
                return later
        return None
    announced = index > 0 and lines[index - 1].rstrip().endswith(":")
    stray = line.lstrip().startswith('"') and not (announced or _WORDING.match(line))
    if line.count('"') % 2 and _STRAIGHT_OPENS.search(line) and not stray:
        for later in range(index + 1, min(len(lines), index + _LONGEST)):
            if lines[later].count('"') % 2:
                return later
    return None
