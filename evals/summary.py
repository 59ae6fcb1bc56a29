"""summary.json: the figures of one run in a stable schema, for machines, the gate and the diff."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from evals.figures import OF_A_KIND, Difference, Figure, by_kind, differences, figures
from evals.problem import EvalProblem
from evals.record import OURS, Record, of, systems, variants

SCHEMA = 1
SUMMARY_FILE, ROWS_FILE, REPORT_FILE = "summary.json", "rows.jsonl", "report.html"


class _Shape(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class SuiteFile(_Shape):
    file: str
    sha256: str
    rows: int


class Unreadable(_Shape):
    file: str
    reason: str


class Run(_Shape):
    """What was asked, of whom and when: everything of a summary that is not a figure."""

    program: str  # version of the bench
    started: datetime
    seconds: float  # spent on asking, all systems and variants
    today: date  # the day that stood for today
    suites: tuple[SuiteFile, ...]
    warnings: tuple[str, ...] = ()
    deployment: dict[str, str | int] = {}
    unreadable: tuple[Unreadable, ...] = ()


class Perturbed(_Shape):
    """One system on the questions as another hand would type them."""

    changed: int  # questions that the perturbation changed
    overall: dict[str, Figure]
    drop: dict[str, Difference]  # perturbed minus plain


class SystemFigures(_Shape):
    overall: dict[str, Figure]
    kinds: dict[str, dict[str, Figure]]
    statuses: dict[str, dict[str, int]]  # expected -> status -> how often
    perturbed: dict[str, Perturbed] = {}


class Summary(_Shape):
    schema_version: int = SCHEMA
    run: Run
    rows: int
    systems: dict[str, SystemFigures]
    ours_minus: dict[str, dict[str, Difference]] = {}  # peer -> figure -> paired difference
    judge: dict[str, Any] | None = None  # what a judge model thought, never part of the gate


def summarise(run: Run, records: Sequence[Record], judge: Mapping[str, Any] | None = None) -> Summary:
    named = {name: of(records, name) for name in systems(records)}
    return Summary(
        run=run,
        rows=len(next(iter(named.values()), [])),
        systems={name: _system(name, plain, records) for name, plain in named.items()},
        ours_minus={
            name: differences(named[OURS], plain)
            for name, plain in named.items()
            if name != OURS and OURS in named
        },
        judge=dict(judge) if judge else None,
    )


def _system(name: str, plain: Sequence[Record], records: Sequence[Record]) -> SystemFigures:
    statuses: dict[str, dict[str, int]] = {}
    for record in plain:
        counts = statuses.setdefault(record.row.expect.value, {})
        counts[record.asked.reply.status] = counts.get(record.asked.reply.status, 0) + 1
    perturbed = {}
    for variant in variants(records):
        asked = of(records, name, variant)
        typed = {record.row.id: record.asked.question for record in plain}
        perturbed[variant] = Perturbed(
            changed=sum(record.asked.question != typed[record.row.id] for record in asked),
            overall=figures(asked),
            drop=differences(asked, plain),
        )
    kinds = {kind: figures(group, OF_A_KIND) for kind, group in by_kind(plain).items()}
    return SystemFigures(overall=figures(plain), kinds=kinds, statuses=statuses, perturbed=perturbed)


def read_summary(file: Path) -> Summary:
    """Raises `EvalProblem` where the file is none."""
    try:
        return Summary.model_validate_json(file.read_bytes())
    except OSError as error:
        raise EvalProblem(
            f"Không đọc được {file}: {error.strerror}. Hãy nêu tệp summary.json của `cchc eval answers`."
        ) from error
    except ValidationError as error:
        raise EvalProblem(
            f"{file} không phải summary.json của `cchc eval answers`: {error.errors()[0]['msg']}."
        ) from error
