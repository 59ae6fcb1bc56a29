"""Số hiệu: one canonical spelling for what people and files write in many.

The header reader, the relation finder, the store and the question reader call this, so that "nđ 61/2018",
"61/2018/ND-CP" and "61/2018/NĐ-CP" are one number everywhere.
"""

import re
from dataclasses import dataclass

from corpus.spelling import fold, fold_aligned, nfc

#: Type codes inside a số hiệu -> loại văn bản.
KINDS: dict[str, str] = {
    "NĐ": "Nghị định",
    "NQ": "Nghị quyết",
    "NQLT": "Nghị quyết liên tịch",
    "QĐ": "Quyết định",
    "TT": "Thông tư",
    "TTLT": "Thông tư liên tịch",
    "CT": "Chỉ thị",
    "KH": "Kế hoạch",
    "TB": "Thông báo",
    "BC": "Báo cáo",
    "TTr": "Tờ trình",
    "CTr": "Chương trình",
    "HD": "Hướng dẫn",
    "KL": "Kết luận",
    "ĐA": "Đề án",
    "PA": "Phương án",
    "QC": "Quy chế",
    "QyĐ": "Quy định",
    "CĐ": "Công điện",
    "CV": "Công văn",
    "GM": "Giấy mời",
    "BB": "Biên bản",
    "L": "Lệnh",
    "PL": "Pháp lệnh",
    "VBHN": "Văn bản hợp nhất",
}
#: The code that stands for "Luật": laws carry no type code, only the Quốc hội that passed them.
LAW = "QH"

_AGENCIES = (  # noqa: SIM905  a list of eighty literals would be read by nobody
    "CP TTg QH UBTVQH UBND HĐND CTUBND HĐBT CTN TW TU TVTU ĐU ĐUK HU VPTW BCĐTW UBKTTW BTGTW BTCTW BCSĐ BCĐ "
    "BCĐCCHC BNV BTC BTP BCA BQP BNG BKHCN BTTTT BGDĐT BYT BXD BCT BNNMT BNNPTNT BTNMT BKHĐT BLĐTBXH BVHTTDL "
    "BGTVT BDTTG UBDT NHNN TTCP KTNN TANDTC VKSNDTC HĐTP VPCP VPQH VPCTN VPUB VP TLĐ BHXH MTTQ MTTW ĐĐBQH "
    "SNV STC STP SXD SYT SCT SDL SGDĐT SKHCN STTTT SNNMT SNNPTNT STNMT SKHĐT SLĐTBXH SVHTTDL SVHTT SGTVT "
    "TTPVHCC TTHCC CCHC CCVC TCCV TCBC CNTT KSTT KSTTHC TĐKT ĐTBD QLĐĐ TCĐT LĐTBXH"
).split()
#: Names of agencies as typed in a question, folded -> code.
_AGENCY_NAMES = {
    "chinh phu": "CP",
    "thu tuong chinh phu": "TTg",
    "thu tuong": "TTg",
    "quoc hoi": "QH",
    "uy ban thuong vu quoc hoi": "UBTVQH",
    "van phong chinh phu": "VPCP",
    "thanh tra chinh phu": "TTCP",
    "bo noi vu": "BNV",
    "bo tai chinh": "BTC",
    "bo tu phap": "BTP",
    "bo cong an": "BCA",
    "bo xay dung": "BXD",
    "bo y te": "BYT",
    "bo cong thuong": "BCT",
    "bo khoa hoc va cong nghe": "BKHCN",
    "bo thong tin va truyen thong": "BTTTT",
    "bo giao duc va dao tao": "BGDĐT",
    "bo nong nghiep va moi truong": "BNNMT",
    "uy ban nhan dan": "UBND",
    "hoi dong nhan dan": "HĐND",
}
_CODE_BY_FOLD = {fold(code): code for code in _AGENCIES}
_KIND_BY_FOLD = {fold(code): code for code in KINDS} | {"da": "ĐA", "qyd": "QyĐ"}
#: Agencies of the Party: their numbers are "05-NQ/TU", whatever way they are typed.
_PARTY = {"TW", "TU", "TVTU", "ĐU", "ĐUK", "HU", "VPTW", "BCĐTW", "UBKTTW", "BTGTW", "BTCTW"}
#: Kinds that only one agency issues, so the agency need not be typed.
_ONLY_ISSUER = {"NĐ": "CP"}
#: Symbols that are an agency alone: "89/CP" of the 1990s.
_ALONE = {"CP", "TTg", "HĐBT"}

