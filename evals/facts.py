"""Whether a text holds a fact, and which of its figures no source holds. Pure text, used by scoring.

What supports a figure is the house's rule: a cited quote, the stored metadata of a cited document, or the question.
The check is written apart from the desk's own, so that a fault there does not hide itself here.
"""

import re
import unicodedata
from collections.abc import Iterable

from corpus.number import key, numbers_in

_DASHES = re.compile(r"[\u2010-\u2015\u2212]")
_FIGURE = re.compile(r"\d+(?:[.,/]\d+)*")
_ISO_DAY = re.compile(r"\b(\d{4})-(\d{2})-(\d{2})\b")


def folded(text: str) -> str:
    """NFC, lower case, every dash one dash, runs of blanks one blank."""
    return " ".join(_DASHES.sub("-", unicodedata.normalize("NFC", text)).lower().split())


def holds(text: str, wanted: str) -> bool:
    """Whether `wanted` stands in `text`, both `folded`, as words of its own: "5" is not in "15", "1,5" or "5.000"."""
    at = text.find(wanted)
    while at >= 0:
        if not (_runs_on(text[:at][::-1], wanted[0]) or _runs_on(text[at + len(wanted) :], wanted[-1])):
            return True
        at = text.find(wanted, at + 1)
    return False


def _runs_on(beyond: str, edge: str) -> bool:
    """Whether the word or figure at an edge of what was found goes on; `beyond` read away from it."""
    if not beyond or not edge.isalnum():
        return False
    if beyond[0].isalnum():
        return True
    return edge.isdigit() and beyond[0] in ".," and beyond[1:2].isdigit()


def unsupported(text: str, sources: Iterable[str]) -> list[str]:
    """Figures and document numbers of `text` that stand in none of the sources, each once, in their order.

    Zero padding does not count ("01/7/2025" is "1/7/2025"); a day in ISO form supports its Vietnamese spellings.
    """
    source = "\n".join(sources)
    source += "\n" + " ".join(f"{d}/{m}/{y} {d} {m} {y}" for y, m, d in _ISO_DAY.findall(source))
    figures = {_bare(figure) for figure in _FIGURE.findall(source)}
    numbers = {key(found.number) for found in numbers_in(source)}
    loose = [found.number for found in numbers_in(text) if key(found.number) not in numbers]
    loose += [figure for figure in _FIGURE.findall(text) if _bare(figure) not in figures]
    return list(dict.fromkeys(loose))


def _bare(figure: str) -> str:
    return "/".join(part.lstrip("0") or "0" for part in figure.split("/"))
