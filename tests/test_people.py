"""What is kept about those who ask: conversations that end, turns, questions for a person, erasing."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from held_people import START, Clock, answer, people_in, refusal
from sqlalchemy import create_engine, text

from bot.answer import Status
from bot.people.conversation import TURNS
from bot.people.store import EVENT_S, Conversation, People, Purged


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def people(tmp_path: Path, clock: Clock) -> Iterator[People]:
    with people_in(tmp_path, clock) as opened:
        yield opened


@pytest.fixture
def lan(people: People) -> str:
    return people.asker("telegram", "8123456789")


# Who asks


def test_an_asker_is_the_same_on_one_channel_and_another_on_the_next(people: People, lan: str) -> None:
    assert people.asker("telegram", "8123456789") == lan
    assert people.asker("zalo-oa", "8123456789") != lan
    assert people.asker("telegram", "8123456780") != lan
    assert "8123456789" not in lan and lan.startswith("telegram:")


def test_another_data_folder_gives_other_hashes(tmp_path: Path, lan: str) -> None:
    with people_in(tmp_path / "khac") as others:
        assert others.asker("telegram", "8123456789") != lan


def test_an_event_is_new_once_and_forgotten_after_some_days(people: People, clock: Clock) -> None:
    assert people.first_time("telegram:update:17")
    assert not people.first_time("telegram:update:17")
    assert people.first_time("telegram:update:18")
    clock.turn(seconds=EVENT_S + 1)
    assert people.purge().events == 2
    assert people.first_time("telegram:update:17")


# Conversation


def test_a_conversation_remembers_the_questions_masked_and_the_last_answer(people: People, lan: str) -> None:
    people.remember(lan, "", "Thời hạn giải quyết khiếu nại?", answer())
    id = people.remember(lan, "", "Tôi là 0912345678, còn lần hai?", answer("Theo Điều 37: 45 ngày."))
    talk = people.conversation(lan)
    assert talk.history == ("Thời hạn giải quyết khiếu nại?", "Tôi là [số điện thoại], còn lần hai?")
    assert talk.last is not None and talk.last.id == id and talk.last.answer.text == "Theo Điều 37: 45 ngày."


def test_rooms_and_askers_do_not_share_a_conversation(people: People, lan: str) -> None:
    minh = people.asker("telegram", "2")
    people.remember(lan, "-100", "Câu trong nhóm", answer())
    people.set_as_of(lan, "-100", date(2020, 1, 1))
    assert people.conversation(lan) == Conversation()
    assert people.conversation(minh, "-100") == Conversation()
    assert people.conversation(lan, "-100").history == ("Câu trong nhóm",)


def test_a_conversation_ends_when_nobody_asks_and_its_day_with_it(
    people: People, lan: str, clock: Clock
) -> None:
    people.set_as_of(lan, "", date(2020, 1, 1))
    people.remember(lan, "", "Câu một", answer())
    clock.turn(minutes=29)
    assert people.conversation(lan).as_of == date(2020, 1, 1)
    people.remember(lan, "", "Câu hai", answer())
    clock.turn(minutes=29)
    assert people.conversation(lan).history == ("Câu một", "Câu hai")
    clock.turn(minutes=2)
    assert people.conversation(lan) == Conversation()
    people.remember(lan, "", "Câu ba", answer())
    talk = people.conversation(lan)
    assert (talk.history, talk.as_of) == (("Câu ba",), None)


def test_how_long_a_conversation_waits_is_a_setting(tmp_path: Path) -> None:
    clock = Clock()
    with people_in(tmp_path, clock, conversation_idle_minutes=5) as people:
        asker = people.asker("web", "x")
        people.remember(asker, "", "Câu một", answer())
        clock.turn(minutes=6)
        assert people.conversation(asker) == Conversation()


def test_a_long_conversation_keeps_its_newest_questions(people: People, lan: str) -> None:
    for count in range(TURNS + 3):
        people.remember(lan, "", f"Câu {count}", answer())
    assert people.conversation(lan).history == tuple(f"Câu {count}" for count in range(3, TURNS + 3))


def test_the_day_can_be_chosen_and_given_back(people: People, lan: str) -> None:
    people.set_as_of(lan, "", date(2019, 5, 1))
    assert people.conversation(lan) == Conversation(as_of=date(2019, 5, 1))
    people.set_as_of(lan, "", None)
    assert people.conversation(lan) == Conversation()


def test_nobody_has_no_conversation_but_his_turn_is_kept(people: People) -> None:
    nobody = people.asker("web", "")
    id = people.remember(nobody, "", "Một câu hỏi", refusal())
    people.set_as_of(nobody, "", date(2019, 5, 1))
    assert people.conversation(nobody) == Conversation()
    assert people.kept(id) is not None and len(people.questions()) == 1
    assert people.forget(nobody) == 0
    assert people.kept(id) is not None


# Kept turns


def test_a_turn_is_kept_under_a_short_id(people: People, lan: str) -> None:
    id = people.remember(lan, "", "Thời hạn?", answer())
    assert len(id) <= 16 and id.replace("-", "").replace("_", "").isalnum()
    kept = people.kept(id)
    assert kept is not None
    assert (kept.question, kept.channel, kept.at, kept.answer.id) == ("Thời hạn?", "telegram", START, id)
    assert people.kept("khong-co") is None


def test_what_an_answer_repeats_of_the_asker_is_masked_and_what_its_sources_say_is_not(
    tmp_path: Path,
) -> None:
    contact = "Phòng CCHC, điện thoại 0258 3822 123"
    with people_in(tmp_path, contact=contact) as people:
        said = refusal(f"Không tìm thấy căn cứ cho 0912345678.\n\nNơi có thể hỏi thêm: {contact}.")
        kept = people.kept(people.remember(people.asker("web", "x"), "", "0912345678?", said))
    assert kept is not None
    expected = f"Không tìm thấy căn cứ cho [số điện thoại].\n\nNơi có thể hỏi thêm: {contact}."
    assert kept.answer.text == expected


def test_a_question_is_masked_before_it_is_cut(tmp_path: Path) -> None:
    with people_in(tmp_path, question_max_chars=50) as people:
        id = people.remember(people.asker("web", "x"), "", "x" * 44 + " 0912345678", answer())
        kept = people.kept(id)
    assert kept is not None and kept.question == "x" * 44 + " [số đ"


def test_what_no_database_takes_is_left_out(people: People, lan: str) -> None:
    kept = people.kept(people.remember(lan, "", "Điều\0 3 \ud800?", answer()))
    assert kept is not None and kept.question == "Điều 3 ?"


# Questions for a person


@pytest.mark.parametrize("status", [Status.NO_EVIDENCE, Status.OUT_OF_SCOPE, Status.HANDED_OFF])
def test_a_refused_question_waits_for_a_person(people: People, lan: str, status: Status) -> None:
    people.remember(lan, "", "Phí cấp lại giấy phép là bao nhiêu?", answer("Không có.", status))
    (one,) = people.questions(open_only=True)
    assert (one.question, one.count, one.channels) == (
        "Phí cấp lại giấy phép là bao nhiêu?",
        1,
        ("telegram",),
    )


@pytest.mark.parametrize("status", sorted(set(Status) - {"no_evidence", "out_of_scope", "handed_off"}))
def test_other_answers_wait_for_nobody(people: People, lan: str, status: Status) -> None:
    people.remember(lan, "", "Một câu", answer("Chữ.", status))
    assert people.questions() == []


def test_the_same_words_are_one_question_however_they_are_typed(
    people: People, lan: str, clock: Clock
) -> None:
    people.remember(lan, "", "Phí cấp lại là bao nhiêu?", refusal())
    clock.turn(days=1)
    people.remember(people.asker("web", ""), "", "phi cap lai  LA bao nhieu?", refusal())
    (one,) = people.questions()
    assert (one.count, one.channels) == (2, ("telegram", "web"))
    assert (one.first_at, one.last_at) == (START, START + timedelta(days=1))


def test_a_wrong_answer_opens_the_question_with_the_reason_masked(people: People, lan: str) -> None:
    id = people.remember(lan, "", "Thời hạn?", answer())
    assert people.questions() == []
    assert people.feedback(id, False, "Sai rồi, gọi 0912345678")
    (one,) = people.questions()
    assert (one.disputed, one.reasons, one.is_open) == (1, ("Sai rồi, gọi [số điện thoại]",), True)
    assert one.disputed_answer == answer().text
    kept = people.kept(id)
    assert kept is not None and (kept.right, kept.why) == (False, "Sai rồi, gọi [số điện thoại]")


def test_an_asker_may_change_his_mind(people: People, lan: str) -> None:
    id = people.remember(lan, "", "Thời hạn?", answer())
    people.feedback(id, False)
    people.feedback(id, True)
    assert people.questions() == []


def test_feedback_on_what_is_not_kept_is_said(people: People) -> None:
    assert not people.feedback("khong-co", False, "x")


def test_a_closed_question_keeps_its_note_and_opens_when_it_is_refused_again(
    people: People, lan: str
) -> None:
    people.remember(lan, "", "Phí là bao nhiêu?", refusal())
    (one,) = people.questions()
    assert people.close_question(one.id, "Đã nạp Thông tư; hỏi anh A 0912345678")
    assert people.questions(open_only=True) == []
    (closed,) = people.questions()
    assert (closed.closed_at, closed.note) == (START, "Đã nạp Thông tư; hỏi anh A [số điện thoại]")
    people.remember(lan, "", "Phí là bao nhiêu?", refusal())
    (again,) = people.questions(open_only=True)
    assert (again.count, again.note) == (2, closed.note)
    assert not people.close_question(999)


def test_a_follow_up_says_what_it_followed(people: People, lan: str) -> None:
    people.remember(lan, "", "Cấp tỉnh báo cáo khi nào?", answer())
    people.remember(lan, "", "còn cấp xã thì sao?", refusal())
    people.remember(people.asker("web", ""), "", "còn cấp xã thì sao?", refusal(), after="Ai phải báo cáo?")
    people.remember(lan, "", "còn cấp xã thì sao?", refusal())  # impatience is no context
    (one,) = people.questions()
    assert one.after == ("Cấp tỉnh báo cáo khi nào?", "Ai phải báo cáo?")


def test_open_questions_come_first_then_the_most_asked(people: People, lan: str, clock: Clock) -> None:
    for words in ("một", "hai", "hai", "ba"):
        people.remember(lan, "", words, refusal())
        clock.turn(minutes=1)
    assert [one.question for one in people.questions()] == ["hai", "ba", "một"]
    people.close_question(people.questions()[0].id)
    assert [one.question for one in people.questions()] == ["ba", "một", "hai"]
    since = START + timedelta(minutes=3)
    assert [one.question for one in people.questions(since=since)] == ["ba"]


# Erasing


def test_forgetting_erases_everything_of_one_asker_and_nothing_of_another(people: People, lan: str) -> None:
    minh = people.asker("telegram", "2")
    mine = [people.remember(lan, room, words, refusal()) for room, words in (("", "của Lan"), ("g", "chung"))]
    his = people.remember(minh, "", "chung", refusal())
    people.set_as_of(lan, "", date(2020, 1, 1))
    people.post("telegram", "8123456789", ["x"], "e1", asker=lan)
    people.post("telegram", "2", ["y"], "e2", asker=minh)
    assert people.forget(lan) == 2
    assert [people.kept(id) for id in mine] == [None, None]
    assert people.conversation(lan) == people.conversation(lan, "g") == Conversation()
    assert people.kept(his) is not None
    assert [(one.question, one.count) for one in people.questions()] == [("chung", 1)]
    assert [one.address for one in people.due("telegram")] == ["2"]


def test_what_is_older_than_the_retention_is_purged_and_counted(tmp_path: Path) -> None:
    clock = Clock()
    with people_in(tmp_path, clock, retention_days=10) as people:
        lan = people.asker("telegram", "1")
        old = people.remember(lan, "", "cũ", refusal())
        people.first_time("e")
        people.post("telegram", "1", [], "e")
        clock.turn(days=9)
        new = people.remember(lan, "", "mới", refusal())
        assert people.purge() == Purged(turns=0, questions=0, conversations=0, events=1, addresses=1)
        clock.turn(days=2)
        assert people.purge() == Purged(turns=1, questions=1, conversations=1, events=0, addresses=0)
        assert people.kept(old) is None and people.kept(new) is not None
        assert [one.question for one in people.questions()] == ["mới"]


def test_a_day_can_be_purged_ahead(people: People, lan: str) -> None:
    people.remember(lan, "", "câu", answer())
    assert people.purge(START + timedelta(days=89)).turns == 0
    assert people.purge(START + timedelta(days=91)).turns == 1


def test_an_answer_of_an_older_shape_is_as_if_it_were_not_kept(
    people: People, lan: str, tmp_path: Path
) -> None:
    id = people.remember(lan, "", "câu", refusal())
    with create_engine(f"sqlite:///{tmp_path / 'people.db'}").begin() as connection:
        connection.execute(text("UPDATE turns SET answer = '{\"gone\": 1}'"))
    assert people.kept(id) is None
    assert people.conversation(lan) == Conversation(history=("câu",))
    assert people.feedback(id, False) and len(people.questions()) == 1