_FIRST = r"\d{1,5}(?:\.\d{1,3})?[a-eA-E]?"
_YEAR = r"(?:19|20)\d\d"
_TOKEN = r"[^\W\d_](?:[^\W_]|&(?=\w))*"
_FULL = re.compile(
    rf"(?<![\w/])(?<!\d[.,])(?P<first>{_FIRST})[ \t\xa0]{{0,3}}(?:/[ \t\xa0]?(?P<year>{_YEAR})[ \t\xa0]?)?"
    rf"(?P<sep>[/\-–])[ \t\xa0]?"
    rf"(?P<symbol>{_TOKEN}(?:[ \t\xa0]?[-–/][ \t\xa0\n]?{_TOKEN})?(?:[-–/.]{_TOKEN})*)"
)
_SYMBOL_PART = re.compile(rf"([ \t\xa0]?[-–/.][ \t\xa0\n]?)?({_TOKEN})")
_ASSEMBLY = re.compile(r"(?:ubtv)?qh\d{1,2}")


@dataclass(frozen=True, slots=True)
class Mention:
    """A full số hiệu in running text; `text[start:end]` is how it is written there."""

    number: str  # canonical
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class PartialNumber:
    """What somebody typed of a số hiệu: "nđ 61", "luật 36/2018", "đề án 905". Span in the question."""

    kind: str | None  # type code of `KINDS`, `LAW` for a law, None: not said
    first: str  # "61", "66.7", "30c"; as typed
    year: int | None
    agency: str | None  # "BNV", None: not said
    start: int = 0
    end: int = 0

    def matches(self, number: str) -> bool:
        """Whether the canonical `number` can be what was meant. What was not typed does not count."""
        parts = parts_of(number)
        if parts is None or _bare(parts.first) != _bare(self.first):
            return False
        if self.year is not None and parts.year is not None and parts.year != self.year:
            return False
        if self.agency is not None and not fold(parts.agency).startswith(fold(self.agency)):
            return False
        return self.kind is None or parts.kind in _ALSO.get(self.kind, {self.kind})


@dataclass(frozen=True, slots=True)
class Parts:
    """A số hiệu taken apart: "61/2018/NĐ-CP" = first "61", year 2018, kind "NĐ", agency "CP"."""

    first: str
    year: int | None
    kind: str  # type code; `LAW` for QH numbers; "" for a công văn ("2022/SNV-CCHC")
    agency: str  # all that follows the type code: "CP", "BNV-BTC", "QH15", "SNV-CCHC"


#: What a kind as typed can be in the number: a đề án or kế hoạch is often known by the decision that issued
#: it, resolutions of Quốc hội are numbered like laws, a công văn has no type code.
_ALSO: dict[str, set[str]] = {
    "ĐA": {"ĐA", "QĐ", "NQ", "KH"},
    "PA": {"PA", "QĐ"},
    "KH": {"KH", "QĐ"},
    "CTr": {"CTr", "QĐ", "NQ"},
    "QC": {"QC", "QĐ"},
    "QyĐ": {"QyĐ", "QĐ"},
    "NQ": {"NQ", "NQLT", LAW},
    "TT": {"TT", "TTLT"},
    "PL": {"PL", LAW},
    "CV": {"CV", ""},
}


def canonical(text: str) -> str | None:
    """The one spelling of the số hiệu that `text` is, or begins with; None where it is none.

    "Số:   905/QĐ-BNV" → "905/QĐ-BNV", "nđ 61/2018" → "61/2018/NĐ-CP". A number whose agency cannot be known
    ("quyết định 905") is no full number: see `partial`.
    """
    plain = nfc(text).strip()
    match = _LEAD.match(fold_aligned(plain)[0])
    rest = plain[match.end() :] if match else plain
    full = _FULL.match(rest)
    if full and (found := _mention(full)):
        return found.number
    return _from_words(plain)


def key(number: str) -> str:
    """The form in which numbers are compared: "061/2018/NĐ-CP" → "61/2018/nd-cp"."""
    folded = fold(canonical(number) or number).replace("–", "-").replace(" ", "")
    return re.sub(r"^0+(?=\d)", "", folded)


def numbers_in(text: str) -> list[Mention]:
    """Every full số hiệu in running text, in order. Dates and rates ("21/7/2023", "24/7") are none."""
    return [mention for match in _FULL.finditer(text) if (mention := _mention(match))]


