"""Does the desk pick the right words out of a paragraph? A reading test says where each answer stands, to the letter.

Called by `evals.retrieval` for benches with `corpus.jsonl`, `queries.jsonl` with answers, and `qrels.tsv` (SQuAD's
questions in this layout). The desk's evidence step is given only the paragraph. Quoting all of it is trivially right:
so the share that is quoted stands beside, and a second figure lets the desk quote one sentence only.
"""

import statistics
import time
import unicodedata
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from pydantic import Field

from bot.evidence import LONG, OPENED, gathered
from bot.holdings import Holdings
from bot.normalise import normalise
from bot.respelling import respell
from bot.turn import Evidence, Turn
from bot.words import question_words
from corpus.document import Document
from corpus.spelling import nfc
from evals.bench_index import held
from evals.bench_rows import BenchRow, Text, read_lines, read_rows, unique, wrong_row
from evals.law_bench import QRELS, QUERIES, gold_of
from evals.problem import EvalProblem
from index.builder import Progress
from index.embedding import load_embedder
from index.search import Filters, Search, open_with
from settings import Settings

PARAGRAPHS = "corpus.jsonl"
#: Any day will do: paragraphs have no dates.
_DAY = date(2026, 1, 1)


@dataclass(frozen=True, slots=True)
class SentenceSummary:
    """Shares are 0…1 of the questions."""

    bench: str
    paragraphs: int
    questions: int
    span_in_sentence: float  # the answer lies in the one sentence chosen
    span_in_quote: float  # the answer lies in what the desk quotes today
    quoted_share: float  # of the paragraph's characters, mean
    sentence_share: float  # the same for the one sentence
    ms: float  # median milliseconds of the desk's evidence step
    embedder: str  # name; "" = switched off
    checksum: str

    def as_json(self) -> dict[str, Any]:
        """The stable shape of summary.json."""
        return {
            "bench": self.bench,
            "paragraphs": self.paragraphs,
            "questions": self.questions,
            "span_in_sentence": round(self.span_in_sentence, 4),
            "span_in_quote": round(self.span_in_quote, 4),
            "quoted_share": round(self.quoted_share, 4),
            "sentence_share": round(self.sentence_share, 4),
            "ms_per_question": round(self.ms, 2),
            "embedder": {"name": self.embedder, "checksum": self.checksum},
        }

    def table(self) -> str:
        """For the terminal, in Vietnamese."""
        return "\n".join(
            [
                f"Bộ đo {self.bench}: {self.paragraphs} đoạn văn, {self.questions} câu hỏi",
                f"{'':28s}{'đúng chỗ':>10s}{'phần trích':>12s}",
                f"  {'một câu văn':26s}{self.span_in_sentence:10.3f}{self.sentence_share:12.0%}",
                f"  {'như hệ thống trích':26s}{self.span_in_quote:10.3f}{self.quoted_share:12.0%}",
                f"  {self.ms:.1f} ms mỗi câu hỏi",
            ]
        )


class _Paragraph(BenchRow):
    id: Text
    text: str = Field(min_length=1)  # to the letter: places count from its first character


class _Answer(BenchRow):
    answer_start: int = Field(ge=0)  # characters of the paragraph
    text: str = Field(min_length=1)


class _Query(BenchRow):
    id: Text
    text: Text
    answers: tuple[_Answer, ...] = Field(min_length=1)


@dataclass(frozen=True, slots=True)
class _Document:
    """A paragraph as a document of its own."""

    name: str
    text: str
    header: Document = field(default_factory=Document)  # nothing is known of it


@dataclass(frozen=True, slots=True)
class _Question:
    text: str
    paragraph: _Document
    answers: tuple[_Answer, ...]


def is_sentence_bench(folder: Path) -> bool:
    """Whether a folder has paragraphs and questions with the place of their answers."""
    if not (folder / PARAGRAPHS).is_file() or not (folder / QUERIES).is_file():
        return False
    return any('"answers"' in line for _, line in read_lines(folder / QUERIES))


