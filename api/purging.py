"""Removes what is kept about askers when its time is over, while the server runs. Started by `api.app`."""

import asyncio
import logging

from fastapi.concurrency import run_in_threadpool
from sqlalchemy.exc import SQLAlchemyError

from bot.people.store import People

#: Seconds between two rounds: an address must be gone after a day, not after a day and the time to the next round.
EVERY_S = 3600

_log = logging.getLogger(__name__)


async def purge_for_ever(people: People) -> None:
    """At once and then every hour, until cancelled; a database that is away is tried again the next time."""
    while True:
        try:
            _log.info("purged: %s", await run_in_threadpool(people.purge))
        except SQLAlchemyError:
            _log.exception("could not purge what is kept about askers")
        await asyncio.sleep(EVERY_S)
