"""What a document does to single provisions, of others and of its own: amends, adds, repeals, suspends, keeps, starts.

Called by the relations, which know whole documents. Works line by line over the document's own articles with every
quotation blanked out, so that new wording is never read as an order.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from corpus import number as numbers
from corpus.address import ATTACHED, Named, at_address, covers, line_of, named_in
from corpus.document import Relation, RelationKind
from corpus.provision import Level, Provision
from corpus.wording import articles_in, part_of
from ingest.dates import first_date
from ingest.reading import Reading

#: Fills a quotation: no letter, no mark, no line end.
_BLANK = "\u00b7"
_LEVELS = (
    (0, re.compile(r"\s*Điều\s+\d+[a-zđ]?\s*[.:]")),
    (1, re.compile(r"\s*\d{1,3}(?:\.\d+)*\s*[.)](?!\d)")),
    (2, re.compile(r"\s*[a-zđ]\d?\s*\)")),
    (3, re.compile(r"\s*[-–+•*]\s")),
)
_SEGMENT = re.compile(r"[^;]+?(?:;|(?<=[^\d\W])\.\s|$)")
_ACT = (
    r"(?:Hiến pháp|Bộ luật|Luật|Pháp lệnh|Nghị quyết liên tịch|Nghị quyết|Nghị định|Quyết định|Thông tư liên tịch|Thông tư"
    r"|Chỉ thị|Kế hoạch)"
)
_NAMED_ACT = re.compile(rf"\b{_ACT}\b")
_OWN = re.compile(rf"\b(?:{_ACT}|Quy chế|Quy định) này\b")
_ATTACHMENT = re.compile(
    r"^\s*(?:của\s+|tại\s+)?(?:Bản\s+)?(?:Quy chế|Quy định|Điều lệ|Nội quy|Đề án|Kế hoạch|Danh mục|Chương trình|Quy trình)\b"
    r"[^;]*?(?:ban hành\s+)?(?:kèm theo|theo)\s*$",
    re.IGNORECASE,
)
_ORDER = re.compile(
    r"\b(?P<verb>sửa đổi\s*(?:,|và)\s*bổ sung|sửa đổi|bổ sung|thay thế|bãi bỏ|hủy bỏ|huỷ bỏ|bỏ|ngưng hiệu lực(?: thi hành)?"
    r"|tạm ngưng hiệu lực)\b",
    re.IGNORECASE,
)
#: Where an order may begin: the head of a line or of a part of a sentence.
_BEGINS = re.compile(
    rf"^\s*(?:Điều\s+\d+[a-zđ]?\s*[.:]|\d{{1,3}}(?:\.\d+)*\s*[.)]|[a-zđ]\d?\s*\)|[-–+•*])?\s*"
    rf"(?:(?:Kể từ|Từ) ngày [^,;]{{4,60}},\s*)?(?:{_ACT} này\s+)?(?:và\s+|đồng thời,?\s+)?$",
    re.IGNORECASE,
)
#: A place at the head of an item: "a) Điều 5 Nghị định số …".
_LISTED = re.compile(
    r"\s*(?:\d{1,3}(?:\.\d+)*\s*[.)]|[a-zđ]\d?\s*\)|[-–+•*])?\s*(?=(?:các\s+)?(?:điểm|khoản|điều|mục|chương|phụ lục)\s)",
    re.IGNORECASE,
)
#: "thay thế Phụ lục I bằng Phụ lục I ban hành kèm theo Nghị định này": what stands instead.
_INSTEAD = re.compile(r"\bbằng\s+(?=(?:phụ lục|mẫu|danh mục|điều|khoản)\b)", re.IGNORECASE)
_LISTED_OPENING = re.compile(
    r"\s*(?:Điều\s+\d+[a-zđ]?\s*[.:]|\d{1,3}(?:\.\d+)*\s*[.)]|[a-zđ]\d?\s*\)|[-–+•*])?\s*"
)
_GOES_ON = re.compile(r"(?:,|\bvà|\bđồng thời)\s*$", re.IGNORECASE)
#: Without one of these a line says nothing of provisions' lives: most lines, which are left at once.
_MAY_ORDER = re.compile(
    r"(?i:sửa đổi|bổ sung|thay thế|bãi bỏ|h[uủ][ỷy] bỏ|bỏ c|ngưng hiệu|hết hiệu|chấm dứt hiệu)|(?:tiếp tục|vẫn)[^.;]*(?:hết|đến)"
    r"|(?:từ|hết|đến) ngày \d|\bBỏ\b"
)
_PHRASE = re.compile(r"\s*(?:các |một số )?(?:cụm )?từ\b", re.IGNORECASE)
_PLACE_OF_PHRASE = re.compile(r"\b(?:tại|ở|trong)\b")
_PASSIVE = re.compile(
    r"\b(?:được|bị)\s+(?P<verb>sửa đổi\s*(?:,|và)\s*bổ sung|sửa đổi|bổ sung|thay thế|bãi bỏ|hủy bỏ|huỷ bỏ)\b"
    r"(?!\s*(?:[^:;]{0,40})\b(?:bởi|theo|tại|bằng)\b)",
    re.IGNORECASE,
)
_EXPIRES = re.compile(r"(?<!không )(?<!chưa )(?<!chỉ )\b(?:hết|chấm dứt) hiệu lực\b", re.IGNORECASE)
#: "Trường hợp Nghị định A hết hiệu lực thì …": nothing ends by that.
_SUPPOSES = re.compile(
    r"\s*(?:\d{1,2}[.)]|[a-zđ]\)|[-–+•*])?\s*(?:(?:Trong )?trường hợp|Nếu|(?:Sau )?khi)\b", re.IGNORECASE
)
#: "thay thế Nghị định số 61/…", up to the number: the whole act ends.
_ENDS_AN_ACT = re.compile(rf"\b(?i:thay thế|bãi bỏ|hủy bỏ|huỷ bỏ)\s+{_ACT}(?:\s+số)?\s+(?=\d)")
_EXCEPT = re.compile(r"\b(?:trừ|ngoại trừ)\b", re.IGNORECASE)
_KEEPS = re.compile(
    r"\b(?:tiếp tục|vẫn)\s+(?:được\s+)?(?:có hiệu lực|áp dụng|thực hiện)|\bđược áp dụng\b(?=[^;]*\bđến\b)",
    re.IGNORECASE,
)
_UNTIL = re.compile(r"\b(?:cho\s+)?đến\s+(?:hết\s+)?ngày\s+(?=\d)|\bhết\s+ngày\s+(?=\d)", re.IGNORECASE)
_FROM = re.compile(r"\b(?:kể\s+)?từ\s+(?:ngày\s+)?(?=\d)", re.IGNORECASE)
_STARTS = re.compile(r"\b(?:có hiệu lực|được thực hiện|được áp dụng|thực hiện|áp dụng)\b", re.IGNORECASE)
#: What may stand before a place that is meant whole; else only something of it is: its name, a sentence, a word.
_WHOLE = re.compile(
    r"\s*(?:(?:toàn bộ|các|những|nội dung|quy định|tại|của|là)\b\s*|[:,;–-]\s*)*", re.IGNORECASE
)
_WORDING_FOLLOWS = re.compile(r"\bnhư sau\b|:\s*$|:\s*[“\"]", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Line:
    text: str  # with quotations blanked out
    start: int  # in the read text
    level: int | None  # of its mark; None: it goes on


@dataclass(slots=True)
class _Context:
    """What a line is about, for the lines under it."""

    level: int
    number: str = ""  # the document that is changed
    address: str = ""  # the one place that is changed
    verb: str = ""  # what is done to the places listed under a line that ends with a colon


_ANY_QUOTE = re.compile('[“”"]')


def quotations(text: str) -> list[tuple[int, int]]:
    """The spans of the outermost quotations of a text, marks included; straight marks count where they open a line."""
    found: list[tuple[int, int]] = []
    depth, opened = 0, 0
    at = 0
    while mark := _ANY_QUOTE.search(text, at):
        at, letter = mark.start(), mark[0]
        if letter == "“":
            opened = at if depth == 0 else opened
            depth += 1
        elif letter == "”" and depth:
            depth -= 1
            if depth == 0:
                found.append((opened, at + 1))
        elif letter == '"' and depth == 0:
            close = _straight_end(text, at)
            if close is not None:
                found.append((at, close))
                at = close - 1
        at += 1
    if (
        depth
    ):  # a mark is missing: the quotation ends with the last closing mark at a line's end, if there is one
        ends = [match.end() for match in re.finditer(r"”(?=[\s.;]*(?:\n|$))", text[opened:])]
        found.append((opened, opened + ends[-1] if ends else _line_end(text, opened)))
    return found


def _straight_end(text: str, at: int) -> int | None:
    line = text[text.rfind("\n", 0, at) + 1 : at]
    if not line.strip() or line.rstrip().endswith(":"):  # it opens new wording, which may go over lines
        closing = re.compile(r"\"(?=[\s.;,]*(?:\n|$))").search(text, at + 1)
    else:
        closing = re.compile(r"\"").search(text, at + 1, _line_end(text, at))
    return closing.end() if closing else None


def _line_end(text: str, at: int) -> int:
    end = text.find("\n", at)
    return len(text) if end < 0 else end


def amendments(reading: Reading, provisions: Sequence[Provision], titled: Sequence[str]) -> list[Relation]:
    """Relations that name provisions. `titled`: numbers of the documents that the title says are amended.

    `number` is "" where the document speaks of its own provisions.
    """
    default = titled[0] if len(titled) == 1 else ""
    found: list[Relation] = []
    for article in provisions:
        if article.level is Level.ARTICLE and "." not in article.path:
            found += _of_article(reading.text, article, default)
    found = [_with_appendix(reading.text, one, provisions) for one in found]
    once = {(one.kind, numbers.key(one.number), one.provisions, one.wording): one for one in found}
    kept = [one for one in once.values() if not _only_announces(one, list(once.values()))]
    return _from_their_own_day(kept, provisions)


def _with_appendix(text: str, one: Relation, provisions: Sequence[Provision]) -> Relation:
    """A replaced appendix with the document's own appendix that stands instead as its wording."""
    said = text[one.start : one.end]
    instead = _INSTEAD.search(said)
    if (
        one.kind is not RelationKind.REPLACES
        or len(one.provisions) != 1
        or not instead
        or not _OWN.search(said, instead.end())
    ):
        return one
    named = [a for n in named_in(said[instead.end() :]) for a in n.addresses]
    appendix = at_address(named[0], provisions) if len(named) == 1 else None
    if appendix is None or appendix.level is not Level.APPENDIX:
        return one
    return replace(one, kind=RelationKind.AMENDS, wording=_trimmed(text, (appendix.start, appendix.end)))


