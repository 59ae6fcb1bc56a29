"""The outbox: at least once, not twice for one event, nothing lost to a crash, no address longer than a day."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from held_people import START, Clock, bytes_of, people_in
from sqlalchemy import create_engine, text

from bot.people.outbox import ADDRESS_S, LEASE_S
from bot.people.store import EVENT_S, People

TESTS = Path(__file__).resolve().parent

#: Takes what is due, "sends" it into a file, and is killed before it can say so.
KILLED_SENDER = """
import os, signal, sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from held_people import people_in
(taken,) = people_in(Path(sys.argv[2])).due("telegram")
Path(sys.argv[3]).write_text(taken.address)
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def people(tmp_path: Path, clock: Clock) -> Iterator[People]:
    with people_in(tmp_path, clock) as opened:
        yield opened


def stored(folder: Path) -> list[tuple[object, ...]]:
    with create_engine(f"sqlite:///{folder / 'people.db'}").connect() as connection:
        rows = connection.execute(
            text("SELECT address IS NULL, payload IS NULL, reason FROM outbox ORDER BY id")
        )
        return [tuple(row) for row in rows]


def test_messages_come_in_their_order_with_what_was_posted(people: People) -> None:
    for event in ("a", "b"):
        people.post("telegram", "chat 7", [{"text": event, "buttons": ["Đúng"]}], event)
    people.post("zalo-oa", "u", ["x"], "a")
    first, second = people.due("telegram")
    assert (first.address, first.payload) == ("chat 7", [{"text": "a", "buttons": ["Đúng"]}])
    assert (second.payload[0]["text"], second.attempts, second.posted_at) == ("b", 1, START)


def test_one_event_is_answered_once(people: People) -> None:
    first = people.post("telegram", "7", ["a"], "update 1")
    assert people.post("telegram", "7", ["b"], "update 1") == first
    (only,) = people.due("telegram")
    assert only.payload == ["a"]
    people.delivered(only.id)
    assert people.post("telegram", "7", ["b"], "update 1") == first
    assert people.due("telegram") == []


def test_a_delivered_message_is_gone_with_its_address(people: People, tmp_path: Path, clock: Clock) -> None:
    id = people.post("telegram", "7", ["a"], "e")
    people.delivered(id)
    clock.turn(seconds=LEASE_S + 1)
    assert people.due("telegram") == []
    assert stored(tmp_path) == [(1, 1, "")]
    people.delivered(id)  # said twice is no harm


def test_a_message_is_one_senders_until_its_lease_is_over(
    people: People, tmp_path: Path, clock: Clock
) -> None:
    people.post("telegram", "7", ["a"], "e")
    assert len(people.due("telegram")) == 1
    with people_in(tmp_path, clock) as another:
        assert another.due("telegram") == []
        clock.turn(seconds=LEASE_S + 1)
        (again,) = another.due("telegram")
    assert again.attempts == 2


def test_a_sender_killed_before_it_could_confirm_loses_nothing(
    people: People, tmp_path: Path, clock: Clock
) -> None:
    people.post("telegram", "7", ["a"], "e")
    sent = tmp_path.parent / f"{tmp_path.name}-sent"
    command = [sys.executable, "-c", KILLED_SENDER, str(TESTS), str(tmp_path), str(sent)]
    killed = subprocess.run(command, cwd=TESTS.parent, timeout=240)
    assert killed.returncode == -signal.SIGKILL and sent.read_text() == "7"
    assert people.due("telegram") == []
    clock.turn(seconds=LEASE_S + 1)
    (again,) = people.due("telegram")  # once more, by one sender
    assert (again.address, again.payload, people.due("telegram")) == ("7", ["a"], [])
    people.delivered(again.id)
    clock.turn(seconds=LEASE_S + 1)
    assert people.due("telegram") == []


def test_a_failed_message_waits_as_long_as_the_channel_said(
    people: People, clock: Clock, tmp_path: Path
) -> None:
    id = people.post("telegram", "7", ["a"], "e")
    people.due("telegram")
    people.failed(id, START + timedelta(seconds=300), "429")
    clock.turn(seconds=299)
    assert people.due("telegram") == []
    assert stored(tmp_path) == [(0, 0, "429")]
    clock.turn(seconds=2)
    assert [one.attempts for one in people.due("telegram")] == [2]


def test_a_message_given_up_loses_its_address_at_once(people: People, clock: Clock, tmp_path: Path) -> None:
    id = people.post("telegram", "7", ["a"], "e")
    people.failed(id, None, "người nhận đã chặn")
    assert stored(tmp_path) == [(1, 1, "người nhận đã chặn")]
    people.failed(id, START, "muộn")
    clock.turn(days=1)
    assert people.due("telegram") == []


def test_no_address_is_kept_longer_than_a_day(people: People, clock: Clock, tmp_path: Path) -> None:
    people.post("telegram", "7", ["a"], "e")
    clock.turn(seconds=ADDRESS_S - 1)
    people.post("telegram", "8", ["b"], "f")
    clock.turn(seconds=2)
    assert [one.address for one in people.due("zalo-oa")] == []  # any channel's look erases it
    assert stored(tmp_path) == [(1, 1, "quá 24 giờ chưa gửi được"), (0, 0, "")]
    assert [one.address for one in people.due("telegram")] == ["8"]
    clock.turn(seconds=EVENT_S + 1)
    people.purge()
    assert stored(tmp_path) == []


def test_an_address_is_erased_by_the_purge_too(people: People, clock: Clock) -> None:
    people.post("telegram", "7", ["a"], "e")
    clock.turn(days=1, seconds=1)
    assert people.purge().addresses == 1


def test_what_another_key_closed_is_set_aside(tmp_path: Path, clock: Clock) -> None:
    with people_in(tmp_path, clock, outbox_key="a" * 32) as people:
        people.post("telegram", "7", ["a"], "e")
    with people_in(tmp_path, clock, outbox_key="b" * 32) as people:
        people.post("telegram", "8", ["b"], "f")
        assert [one.address for one in people.due("telegram")] == ["8"]
    assert stored(tmp_path)[0][:2] == (1, 1) and "CCHC_OUTBOX_KEY" in str(stored(tmp_path)[0][2])


def test_the_ciphertext_goes_from_the_bytes_with_the_delivery(people: People, tmp_path: Path) -> None:
    id = people.post("telegram", "7", ["a"], "e")
    with create_engine(f"sqlite:///{tmp_path / 'people.db'}").connect() as connection:
        (sealed,) = connection.execute(text("SELECT address FROM outbox")).scalars()
    assert sealed in bytes_of(tmp_path)
    people.delivered(id)
    people.purge()  # empties the write-ahead log
    assert sealed not in bytes_of(tmp_path)
