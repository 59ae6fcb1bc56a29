"""A stand-in for the Zalo Bot Platform."""

import itertools
import json
import time
from typing import Any

import httpx

from standins.server import Asked, StandIn, post

TOKEN = "9876:stand-in"
SECRET = "bi-mat-zalo-bot"
NAME = "Trợ lý CCHC"
#: Seconds for which a poll stays open, whatever was asked for.
POLL_S = 0.3


class ZaloBot(StandIn):
    def __init__(self) -> None:
        super().__init__()
        self.updates: list[dict[str, Any]] = []
        self.webhook: dict[str, str] = {}
        self.failures: list[dict[str, Any]] = []
        self._ids = itertools.count(1)

    def write(self, text: str, user: str = "u7", group: str = "", **more: Any) -> dict[str, Any]:
        """An event: a message of a user, in a group where one is given."""
        self.note("người dùng", text=text, user=user, chat=group or user)
        message = {
            "message_id": f"m{next(self._ids)}",
            "from": {"id": user, "display_name": "An", "is_bot": False},
            "chat": {"id": group or user, "chat_type": "GROUP" if group else "PRIVATE"},
            "date": int(time.time() * 1000),
            "text": text,
        }
        return {"event_name": "message.text.received", "message": {**message, **more}}

    def queue(self, event: dict[str, Any]) -> None:
        with self.lock:
            self.updates.append(event)

    def deliver(self, desk: str, event: object, secret: str | None = SECRET) -> httpx.Response:
        headers = {} if secret is None else {"X-Bot-Api-Secret-Token": secret}
        body = event if isinstance(event, bytes) else json.dumps(event, ensure_ascii=False).encode()
        return post(f"{desk}/webhooks/zalo-bot", body, headers)

    def fail(self, code: int, description: str, **more: Any) -> None:
        """The next sendMessage is refused."""
        self.failures.append({"ok": False, "error_code": code, "description": description, **more})

    def reply(self, asked: Asked) -> tuple[int, object, dict[str, str]]:
        token, _, method = asked.path.removeprefix("/bot").partition("/")
        if token != TOKEN:
            return self._no(401, "Unauthorized")
        fields = json.loads(asked.body)
        if method == "getMe":
            return self._yes({"id": "b1", "account_name": "bot.cchc", "display_name": NAME})
        if method == "setWebhook":
            if not 8 <= len(fields["secret_token"]) <= 256:
                return self._no(400, "secret_token must have 8 to 256 characters")
            self.webhook = {"url": fields["url"], "secret": fields["secret_token"]}
            return self._yes(True)
        if method == "deleteWebhook":
            self.webhook = {}
            return self._yes(True)
        if method == "getUpdates":
            assert isinstance(fields["timeout"], str)
            return self._next_update()
        if method == "sendChatAction":
            self.note(method, **fields)
            return self._yes(True)
        if method == "sendMessage":
            return self._send(fields)
        return self._no(404, "Not Found")

    def _next_update(self) -> tuple[int, object, dict[str, str]]:
        if self.webhook:
            return self._no(400, "a webhook is set")
        end = time.monotonic() + POLL_S
        while time.monotonic() < end:
            with self.lock:
                if self.updates:
                    return self._yes(self.updates.pop(0))  # one object, and it is gone
            time.sleep(0.01)
        self.note("empty poll")
        return self._no(408, "Request timeout")

    def _send(self, fields: dict[str, Any]) -> tuple[int, object, dict[str, str]]:
        with self.lock:
            if self.failures:
                self.note("refused", **fields)
                return 200, self.failures.pop(0), {}
        if not 1 <= len(fields["text"]) <= 2000:
            return self._no(400, "text must have 1 to 2000 characters")
        self.note("sendMessage", **fields)
        return self._yes({"message_id": f"s{next(self._ids)}", "date": int(time.time() * 1000)})

    @staticmethod
    def _yes(result: object) -> tuple[int, object, dict[str, str]]:
        return 200, {"ok": True, "result": result}, {}

    @staticmethod
    def _no(code: int, description: str) -> tuple[int, object, dict[str, str]]:
        return 200, {"ok": False, "error_code": code, "description": description}, {}
