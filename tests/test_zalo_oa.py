"""The Zalo Official Account: signatures on the raw body, tokens that are used once, errors inside HTTP 200."""

import json
import re
import stat
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from channel_desk import PUBLIC, START_S, Office, channel_settings, office, started
from own_port import own_port
from pydantic import SecretStr
from standins.server import post, until
from standins.telegram import Telegram
from standins.zalo_bot import ZaloBot
from standins.zalo_oa import APP_ID, SECRET, ZaloOa

from bot.channels.channel import Wait
from bot.channels.zalo_token import NotAuthorised, ZaloTokens, new_verifier
from bot.messages import say
from settings import Settings

QUESTION = "Thời hạn giải quyết khiếu nại lần đầu là bao lâu?"
LONG = "Đề án tại Quyết định 905/QĐ-BNV gồm những nhiệm vụ, giải pháp nào?"
PAGE = re.compile(rf"Xem đầy đủ: {PUBLIC}/a/([\w-]+)$", re.MULTILINE)


@pytest.fixture
def here(sample_desk_settings: Settings, tmp_path: Path) -> Iterator[Office]:
    with office(sample_desk_settings, tmp_path) as one:
        yield one


def said(here: Office, text: str) -> list[str]:
    """All that comes of a message."""
    before = len(here.oa.calls("message"))
    assert here.oa.deliver(here.url, here.oa.write(text)).status_code == 200
    here.settled()
    return [one["text"] for one in here.oa.calls("message")[before:]]


def test_a_question_is_answered_in_plain_text_with_citation_notice_and_link(here: Office) -> None:
    (text,) = said(here, QUESTION)
    assert here.oa.calls("message")[0]["to"] == "z7"
    assert "tối đa 30 ngày" in text and "[1] Điều 28, Luật 02/2011/QH13 (Còn hiệu lực)" in text
    assert say("notice") in text and say("typed_feedback") in text
    assert not re.search(r"<[a-z/]", text)
    page = PAGE.search(text)
    assert page is not None
    kept = here.people.kept(page[1])
    assert kept is not None and kept.channel == "zalo-oa"


def test_a_long_answer_is_two_bubbles_at_most_in_their_order(here: Office) -> None:
    assert len(said(here, LONG)) <= 2
    here.oa.failures.append(-32)  # the first try of the first bubble fails: the second must not overtake it
    first, second = said(here, "/nguon")
    assert len(here.oa.calls("refused")) == 1
    assert "[1]" in first and "[1]" not in second and not PAGE.search(first)
    assert all(len(text) <= 2000 for text in (first, second))


def test_feedback_is_typed(here: Office) -> None:
    said(here, QUESTION)
    assert said(here, "2") == [say("feedback_wrong")]
    assert [one.question for one in here.people.questions(open_only=True)] == [QUESTION]
    assert said(here, "1") == [say("feedback_right")]
    assert here.people.questions(open_only=True) == []


def test_a_number_is_no_feedback_where_nothing_was_answered(here: Office) -> None:
    said(here, "1")
    assert here.desk.asked[-1][0] == "1"


def test_the_commands_work_as_on_every_channel(here: Office) -> None:
    assert "máy trả lời, không phải cán bộ" in said(here, "/start")[0]
    said(here, "/ngay 1/7/2025")
    said(here, QUESTION)
    assert here.desk.asked[-1][2] == date(2025, 7, 1)
    assert "“Điều 28." in said(here, "/nguồn")[0]
    assert said(here, "/xoa") == [say("forgotten")]
    assert said(here, "/nguon") == [say("nothing_asked")]


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        (QUESTION, False),
        (f"@Sở Nội vụ {QUESTION}", True),
        (f"{QUESTION} @sở nội vụ", True),
        (f"@Sở Nội vụng {QUESTION}", False),
        (f"@An {QUESTION}", False),
        ("/start", True),
        ("/lệnh_khác", False),
        ("1", False),
    ],
)
def test_a_group_is_answered_in_the_group_and_only_when_it_addresses_the_account(
    here: Office, text: str, meant: bool
) -> None:
    here.oa.deliver(here.url, here.oa.write(text, group="g1"))
    here.settled()
    assert [(one["kind"], one["to"]) for one in here.oa.calls("message")] == [("group_id", "g1")] * meant
    if meant and QUESTION in text:
        assert here.desk.asked[-1][0] == QUESTION


