"""OCR as the rest of the program sees it: whether it can run, its limits, and what it found out about a document.

The PDF and image readers recognise with it, `ingest.confined` hands its limits to the child, `cchc doctor` asks
whether it is there. The work itself is done in `ingest.readers.ocr`.
"""

import shutil
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

INSTALL = "apt-get install tesseract-ocr tesseract-ocr-vie"
#: Codes of files that were read and yet need a human eye, or tesseract.
UNSURE = ("needs_ocr", "weak_ocr")
#: Confidence below which a page is named to the operator. Clean scans have 0.90–0.96.
WEAK = 0.75


@dataclass(frozen=True, slots=True)
class Ocr:
    """How scanned pages are to be recognised."""

    enabled: bool = True
    page_timeout_s: float = 30.0  # one page, all directions that are tried
    on_pages: Callable[[int], None] = lambda pages: None  # told how many pages will be recognised

    def problem(self) -> str:
        """Why OCR cannot run and what to do, in Vietnamese; "" when it can."""
        if not self.enabled:
            return "nhận dạng chữ (OCR) đang tắt; đặt CCHC_OCR=auto rồi nạp lại"
        if shutil.which("tesseract") is None:
            return f"máy chưa có tesseract để nhận dạng chữ (OCR); cài bằng: {INSTALL}, rồi nạp lại"
        if "vie" not in _languages():
            return f"tesseract chưa có tiếng Việt; cài bằng: {INSTALL}, rồi nạp lại"
        return ""


def _languages() -> set[str]:
    try:
        done = subprocess.run(["tesseract", "--list-langs"], capture_output=True, timeout=20, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return set()
    return set(done.stdout.decode(errors="replace").split())


@dataclass(frozen=True, slots=True)
class Recognition:
    """What OCR did to a document. Pages count from 1."""

    pages: tuple[int, ...] = ()  # whose text comes from OCR
    confidence: float = 0.0  # mean over the words, 0–1
    weak_pages: tuple[
        int, ...
    ] = ()  # below `WEAK`, no words of a language, or where nothing was recognised in time
    waiting: tuple[int, ...] = ()  # need OCR, which could not run

    @property
    def code(self) -> str:
        """For the list of files: "needs_ocr", "weak_ocr" or "ocr"."""
        return "needs_ocr" if self.waiting else "weak_ocr" if self.weak_pages else "ocr"

    def note(self) -> str:
        """One or two sentences for the operator, in Vietnamese."""
        parts = []
        if self.pages:
            parts.append(
                f"Trang {spans(self.pages)} đọc bằng nhận dạng chữ (OCR), độ tin cậy {self.confidence:.0%}."
            )
        if self.weak_pages:
            parts.append(f"Trang {spans(self.weak_pages)} nhận dạng kém, cần người xem lại.")
        if self.waiting:
            parts.append(f"Trang {spans(self.waiting)} là ảnh quét chưa đọc được: cần nhận dạng chữ (OCR).")
        return " ".join(parts)


def spans(pages: Sequence[int]) -> str:
    """Page numbers as an official writes them: "1–3, 7"."""
    starts = [pages[0], *(b for a, b in pairwise(pages) if b != a + 1)] if pages else []
    ends = [*(a for a, b in pairwise(pages) if b != a + 1), pages[-1]] if pages else []
    return ", ".join(str(a) if a == b else f"{a}–{b}" for a, b in zip(starts, ends, strict=True))
