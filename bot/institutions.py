"""Provinces, ministries and departments that were merged (`texts/institutions.tsv`), and what they are now.

Facts of Resolutions 202/2025/QH15 (provinces) and 176/2025/QH15 (ministries) and Decree 45/2025/NĐ-CP (departments).
Read by the notices and by whatever understands the names of places.
"""

import re
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources
from typing import Literal

from corpus.spelling import modern_tones, nfc

_WORD = re.compile(r"\w+")

Kind = Literal["province", "ministry", "department"]


@dataclass(frozen=True, slots=True)
class Merged:
    """An institution that is no more: "Bộ Kế hoạch và Đầu tư" has been "Bộ Tài chính" since 01/3/2025."""

    old: str
    present: str
    since: date
    kind: Kind


@cache
def merged() -> tuple[Merged, ...]:
    """All of the table, in its order."""
    text = resources.files("bot").joinpath("texts/institutions.tsv").read_text(encoding="utf-8")
    rows = (line.split("\t") for line in text.splitlines() if line)
    return tuple(
        Merged(old, present, date.fromisoformat(since), kind)  # type: ignore[arg-type]  # a test reads the table
        for old, present, since, kind in rows
    )


def gone_in(text: str, written: date, on: date) -> list[Merged]:
    """The institutions that a text of one day names and that are no more on another, in the order of the table."""
    named = f" {_plain(text)} "
    return [one for one in merged() if written < one.since <= on and f" {_plain(one.old)} " in named]


def _plain(text: str) -> str:
    """Words alone: "Bộ Lao động, Thương binh và Xã hội" is written with a comma and with a dash."""
    return " ".join(_WORD.findall(modern_tones(nfc(text)).lower()))
