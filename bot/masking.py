"""Personal data in what people type, replaced before the text leaves the machine or is stored. Called by the draft
step and by all that keeps questions.

Known by form: e-mail addresses, Vietnamese telephone numbers, numbers of identity cards, accounts, and any other long
number. Names and addresses have no form and stay.
"""

import re

EMAIL = "[thư điện tử]"
PHONE = "[số điện thoại]"
IDENTITY = "[số giấy tờ tùy thân]"
ACCOUNT = "[số tài khoản]"
SERIES = "[dãy số]"

_EMAIL = re.compile(r"[\w.+%-]+@[\w-]+(?:\.[\w-]+)+")
#: Not inside a longer figure, a document number or a day.
_BEFORE, _AFTER = r"(?<![\w.,/-])", r"(?![\w/]|[.,-]\d)"
#: Mobile (10 digits) and fixed lines (11 digits), with 0 or the country's code. 1800 and 1900 are nobody's own.
_PHONE = re.compile(
    rf"{_BEFORE}(?:\(?(?:\+|00)?84\)?[ .-]?(?:\(0\))?|\(?0)[235789](?:[ .)-]{{0,2}}\d){{8,9}}{_AFTER}"
)
#: 12 digits of a citizen's card, which begin with the code of a province (001 … 096); 9 of the older one.
_IDENTITY = re.compile(
    rf"{_BEFORE}(?:0\d{{2}}(?:[ .-]?\d{{3}}){{3}}|0\d{{3}}(?: \d{{4}}){{2}}|\d{{9}}){_AFTER}"
)
#: After the words that announce them, numbers of accounts and papers are known in more spellings: in groups, shorter.
_NUMBER = r"(?:[A-Z]\d{7,8}|\d{3,}(?: \d{3,}){0,5}|\d{4}(?:-\d{3,4}){2,4})"
_ANNOUNCED = r"\b(?:{words})\b[^\d\n]{{0,25}}?(?<![\w.,/-])"
_ACCOUNT_WORDS = r"tài khoản|tai khoan|s?tk|số thẻ|so the"
_PAPER_WORDS = (
    r"cmnd|cmtnd|cccd|chứng minh|chung minh|căn cước|can cuoc|định danh|dinh danh|hộ chiếu|ho chieu|passport"
)
_ACCOUNT, _PAPER = (
    re.compile(rf"(?i:(?P<announced>{_ANNOUNCED.format(words=words)}))(?P<number>{_NUMBER}){_AFTER}")
    for words in (_ACCOUNT_WORDS, _PAPER_WORDS)
)
#: Digits; fewer after those words are clauses, years, levels. Two years beside each other make eight.
_ANNOUNCED_MIN, _GROUPED_MIN = 6, 9
#: Codes of taxpayers and insured people, accounts and cards that nothing announces.
_SERIES = re.compile(rf"{_BEFORE}(?:\d{{10,19}}|\d{{4}}(?:[ -]\d{{4}}){{3}}){_AFTER}")
_MONEY = re.compile(r"\s*(?:đồng|đ\b|vnđ|vnd|usd|dong\b|triệu|tỷ|tỉ|nghìn)", re.IGNORECASE)
#: An amount without its unit; telephone numbers begin with 0.
_ROUND = re.compile(r"[1-9]\d*00000")


def masked(text: str, public: str = "") -> str:
    """`text` (NFC) with personal numbers and addresses replaced by what they are, in brackets.

    What stands in `public` too stays: a hotline that a cited document names is nobody's secret.
    """
    for form, name in ((_ACCOUNT, ACCOUNT), (_PAPER, IDENTITY)):
        text = form.sub(lambda found, name=name: _announced(found, name, public), text)  # type: ignore[misc]
    for form, name in ((_EMAIL, EMAIL), (_PHONE, PHONE), (_IDENTITY, IDENTITY), (_SERIES, SERIES)):
        text = form.sub(lambda found, name=name: _replaced(found[0], found, name, public), text)  # type: ignore[misc]
    return text


def _announced(found: re.Match[str], name: str, public: str) -> str:
    number = found["number"]
    if sum(char.isdigit() for char in number) < (_GROUPED_MIN if " " in number else _ANNOUNCED_MIN):
        return found[0]
    return found["announced"] + _replaced(number, found, name, public)


def _replaced(what: str, found: re.Match[str], name: str, public: str) -> str:
    amount = _MONEY.match(found.string, found.end()) or _ROUND.fullmatch(what)
    return what if amount or what in public else name
