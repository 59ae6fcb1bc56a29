"""`cchc bot`: what is missing is named, tokens stay secret, the terminal converses, webhooks are announced."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import Run
from standins.telegram import SECRET, TOKEN, Telegram
from standins.zalo_bot import SECRET as BOT_SECRET
from standins.zalo_bot import TOKEN as BOT_TOKEN
from standins.zalo_bot import ZaloBot

from bot.messages import say
from settings import Settings


@pytest.fixture
def data(sample_desk_settings: Settings, tmp_path: Path) -> Iterator[Path]:
    """A data folder of its own, over the sample documents."""
    (tmp_path / "index").symlink_to(sample_desk_settings.index_dir)
    (tmp_path / "corpus.db").symlink_to(sample_desk_settings.data_dir / "corpus.db")
    yield tmp_path


@pytest.mark.parametrize(
    ("words", "env", "named"),
    [
        (("telegram",), {}, "CCHC_TELEGRAM_TOKEN"),
        (("telegram",), {"CCHC_TELEGRAM_TOKEN": ""}, "CCHC_TELEGRAM_TOKEN"),
        (("telegram", "--webhook"), {"CCHC_TELEGRAM_TOKEN": "1:x"}, "CCHC_TELEGRAM_SECRET"),
        (("zalo-oa",), {"CCHC_ZALO_OA_APP_ID": "1"}, "CCHC_ZALO_OA_SECRET"),
        (
            ("zalo-bot", "--set-webhook"),
            {"CCHC_ZALO_BOT_TOKEN": "1:x", "CCHC_ZALO_BOT_SECRET": "y" * 8},
            "CCHC_PUBLIC_URL",
        ),
    ],
)
def test_a_missing_setting_is_named(
    run_cchc: Run, tmp_path: Path, words: tuple[str, ...], env: dict[str, str], named: str
) -> None:
    run = run_cchc("bot", *words, data=tmp_path, env=env)
    assert run.returncode == 2
    assert named in run.stderr


def test_a_refused_token_ends_the_bot_and_is_not_shown(run_cchc: Run, data: Path) -> None:
    with Telegram() as telegram:
        env = {"CCHC_TELEGRAM_TOKEN": "4242:bi-mat-sai", "CCHC_TELEGRAM_URL": telegram.url}
        run = run_cchc("bot", "telegram", data=data, env=env)
    assert run.returncode == 1
    assert "CCHC_TELEGRAM_TOKEN" in run.stderr
    assert "bi-mat-sai" not in run.stdout + run.stderr and "Traceback" not in run.stderr


def test_the_webhook_is_announced_with_its_secret(run_cchc: Run, tmp_path: Path) -> None:
    with Telegram() as telegram, ZaloBot() as bot:
        env = {
            "CCHC_PUBLIC_URL": "https://hoi.example/",
            "CCHC_TELEGRAM_TOKEN": TOKEN,
            "CCHC_TELEGRAM_SECRET": SECRET,
            "CCHC_TELEGRAM_URL": telegram.url,
            "CCHC_ZALO_BOT_TOKEN": BOT_TOKEN,
            "CCHC_ZALO_BOT_SECRET": BOT_SECRET,
            "CCHC_ZALO_BOT_URL": bot.url,
        }
        for name in ("telegram", "zalo-bot"):
            run = run_cchc("bot", name, "--set-webhook", data=tmp_path, env=env)
            assert run.returncode == 0, run.stderr
        assert telegram.webhook == {"url": "https://hoi.example/webhooks/telegram", "secret": SECRET}
        assert bot.webhook == {"url": "https://hoi.example/webhooks/zalo-bot", "secret": BOT_SECRET}


def test_the_terminal_converses_and_remembers_between_two_runs(run_cchc: Run, data: Path) -> None:
    first = run_cchc("bot", "console", data=data, stdin="Thời hạn giải quyết khiếu nại lần đầu?\n")
    assert first.returncode == 0
    assert "30 ngày" in first.stdout and say("console_begins") in first.stdout
    second = run_cchc("bot", "console", data=data, stdin="/nguon\n/xoa\n/nguon\n")
    assert "“Điều 28." in second.stdout
    assert say("forgotten") in second.stdout and say("nothing_asked") in second.stdout
