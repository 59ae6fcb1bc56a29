"""Pictures of pages (PNG, JPEG, TIFF of one or more pages): by OCR, laid out like the pages of a PDF.

`ingest.read` calls it.
"""

import io
import warnings
from collections.abc import Iterator
from dataclasses import replace

from PIL import Image, ImageOps, ImageSequence

from ingest.readers.draft import Draft
from ingest.readers.ocr import Recogniser
from ingest.readers.page_layout import compose
from ingest.reading import ReadFailure, Reading
from ingest.recognition import Ocr

_FORMATS = ("PNG", "JPEG", "TIFF")
_MAX_PIXELS = 120_000_000  # of one picture: an A3 page at 600 dpi has 70 million
_MAX_PAGES = 500
#: Pixels of the longer side: an A4 page at 240 dpi has 2,806. Phones give more, faxes less.
_SHORTEST, _LONGEST = 2200, 4000


def read_image(data: bytes, ocr: Ocr) -> Reading:
    """Reading of a picture. Raises `ReadFailure`: broken, too_large, needs_ocr, empty."""
    problem = ocr.problem()
    if problem:
        raise ReadFailure("needs_ocr", f"Tệp là ảnh chụp hoặc ảnh quét: {problem}.")
    recogniser = Recogniser(ocr)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # the limit here is its own
            with Image.open(io.BytesIO(data), formats=_FORMATS) as picture:
                media_type = Image.MIME[str(picture.format)]
                count = getattr(picture, "n_frames", 1)
                if picture.width * picture.height > _MAX_PIXELS or count > _MAX_PAGES:
                    raise ReadFailure(
                        "too_large", "Ảnh quá lớn hoặc quá nhiều trang; hãy tách tệp rồi nộp lại."
                    )
                ocr.on_pages(count)
                for number, frame in enumerate(_pages(picture), 1):
                    recogniser.page(frame, number)
    except ReadFailure:
        raise
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise ReadFailure("broken", "Tệp ảnh bị hỏng hoặc tải chưa hết; hãy nộp lại bản gốc.") from error
    pages = [one.page for one in recogniser.found]
    if not any(page.letters for page in pages):
        raise ReadFailure("empty", "Ảnh không có chữ nào nhận dạng được; hãy kiểm tra lại bản gốc.")
    draft = Draft()
    compose(pages, recogniser.tables, draft)
    return replace(draft.reading(media_type, count), recognition=recogniser.recognition())


def _pages(picture: Image.Image) -> Iterator[Image.Image]:
    """Each page in grey, upright as the camera noted, in a size fit for OCR."""
    for frame in ImageSequence.Iterator(picture):
        page = ImageOps.exif_transpose(frame)
        if page.mode in ("RGBA", "LA", "PA") or "transparency" in page.info:
            page = page.convert("RGBA")
            page = Image.alpha_composite(Image.new("RGBA", page.size, "white"), page)
        page = page.convert("L")
        longest = max(page.size)
        wanted = min(max(longest, _SHORTEST), _LONGEST)
        if wanted != longest:
            size = (max(page.width * wanted // longest, 1), max(page.height * wanted // longest, 1))
            page = page.resize(size, Image.Resampling.LANCZOS)
        yield page
