"""Ruled tables of PDF pages, by pdfplumber. Called by the PDF reader for pages with enough drawn lines."""

import io
from collections.abc import Sequence

from ingest.readers.draft import clean
from ingest.readers.letterhead import is_layout
from ingest.readers.page import Table


def ruled_tables(data: bytes, pages: Sequence[int]) -> dict[int, Sequence[Table]]:
    """Ruled tables by page number."""
    if not pages:
        return {}
    import pdfplumber  # heavy: only for files with rules

    found: dict[int, list[Table]] = {}
    with pdfplumber.open(io.BytesIO(data), pages=list(pages)) as document:
        for page in document.pages:
            for table in page.find_tables():
                rows = [_row(row) for row in table.extract()]
                rows = [row for row in rows if any(cell.strip() for cell in row)]
                if len(rows) < 1 or is_layout(rows):
                    continue
                left, top, right, bottom = table.bbox
                height = float(page.height)
                found.setdefault(page.page_number, []).append(
                    Table(height - top, height - bottom, left, right, tuple(rows))
                )
            page.close()
    return dict(found)


def _row(cells: Sequence[str | None]) -> tuple[str, ...]:
    """A row; cells merged sideways give a short row, cells merged downwards leave ""."""
    filled = [place for place, cell in enumerate(cells) if cell is not None]
    if filled and filled == list(range(len(filled))) and len(filled) <= 2 < len(cells):
        return tuple(clean(cells[place] or "") for place in filled)
    return tuple(clean(cell or "") for cell in cells)
