"""How many questions a person, an address and an API key may ask in a minute. Called by `api.limits` and the channels.

Counts live in this process's memory unless `CCHC_RATE_LIMIT_STORAGE` names a store that several processes share.
"""

import hashlib
import ipaddress
import logging
import math
import time
from dataclasses import dataclass

from limits import RateLimitItemPerMinute
from limits.errors import ConfigurationError, StorageError
from limits.storage import MemoryStorage, Storage, storage_from_string
from limits.strategies import SlidingWindowCounterRateLimiter

from settings import Settings, SettingsError

log = logging.getLogger("cchc.quota")

#: Seconds for which a store that failed is left alone: nobody waits for it again and again.
STORE_PAUSE_S = 10.0


@dataclass(frozen=True, slots=True)
class Allowance:
    """What is left of the tightest limit that a question was counted against."""

    allowed: bool
    per_minute: int
    remaining: int
    wait_s: int  # until the limit is whole again; where refused: until the next question is allowed


class Quota:
    """Counts questions. May be shared by threads. Raises `SettingsError` for a storage that cannot be used."""

    def __init__(self, settings: Settings) -> None:
        self._person = settings.rate_limit_per_minute
        self._address = max(settings.rate_limit_per_address, self._person) if self._person else 0
        self._key = settings.rate_limit_per_key
        store = settings.rate_limit_storage
        self._own = SlidingWindowCounterRateLimiter(MemoryStorage())
        self._shared = (
            SlidingWindowCounterRateLimiter(_store(store.get_secret_value())) if store else self._own
        )
        #: Whether counting may wait for another machine.
        self.waits = store is not None
        self._paused_until = 0.0

    def of_person(self, channel: str, person: str, address: str = "") -> Allowance | None:
        """Count a question of a person on a channel, and of the address it came from; None where limits are off.

        Whoever changes the name it gives itself (a web session) meets the limit of its address all the same.
        """
        place = _network(address)
        counted = [(self._person, channel, person or place)]
        if place and (person or self._address != self._person):
            counted.append((self._address, "address", place))
        tightest: Allowance | None = None
        for per_minute, kind, who in counted:
            allowance = self._count(per_minute, kind, who)
            if allowance and (
                not tightest or not allowance.allowed or allowance.remaining < tightest.remaining
            ):
                tightest = allowance
            if tightest and not tightest.allowed:
                break
        return tightest

    def of_key(self, key: str) -> Allowance | None:
        """Count a question of an API key; None where keys have no limit."""
        return self._count(self._key, "key", key)

    def _count(self, per_minute: int, kind: str, who: str) -> Allowance | None:
        if not per_minute:
            return None
        item = RateLimitItemPerMinute(per_minute)
        # no key, session or chat id reaches a store
        bucket = (kind, hashlib.sha256(who.encode("utf-8", "replace")).hexdigest()[:32])
        if time.monotonic() >= self._paused_until:
            try:
                return _hit(self._shared, item, bucket)
            except StorageError as error:
                self._paused_until = time.monotonic() + STORE_PAUSE_S
                # its text may name the store with its password
                log.warning(
                    "the store of the rate limits failed (%s): counting here", type(error.__cause__).__name__
                )
        return _hit(self._own, item, bucket)


def _hit(
    limiter: SlidingWindowCounterRateLimiter, item: RateLimitItemPerMinute, bucket: tuple[str, str]
) -> Allowance:
    allowed = limiter.hit(item, *bucket)
    reset, remaining = limiter.get_window_stats(item, *bucket)
    return Allowance(allowed, item.amount, remaining, max(1, math.ceil(reset - time.time())))


def _store(uri: str) -> Storage:
    try:
        store = storage_from_string(uri, wrap_exceptions=True)
    except ConfigurationError as error:
        raise SettingsError(
            "CCHC_RATE_LIMIT_STORAGE không dùng được: hãy viết như redis://máy:6379 và cài gói bổ sung: "
            "pip install 'cchc-help-desk[redis]'."
        ) from error
    assert isinstance(store, Storage), "an address without async+ gives a store that blocks"
    return store


def _network(host: str) -> str:
    """The address counted: IPv6 by its /64, the block one subscriber gets and can hop about in."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    if address.version == 6 and address.ipv4_mapped:
        return str(address.ipv4_mapped)
    if address.version == 6:
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)
