"""A picture of a page into characters with places, by tesseract. Called by the PDF and image readers.

The picture is turned upright and straight first. Tesseract runs as one process a page, on one thread, and speaks
through pipes only: a reader may write no file.
"""

import os
import re
import subprocess
import time
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import mean

import numpy as np
from lxml import html
from numpy.typing import NDArray
from PIL import Image

from ingest.legacy_fonts import is_syllable
from ingest.readers.legibility import Legibility
from ingest.readers.page import Char, PageText, Table
from ingest.readers.scan_grid import grids, tables, without_rules
from ingest.recognition import WEAK, Ocr, Recognition

#: Over six pages of four real scans, straightened: 2 words misspelt at 240, 3 at 300, 4 at 200; 1.3, 1.65 and 1.2 s a page.
DPI = 240
_POINTS = 72 / DPI
_THUMB = 4  # the picture is reduced so many times to measure its tilt
_MAX_TILT = 3.0  # degrees
_MIN_TILT = 0.15  # below, turning blurs more than it straightens
_DARK = 128
_MIN_DARK = 50  # dark points of the reduced picture below which it is blank
_CERTAIN = 0.6  # confidence at which no other direction is tried; upside down it is below 0.5
_READABLE = 0.85  # share of syllables, the same
_NOISE = 0.5  # confidence below which a line without a Vietnamese word is dirt, a stamp or handwriting
#: Marks that make another vowel, and the vowels that take them; OCR takes one for the other most in capitals.
_SHAPE_MARKS = ("\u0302", "\u0306", "\u031b")
_SHAPES = {
    "a": ("", "\u0302", "\u0306"), "e": ("", "\u0302"), "o": ("", "\u0302", "\u031b"), "u": ("", "\u031b")
}  # fmt: skip
_WORD = re.compile(r"[^\W\d_]+")
_DATE = ("ngày", "tháng", "năm")
_DIVISIONS = ("Chương", "Phần", "Mục")
_ONES = re.compile(r"[1IlÌì|\]!]{1,2}")
_SLIPPED_NUMBER = re.compile(r"(?=.*\d)(?=.*[IlÌO])[\dIlÌO]{2,4}[.,;:)]?")
_AS_DIGITS = str.maketrans("IlÌO", "1110")
_TITLE = re.compile(r"(bbox|baseline|x_size|x_wconf)((?: -?[\d.]+)+)")


@dataclass(frozen=True, slots=True)
class Recognised:
    """A recognised page."""

    page: PageText
    confidence: float  # mean of its words, 0–1; 0 without words
    legibility: Legibility
    turned: int  # degrees by which the picture was turned counter-clockwise: 0, 90, 180, 270
    tables: tuple[Table, ...] = ()

    @property
    def quality(self) -> float:
        """How well it was read: to compare directions."""
        return self.confidence * self.legibility.syllables


class Recogniser:
    """Recognises the pages of one document, one after the other, and keeps account of them."""

    def __init__(self, ocr: Ocr) -> None:
        self._seconds = ocr.page_timeout_s
        self._turned = 0  # scanners take all pages the same way round
        self._late: list[int] = []
        self.found: list[Recognised] = []

    def page(self, picture: Image.Image, number: int) -> Recognised | None:
        """A page from its grey picture at about `DPI`; None where it took too long, which is noted."""
        try:
            found = recognise(picture, number, self._seconds, self._turned)
        except TimeoutError:
            self._late.append(number)
            return None
        if found.page.letters:
            self._turned = found.turned
        self.found.append(found)
        return found

    def drop(self, page: Recognised) -> None:
        """Takes a page out of the account: its text layer was better."""
        self.found.remove(page)

    @property
    def tables(self) -> dict[int, Sequence[Table]]:
        """The ruled tables by page number."""
        return {one.page.number: one.tables for one in self.found}

    def recognition(self) -> Recognition | None:
        """The account of all pages so far; None where no text came from OCR and no page was late."""
        written = [one for one in self.found if one.page.letters]
        if not written and not self._late:
            return None
        # tesseract may be sure of letters that make no words
        weak = [one.page.number for one in written if one.confidence < WEAK or one.legibility.is_garbage]
        return Recognition(
            tuple(one.page.number for one in written),
            round(mean(one.confidence for one in written), 3) if written else 0.0,
            tuple(sorted([*weak, *self._late])),
        )


