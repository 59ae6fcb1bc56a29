"""What a system said to one question, and what is stored about the passages it cited: all that scoring needs.

Filled by `evals.deployment` (the desk here, a desk over HTTP) and `evals.peers`; written to rows.jsonl as it is, so
that a run can be scored again without asking again.
"""

from collections.abc import Sequence
from datetime import date
from typing import Protocol

from pydantic import BaseModel, ConfigDict, Field


class _Kept(BaseModel):
    # a newer deployment may say more than this bench reads
    model_config = ConfigDict(frozen=True, extra="ignore")


class CitedDocument(_Kept):
    id: str = ""
    number: str = ""
    kind: str = ""
    issuer: str = ""
    title: str = ""


class Cited(_Kept):
    document: CitedDocument
    file: str = ""
    provision: str = ""  # label: "Điều 14 khoản 2 điểm a"
    path: str = ""
    quote: str
    span: tuple[int, int] = (0, 0)  # characters of the quote in the read text
    url: str = ""


class Nearest(_Kept):
    number: str = ""
    title: str = ""


class Reply(_Kept):
    """The answer of a deployment, as far as it is measured; the field names are those of /v1/ask."""

    status: str
    composer: str = ""
    text: str
    citations: tuple[Cited, ...] = ()
    nearest: tuple[Nearest, ...] = ()
    confidence: float = 0.0
    as_of: date | None = None


class Source(_Kept):
    """What the deployment stores about one citation, read apart from the answer."""

    stored: (
        str | None
    )  # the stored text at the quote's span, or the quote where it stands elsewhere; None: not held
    metadata: tuple[str, ...] = ()  # number, name, title, dates, relations of the cited document, as text


class Asked(_Kept):
    """One question put to one system."""

    question: str  # as it was typed, perturbed or not
    history: tuple[str, ...] = ()
    reply: Reply
    sources: tuple[Source, ...] = Field((), description="one for each citation of the reply")
    ms: float  # from question to whole answer, as the asker sees it
    error: str = ""  # why there was no reply; its status is then "error"


class System(Protocol):
    """Something that answers: the desk here, a desk elsewhere, a peer. Never raises for one bad question."""

    @property
    def name(self) -> str: ...

    def ask(self, question: str, history: Sequence[str], as_of: date | None) -> Asked: ...

    def close(self) -> None: ...
