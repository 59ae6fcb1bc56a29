"""A correction (đính chính) by an operator: what a person says of a document against what was read or derived.

Kept by the store with who said it and when; wins over the file and over what other documents say.
"""

from dataclasses import dataclass
from datetime import date, datetime

from corpus.number import canonical

#: What can be corrected: the fields of the header that are dates, those that are text, and the status itself.
DAYS = ("issued_on", "effective_from", "effective_to")
TEXTS = ("number", "issuer", "title")
STATUS = "status"
FIELDS = (*DAYS, *TEXTS, STATUS)


class CorrectionError(ValueError):
    """A correction that cannot be taken; the message says why, in Vietnamese."""


@dataclass(frozen=True, slots=True)
class Correction:
    document_id: str
    field: str  # one of FIELDS
    value: str  # ISO day, text, or a value of `ValidityStatus`; "" says that there is none
    by: str  # who says so
    note: str
    at: datetime
    since: date | None = None  # of a status: first day on which it holds

    @property
    def day(self) -> date | None:
        """The value of a corrected day; None: there is none."""
        return date.fromisoformat(self.value) if self.value else None

    @property
    def evidence(self) -> str:
        """Who says so, as it is shown."""
        note = f": {self.note}" if self.note else ""
        return f"Theo đính chính của {self.by} ngày {self.at:%d/%m/%Y}{note}"


def checked(field: str, value: str) -> str:
    """The value as it is stored. Raises `CorrectionError`."""
    value = " ".join(value.split())
    if field in DAYS:
        try:
            return date.fromisoformat(value).isoformat() if value else ""
        except ValueError:
            raise CorrectionError(
                f"“{value}” không phải ngày. Hãy viết NĂM-THÁNG-NGÀY, ví dụ 2025-07-01."
            ) from None
    if field == "number" and value:
        if not (number := canonical(value)):
            raise CorrectionError(f"“{value}” không phải số hiệu văn bản đầy đủ, ví dụ 905/QĐ-BNV.")
        return number
    return value
