"""Desks for the tests of the room `bot`: over the sample documents, or over a few documents a test writes itself."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from bot.answer import Answer
from bot.desk import HelpDesk
from corpus.document import Authority, Document, Source
from corpus.store import Corpus
from index.publishing import publish
from index.search import open_current
from ingest.read import read_bytes
from ingest.structure import parse
from settings import Settings

#: The day on which the samples were written; answers do not change with the calendar.
TODAY = date(2026, 11, 22)
CONTACT = "Phòng Cải cách hành chính, Sở Nội vụ"


def hold(corpus: Corpus, header: Document, text: str, *, sample: bool = False) -> str:
    """Add a document written by a test; gives its id."""
    data = text.encode()
    reading = read_bytes(data, "van-ban.txt")
    digest = hashlib.sha256(data).hexdigest()
    added = corpus.add(
        header, reading.text, parse(reading), Source(f"test:{digest}", digest, "text/plain"), data,
        root="test", file=f"{digest[:12]}.txt", size=len(data), mtime_ns=0, sample=sample,
    )  # fmt: skip
    return added.document_id


def settings_in(folder: Path) -> Settings:
    """Settings of a small data folder: keyword search, which needs no model."""
    return Settings(data_dir=folder, embedder="off")


def desk_of(settings: Settings) -> HelpDesk:
    """The desk over a data folder, on the day `TODAY` and with somebody to turn to."""
    settings = settings.model_copy(update={"contact": CONTACT})
    return HelpDesk(Corpus.open(settings.dsn), open_current(settings), settings, today=lambda: TODAY)


@contextmanager
def desk_over(folder: Path, *documents: tuple[Document, str]) -> Iterator[HelpDesk]:
    """A desk over exactly these documents and texts."""
    settings = settings_in(folder)
    with Corpus.open(settings.dsn) as corpus:
        for header, text in documents:
            hold(corpus, header, text)
        publish(corpus, settings, None)
    desk = desk_of(settings)
    try:
        yield desk
    finally:
        desk.close()


def decree(number: str, title: str, *, year: int = 2024, **more: object) -> Document:
    """The header of a decree in force since the first day of a year."""
    known: dict[str, object] = {
        "kind": "Nghị định",
        "issuer": "Chính phủ",
        "issued_on": date(year, 1, 1),
        "effective_from": date(year, 1, 1),
        "authority": Authority.OFFICIAL,
    }
    return Document(number=number, title=title, **{**known, **more})  # type: ignore[arg-type]


def cited(answer: Answer) -> list[tuple[str, str]]:
    """(number, path) of what an answer cites, in its order."""
    return [(citation.document.number, citation.path) for citation in answer.citations]
