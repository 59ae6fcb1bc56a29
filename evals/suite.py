"""A suite: questions as officials type them, and what a right answer must cite and contain. Read from JSONL.

The format is told in evals/suites/README.md. Called by `cchc eval answers` and by whatever replays its rows.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from bot.answer import Status
from evals.problem import EvalProblem

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


class Expect(StrEnum):
    """What the desk should do with a question."""

    ANSWER = "answer"
    ABSTAIN = "abstain"  # say that it has no basis, and offer a person
    CLARIFY = "clarify"  # ask back
    GREET = "greet"


#: The statuses that do what is expected.
RIGHT_STATUSES = {
    Expect.ANSWER: {Status.ANSWERED, Status.PARTIAL, Status.NOT_IN_FORCE},
    Expect.ABSTAIN: {Status.NO_EVIDENCE, Status.OUT_OF_SCOPE, Status.BLOCKED, Status.HANDED_OFF},
    Expect.CLARIFY: {Status.CLARIFY},
    Expect.GREET: {Status.GREETING},
}


class _Row(BaseModel):
    model_config = ConfigDict(
        frozen=True, extra="ignore"
    )  # unknown fields are said in the report, see `Suite`


class Gold(_Row):
    """Where the answer stands. `document` (số hiệu) is empty where the text carries none: then `file` is the key."""

    document: str = ""
    file: str = ""
    provision: str = ""

    @model_validator(mode="after")
    def _names_a_document(self) -> "Gold":
        if not self.document.strip() and not self.file.strip():
            raise ValueError("cần “document” (số hiệu) hoặc “file”")
        return self


class Row(_Row):
    """One question of a suite."""

    id: Text
    question: str
    history: tuple[str, ...] = ()  # earlier questions of the same person, oldest first
    as_of: date | None = None  # the day asked about; None: today
    kind: Text
    expect: Expect
    gold: tuple[Gold, ...] = ()  # all of them are needed
    facts: tuple[
        Annotated[tuple[Text, ...], Field(min_length=1)], ...
    ] = ()  # each: spellings, one must occur
    must_not: tuple[Text, ...] = ()
    note: str = ""

    @model_validator(mode="after")
    def _can_be_judged(self) -> "Row":
        if self.expect is Expect.ANSWER and not self.gold and not self.facts:
            raise ValueError("câu cần trả lời phải có “gold” hoặc “facts”")
        return self


@dataclass(frozen=True, slots=True)
class Suite:
    """The rows of one or several files, in their order."""

    files: tuple[Path, ...]
    rows: tuple[Row, ...]
    counts: dict[Path, int]  # rows of each file
    warnings: tuple[str, ...]  # fields that nobody knows: perhaps misspelt


def load_suite(files: Iterable[Path]) -> Suite:
    """Read JSONL files. Raises `EvalProblem` that names every wrong row and field."""
    rows: list[Row] = []
    wrong: list[str] = []
    warnings: list[str] = []
    seen: dict[str, str] = {}
    files = tuple(dict.fromkeys(files))
    counts = dict.fromkeys(files, 0)
    for file in files:
        for count, line in enumerate(_lines(file), 1):
            if not line.strip():
                continue
            place = f"{file.name} dòng {count}"
            row, problems, unknown = _row(line)
            if row is not None:
                place += f" ({row.id})"
                if row.id in seen:
                    problems.append(f"id: đã dùng ở {seen[row.id]}")
                seen.setdefault(row.id, place)
                rows.append(row)
                counts[file] += 1
            wrong += [f"{place}, trường {problem}" for problem in problems]
            warnings += [f"{place}: không biết trường “{name}”, đã bỏ qua" for name in unknown]
    if not rows and not wrong:
        raise EvalProblem(f"Bộ câu hỏi {', '.join(map(str, files))} không có câu nào.")
    if wrong:
        raise EvalProblem("Bộ câu hỏi có lỗi, hãy sửa rồi chạy lại:\n" + "\n".join(wrong))
    return Suite(files, tuple(rows), counts, tuple(warnings))


def _lines(file: Path) -> list[str]:
    try:
        return file.read_text("utf-8-sig").split("\n")
    except OSError as error:
        raise EvalProblem(f"Không đọc được bộ câu hỏi {file}: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise EvalProblem(f"Bộ câu hỏi {file} không phải văn bản UTF-8: {error}.") from error


def _row(line: str) -> tuple[Row | None, list[str], list[str]]:
    """The row, or what is wrong with it; and the names of its unknown fields."""
    try:
        fields: Any = json.loads(line)
    except json.JSONDecodeError as error:
        return None, [f"(cả dòng): không phải JSON: {error.msg} ở ký tự {error.colno}"], []
    if not isinstance(fields, dict):
        return None, ["(cả dòng): phải là một đối tượng JSON {…}"], []
    unknown = [name for name in fields if name not in Row.model_fields]
    unknown += [
        f"gold.{name}"
        for gold in fields.get("gold") or []
        if isinstance(gold, dict)
        for name in gold
        if name not in Gold.model_fields
    ]
    try:
        return Row.model_validate(fields), [], list(dict.fromkeys(unknown))
    except ValidationError as error:
        name = f"[{fields['id']}] " if isinstance(fields.get("id"), str) else ""
        said = [
            f"{name}{'.'.join(map(str, one['loc'])) or '(cả dòng)'}: {one['msg']}"
            for one in error.errors(include_url=False, include_input=False)
        ]
        return None, said, []
