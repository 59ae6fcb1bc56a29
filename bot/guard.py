"""Third step: greetings, thanks, questions about the desk itself, and attempts to turn it into something else."""

import base64
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
_LEGAL = r"(?:dieu|khoan|diem|muc|luat|nghi dinh|thong tu|quyet dinh|nghi quyet|van ban|quy dinh|trich dan|can cu|so hieu|cong van)"
#: Orders to invent what no document says, or to say what the asker wants to hear. What happens to people who forge is
#: an official's question: it asks for consequences.
_FORGE = re.compile(
    rf"^(?:\W*(?:system|admin|quan tri|hay|lam on|vui long|nho ban|ban|em)\W+)*(?:bia|che|phia|nghi|tuong tuong|lam gia|gia mao|nguy tao|dung)"
    rf"(?: dat| ra| len)*(?: (?:giup|cho|ho)(?: (?:toi|minh|em|tui))?| (?:mot|1|vai|may|them))+\b.{{0,40}}\b{_LEGAL}\b"
    rf"|\b(?:viet|soan|tao|lap|dat|them|chen)(?: ra| them)* (?:giup|cho|ho)(?: (?:toi|minh|em))? (?:mot|1|vai) {_LEGAL}\b"
    rf"|\bhay (?:viet|soan|tao|lap|dat|them|chen)(?: ra| them)* (?:mot|1|vai) {_LEGAL}\b"
    r"|\b(?:lam gia|gia mao|bia dat|nguy tao) (?:mot )?(?:trich dan|can cu)\b"
    r"|\btrich dan (?:gia|bia|khong co that)\b(?! tri| dinh)|\bnhu (?:mot )?(?:trich dan|van ban|dieu luat) that\b"
    r"|\b(?:make up|fabricate|invent|forge|fake)\b.{0,40}\b(?:clause|article|decree|law|citation|quote|regulation|document|decision)\b"
)
_CONSEQUENCE = re.compile(
    r"\b(?:bi (?:xu|phat|ky luat|truy cuu|cam|lam sao)|co bi|xu ly (?:the nao|ra sao)|co duoc|thi sao|la gi|the nao)\b"
)
_SAY_SO = re.compile(
    r"\b(?:hay|cu|phai) (?:noi|tra loi|khang dinh|bao|xac nhan|ket luan)(?: toi| luon)? (?:la|rang)\b|\bhay noi doi\b"
    r"|^(?:hay |cu |ban |chi )*(?:tra loi|noi|tu van|giai thich)\b(?! (?:cong dan|don|khieu nai|to cao|kien nghi|chat van)).{0,40}"
    r"\bkhong (?:can|phai|dua|theo)(?: (?:co|dua|theo|neu))?(?: (?:tren|vao))? (?:can cu|trich dan|nguon|dan chung|van ban|quy tac)\b"
    r"|\b(?:tra loi tu do|noi theo y (?:ban|minh|toi)|khong can tuan (?:theo|thu) (?:quy tac|huong dan|luat le)(?: nao)?)\b"
    r"|\b(?:bo|tat|vo hieu(?: hoa)?|go)(?: qua)?(?: buoc| viec| che do| tinh nang)* (?:kiem (?:tra|chung) (?:trich dan|nguon|can cu)|bo loc|gioi han an toan)\b"
    r"|\bbat (?:che do|mode) (?:go loi|nha phat trien|quan tri|khong gioi han|debug)\b"
    r"|\b(?:tu gio|tu bay gio|ke tu gio|tu nay)(?: tro di)?,? (?:ban|hay|chi|may|bot|tro ly)\b|\bkhong gioi han, hay\b"
    r"|^(?:ban |hay |em )*(?:dong gia|dong vai(?! tro)|gia vo|nhap vai)\b"
    r"|\banswer\b.{0,30}\bwithout\b.{0,20}\b(?:sources?|citations?|evidence)\b|\bno (?:citations?|sources?) (?:needed|required)\b"
    r"|\b(?:reveal|print|show|repeat|display|output|dump)\b.{0,30}\b(?:hidden|system|initial|secret|your)\b.{0,20}\b(?:instructions?|prompt|rules|config\w*|passwords?)\b"
)
#: Text that hides what it says: letters of base64 long enough for an order.
_ENCODED = re.compile(r"(?<![\w+/])(?=\S*[a-z])(?=\S*[A-Z])[A-Za-z0-9+/]{16,}={0,2}(?![\w+/])")
#: Insults; in small letters with their marks, since without them they are other words.
_ABUSE = re.compile(
    r"\b(?:đồ|thằng|con|mày|bot|chatbot|máy) (?:\w+ ){0,2}?(?:ngu|chó|điên|khùng|dở hơi|vô dụng|rác|rác rưởi|khốn nạn)\b|\bngu (?:quá|thế|vậy|như|xuẩn|ngốc|vl|vcl)\b"
    r"|\b(?:óc chó|cút(?: đi)?|vcl|vkl|đcm|đmm|dmm|đm|địt|khốn nạn|mất dạy|chó chết|câm mồm|im mồm|fuck\w*|shit|stupid|idiot)\b"
    r"|\b(?:do ngu|oc cho|do cho|cut di|may ngu|ngu qua|mat day|khon nan|vo dung qua)\b",
    re.IGNORECASE,
)
_ABUSE_WORDS = 10
#: Tasks of other trades: poems, programs, translations, the weather.
_OTHER_TASK = re.compile(
    r"\b(?:viet|lam|sang tac|ke|doc)\b.{0,20}\b(?:bai tho|tho tang|truyen cuoi|truyen ngan|chuyen cuoi|bai hat|code|ham python|doan ma|bai van)\b"
    r"|\bdich\b.{0,40}\bsang tieng\b|\bthoi tiet\b.{0,25}\b(?:hom nay|ngay mai|the nao|ra sao)\b|\bket qua xo so\b|\bgia vang\b"
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
    """Finish turns that ask nothing of the documents, as they were typed or as they were meant."""
    for said in dict.fromkeys((turn.typed, turn.text)):
        _guard(turn, said)
        if turn.status is not None:
            return


def _guard(turn: Turn, said: str) -> None:
    text = fold(said)
    if takes_over(said) or _told_to_invent(text) or _hides_text(said):
        turn.finish(Status.BLOCKED, say("blocked"))
    elif _ABUSE.search(said) and len(text.split()) <= _ABUSE_WORDS:
        turn.finish(Status.BLOCKED, say("abuse"))
    elif _OTHER_TASK.search(text):
        turn.finish(Status.OUT_OF_SCOPE, say("other_task"))
    elif (
        _IDENTITY.search(" ".join(re.findall(r"\w+", text)))
        and len(text.split()) <= 14
        and _of_the_desk(said)
    ):
        turn.finish(Status.GREETING, say("identity"))
    elif _only_polite(text):
        if _THANKS.search(text):
            turn.finish(Status.GREETING, say("thanks"))
        elif _GREETING.search(text):
            turn.finish(Status.GREETING, say("greeting"))


def _told_to_invent(text: str) -> bool:
    return bool(_SAY_SO.search(text) or (_FORGE.search(text) and not _CONSEQUENCE.search(text)))


def _hides_text(text: str) -> bool:
    """Whether a part of the text is other text in base64."""
    for match in _ENCODED.finditer(text):
        coded = match[0].rstrip("=")
        try:
            said = base64.b64decode(coded + "=" * (-len(coded) % 4)).decode()
        except ValueError:
            continue
        if said.isprintable():
            return True
    return False


def _of_the_desk(question: str) -> bool:
    return not has_diacritics(question) or bool(_THE_DESK.search(question))


def _only_polite(text: str) -> bool:
    words = re.findall(r"\w+", text)
    return sum(word not in _POLITE for word in words) <= len(words) // 6
