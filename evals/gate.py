"""Bounds under and over the figures of a run, for a build server. Called by `cchc eval gate`.

Only the deterministic figures of our own answers can be bounded: what a judge model thinks may change with the model.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from evals.figures import BY_NAME
from evals.notation import value
from evals.problem import EvalProblem
from evals.record import OURS
from evals.summary import Summary, SystemFigures


@dataclass(frozen=True, slots=True)
class Bound:
    """One bound as it was written: "facts_all=0.8", "table:provision_hit=40%"."""

    side: Literal["floor", "ceiling"]
    kind: str  # of question; "": over all
    name: str  # of the figure
    number: float
    written: str  # the number as the evaluator wrote it


def check(summary: Summary, floors: Sequence[str], ceilings: Sequence[str]) -> list[str]:
    """The bounds that do not hold, a Vietnamese sentence each; empty where all hold.

    A bound is "NAME=VALUE" or "KIND:NAME=VALUE"; shares may be written "80%". Raises `EvalProblem` for a bound that
    cannot be understood or names what the summary does not know.
    """
    if OURS not in summary.systems:
        raise EvalProblem("Kết quả này không có hệ thống “ours” để đặt ngưỡng.")
    ours = summary.systems[OURS]
    bounds = [_bound(text, "floor", ours) for text in floors]
    bounds += [_bound(text, "ceiling", ours) for text in ceilings]
    return [said for bound in bounds if (said := _violated(bound, ours))]


def _bound(text: str, side: Literal["floor", "ceiling"], ours: SystemFigures) -> Bound:
    place, equals, written = text.rpartition("=")
    if not equals:
        raise EvalProblem(f"Ngưỡng “{text}” phải có dạng TÊN=SỐ hoặc LOẠI:TÊN=SỐ, ví dụ facts_all=0.8.")
    kind, _, name = (part.strip() for part in place.rpartition(":"))
    if name not in BY_NAME:
        raise EvalProblem(
            f"Ngưỡng “{text}”: không có chỉ số “{name}”. Các chỉ số: {', '.join(BY_NAME)}. "
            "Ý kiến của mô hình chấm không dùng làm ngưỡng được."
        )
    if kind and kind not in ours.kinds:
        raise EvalProblem(
            f"Ngưỡng “{text}”: kết quả không có loại câu hỏi “{kind}”. Các loại: {', '.join(ours.kinds)}."
        )
    return Bound(side, kind, name, _number(text, name, written.strip()), written.strip())


def _number(text: str, name: str, written: str) -> float:
    percent = written.endswith("%")
    if percent and BY_NAME[name].unit != "share":
        raise EvalProblem(f"Ngưỡng “{text}”: chỉ số “{name}” không tính bằng phần trăm.")
    try:
        number = float(written.removesuffix("%"))
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise EvalProblem(f"Ngưỡng “{text}”: “{written}” không phải số. Hãy viết như 0.8 hoặc 80%.")
    return number / 100 if percent else number


def _violated(bound: Bound, ours: SystemFigures) -> str:
    """Why the bound does not hold; "" where it does."""
    figures = ours.kinds[bound.kind] if bound.kind else ours.overall
    subject = f"{BY_NAME[bound.name].title} ({bound.kind + ':' if bound.kind else ''}{bound.name})"
    limit = f"{'mức sàn' if bound.side == 'floor' else 'mức trần'} {bound.written}"
    figure = figures.get(bound.name)
    if figure is None:
        return f"{subject}: không câu nào cho chỉ số này, nên không đạt {limit}."
    holds = figure.value >= bound.number if bound.side == "floor" else figure.value <= bound.number
    if holds:
        return ""
    than = "thấp hơn" if bound.side == "floor" else "cao hơn"
    return f"{subject}: {value(bound.name, figure.value, 2)} {than} {limit} (n = {figure.n})."
