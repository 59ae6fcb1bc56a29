"""The commands people type, in one place for every channel. Called by `talk` and by the adapters for groups."""

import re
from dataclasses import dataclass
from datetime import date

from corpus.spelling import fold

COMMANDS = frozenset(("start", "help", "nguon", "ngay", "xoa", "gopy"))

_COMMAND = re.compile(r"^/(\w+)(?:@(\w+))?(?:\s+|$)", re.UNICODE)
_DAY = re.compile(
    r"(?:ngày\s+)?(\d{1,2})\s*(?:[/.-]|tháng)\s*(\d{1,2})\s*(?:[/.-]|năm)\s*(\d{4})", re.IGNORECASE
)
_ISO_DAY = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
#: The Republic begins with it; further on than the last nobody can know what holds.
FIRST_DAY, LAST_DAY = date(1945, 9, 2), date(2100, 12, 31)


@dataclass(frozen=True, slots=True)
class Command:
    name: str  # without marks: "nguon" for /nguồn
    rest: str
    robot: str = ""  # "/nguon@robot": whom it is for, lower case


def command_of(text: str) -> Command | None:
    """The command a message begins with; None where it is no command."""
    found = _COMMAND.match(text.strip())
    if found is None:
        return None
    return Command(fold(found[1]), text.strip()[found.end() :].strip(), (found[2] or "").lower())


def day_of(typed: str) -> date | None:
    """01/7/2025, 1-7-2025, 2025-07-01, ngày 1 tháng 7 năm 2025. None where it is no day of the Republic."""
    typed = typed.strip()
    try:
        if iso := _ISO_DAY.fullmatch(typed):
            day = date(int(iso[1]), int(iso[2]), int(iso[3]))
        elif found := _DAY.fullmatch(typed):
            day = date(int(found[3]), int(found[2]), int(found[1]))
        else:
            return None
    except ValueError:
        return None
    return day if FIRST_DAY <= day <= LAST_DAY else None