def _only_announces(one: Relation, all_of_them: Sequence[Relation]) -> bool:
    """Whether the place of an order without wording is told exactly elsewhere: the heading of the article that does it."""
    if (
        one.wording is not None
        or one.kind not in (RelationKind.AMENDS, RelationKind.ADDS)
        or len(one.provisions) != 1
    ):
        return False
    place = one.provisions[0]
    return any(
        other is not one
        and numbers.key(other.number) == numbers.key(one.number)
        and other.start >= one.start
        and (other.wording is not None or other.kind is RelationKind.REPEALS)
        and any(address == place or address.startswith(f"{place}.") for address in other.provisions)
        for other in all_of_them
    )


def _of_article(text: str, article: Provision, default: str) -> Iterator[Relation]:
    own = text[article.start : article.end]
    if not _MAY_ORDER.search(own):
        return
    quoted = quotations(own)
    masked = list(own)
    for start, end in quoted:
        masked[start:end] = _BLANK * (end - start)
    blank = "".join(masked)
    spans = [(article.start + start + 1, article.start + end - 1) for start, end in quoted]
    stack = [_Context(-1, default)]
    lines = list(_lines(blank, article.start))
    for at, line in enumerate(lines):
        if line.level is not None:
            while len(stack) > 1 and stack[-1].level >= line.level:
                stack.pop()
            stack.append(replace(stack[-1], level=line.level))
        below = next((one.start for one in lines[at + 1 :] if one.level is not None), article.end)
        here = [span for span in spans if line.start <= span[0] < below]
        yield from _of_line(text, line, stack[-1], here)


