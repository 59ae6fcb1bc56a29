"""The same conversation in a terminal. Called by `cchc bot console` and `cchc chat`."""

import getpass
import sys
from collections.abc import Callable
from uuid import uuid4

from bot.channels.channel import Incoming, Style
from bot.channels.talk import Talk
from bot.messages import say

NAME = "console"
#: Plain text of any length; choices and feedback are typed.
STYLE = Style(length_max=0)
_ENDS = frozenset(("thoát", "thoat", "exit", "quit"))


def converse(talk: Talk, read: Callable[[str], str] = input, write: Callable[[str], None] = print) -> None:
    """Read lines and write replies until the input ends or somebody types “thoát”."""
    write(say("console_begins"))
    person = _person()
    while True:
        try:
            line = read("\n> ").strip()
        except (EOFError, KeyboardInterrupt):
            write("")
            return
        if line.lower() in _ENDS:
            return
        if line:
            for bubble in talk.reply(NAME, STYLE, Incoming(uuid4().hex, person, "", line)).bubbles:
                write(bubble.text)
            sys.stdout.flush()


def _person() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # a user id without a name, as containers have
        return "?"
