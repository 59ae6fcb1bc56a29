"""The conversation that all channels share: choices, memory with an end, rates, what happens when something breaks."""

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

import pytest
from own_minute import within_a_minute
from small_desk import decree, desk_over

from bot.answer import Answer, Status
from bot.channels.channel import Incoming, Style
from bot.channels.command import command_of, day_of
from bot.channels.console import converse
from bot.channels.talk import Reply, Talk
from bot.desk import HelpDesk
from bot.messages import say
from bot.people.store import People
from settings import Settings

TYPED = Style(2000, bubbles_max=2)
PRESSED = Style(4096, html=True, buttons=True)
TEXT = "Điều 1. Phạm vi\nQuyết định này ban hành kế hoạch.\n\nĐiều 2. Kinh phí\nKinh phí thực hiện là {sum} tỷ đồng.\n"
ASKED = "Kinh phí thực hiện Quyết định 1718/QĐ-UBND là bao nhiêu?"


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HelpDesk]:
    def plan(place: str, sum: int) -> tuple[object, str]:
        header = decree(
            "1718/QĐ-UBND",
            "Kế hoạch cải cách hành chính",
            kind="Quyết định",
            issuer=f"Ủy ban nhân dân tỉnh {place}",
        )
        return header, TEXT.format(sum=sum)

    folder = tmp_path_factory.mktemp("plans")
    with desk_over(folder, plan("Khánh Hòa", 5), plan("Lâm Đồng", 9)) as one:  # type: ignore[arg-type]
        yield one


class Clock:
    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path)


@pytest.fixture
def people(settings: Settings, clock: Clock) -> Iterator[People]:
    with People.open(settings, clock) as one:
        yield one


class Memory:
    """A desk that answers nothing and remembers what it was asked."""

    def __init__(self, desk: HelpDesk) -> None:
        self._desk = desk
        self.asked: list[tuple[str, tuple[str, ...], date | None]] = []

    def ask(self, question: str, history: Sequence[str] = (), as_of: date | None = None) -> Answer:
        self.asked.append((question, tuple(history), as_of))
        return self._desk.ask(question, history, as_of)


def write(talk: Talk, text: str, style: Style = TYPED, room: str = "") -> Reply:
    return talk.reply("thu", style, Incoming("e", "an", "an", text, room=room))


def press(talk: Talk, data: str) -> Reply:
    return talk.reply("thu", PRESSED, Incoming("e", "an", "an", button=data, press="p"))


def test_choices_are_buttons_that_ask_the_question_of_the_document_chosen(
    desk: HelpDesk, people: People, settings: Settings
) -> None:
    talk = Talk(desk, people, settings)
    (bubble,) = write(talk, ASKED, PRESSED).bubbles
    first, second = (row[0] for row in bubble.buttons)
    assert second.label == "Quyết định 1718/QĐ-UBND (Lâm Đồng): Kế hoạch cải cách hành…"
    assert all(len(one.data.encode()) <= 64 for one in (first, second))
    (answer,) = press(talk, second.data).bubbles
    assert "9 tỷ đồng" in answer.text and "5 tỷ đồng" not in answer.text


def test_choices_are_typed_by_number_where_there_are_no_buttons(
    desk: HelpDesk, people: People, settings: Settings
) -> None:
    talk = Talk(desk, people, settings)
    (bubble,) = write(talk, ASKED).bubbles
    assert "1. Quyết định 1718/QĐ-UBND (Khánh Hòa)" in bubble.text and say("typed_choice") in bubble.text
    assert "9 tỷ đồng" in write(talk, "2").bubbles[0].text


def test_a_number_that_is_no_choice_is_a_question(desk: HelpDesk, people: People, settings: Settings) -> None:
    memory = Memory(desk)
    talk = Talk(memory, people, settings)
    write(talk, ASKED)
    write(talk, "7")
    assert memory.asked[-1][0] == "7"


def test_the_conversation_ends_with_idleness_and_takes_the_day_along(
    desk: HelpDesk, people: People, settings: Settings, clock: Clock
) -> None:
    memory = Memory(desk)
    talk = Talk(memory, people, settings)
    write(talk, "/ngay 1/7/2025")
    write(talk, "Kinh phí?")
    write(talk, "Phạm vi?")
    assert memory.asked[-1] == ("Phạm vi?", ("Kinh phí?",), date(2025, 7, 1))
    clock.now += settings.conversation_idle_minutes * 60 + 1
    write(talk, "Kinh phí?")
    assert memory.asked[-1] == ("Kinh phí?", (), None)
    clock.now += settings.conversation_idle_minutes * 60 + 1
    assert write(talk, "/nguon").bubbles[0].text == say("nothing_asked")


def test_what_is_asked_in_a_group_stays_in_the_group(
    desk: HelpDesk, people: People, settings: Settings
) -> None:
    memory = Memory(desk)
    talk = Talk(memory, people, settings)
    write(talk, "Kinh phí?", room="g1")
    write(talk, "Phạm vi?")
    assert memory.asked[-1][1] == ()