def _lines(blank: str, offset: int) -> Iterator[_Line]:
    at = 0
    for part in blank.split("\n"):
        if part.strip():
            level = next((level for level, mark in _LEVELS if mark.match(part)), None)
            yield _Line(part, offset + at, level)
        at += len(part) + 1


def _of_line(text: str, line: _Line, context: _Context, quoted: list[tuple[int, int]]) -> Iterator[Relation]:
    if not context.verb and not _MAY_ORDER.search(line.text):
        return
    told = False
    for match in _SEGMENT.finditer(line.text):
        for one in _of_segment(text, match[0], line.start + match.start(), context, quoted):
            told = True
            yield one
    if not told:
        _learn(line.text, context)


def expiry(said: str) -> re.Match[str] | None:
    """Where a sentence says that something ends; None also where it only denies or supposes it."""
    return None if _SUPPOSES.match(said) else _EXPIRES.search(said)


def _learn(said: str, context: _Context) -> None:
    """A line that orders nothing by itself says what the lines under it are about."""
    expires = expiry(said)
    order = next((m for m in _ORDER.finditer(said) if _BEGINS.match(said[: m.start()])), None)
    if said.rstrip().endswith(":"):
        last = order or next((m for m in _ORDER.finditer(said) if _GOES_ON.search(said[: m.start()])), None)
        context.verb = "bãi bỏ" if expires else last["verb"].lower() if last else ""
    if order is None:
        return
    mention = next((m for m in numbers.numbers_in(said) if m.start > order.end()), None)
    if mention is not None and not re.search(r"\bcác\s+\w+\s*$", said[: mention.start]):
        context.number = mention.number
    elif _NAMED_ACT.search(said, order.end()) and not _OWN.search(said):
        context.number = ""  # an act without a number: it cannot be known which
    addresses = [a for one in named_in(said[order.end() :], context.address) for a in one.addresses]
    if len(addresses) == 1:
        context.address = addresses[0]


