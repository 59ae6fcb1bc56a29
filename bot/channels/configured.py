"""Which channels the settings switch on. Called by the API, which mounts their webhooks, and by `cchc bot`."""

from bot.channels.channel import Channel
from bot.channels.telegram import Telegram
from bot.channels.zalo_bot import ZaloBot
from bot.channels.zalo_oa import ZaloOfficialAccount
from settings import Settings

#: name -> the settings without which the channel does not run, and those its webhook needs beside them.
NEEDED = {
    "telegram": (("telegram_token",), ("telegram_secret",)),
    "zalo-oa": (("zalo_oa_app_id", "zalo_oa_secret"), ()),
    "zalo-bot": (("zalo_bot_token",), ("zalo_bot_secret",)),
}
_ADAPTERS: dict[str, type[Telegram] | type[ZaloOfficialAccount] | type[ZaloBot]] = {
    "telegram": Telegram,
    "zalo-oa": ZaloOfficialAccount,
    "zalo-bot": ZaloBot,
}


def missing(settings: Settings, name: str, webhook: bool) -> list[str]:
    """Settings that the channel, or its webhook, still needs."""
    always, for_webhook = NEEDED[name]
    wanted = (*always, *for_webhook) if webhook else always
    return [one for one in wanted if not _value(settings, one)]


def opened(settings: Settings, name: str) -> Telegram | ZaloOfficialAccount | ZaloBot:
    """The adapter; what it needs must be there."""
    return _ADAPTERS[name](settings)


def with_webhook(settings: Settings) -> list[Channel]:
    """The channels whose webhook is configured."""
    return [opened(settings, name) for name in NEEDED if not missing(settings, name, webhook=True)]


def _value(settings: Settings, name: str) -> str:
    value = getattr(settings, name)
    return str(value.get_secret_value() if hasattr(value, "get_secret_value") else value or "")
