"""Whether a message in a Zalo group is for the desk: it names it, or it is one of its commands."""

import re

from bot.channels.command import COMMANDS, command_of


def meant_by(text: str, name: str) -> tuple[str, bool]:
    """The message without the mention of `name` ("": it has none), and whether the desk is meant."""
    pattern = re.compile(rf"@{re.escape(name)}(?!\w)", re.IGNORECASE) if name else None
    said = " ".join(pattern.sub(" ", text).split()) if pattern else text.strip()
    command = command_of(said)
    if command is not None and command.name in COMMANDS:
        return said, True
    return said, bool(pattern and pattern.search(text))
