"""The Zalo Official Account (OpenAPI v3): webhook, one to one and in groups, plain text; feedback is typed.

Zalo says what is wrong with HTTP 200 and an `error` other than 0.
"""

import asyncio
import hashlib
import json
import re
from collections.abc import Mapping
from hmac import compare_digest
from typing import Any

import httpx

from bot.channels.channel import Bubble, Channel, Incoming, Malformed, Style, Undeliverable, Wait, Webhook
from bot.channels.mention import meant_by
from bot.channels.zalo_token import NotAuthorised, ZaloTokens
from settings import Settings

EXPIRED = -216
#: Reused refresh token, wrong redirect: a person has to authorise the account.
_AUTHORISE = frozenset((-14020, -14003))
#: The account's tier does not include the message; asking again changes nothing.
_NEVER = frozenset((-224,))
_SENT_BY_PERSON = "user_send_"
_TEXTS = frozenset(("user_send_text", "user_send_group_text"))
_GROUP = "user_send_group_"
_TIMESTAMP = re.compile(rb'"timestamp"\s*:\s*"?(\d{1,20})')


class ZaloOfficialAccount(Channel, Webhook):
    name = "zalo-oa"

    def __init__(self, settings: Settings) -> None:
        """Needs `zalo_oa_app_id` and `zalo_oa_secret`; to send, tokens too."""
        assert settings.zalo_oa_secret is not None
        self._app_id = settings.zalo_oa_app_id
        self._secret = settings.zalo_oa_secret.get_secret_value()
        self._own_name = settings.zalo_oa_name.removeprefix("@")
        self.style = Style(settings.zalo_length_max, settings.zalo_bubbles_max)
        base = settings.zalo_oa_url.rstrip("/").removesuffix("/v3.0/oa")
        self._http = httpx.AsyncClient(base_url=f"{base}/v3.0/oa/", timeout=settings.channel_timeout_s)
        self._tokens = ZaloTokens(settings)

    async def send(self, address: str, bubble: Bubble) -> None:
        kind, _, id = address.partition(":")
        body = {"recipient": {f"{kind}_id": id}, "message": {"text": bubble.text}}
        path = "group/message" if kind == "group" else "message/cs"
        token = await asyncio.to_thread(self._tokens.access)
        code = await self._post(path, token, body)
        if code == EXPIRED:
            token = await asyncio.to_thread(self._tokens.renewed, token)
            code = await self._post(path, token, body)
        if code in _AUTHORISE:
            raise NotAuthorised(f"Zalo OA: {code}")
        if code in _NEVER:
            raise Undeliverable(f"Zalo OA: {code}")
        if code:
            raise Wait(f"Zalo OA: {code}")

    async def _post(self, path: str, token: str, body: dict[str, Any]) -> int:
        """Zalo's error number; 0: taken. Raises `Wait`."""
        try:
            reply = await self._http.post(path, json=body, headers={"access_token": token})
            if reply.status_code == 429 or reply.status_code >= 500:
                asked = reply.headers.get("retry-after", "")
                raise Wait(f"Zalo OA: HTTP {reply.status_code}", float(asked) if asked.isdecimal() else None)
            return int(reply.json()["error"])
        except httpx.HTTPError as error:
            raise Wait(f"Zalo OA: {type(error).__name__}") from None
        except (ValueError, TypeError, KeyError):
            raise Wait(f"Zalo OA: HTTP {reply.status_code}") from None

    async def close(self) -> None:
        await self._http.aclose()

    def genuine(self, headers: Mapping[str, str], body: bytes) -> bool:
        given = headers.get("x-zevent-signature", "").strip().lower().removeprefix("mac=")
        signed = self._app_id.encode() + body + _timestamp(body) + self._secret.encode()
        return compare_digest(given.encode(), hashlib.sha256(signed).hexdigest().encode())

    async def read(self, body: bytes) -> list[Incoming]:
        try:
            said = json.loads(body)
            kind = str(said["event_name"])
            if not kind.startswith(_SENT_BY_PERSON):
                return []
            message = said["message"]
            event, sender = _id(message["msg_id"]), _id(said["sender"]["id"])
            text = str(message.get("text") or "") if kind in _TEXTS else ""
            if not kind.startswith(_GROUP):
                return [Incoming(event, sender, f"user:{sender}", text)]
            group = _id(said["recipient"]["id"])
            text, meant = meant_by(text, self._own_name)
            return [Incoming(event, sender, f"group:{group}", text, room=group, addressed=meant)]
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
            raise Malformed(f"no event of Zalo: {type(error).__name__}") from None


def _timestamp(body: bytes) -> bytes:
    """The `timestamp` of an event as it was signed; looked for in what is no JSON, too."""
    try:
        return str(json.loads(body)["timestamp"]).encode()
    except (ValueError, TypeError, KeyError, RecursionError):
        found = _TIMESTAMP.search(body)
        return found[1] if found else b""


def _id(value: object) -> str:
    if not isinstance(value, str | int) or value == "":
        raise ValueError("an id is missing")
    return str(value)