def _of_segment(
    text: str, said: str, start: int, context: _Context, quoted: list[tuple[int, int]]
) -> Iterator[Relation]:
    expires = expiry(said)
    keeps = _KEEPS.search(said)
    if expires or keeps:
        yield from _ended_or_kept(said, start, context, expires, keeps)
        return
    orders = _orders(said)
    exception = _EXCEPT.search(said)
    ended = _ENDS_AN_ACT.search(said, 0, exception.start()) if exception else None
    if exception and ended and (orders or _OWN.search(said, 0, ended.start())):
        number = next((m.number for m in numbers.numbers_in(said) if m.start >= ended.end()), "")
        head = (start + len(said) - len(said.lstrip()), start + len(said.rstrip()))
        yield from _excepted(said, head, exception.end(), number, _day_until(said))
    listed = _LISTED.match(said) if context.verb and not orders else None
    if listed:
        yield from _ordered(
            text, said, start, context, quoted, context.verb, (listed.end(), len(said)), False
        )
        return
    if not orders:
        yield from _starting(said, start)
        return
    for at, (verb, begin, end, passive) in enumerate(orders):
        stop = orders[at + 1][1] if at + 1 < len(orders) else len(said)
        if exception and ended:
            stop = min(stop, max(exception.start(), end))
        opening = _LISTED_OPENING.match(said)
        scope = (opening.end() if opening else 0, begin) if passive else (end, stop)
        phrase = bool(_PHRASE.match(said, end)) and not passive
        if phrase:
            place = _PLACE_OF_PHRASE.search(said, end)
            scope = (place.end(), stop) if place else (stop, stop)
        yield from _ordered(text, said, start, context, quoted, verb.lower(), scope, phrase)


def _orders(said: str) -> list[tuple[str, int, int, bool]]:
    """Verbs by which a segment orders something: the word, its span, and whether the place stands before it."""
    passive = _PASSIVE.search(said)
    if passive and named_in(said[: passive.start()]):
        return [(passive["verb"], passive.start(), passive.end(), True)]
    found: list[tuple[str, int, int, bool]] = []
    for order in _ORDER.finditer(said):
        before = said[: order.start()]
        if _BEGINS.match(before) or (found and _GOES_ON.search(before)):
            found.append((order["verb"], order.start(), order.end(), False))
    return found


