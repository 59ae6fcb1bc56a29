"""A desk on a channel, as it runs: the real API server over the sample documents, beside stand-in servers."""

import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from pydantic import SecretStr
from small_desk import desk_of
from standins import telegram, zalo_bot, zalo_oa
from standins.server import until
from web_server import running

from api.desk import Desk
from bot.answer import Answer
from bot.desk import HelpDesk
from bot.people.store import People
from settings import Settings

PUBLIC = "https://hoi.example"
#: Seconds that `cchc bot` gets to load and to show a first sign of life, on a busy machine too.
START_S = 120.0


class Listened:
    """A desk that remembers what it was asked."""

    def __init__(self, desk: HelpDesk) -> None:
        self._desk = desk
        self.corpus = desk.corpus
        self.asked: list[tuple[str, tuple[str, ...], date | None]] = []

    def problem(self) -> str | None:
        return self._desk.problem()

    def ask(
        self,
        question: str,
        history: Sequence[str] = (),
        as_of: date | None = None,
        on_step: object = None,
        on_sentence: object = None,
    ) -> Answer:
        self.asked.append((question, tuple(history), as_of))
        return self._desk.ask(question, history, as_of)


@dataclass
class Office:
    """Everything of one test."""

    url: str  # of the desk's API
    settings: Settings
    people: People
    desk: Listened
    telegram: telegram.Telegram
    oa: zalo_oa.ZaloOa
    bot: zalo_bot.ZaloBot

    def settled(self) -> None:
        """Wait until all that came in is answered and every answer is delivered or given up: nothing comes after it.

        An event lies in the outbox before its delivery is confirmed, and its answers before it leaves there.
        """
        until(lambda: not self._on_their_way(), otherwise=lambda: f"on their way: {self._on_their_way()}")

    def _on_their_way(self) -> list[tuple[object, ...]]:
        with closing(sqlite3.connect(self.settings.data_dir / "people.db", timeout=60)) as store:
            return store.execute(
                "SELECT channel, attempts, reason FROM outbox WHERE address IS NOT NULL"
            ).fetchall()


def channel_settings(
    base: Settings,
    folder: Path,
    on_telegram: telegram.Telegram,
    oa: zalo_oa.ZaloOa,
    bot: zalo_bot.ZaloBot,
    **more: object,
) -> Settings:
    """All three channels switched on; what is kept about askers lies in `folder`, the documents where `base` says."""
    given: dict[str, object] = {
        "public_url": PUBLIC,
        "telegram_token": SecretStr(telegram.TOKEN),
        "telegram_secret": SecretStr(telegram.SECRET),
        "telegram_url": on_telegram.url,
        "zalo_oa_app_id": zalo_oa.APP_ID,
        "zalo_oa_secret": SecretStr(zalo_oa.SECRET),
        "zalo_oa_app_secret": SecretStr(zalo_oa.APP_SECRET),
        "zalo_oa_access_token": SecretStr("access-0"),
        "zalo_oa_refresh_token": SecretStr("refresh-0"),
        "zalo_oa_url": oa.url,
        "zalo_oa_name": "Sở Nội vụ",
        "zalo_bot_token": SecretStr(zalo_bot.TOKEN),
        "zalo_bot_secret": SecretStr(zalo_bot.SECRET),
        "zalo_bot_url": bot.url,
        "data_dir": folder,
        "database_url": SecretStr(base.dsn),
    }
    return base.model_copy(update=given | more)


@cache
def _desk_over(base: Settings) -> HelpDesk:
    """One desk for all tests: it remembers nothing of those who ask, and its model takes a second to load."""
    return desk_of(base)


@contextmanager
def office(base: Settings, folder: Path, **more: object) -> Iterator[Office]:
    """The API server with all three webhooks on."""
    with ExitStack() as stack:
        on_telegram = stack.enter_context(telegram.Telegram())
        oa = stack.enter_context(zalo_oa.ZaloOa())
        bot = stack.enter_context(zalo_bot.ZaloBot())
        settings = channel_settings(base, folder, on_telegram, oa, bot, **more)
        people = stack.enter_context(People.open(settings))
        desk = Listened(_desk_over(base))
        seen: Desk = desk
        url = stack.enter_context(running(seen, settings, people))
        yield Office(url, settings, people, desk, on_telegram, oa, bot)


@contextmanager
def started(
    name: str, base: Settings, folder: Path, env: dict[str, str], *words: str
) -> Iterator["subprocess.Popen[str]"]:
    """`cchc bot NAME` as a process of its own over the documents of `base`; killed hard in the end."""
    link = folder / "index"
    if not link.exists():
        link.symlink_to(base.index_dir)
    process = subprocess.Popen(
        [str(Path(sys.executable).with_name("cchc")), "bot", name, *words],
        env={**os.environ, "CCHC_DATA_DIR": str(folder), "CCHC_DATABASE_URL": base.dsn, **env},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate(timeout=60)
