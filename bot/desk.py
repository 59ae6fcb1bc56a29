"""The help desk: a question in, an answer with its citations out. Every channel calls `HelpDesk.ask`."""

import logging
import time
from collections.abc import Callable, Sequence
from datetime import date
from threading import Lock

from bot.answer import (
    REFUSALS,
    Answer,
    CitationShape,
    CitedDocumentShape,
    Composer,
    NearestShape,
    Status,
    ValidityShape,
)
from bot.clarify import ask_back
from bot.compose import compose
from bot.draft import OnSentence, draft
from bot.find import find
from bot.follow_up import follow_up
from bot.guard import guard
from bot.holdings import Holdings
from bot.judge import weigh
from bot.llm import model_of
from bot.messages import say
from bot.normalise import normalise
from bot.respelling import respell
from bot.turn import Turn
from bot.understand import understand
from bot.vague import ask_which
from bot.verify import verify
from corpus.citation import Citation, document_url
from corpus.store import Corpus, StoredDocument
from corpus.validity import today
from index.problem import IndexProblem
from index.search import Search, open_current
from settings import Settings

log = logging.getLogger("cchc.desk")

#: Called with the name of a step and its duration in milliseconds, as the steps end.
OnStep = Callable[[str, float], None]


class HelpDesk:
    """Answers questions from one corpus and its published index. May be shared by threads."""

    def __init__(self, corpus: Corpus, search: Search, settings: Settings, today: Callable[[], date] = today):
        self.corpus = corpus
        self.settings = settings
        self._search = search
        self._library = Holdings(corpus)
        self._today = today
        self._lock = Lock()
        self._model = model_of(settings)

    @classmethod
    def open(cls, settings: Settings) -> "HelpDesk":
        """The desk over the data folder. Raises `IndexProblem` and `CorpusError`, which say what to run."""
        return cls(Corpus.open(settings.dsn), open_current(settings), settings)

    def close(self) -> None:
        if self._model is not None:
            self._model.close()
        self.corpus.close()

    def problem(self) -> str | None:
        """Why the desk cannot answer now, in Vietnamese; None when it can."""
        try:
            self._latest()
        except IndexProblem as problem:
            return str(problem)
        return None

    def ask(
        self,
        question: str,
        history: Sequence[str] = (),
        as_of: date | None = None,
        on_step: OnStep | None = None,
        on_sentence: OnSentence | None = None,
    ) -> Answer:
        """Answer a question; `history` = earlier questions of the same person, oldest first.

        `on_sentence` hears the sentences of a language model as they are found good; the answer that is returned is
        what holds.
        Never raises: what goes wrong is logged and becomes an answer of status `error`.
        """
        today = self._today()
        turn = Turn(question, tuple(history), as_of or today, today)
        started = time.perf_counter()
        try:
            self._run(turn, on_step or (lambda step, ms: None), on_sentence or (lambda sentence: None))
        except Exception:
            log.exception("the desk failed on a question")
            turn = Turn(question, (), as_of or today, today, timings=turn.timings)
            turn.finish(Status.ERROR, say("error"))
        turn.timings["total"] = _ms(started)
        return self._answer(turn)

    def _run(self, turn: Turn, on_step: OnStep, on_sentence: OnSentence) -> None:
        search, holdings = self._latest()
        steps: list[tuple[str, Callable[[], None]]] = [
            ("normalise", lambda: normalise(turn, self.settings.question_max_chars)),
            ("respell", lambda: respell(turn, search)),
            ("guard", lambda: guard(turn)),
            ("understand", lambda: understand(turn, holdings, search)),
            ("follow_up", lambda: follow_up(turn, search, holdings)),
            ("ask_back", lambda: ask_back(turn)),
            ("search", lambda: find(turn, search, holdings)),
            ("judge", lambda: weigh(turn, search, holdings)),
            ("ask_which", lambda: ask_which(turn, search, holdings)),
            ("compose", lambda: compose(turn, holdings)),
            ("verify", lambda: verify(turn, holdings)),
        ]
        if (model := self._model) is not None:
            within = self.settings.llm_deadline_s
            steps.insert(-1, ("draft", lambda: draft(turn, holdings, model, within, on_sentence)))
        for name, step in steps:
            started = time.perf_counter()
            step()
            turn.timings[name] = _ms(started)
            on_step(name, turn.timings[name])
            # a refusal may still become a question, and what was composed is still verified
            if turn.status is not None and name not in ("judge", "compose", "draft"):
                return

    def _latest(self) -> tuple[Search, Holdings]:
        """The newest published index and what was read beside it; a turn keeps those it began with."""
        with self._lock:
            latest = self._search.latest()
            if latest is not self._search:
                self._search, self._library = latest, Holdings(self.corpus)
            return self._search, self._library

    def _answer(self, turn: Turn) -> Answer:
        assert turn.status is not None, "a step must have finished the turn"
        paragraphs = [*turn.paragraphs, *turn.fixed]
        if turn.status in REFUSALS:
            if turn.nearest:
                paragraphs.append("\n".join([say("nearest"), *(f"- {_title(d)}" for d in turn.nearest)]))
            if self.settings.contact:
                paragraphs.append(say("contact", contact=self.settings.contact))
        return Answer(
            status=turn.status,
            composer=turn.composer,
            text="\n\n".join(paragraphs),
            notice=say("notice_llm" if turn.composer is Composer.LLM else "notice"),
            citations=[_citation(c) for c in turn.citations],
            nearest=[_nearest(d, turn.as_of) for d in turn.nearest],
            suggestions=turn.suggestions,
            confidence=round(turn.confidence, 3) if turn.citations else 0.0,
            as_of=turn.as_of,
            timings={name: round(ms, 2) for name, ms in turn.timings.items()},
        )


def _ms(started: float) -> float:
    return (time.perf_counter() - started) * 1000


def _title(document: StoredDocument) -> str:
    header = document.header
    return f"{header.name}: {header.title}" if header.number and header.title else header.name


def _nearest(document: StoredDocument, on: date) -> NearestShape:
    header = document.header
    return NearestShape(
        id=document.id, number=header.number, title=header.title, url=document_url(document.id, on=on)
    )


def _citation(citation: Citation) -> CitationShape:
    document, status = citation.document, citation.document.validity
    return CitationShape(
        document=CitedDocumentShape(
            id=document.id,
            number=document.number,
            kind=document.kind,
            issuer=document.issuer,
            issued_on=document.issued_on,
            title=document.title,
            authority=document.authority.value,
            validity=ValidityShape(
                status=status.status.value,
                label=status.status.vietnamese,
                on=status.on,
                since=status.since,
                by=status.by,
                check=status.check,
                corrected=status.corrected,
            ),
        ),
        file=citation.file,
        provision=citation.provision,
        path=citation.path,
        quote=citation.quote,
        span=citation.span,
        page=citation.page,
        url=citation.url,
    )
