"""The line before the desk: who is let in, who is told to come back, and what leaving costs."""

import threading
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import date

import pytest

from api.admission import FIRST_GUESS_S, WAIT_MAX_S, Line
from api.error import ApiError
from bot.answer import Answer, Composer, Status

ANSWER = Answer(
    status=Status.GREETING, composer=Composer.EXTRACTIVE, text="Chào", notice="máy", as_of=date(2026, 1, 1)
)
#: As many as may wait before anything was measured, for two workers.
AT_FIRST = int(WAIT_MAX_S * 2 / FIRST_GUESS_S)


def held(go: threading.Event) -> Answer:
    """An answer that takes until `go`."""
    go.wait(20)
    return ANSWER


@pytest.fixture
def line() -> Iterator[Line]:
    with closing(Line(workers=2)) as line:
        yield line


def fill(line: Line, work: object) -> int:
    """Enter until refused; gives how many were let in."""
    for count in range(10_000):
        try:
            line.enter(work)  # type: ignore[arg-type]
        except ApiError as refused:
            assert (refused.status, refused.code) == (503, "busy")
            assert int(refused.headers["Retry-After"]) >= WAIT_MAX_S
            return count
    raise AssertionError("nobody was refused")


def test_as_many_are_let_in_as_can_be_answered_in_the_longest_wait(line: Line) -> None:
    go = threading.Event()
    assert AT_FIRST <= fill(line, lambda: held(go)) <= AT_FIRST + 4  # two are at work already
    with pytest.raises(ApiError):
        line.look()
    go.set()


def test_slow_answers_make_the_line_shorter_and_quick_ones_longer(line: Line) -> None:
    def after(seconds: float) -> int:
        def work() -> Answer:
            time.sleep(seconds)
            return ANSWER

        for _ in range(12):
            line.enter(work).result(20)
        go = threading.Event()
        count = fill(line, lambda: held(go))
        go.set()
        while True:  # until those have gone
            try:
                if line.enter(lambda: ANSWER).result(20):
                    return count
            except ApiError:
                time.sleep(0.01)

    quick, slow = after(0.01), after(0.5)
    assert slow < AT_FIRST < quick


def test_where_answers_take_longer_than_the_longest_wait_one_may_still_wait_as_long_as_an_answer() -> None:
    with closing(Line(workers=1)) as line:
        line._answer_s = 10.0
        go = threading.Event()
        assert 2 <= fill(line, lambda: held(go)) <= 3
        go.set()


def test_who_leaves_the_line_makes_room_and_is_never_answered(line: Line) -> None:
    go = threading.Event()
    answered: list[int] = []
    blockers = [line.enter(lambda: held(go)) for _ in range(2)]
    time.sleep(0.1)
    places = [line.enter(lambda n=n: answered.append(n) or ANSWER) for n in range(AT_FIRST)]  # type: ignore[misc]
    while True:
        try:
            places.append(line.enter(lambda: ANSWER))
        except ApiError:
            break
    assert all(place.cancel() for place in places)
    line.look()
    go.set()
    assert [one.result(20) for one in blockers] == [ANSWER] * 2
    assert line.enter(lambda: ANSWER).result(20) == ANSWER
    assert not answered


def test_work_that_fails_leaves_the_line_as_it_was(line: Line) -> None:
    def fail() -> Answer:
        raise RuntimeError

    for _ in range(AT_FIRST * 3):
        with pytest.raises(RuntimeError):
            line.enter(fail).result(20)
    line.look()
