"""The address of a provision: how one document names a place in another ("điểm a khoản 2 Điều 14", "Chương V").

Made by the ingest from sentences, matched by the corpus with the provision trees it holds. An address looks like a
path, but is free of a document's own spelling: "dieu-14.khoan-2.diem-a", "chuong-5.muc-3" for "Mục 3 Chương V",
"kem-theo.dieu-5" for an article of the regulation attached to a decision.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from corpus.provision import Level, Provision

#: What stands before an article that is in no provision of the document itself but in a text attached to it.
ATTACHED = "kem-theo"

_VALUE = r"(?:[IVXLC]{1,7}|\d{1,3}[a-zđ]{0,2}(?!\.\d)|[a-zđ]\d?)"
_JOIN = r"\s*(?:,\s*(?:và\s+)?|và\s+|hoặc\s+|đến\s+(?:hết\s+)?(?:(?i:điểm|khoản|điều)\s+)?)"
#: A unit with its values: "khoản 1, 2 và 5", "các điểm a, b", "Điều 5". A letter alone is a value only of điểm.
_UNIT = re.compile(
    rf"\b(?:các\s+)?(?P<unit>điểm|khoản|điều|tiểu mục|mục|chương|phụ lục|phần)\s+(?:số\s+)?"
    rf"(?P<values>{_VALUE}\b(?:{_JOIN}{_VALUE}\b)*)",
    re.IGNORECASE,
)
_STEPS = {
    "điểm": "diem", "khoản": "khoan", "điều": "dieu", "tiểu mục": "tieu-muc", "mục": "muc", "chương": "chuong",
    "phần": "phan", "phụ lục": "phu-luc",
}  # fmt: skip
#: Narrow before broad; a unit belongs to the next broader one that follows it.
_RANK = {"diem": 0, "khoan": 1, "dieu": 2, "tieu-muc": 3, "muc": 4, "chuong": 5, "phan": 6, "phu-luc": 6}
_BETWEEN = re.compile(r"\s*(?:[,;]|và|hoặc|của|tại|thuộc|trong|vào|quy định|\s|các|tên)*\s*", re.IGNORECASE)
#: "vào sau khoản 4 Điều 7": the place behind which something is put is not the place that is changed.
_BEHIND = re.compile(
    rf"\b(?:vào\s+)?(?:phía\s+|liền\s+|ngay\s+)?(?:sau|trước)\s+(?:điểm|khoản|điều|mục|chương)\s+{_VALUE}\b",
    re.IGNORECASE,
)
_ROMAN = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100}


@dataclass(frozen=True, slots=True)
class Named:
    """Addresses that a sentence names in one breath, and where."""

    addresses: tuple[str, ...]
    start: int
    end: int


def named_in(text: str, inside: str = "") -> list[Named]:
    """The places named in `text`, one entry for each run of units that belong together.

    `inside` is the address in which narrow units stand that name no article of their own ("khoản 2" of the article
    that the sentence above is about).
    """
    text = _BEHIND.sub(lambda match: " " * len(match[0]), text)
    runs: list[list[re.Match[str]]] = []
    for match in _UNIT.finditer(text):
        if not _plausible(match):
            continue
        joined = runs and _BETWEEN.fullmatch(text, runs[-1][-1].end(), match.start())
        if joined:
            runs[-1].append(match)
        else:
            runs.append([match])
    return [
        Named(tuple(_addresses(_narrow_first(text, run), inside)), run[0].start(), run[-1].end())
        for run in runs
    ]


def _plausible(match: re.Match[str]) -> bool:
    unit, values = _STEPS[match["unit"].lower()], re.split(_JOIN, match["values"])
    first = values[0]
    if unit == "diem":
        return bool(re.fullmatch(r"[a-zđ]\d?", first))
    if unit in ("khoan", "dieu", "tieu-muc"):
        return first[0].isdigit()
    return first[0].isdigit() or first.isupper()


def _narrow_first(text: str, run: list[re.Match[str]]) -> list[re.Match[str]]:
    """The units of a run with "Điều 14 khoản 2" turned into the order of speech."""
    chains: list[list[re.Match[str]]] = []
    for one in run:
        before = chains[-1][-1] if chains else None
        falls = before is not None and (
            _RANK[_STEPS[before["unit"].lower()]] > _RANK[_STEPS[one["unit"].lower()]]
            and not text[before.end() : one.start()].strip()
        )
        if falls:
            chains[-1].append(one)
        else:
            chains.append([one])
    return [one for chain in chains for one in reversed(chain)]


def _addresses(run: list[re.Match[str]], inside: str) -> Iterator[str]:
    units = [(_STEPS[match["unit"].lower()], _values(match)) for match in run]
    for at, (unit, values) in enumerate(units):
        if any(_RANK[later] < _RANK[unit] for later, _ in units[:at]) and _contains(units, at):
            continue  # it only says where the narrower ones before it stand
        for value in values:
            yield _placed(f"{unit}-{value}", at, units, inside)


def _contains(units: list[tuple[str, list[str]]], at: int) -> bool:
    """Whether unit `at` is the container of the one right before it."""
    return _RANK[units[at - 1][0]] < _RANK[units[at][0]]


def _placed(step: str, at: int, units: list[tuple[str, list[str]]], inside: str) -> str:
    steps = [step]
    rank = _RANK[units[at][0]]
    for unit, values in units[at + 1 :]:
        if _RANK[unit] > rank:
            if unit not in ("chuong", "phan", "muc", "tieu-muc") or rank > _RANK["dieu"]:
                steps.append(
                    f"{unit}-{values[0]}"
                )  # an article has its number in the document, not in the chapter
            rank = _RANK[unit]
    if rank < _RANK["dieu"] and inside:
        above = inside.split(".")
        broadest = steps[-1].rsplit("-", 1)[0]
        kept = [one for one in above if _RANK.get(one.rsplit("-", 1)[0], 9) > _RANK[broadest]]
        return ".".join([*kept, *reversed(steps)])
    return ".".join(reversed(steps))


def _values(match: re.Match[str]) -> list[str]:
    """The values of a unit in one spelling; "5 đến 8" written out."""
    unit = _STEPS[match["unit"].lower()]
    parts = re.split(rf"({_JOIN})", match["values"])
    values = [parts[0]]
    for join, value in zip(parts[1::2], parts[2::2], strict=True):
        if "đến" in join and values[-1].isdigit() and value.isdigit() and int(value) - int(values[-1]) < 60:
            values += [str(n) for n in range(int(values[-1]) + 1, int(value))]
        values.append(value)
    return [_number(unit, value) for value in values]


def _number(unit: str, value: str) -> str:
    value = value.lower()
    if unit in ("chuong", "phan", "muc", "phu-luc") and set(value) <= set(_ROMAN):
        total = 0
        for this, following in zip(value, [*value[1:], ""], strict=True):
            amount = _ROMAN[this]
            total += -amount if following and _ROMAN[following] > amount else amount
        return str(total)
    return value.lstrip("0") or value


def address_of(path: str) -> str:
    """The address of a provision by its path: without counters, numbers in one spelling."""
    steps = []
    for step in path.split("."):
        name, _, number = step.partition("~")[0].rpartition("-")
        unit = name.lower()
        steps.append(f"{unit}-{_number(unit, number)}" if unit in _RANK else step.partition("~")[0])
    inside = steps[1].rsplit("-", 1)[0] if len(steps) > 1 else ""
    if steps[0].rsplit("-", 1)[0] not in _RANK and inside in ("dieu", "chuong", "phan"):
        steps[0] = (
            ATTACHED  # "quy-che.dieu-5": an article of what is attached; outlines and tables keep their paths
        )
    return ".".join(steps)


def covers(address: str, one: str) -> bool:
    """Whether the place `one` is `address`, both addresses: "muc-3" of a law in parts is "phan-2.chuong-1.muc-3"."""
    unit = address.split(".")[0].rsplit("-", 1)[0]  # a "Mục 2" without its chapter may be in any of them
    return one == address or (unit == "chuong" and one.endswith(f".{address}"))


def line_of(provision: Provision, by_path: Mapping[str, Provision]) -> tuple[str, ...]:
    """The addresses of a provision and of all it stands in, itself first."""
    found = [address_of(provision.path)]
    above = provision.parent
    while above is not None and above in by_path:
        found.append(address_of(above))
        above = by_path[above].parent
    return tuple(found)


def lines_above(address: str) -> tuple[str, ...]:
    """The same of an address alone, where no tree is held."""
    steps = address.split(".")
    return tuple(".".join(steps[:n]) for n in range(len(steps), 0, -1))


def at_address(address: str, provisions: Iterable[Provision]) -> Provision | None:
    """The provision of a tree that an address means; None: there is none, or more than one text has it."""
    found = [
        one for one in provisions if one.level is not Level.ROW and covers(address, address_of(one.path))
    ]
    return found[0] if len(found) == 1 else None


def spoken(address: str) -> str:
    """An address as it is said: "điểm a khoản 2 Điều 14"; "" for a place of an outline or a table."""
    words = {step: word for word, step in _STEPS.items()}
    parts = []
    for step in reversed(address.split(".")):
        unit, _, number = step.rpartition("-")
        if step == ATTACHED:
            parts.append("văn bản kèm theo")
            continue
        if unit not in words:
            return ""
        word = words[unit]
        number = _roman(int(number)) if unit in ("chuong", "phan") and number.isdigit() else number
        name = word if unit in ("diem", "khoan") else word.capitalize()
        parts.append(f"{name} {number}")
    return " ".join(parts)


def _roman(number: int) -> str:
    pairs = (
        (100, "C"),
        (90, "XC"),
        (50, "L"),
        (40, "XL"),
        (10, "X"),
        (9, "IX"),
        (5, "V"),
        (4, "IV"),
        (1, "I"),
    )
    said = ""
    for amount, letters in pairs:
        said, number = said + letters * (number // amount), number % amount
    return said
