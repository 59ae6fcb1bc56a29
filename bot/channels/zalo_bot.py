"""The Zalo Bot Platform: polling or webhook, plain text; feedback and choices are typed."""

import asyncio
import json
import logging
from collections.abc import Mapping
from hmac import compare_digest
from typing import Any

import httpx

from bot.channels.channel import (
    Accept,
    Bubble,
    Channel,
    ChannelProblem,
    Incoming,
    Malformed,
    Polled,
    Style,
    Undeliverable,
    Wait,
    Webhook,
)
from bot.channels.mention import meant_by
from settings import Settings

log = logging.getLogger("cchc.channels")

#: Seconds that Zalo holds a poll open, and that pass before the next after a failure.
POLL_S, REST_S = 30, 3.0
#: Seconds to ask for the bot's own name: a webhook has to be answered within two.
NAME_S = 1.5
#: Error code of a poll during which nothing came.
NOTHING_CAME = 408
_NEVER = frozenset((400, 403, 404))
_TEXT = "message.text.received"


class ZaloBot(Channel, Webhook, Polled):
    name = "zalo-bot"

    def __init__(self, settings: Settings) -> None:
        """Needs `zalo_bot_token`; its webhook needs `zalo_bot_secret`."""
        assert settings.zalo_bot_token is not None
        secret = settings.zalo_bot_secret
        self._secret = secret.get_secret_value().encode() if secret else b""
        self.style = Style(settings.zalo_length_max, settings.zalo_bubbles_max)
        base = settings.zalo_bot_url.rstrip("/").removesuffix("/bot")
        url = f"{base}/bot{settings.zalo_bot_token.get_secret_value()}/"
        self._timeout_s = settings.channel_timeout_s
        self._http = httpx.AsyncClient(base_url=url, timeout=self._timeout_s)
        self._own_name = ""

    # -- out -------------------------------------------------------------------------------------------------

    async def send(self, address: str, bubble: Bubble) -> None:
        await self._call("sendMessage", {"chat_id": address, "text": bubble.text})

    async def open(self) -> None:
        await self._name()

    async def typing(self, address: str) -> None:
        try:
            await self._call("sendChatAction", {"chat_id": address, "action": "typing"})
        except ChannelProblem as problem:
            log.info("Zalo shows no typing: %s", problem)

    async def close(self) -> None:
        await self._http.aclose()

    async def _call(self, method: str, body: dict[str, str], patience_s: float = 0) -> Any:
        """The result of a method. Raises `Wait` or `Undeliverable`; the token is in no message."""
        try:
            reply = await self._http.post(method, json=body, timeout=self._timeout_s + patience_s)
            said = reply.json()
        except httpx.HTTPError as error:
            raise Wait(f"{method}: {type(error).__name__}") from None
        except ValueError:
            raise Wait(f"{method}: HTTP {reply.status_code}") from None
        if isinstance(said, dict) and said.get("ok") is True:
            return said.get("result")
        said = said if isinstance(said, dict) else {}
        code = said.get("error_code", reply.status_code)
        reason = f"{method}: {code} {said.get('description', '')}"
        if code in _NEVER:
            raise Undeliverable(reason)
        raise _Refused(reason, code, _retry_after_s(said, reply.headers))

    # -- in: webhook -----------------------------------------------------------------------------------------

    def genuine(self, headers: Mapping[str, str], body: bytes) -> bool:
        given = headers.get("x-bot-api-secret-token", "").encode()
        return bool(self._secret) and compare_digest(given, self._secret)

    async def read(self, body: bytes) -> list[Incoming]:
        try:
            return await self._events(json.loads(body))
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
            raise Malformed(f"no event of the Zalo bot: {type(error).__name__}") from None

    async def set_webhook(self, url: str) -> None:
        await self._call("setWebhook", {"url": url, "secret_token": self._secret.decode()})

    # -- in: polling -----------------------------------------------------------------------------------------

    async def poll(self, accept: Accept) -> None:
        listening = False
        while True:
            try:
                if not listening:  # a webhook, where one was set, keeps all events to itself
                    await self._call("deleteWebhook", {})
                    listening = True
                update = await self._call("getUpdates", {"timeout": str(POLL_S)}, patience_s=POLL_S)
                for incoming in await self._events(update):
                    await accept(incoming)
            except _Refused as refused:
                if refused.code == NOTHING_CAME:
                    continue
                if refused.code == 401:
                    raise ChannelProblem(
                        "Zalo không nhận CCHC_ZALO_BOT_TOKEN; hãy tạo lại mã của bot."
                    ) from None
                log.warning("Zalo cannot be polled: %s", refused)
                await asyncio.sleep(refused.seconds or REST_S)
            except ChannelProblem as problem:
                log.warning("Zalo cannot be polled: %s", problem)
                await asyncio.sleep(REST_S)
            except (ValueError, TypeError, KeyError, AttributeError) as error:
                log.warning("Zalo sent an event that nobody understands: %s", type(error).__name__)

    # -- what an event says ----------------------------------------------------------------------------------

    async def _events(self, said: Any) -> list[Incoming]:
        said = said.get("result", said)
        if not str(said["event_name"]).startswith("message."):
            return []
        message = said["message"]
        sender, chat = message["from"], message["chat"]
        if sender.get("is_bot"):
            return []
        event, who, where = (_id(value) for value in (message["message_id"], sender["id"], chat["id"]))
        text = str(message.get("text") or "") if said["event_name"] == _TEXT else ""
        if chat.get("chat_type") != "GROUP":
            return [Incoming(event, who, where, text)]
        text, meant = meant_by(text, await self._name())
        return [Incoming(event, who, where, text, room=where, addressed=meant)]

    async def _name(self) -> str:
        """The bot's own name; "" while Zalo does not say."""
        if not self._own_name:
            try:
                async with asyncio.timeout(NAME_S):
                    me = await self._call("getMe", {})
                names = (me.get(key) for key in ("display_name", "account_name", "name"))
                self._own_name = next((str(name) for name in names if name), "")
            except (ChannelProblem, AttributeError, TimeoutError) as problem:
                log.warning("Zalo does not tell the name of the bot: %s", problem)
        return self._own_name


class _Refused(Wait):
    def __init__(self, reason: str, code: object, seconds: float | None) -> None:
        super().__init__(reason, seconds)
        self.code = code


def _id(value: object) -> str:
    if not isinstance(value, str | int) or value == "":
        raise ValueError("an id is missing")
    return str(value)


def _retry_after_s(said: dict[str, Any], headers: Mapping[str, str]) -> float | None:
    parameters = said.get("parameters")
    asked = parameters.get("retry_after") if isinstance(parameters, dict) else None
    asked = asked if asked is not None else said.get("retry_after", headers.get("retry-after"))
    try:
        return float(asked) if asked is not None else None
    except ValueError:
        return None
