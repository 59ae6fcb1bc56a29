"""One run of suites against a deployment: ask everything, judge it, write summary.json, rows.jsonl and report.html.

Called by `cchc eval answers` and `cchc eval rescore`.
"""

import hashlib
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from importlib.metadata import version
from pathlib import Path

from bot.desk import HelpDesk
from corpus.database import CorpusError
from corpus.store import Corpus
from corpus.validity import today as clock_today
from evals.deployment import DeskHere, DeskOverHttp
from evals.judge import Judge, agreement
from evals.peers import PEERS
from evals.perturb import PERTURBATIONS, perturbed
from evals.problem import EvalProblem
from evals.record import OURS, PLAIN, Opinion, Record, read_records, write_records
from evals.reply import Asked, System
from evals.report import write_report
from evals.scoring import score
from evals.suite import Row, Suite, load_suite
from evals.summary import (
    REPORT_FILE,
    ROWS_FILE,
    SUMMARY_FILE,
    Run,
    SuiteFile,
    Summary,
    Unreadable,
    read_summary,
    summarise,
)
from evals.throwaway import Show, throwaway
from index.problem import IndexProblem
from index.search import open_current
from settings import Settings


@dataclass(frozen=True, slots=True)
class Job:
    """What is to be measured."""

    suites: tuple[Path, ...]
    out: Path
    documents: tuple[Path, ...] = ()  # read into a throw-away database; none: the configured one
    url: str = ""  # of a running deployment, instead of the desk in this process
    api_key: str = ""
    today: date | None = None  # None: the clock
    perturb: tuple[str, ...] = ()
    against: tuple[str, ...] = ()
    judge: Judge | None = field(default=None)


def evaluate(job: Job, settings: Settings, show: Show) -> Summary:
    """Run a job and write its folder. Raises `EvalProblem` before anything is asked; a question that fails is a row."""
    suite = load_suite(job.suites)
    _check(job)
    job.out.mkdir(parents=True, exist_ok=True)
    own = throwaway(job.documents, settings, show) if job.documents else settings
    started = datetime.now(UTC)
    with _opened(job, own) as ours:
        unreadable = _unreadable(own) if job.documents or not job.url else ()
        systems: list[System] = [ours, *_peers(job, own, settings, show)]
        begun = time.perf_counter()
        records = [record for system in systems for record in ask_all(system, suite, job.perturb, show)]
        seconds = time.perf_counter() - begun
        described = ours.describe()
    if job.judge:
        records = _judged(records, job.judge, show)
        job.judge.close()
    run = Run(
        program=version("cchc-help-desk"),
        started=started,
        seconds=round(seconds, 1),
        today=job.today or clock_today(),
        suites=tuple(_file(path, suite) for path in suite.files),
        warnings=suite.warnings,
        deployment=described,
        unreadable=unreadable,
    )
    return _written(job.out, run, records)


def rescore(folder: Path, suites: Sequence[Path] = ()) -> Summary:
    """Judge the answers of a run anew, without asking: after the scoring changed, or the rows of its suites did.

    Rows of `suites` take the place of those of the same id. Raises `EvalProblem`.
    """
    before = read_summary(folder / SUMMARY_FILE)
    newer = {row.id: row for row in load_suite(suites).rows} if suites else {}
    records = []
    for record in read_records(folder / ROWS_FILE):
        row = newer.get(record.row.id, record.row)
        records.append(record.model_copy(update={"row": row, "verdict": score(row, record.asked)}))
    return _written(folder, before.run, records)


def _check(job: Job) -> None:
    for given, known, option in (
        (job.perturb, PERTURBATIONS, "--perturb"),
        (job.against, PEERS, "--against"),
    ):
        for name in given:
            if name not in known:
                raise EvalProblem(f"{option} không có “{name}”. Chọn trong: {', '.join(known)}.")
    if job.against and job.url and not job.documents:
        raise EvalProblem(
            "--against cùng --url cần thêm --documents: hệ thống để so sánh phải có cùng văn bản."
        )


@contextmanager
def _opened(job: Job, settings: Settings) -> Iterator[DeskHere | DeskOverHttp]:
    if job.url:
        over_http = DeskOverHttp(job.url, job.api_key, job.today)
        try:
            yield over_http
        finally:
            over_http.close()
        return
    day = job.today or clock_today()  # a run that goes on past midnight stays on its day
    try:
        desk = HelpDesk(Corpus.open(settings.dsn), open_current(settings), settings, today=lambda: day)
    except (CorpusError, IndexProblem) as error:
        raise EvalProblem(str(error)) from error
    here = DeskHere(desk)
    try:
        yield here
    finally:
        here.close()


def _peers(job: Job, own: Settings, settings: Settings, show: Show) -> list[System]:
    if not job.against:
        return []
    with Corpus.open(own.dsn) as corpus:
        return [PEERS[name](corpus, settings, show) for name in job.against]


def ask_all(
    system: System, suite: Suite, perturb: Sequence[str] = (), show: Show = lambda what, done, total: None
) -> Iterator[Record]:
    """Every row as it is, then as each perturbation types it, asked one after the other and judged."""
    plain: dict[str, Asked] = {}
    for variant in (PLAIN, *perturb):
        for count, row in enumerate(suite.rows):
            show(" ".join(filter(None, ["Hỏi", system.name, variant])), count, len(suite.rows))
            asked = _ask(system, row, variant, plain)
            if variant == PLAIN:
                plain[row.id] = asked
            yield Record(system=system.name, variant=variant, row=row, asked=asked, verdict=score(row, asked))


def _ask(system: System, row: Row, variant: str, plain: dict[str, Asked]) -> Asked:
    """A question that the perturbation leaves as it is need not be asked again."""
    if variant == PLAIN:
        return system.ask(row.question, row.history, row.as_of)
    question = perturbed(row.question, variant, row.id)
    history = tuple(perturbed(turn, variant, f"{row.id}/{at}") for at, turn in enumerate(row.history))
    if (question, history) == (row.question, row.history):
        return plain[row.id]
    return system.ask(question, history, row.as_of)


def _judged(records: Sequence[Record], judge: Judge, show: Show) -> list[Record]:
    """With the opinion of a judge model on our answers to the plain questions."""
    judged = []
    for count, record in enumerate(records):
        opinion: Opinion | None = None
        if record.system == OURS and record.variant == PLAIN:
            show("Chấm bằng mô hình", count, len(records))
            opinion = judge.opinion(record.row, record.asked)
        judged.append(record.model_copy(update={"opinion": opinion}))
    return judged


def _unreadable(settings: Settings) -> tuple[Unreadable, ...]:
    with Corpus.open(settings.dsn) as corpus:
        return tuple(Unreadable(file=one.path, reason=one.reason) for one in corpus.failures())


def _file(path: Path, suite: Suite) -> SuiteFile:
    content = path.read_bytes()
    return SuiteFile(
        file=path.name,
        sha256=hashlib.sha256(content).hexdigest(),
        rows=suite.counts[path],
    )


def _written(folder: Path, run: Run, records: Sequence[Record]) -> Summary:
    judged = any(record.opinion for record in records)
    summary = summarise(run, records, agreement(records) if judged else None)
    write_records(folder / ROWS_FILE, records)
    (folder / SUMMARY_FILE).write_text(summary.model_dump_json(indent=1) + "\n", "utf-8")
    write_report(folder / REPORT_FILE, summary, records)
    return summary
