"""`cchc bot …`: the desk in a channel or in the terminal. The rest of the command line is in cchc.py.

Imports of the rooms stand inside the commands, as there.
"""

from contextlib import suppress
from typing import TYPE_CHECKING, Annotated

import typer

from api.opening import fail, open_desk, open_people, settings_in_force
from settings import Settings

if TYPE_CHECKING:
    from bot.channels.telegram import Telegram
    from bot.channels.zalo_bot import ZaloBot
    from bot.channels.zalo_oa import ZaloOfficialAccount

bot_app = typer.Typer(help="Trợ lý trong Telegram, Zalo hoặc cửa sổ lệnh.", no_args_is_help=True)

_WEBHOOK = typer.Option(
    "--webhook", help="Nhận tin qua webhook tại CCHC_HOST:CCHC_PORT thay vì hỏi máy chủ của kênh."
)
_SET_WEBHOOK = typer.Option(
    "--set-webhook", help="Chỉ báo cho kênh gửi tin về CCHC_PUBLIC_URL/webhooks/… rồi thoát."
)


@bot_app.command("console")
def console() -> None:
    """Trò chuyện trong cửa sổ lệnh, như trong Telegram và Zalo; Ctrl-D hoặc “thoát” để dừng."""
    from bot.channels.console import converse
    from bot.channels.talk import Talk

    settings = settings_in_force()
    desk = open_desk(settings)
    with open_people(settings) as people:
        converse(Talk(desk, people, settings))


@bot_app.command("telegram")
def bot_telegram(
    webhook: Annotated[bool, _WEBHOOK] = False, set_webhook: Annotated[bool, _SET_WEBHOOK] = False
) -> None:
    """Chạy trợ lý Telegram, đến khi nhấn Ctrl-C. Cần CCHC_TELEGRAM_TOKEN."""
    _run_channel("telegram", webhook, set_webhook)


@bot_app.command("zalo-bot")
def bot_zalo_bot(
    webhook: Annotated[bool, _WEBHOOK] = False, set_webhook: Annotated[bool, _SET_WEBHOOK] = False
) -> None:
    """Chạy trợ lý trên nền tảng Zalo Bot, đến khi nhấn Ctrl-C. Cần CCHC_ZALO_BOT_TOKEN."""
    _run_channel("zalo-bot", webhook, set_webhook)


@bot_app.command("zalo-oa")
def bot_zalo_oa(
    authorise: Annotated[
        bool, typer.Option("--authorise", help="Cấp quyền cho ứng dụng bằng tài khoản quản trị OA rồi thoát.")
    ] = False,
    back: Annotated[
        str, typer.Option("--back", help="Địa chỉ quay về đã khai báo với Zalo, mặc định CCHC_PUBLIC_URL.")
    ] = "",
) -> None:
    """Chạy webhook của Zalo Official Account, đến khi nhấn Ctrl-C. Cần CCHC_ZALO_OA_APP_ID và CCHC_ZALO_OA_SECRET."""
    if authorise:
        _authorise_zalo(_channel_settings("zalo-oa", webhook=True), back)
    else:
        _run_channel("zalo-oa", webhook=True, set_webhook=False)


def _channel_settings(name: str, webhook: bool) -> Settings:
    from bot.channels.configured import missing
    from settings import ENV_PREFIX

    settings = settings_in_force()
    if wanting := missing(settings, name, webhook):
        fail("Chưa đặt " + ", ".join(ENV_PREFIX + one.upper() for one in wanting) + ".", 2)
    return settings


def _run_channel(name: str, webhook: bool, set_webhook: bool) -> None:
    import asyncio

    from api.address import AddressError
    from bot.channels.channel import ChannelProblem, Polled
    from bot.channels.configured import opened

    settings = _channel_settings(name, webhook or set_webhook)
    channel = opened(settings, name)
    try:
        if set_webhook and isinstance(channel, Polled):
            if not settings.public_url:
                fail("Chưa đặt CCHC_PUBLIC_URL, địa chỉ mà kênh gửi tin tới.", 2)
            url = f"{settings.public_url.rstrip('/')}/webhooks/{name}"
            asyncio.run(channel.set_webhook(url))
            print(f"Kênh sẽ gửi tin về {url}.")
        elif webhook:
            from api.server import serve_webhook

            print(
                f"Webhook: http://{settings.host}:{settings.port}/webhooks/{name} (Ctrl-C để dừng)",
                flush=True,
            )
            serve_webhook(settings, channel)
        else:
            _poll(settings, channel)
    except (AddressError, ChannelProblem) as error:
        fail(str(error))


def _poll(settings: Settings, channel: "Telegram | ZaloOfficialAccount | ZaloBot") -> None:
    import asyncio
    import signal
    from functools import partial

    from api.purging import purge_for_ever
    from bot.channels.channel import Polled
    from bot.channels.switchboard import Switchboard
    from bot.channels.talk import Talk

    assert isinstance(channel, Polled)
    desk = open_desk(settings)
    with open_people(settings) as people:

        async def run() -> None:
            polling = asyncio.current_task()
            assert polling is not None
            asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, polling.cancel)
            purging = asyncio.create_task(purge_for_ever(people))
            try:
                async with Switchboard([channel], Talk(desk, people, settings), people) as switchboard:
                    print(f"Đang nhận tin từ {channel.name}. Nhấn Ctrl-C để dừng.", flush=True)
                    await channel.poll(partial(switchboard.accept, channel))
            finally:
                purging.cancel()

        with suppress(KeyboardInterrupt, asyncio.CancelledError):
            asyncio.run(run())
    print("Đã dừng.")


def _authorise_zalo(settings: Settings, back: str) -> None:
    from urllib.parse import parse_qs, urlsplit

    from bot.channels.channel import ChannelProblem
    from bot.channels.zalo_token import ZaloTokens, new_verifier

    back = back or settings.public_url
    if not back:
        fail("Hãy nêu địa chỉ quay về đã khai báo với Zalo: --back https://… (hoặc đặt CCHC_PUBLIC_URL).", 2)
    tokens, verifier = ZaloTokens(settings), new_verifier()
    print(f"Mở địa chỉ này bằng tài khoản quản trị OA và đồng ý:\n\n{tokens.authorise_url(back, verifier)}\n")
    typed = input("Dán địa chỉ mà trình duyệt được chuyển tới (hoặc riêng mã code): ").strip()
    code = parse_qs(urlsplit(typed).query).get("code", [typed])[0]
    try:
        tokens.authorised(code, verifier)
    except ChannelProblem as error:
        fail(str(error))
    print("Đã được cấp quyền; mã truy cập được lưu trong thư mục dữ liệu và tự gia hạn.")
