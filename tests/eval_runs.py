"""A small run for the tests of what an evaluator looks at: rows, answers good and bad, scored as in a real run."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from bot.answer import Status
from evals.record import OURS, PLAIN, Record
from evals.reply import Asked, Cited, CitedDocument, Reply, Source
from evals.scoring import score
from evals.suite import Row
from evals.summary import Run, SuiteFile, Summary, Unreadable, summarise

NUMBER = "61/2018/NĐ-CP"
QUOTE = "Thời hạn trả kết quả là 05 ngày làm việc, do Văn phòng thực hiện."


def row(name: str, *, kind: str = "fact", expect: str = "answer", **fields: Any) -> Row:
    """A row whose right answer is `right_reply`; refused, asked back or greeted where `expect` says so."""
    if expect == "answer":
        fields = {
            "gold": [{"document": NUMBER, "provision": "Điều 2 khoản 1"}],
            "facts": [["05 ngày", "5 ngày"], ["Văn phòng"]],
            **fields,
        }
    fields.setdefault("question", f"Câu {name}: thời hạn trả kết quả?")
    return Row.model_validate({"id": name, "kind": kind, "expect": expect, **fields})


def cited(provision: str = "Điều 2 khoản 1", quote: str = QUOTE, number: str = NUMBER) -> Cited:
    document = CitedDocument(id="d1", number=number, kind="Nghị định", title="Về một cửa")
    return Cited(document=document, provision=provision, quote=quote)


def reply(
    text: str = QUOTE,
    *,
    status: str = Status.ANSWERED,
    citations: Sequence[Cited] = (),
    confidence: float = 0.9,
) -> Reply:
    return Reply(status=status, text=text, citations=tuple(citations), confidence=confidence)


def right_reply(confidence: float = 0.9) -> Reply:
    return reply(citations=[cited()], confidence=confidence)


def refusal() -> Reply:
    return reply("Không tìm thấy căn cứ.", status=Status.NO_EVIDENCE, confidence=0.0)


def record(
    of: Row,
    said: Reply | None = None,
    *,
    stored: str | None = QUOTE,
    ms: float = 50.0,
    system: str = OURS,
    variant: str = PLAIN,
) -> Record:
    """`stored`: what the deployment holds where each quote should stand."""
    said = said or right_reply()
    asked = Asked(
        question=of.question,
        history=of.history,
        reply=said,
        sources=tuple(Source(stored=stored) for _ in said.citations),
        ms=ms,
    )
    return Record(system=system, variant=variant, row=of, asked=asked, verdict=score(of, asked))


def summary_of(records: Sequence[Record], **fields: Any) -> Summary:
    run = Run(
        program="0.1.0",
        started=datetime(2026, 11, 22, 9, 30),
        seconds=12.5,
        today=date(2026, 11, 22),
        suites=(
            SuiteFile(
                file="bo-cau-hoi.jsonl",
                sha256="c0ffee" * 10 + "beef",
                rows=len({one.row.id for one in records}),
            ),
        ),
        warnings=("dòng 3: không biết trường “golds”, đã bỏ qua",),
        deployment={"kind": "thư mục", "documents": 24},
        unreadable=(Unreadable(file="quet.pdf", reason="Bản quét, không có lớp chữ"),),
    )
    return summarise(run.model_copy(update=fields.pop("run", {})), records, **fields)
