"""Two runs of the same suite, before and after: which figures moved, which answers got better, which broke.

Called by `cchc eval diff`. Only our own answers to the plain questions are compared, paired by the row's id.
"""

import io
import math
import textwrap
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from evals import notation
from evals.figures import BY_NAME, Difference, Measure, differences
from evals.place import HIT, NEAR
from evals.problem import EvalProblem
from evals.record import OURS, Record, of
from evals.scoring import Verdict
from evals.suite import Expect, Row

#: Columns of the printed table.
WIDTH = 110
#: How near a citation comes to a gold, the nearer the more.
_NEARNESS = {"": 0, "document": 1, "described": 1, NEAR: 2, HIT: 3}


class _Shape(BaseModel):
    model_config = ConfigDict(frozen=True)


class FigureChange(_Shape):
    """One figure over the questions that have it in both runs; `difference` is after minus before."""

    before: float
    after: float
    difference: Difference
    better: bool | None  # None: not significant, or neither is better


class McNemar(_Shape):
    """The exact test of whether a yes-or-no verdict changed more often one way than the other."""

    lost: int  # yes before, no after
    gained: int
    n: int  # pairs that both have the verdict
    p: float  # two-sided


class RowChange(_Shape):
    """A question whose verdicts changed."""

    id: str
    kind: str
    question: str
    turn: Literal["better", "worse", "mixed", "other"]
    changes: tuple[str, ...]  # "provision: near → hit"


class Diff(_Shape):
    pairs: int  # questions compared
    figures: dict[str, FigureChange]
    tests: dict[str, McNemar]
    rows: tuple[RowChange, ...]
    only_before: tuple[str, ...]  # ids
    only_after: tuple[str, ...]
    edited: tuple[str, ...]  # ids whose question or expected answer is another now: not compared

    def of(self, turn: str) -> list[RowChange]:
        return [row for row in self.rows if row.turn == turn]

    def as_json(self) -> dict[str, Any]:
        """For machines; the field names are those of this module's classes."""
        return self.model_dump(mode="json")


def compare(a: Sequence[Record], b: Sequence[Record]) -> Diff:
    """What changed from run `a` to run `b`. Raises `EvalProblem` where they have no question in common."""
    before = {record.row.id: record for record in of(a, OURS)}
    after = {record.row.id: record for record in of(b, OURS)}
    common = [name for name in before if name in after]
    edited = [name for name in common if _asked(before[name].row) != _asked(after[name].row)]
    kept = [name for name in common if name not in set(edited)]
    if not kept:
        raise EvalProblem("Hai kết quả không có câu hỏi chung nào, nên không so được.")
    first, second = [before[name] for name in kept], [after[name] for name in kept]
    return Diff(
        pairs=len(kept),
        figures=_figures(first, second),
        tests={
            "facts_all": mcnemar(first, second, lambda record: record.verdict.facts_all),
            "right": mcnemar(first, second, _right),
        },
        rows=tuple(found for one, other in zip(first, second, strict=True) if (found := _row(one, other))),
        only_before=tuple(name for name in before if name not in after),
        only_after=tuple(name for name in after if name not in before),
        edited=tuple(edited),
    )


def mcnemar(
    before: Sequence[Record], after: Sequence[Record], verdict: Callable[[Record], bool | None]
) -> McNemar:
    """Of pairs in the same order. Under chance each changed pair goes either way like a fair coin."""
    pairs = [(verdict(one), verdict(other)) for one, other in zip(before, after, strict=True)]
    pairs = [pair for pair in pairs if None not in pair]
    lost, gained = pairs.count((True, False)), pairs.count((False, True))
    changed = lost + gained
    tail = sum(math.comb(changed, count) for count in range(min(lost, gained) + 1))
    return McNemar(lost=lost, gained=gained, n=len(pairs), p=min(1.0, 2 * tail / 2**changed))


def table(diff: Diff, limit: int | None = None) -> str:
    """For people, as plain text of `WIDTH` columns; of each group of rows at most `limit`, None: all."""
    console = Console(file=io.StringIO(), width=WIDTH, color_system=None, force_terminal=False)
    console.print(f"So {diff.pairs} câu hỏi chung (A: trước, B: sau; [..] khoảng tin cậy 95 %)", markup=False)
    console.print(_figure_table(diff))
    for name, test in diff.tests.items():
        title = "đúng cả câu" if name == "right" else BY_NAME[name].title.lower()
        sure = "có ý nghĩa" if test.p < 0.05 else "chưa có ý nghĩa"
        console.print(
            f"McNemar, {title} ({name}): được thêm {test.gained}, mất {test.lost} trên {test.n} câu, "
            f"{'p < 0,0001' if test.p < 0.0001 else f'p = {notation.decimal(test.p, 4)}'} ({sure})",
            markup=False,
        )
    for turn, title in (
        ("worse", "HỎNG"),
        ("mixed", "VỪA ĐƯỢC VỪA MẤT"),
        ("better", "TỐT LÊN"),
        ("other", "KHÁC ĐI, KHÔNG TỐT HƠN CŨNG KHÔNG XẤU HƠN"),
    ):
        _print_rows(console, title, diff.of(turn), limit)
    for said, ids in (
        ("Chỉ có trong A", diff.only_before),
        ("Chỉ có trong B", diff.only_after),
        ("Câu hỏi hoặc đáp án đã sửa, không so", diff.edited),
    ):
        if ids:
            console.print(Text(f"\n{said} ({len(ids)}): {', '.join(ids)}"))
    if not diff.rows:
        console.print("\nKhông câu nào đổi kết quả.")
    assert isinstance(console.file, io.StringIO)
    return "\n".join(line.rstrip() for line in console.file.getvalue().split("\n")).rstrip()


