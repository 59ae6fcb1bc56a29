"""What a channel is: the few things the desk needs of Telegram, Zalo or a terminal, and what passes between them.

Each adapter implements `Channel`; `switchboard` and `talk` know nothing else of it.

    ChannelProblem
    ├── Wait            the channel asks for patience: the same bubble again, later
    └── Undeliverable   it will never be taken: blocked, deleted, refused

    Malformed           what came in is no event of the channel
"""

import json
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Self


@dataclass(frozen=True, slots=True)
class Incoming:
    """One message, or one press of a button, as a channel delivered it."""

    event: str  # the channel's own id of it: the same event delivered twice has the same
    sender: str  # the channel's id of the person
    address: (
        str  # where the reply goes, in the channel's own form; up to the first "/" it names the conversation
    )
    text: str = ""
    room: str = ""  # the group it was written in; "": one to one
    addressed: bool = True  # in a group: whether the desk was meant
    button: str = ""  # what the pressed button carries
    press: str = ""  # the channel's id of the press, to be acknowledged

    def packed(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def unpacked(cls, packed: str) -> Self:
        return cls(**json.loads(packed))


@dataclass(frozen=True, slots=True)
class Button:
    label: str
    data: str  # at most 64 bytes of UTF-8


@dataclass(frozen=True, slots=True)
class Bubble:
    """One message as it is sent: text in the channel's own markup, and rows of buttons where it has them."""

    text: str
    buttons: tuple[tuple[Button, ...], ...] = ()

    def packed(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def unpacked(cls, packed: str) -> Self:
        fields = json.loads(packed)
        return cls(fields["text"], tuple(tuple(Button(**one) for one in row) for row in fields["buttons"]))


@dataclass(frozen=True, slots=True)
class Style:
    """What a channel can show."""

    length_max: int  # of one bubble; UTF-16 units where it is HTML, characters otherwise; 0: any
    bubbles_max: int = 0  # of one answer; 0: any
    html: bool = False  # the HTML of Telegram; otherwise plain text
    buttons: bool = False  # otherwise feedback and choices are typed


class ChannelProblem(Exception):
    """A bubble was not taken; the message says why and holds no secret."""


class Wait(ChannelProblem):
    """Not now. `seconds`: as long as the channel asked for; None: it did not say."""

    def __init__(self, reason: str, seconds: float | None = None) -> None:
        super().__init__(reason)
        self.seconds = seconds


class Undeliverable(ChannelProblem):
    """Never: whoever it was for cannot be reached, or the channel refuses the message itself."""


class Malformed(Exception):
    """What came in is no event of the channel."""


#: Takes an event for good: once it returns, the event may be confirmed to the channel.
Accept = Callable[[Incoming], Awaitable[None]]


class Channel(ABC):
    """One way to the people. Everything async runs on one event loop."""

    name: str
    style: Style

    @abstractmethod
    async def send(self, address: str, bubble: Bubble) -> None:
        """Deliver one bubble. Raises `Wait` or `Undeliverable`."""

    async def open(self) -> None:
        """Find out beforehand what will be needed. Never raises."""
        return None

    async def typing(self, address: str) -> None:
        """Show that an answer is being written, where the channel can. Never raises."""
        return None

    async def acknowledge(self, incoming: Incoming, words: str) -> None:
        """Tell the channel that a button press was seen; `words` are shown for a moment. Never raises."""
        return None

    async def close(self) -> None:
        """Give connections back."""
        return None


class Webhook(ABC):
    """A channel that delivers its events over HTTP."""

    @abstractmethod
    def genuine(self, headers: Mapping[str, str], body: bytes) -> bool:
        """Whether the raw body comes from the channel; `headers` has lower-case names."""

    @abstractmethod
    async def read(self, body: bytes) -> list[Incoming]:
        """The events of a genuine body, none for those that concern nobody. Raises `Malformed`."""


class Polled(ABC):
    """A channel that is asked for its events."""

    @abstractmethod
    async def poll(self, accept: Accept) -> None:
        """Fetch events for ever. An event is confirmed to the channel only after `accept` has returned."""

    @abstractmethod
    async def set_webhook(self, url: str) -> None:
        """Have the channel deliver at `url` from now on. Raises `ChannelProblem`."""
