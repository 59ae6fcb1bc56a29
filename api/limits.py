"""Who asks over HTTP, and whether there is a question left for it. A dependency of every route that answers.

A caller with one of `CCHC_API_KEYS` is counted by its key, everybody else by web session and address.
"""

import hmac

from fastapi import Request
from fastapi.concurrency import run_in_threadpool

from api.error import ApiError
from bot.quota import Allowance, Quota
from settings import Settings

#: Names the conversation of one browser; made by the page, so it only ever narrows what its address may do.
SESSION_HEADER = "X-CCHC-Session"
_CHANNEL = "web"


class QuestionLimit:
    """Called for each request; gives the `RateLimit-…` headers, {} where nothing is limited, or raises 401 or 429."""

    def __init__(self, settings: Settings) -> None:
        self._quota = Quota(settings)
        self._keys = [key.get_secret_value().encode() for key in settings.api_keys]

    async def __call__(self, request: Request) -> dict[str, str]:
        if self._quota.waits:
            allowance = await run_in_threadpool(self._count, request)
        else:  # a thread of its own would cost more than the counting
            allowance = self._count(request)
        if allowance is None:
            return {}
        headers = {
            "RateLimit-Policy": f"{allowance.per_minute};w=60",
            "RateLimit-Limit": str(allowance.per_minute),
            "RateLimit-Remaining": str(allowance.remaining),
            "RateLimit-Reset": str(allowance.wait_s),
        }
        if not allowance.allowed:
            message = f"Bạn đã hỏi quá nhanh. Vui lòng thử lại sau {allowance.wait_s} giây."
            raise ApiError(429, "rate_limited", message, headers | {"Retry-After": str(allowance.wait_s)})
        return headers

    def _count(self, request: Request) -> Allowance | None:
        address = request.client.host if request.client else ""
        key = self._key_of(request)
        if not key:
            return self._quota.of_person(_CHANNEL, request.headers.get(SESSION_HEADER, ""), address)
        if self._is_known(key):
            return self._quota.of_key(key)
        # guessing costs the questions of the address
        allowance = self._quota.of_person(_CHANNEL, "", address)
        if allowance and not allowance.allowed:
            return allowance
        message = "Khóa API không đúng. Hãy kiểm tra lại khóa hoặc hỏi người quản trị."
        raise ApiError(401, "wrong_key", message, {"WWW-Authenticate": "Bearer"})

    def _key_of(self, request: Request) -> str:
        """The key sent as `Authorization: Bearer …` or `X-API-Key`; "" where the desk knows no keys at all."""
        if not self._keys:
            return ""
        scheme, _, key = request.headers.get("authorization", "").partition(" ")
        return key.strip() if scheme.lower() == "bearer" else request.headers.get("x-api-key", "")

    def _is_known(self, key: str) -> bool:
        # every key is compared, whole: how long it takes says nothing of how much of it was right
        return sum(hmac.compare_digest(key.encode("latin-1"), known) for known in self._keys) > 0
