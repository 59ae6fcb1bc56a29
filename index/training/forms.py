"""Questions made of what a provision says: of its heading and of the patterns of its clauses.

Called by `index.training.pairs`. A form gives several wordings of one question; which is taken is drawn by the caller.
The templates are our own; no question of any suite stands behind them.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

#: Words of a matter that can be asked about in one breath.
_LEAST, _MOST = 2, 28


@dataclass(frozen=True, slots=True)
class Asked:
    """One question in several wordings."""

    form: str  # "heading", "term", "fine", …
    wordings: tuple[str, ...]


# -- headings ----------------------------------------------------------------------------------------------

#: First words of a heading -> what is asked of the rest, the matter. The whole heading is always asked about too.
_HEADINGS: tuple[tuple[re.Pattern[str], tuple[str, ...]], ...] = tuple(
    (re.compile(rf"^(?:{start})\s+(?P<x>.+)$", re.IGNORECASE), wordings)
    for start, wordings in (
        (
            "thời hạn|thời gian",
            ("{x} trong bao lâu?", "thời hạn {x} là bao lâu?", "{x} mất bao nhiêu ngày?", "{x} mất mấy ngày?", "thời hạn {x} là khi nào?"),
        ),
        ("thời điểm", ("khi nào {x}?", "{x} vào lúc nào?", "thời điểm {x} là khi nào?")),
        (
            "thẩm quyền(?: về| trong(?: việc)?)?",
            ("ai có thẩm quyền {x}?", "cơ quan nào có thẩm quyền {x}?", "ai được {x}?", "{x} thuộc thẩm quyền của ai?", "cấp nào {x}?"),
        ),
        (
            "trách nhiệm của",
            ("{x} có trách nhiệm gì?", "{x} phải làm gì?", "trách nhiệm của {x} được quy định như thế nào?", "nhiệm vụ của {x} là gì?"),
        ),
        (
            "(?:nhiệm vụ|chức năng)(?:,? (?:và )?quyền hạn)?(?: của)?",
            ("{x} có nhiệm vụ gì?", "{x} có những quyền hạn nào?", "{x} làm những việc gì?", "chức năng của {x} là gì?"),
        ),
        (
            "quyền(?: và|,) (?:nghĩa vụ|trách nhiệm)(?: của)?",
            ("{x} có quyền và nghĩa vụ gì?", "{x} có những quyền gì?", "{x} có nghĩa vụ gì?", "{x} được làm gì và phải làm gì?"),
        ),
        ("quyền(?: của)", ("{x} có quyền gì?", "{x} được làm gì?", "{x} có những quyền nào?")),
        ("nghĩa vụ(?: của)", ("{x} có nghĩa vụ gì?", "{x} phải làm gì?", "{x} có những nghĩa vụ nào?")),
        (
            "(?:các )?điều kiện(?: để| đối với| về| của)?",
            ("điều kiện để {x} là gì?", "{x} cần điều kiện gì?", "muốn {x} phải đáp ứng điều kiện nào?", "điều kiện {x} gồm những gì?", "khi nào thì được {x}?"),
        ),
        (
            "(?:thành phần )?hồ sơ(?: đề nghị| đăng ký| xin| về)?",
            ("hồ sơ {x} gồm những gì?", "{x} cần giấy tờ gì?", "muốn {x} phải nộp những gì?", "{x} thì chuẩn bị hồ sơ thế nào?"),
        ),
        (
            "(?:trình tự(?:,| và)? ?)?thủ tục(?: về)?|trình tự|quy trình|hồ sơ, (?:trình tự, )?thủ tục",
            ("thủ tục {x} như thế nào?", "{x} thì làm thế nào?", "trình tự {x} ra sao?", "các bước {x} là gì?", "muốn {x} phải làm sao?"),
        ),
        ("(?:các )?nguyên tắc(?: về| của| trong)?", ("{x} theo nguyên tắc nào?", "nguyên tắc {x} là gì?", "{x} phải tuân theo những nguyên tắc gì?")),
        ("(?:các )?nội dung(?: của| về)?", ("{x} gồm những nội dung gì?", "nội dung {x} là gì?", "{x} bao gồm những gì?")),
        (
            "(?:các )?tiêu chuẩn(?: của| về| đối với)?|(?:các )?tiêu chí(?: về)?|yêu cầu(?: đối với| về)?",
            ("{x} phải đạt tiêu chuẩn gì?", "tiêu chuẩn {x} là gì?", "{x} cần đáp ứng yêu cầu nào?", "thế nào thì đủ tiêu chuẩn {x}?"),
        ),
        ("(?:các )?hình thức(?: của)?|phương thức|phương pháp|cách(?: thức)?", ("{x} bằng hình thức nào?", "{x} bằng cách nào?", "có những cách {x} nào?")),
        ("mức|giá|định mức", ("mức {x} là bao nhiêu?", "{x} được bao nhiêu?", "{x} bao nhiêu tiền?", "{x} tính thế nào?")),
        ("đối tượng(?: được)?", ("ai được {x}?", "những ai {x}?", "đối tượng nào {x}?")),
        ("(?:các )?trường hợp", ("khi nào {x}?", "trường hợp nào {x}?", "lúc nào thì {x}?")),
        ("(?:các )?hành vi(?: vi phạm)?(?: quy định)?(?: về)?", ("vi phạm về {x} bị xử lý thế nào?", "{x} có những hành vi nào bị cấm?", "hành vi nào vi phạm {x}?")),
        ("vi phạm(?: các)?(?: quy định)?(?: về)?", ("vi phạm quy định về {x} bị phạt bao nhiêu?", "vi phạm {x} bị xử phạt thế nào?")),
        ("tội", ("{x} bị phạt bao nhiêu năm tù?", "{x} bị xử lý hình sự thế nào?", "tội {x} bị phạt tù mấy năm?", "{x} thì phạm tội gì?")),
        ("xử lý|giải quyết", ("{x} thì xử lý thế nào?", "{x} được giải quyết ra sao?", "gặp {x} thì phải làm gì?")),
        ("(?:nguồn )?kinh phí|nguồn vốn", ("kinh phí {x} lấy từ đâu?", "ai chi trả {x}?", "tiền {x} từ nguồn nào?")),
        ("cơ cấu(?: tổ chức)?(?: của)?|tổ chức(?: của)?|thành phần(?: của)?", ("{x} gồm những ai?", "{x} được tổ chức thế nào?", "{x} có những bộ phận nào?")),
        ("chế độ|chính sách|quyền lợi", ("{x} được hưởng chế độ gì?", "chế độ {x} như thế nào?", "{x} được hỗ trợ gì?")),
        ("căn cứ", ("{x} căn cứ vào đâu?", "dựa vào đâu để {x}?")),
        ("phân loại", ("{x} có mấy loại?", "{x} gồm những loại nào?")),
        ("số lượng|tỷ lệ", ("{x} có bao nhiêu?", "{x} là bao nhiêu?")),
        ("thu hồi|đình chỉ|hủy bỏ|chấm dứt|tạm đình chỉ", ("khi nào bị thu hồi {x}?", "{x} bị thu hồi trong trường hợp nào?", "ai thu hồi {x}?")),
    )
)  # fmt: skip
_OF_ANY = (
    "{h}",
    "{h} được quy định như thế nào?",
    "{h} được quy định như thế nào?",
    "quy định về {h} ra sao?",
    "{h} thế nào?",
    "{h} là gì?",
    "{h} được thực hiện như thế nào?",
    "pháp luật quy định thế nào về {h}?",
    "cho biết {h}",
)
#: Headings that thousands of documents share say nothing without the document.
_COMMON = re.compile(
    r"(?:phạm vi|đối tượng|hiệu lực|điều khoản|tổ chức thực hiện|trách nhiệm (?:thi hành|thực hiện)|giải thích từ ngữ|"
    r"quy định chuyển tiếp|hướng dẫn thi hành|điều khoản thi hành|nguyên tắc chung|quy định chung)[^,]{0,24}$",
    re.IGNORECASE,
)


def common(heading: str) -> bool:
    """Whether the heading names no matter: "Phạm vi điều chỉnh"."""
    return bool(_COMMON.match(heading))


def of_heading(heading: str) -> Iterator[Asked]:
    """What a heading lets one ask; nothing where it names no matter."""
    heading = heading.strip(" .;:")
    if not heading or len(heading.split()) > _MOST:
        return
    said = small(heading)
    yield Asked("heading", tuple(wording.format(h=said) for wording in _OF_ANY))
    for pattern, wordings in _HEADINGS:
        match = pattern.match(said)
        if match and len(match["x"].split()) >= _LEAST:
            yield Asked("matter", tuple(wording.format(x=match["x"]) for wording in wordings))
            return


# -- clauses -----------------------------------------------------------------------------------------------

_UNIT = r"ngày làm việc|ngày|giờ|tháng|năm|tuổi|đồng|%|phần trăm|lần|người|km|mét|m2|m|ha|tấn|kg|điểm|bản|bộ"
_NUMBER = re.compile(
    rf"(?P<how>không quá|tối đa(?: là)?|tối thiểu(?: là)?|ít nhất(?: là)?|chậm nhất(?: là)?|từ đủ|từ|là|bằng|đủ|trong)?\s*"
    rf"\b\d[\d.,/]*(?:\s*\([^)]{{1,40}}\))?\s*(?P<unit>{_UNIT})\b"
    rf"(?:\s+(?:đến|trở lên|trở xuống)(?:\s+(?:dưới )?\d[\d.,]*\s*(?:{_UNIT}))?)?"
)
_FINE = re.compile(r"^(?:Phạt tiền|Phạt cảnh cáo|Cảnh cáo|Phạt)\b.{0,160}?\bđối với\s+(?P<x>.+)$", re.DOTALL)
_FOLLOWING = re.compile(r"(?:một trong )?(?:các |những )?hành vi(?: vi phạm)?(?: sau)?(?: đây)?\s*:?$")
_CRIME = re.compile(r"^Người nào\s+(?P<x>.{12,260}?),?\s*(?:thì\s+)?bị phạt", re.DOTALL)
_TERM = re.compile(r"^[“\"*]*(?P<x>[^“”\"*:;.]{3,80}?)[”\"*]*\s+(?:là|được hiểu là|bao gồm|gồm)\s+\S")
_CASE = re.compile(r"^(?:Trong t|T)rường hợp\s+(?P<x>.{12,200}?)(?:\s+thì\b|,)\s+(?P<y>.{8,})$", re.DOTALL)
_WHEN = re.compile(r"^Khi\s+(?P<x>.{10,160}?)(?:\s+thì\b|,)\s+(?P<y>.{8,})$", re.DOTALL)
_IN_TIME = re.compile(
    r"^(?:Trong|Chậm nhất|Sau|Trước)(?:\s+(?:thời hạn|vòng|là))?\s+\d[\d.,]*\s*(?P<unit>ngày làm việc|ngày|giờ|tháng|năm)"
    r"(?P<since>\s+(?:kể )?từ\s+(?:ngày|khi|thời điểm)\s+[^,]{4,120})?,\s+(?P<y>.{10,})$",
    re.DOTALL,
)  # fmt: skip
_DOES = (
    r"có trách nhiệm|có quyền|có nghĩa vụ|có thẩm quyền|có nhiệm vụ|chủ trì|quyết định|ban hành(?! kèm)|phê duyệt|thẩm định|"
    r"hướng dẫn|kiểm tra|thành lập|thu hồi|xem xét|tiếp nhận"
)
_ACTS = re.compile(
    rf"^(?P<who>[A-ZĐÂĂÊÔƠƯÁÀẢÃẠẤẦ][^,;:.]{{3,80}}?)\s+(?P<does>{_DOES})\s+(?P<y>[^;:]{{8,200}})"
)
_MUST = re.compile(
    r"^(?P<who>[^,;:.]{3,80}?)\s+(?P<does>không được|phải|được|không phải)\s+(?P<y>[^;:]{6,160})"
)
_LISTED = re.compile(
    r"^(?P<x>.{12,220}?)\s*(?:như sau|sau đây|dưới đây|gồm(?: có)?|bao gồm|sau)?\s*:$", re.DOTALL
)
_IN_CASES = re.compile(
    r"^(?P<x>.{8,200}?)\s+(?:khi|nếu)?\s*(?:trong|thuộc)?\s*(?:một trong )?(?:các|những) trường hợp(?: sau)?(?: đây)?\s*:$",
    re.DOTALL,
)
_END = re.compile(r"[.;:](?:\s|$)")


def of_clause(said: str, lead: str = "", term: bool = False) -> Iterator[Asked]:
    """What a clause or point lets one ask. `said` is its text without its mark; `lead` is the lead of the clause above,
    "" for a clause of its own; `term` tells that the article explains terms."""
    said = " ".join(said.split())
    first = _first_sentence(said)
    for form, ask in _CLAUSES:
        wordings = ask(said, first, " ".join(lead.split()))
        if wordings and (form != "term" or term):
            yield Asked(form, tuple(wordings))


def _fine(said: str, first: str, lead: str) -> Sequence[str]:
    above = _FINE.match(lead)
    own = _FINE.match(first)
    if above and _FOLLOWING.search(above["x"]):
        act = first
    elif own and not _FOLLOWING.search(own["x"]):
        act = re.sub(r"^hành vi\s+", "", own["x"])
    else:
        return ()
    act = _matter(act)
    return act and (
        f"{act} bị phạt bao nhiêu tiền?", f"{act} bị phạt thế nào?", f"{act} thì bị xử phạt ra sao?", f"mức phạt {act}",
        f"{act} có bị phạt không?", f"{act} phạt bao nhiêu?",
    )  # fmt: skip


def _crime(said: str, first: str, lead: str) -> Sequence[str]:
    match = _CRIME.match(said)
    act = _matter(match["x"]) if match else ""
    return (
        (
            f"{act} bị phạt bao nhiêu năm tù?", f"{act} thì bị xử lý thế nào?", f"{act} đi tù mấy năm?", f"{act} phạm tội gì?",
            f"{act} có thể bị phạt tù tối đa bao nhiêu năm?", f"{act} có phải chịu trách nhiệm hình sự không?",
        )
        if act
        else ()
    )  # fmt: skip


def _term(said: str, first: str, lead: str) -> Sequence[str]:
    match = _TERM.match(said)
    term = match and _matter(match["x"], least=1)
    return (
        (f"{term} là gì?", f"thế nào là {term}?", f"{term} được hiểu thế nào?", f"khái niệm {term}")
        if term
        else ()
    )


def _number(said: str, first: str, lead: str) -> Sequence[str]:
    match = _NUMBER.search(first)
    if not match or (match["unit"] in ("bản", "bộ", "điểm") and match.start() < 12):
        return ()
    unit, how = match["unit"], (match["how"] or "").strip()
    asked = {"đồng": "bao nhiêu tiền", "%": "bao nhiêu phần trăm"}.get(unit, f"bao nhiêu {unit}")
    lasting = unit in ("ngày", "ngày làm việc", "giờ", "tháng", "năm")
    before, after = first[: match.start()].strip(" ,"), first[match.end() :].strip(" ,")
    after = re.split(r"[,;]", after)[0].strip()
    if len(before.split()) >= 4:
        matter = _matter(before)
        if not matter:
            return ()
        tail = f" {after}" if after and len(after.split()) <= 10 else ""
        wordings = [f"{matter} {how} {asked}{tail}?", f"{matter} {asked}?"]
        return [*wordings, f"{matter} trong bao lâu?", f"{matter} bao lâu?"] if lasting else wordings
    matter = _matter(re.split(r"[,;]", first[match.end() :], maxsplit=1)[-1] if not before else after)
    return (f"{asked} thì {matter}?", f"{matter} là {asked}?") if matter else ()


def _in_time(said: str, first: str, lead: str) -> Sequence[str]:
    match = _IN_TIME.match(first)
    does = match and _matter(match["y"])
    if not match or not does:
        return ()
    since = (match["since"] or "").strip()
    return (
        f"{does} trong bao lâu {since}?", f"{does} trong thời hạn bao nhiêu {match['unit']}?", f"mấy {match['unit']} thì {does}?",
        f"thời hạn {does} là bao lâu?",
    )  # fmt: skip


def _case(said: str, first: str, lead: str) -> Sequence[str]:
    match = _CASE.match(first) or _WHEN.match(first)
    if not match:
        return ()
    case, then = _matter(match["x"]), _matter(match["y"])
    wordings = (
        [
            f"trường hợp {case} thì xử lý thế nào?",
            f"{case} thì phải làm gì?",
            f"nếu {case} thì sao?",
            f"{case} có được không?",
        ]
        if case
        else []
    )
    return [*wordings, f"khi nào {then}?", f"trường hợp nào thì {then}?"] if then else wordings


def _acts(said: str, first: str, lead: str) -> Sequence[str]:
    match = _ACTS.match(first)
    does = match and _matter(match["y"].split(",")[0] if len(match["y"]) > 120 else match["y"])
    if not match or not does or len(does.split()) < 3:
        return ()
    who = small(match["who"])
    return (
        f"ai {match['does']} {does}?", f"cơ quan nào {match['does']} {does}?", f"{does} thuộc trách nhiệm của ai?",
        f"{does} do ai làm?", f"ai có thẩm quyền {does}?", f"{who} {match['does']} gì về {' '.join(does.split()[-6:])}?",
    )  # fmt: skip


def _must(said: str, first: str, lead: str) -> Sequence[str]:
    match = _MUST.match(first)
    if not match:
        return ()
    who, what = small(match["who"]), _matter(match["y"])
    if not what or len(who.split()) > 14:
        return ()
    if match["does"] in ("phải", "không phải"):
        return (
            f"{who} có phải {what} không?",
            f"{who} có bắt buộc {what} không?",
            f"{who} không {what} có được không?",
            f"ai phải {what}?",
        )
    return (
        f"{who} có được {what} không?",
        f"{who} có quyền {what} không?",
        f"{what} có được không?",
        f"ai được {what}?",
    )


def _list(said: str, first: str, lead: str) -> Sequence[str]:
    # of a clause with points, `said` is the lead
    cases = _IN_CASES.match(said)
    if cases and (matter := _matter(cases["x"])):
        return (
            f"khi nào {matter}?",
            f"trường hợp nào {matter}?",
            f"{matter} trong những trường hợp nào?",
            f"lúc nào thì {matter}?",
        )
    listed = _LISTED.match(said)
    matter = _matter(listed["x"]) if listed else ""
    if not matter:
        return ()
    return (
        f"{matter} gồm những gì?",
        f"{matter} gì?",
        f"{matter} là những gì?",
        f"những {matter} nào?",
        f"{matter} như thế nào?",
    )


_CLAUSES: tuple[tuple[str, Callable[[str, str, str], Sequence[str]]], ...] = (
    ("term", _term),
    ("fine", _fine),
    ("crime", _crime),
    ("list", _list),
    ("time", _in_time),
    ("case", _case),
    ("number", _number),
    ("acts", _acts),
    ("must", _must),
)


def _first_sentence(said: str) -> str:
    match = _END.search(said, 12)
    return said[: match.start()] if match else said


def _matter(text: str, least: int = _LEAST) -> str:
    """The words that are asked about, "" where they are too few, too many or only point elsewhere."""
    text = re.sub(r"\s*\([^)]*\)", "", text)
    text = re.sub(r"\s*(?:theo )?quy định tại .*$", "", text)
    text = re.sub(r"\s+(?:quy định|nêu|này)\s*$", "", text).strip(" ,.;:–-")
    if re.match(r"(?:kể )?từ (?:ngày|khi)\b|quy định\b", text, re.IGNORECASE):
        return ""
    words = text.split()
    if len(words) > _MOST:
        clause = re.split(r"[,;]", text)[0].strip()
        words = clause.split()
        text = clause
    return small(text) if least <= len(words) <= _MOST else ""


#: Beginnings of names, which keep their capital.
_NAME = re.compile(
    r"(?:Bộ|Ủy ban|Uỷ ban|Chính phủ|Quốc hội|Hội đồng nhân dân|Thủ tướng|Chủ tịch|Tòa án|Toà án|Viện kiểm sát|Ngân hàng Nhà nước|"
    r"Kiểm toán Nhà nước|Việt Nam|Nhà nước|Đảng|Mặt trận|Tổng|Văn phòng Chính phủ|Luật|Nghị định|Sở|Cục)\s+\S|Nhà nước\b|Chính phủ\b|Quốc hội\b"
)


def small(text: str) -> str:
    """Its first letter small, unless the first word is a name or an abbreviation."""
    first, _, rest = text.partition(" ")
    name = _NAME.match(text) or (len(first) > 1 and first.isupper()) or rest[:1].isupper()
    return text if name else text[:1].lower() + text[1:]