def test_a_group_message_for_others_says_and_keeps_nothing(
    desk: HelpDesk, people: People, settings: Settings
) -> None:
    memory = Memory(desk)
    incoming = Incoming("e", "an", "an", "Kinh phí?", room="g1", addressed=False)
    assert Talk(memory, people, settings).reply("thu", TYPED, incoming) == Reply()
    assert memory.asked == []


def test_who_asks_too_fast_is_told_how_long_to_wait_and_others_are_not(
    desk: HelpDesk, people: People, settings: Settings
) -> None:
    talk = Talk(desk, people, settings.model_copy(update={"rate_limit_per_minute": 2}))
    within_a_minute()
    answers = [write(talk, "/start").bubbles[0].text for _ in range(3)]
    assert [text.startswith("Anh/chị hỏi quá nhanh.") for text in answers] == [False, False, True]
    other = talk.reply("thu", TYPED, Incoming("e", "binh", "binh", "/start"))
    assert "máy trả lời" in other.bubbles[0].text


class Broken:
    def ask(self, question: str, history: Sequence[str] = (), as_of: date | None = None) -> Answer:
        raise RuntimeError("bí mật bên trong")


def test_a_defect_becomes_a_sentence_that_tells_nothing_of_it(people: People, settings: Settings) -> None:
    (bubble,) = write(Talk(Broken(), people, settings), "Kinh phí?").bubbles
    assert bubble.text == say("error")


def test_feedback_needs_an_answer_and_a_word(desk: HelpDesk, people: People, settings: Settings) -> None:
    talk = Talk(desk, people, settings)
    assert write(talk, "/gopy sai").bubbles[0].text == say("nothing_asked")
    write(talk, "Kinh phí Quyết định 1718/QĐ-UBND tỉnh Lâm Đồng?")
    assert write(talk, "/gopy").bubbles[0].text == say("feedback_how")
    assert write(talk, "/gopy đúng").bubbles[0].text == say("feedback_right")
    assert write(talk, "/góp ý").bubbles  # an unknown spelling shows the commands instead of nothing
    assert write(talk, "/gopy số tiền đã đổi").bubbles[0].text == say("feedback_why")
    (question,) = people.questions(open_only=True)
    assert question.reasons == ("số tiền đã đổi",)


def test_what_is_kept_is_masked(desk: HelpDesk, people: People, settings: Settings) -> None:
    talk = Talk(desk, people, settings)
    write(talk, "Tôi là An, điện thoại 0912345678, hỏi kinh phí?")
    last = people.conversation(people.asker("thu", "an")).last
    assert last is not None and "0912345678" not in last.question


def test_the_console_is_the_same_conversation(desk: HelpDesk, people: People, settings: Settings) -> None:
    lines = iter([ASKED, "2", "/nguon", "/ngay 32/1/2025", "", "thoát", "nie gelesen"])
    written: list[str] = []
    converse(Talk(desk, people, settings), read=lambda prompt: next(lines), write=written.append)
    said = "\n".join(written)
    assert written[0] == say("console_begins") and "máy trả lời" in written[0]
    assert "9 tỷ đồng" in said and "“Điều 2. Kinh phí" in said
    assert say("as_of_wrong", typed="32/1/2025") in said
    assert next(lines) == "nie gelesen"


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("01/7/2025", date(2025, 7, 1)),
        ("1-7-2025", date(2025, 7, 1)),
        ("1.7.2025", date(2025, 7, 1)),
        ("2025-07-01", date(2025, 7, 1)),
        ("ngày 1 tháng 7 năm 2025", date(2025, 7, 1)),
        ("30/2/2025", None),
        ("7/2025", None),
        ("01/7/2125", None),
        ("hôm qua", None),
        ("١/٧/٢٠٢٥ x", None),
    ],
)
def test_days_are_read_as_people_write_them(typed: str, day: date | None) -> None:
    assert day_of(typed) == day


def test_commands_are_read_with_or_without_marks_and_whom_they_are_for() -> None:
    found = command_of("/Nguồn@CCHC_bot  thêm\nnữa")
    assert found is not None and (found.name, found.robot, found.rest) == ("nguon", "cchc_bot", "thêm\nnữa")
    assert command_of("a /nguon") is None and command_of("/") is None and command_of("//x") is None


def test_every_status_is_said(people: People, settings: Settings) -> None:
    class Says:
        def __init__(self, status: Status) -> None:
            self.status = status

        def ask(self, question: str, history: Sequence[str] = (), as_of: date | None = None) -> Answer:
            return Answer.model_validate(
                {
                    "status": self.status,
                    "composer": "extractive",
                    "text": "Lời đáp.",
                    "notice": "Máy.",
                    "as_of": "2026-01-01",
                }
            )

    for status in Status:
        for style in (TYPED, PRESSED):
            assert (
                write(Talk(Says(status), people, settings), "Kinh phí?", style)
                .bubbles[0]
                .text.startswith("Lời đáp.")
            )
