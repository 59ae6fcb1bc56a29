"""One message in, the bubbles of its reply out: commands, questions, feedback. The same on every channel.

Called by the switchboard and by the console. Knows nothing of any channel but its `Style`.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from bot.answer import Answer, Status
from bot.channels.channel import Bubble, Button, Incoming, Style
from bot.channels.command import Command, command_of, day_of
from bot.channels.shape import answer_bubbles, shortened, source_bubbles, text_bubbles, with_buttons
from bot.messages import say
from bot.people.store import Conversation, Kept, People
from bot.quota import Quota
from bot.quoting import day_text
from corpus.spelling import fold
from settings import Settings

log = logging.getLogger("cchc.channels")

#: What a pressed button carries begins with one of these.
SOURCES, RIGHT, WRONG, CHOICE = "s:", "r:", "w:", "c:"
#: Of these an asker can say whether they are right.
_CAN_BE_RIGHT = frozenset((Status.ANSWERED, Status.PARTIAL, Status.NOT_IN_FORCE, Status.NO_EVIDENCE))
#: As many buttons for choices as are read at a glance.
_CHOICES_MAX = 8
_LABEL_MAX = 60


class Desk(Protocol):
    """What a channel needs of the desk."""

    def ask(self, question: str, history: Sequence[str] = (), as_of: date | None = None) -> Answer: ...


@dataclass(frozen=True, slots=True)
class Reply:
    bubbles: tuple[Bubble, ...] = ()
    toast: str = ""  # shown for a moment to whoever pressed a button


@dataclass(frozen=True, slots=True)
class _Asked:
    """A message with who wrote it and how it is to be answered."""

    channel: str
    style: Style
    asker: str
    room: str


class Talk:
    """May be shared by threads."""

    def __init__(self, desk: Desk, people: People, settings: Settings) -> None:
        self._desk = desk
        self._people = people
        self._base = settings.public_url.rstrip("/")
        self._quota = Quota(settings)

    def reply(self, channel: str, style: Style, incoming: Incoming) -> Reply:
        """What is said to a message; nothing where the desk was not meant. Never raises."""
        if not incoming.addressed:
            return Reply()
        try:
            asked = _Asked(channel, style, self._people.asker(channel, incoming.sender), incoming.room)
            if wait_s := self._too_fast(asked):
                return self._say(asked, "channel_too_fast", seconds=wait_s)
            if incoming.button:
                return self._pressed(asked, incoming.button)
            return self._written(asked, incoming.text.strip())
        except Exception:
            log.exception("a message of %s could not be answered", channel)
            return Reply(tuple(text_bubbles(say("error"), style)))

    def _too_fast(self, asked: _Asked) -> int:
        """Seconds to wait; 0: go ahead."""
        allowance = self._quota.of_person(asked.channel, asked.asker)
        return 0 if allowance is None or allowance.allowed else allowance.wait_s

    # -- what was written ------------------------------------------------------------------------------------

    def _written(self, asked: _Asked, text: str) -> Reply:
        if not text:
            return self._say(asked, "channel_empty" if asked.room else "channel_text_only")
        if (command := command_of(text)) is not None:
            return self._command(asked, command)
        conversation = self._people.conversation(asked.asker, asked.room)
        if not asked.style.buttons and text.isdecimal() and conversation.last is not None:
            typed = self._typed_number(asked, int(text), conversation.last)
            if typed is not None:
                return typed
        return self._ask(asked, text, conversation)

    def _typed_number(self, asked: _Asked, number: int, last: Kept) -> Reply | None:
        """A choice or feedback by its number, where there are no buttons; None where it is neither."""
        choices = _choices(last.answer)
        if 1 <= number <= len(choices):
            return self._chosen(asked, last, number)
        if not choices and last.answer.status in _CAN_BE_RIGHT and number in (1, 2):
            return self._judged(asked, last.id, number == 1)
        return None

    def _ask(self, asked: _Asked, question: str, conversation: Conversation) -> Reply:
        answer = self._desk.ask(question, conversation.history, conversation.as_of)
        if answer.status is Status.ERROR:
            return Reply(tuple(text_bubbles(answer.text, asked.style)))
        id = self._people.remember(asked.asker, asked.room, question, answer)
        notes = []
        if conversation.as_of is not None and answer.citations:
            notes = [say("as_of_note", day=day_text(conversation.as_of))]
        style, choices = asked.style, _choices(answer)
        can_be_right = answer.status in _CAN_BE_RIGHT
        hints = []
        if not style.buttons:
            if choices:
                answer = _numbered(answer, choices)
                hints = [say("typed_choice")]
            elif can_be_right:
                hints = [say("typed_feedback")]
        bubbles = answer_bubbles(answer, style, self._page(id), self._base, notes, hints)
        if style.buttons:
            bubbles = with_buttons(bubbles, _buttons(id, answer, choices, can_be_right))
        return Reply(tuple(bubbles))

    # -- commands --------------------------------------------------------------------------------------------

    def _command(self, asked: _Asked, command: Command) -> Reply:
        match command.name:
            case "nguon":
                return self._sources(asked, self._people.conversation(asked.asker, asked.room).last)
            case "ngay":
                return self._as_of(asked, command.rest)
            case "xoa":
                self._people.forget(asked.asker)
                return self._say(asked, "forgotten")
            case "gopy":
                return self._feedback(asked, command.rest)
            case _:
                return self._say(asked, "channel_start", commands=say("channel_commands"))

    def _sources(self, asked: _Asked, kept: Kept | None) -> Reply:
        if kept is None:
            return self._say(asked, "nothing_asked")
        if not kept.answer.citations:
            return self._say(asked, "no_sources")
        return Reply(tuple(source_bubbles(kept.answer, asked.style, self._page(kept.id), self._base)))

    def _as_of(self, asked: _Asked, typed: str) -> Reply:
        if not typed:
            chosen = self._people.conversation(asked.asker, asked.room).as_of
            return (
                self._say(asked, "as_of_set", day=day_text(chosen))
                if chosen
                else self._say(asked, "as_of_today")
            )
        if fold(typed) in ("hom nay", "nay", "bay gio", "hien tai"):
            self._people.set_as_of(asked.asker, asked.room, None)
            return self._say(asked, "as_of_today")
        day = day_of(typed)
        if day is None:
            return self._say(asked, "as_of_wrong", typed=typed[:40])
        self._people.set_as_of(asked.asker, asked.room, day)
        return self._say(asked, "as_of_set", day=day_text(day))

    def _feedback(self, asked: _Asked, typed: str) -> Reply:
        last = self._people.conversation(asked.asker, asked.room).last
        if last is None:
            return self._say(asked, "nothing_asked")
        if not typed:
            return self._say(asked, "feedback_how")
        head, _, why = typed.partition(":")
        verdict = fold(head).strip(" .!")
        if verdict in ("dung", "1"):
            return self._judged(asked, last.id, True, why.strip())
        if verdict in ("chua dung", "sai", "khong dung", "2"):
            return self._judged(asked, last.id, False, why.strip())
        return self._judged(asked, last.id, False, typed)

    # -- buttons ---------------------------------------------------------------------------------------------

    def _pressed(self, asked: _Asked, data: str) -> Reply:
        kind, id = data[:2], data[2:]
        if kind in (RIGHT, WRONG):
            reply = self._judged(asked, id, kind == RIGHT)
            return Reply((), reply.toast) if kind == RIGHT else reply
        if kind == CHOICE:
            number, _, id = id.partition(":")
            kept = self._people.kept(id)
            if kept is not None and number.isdecimal() and 1 <= int(number) <= len(_choices(kept.answer)):
                return self._chosen(asked, kept, int(number))
        if kind == SOURCES and (kept := self._people.kept(id)) is not None:
            return self._sources(asked, kept)
        return self._say(asked, "nothing_asked")

    def _chosen(self, asked: _Asked, kept: Kept, number: int) -> Reply:
        question = f"{kept.question} ({_names(_choices(kept.answer))[number - 1]})"
        return self._ask(asked, question, self._people.conversation(asked.asker, asked.room))

    def _judged(self, asked: _Asked, id: str, right: bool, why: str = "") -> Reply:
        if not self._people.feedback(id, right, why):
            return self._say(asked, "feedback_gone")
        if right:
            return self._say(asked, "feedback_right")
        return self._say(asked, "feedback_why" if why else "feedback_wrong")

    # -- wording ---------------------------------------------------------------------------------------------

    def _page(self, id: str) -> str:
        return f"{self._base}/a/{id}" if self._base else ""

    @staticmethod
    def _say(asked: _Asked, key: str, **values: object) -> Reply:
        text = say(key, **values)
        return Reply(tuple(text_bubbles(text, asked.style)), text)


def _choices(answer: Answer) -> list[str]:
    """What a clarifying answer offers, in its order."""
    if answer.status is not Status.CLARIFY:
        return []
    offered = [line.removeprefix("- ") for line in answer.text.split("\n") if line.startswith("- ")]
    return offered[:_CHOICES_MAX]


def _names(choices: list[str]) -> list[str]:
    """The choices without their titles, where that tells them apart: words of a title would be searched for."""
    names = [choice.partition(": ")[0] for choice in choices]
    return names if len(set(names)) == len(names) else choices


def _numbered(answer: Answer, choices: list[str]) -> Answer:
    text = answer.text
    for number, choice in enumerate(choices, 1):
        text = text.replace(f"- {choice}", f"{number}. {choice}", 1)
    return answer.model_copy(update={"text": text})


def _buttons(id: str, answer: Answer, choices: list[str], can_be_right: bool) -> list[list[Button]]:
    rows = [
        [Button(shortened(choice, _LABEL_MAX), f"{CHOICE}{number}:{id}")]
        for number, choice in enumerate(choices, 1)
    ]
    if answer.citations:
        rows.append([Button(say("button_sources"), SOURCES + id)])
    if can_be_right:
        rows.append([Button(say("button_right"), RIGHT + id), Button(say("button_wrong"), WRONG + id)])
    return rows
