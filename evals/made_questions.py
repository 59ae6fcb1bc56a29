"""Questions made from documents by templates, each with the document that answers it.

Called by `evals.calibration`: asked of an index that holds the document they have an answer, of one without it they have
none. They are made of what the document itself says, so they vary the forms of questions more than the words.
"""

import random
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from corpus.held import CurrentDocument
from corpus.provision import Level
from corpus.spelling import fold, nfc

#: Questions of one document at most: a long law does not outweigh the others.
PER_DOCUMENT = 12
#: Words of a heading, term or clause that names one matter and can still be asked about in one breath.
_WORDS = (3, 18)

#: How officials begin a question; mostly they just ask.
_OPENINGS = (
    "{}",
    "{}",
    "{}",
    "Cho hỏi {}",
    "Xin hỏi {}",
    "Anh chị cho em hỏi {}",
    "Tôi là công chức cấp xã, xin hỏi {}",
    "Đơn vị tôi đang vướng chỗ này: {}",
)
#: What is asked of a matter that a heading names.
_OF_HEADING = ("{} được quy định như thế nào?", "{} gồm những gì?", "quy định về {} ra sao?", "{} thế nào?")
_OF_TERM = ("{} là gì?", "thế nào là {}?", "{} được hiểu ra sao?")

_TERM = re.compile(r"^\W*(?:\d+[.)]\s*)?[“\"]?([^“”\".;:,()]{4,70}?)[”\"]?\s+(?:là|được hiểu là)\s")
#: A clause that says how long: what it is about stands before the figure.
_LASTING = re.compile(
    r"^(?:\d+[.)]\s*)?([^.;:\n]{25,130}?),?\s+(?:là|trong|trong thời hạn|không quá|chậm nhất|tối đa)(?:\s+\w+){0,3}?\s+"
    r"\d+\s+(?P<unit>ngày|giờ|tháng|năm)\b"
)
#: A clause that says who has to do what.
_DUTY = re.compile(
    r"^(?:\d+[.)]\s*)?(?:Bộ|Sở|Ủy ban nhân dân|Chủ tịch Ủy ban nhân dân|Thủ trưởng|Người đứng đầu|Văn phòng)(?:\s[^\s,;:.]+){0,9}?\s"
    r"(?P<does>có trách nhiệm|chủ trì|quyết định|ban hành|hướng dẫn|phê duyệt|thẩm định)\s(?P<what>[^,;:.\n]{20,110})[,;:.\n]"
)
#: A clause that forbids.
_FORBIDDEN = re.compile(
    r"^(?:\d+[.)]\s*|[a-zđ]\)\s*)?(?P<who>[^.;:,\n]{5,70}?)\skhông được\s(?P<what>[^.;:,\n]{12,90})[.;,\n]"
)


@dataclass(frozen=True, slots=True)
class MadeQuestion:
    text: str
    document: str  # id of the only document that speaks of the matter in these words


def made_questions(documents: Sequence[CurrentDocument], seed: int) -> list[MadeQuestion]:
    """Some questions of every document, the same for the same documents and seed. A matter that a second document
    names in the same words is left out: nobody could tell which of the two is asked for."""
    folded = {document.id: fold(nfc(document.text)) for document in documents}
    made = []
    for document in documents:
        chance = random.Random(f"{seed} {document.id}")
        own = [
            MadeQuestion(_opened(question, chance), document.id)
            for matter, question in _in_turn(_questions(document, chance), chance)
            if not any(fold(matter) in text for id, text in folded.items() if id != document.id)
        ]
        made += own[:PER_DOCUMENT]
    return made


def _in_turn(found: Iterable[tuple[str, str, str]], chance: random.Random) -> list[tuple[str, str]]:
    """(matter, question), one of each form after the other, so that no form outweighs the rest; at most as many as
    are worth a look."""
    by_form: dict[str, list[tuple[str, str]]] = {}
    for form, matter, question in found:
        by_form.setdefault(form, []).append((matter, question))
    for questions in by_form.values():
        chance.shuffle(questions)
    rounds = zip_longest(*by_form.values())
    return [one for each in rounds for one in each if one is not None][: 4 * PER_DOCUMENT]


def _questions(document: CurrentDocument, chance: random.Random) -> Iterator[tuple[str, str, str]]:
    """(form, the matter in the document's words, a question about it)."""
    heading = ""
    for provision in document.provisions:
        if provision.level is Level.ARTICLE:
            heading = provision.heading
            if _fits(heading):
                yield "heading", heading, chance.choice(_OF_HEADING).format(_lower(heading))
        elif provision.level in (Level.CLAUSE, Level.POINT):
            said = " ".join(document.text[provision.start : provision.end][:400].split()) + "\n"
            for name, form, ask in _FORMS:
                match = form.match(said)
                if match and (name != "term" or "giải thích" in heading.lower()):
                    matter, question = ask(match, chance)
                    if _fits(matter):
                        yield name, matter, question
                    break


def _of_term(match: re.Match[str], chance: random.Random) -> tuple[str, str]:
    return match[1], chance.choice(_OF_TERM).format(_lower(match[1]))


def _of_duration(match: re.Match[str], chance: random.Random) -> tuple[str, str]:
    asked = chance.choice(("trong bao lâu?", f"trong bao nhiêu {match['unit']}?", f"là mấy {match['unit']}?"))
    return match[1], f"{_lower(match[1])} {asked}"


def _of_duty(match: re.Match[str], chance: random.Random) -> tuple[str, str]:
    who = chance.choice(("ai", "cơ quan nào", "đơn vị nào"))
    return match["what"], f"{who} {match['does']} {match['what']}?"


def _of_ban(match: re.Match[str], chance: random.Random) -> tuple[str, str]:
    return match["what"], f"{_lower(match['who'])} có được {match['what']} không?"


_Ask = Callable[[re.Match[str], random.Random], tuple[str, str]]
_FORMS: tuple[tuple[str, re.Pattern[str], _Ask], ...] = (
    ("duration", _LASTING, _of_duration),
    ("ban", _FORBIDDEN, _of_ban),
    ("duty", _DUTY, _of_duty),
    ("term", _TERM, _of_term),
)


def _fits(matter: str) -> bool:
    return (
        _WORDS[0] <= len(matter.split()) <= _WORDS[1]
        and matter[-1].isalpha()
        and "này" not in matter.lower().split()
    )


def _opened(question: str, chance: random.Random) -> str:
    opened = chance.choice(_OPENINGS).format(question)
    return opened[:1].upper() + opened[1:]


def _lower(text: str) -> str:
    """Its first letter small, unless the first word is a name or an abbreviation."""
    first, _, rest = text.partition(" ")
    name = first in ("Bộ", "Ủy", "Uỷ", "Chính", "Quốc", "Hội", "Thủ") or first.isupper() or rest[:1].isupper()
    return text if name else text[:1].lower() + text[1:]
