"""Second step: greetings, thanks, questions about the desk itself, and attempts to turn it into something else."""

import re

from bot.answer import Status
from bot.messages import say
from bot.turn import Turn
from corpus.spelling import fold, has_diacritics

_GREETING = re.compile(r"^(?:xin )?(?:kinh )?(?:chao|hello|hi|alo|hey)\b")
_THANKS = re.compile(r"\b(?:cam on|cam on nhe|thank|thanks|tam biet|bye|hen gap lai)\b")
#: Asked of the desk itself, at the beginning of the question: "biên bản là gì" is none.
_IDENTITY = re.compile(
    r"^(?:xin )?(?:chao )?(?:ban )?(?:oi )?(?:ban|may|em|tro ly|chatbot|bot) "
    r"(?:la ai|la gi|la nguoi|ten gi|ten la gi|co phai (?:la )?(?:nguoi|may|robot|ai)|lam duoc (?:gi|nhung gi)"
    r"|(?:co the )?giup (?:duoc )?(?:toi |minh |em )?(?:duoc )?(?:nhung )?(?:viec )?gi|co the lam gi)\b"
    r"|^ai tao ra ban\b|^ban do ai\b"
)
#: The desk by the words for it: "Ban là gì" may ask of a committee.
_THE_DESK = re.compile(r"\b(?:bạn|mày|máy|em|trợ lý|chatbot|bot)\b", re.IGNORECASE)
#: Commands to the machine: to drop its own rules, to play another part, to give away its secrets. Questions about
#: rules, parts and passwords are none.
_TAKE_OVER = re.compile(
    r"\b(?:bo qua|quen|phot lo)\b.{0,30}\b(?:huong dan|chi dan|lenh|quy tac|yeu cau)\b.{0,20}\b(?:truoc do|truoc day|o tren|ben tren|phia tren|cua ban|he thong)\b"
    r"|\b(?:ignore|disregard|forget)\b.{0,40}\b(?:instructions?|prompt|rules)\b"
    r"|\b(?:system prompt|prompt he thong|loi nhac he thong|cau lenh he thong|jailbreak|developer mode|dan mode)\b"
    r"|\b(?:khoa api|api key|mat khau|token|chuoi ket noi|bien moi truong|co so du lieu)\b.{0,60}\b(?:cua ban(?! quan)|ban (?:dang )?(?:dung|su dung))\b"
    r"|\b(?:cho toi (?:biet|xem)|in ra|tiet lo|gui cho toi)\b.{0,40}\b(?:khoa api|api key|mat khau|prompt|token|ma nguon cua ban)\b"
    r"|\b(?:hay|tu bay gio|ban se|ban hay) (?:dong vai|gia vo)\b|\b(?:tu bay gio ban la|act as|you are now|pretend)\b"
    r"|\b(?:drop table|delete from|union select)\b|<script"
)
#: Words of a greeting or thanks; a message made of little else is one, a question that opens politely is not.
_POLITE = frozenset(
    (  # noqa: SIM905  a list of literals would be read by nobody
        "xin kinh chao hello hi alo hey ban anh chi em bot tro ly ad admin cac moi nguoi buoi sang chieu "
        "toi ngay cam on nhe nha a oi da vang thank thanks you bye tam biet hen gap lai rat nhieu lam tot "
        "lanh co chuc mot vui ve va cho hoi duoc roi ok oke the minh"
    ).split()
)


def takes_over(text: str) -> bool:
    """Whether a text gives orders to the machine that reads it."""
    return _TAKE_OVER.search(fold(text)) is not None


def guard(turn: Turn) -> None:
    """Finish turns that ask nothing of the documents."""
    text = fold(turn.text)
    if takes_over(turn.text):
        turn.finish(Status.BLOCKED, say("blocked"))
    elif (
        _IDENTITY.search(" ".join(re.findall(r"\w+", text)))
        and len(text.split()) <= 14
        and _of_the_desk(turn.text)
    ):
        turn.finish(Status.GREETING, say("identity"))
    elif _only_polite(text):
        if _THANKS.search(text):
            turn.finish(Status.GREETING, say("thanks"))
        elif _GREETING.search(text):
            turn.finish(Status.GREETING, say("greeting"))


def _of_the_desk(question: str) -> bool:
    return not has_diacritics(question) or bool(_THE_DESK.search(question))


def _only_polite(text: str) -> bool:
    words = re.findall(r"\w+", text)
    return sum(word not in _POLITE for word in words) <= len(words) // 6
