"""Writes `docs/transcripts`: one conversation a channel over the sample documents, from the logs of the stand-ins.

Run from the checkout: `python tests/transcripts.py`.
"""

import json
import re
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from channel_desk import Office, office
from standins.server import StandIn

from bot.channels.console import converse
from bot.channels.talk import Talk
from corpus.store import Corpus
from index.embedding import load_embedder
from index.publishing import publish
from ingest.pipeline import ingest
from settings import Settings

ROOT = Path(__file__).resolve().parents[1]
OUT = ROOT / "docs" / "transcripts"
TITLES = {
    "telegram": "Telegram",
    "zalo-oa": "Zalo Official Account",
    "zalo-bot": "Zalo Bot Platform",
    "console": "Terminal",
    "conversation": "the terminal: ten turns that lean on each other",
}
LINES = [
    "/start",
    "Thời hạn giải quyết khiếu nại lần đầu là bao lâu?",
    "còn lần hai thì sao?",
    "Đề án tại Quyết định 905/QĐ-BNV gồm những nhiệm vụ, giải pháp nào?",
    "/nguon",
    "/ngay 31/2/2025",
    "/ngay 01/7/2020",
    "Nghị định 61/2018/NĐ-CP còn hiệu lực không?",
    "/ngay hôm nay",
    "Giá vàng hôm nay bao nhiêu? Gọi tôi 0912345678",
    "/gopy chưa đúng: tôi cần người trả lời",
    "/xoa",
]

#: Follow-ups, a slip of the hand, another document, the law's time, and what is not held.
CONVERSATION = [
    "thoi han giai quyet khieu nai lan dau la bao lau",
    "còn lần hai?",
    "vùng sâu, vùng xa thì sao?",
    "thời hiệu thì sao?",
    "Tố cáo giải quyết trong mấy ngày?",
    "Nghị định 61/2018 còn hiệu lực không?",
    "thế trước 1/1/2020?",
    "điều 4 nói gì?",
    "muc tieu den nam 2030 cua de an 905 la gi",
    "Mức lương cơ sở năm 2027 là bao nhiêu?",
]


def main() -> None:
    """Write the four transcripts."""
    OUT.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        samples, kept = Path(folder) / "samples", Path(folder) / "kept"
        kept.mkdir()
        settings = Settings(data_dir=samples)
        with Corpus.open(settings.dsn) as corpus:
            ingest([ROOT / "corpus" / "samples"], corpus, settings, sample=True)
            publish(corpus, settings, load_embedder(settings))
        with office(settings, kept) as here:
            _telegram(here)
            _zalo(here, here.oa, lambda event: here.oa.deliver(here.url, event), "zalo-oa")
            _zalo(here, here.bot, lambda event: here.bot.deliver(here.url, event), "zalo-bot")
            _console(here, "console", [*LINES[:2], "1", *LINES[2:]])
            _console(here, "conversation", CONVERSATION)


def _telegram(here: Office) -> None:
    telegram = here.telegram

    def tell(update: dict[str, Any]) -> None:
        telegram.deliver(here.url, update)
        here.settled()

    for line in LINES[:2]:
        tell(telegram.write(line))
    row = telegram.calls("sendMessage")[-1]["markup"]["inline_keyboard"]
    pressed = {one["text"]: one["callback_data"] for buttons in row for one in buttons}
    tell(telegram.press(pressed["Đúng"]))
    telegram.flood(1)
    for line in LINES[2:]:
        tell(telegram.write(line))
    tell(telegram.write("Một câu trong nhóm, không gọi tên trợ lý", chat=-100))
    tell(telegram.write("@cchc_bot Thời hạn giải quyết tố cáo là bao lâu?", chat=-100))
    _write("telegram", telegram)


def _zalo(here: Office, stand_in: Any, deliver: Callable[[dict[str, Any]], object], name: str) -> None:
    def tell(event: dict[str, Any]) -> None:
        deliver(event)
        here.settled()

    if name == "zalo-oa":
        stand_in.expire()  # the first message finds its token expired: it is renewed on the way
    for line in [*LINES[:2], "1", *LINES[2:]]:
        tell(stand_in.write(line))
    tell(stand_in.write("Một câu trong nhóm, không gọi tên trợ lý", group="nhom-1"))
    mention = "@Sở Nội vụ" if name == "zalo-oa" else "@Trợ lý CCHC"
    tell(stand_in.write(f"{mention} Thời hạn giải quyết tố cáo là bao lâu?", group="nhom-1"))
    _write(name, stand_in)


def _console(here: Office, name: str, typed: list[str]) -> None:
    said: list[str] = []
    lines = iter([*typed, "thoát"])

    def read(prompt: str) -> str:
        said.append(f"**> {(line := next(lines))}**")
        return line

    talk = Talk(here.desk, here.people, here.settings)
    converse(talk, read, lambda text: said.append(_quoted(text)) if text else None)
    _save(name, said)


def _write(name: str, stand_in: StandIn) -> None:
    """The log as it was heard by the server: who called what with which words."""
    lines = []
    for one in stand_in.log:
        what = dict(one.what)
        if one.who == "người dùng":
            place = f" (chat {what['chat']})" if what["chat"] != what["user"] else ""
            lines.append(f"**{what['user']}{place}:** {what.get('text') or 'bấm nút ' + what['pressed']}")
        elif one.who in ("sendMessage", "message"):
            text = what.get("shown") or what["text"]
            lines.append(f"`{one.who}` → {what.get('chat_id') or what['to']}\n\n{_quoted(text)}")
            rows = what.get("markup", {}).get("inline_keyboard", [])
            if rows:
                lines.append(" ".join(f"`[{button['text']}]`" for row in rows for button in row))
        else:
            hidden = ("refresh_token", "reply_markup", "text", "message")
            shown = {
                key: value
                for key, value in what.items()
                if key not in hidden or one.who == "answerCallbackQuery"
            }
            lines.append(f"`{one.who}` {json.dumps(shown, ensure_ascii=False)}")
    _save(name, lines)


def _quoted(text: str) -> str:
    return "\n".join(f"> {line}  " if line else ">" for line in text.split("\n"))


def _save(name: str, lines: list[str]) -> None:
    head = (
        f"# A conversation on {TITLES[name]}\n\nOver the sample documents, from the log of the stand-in server; written by "
        "`python tests/transcripts.py`. Ids of kept answers are replaced.\n"
    )
    text = "\n\n".join([head, *lines])
    text = re.sub(r"(/a/|[srw]:|c:\d+:)[\w-]{16}\b", r"\1ID", text)
    (OUT / f"{name}.md").write_text(re.sub(r"\n{3,}", "\n\n", text) + "\n", "utf-8")


if __name__ == "__main__":
    main()
