"""Takes events in for good, has them answered in the background, and delivers the replies until the channel has them.

Called by the API for webhooks and by `cchc bot` for one channel alone. What came in and what goes out lie encrypted
in the outbox of `bot.people` meanwhile, so a crash loses neither; the event's id keeps either from happening twice.
"""

import asyncio
import logging
import time
from collections import defaultdict
from collections.abc import Callable, Coroutine, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Self

from bot.channels.channel import Bubble, Channel, Incoming, Undeliverable, Wait
from bot.channels.talk import Reply, Talk
from bot.people.store import Delivery, People

log = logging.getLogger("cchc.channels")

#: Seconds between two looks into the outbox when nobody says that something is there: for what waits for its time.
LOOK_S = 1.0
#: Seconds after which a typing indicator fades, and for which a pressed button may look busy.
TYPING_S, PRESS_S = 4.0, 2.0
#: Seconds to wait where a channel fails and does not say for how long: doubled each time, up to the second figure.
PATIENCE_S, PATIENCE_MAX_S = 2.0, 300.0
#: Seconds of rest after the store itself failed.
TROUBLE_S = 5.0


class Switchboard:
    """Runs while it is entered: `async with Switchboard(…)`."""

    def __init__(self, channels: Sequence[Channel], talk: Talk, people: People, workers: int = 2) -> None:
        """`workers`: messages answered at the same time."""
        self._channels = list(channels)
        self._talk = talk
        self._people = people
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix="talk")
        self._received = {channel.name: asyncio.Event() for channel in channels}
        self._posted = {channel.name: asyncio.Event() for channel in channels}
        self._held: dict[tuple[str, str], float] = {}  # (channel, conversation) -> not before
        self._loops: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> Self:
        for channel in self._channels:
            self._loops += [
                asyncio.create_task(
                    self._for_ever(channel, self._answer_received, self._received[channel.name])
                ),
                asyncio.create_task(
                    self._for_ever(channel, self._deliver_posted, self._posted[channel.name])
                ),
                asyncio.create_task(channel.open()),
            ]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for loop in self._loops:
            loop.cancel()
        await asyncio.gather(*self._loops, return_exceptions=True)
        self._pool.shutdown(wait=True, cancel_futures=True)
        for channel in self._channels:
            await channel.close()

    async def accept(self, channel: Channel, incoming: Incoming) -> None:
        """Take an event: once this returns it will be answered, though the process be killed; and only once."""
        if not incoming.addressed:
            return
        # without the asker: what is left of it after the answer is the hash of the event, which keeps a replay out
        received, packed = _received(channel), incoming.packed()
        await asyncio.to_thread(self._people.post, received, incoming.address, packed, incoming.event)
        self._received[channel.name].set()

    async def _for_ever(
        self, channel: Channel, work: Callable[[Channel], Coroutine[Any, Any, bool]], woken: asyncio.Event
    ) -> None:
        while True:
            woken.clear()
            try:
                if not await work(channel):
                    with suppress(TimeoutError):
                        await asyncio.wait_for(woken.wait(), LOOK_S)
            except Exception:
                log.exception("the outbox of %s cannot be worked on", channel.name)
                await asyncio.sleep(TROUBLE_S)

    # -- answering -------------------------------------------------------------------------------------------

    async def _answer_received(self, channel: Channel) -> bool:
        """Whether there was anything."""
        batch = await asyncio.to_thread(self._people.due, _received(channel))
        by_sender: dict[str, list[tuple[Delivery, Incoming]]] = defaultdict(list)
        for item in batch:
            try:
                incoming = Incoming.unpacked(item.payload)
            except (ValueError, TypeError) as error:  # put away by another version: nobody can read it
                await asyncio.to_thread(self._people.failed, item.id, None, type(error).__name__)
                continue
            by_sender[incoming.sender].append((item, incoming))
        await asyncio.gather(*(self._answer_in_order(channel, one) for one in by_sender.values()))
        return bool(batch)

    async def _answer_in_order(self, channel: Channel, items: list[tuple[Delivery, Incoming]]) -> None:
        for item, incoming in items:
            reply = await self._reply(channel, incoming)
            await asyncio.to_thread(self._post, channel, incoming, reply)
            await asyncio.to_thread(self._people.delivered, item.id)
            self._posted[channel.name].set()

    async def _reply(self, channel: Channel, incoming: Incoming) -> Reply:
        loop = asyncio.get_running_loop()
        answering = loop.run_in_executor(self._pool, self._talk.reply, channel.name, channel.style, incoming)
        if incoming.press:
            await asyncio.wait({answering}, timeout=PRESS_S)
            await channel.acknowledge(incoming, answering.result().toast if answering.done() else "")
            return await answering
        typing = asyncio.create_task(channel.typing(incoming.address))
        while not answering.done():
            await asyncio.wait({answering}, timeout=TYPING_S)
            if typing.done() and not answering.done():
                typing = asyncio.create_task(channel.typing(incoming.address))
        await asyncio.wait({typing}, timeout=TYPING_S)  # it must not come after the answer
        return await answering

    def _post(self, channel: Channel, incoming: Incoming, reply: Reply) -> None:
        asker = self._people.asker(channel.name, incoming.sender)
        for number, bubble in enumerate(reply.bubbles):
            event = f"{incoming.event}/{number}"
            self._people.post(channel.name, incoming.address, bubble.packed(), event, asker)

    # -- delivering ------------------------------------------------------------------------------------------

    async def _deliver_posted(self, channel: Channel) -> bool:
        """Whether there was anything."""
        batch = await asyncio.to_thread(self._people.due, channel.name)
        conversations: dict[str, list[Delivery]] = defaultdict(list)
        for item in batch:
            conversations[item.address.partition("/")[0]].append(item)
        await asyncio.gather(*(self._deliver_in_order(channel, *one) for one in conversations.items()))
        return bool(batch)

    async def _deliver_in_order(self, channel: Channel, conversation: str, items: list[Delivery]) -> None:
        place = (channel.name, conversation)
        for number, item in enumerate(items):
            try:
                if (held := self._held.get(place, 0.0)) > time.time():
                    raise Wait("an earlier message waits", held - time.time())
                await channel.send(item.address, Bubble.unpacked(item.payload))
                self._held.pop(place, None)
            except Undeliverable as problem:
                log.warning("%s will not take a message: %s", channel.name, problem)
                await asyncio.to_thread(self._people.failed, item.id, None, str(problem))
                continue
            except Exception as problem:
                if not isinstance(problem, Wait):
                    log.exception("a message to %s failed", channel.name)
                again = time.time() + _patience_s(problem, item.attempts)
                self._held[place] = again
                for later in items[number:]:  # their order is kept
                    when = datetime.fromtimestamp(again, UTC)
                    await asyncio.to_thread(self._people.failed, later.id, when, str(problem))
                return
            await asyncio.to_thread(self._people.delivered, item.id)


def _patience_s(problem: Exception, attempts: int) -> float:
    if isinstance(problem, Wait) and problem.seconds is not None:
        return problem.seconds
    return min(PATIENCE_S * 2.0 ** min(attempts - 1, 20), PATIENCE_MAX_S)


def _received(channel: Channel) -> str:
    """The name under which the outbox holds what came in."""
    return f"{channel.name}:received"