def _ordered(
    text: str, said: str, start: int, context: _Context, quoted: list[tuple[int, int]], verb: str,
    scope: tuple[int, int], phrase: bool,
) -> Iterator[Relation]:  # fmt: skip
    kind = _kind(verb)
    instead = _INSTEAD.search(said, *scope)
    if instead:
        scope = (scope[0], instead.start())
    day = _day_from(said)
    named = [
        replace(one, start=one.start + scope[0], end=one.end + scope[0])
        for one in named_in(said[scope[0] : scope[1]], context.address)
    ]
    wording = quoted[0] if quoted and not phrase and _WORDING_FOLLOWS.search(said) else None
    head = (start + len(said) - len(said.lstrip()), start + len(said.rstrip(f" \n:{_BLANK}")))
    if not named:
        number = _target(said, scope[0], len(said), context) if not phrase else None
        if number and wording is not None and kind in (RelationKind.AMENDS, RelationKind.ADDS):
            for address in articles_in(text, wording):
                part = part_of(text, wording, (address,))
                yield Relation(kind, number, *head, day, False, (address,), part)
        return
    learnt = [address for one in named for address in one.addresses]
    behind = scope[0]
    for one in named:
        tail, behind = said[behind : one.start], one.end
        number = _target(said, one.end, len(said), context)
        if number is None:
            continue
        attached = _attached(said, one)
        addresses = tuple(f"{ATTACHED}.{address}" if attached else address for address in one.addresses)
        something = phrase or not _whole(tail, one is named[0])
        meant = RelationKind.AMENDS if something and kind is not RelationKind.SUSPENDS else kind
        until = _day_until(said) if kind is RelationKind.SUSPENDS else None
        if wording is None or something or meant is RelationKind.REPEALS:
            if verb == "thay thế" and not something:
                meant = RelationKind.REPLACES  # by what the document itself says
            yield Relation(meant, number, *head, day, False, addresses, None, until)
        elif len(learnt) == 1:
            yield Relation(meant, number, *head, day, False, addresses, _trimmed(text, wording))
        else:
            for address, plain in zip(addresses, one.addresses, strict=True):
                steps = plain.split(".")
                part = next((p for n in range(len(steps)) if (p := part_of(text, wording, steps[n:]))), None)
                yield Relation(meant, number, *head, day, False, (address,), part)
        if context.number == "" and number:
            context.number = number
    if len(learnt) == 1 and wording is None:
        context.address = learnt[0]


def _whole(tail: str, first: bool) -> bool:
    """Whether a place is meant whole, by the words between the verb, or the place before it, and the place."""
    return bool(_WHOLE.fullmatch(tail if first else re.split(r",|;|\bvà\b", tail)[-1]))


def _kind(verb: str) -> RelationKind:
    if "ngưng" in verb:
        return RelationKind.SUSPENDS
    if "sửa đổi" in verb or verb == "thay thế":
        return (
            RelationKind.AMENDS
        )  # a provision that is replaced has new wording; only documents are replaced whole
    return RelationKind.ADDS if verb == "bổ sung" else RelationKind.REPEALS


def _target(said: str, begin: int, stop: int, context: _Context) -> str | None:
    """The document whose provision is named before `begin`: the number that follows, "" its own, None where unknown."""
    mention = next((m for m in numbers.numbers_in(said) if begin <= m.start < stop), None)
    between = said[begin : mention.start if mention else stop]
    if _OWN.search(between):
        return ""
    if mention is not None:
        return mention.number
    if _NAMED_ACT.search(between):
        return None  # an act that is named without its number
    return context.number or None


def _attached(said: str, one: Named) -> bool:
    """Whether a place stands in the regulation attached to a decision and not in the decision: "Điều 8 Quy chế ban
    hành kèm theo Quyết định số …". An appendix is the document's own.
    """
    mention = next((m for m in numbers.numbers_in(said) if m.start >= one.end), None)
    if mention is None or one.addresses[0].startswith("phu-luc"):
        return False
    between = said[one.end : mention.start]
    acts = list(_NAMED_ACT.finditer(between))
    return bool(acts and _ATTACHMENT.match(between[: acts[-1].start()]))