def recognise(picture: Image.Image, number: int, seconds: float, turned: int = 0) -> Recognised:
    """Characters of a grey picture at `DPI`, places in points. `turned`: the direction to try first.

    Other directions are tried while the text is no good. Raises TimeoutError after `seconds`.
    """
    deadline = time.monotonic() + seconds
    best: Recognised | None = None
    for angle, tilt in _directions(picture, turned):
        straight = picture.rotate(angle, expand=True) if angle else picture
        if abs(tilt) >= _MIN_TILT:
            straight = straight.rotate(tilt, Image.Resampling.BILINEAR, fillcolor=255)
        found = _recognise(straight, number, angle, deadline - time.monotonic())
        if best is None or found.quality > best.quality:
            best = found
        good = best.legibility.share >= _READABLE or best.legibility.words < 3
        if best.confidence >= _CERTAIN and good:
            break
    assert best is not None
    return best


def _directions(picture: Image.Image, first: int) -> list[tuple[int, float]]:
    """Turns to try, each with the tilt to take away then: lines of text make the rows of an upright picture alternate.

    `first`: the turn that was right for the page before.
    """
    dark = np.asarray(picture.reduce(_THUMB)) < _DARK
    upright, on_side = _tilt(dark), _tilt(np.rot90(dark))
    if not dark.any():
        return [(0, 0.0)]
    turns = {0: upright[0], 180: upright[0], 90: on_side[0], 270: on_side[0]}
    pairs = [(0, 180), (90, 270)] if upright[1] >= on_side[1] else [(90, 270), (0, 180)]
    order = [angle for pair in pairs for angle in sorted(pair, key=lambda angle: angle != first)]
    return [(angle, turns[angle]) for angle in order]


def _tilt(dark: NDArray[np.bool_]) -> tuple[float, float]:
    """The turn in degrees, counter-clockwise, after which rows alternate most between dark and light, and how much they do."""
    ys, xs = np.nonzero(dark)
    if len(ys) < _MIN_DARK:
        return 0.0, 0.0

    def sharpness(degrees: float) -> float:
        rows = np.rint(ys - xs * np.tan(np.radians(degrees))).astype(int)
        return float((np.diff(np.bincount(rows - rows.min()).astype(float)) ** 2).sum())

    coarse = max(np.arange(-_MAX_TILT, _MAX_TILT + 0.1, 0.5), key=sharpness)
    fine = float(max(np.arange(coarse - 0.4, coarse + 0.41, 0.1), key=sharpness))
    return fine, sharpness(fine)


def _recognise(picture: Image.Image, number: int, angle: int, seconds: float) -> Recognised:
    found = grids(picture, _POINTS)
    lines = _lines(_hocr(without_rules(picture, found, _POINTS), seconds))
    width, height = picture.width * _POINTS, picture.height * _POINTS
    chars: list[Char] = []
    texts: list[str] = []
    weight = total = 0.0
    for line in lines:
        text = " ".join(word.text for word in line)
        letters = sum(len(word.text) for word in line)
        confidence = sum(word.confidence * len(word.text) for word in line) / letters
        if confidence < _NOISE and Legibility.of(text).share < _READABLE:
            continue
        if not any(letter.isalnum() for letter in text):
            continue
        texts.append(text)
        total += confidence * letters
        weight += letters
        for word in line:
            y, size = height - word.y * _POINTS, word.size * _POINTS
            x0, x1 = word.x0 * _POINTS, word.x1 * _POINTS
            chars += [Char(" ", x0, x0, y, size, False), Char(word.text, x0, x1, y, size, False)]
    letters = sum(letter.isalpha() for text in texts for letter in text)
    page = PageText(number, width, height, tuple(chars), letters, scanned=True)
    return Recognised(
        page,
        total / weight if weight else 0.0,
        Legibility.of("\n".join(texts)),
        angle,
        tuple(tables(found, chars)),
    )


