"""What is wrong with one answer, as the kinds of failure that an evaluator sorts by. Called by the report.

Whoever was refused was also not given the facts: of an answer that was not given only that is a fault.
"""

from collections.abc import Iterable
from enum import StrEnum

from evals.record import Record
from evals.suite import Expect


class Fault(StrEnum):
    ERROR = "error"
    ANSWERED_WRONGLY = "answered_wrongly"
    REFUSED_WRONGLY = "refused_wrongly"
    STATUS_WRONG = "status_wrong"
    DOCUMENT_MISSED = "document_missed"
    PROVISION_MISSED = "provision_missed"
    PROVISION_ABOVE = "provision_above"
    FACT_MISSING = "fact_missing"
    FORBIDDEN_SAID = "forbidden_said"
    QUOTE_ALTERED = "quote_altered"
    NUMBER_UNSUPPORTED = "number_unsupported"

    @property
    def vietnamese(self) -> str:
        return _SAID[self]


_SAID = {
    Fault.ERROR: "Hệ thống báo lỗi",
    Fault.ANSWERED_WRONGLY: "Trả lời khi phải từ chối",
    Fault.REFUSED_WRONGLY: "Từ chối khi phải trả lời",
    Fault.STATUS_WRONG: "Sai loại kết quả",
    Fault.DOCUMENT_MISSED: "Thiếu văn bản đúng",
    Fault.PROVISION_MISSED: "Đúng văn bản, sai chỗ",
    Fault.PROVISION_ABOVE: "Chỉ dẫn tới cấp trên",
    Fault.FACT_MISSING: "Thiếu ý",
    Fault.FORBIDDEN_SAID: "Nói điều không được nói",
    Fault.QUOTE_ALTERED: "Trích dẫn không nguyên văn",
    Fault.NUMBER_UNSUPPORTED: "Số liệu không có nguồn",
}


def faults(record: Record) -> tuple[Fault, ...]:
    """In the order of `Fault`; empty where the answer is all that its row asks for."""
    found = set(_faults(record))
    return tuple(fault for fault in Fault if fault in found)


def _faults(record: Record) -> Iterable[Fault]:
    verdict, asked = record.verdict, record.asked
    if asked.error or asked.reply.status == "error":
        yield Fault.ERROR
    elif verdict.answered_wrongly:
        yield Fault.ANSWERED_WRONGLY
    elif verdict.refused_wrongly:
        yield Fault.REFUSED_WRONGLY
    elif not verdict.status_right:
        yield Fault.STATUS_WRONG
    elif record.row.expect is Expect.ANSWER:
        if verdict.document_any is False:
            yield Fault.DOCUMENT_MISSED
        elif verdict.provision_hit is False:
            yield Fault.PROVISION_ABOVE if verdict.provision_near else Fault.PROVISION_MISSED
        if verdict.facts_all is False:
            yield Fault.FACT_MISSING
    if verdict.must_not:
        yield Fault.FORBIDDEN_SAID
    if verdict.quotes_verbatim < verdict.quotes:
        yield Fault.QUOTE_ALTERED
    if verdict.unsupported:
        yield Fault.NUMBER_UNSUPPORTED
