"""One line of rows.jsonl: a row of the suite, what a system said to it, and the verdict on that.

Written by `evals.answers`, read by the report, the diff and `cchc eval rescore`.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from evals.problem import EvalProblem
from evals.reply import Asked
from evals.scoring import Verdict
from evals.suite import Row

#: The system that is measured; the others are peers.
OURS = "ours"
#: The variant of the question as the suite has it.
PLAIN = ""


class Opinion(BaseModel):
    """What a judge model thought of one answer; never part of the deterministic figures."""

    model_config = ConfigDict(frozen=True)

    faithful: bool | None  # every statement is backed by the cited text; None: the model gave no usable reply
    relevant: bool | None  # it answers what was asked
    reason: str = ""


class Record(BaseModel):
    model_config = ConfigDict(frozen=True)

    system: str = OURS
    variant: str = PLAIN  # name of the perturbation
    row: Row
    asked: Asked
    verdict: Verdict
    opinion: Opinion | None = None


def write_records(file: Path, records: Iterable[Record]) -> None:
    with file.open("w", encoding="utf-8") as lines:
        for record in records:
            lines.write(record.model_dump_json() + "\n")


def read_records(file: Path) -> list[Record]:
    """Raises `EvalProblem` where the file is none of a run."""
    try:
        lines = file.read_text("utf-8").split("\n")
        return [Record.model_validate_json(line) for line in lines if line.strip()]
    except (OSError, UnicodeDecodeError) as error:
        raise EvalProblem(
            f"Không đọc được {file}: {error}. Hãy nêu thư mục kết quả của `cchc eval answers`."
        ) from error
    except ValidationError as error:
        raise EvalProblem(
            f"{file} không phải kết quả của `cchc eval answers`: {error.errors()[0]['msg']}."
        ) from error


def of(records: Iterable[Record], system: str, variant: str = PLAIN) -> list[Record]:
    """The records of one system and variant, in the order of the suite."""
    return [record for record in records if record.system == system and record.variant == variant]


def systems(records: Sequence[Record]) -> list[str]:
    """Ours first, then the peers in their order."""
    return list(dict.fromkeys(record.system for record in records))


def variants(records: Sequence[Record]) -> list[str]:
    """The perturbations asked, without the plain question."""
    return [name for name in dict.fromkeys(record.variant for record in records) if name != PLAIN]