def parts_of(number: str) -> Parts | None:
    """A canonical số hiệu taken apart; None where it is not one."""
    match = _FULL.fullmatch(number)
    if match is None:
        return None
    year = int(match["year"]) if match["year"] else None
    head, _, agency = re.sub(r"[–/]", "-", match["symbol"]).partition("-")
    if _ASSEMBLY.fullmatch(fold(head)):
        return Parts(match["first"], year, LAW, head)
    if head in KINDS:
        return Parts(match["first"], year, head, agency)
    return Parts(match["first"], year, "", match["symbol"])


def _mention(match: re.Match[str]) -> Mention | None:
    symbol = match["symbol"]
    pieces = [(m[1] or "", m[2], m.end()) for m in _SYMBOL_PART.finditer(symbol)]
    taken = _symbol(pieces, match["sep"], bool(match["year"]))
    if taken is None:
        return None
    kind, agencies, used = taken
    number = _write(match["first"], match["year"], kind, agencies, match["sep"] != "/")
    return Mention(number, match.start(), match.start("symbol") + pieces[used - 1][2])


def _symbol(
    pieces: list[tuple[str, str, int]], sep: str, has_year: bool
) -> tuple[str, list[str], int] | None:
    """Type code, agencies and how many pieces belong to the number; None: these letters are no symbol."""
    head = pieces[0][1]
    folded = fold(head)
    if sep == "/" and _ASSEMBLY.fullmatch(folded):
        return ("", [head.upper()], 1) if has_year else None
    glued = _unglue(folded)
    if glued and len(pieces) == 1 and (sep == "/" or glued[1] in _PARTY):
        return glued[0], [glued[1]], 1
    if folded in _KIND_BY_FOLD:
        if len(pieces) == 1:
            return None
        joint, second, _ = pieces[1]
        known = fold(second) in _CODE_BY_FOLD or _ASSEMBLY.fullmatch(fold(second)) is not None
        if sep != "/" and "/" not in joint:
            return None  # "3-TT-BNV" is no number of the Party
        if joint.strip() != joint and not known and not re.fullmatch("[A-ZĐ]{2,10}", second):
            return None  # "12/KH - Ngày"
        if not known and len(second) > 16:
            return None
        used = _used(pieces, 2)
        return _KIND_BY_FOLD[folded], _agencies(pieces[1:used]), used
    if sep != "/":
        return None
    if len(pieces) == 1 or pieces[1][0] not in ("-", "–", "/"):
        return (
            ("", [_CODE_BY_FOLD[folded]], 1)
            if _CODE_BY_FOLD.get(folded) in _ALONE and head[0].isupper()
            else None
        )
    if folded in _CODE_BY_FOLD or (_is_code(head) and len(head) > 2 and _is_code(pieces[1][1])):
        used = _used(pieces, 2)
        return "", _agencies(pieces[:used]), used
    return None


def _used(pieces: list[tuple[str, str, int]], sure: int) -> int:
    used = sure
    while used < len(pieces) and (_is_code(pieces[used][1]) or fold(pieces[used][1]) in _CODE_BY_FOLD):
        used += 1
    return used


def _is_code(token: str) -> bool:
    """Whether a word looks like an abbreviation: "SNV", "SoNNMT"; not "Sở"."""
    return token[0].isupper() and sum(c.isupper() for c in token) * 2 >= len(token) and len(token) > 1


def _agencies(pieces: list[tuple[str, str, int]]) -> list[str]:
    named = [_agency(token) for _, token, _ in pieces]
    joined = named[:1]
    for (joint, _, _), name in zip(pieces[1:], named[1:], strict=True):
        if joint.strip() == ".":
            joined[-1] += "." + name
        else:
            joined.append(name)
    return joined


def _agency(token: str) -> str:
    if token.upper() == "TƯ":
        return "TW"
    known = _CODE_BY_FOLD.get(fold(token))
    return known or (token.upper() if token.islower() else token)


def _unglue(folded: str) -> tuple[str, str] | None:
    """ "ndcp" → ("NĐ", "CP"): the hyphen was left out."""
    for size in (2, 3, 4):
        kind, agency = _KIND_BY_FOLD.get(folded[:size]), _CODE_BY_FOLD.get(folded[size:])
        if kind and agency and folded not in _CODE_BY_FOLD:
            return kind, agency
    return None


def _write(first: str, year: str | None, kind: str, agencies: list[str], party: bool) -> str:
    first = first.lower()
    if len(first) == 1:
        first = "0" + first
    if kind and (party or (year is None and agencies[0] in _PARTY)):
        return f"{first}-{kind}/{'-'.join(agencies)}"
    symbol = "-".join(filter(None, [kind, *agencies]))
    return "/".join(filter(None, [first, year, symbol]))