def measure_sentences(folder: Path, settings: Settings, progress: Progress | None = None) -> SentenceSummary:
    """Ask every question of its own paragraph. Raises `EvalProblem` and `IndexProblem`."""
    paragraphs, questions = _load(folder)
    embedder = load_embedder(settings)
    with held(paragraphs, settings, embedder, progress) as (corpus, own, _):
        search, holdings = open_with(own, embedder), Holdings(corpus)
        ids = {file.path: document.id for document in corpus.documents(on=_DAY) for file in document.files}
        quoted, single, times = [], [], []
        for question in questions:
            text = corpus.text(ids[question.paragraph.name])
            spans = [_span(question.paragraph.text, answer, text) for answer in question.answers]
            turn = _turn(question.text, ids[question.paragraph.name], search)
            started = time.perf_counter()
            quoted.append(_judged(turn, search, holdings, LONG, spans, text))
            times.append((time.perf_counter() - started) * 1000)
            single.append(_judged(turn, search, holdings, 0, spans, text))
        return SentenceSummary(
            bench=folder.absolute().name,
            paragraphs=len(paragraphs),
            questions=len(questions),
            span_in_sentence=statistics.fmean(hit for hit, _ in single),
            span_in_quote=statistics.fmean(hit for hit, _ in quoted),
            quoted_share=statistics.fmean(share for _, share in quoted),
            sentence_share=statistics.fmean(share for _, share in single),
            ms=statistics.median(times),
            embedder=embedder.name if embedder else "",
            checksum=embedder.checksum if embedder else "",
        )


def _load(folder: Path) -> tuple[list[_Document], list[_Question]]:
    rows = list(read_rows(folder / PARAGRAPHS, _Paragraph))
    unique(folder / PARAGRAPHS, ((line, row.id) for line, row in rows))
    by_id = {row.id: _Document(row.id, row.text) for _, row in rows}
    gold = gold_of(folder / QRELS, set(by_id))
    asked = list(read_rows(folder / QUERIES, _Query))
    unique(folder / QUERIES, ((line, row.id) for line, row in asked))
    if not asked:
        raise EvalProblem(f"{folder / QUERIES} không có câu hỏi nào.")
    questions = []
    for line, row in asked:
        if len(gold.get(row.id, ())) != 1:
            raise wrong_row(folder / QUERIES, line, "id", f"“{row.id}” phải có đúng một đoạn trong {QRELS}")
        paragraph = by_id[next(iter(gold[row.id]))]
        for place, answer in enumerate(row.answers):
            if not paragraph.text.startswith(answer.text, answer.answer_start):
                where = f"answers.{place}.answer_start"
                raise wrong_row(folder / QUERIES, line, where, f"“{answer.text}” không đứng ở đó")
        questions.append(_Question(row.text, paragraph, row.answers))
    return list(by_id.values()), questions


def _turn(question: str, document_id: str, search: Search) -> Turn:
    """The desk's steps before the evidence, with one document to look in."""
    turn = Turn(question, (), _DAY, _DAY)
    normalise(turn, len(question))
    respell(turn, search)
    turn.hits = search.search(turn.query, OPENED, Filters(documents=frozenset({document_id})))
    return turn


def _judged(
    turn: Turn, search: Search, holdings: Holdings, whole: int, spans: list[tuple[int, int]], text: str
) -> tuple[bool, float]:
    """Whether the best evidence holds one of the spans; the share of the text that it quotes."""
    words = question_words(turn.query, search.frequency, search.size)
    found: tuple[Evidence, ...] = gathered(turn, holdings, words, whole)
    if not found:
        return False, 0.0
    best = found[0]
    holds = any(best.start <= start and end <= best.end for start, end in spans)
    return holds, (best.end - best.start) / len(text)


def _span(original: str, answer: _Answer, stored: str) -> tuple[int, int]:
    """Where an answer stands in the stored text. Reading drops invisible characters and blanks, so those that are
    seen are counted."""
    first = len(_seen(original[: answer.answer_start]))
    length = len(_seen(answer.text))
    places = [at for at, character in enumerate(stored) if _is_seen(character)]
    return places[first], places[first + length - 1] + 1


def _seen(text: str) -> str:
    return "".join(filter(_is_seen, nfc(text)))


def _is_seen(character: str) -> bool:
    return not character.isspace() and unicodedata.category(character) not in ("Cf", "Cc")
