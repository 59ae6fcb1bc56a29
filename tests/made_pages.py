"""Pages that tests of PDF reading and OCR make: text layers as offices' software writes them, and scans of them.

All wording is invented. `Office` draws lines of text with a font that has every Vietnamese letter.
"""

import io
import random
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import pypdf
import pytest
from PIL import Image, ImageDraw, ImageFont
from reportlab.lib.pagesizes import A4
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

_FONTS = Path("/usr/share/fonts/truetype")
SERIF = _FONTS / "noto" / "NotoSerif-Regular.ttf"
SANS = _FONTS / "noto" / "NotoSans-Regular.ttf"
DPI = 200  # of the scans

ARTICLES = [
    "Điều 1. Phạm vi điều chỉnh",
    "1. Quy chế này quy định việc tiếp nhận, chuyển xử lý và trả kết quả hồ sơ tại bộ phận một cửa",
    "của Ủy ban nhân dân phường; không áp dụng đối với hồ sơ mật và hồ sơ tuyển quân.",
    "2. Công chức trực quầy chịu trách nhiệm hướng dẫn người dân kê khai đầy đủ, đúng mẫu, không",
    "yêu cầu nộp thêm giấy tờ ngoài thành phần đã công khai trên bảng niêm yết.",
    "Điều 2. Thời hạn giải quyết",
    "1. Hồ sơ đúng hẹn được trả trong giờ hành chính; hồ sơ trễ hẹn phải có thư xin lỗi nêu rõ lý do",
    "và ngày trả kết quả lần sau, gửi trước khi hết hạn ít nhất nửa ngày làm việc.",
    "2. Trường hợp bổ sung giấy tờ, thời gian chờ bổ sung không tính vào thời hạn giải quyết.",
    "a) Mỗi hồ sơ chỉ được yêu cầu bổ sung một lần, bằng văn bản và ghi rõ từng loại giấy tờ;",
    "b) Quá ba mươi ngày mà người nộp không bổ sung thì hồ sơ được trả lại kèm lý do.",
]

Placed = tuple[float, float, str]


def need_fonts() -> None:
    """Skips the test where the fonts are missing."""
    if not (SERIF.is_file() and SANS.is_file()):
        pytest.skip("no Noto fonts: make system installs them")


@cache
def registered() -> tuple[str, str]:
    """Names of two fonts with Vietnamese letters, known to reportlab. Skips the test where they are missing."""
    need_fonts()
    for name, path in (("Serif", SERIF), ("Sans", SANS)):
        pdfmetrics.registerFont(TTFont(name, str(path)))
    return "Serif", "Sans"


def text_pdf(pages: Sequence[Sequence[Placed]], size: float = 11) -> bytes:
    """A PDF with a text layer: (left, baseline from the bottom, text) in points."""
    need_fonts()
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=A4)
    for page in pages:
        canvas.setFont(registered()[0], size)
        for x, y, text in page:
            canvas.drawString(x, y, text)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def fallback_pdf(lines: Sequence[str], size: float = 12) -> bytes:
    """A PDF whose accented letters come from another font and are drawn after the rest of each line."""
    need_fonts()
    plain, accented = registered()
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=A4)
    for row, line in enumerate(lines):
        late: list[tuple[float, str]] = []
        x = 60.0
        for letter in line:
            font = plain if letter.isascii() else accented
            if font == plain:
                canvas.setFont(plain, size)
                canvas.drawString(x, 780 - 20 * row, letter)
            else:
                late.append((x, letter))
            x += pdfmetrics.stringWidth(letter, font, size)
        canvas.setFont(accented, size)
        for x, letter in late:
            canvas.drawString(x, 780 - 20 * row, letter)
    canvas.save()
    return buffer.getvalue()


def paper(lines: Sequence[str], top: int = 250, size: int = 30) -> Image.Image:
    """A4 at `DPI`, in grey, with these lines of text; the first letter of each stands at the left margin."""
    need_fonts()
    page = Image.new("L", (DPI * 210 * 10 // 254, DPI * 297 * 10 // 254), 255)
    draw = ImageDraw.Draw(page)
    font = ImageFont.truetype(str(SERIF), size)
    for row, line in enumerate(lines):
        draw.text((190, top + row * size * 5 // 3), line, font=font, fill=0)
    return page


def draw_table(page: Image.Image, rows: Sequence[Sequence[str]], top: int, size: int = 28) -> None:
    """Draws a table with rules onto a page; a row of one cell goes over all columns."""
    draw = ImageDraw.Draw(page)
    font = ImageFont.truetype(str(SERIF), size)
    left, y = 150, top
    for row in rows:
        height = max(cell.count("\n") + 1 for cell in row) * size * 3 // 2 + 24
        edges = [left, left + 1350] if len(row) == 1 else [left, left + 130, left + 1000, left + 1350]
        draw.rectangle((edges[0], y, edges[-1], y + height), outline=0, width=3)
        for x, cell in zip(edges, row, strict=False):
            draw.line((x, y, x, y + height), fill=0, width=3)
            draw.multiline_text((x + 14, y + 10), cell, font=font, fill=0)
        y += height


def scanned(page: Image.Image, *, tilt: float = 0.0, turned: int = 0, noise: int = 0) -> Image.Image:
    """A page as a scanner gives it: tilted by degrees, turned by right angles, with so many specks."""
    page = page.rotate(tilt, Image.Resampling.BICUBIC, fillcolor=255)
    draw = ImageDraw.Draw(page)
    chance = random.Random(7)
    for _ in range(noise):
        x, y = chance.randrange(page.width), chance.randrange(page.height)
        draw.ellipse((x, y, x + chance.randrange(3), y + chance.randrange(3)), fill=chance.randrange(120))
    return page.rotate(turned, expand=True) if turned else page


def scan_pdf(
    pictures: Sequence[Image.Image], stamps: Sequence[Placed] = (), hidden: Sequence[Placed] = ()
) -> bytes:
    """A PDF of pictures, one a page; over the first lie lines of signing software, and hidden ones of a scanner's OCR."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer)
    for number, picture in enumerate(pictures):
        width, height = picture.width * 72 / DPI, picture.height * 72 / DPI
        canvas.setPageSize((width, height))
        canvas.drawInlineImage(picture, 0, 0, width, height)
        for mode, lines in ((0, stamps), (3, hidden)):
            for x, y, text in lines if number == 0 else ():
                canvas.setFont(registered()[1], 8)
                canvas.drawString(x, y, text, mode=mode)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def joined(*files: bytes) -> bytes:
    """The pages of several PDFs in one."""
    writer = pypdf.PdfWriter()
    for file in files:
        writer.append(io.BytesIO(file))
    buffer = io.BytesIO()
    writer.write(buffer)
    return buffer.getvalue()


def error_rate(got: str, true: str) -> float:
    """Character error rate, blanks collapsed: edits over the length of the truth."""
    got, true = " ".join(got.split()), " ".join(true.split())
    row = list(range(len(got) + 1))
    for i, letter in enumerate(true, 1):
        before, row[0] = row[0], i
        for j, other in enumerate(got, 1):
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (letter != other))
    return row[-1] / max(len(true), 1)
