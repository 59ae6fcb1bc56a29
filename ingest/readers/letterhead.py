"""Two-column blocks that are no tables: letterhead ("… | CỘNG HÒA …") and signature ("Nơi nhận … | TM. …").

All readers ask here, so that such a block becomes paragraphs, cell after cell, whatever the format.
"""

import re
from collections.abc import Sequence

_LETTERHEAD = re.compile(
    r"(?:CỘNG ?HÒA|CỘNG HOÀ) XÃ|Độc lập ?[-–]|^\s*(?:Luật )?[Ss]ố ?:|^\s*N(?:ơi nhận|ƠI NHẬN)|ĐẢNG CỘNG SẢN VIỆT NAM"
)
_SIGNATURE = re.compile(
    r"^\s*(?:TM\.|KT\.|TL\.|TUQ\.|T/M|Q\. )|^\s*(?:PHÓ )?(?:CHỦ TỊCH|BỘ TRƯỞNG|GIÁM ĐỐC|THỦ TƯỚNG)\s*$|\((?:Ký|ký)[ ,)]"
)


def holds_letterhead(text: str) -> bool:
    """Whether a cell holds a piece of a letterhead or the list of recipients."""
    return bool(_LETTERHEAD.search(text))


def holds_signature(text: str) -> bool:
    """Whether a cell holds a signature block."""
    return bool(_SIGNATURE.search(text))


def is_layout(rows: Sequence[Sequence[str]]) -> bool:
    """Whether a table only lays out a letterhead, a signature or a box, so that its cells are paragraphs."""
    filled = [cell for row in rows for cell in row if cell.strip()]
    columns = max((len(row) for row in rows), default=0)
    if columns <= 1 or len(filled) <= 1:
        return True
    if columns > 4 or len(rows) > 8:
        return False
    return any(holds_letterhead(cell) for cell in filled) or (
        len(rows) <= 3 and any(holds_signature(cell) for cell in filled)
    )