def test_the_signature_is_over_the_raw_body_and_its_prefix_may_be_absent(here: Office) -> None:
    event = here.oa.write("/start")
    assert here.oa.deliver(here.url, event, prefix="").status_code == 200
    here.settled()
    assert len(here.oa.calls("message")) == 1
    # the same JSON written otherwise is another body: its signature is another
    body = json.dumps(event).encode()
    signed_otherwise = ZaloOa.signature(json.dumps(event, indent=1).encode(), event["timestamp"])
    headers = {"X-ZEvent-Signature": f"mac={signed_otherwise}"}
    assert post(f"{here.url}/webhooks/zalo-oa", body, headers).status_code == 401


def test_forged_events_are_refused(here: Office) -> None:
    event = here.oa.write(QUESTION)
    assert here.oa.deliver(here.url, event, secret="sai").status_code == 401
    body = json.dumps(event).encode()
    for headers in ({}, {"X-ZEvent-Signature": ""}, {"X-ZEvent-Signature": "mac="}):
        assert post(f"{here.url}/webhooks/zalo-oa", body, headers).status_code == 401
    signature = ZaloOa.signature(body, event["timestamp"])
    changed = body.replace(b"z7", b"z8")
    refused = post(f"{here.url}/webhooks/zalo-oa", changed, {"X-ZEvent-Signature": f"mac={signature}"})
    assert refused.status_code == 401
    here.settled()
    assert here.desk.asked == []


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"[]",
        b"null",
        b'{"timestamp": "17"}',
        b'{"event_name": "user_send_text", "timestamp": "17"}',
        b'{"event_name": "user_send_text", "message": {"msg_id": null}, "timestamp": "17"}',
        b'{"event_name": "user_send_text", "timestamp": "17", "message": ',
        b'{"event_name": "follow", "timestamp": "17"}',
    ],
)
def test_a_signed_body_that_is_no_event_is_refused_without_a_trace(here: Office, body: bytes) -> None:
    timestamp = "17" if b"timestamp" in body else ""
    headers = {"X-ZEvent-Signature": f"mac={ZaloOa.signature(body, timestamp)}"}
    reply = post(f"{here.url}/webhooks/zalo-oa", body, headers)
    assert reply.status_code == (200 if b"follow" in body else 400)
    assert "Traceback" not in reply.text


def test_a_replay_is_dropped(here: Office) -> None:
    event = here.oa.write(QUESTION)
    for _ in range(3):
        assert here.oa.deliver(here.url, event).status_code == 200
    here.settled()
    assert here.oa.deliver(here.url, event).status_code == 200  # once more, now that it is answered
    here.settled()
    assert len(here.oa.calls("message")) == 1
    assert len(here.desk.asked) == 1


def test_an_expired_token_is_renewed_once_stored_and_the_message_sent(here: Office) -> None:
    here.oa.expire()
    said(here, "/start")
    said(here, "/start")
    assert [one["refresh_token"] for one in here.oa.calls("access_token")] == ["refresh-0"]
    stored = here.settings.data_dir / "zalo-oa-tokens.json"
    assert json.loads(stored.read_text())["refresh"] == here.oa.refresh
    assert stat.S_IMODE(stored.stat().st_mode) == 0o600
    here.oa.expire()
    said(here, "/start")
    assert len(here.oa.calls("access_token")) == 2


def test_a_message_refused_for_the_tier_is_given_up_and_others_are_tried_again(here: Office) -> None:
    here.oa.failures.append(-224)
    assert said(here, "/start") == []
    assert len(said(here, "/start")) == 1
    here.oa.failures.append(-9)
    assert len(said(here, "/start")) == 1
    assert len(here.oa.calls("refused")) == 2


# -- tokens --------------------------------------------------------------------------------------------------


@pytest.fixture
def oa() -> Iterator[ZaloOa]:
    with ZaloOa() as one:
        yield one


def settings_for(oa: ZaloOa, folder: Path, **more: object) -> Settings:
    with Telegram() as telegram, ZaloBot() as bot:
        return channel_settings(Settings(data_dir=folder), folder, telegram, oa, bot, **more)


