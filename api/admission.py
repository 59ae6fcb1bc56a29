"""The line before the desk: how many questions may wait, and who is told at once that it is too long.

Made by `api.app`; `api.ask` and whatever else answers questions over HTTP stand in it. A queue that only has a length
makes everybody wait in vain under a flood; this one is as long as the wait it promises.
"""

import math
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

from api.error import busy
from bot.answer import Answer

#: Seconds that a question may have to wait for its turn; or as long as an answer takes, where that is longer.
WAIT_MAX_S = 2.0
#: Seconds that an answer is taken to need before any was measured.
FIRST_GUESS_S = 0.2
#: Weight of the newest answer in the running mean of what answers take.
_NEWEST = 0.2


class Line:
    """Questions answered by `workers` threads, first come first served. Thread-safe."""

    def __init__(self, workers: int, clock: Callable[[], float] = time.perf_counter) -> None:
        """`clock` gives seconds; answers are timed with it."""
        self._workers = workers
        self._clock = clock
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix="ask")
        self._lock = threading.Lock()
        self._waiting = 0
        self._answer_s = FIRST_GUESS_S

    def look(self) -> None:
        """Raise the 503 `busy` where the wait would be too long: refusing has to cost next to nothing."""
        wait_s = self._waiting * self._answer_s / self._workers
        if wait_s > max(WAIT_MAX_S, self._answer_s):
            raise busy(math.ceil(wait_s))

    def enter(self, work: Callable[[], Answer]) -> Future[Answer]:
        """Have the work done; cancelling what is returned leaves the line. Raises what `look` raises."""
        with self._lock:
            self.look()
            self._waiting += 1
        place = self._pool.submit(self._do, work)
        place.add_done_callback(self._left)
        return place

    def close(self) -> None:
        """Finish what runs, drop what waits."""
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _do(self, work: Callable[[], Answer]) -> Answer:
        with self._lock:
            self._waiting -= 1
        started = self._clock()
        answer = work()
        with self._lock:
            self._answer_s += _NEWEST * (self._clock() - started - self._answer_s)
        return answer

    def _left(self, place: Future[Answer]) -> None:
        if place.cancelled():  # it never began
            with self._lock:
                self._waiting -= 1