@dataclass(frozen=True, slots=True)
class _Word:
    """A word in pixels from the top left."""

    text: str
    x0: float
    x1: float
    y: float  # baseline of its line
    size: float
    confidence: float  # 0–1


def _hocr(picture: Image.Image, seconds: float) -> bytes:
    if seconds <= 0:
        raise TimeoutError
    command = ["tesseract", "stdin", "stdout", "-l", "vie", "--dpi", str(DPI), "--psm", "3"]
    command += ["-c", "tessedit_create_hocr=1", "-c", "textord_tabfind_vertical_text=0"]
    data = b"P5 %d %d 255\n" % picture.size + picture.tobytes()
    environment = os.environ | {"OMP_THREAD_LIMIT": "1"}
    try:
        done = subprocess.run(
            command, input=data, capture_output=True, timeout=seconds, env=environment, check=False
        )
    except subprocess.TimeoutExpired:
        raise TimeoutError from None
    if done.returncode != 0:
        raise OSError(f"tesseract: {done.stderr.decode(errors='replace')[-200:]}")
    return done.stdout


def _lines(hocr: bytes) -> list[list[_Word]]:
    """The words of each line that has any."""
    done: list[list[_Word]] = []
    for line in html.document_fromstring(hocr).xpath("//span[starts-with(@class, 'ocr_') and @title]"):
        place = _numbers(line)
        left, _, right, bottom = place["bbox"]
        slope, offset = place.get("baseline", (0.0, 0.0))
        y = bottom + offset + slope * (right - left) / 2
        size = place.get("x_size", (bottom - place["bbox"][1],))[0]
        words: list[_Word] = []
        for word in line.xpath(".//span[@class='ocrx_word']"):
            text = word.text_content().strip()
            told = _numbers(word)
            if text:
                x0, _, x1, _ = told["bbox"]
                words.append(_Word(text, x0, x1, y, size, told["x_wconf"][0] / 100))
        if words:
            done.append(_spelt(words))
    return done


def _spelt(words: Sequence[_Word]) -> list[_Word]:
    """Words with what can only be a slip of the eye set right: "I1" in a number, "Ì Ì" in a month, "QUYÉT"."""
    done: list[_Word] = []
    for place, word in enumerate(words):
        before = done[-1].text if done else ""
        after = words[place + 1].text if place + 1 < len(words) else ""
        text = word.text
        if (
            done
            and _ONES.fullmatch(text)
            and done[-1].text == "1"
            and len(done) > 1
            and done[-2].text in _DATE
        ):
            done[-1] = replace(done[-1], text="11", x1=word.x1)  # "tháng Ì Ì năm"
            continue
        if before in _DATE and _ONES.fullmatch(text) and (after in _DATE or _ONES.fullmatch(after)):
            text = "1" * len(text)
        elif _SLIPPED_NUMBER.fullmatch(text):
            text = text.translate(_AS_DIGITS)
        elif before in _DIVISIONS and text in ("]", "l", "|"):
            text = "I"
        else:
            text = _WORD.sub(lambda match: _syllable(match[0]), text)
        done.append(replace(word, text=text))
    return done


def _syllable(word: str) -> str:
    """A word that is no syllable, with another mark on one vowel, where that makes just one syllable: "QUYÉT" → "QUYẾT"."""
    if len(word) < 2 or is_syllable(word) or not (word.islower() or word.isupper() or word.istitle()):
        return word
    letters = unicodedata.normalize("NFD", word)
    found = set()
    for place, letter in enumerate(letters):
        end = place + 1 + (letters[place + 1 : place + 2] in _SHAPE_MARKS)
        for shape in _SHAPES.get(letter.lower(), ()):
            other = unicodedata.normalize("NFC", letters[:place] + letter + shape + letters[end:])
            if is_syllable(other):
                found.add(other)
    return found.pop() if len(found) == 1 else word


def _numbers(element: html.HtmlElement) -> dict[str, Sequence[float]]:
    """What hOCR says about an element: "bbox 3 4 5 6; x_wconf 96"."""
    return {name: [float(x) for x in values.split()] for name, values in _TITLE.findall(element.get("title"))}
