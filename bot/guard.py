"""Second step: greetings, thanks, questions about the desk itself, and attempts to turn it into something else."""

import re

from bot.answer import Status
from bot.messages import say
from bot.turn import Turn
from corpus.spelling import fold

_GREETING = re.compile(r"^(?:xin )?(?:kinh )?(?:chao|hello|hi|alo|hey)\b")
_THANKS = re.compile(r"\b(?:cam on|cam on nhe|thank|thanks|tam biet|bye|hen gap lai)\b")
_IDENTITY = re.compile(
    r"\b(?:ban|may|em|tro ly|chatbot|bot) (?:la ai|la gi|la nguoi|ten gi|ten la gi|co phai (?:la )?(?:nguoi|may|robot|ai)|lam duoc (?:gi|nhung gi)|(?:co the )?giup (?:duoc )?(?:toi |minh |em )?(?:duoc )?(?:nhung )?(?:viec )?gi|co the lam gi)\b"
    r"|\bai tao ra ban\b|\bban do ai\b"
)
_TAKE_OVER = re.compile(
    r"\b(?:bo qua|quen|phot lo|ignore|disregard|forget)\b.{0,40}\b(?:huong dan|chi dan|lenh|quy tac|quy dinh truoc|instructions?|prompt|rules)\b"
    r"|\b(?:system prompt|prompt he thong|loi nhac he thong|cau lenh he thong|jailbreak|developer mode|dan mode)\b"
    r"|\b(?:khoa api|api key|mat khau|token|chuoi ket noi|bien moi truong|co so du lieu)\b.{0,60}\b(?:cua ban|ban (?:dang )?(?:dung|su dung))\b"
    r"|\b(?:cho toi (?:biet|xem)|in ra|tiet lo|gui cho toi)\b.{0,40}\b(?:khoa api|api key|mat khau|prompt|token|ma nguon cua ban)\b"
    r"|\b(?:dong vai(?! tro)|gia vo|hay lam nhu|tu bay gio ban la|act as|you are now|pretend)\b"
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


def guard(turn: Turn) -> None:
    """Finish turns that ask nothing of the documents."""
    text = fold(turn.text)
    if _TAKE_OVER.search(text):
        turn.finish(Status.BLOCKED, say("blocked"))
    elif _IDENTITY.search(text) and len(text.split()) <= 14:
        turn.finish(Status.GREETING, say("identity"))
    elif _only_polite(text):
        if _THANKS.search(text):
            turn.finish(Status.GREETING, say("thanks"))
        elif _GREETING.search(text):
            turn.finish(Status.GREETING, say("greeting"))


def _only_polite(text: str) -> bool:
    words = re.findall(r"\w+", text)
    return sum(word not in _POLITE for word in words) <= len(words) // 6
