"""How many questions one client address may ask in a minute. A dependency of the ask route.

Counts live in this process's memory: several replicas each count on their own.
"""

import ipaddress
import math
import time

from fastapi import Request
from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from api.error import ApiError


class QuestionLimit:
    """Called for each request; gives the `X-RateLimit-*` headers or raises the 429. `per_minute` 0 = off."""

    def __init__(self, per_minute: int) -> None:
        self._item = RateLimitItemPerMinute(per_minute) if per_minute else None
        self._limiter = MovingWindowRateLimiter(MemoryStorage())

    def __call__(self, request: Request) -> dict[str, str]:
        if self._item is None:
            return {}
        address = _network(request.client.host if request.client else "")
        allowed = self._limiter.hit(self._item, address)
        reset, remaining = self._limiter.get_window_stats(self._item, address)
        wait_s = max(1, math.ceil(reset - time.time()))
        headers = {
            "X-RateLimit-Limit": str(self._item.amount),
            "X-RateLimit-Remaining": str(remaining),
            "X-RateLimit-Reset": str(wait_s),
        }
        if not allowed:
            message = f"Bạn đã hỏi quá nhanh. Vui lòng thử lại sau {wait_s} giây."
            raise ApiError(429, "rate_limited", message, headers | {"Retry-After": str(wait_s)})
        return headers


def _network(host: str) -> str:
    """The address counted: IPv6 by its /64, the block one subscriber gets and can hop about in."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    if address.version == 6:
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)
