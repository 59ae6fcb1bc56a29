"""A stand-in for the Telegram Bot API."""

import itertools
import json
import re
import time
from html.parser import HTMLParser
from typing import Any
from urllib.parse import parse_qsl

import httpx

from standins.server import Asked, StandIn, post

TOKEN = "4242:stand-in"
SECRET = "bi-mat-telegram"
BOT = {"id": 4242, "is_bot": True, "first_name": "Hỏi đáp CCHC", "username": "cchc_bot"}
#: Seconds for which a poll stays open, whatever was asked for.
POLL_S = 0.3


class Telegram(StandIn):
    """`flood(seconds)` makes the next sendMessage a 429; chats in `blocked` have thrown the bot out."""

    def __init__(self) -> None:
        super().__init__()
        self.updates: list[dict[str, Any]] = []
        self.confirmed = 0  # updates below it were confirmed by an offset
        self.webhook: dict[str, str] = {}
        self.blocked: set[int] = set()
        self.open_presses: set[str] = set()
        self.failures: list[tuple[int, dict[str, Any]]] = []
        self._ids = itertools.count(1)

    # -- what people do --------------------------------------------------------------------------------------

    def write(self, text: str, user: int = 7, chat: int | None = None, **more: Any) -> dict[str, Any]:
        """An update: a message of a user; in the group `chat` where one is given (a negative id)."""
        where = (
            {"id": chat, "type": "supergroup", "title": "Nhóm"} if chat else {"id": user, "type": "private"}
        )
        number = next(self._ids)
        message: dict[str, Any] = {
            "message_id": 1000 + number,
            "date": int(time.time()),
            "chat": where,
            "from": {"id": user, "is_bot": False, "first_name": "An"},
            "text": text,
        }
        command = re.match(r"/\w+(@\w+)?", text)
        marks = [("bot_command", command)] if command else []
        marks += [("mention", found) for found in re.finditer(r"(?<!\w)@\w+", text)]
        if entities := [
            {"type": kind, "offset": utf16(text[: found.start()]), "length": utf16(found.group())}
            for kind, found in marks
            if found
        ]:
            message["entities"] = entities
        self.note("người dùng", text=text, user=user, chat=chat or user)
        return {"update_id": 500 + number, "message": {**message, **more}}

    def press(self, data: str, user: int = 7, chat: int | None = None) -> dict[str, Any]:
        """An update: a user presses a button under a message of the bot."""
        number = next(self._ids)
        where = {"id": chat, "type": "supergroup"} if chat else {"id": user, "type": "private"}
        self.open_presses.add(f"press-{number}")
        self.note("người dùng", pressed=data, user=user, chat=chat or user)
        return {
            "update_id": 500 + number,
            "callback_query": {
                "id": f"press-{number}",
                "from": {"id": user, "is_bot": False, "first_name": "An"},
                "chat_instance": "1",
                "data": data,
                "message": {
                    "message_id": 1,
                    "date": int(time.time()),
                    "chat": where,
                    "from": BOT,
                    "text": "…",
                },
            },
        }

    def queue(self, update: dict[str, Any]) -> None:
        with self.lock:
            self.updates.append(update)

    def deliver(self, desk: str, update: object, secret: str | None = SECRET) -> httpx.Response:
        """POST to the desk's webhook, as Telegram does."""
        headers = {} if secret is None else {"X-Telegram-Bot-Api-Secret-Token": secret}
        body = update if isinstance(update, bytes) else json.dumps(update, ensure_ascii=False).encode()
        return post(f"{desk}/webhooks/telegram", body, headers)

    def flood(self, seconds: int) -> None:
        description = f"Too Many Requests: retry after {seconds}"
        self.fail(429, description, parameters={"retry_after": seconds})

    def fail(self, code: int, description: str, **more: Any) -> None:
        self.failures.append((code, {"ok": False, "error_code": code, "description": description, **more}))

    # -- what the server does --------------------------------------------------------------------------------

    def reply(self, asked: Asked) -> tuple[int, object, dict[str, str]]:
        token, _, method = asked.path.removeprefix("/bot").partition("/")
        if token != TOKEN:
            return refused(401, "Unauthorized")
        fields = read_fields(asked)
        known = getattr(self, f"_{method.lower()}", None)
        if known is None:
            return refused(404, "Not Found")
        result: tuple[int, object, dict[str, str]] = known(fields)
        return result

    def _getme(self, fields: dict[str, Any]) -> tuple[int, object, dict[str, str]]:
        return fine(
            {
                **BOT,
                "can_join_groups": True,
                "can_read_all_group_messages": False,
                "supports_inline_queries": False,
            }
        )

    def _setwebhook(self, fields: dict[str, Any]) -> tuple[int, object, dict[str, str]]:
        self.webhook = {"url": fields["url"], "secret": fields.get("secret_token", "")}
        return fine(True)

    def _deletewebhook(self, fields: dict[str, Any]) -> tuple[int, object, dict[str, str]]:
        self.webhook = {}
        return fine(True)

    def _getupdates(self, fields: dict[str, Any]) -> tuple[int, object, dict[str, str]]:
        if self.webhook:
            return refused(409, "Conflict: can't use getUpdates method while webhook is active")
        with self.lock:
            self.confirmed = max(self.confirmed, int(fields.get("offset", 0)))
        end = time.monotonic() + POLL_S
        while time.monotonic() < end:
            with self.lock:
                self.updates = [one for one in self.updates if one["update_id"] >= self.confirmed]
                if self.updates:
                    return fine(list(self.updates))
            time.sleep(0.01)
        return fine([])

    def _sendmessage(self, fields: dict[str, Any]) -> tuple[int, object, dict[str, str]]:
        with self.lock:
            if self.failures:
                code, body = self.failures.pop(0)
                self.note("refused", code=code, **fields)
                return code, body, {}
        chat = int(fields["chat_id"])
        if chat in self.blocked:
            self.note("refused", code=403, **fields)
            return refused(403, "Forbidden: bot was blocked by the user")
        text = fields["text"]
        if fields.get("parse_mode") == "HTML":
            try:
                text = parsed(text)
            except ValueError as error:
                return refused(400, f"Bad Request: can't parse entities: {error}")
        if not text.strip():
            return refused(400, "Bad Request: message text is empty")
        if utf16(text) > 4096:
            return refused(400, "Bad Request: message is too long")
        markup = json.loads(fields.get("reply_markup", "{}"))
        for button in itertools.chain.from_iterable(markup.get("inline_keyboard", [])):
            if not 1 <= len(button["callback_data"].encode()) <= 64:
                return refused(400, "Bad Request: BUTTON_DATA_INVALID")
        self.note("sendMessage", **fields, shown=text, markup=markup)
        sent = {
            "message_id": next(self._ids),
            "date": int(time.time()),
            "chat": {"id": chat, "type": "private"},
        }
        return fine({**sent, "text": text})

    def _sendchataction(self, fields: dict[str, Any]) -> tuple[int, object, dict[str, str]]:
        self.note("sendChatAction", **fields)
        return fine(True)

    def _answercallbackquery(self, fields: dict[str, Any]) -> tuple[int, object, dict[str, str]]:
        self.note("answerCallbackQuery", **fields)
        if fields["callback_query_id"] not in self.open_presses:
            return refused(
                400, "Bad Request: query is too old and response timeout expired or query ID is invalid"
            )
        self.open_presses.remove(fields["callback_query_id"])
        return fine(True)


class _Markup(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ("b", "i", "a", "code", "pre", "u", "s", "blockquote"):
            raise ValueError(f'Unsupported start tag "{tag}"')
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            raise ValueError(f'Unexpected end tag "{tag}"')

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def parsed(text: str) -> str:
    """What is left of Telegram's HTML once it is parsed. Raises ValueError as the server would refuse it."""
    markup = _Markup()
    markup.feed(text)
    markup.close()
    if markup.open:
        raise ValueError("Can't find end tag")
    return "".join(markup.text)


def utf16(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def read_fields(asked: Asked) -> dict[str, Any]:
    if "json" in asked.headers.get("content-type", ""):
        fields: dict[str, Any] = json.loads(asked.body)
        return fields
    return dict(parse_qsl(asked.body.decode(), keep_blank_values=True))


def fine(result: object) -> tuple[int, object, dict[str, str]]:
    return 200, {"ok": True, "result": result}, {}


def refused(code: int, description: str) -> tuple[int, object, dict[str, str]]:
    return code, {"ok": False, "error_code": code, "description": description}, {}