def _ended_or_kept(
    said: str, start: int, context: _Context, expires: re.Match[str] | None, keeps: re.Match[str] | None
) -> Iterator[Relation]:
    head = (start + len(said) - len(said.lstrip()), start + len(said.rstrip()))
    end, until = _day_from(said[expires.end() :] if expires else said), _day_until(said)
    exception = _EXCEPT.search(said)
    limit = min((m.start() for m in (expires, keeps, exception) if m), default=len(said))
    objects = [m for m in numbers.numbers_in(said) if m.start < limit]
    before = named_in(said[:limit], "")
    opening = _LISTED_OPENING.match(said)
    behind = opening.end() if opening else 0
    for one in before:
        tail, behind = said[behind : one.start], one.end
        number = _target(said, one.end, limit, _Context(0))
        mentions = [m for m in objects if m.start >= one.end]
        if number is None:
            number = "" if not mentions and not _NAMED_ACT.search(said[one.end : limit]) else None
        if number is None or (number == "" and not (end or until)):
            continue
        something = not _whole(tail, one is before[0])
        addresses = tuple(f"{ATTACHED}.{a}" for a in one.addresses) if _attached(said, one) else one.addresses
        if expires and limit == expires.start():
            kind = RelationKind.AMENDS if something and number else RelationKind.REPEALS
            yield Relation(kind, number, *head, end, False, addresses)
        elif not (until or "có hiệu lực" in said[limit:]) or not _whole(tail, one is before[0]):
            continue  # what was begun goes on under old rules: that is no rule on the rules
        elif number == "":
            if until:
                yield Relation(RelationKind.REPEALS, "", *head, until + timedelta(days=1), False, addresses)
        else:
            yield Relation(RelationKind.KEEPS, number, *head, None, False, addresses, None, until)
    begins = opening is not None and _NAMED_ACT.match(said, opening.end()) is not None
    if keeps and not before and objects and not expires and begins and until:
        yield Relation(RelationKind.KEEPS, objects[0].number, *head, None, True, (), None, until)
    if exception and expires and objects:
        yield from _excepted(said, head, exception.end(), objects[-1].number, until)


def _excepted(
    said: str, head: tuple[int, int], begin: int, number: str, until: date | None
) -> Iterator[Relation]:
    """The provisions of the act `number` that stay in force while it ends: "…, trừ Điều 7"."""
    for one in named_in(said[begin:], ""):
        named = bool([m for m in numbers.numbers_in(said) if m.start >= begin + one.end])
        cases = re.search(r"\btrường hợp\b", said[begin : begin + one.start], re.IGNORECASE)
        if not named and (cases or one.addresses[0].startswith(("khoan", "diem"))):
            continue  # "trừ trường hợp quy định tại khoản 3 Điều này": a place of this document
        target = _target(said, begin + one.end, len(said), _Context(0, number))
        if target:
            yield Relation(RelationKind.KEEPS, target, *head, None, False, one.addresses, None, until)


def _starting(said: str, start: int) -> Iterator[Relation]:
    """Provisions of the document itself that begin on a day of their own."""
    head = (start + len(said) - len(said.lstrip()), start + len(said.rstrip()))
    begins_at = 0
    for verb in _STARTS.finditer(said):
        source = _FROM.match(said, verb.end()) or re.compile(
            r"\s*(?:thi hành\s+)?(?:kể\s+)?từ\s+(?:ngày\s+)?(?=\d)"
        ).match(said, verb.end())
        day = first_date("ngày " + said[source.end() : source.end() + 40]) if source else None
        if day is None:
            continue
        scope = said[begins_at : verb.start()]
        begins_at = source.end() if source else begins_at
        for one in named_in(scope, ""):
            rest = scope[one.end :]
            if (
                numbers.numbers_in(rest)
                or _NAMED_ACT.search(_OWN.sub("", rest))
                or len(_OWN.sub("", rest)) > 40
            ):
                continue
            yield Relation(RelationKind.STARTS, "", *head, day, False, one.addresses)


def _from_their_own_day(found: list[Relation], provisions: Sequence[Provision]) -> list[Relation]:
    """An order that stands in a provision with a day of its own works from that day."""
    starts = [one for one in found if one.kind is RelationKind.STARTS]
    if not starts:
        return found
    by_path = {one.path: one for one in provisions}
    dated = []
    for relation in found:
        if relation.number and relation.effective_on is None:
            holding = [p for p in provisions if p.start <= relation.start < p.end]
            inner = max(holding, key=lambda p: p.start, default=None)
            line = line_of(inner, by_path) if inner is not None else ()
            days = [s.effective_on for s in starts for a in s.provisions if any(covers(a, at) for at in line)]
            relation = replace(relation, effective_on=days[0]) if days else relation
        dated.append(relation)
    return dated


def _day_from(said: str) -> date | None:
    found = _FROM.search(said)
    return first_date("ngày " + said[found.end() : found.end() + 40]) if found else None


def _day_until(said: str) -> date | None:
    found = _UNTIL.search(said)
    return first_date("ngày " + said[found.end() : found.end() + 40]) if found else None


def _trimmed(text: str, span: tuple[int, int]) -> tuple[int, int]:
    inner = text[span[0] : span[1]]
    return span[0] + len(inner) - len(inner.lstrip()), span[1] - (len(inner) - len(inner.rstrip()))