def _figure_table(diff: Diff) -> Table:
    shown = Table(box=box.SIMPLE_HEAD, width=WIDTH, pad_edge=False)
    shown.add_column("Chỉ số", ratio=1)
    for head in ("n", "A", "B", "B − A", "[95 %]"):
        shown.add_column(head, justify="right", no_wrap=True)
    shown.add_column("", no_wrap=True)
    for name, change in diff.figures.items():
        said = {True: "tốt lên", False: "XẤU ĐI", None: ""}[change.better]
        if change.better is None and change.difference.significant:
            said = "khác đi"
        shown.add_row(
            f"{BY_NAME[name].title} ({name})",
            str(change.difference.n),
            notation.value(name, change.before),
            notation.value(name, change.after),
            notation.signed(name, change.difference.value),
            Text(f"[{notation.interval(name, change.difference)}]"),
            said,
        )
    return shown


def _print_rows(console: Console, title: str, rows: Sequence[RowChange], limit: int | None) -> None:
    if not rows:
        return
    console.print(f"\n{title}: {len(rows)} câu", markup=False)
    for row in rows[:limit]:
        question = " ".join(row.question.split())
        # ids, kinds and questions are an evaluator's words: never read as markup
        console.print(Text(f"  {row.id} [{row.kind}] {question}"), overflow="ellipsis", no_wrap=True)
        console.print(Text(textwrap.indent(textwrap.fill("; ".join(row.changes), WIDTH - 6), " " * 6)))
    if limit is not None and len(rows) > limit:
        console.print(f"  … và {len(rows) - limit} câu nữa", markup=False)


def _figures(before: Sequence[Record], after: Sequence[Record]) -> dict[str, FigureChange]:
    changes = {}
    for name, found in differences(after, before).items():
        old, new = _values(BY_NAME[name], before, after)
        changes[name] = FigureChange(
            before=old, after=new, difference=found, better=notation.good(name, found)
        )
    return changes


def _values(measure: Measure, before: Sequence[Record], after: Sequence[Record]) -> tuple[float, float]:
    """Of the pairs that the difference is made from: their values differ by just that difference."""
    pairs = [(measure.select(one), measure.select(other)) for one, other in zip(before, after, strict=True)]
    kept = np.array([pair for pair in pairs if None not in pair], dtype=np.float64)
    old, new = (round(float(measure.statistic(kept[None, :, side])[0]), 4) for side in (0, 1))
    return old, new


def _asked(row: Row) -> dict[str, Any]:
    """What the row asks and expects; its remarks and its kind may change without harm."""
    return row.model_dump(exclude={"id", "kind", "note"})


def _right(record: Record) -> bool | None:
    """Whether the question was answered right, or rightly refused."""
    if record.row.expect is Expect.ABSTAIN:
        return not record.verdict.answered_wrongly
    return record.verdict.right


def _row(before: Record, after: Record) -> RowChange | None:
    """What changed for one question; None where nothing did."""
    aspects = list(_aspects(before, after))
    changes = tuple(f"{name}: {old} → {new}" for name, old, new, _ in aspects if old != new)
    if not changes:
        return None
    gains = {gain for _, old, new, gain in aspects if old != new and gain}
    turn: Literal["better", "worse", "mixed", "other"] = "other"
    if gains:
        turn = "mixed" if len(gains) > 1 else "better" if gains == {1} else "worse"
    row = after.row
    return RowChange(id=row.id, kind=row.kind, question=row.question, turn=turn, changes=changes)


def _aspects(before: Record, after: Record) -> Iterable[tuple[str, str, str, int]]:
    """Of each thing that is judged: its name, how it was, how it is, and 1 (better), -1 (worse) or 0."""
    old, new = before.verdict, after.verdict
    yield (
        "status",
        before.asked.reply.status,
        after.asked.reply.status,
        _sign(old.status_right, new.status_right),
    )
    yield "right", _yes(_right(before)), _yes(_right(after)), _sign(_right(before), _right(after))
    yield "document", _share(old.golds), _share(new.golds), _sign(_some(old.golds), _some(new.golds))
    yield (
        "provision",
        _places(old.golds),
        _places(new.golds),
        _sign(_nearness(old.golds), _nearness(new.golds)),
    )
    yield "facts", _share(old.facts), _share(new.facts), _sign(_some(old.facts), _some(new.facts))
    yield (
        "must_not",
        _listed(old.forbidden),
        _listed(new.forbidden),
        _sign(len(new.forbidden), len(old.forbidden)),
    )
    yield "altered quotes", str(_altered(old)), str(_altered(new)), _sign(_altered(new), _altered(old))
    fewer = _sign(len(new.unsupported), len(old.unsupported))
    yield "unsupported", _listed(old.unsupported), _listed(new.unsupported), fewer


def _sign(old: float | None, new: float | None) -> int:
    if old is None or new is None:
        return 0
    return (new > old) - (new < old)


def _some(found: Sequence[object]) -> int:
    return sum(map(bool, found))


def _share(found: Sequence[object]) -> str:
    return f"{_some(found)}/{len(found)}"


def _places(golds: Sequence[str]) -> str:
    return ", ".join(gold or "miss" for gold in golds)


def _nearness(golds: Sequence[str]) -> int:
    return sum(_NEARNESS[gold] for gold in golds)


def _listed(words: Sequence[str]) -> str:
    return ", ".join(words) or "–"


def _altered(verdict: Verdict) -> int:
    return verdict.quotes - verdict.quotes_verbatim


def _yes(verdict: bool | None) -> str:
    return {True: "yes", False: "no", None: "–"}[verdict]
