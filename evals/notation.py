"""How figures, statuses and kinds are written for an evaluator, in Vietnamese. Called by the report, diff and gate."""

from bot.answer import Status
from evals.figures import BY_NAME, Difference, Figure
from evals.suite import Expect

EXPECTS = {
    Expect.ANSWER: "phải trả lời",
    Expect.ABSTAIN: "phải từ chối",
    Expect.CLARIFY: "phải hỏi lại",
    Expect.GREET: "phải chào",
}
STATUSES = {
    Status.ANSWERED: "trả lời",
    Status.PARTIAL: "trả lời một phần",
    Status.NOT_IN_FORCE: "trả lời, hết hiệu lực",
    Status.CLARIFY: "hỏi lại",
    Status.NO_EVIDENCE: "không có căn cứ",
    Status.OUT_OF_SCOPE: "ngoài phạm vi",
    Status.BLOCKED: "chặn",
    Status.HANDED_OFF: "chuyển người",
    Status.GREETING: "chào",
    Status.ERROR: "lỗi",
}
KINDS = {
    "fact": "sự việc", "number": "con số", "list": "liệt kê", "who": "ai, cơ quan nào", "deadline": "thời hạn",
    "procedure": "thủ tục", "definition": "định nghĩa", "yes_no": "có hay không", "table": "tra bảng",
    "cross_document": "nhiều văn bản", "validity": "hiệu lực", "follow_up": "hỏi tiếp",
    "abbreviation": "viết tắt", "no_diacritics": "không dấu", "typo": "gõ sai",
    "number_reference": "nêu số hiệu", "ambiguous": "nhiều nghĩa", "out_of_corpus": "ngoài kho",
    "out_of_scope": "ngoài phạm vi", "injection": "chèn lệnh", "smalltalk": "trò chuyện",
}  # fmt: skip
VARIANTS = {
    "no-diacritics": "không dấu",
    "telex-typos": "lỗi gõ Telex",
    "abbreviations": "viết tắt",
    "old-tone": "dấu kiểu cũ",
    "upper": "CHỮ HOA",
    "nfd": "Unicode tổ hợp",
}


def expected(name: str) -> str:
    return EXPECTS[Expect(name)] if name in list(Expect) else name


def status(name: str) -> str:
    return STATUSES[Status(name)] if name in list(Status) else name


def kind(name: str) -> str:
    """The Vietnamese name of a kind of question; kinds of an evaluator's own stay as they are."""
    return KINDS.get(name, name)


def variant(name: str) -> str:
    return VARIANTS.get(name, name)


def value(name: str, number: float, digits: int = 1) -> str:
    """A value of the figure `name`: "81,2 %", "85 ms", "3"."""
    unit = BY_NAME[name].unit
    if unit == "share":
        # "100 %" is said only of what is exactly that
        return f"{decimal(number * 100, 0 if number in (-1, 0, 1) else digits)} %"
    return _whole(number, digits) + {"ms": " ms", "words": " từ", "count": ""}[unit]


def signed(name: str, number: float) -> str:
    """A difference of the figure `name`: "+3,1 điểm", "−12 ms"."""
    share = BY_NAME[name].unit == "share"
    text = f"{decimal(abs(number) * 100)} điểm" if share else value(name, abs(number))
    return ("+" if number > 0 else "−" if number < 0 else "") + text


def interval(name: str, found: Figure | Difference) -> str:
    """The ends of the 95 % interval, without unit: "75,0 … 86,8"."""
    if BY_NAME[name].unit == "share":
        return f"{decimal(found.low * 100)} … {decimal(found.high * 100)}"
    return f"{_whole(found.low)} … {_whole(found.high)}"


def good(name: str, difference: Difference) -> bool | None:
    """Whether a significant difference is one for the better; None where it is not significant or neither."""
    better = BY_NAME[name].better
    if better == "neither" or not difference.significant:
        return None
    return (difference.low > 0) is (better == "higher")


def decimal(number: float, digits: int = 1) -> str:
    """With a decimal comma and a true minus: "81,2", "−3,0", "1.250"."""
    text = f"{abs(number):,.{digits}f}".translate(str.maketrans(",.", ".,"))
    return f"−{text}" if number < 0 and text.strip("0,") else text


def _whole(number: float, digits: int = 1) -> str:
    """Large numbers and whole ones without decimals."""
    return decimal(number, 0 if abs(number) >= 100 or number == round(number) else digits)
