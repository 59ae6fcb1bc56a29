"""Telegram, through python-telegram-bot: polling or webhook, HTML, inline buttons.

Its own loop instead of the library's: an update is confirmed only once it lies in the outbox.
"""

import asyncio
import json
import logging
import warnings
from collections.abc import Mapping
from datetime import timedelta
from hmac import compare_digest
from typing import Any

from telegram import (
    Bot,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    LinkPreviewOptions,
    Message,
    MessageEntity,
    ReplyParameters,
    Update,
)
from telegram.constants import ChatAction, ParseMode
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
)
from telegram.request import HTTPXRequest
from telegram.warnings import PTBDeprecationWarning

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
from bot.channels.command import COMMANDS, command_of
from settings import Settings

log = logging.getLogger("cchc.channels")
# both forms of `retry_after` are read below; nobody has to be told of the change at every 429
warnings.filterwarnings("ignore", message=".*retry_after.*", category=PTBDeprecationWarning)

#: Seconds that Telegram holds a poll open, and that pass before the next after a failure.
POLL_S, REST_S = 25, 3.0
#: Seconds to ask for the bot's own name: a webhook has to be answered within two.
NAME_S = 1.5
#: A toast above a button takes at most so many characters.
_TOAST_MAX = 200
_WANTED = [Update.MESSAGE, Update.CALLBACK_QUERY]
_ONE_TO_ONE = "private"


