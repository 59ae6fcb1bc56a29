"""The rows of a bench's files, checked as they are read. Called by `evals.law_bench` and `evals.sentence_check`."""

import gzip
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated, TypeVar

from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

from evals.problem import EvalProblem

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


class BenchRow(BaseModel):
    """What the program reads of a row; benches carry more fields, which nobody here needs."""

    model_config = ConfigDict(frozen=True, extra="ignore")


R = TypeVar("R", bound=BenchRow)


def read_rows(file: Path, shape: type[R]) -> Iterator[tuple[int, R]]:
    """The rows of a JSONL file, plain or `.gz`, with their line numbers; empty lines do not count.

    Raises `EvalProblem` that names file, line and field.
    """
    for number, line in read_lines(file):
        try:
            yield number, shape.model_validate_json(line)
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False)[0]
            field = ".".join(map(str, first["loc"])) or "(cả dòng)"
            raise wrong_row(file, number, field, first["msg"]) from None


def read_lines(file: Path) -> Iterator[tuple[int, str]]:
    """The lines that are not empty, numbered from 1. Raises `EvalProblem`."""
    try:
        with (
            gzip.open(file, "rt", encoding="utf-8-sig")
            if file.suffix == ".gz"
            else file.open(encoding="utf-8-sig") as lines
        ):
            for number, line in enumerate(lines, 1):
                if line.strip():
                    yield number, line.rstrip("\n")
    except FileNotFoundError as error:
        raise EvalProblem(f"Bộ đo thiếu tệp {file}.") from error
    except (OSError, EOFError) as error:  # a cut-off .gz is an EOFError
        raise EvalProblem(f"Không đọc được {file}: {error}. Hãy chép lại tệp.") from error
    except UnicodeDecodeError as error:
        raise EvalProblem(f"{file} không phải văn bản UTF-8: {error}.") from error


def wrong_row(file: Path, line: int, field: str, what: str) -> EvalProblem:
    """What to say of a row that cannot be used."""
    return EvalProblem(f"{file.name} dòng {line}, trường {field}: {what}. Hãy sửa rồi chạy lại.")


def unique(file: Path, ids: Iterable[tuple[int, str]]) -> None:
    """Raises `EvalProblem` where an id stands in two rows."""
    seen: dict[str, int] = {}
    for line, id in ids:
        if id in seen:
            raise wrong_row(file, line, "id", f"“{id}” đã dùng ở dòng {seen[id]}")
        seen[id] = line
