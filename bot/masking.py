"""Personal data in what people type, replaced before the text leaves the machine. Called by the draft step.

Known by form: e-mail addresses, Vietnamese telephone numbers, numbers of identity cards. Names and addresses have no form
and stay.
"""

import re

EMAIL = "[thư điện tử]"
PHONE = "[số điện thoại]"
IDENTITY = "[số giấy tờ tùy thân]"

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
_MONEY = re.compile(r"\s*(?:đồng|đ\b|vnđ|vnd|usd)", re.IGNORECASE)


def masked(text: str) -> str:
    """`text` (NFC) with e-mail addresses, telephone and identity numbers replaced by what they are, in brackets."""
    for form, name in ((_EMAIL, EMAIL), (_PHONE, PHONE), (_IDENTITY, IDENTITY)):
        text = form.sub(lambda found, name=name: _unless_money(found, name), text)  # type: ignore[misc]
    return text


def _unless_money(found: re.Match[str], name: str) -> str:
    return found[0] if _MONEY.match(found.string, found.end()) else name