class Telegram(Channel, Webhook, Polled):
    name = "telegram"

    def __init__(self, settings: Settings) -> None:
        """Needs `telegram_token`; its webhook needs `telegram_secret`."""
        assert settings.telegram_token is not None
        secret = settings.telegram_secret
        self._secret = secret.get_secret_value().encode() if secret else b""
        self.style = Style(settings.telegram_length_max, html=True, buttons=True)
        base = settings.telegram_url.rstrip("/").removesuffix("/bot")

        def request() -> HTTPXRequest:
            return HTTPXRequest(
                connection_pool_size=16,
                connect_timeout=settings.channel_timeout_s,
                read_timeout=settings.channel_timeout_s,
                pool_timeout=settings.channel_timeout_s,
            )

        self._requests = request(), request()
        self._bot = Bot(
            settings.telegram_token.get_secret_value(),
            base_url=f"{base}/bot",
            base_file_url=f"{base}/file/bot",
            request=self._requests[0],
            get_updates_request=self._requests[1],
        )
        self._own_name = ""

    # -- out -------------------------------------------------------------------------------------------------

    async def send(self, address: str, bubble: Bubble) -> None:
        chat, thread, message = (int(part or 0) for part in address.split("/"))
        rows = [
            [InlineKeyboardButton(one.label, callback_data=one.data) for one in row] for row in bubble.buttons
        ]
        replying = ReplyParameters(message, allow_sending_without_reply=True) if message else None
        try:
            await self._bot.send_message(
                chat,
                bubble.text,
                parse_mode=ParseMode.HTML,
                message_thread_id=thread or None,
                reply_parameters=replying,
                reply_markup=InlineKeyboardMarkup(rows) if rows else None,
                link_preview_options=LinkPreviewOptions(is_disabled=True),
            )
        except ChatMigrated as moved:
            await self.send(f"{moved.new_chat_id}//", bubble)
        except TelegramError as error:
            raise _problem(error) from error

    async def open(self) -> None:
        await self._name()

    async def typing(self, address: str) -> None:
        chat, thread, _ = (int(part or 0) for part in address.split("/"))
        try:
            await self._bot.send_chat_action(chat, ChatAction.TYPING, message_thread_id=thread or None)
        except TelegramError as error:
            log.info("Telegram shows no typing: %s", error)

    async def acknowledge(self, incoming: Incoming, words: str) -> None:
        try:
            await self._bot.answer_callback_query(incoming.press, words[:_TOAST_MAX] or None)
        except TelegramError as error:  # too old, most likely: the button has calmed down by itself
            log.info("Telegram did not take the acknowledgement of a button: %s", error)

    async def close(self) -> None:
        for request in self._requests:
            await request.shutdown()

    # -- in: webhook -----------------------------------------------------------------------------------------

    def genuine(self, headers: Mapping[str, str], body: bytes) -> bool:
        given = headers.get("x-telegram-bot-api-secret-token", "").encode()
        return bool(self._secret) and compare_digest(given, self._secret)

    async def read(self, body: bytes) -> list[Incoming]:
        try:
            update = Update.de_json(json.loads(body), self._bot)
            return await self._events(update)
        except (ValueError, TypeError, KeyError, AttributeError, OverflowError, RecursionError) as error:
            raise Malformed(f"no update of Telegram: {type(error).__name__}") from None

    async def set_webhook(self, url: str) -> None:
        try:
            await self._bot.set_webhook(url, secret_token=self._secret.decode(), allowed_updates=_WANTED)
        except TelegramError as error:
            raise _problem(error) from error

    # -- in: polling -----------------------------------------------------------------------------------------

    async def poll(self, accept: Accept) -> None:
        offset: int | None = None
        listening = False
        while True:
            try:
                if not listening:  # a webhook, where one was set, keeps all updates to itself
                    listening = await self._bot.delete_webhook()
                updates = await self._bot.get_updates(offset, timeout=POLL_S, allowed_updates=_WANTED)
            except InvalidToken as error:
                raise ChannelProblem(
                    "Telegram không nhận CCHC_TELEGRAM_TOKEN; hãy lấy lại ở @BotFather."
                ) from error
            except TelegramError as error:
                log.warning("Telegram cannot be polled: %s", error)
                wait = _problem(error)
                await asyncio.sleep((wait.seconds if isinstance(wait, Wait) else None) or REST_S)
                continue
            for update in updates:
                for incoming in await self._events(update):
                    await accept(incoming)
                offset = update.update_id + 1

    # -- what an update says ---------------------------------------------------------------------------------

    async def _events(self, update: Update | None) -> list[Incoming]:
        if update is None:
            return []
        event = str(int(update.update_id))
        if (query := update.callback_query) is not None:
            if not isinstance(query.message, Message) or query.from_user.is_bot:
                return []
            one_to_one = query.message.chat.type == _ONE_TO_ONE
            return [
                Incoming(
                    event,
                    str(query.from_user.id),
                    _address(query.message, one_to_one),
                    room="" if one_to_one else str(query.message.chat.id),
                    button=query.data or "?",
                    press=query.id,
                )
            ]
        message = update.message
        if message is None or message.from_user is None or message.from_user.is_bot:
            return []
        if message.chat.type == _ONE_TO_ONE:
            return [Incoming(event, str(message.from_user.id), _address(message, True), message.text or "")]
        text, meant = await self._meant(message)
        return [
            Incoming(
                event,
                str(message.from_user.id),
                _address(message, False),
                text,
                room=str(message.chat.id),
                addressed=meant,
            )
        ]

    async def _meant(self, message: Message) -> tuple[str, bool]:
        """What a message in a group says without the mention, and whether it is for the desk."""
        text, name = message.text or "", await self._name()
        command = command_of(text)
        if command is not None:
            return text, command.name in COMMANDS and command.robot in ("", name)
        if not text:
            return text, False
        mentions = message.parse_entities([MessageEntity.MENTION])
        mine = [entity for entity, words in mentions.items() if name and words.lower() == f"@{name}"]
        if mine:
            for words in {mentions[entity] for entity in mine}:
                text = text.replace(words, " ")
            return " ".join(text.split()), True
        replied = message.reply_to_message
        author = replied.from_user if replied is not None else None
        return text, author is not None and author.is_bot and (author.username or "").lower() == name

    async def _name(self) -> str:
        """The bot's own user name, lower case; "" while Telegram does not say."""
        if not self._own_name:
            try:
                async with asyncio.timeout(NAME_S):
                    self._own_name = (await self._bot.get_me()).username or ""
            except (TelegramError, TimeoutError) as error:
                log.warning("Telegram does not tell the name of the bot: %s", error)
        return self._own_name.lower()


def _address(message: Message, one_to_one: bool) -> str:
    """chat/thread/message: in a group the reply hangs on the message."""
    thread = message.message_thread_id if message.is_topic_message else None
    return f"{message.chat.id}/{thread or ''}/{'' if one_to_one else message.message_id}"


def _problem(error: TelegramError) -> ChannelProblem:
    if isinstance(error, RetryAfter):
        asked: Any = error.retry_after
        return Wait("429", asked.total_seconds() if isinstance(asked, timedelta) else float(asked))
    if isinstance(error, Forbidden) or (isinstance(error, BadRequest) and isinstance(error, NetworkError)):
        return Undeliverable(str(error))
    return Wait(str(error))
