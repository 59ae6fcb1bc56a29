"""One question on its way to an answer. Every step of the desk reads and fills this one object."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from bot.answer import Composer, Status
from bot.asked import Asked
from bot.places import Province
from bot.words import QuestionWords
from corpus.citation import Citation
from corpus.provision import Provision
from corpus.store import StoredDocument
from index.search import Hit


@dataclass(frozen=True, slots=True)
class ProvisionReference:
    """A place somebody names: "điều 14 khoản 2 điểm a". Parts that were not named are empty."""

    article: str
    clause: str = ""
    point: str = ""


@dataclass(frozen=True, slots=True)
class Evidence:
    """A piece of a document that may answer: the provision, the quoted span and how well it fits (0…1)."""

    document: StoredDocument
    provision: Provision
    start: int
    end: int
    quote: str  # text[start:end] of the document's current revision
    columns: tuple[str, ...] = ()  # of a table row
    lead: str = ""  # what introduces a point or dash: the lead of its clause, verbatim
    items: tuple[str, ...] = ()  # the items of a whole list, verbatim
    score: float = 0.0
    of_revision: str = ""  # the revision the span lies in; "": the current one

    @property
    def revision(self) -> str:
        return self.of_revision or self.document.revision

    @property
    def text(self) -> str:
        """All that is shown of it: its lead and its items or its quote."""
        return "\n".join(filter(None, [self.lead, *(self.items or [self.quote])]))


@dataclass(slots=True)
class Turn:
    question: str
    history: tuple[str, ...]
    as_of: date
    today: date

    typed: str = ""  # the question, normalised
    text: str = ""  # the question as it was meant: slips mended
    query: str = ""  # what is searched: the question written out, after what it carries over
    subject: str = ""  # what it carries over from the conversation
    earlier: "Turn | None" = None  # the turn that this one leans on, run again
    preferred: frozenset[str] = frozenset()  # ids of the documents that the conversation is about
    asked: Asked = field(default_factory=Asked)
    places: tuple[Province, ...] = ()  # provinces that the question names
    day: date | None = None  # the day that the question names; `as_of` holds it then
    documents: tuple[StoredDocument, ...] = ()  # documents the question names and the corpus holds
    missing: tuple[str, ...] = ()  # numbers the question names and the corpus does not hold
    reference: ProvisionReference | None = None
    hits: Sequence[Hit] = ()
    standing: dict[str, float] = field(
        default_factory=dict
    )  # document id -> what its evidence keeps of its score
    words: QuestionWords = field(default_factory=lambda: QuestionWords({}))  # as they were weighed
    evidence: tuple[Evidence, ...] = ()
    confidence: float = 0.0

    status: Status | None = None
    composer: Composer = Composer.EXTRACTIVE
    quoted: tuple[Evidence, ...] = ()  # what the paragraphs quote; empty for answers about a document itself
    paragraphs: list[str] = field(default_factory=list)
    fixed: list[str] = field(
        default_factory=list
    )  # paragraphs that are fixed notices, exempt from verification
    citations: list[Citation] = field(default_factory=list)
    nearest: list[StoredDocument] = field(default_factory=list)
    suggestions: list[str] = field(default_factory=list)
    timings: dict[str, float] = field(default_factory=dict)

    def finish(self, status: Status, *paragraphs: str) -> None:
        """End the turn with fixed sentences; the steps after this one are skipped."""
        self.status = status
        self.fixed.extend(paragraphs)
