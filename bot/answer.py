"""The answer of the desk and its shape on the wire (version 1), the same for the command line and HTTP."""

from datetime import date
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field


class Status(StrEnum):
    ANSWERED = "answered"
    PARTIAL = "partial"
    CLARIFY = "clarify"
    NO_EVIDENCE = "no_evidence"
    OUT_OF_SCOPE = "out_of_scope"
    NOT_IN_FORCE = "not_in_force"
    BLOCKED = "blocked"
    GREETING = "greeting"
    HANDED_OFF = "handed_off"
    ERROR = "error"


#: The desk found nothing to say: whom to ask is shown, and the question is kept for a person.
REFUSALS = frozenset({Status.NO_EVIDENCE, Status.OUT_OF_SCOPE, Status.HANDED_OFF})


class Composer(StrEnum):
    EXTRACTIVE = "extractive"
    LLM = "llm"  # worded by a language model, every sentence checked
    LLM_FAILED = "llm_failed"  # it was asked and failed; the text is extractive


class _Wire(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ValidityShape(_Wire):
    status: str = Field(
        description="in_force, partly_expired, expired, not_yet_in_force, suspended, partly_suspended or unknown"
    )
    label: str = Field(description="The official Vietnamese word, e.g. Còn hiệu lực")
    on: date = Field(description="The day it was judged for")
    since: date | None = None
    by: str = Field("", description="Number of the document that ended or amended it")
    check: str = Field(
        "", description="What a person has to check, in Vietnamese; the documents do not settle it"
    )
    corrected: bool = Field(False, description="Whether an operator said so")


class CitedDocumentShape(_Wire):
    id: str
    number: str
    kind: str
    issuer: str
    issued_on: date | None
    title: str
    authority: str = Field(description="official, consolidated, expert_answer, summary or press")
    validity: ValidityShape


class CitationShape(_Wire):
    document: CitedDocumentShape
    file: str = Field(description="The source file, relative to the ingested folder")
    provision: str = Field(description="Most general first: Điều 14 khoản 2 điểm a")
    path: str = Field(description="Stable id of the provision in its document")
    quote: str = Field(description="Verbatim text of the document")
    span: tuple[int, int] = Field(description="Characters of the quote in the document's read text")
    page: int | None
    url: str = Field(description="Opens the document at that place, on this server")


class NearestShape(_Wire):
    id: str
    number: str
    title: str
    url: str


class Answer(_Wire):
    """What the desk says. `text` is the whole answer in plain text: lead, points, notices."""

    id: str = Field(default="", description="Under which it is kept, for feedback; empty: nothing is kept")
    status: Status
    composer: Composer
    text: str
    notice: str = Field(description="Says that a machine wrote the answer")
    citations: list[CitationShape] = []
    nearest: list[NearestShape] = Field([], description="Documents closest to a question without an answer")
    suggestions: list[str] = []
    confidence: float = Field(0.0, ge=0, le=1)
    as_of: date
    timings: dict[str, float] = Field({}, description="Milliseconds of each step, and total")


class Question(_Wire):
    """A question as it comes in."""

    question: str = Field(description="The question, as typed")
    history: list[str] = Field([], description="Earlier user turns, oldest first", max_length=50)
    as_of: date | None = Field(None, description="The day asked about; without it: today")
