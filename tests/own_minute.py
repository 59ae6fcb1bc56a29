"""Time enough before the next full minute, for the tests of limits a minute."""

import time

#: Seconds in which a handful of requests has to be done, on a busy machine too.
NEEDED_S = 20.0


def within_a_minute() -> None:
    """Wait, where the minute is nearly over, for the next: what comes now falls into one minute of the clock.

    Limits are counted in minutes that begin with those of the clock; past the full minute an earlier question counts
    a little less than one, and one more is allowed than a test would expect.
    """
    left = 60 - time.time() % 60
    if left < NEEDED_S:
        time.sleep(left)