def test_many_at_once_spend_the_refresh_token_once(oa: ZaloOa, tmp_path: Path) -> None:
    """Each with its own object, as processes have: only the lock and the file are shared."""
    oa.expire()
    settings = settings_for(oa, tmp_path)
    together = threading.Barrier(8)

    def renew() -> str:
        tokens = ZaloTokens(settings)
        together.wait()
        return tokens.renewed("access-0")

    with ThreadPoolExecutor(8) as pool:
        renewed = [one.result() for one in [pool.submit(renew) for _ in range(8)]]
    assert set(renewed) == {oa.access}
    assert len(oa.calls("access_token")) == 1


def test_a_token_near_its_end_is_renewed_before(oa: ZaloOa, tmp_path: Path) -> None:
    tokens = ZaloTokens(settings_for(oa, tmp_path))
    assert tokens.access() == "access-0"
    tokens.renewed("access-0")
    file = tmp_path / "zalo-oa-tokens.json"
    pair = json.loads(file.read_text())
    assert tokens.access() == pair["access"]
    file.write_text(json.dumps(pair | {"ends_at": 1.0}))
    assert tokens.access() == oa.access != pair["access"]


def test_a_reused_refresh_token_waits_for_a_person_and_says_what_to_run(oa: ZaloOa, tmp_path: Path) -> None:
    oa.expire()
    oa.spent.add("refresh-0")
    tokens = ZaloTokens(settings_for(oa, tmp_path))
    with pytest.raises(NotAuthorised, match=r"-14020.*cchc bot zalo-oa --authorise"):
        tokens.renewed("access-0")
    assert not (tmp_path / "zalo-oa-tokens.json").exists()


def test_without_a_connection_nothing_is_lost(tmp_path: Path) -> None:
    with ZaloOa() as gone:
        settings = settings_for(gone, tmp_path)
    with pytest.raises(Wait, match="Connect"):
        ZaloTokens(settings).renewed("access-0")


def test_a_new_refresh_token_in_the_settings_replaces_what_is_kept(oa: ZaloOa, tmp_path: Path) -> None:
    ZaloTokens(settings_for(oa, tmp_path)).renewed("access-0")
    newer = oa.refresh
    given = {"zalo_oa_refresh_token": SecretStr(newer), "zalo_oa_access_token": None}
    fresh = ZaloTokens(settings_for(oa, tmp_path, **given))
    assert fresh.access() == oa.access
    assert [one["refresh_token"] for one in oa.calls("access_token")] == ["refresh-0", newer]


def test_an_account_is_authorised_with_a_code_and_its_verifier(oa: ZaloOa, tmp_path: Path) -> None:
    settings = settings_for(oa, tmp_path, zalo_oa_access_token=None, zalo_oa_refresh_token=None)
    tokens, verifier = ZaloTokens(settings), new_verifier()
    with pytest.raises(NotAuthorised, match="chưa được cấp quyền"):
        tokens.access()
    url = urlsplit(tokens.authorise_url("https://hoi.example/", verifier))
    query = {name: values[0] for name, values in parse_qs(url.query).items()}
    assert url.path == "/v4/oa/permission"
    assert (query["app_id"], query["redirect_uri"]) == (APP_ID, "https://hoi.example/")
    oa.codes["ma-1"] = query["code_challenge"]
    tokens.authorised("ma-1", verifier)
    assert tokens.access() == oa.access
    with pytest.raises(NotAuthorised, match="-14003"):
        tokens.authorised("ma-1", verifier)


def test_the_account_runs_alone_with_its_webhook(
    sample_desk_settings: Settings, oa: ZaloOa, tmp_path: Path
) -> None:
    env = {
        "CCHC_ZALO_OA_APP_ID": APP_ID,
        "CCHC_ZALO_OA_SECRET": SECRET,
        "CCHC_ZALO_OA_URL": oa.url,
        "CCHC_ZALO_OA_ACCESS_TOKEN": "access-0",
    }
    with own_port() as port:
        env["CCHC_PORT"] = str(port)
        with started("zalo-oa", sample_desk_settings, tmp_path, env) as process:
            until(lambda: answers(port) or process.poll() is not None, START_S)
            assert oa.deliver(f"http://127.0.0.1:{port}", oa.write(QUESTION)).status_code == 200
            (message,) = oa.wait_for("message")
            assert "30 ngày" in message["text"]


def answers(port: int) -> bool:
    import httpx

    try:
        return httpx.get(f"http://127.0.0.1:{port}/health/live").status_code == 200
    except httpx.HTTPError:
        return False
