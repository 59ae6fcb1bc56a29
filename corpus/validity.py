"""Validity (hiệu lực): the status of a document on a day, in the official vocabulary, with who says so."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class ValidityStatus(StrEnum):
    IN_FORCE = "in_force"
    PARTLY_EXPIRED = "partly_expired"
    EXPIRED = "expired"
    NOT_YET = "not_yet_in_force"
    UNKNOWN = "unknown"

    @property
    def vietnamese(self) -> str:
        return {
            ValidityStatus.IN_FORCE: "Còn hiệu lực",
            ValidityStatus.PARTLY_EXPIRED: "Hết hiệu lực một phần",
            ValidityStatus.EXPIRED: "Hết hiệu lực toàn bộ",
            ValidityStatus.NOT_YET: "Chưa có hiệu lực",
            ValidityStatus.UNKNOWN: "Chưa xác định hiệu lực",
        }[self]


@dataclass(frozen=True, slots=True)
class Validity:
    status: ValidityStatus
    on: date  # the day asked about
    since: date | None = None  # day the status began, where known
    by: str = ""  # số hiệu of the document that ended or amended it
    by_id: str = ""  # its document id, where held
    evidence: str = ""  # the sentence that says so, verbatim
