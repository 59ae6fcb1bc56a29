"""Nothing that came in or goes out is lost in a crash, nothing happens twice, and no channel is hurried."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from channel_desk import START_S, started
from standins.server import PATIENCE_S, until
from standins.telegram import TOKEN, Telegram

from bot.channels.channel import Bubble, Channel, Incoming, Style, Undeliverable, Wait
from bot.channels.switchboard import Switchboard
from bot.channels.talk import Reply, Talk
from bot.people.outbox import LEASE_S
from bot.people.store import People
from settings import Settings


class Paper(Channel):
    """A channel on paper: writes down what it is given; `problems` are raised first."""

    name = "giay"
    style = Style(2000)

    def __init__(self, *problems: Exception) -> None:
        self.problems = list(problems)
        self.sent: list[tuple[str, str]] = []

    async def send(self, address: str, bubble: Bubble) -> None:
        if self.problems:
            raise self.problems.pop(0)
        self.sent.append((address, bubble.text))


class Twice(Talk):
    """Says everything in two bubbles."""

    def __init__(self) -> None:
        self.heard: list[str] = []

    def reply(self, channel: str, style: Style, incoming: Incoming) -> Reply:
        self.heard.append(incoming.text)
        return Reply((Bubble(f"{incoming.text} 1"), Bubble(f"{incoming.text} 2")))


@pytest.fixture
def people(tmp_path: Path) -> Iterator[People]:
    with People.open(Settings(data_dir=tmp_path)) as one:
        yield one


async def sent(paper: Paper, count: int) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while len(paper.sent) < count:
            await asyncio.sleep(0.01)


def test_what_was_accepted_is_answered_after_a_crash(people: People) -> None:
    async def crash() -> None:
        board = Switchboard(
            [paper := Paper()], Twice(), people
        )  # it is never entered: killed before the answer
        await board.accept(paper, Incoming("e1", "an", "an", "Chào"))

    async def again() -> None:
        async with Switchboard([paper := Paper()], talk := Twice(), people) as board:
            await sent(paper, 2)
            await board.accept(
                paper, Incoming("e1", "an", "an", "Chào")
            )  # delivered once more by the channel
            await board.accept(paper, Incoming("e2", "an", "an", "Hỏi"))
            await sent(paper, 4)
        assert paper.sent == [("an", "Chào 1"), ("an", "Chào 2"), ("an", "Hỏi 1"), ("an", "Hỏi 2")]
        assert talk.heard == ["Chào", "Hỏi"]

    asyncio.run(crash())
    asyncio.run(again())


def test_bubbles_keep_their_order_when_the_first_has_to_wait(people: People) -> None:
    async def run() -> None:
        async with Switchboard([paper := Paper(Wait("429", 0.3))], Twice(), people) as board:
            await board.accept(paper, Incoming("e1", "an", "an", "A"))
            await board.accept(paper, Incoming("e2", "an", "an", "B"))
            await sent(paper, 4)
        assert [text for _, text in paper.sent] == ["A 1", "A 2", "B 1", "B 2"]

    asyncio.run(run())


def test_what_can_never_be_delivered_does_not_stop_the_rest(people: People) -> None:
    async def run() -> None:
        async with Switchboard([paper := Paper(Undeliverable("403"))], Twice(), people) as board:
            await board.accept(paper, Incoming("e1", "an", "an", "A"))
            await sent(paper, 1)
        assert paper.sent == [("an", "A 2")]
        assert people.due("giay") == []

    asyncio.run(run())


def test_a_message_that_nobody_can_read_does_not_stop_the_rest(people: People) -> None:
    people.post("giay:received", "an", '{"of": "another version"}', "e0")

    async def run() -> None:
        async with Switchboard([paper := Paper()], Twice(), people) as board:
            await board.accept(paper, Incoming("e1", "an", "an", "A"))
            await sent(paper, 2)

    asyncio.run(run())


def test_what_a_group_says_to_others_is_not_even_put_away(people: People) -> None:
    async def run() -> None:
        board = Switchboard([paper := Paper()], Twice(), people)
        await board.accept(paper, Incoming("e1", "an", "g", "Chào", room="g", addressed=False))

    asyncio.run(run())
    assert people.due("giay:received") == []


def test_a_killed_bot_delivers_after_its_restart_what_the_channel_had_put_off(
    sample_desk_settings: Settings, tmp_path: Path
) -> None:
    with Telegram() as telegram:
        env = {"CCHC_TELEGRAM_TOKEN": TOKEN, "CCHC_TELEGRAM_URL": telegram.url}
        for _ in range(1000):  # nothing is taken as long as the first bot lives
            telegram.flood(1)
        update = telegram.write("/start")
        telegram.queue(update)
        with started("telegram", sample_desk_settings, tmp_path, env):
            telegram.wait_for("refused", seconds=START_S)
            until(lambda: telegram.confirmed == update["update_id"] + 1)
        assert telegram.calls("sendMessage") == []
        telegram.failures.clear()
        with started("telegram", sample_desk_settings, tmp_path, env):
            (bubble,) = telegram.wait_for("sendMessage", seconds=LEASE_S + START_S)
            telegram.queue(telegram.write("/nguon"))
            telegram.wait_for("sendMessage", 2)
        assert "máy trả lời" in bubble["shown"]
        assert len(telegram.calls("sendMessage")) == 2


def test_addresses_and_words_on_their_way_are_not_readable_in_the_store(
    people: People, tmp_path: Path
) -> None:
    async def crash() -> None:
        board = Switchboard([paper := Paper()], Twice(), people)
        await board.accept(paper, Incoming("su-kien-1", "nguoi-hoi-77", "dia-chi-88", "Lời riêng tư"))

    asyncio.run(crash())
    stored = b"".join(file.read_bytes() for file in tmp_path.glob("people.db*"))
    for secret in ("su-kien-1", "nguoi-hoi-77", "dia-chi-88", "Lời riêng tư"):
        assert secret.encode() not in stored