# How people type: words in any order, any separators.

_WORDS: dict[str, str | None] = {
    **{fold(name): code for code, name in KINDS.items() if code not in ("L", "GM", "BB")},
    "luat": LAW,
    "bo luat": LAW,
    "van ban": None,
}
#: Codes that are also everyday shorthand ("hd" = hướng dẫn, "kh" = khách hàng): they need a sign beside them.
_WEAK = {"TT", "CT", "KH", "TB", "BC", "HD", "KL", "ĐA", "PA", "QC", "CĐ", "CV", "PL", "TTr", "CTr"}
_TYPED_CODES = {
    folded: code for folded, code in _KIND_BY_FOLD.items() if len(folded) > 1 and code not in ("GM", "BB")
}
_KIND = "|".join(sorted([*_WORDS, *_TYPED_CODES], key=len, reverse=True))
_LEAD = re.compile(rf"(?:(?:{'|'.join(sorted(_WORDS, key=len, reverse=True))})\s+)?(?:so\b\s*[:.]?\s*)?")
_NAMES = "|".join(
    sorted([*_AGENCY_NAMES, *(c for c in _CODE_BY_FOLD if len(c) > 2), "cp"], key=len, reverse=True)
)
_TYPED = re.compile(
    rf"(?<![\w/])(?P<kind>{_KIND})(?:\s?[-/]\s?(?P<before>[a-z&]+))?(?P<so>\s*so\b\s*[:.]?)?\s*"
    rf"(?P<first>\d{{1,5}}(?:\.\d{{1,3}})?[a-e]?)(?![\d%])(?!\s%)(?![.,]\d)"
    rf"(?:\s*[/-]\s*(?P<year>{_YEAR})\b|\s+nam\s+(?P<spoken>{_YEAR})\b)?"
    rf"(?:\s?[/-]\s?(?P<symbol>[a-z&]+(?:-[a-z&]+)?)\b)?(?!\w)(?!\s?/\s?\d)(?!-\d)"
    rf"(?:\s+(?:cua\s+)?(?P<name>{_NAMES})\b)?"
)
_BARE = re.compile(rf"(?<![\w/.,-])(?P<so>so\s+)?(?P<first>\d{{1,5}}[a-e]?)/(?P<year>{_YEAR})(?![\w/-])")
_WHOLE = re.compile(
    rf"(?:so\s*:?\s*)?(?P<first>{_FIRST})(?:\s*/\s*(?P<year>{_YEAR}))?(?:\s*[/-]\s*(?P<symbol>[a-z]+))?"
)
#: Words that make the number before them a count: "kế hoạch 5 năm", "thông báo 2 lần".
_COUNTED = re.compile(
    r"\s*(?:nam|thang|ngay|gio|tuan|lan|nguoi|nhom|noi dung|don vi|buoc|(?:muc|diem|dieu|khoan|phan)(?! (?:\d|[a-z]\b))|trieu|ty"
    r"|nghin|dong|giai doan|tinh|xa|huyen|phuong|chi so|chi tieu|nhiem vu|giai phap|truong hop|co quan|viec"
    r"|van de|loai|cap|trang|ban|tieu chi|quy(?! (?:dinh|che)))\b"
)
_YEARLIKE = re.compile(r"(?:19[5-9]|20[0-4])\d")
#: Kinds numbered past 1900 in a year, so that "quyết định 2015" can be a number and not a year.
_MANY_A_YEAR = {"QĐ", "CV", "TTr", "VBHN", "TB", None}


def partial_mentions(question: str) -> list[PartialNumber]:
    """Numbers typed in part, in order: "nđ 61", "đề án 905", "61/2018". Full numbers are not repeated."""
    folded, offsets = fold_aligned(question)
    taken = [(m.start, m.end) for m in numbers_in(question)]
    found: list[PartialNumber] = []
    for match in _TYPED.finditer(folded):
        span = offsets[match.start()], offsets[match.end()]
        if not _overlaps(span, taken) and (typed := _typed(match, folded, question[span[0] :], span)):
            found.append(typed)
            taken.append(span)
    for match in _BARE.finditer(folded):
        span = offsets[match.start("first")], offsets[match.end()]
        month = not match["so"] and match["first"].isdigit() and int(match["first"]) <= 12
        if not month and not _overlaps(span, taken):
            found.append(PartialNumber(None, match["first"], int(match["year"]), None, *span))
    return sorted(found, key=lambda partial: partial.start)


