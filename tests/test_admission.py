"""The line before the desk: who is let in, who is told to come back, and what leaving costs."""

import threading
from collections.abc import Iterator
from concurrent.futures import Future
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


class Clock:
    """Seconds; stands still until work takes its time."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def held(go: threading.Event) -> Answer:
    """An answer that takes until `go`."""
    assert go.wait(60)
    return ANSWER


def at_work(line: Line, workers: int, go: threading.Event) -> list[Future[Answer]]:
    """As many answers as there are workers, begun and held until `go`: whoever enters now has to wait."""
    begun = threading.Semaphore(0)

    def work() -> Answer:
        begun.release()
        return held(go)

    entered = [line.enter(work) for _ in range(workers)]
    assert all(begun.acquire(timeout=60) for _ in entered)
    return entered


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def line(clock: Clock) -> Iterator[Line]:
    with closing(Line(workers=2, clock=clock)) as line:
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
    at_work(line, 2, go)
    assert (
        fill(line, lambda: held(go)) == AT_FIRST + 1
    )  # the last of them waits no longer than the longest wait
    with pytest.raises(ApiError):
        line.look()
    go.set()


@pytest.mark.parametrize(("seconds", "longer"), [(0.01, True), (0.5, False)])
def test_slow_answers_make_the_line_shorter_and_quick_ones_longer(
    line: Line, clock: Clock, seconds: float, longer: bool
) -> None:
    def work() -> Answer:
        clock.now += seconds
        return ANSWER

    for _ in range(12):
        line.enter(work).result(60)
    go = threading.Event()
    at_work(line, 2, go)
    count = fill(line, lambda: held(go))
    go.set()
    assert (count > 3 * AT_FIRST) if longer else (count < AT_FIRST / 2)


def test_where_answers_take_longer_than_the_longest_wait_one_may_still_wait_as_long_as_an_answer() -> None:
    clock, go = Clock(), threading.Event()

    def work() -> Answer:
        clock.now += 10
        return ANSWER

    with closing(Line(workers=1, clock=clock)) as line:
        for _ in range(30):
            line.enter(work).result(60)
        at_work(line, 1, go)
        assert fill(line, lambda: held(go)) == 2
        go.set()


def test_who_leaves_the_line_makes_room_and_is_never_answered(line: Line) -> None:
    go = threading.Event()
    answered: list[int] = []
    blockers = at_work(line, 2, go)
    places = [line.enter(lambda n=n: answered.append(n) or ANSWER) for n in range(AT_FIRST)]  # type: ignore[misc]
    while True:
        try:
            places.append(line.enter(lambda: ANSWER))
        except ApiError:
            break
    assert all(place.cancel() for place in places)
    line.look()
    go.set()
    assert [one.result(60) for one in blockers] == [ANSWER] * 2
    assert line.enter(lambda: ANSWER).result(60) == ANSWER
    assert not answered


def test_work_that_fails_leaves_the_line_as_it_was(line: Line) -> None:
    def fail() -> Answer:
        raise RuntimeError

    for _ in range(AT_FIRST * 3):
        with pytest.raises(RuntimeError):
            line.enter(fail).result(60)
    line.look()