def partial(text: str) -> PartialNumber | None:
    """What the whole `text`, typed into a search box, says of a số hiệu: also "905" and "61/2018" alone."""
    folded, offsets = fold_aligned(nfc(text).strip())
    span = offsets[0], offsets[-1]
    if match := _WHOLE.fullmatch(folded):
        kind, agency = _split_symbol(match["symbol"])
        year = int(match["year"]) if match["year"] else None
        return PartialNumber(kind, match["first"], year, agency, *span)
    if (full := canonical(text)) and (parts := parts_of(full)):
        return PartialNumber(parts.kind or None, parts.first, parts.year, parts.agency or None, *span)
    found = partial_mentions(text)
    return found[0] if len(found) == 1 else None


def _typed(match: re.Match[str], folded: str, written: str, span: tuple[int, int]) -> PartialNumber | None:
    word = match["kind"]
    kind = _WORDS[word] if word in _WORDS else _TYPED_CODES[word]
    first = match["first"]
    year = match["year"] or match["spoken"]
    symbol_kind, agency = _split_symbol(match["symbol"] or match["before"])
    if agency is None and match["name"]:
        agency = _AGENCY_NAMES.get(match["name"]) or _CODE_BY_FOLD[match["name"]]
    sure = bool(match["so"] or year or symbol_kind or agency or first.startswith("0") or not first.isdigit())
    if not sure:
        if _YEARLIKE.fullmatch(first) and kind not in _MANY_A_YEAR:
            return None
        if int(first) < 100 and _COUNTED.match(folded, match.end()):
            return None
        weak = word not in _WORDS and kind in _WEAK and not written[: len(word)].isupper()
        if weak and len(first) < (2 if kind == "TT" else 3):
            return None
    if kind in (None, "ĐA", "KH", "CTr") and symbol_kind:
        kind = symbol_kind
    return PartialNumber(kind, first, int(year) if year else None, agency, *span)


def _split_symbol(symbol: str | None) -> tuple[str | None, str | None]:
    """ "qd-bnv" → ("QĐ", "BNV"), "bnv" → (None, "BNV"); letters that mean nothing → (None, None)."""
    head, _, tail = (symbol or "").partition("-")
    if head in _KIND_BY_FOLD:
        return _KIND_BY_FOLD[head], _agency(tail) if tail else None
    if glued := _unglue(head):
        return glued
    return None, _CODE_BY_FOLD.get(head)


def _from_words(text: str) -> str | None:
    """ "ND-CP 61/2018", "61_2018_nd-cp", "nđ 61/2018" → "61/2018/NĐ-CP"; None where a part is missing."""
    words = fold_aligned(text)[0]
    for name, code in sorted(_WORDS.items(), key=lambda item: -len(item[0])):
        if code and words.startswith(name + " "):
            words = fold(code) + words[len(name) :]
    tokens = [t for t in re.split(r"[\s/_\-–:]+", words) if t and t != "so"]
    digits = [t for t in tokens if re.fullmatch(_FIRST, t)]
    letters = [t for t in tokens if t not in digits]
    if (
        not 1 <= len(digits) <= 2
        or not 1 <= len(letters) <= 4
        or not all(re.fullmatch(r"[a-z&]+\d{0,2}", t) for t in letters)
    ):
        return None
    year = digits[1] if len(digits) == 2 else None
    if year and not re.fullmatch(_YEAR, year):
        return None
    if len(letters) == 1 and (glued := _unglue(letters[0])):
        return _write(digits[0], year, glued[0], [glued[1]], False)
    if _ASSEMBLY.fullmatch(letters[-1]) and year and letters[:-1] in ([], ["qh"], ["nq"]):
        return _write(digits[0], year, "", [letters[-1].upper()], False)
    kind = _KIND_BY_FOLD.get(letters[0])
    if kind is None or kind in letters[1:]:
        return None
    rest = letters[1:] if letters[1:2] != [letters[0]] else letters[2:]
    agencies = [_agency(t) for t in rest]
    if not agencies:
        if kind not in _ONLY_ISSUER or not year:
            return None
        agencies = [_ONLY_ISSUER[kind]]
    if not all(fold(a) in _CODE_BY_FOLD or _ASSEMBLY.fullmatch(fold(a)) for a in agencies):
        return None
    if kind in _ONLY_ISSUER and not year:
        return None
    return _write(digits[0], year, kind, agencies, False)


def _bare(first: str) -> str:
    return first.lower().lstrip("0")


def _overlaps(span: tuple[int, int], taken: list[tuple[int, int]]) -> bool:
    return any(span[0] < end and start < span[1] for start, end in taken)
