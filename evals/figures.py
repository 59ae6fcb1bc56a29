"""From verdicts to figures: each with a 95 % interval by resampling the questions, and paired differences.

The list `FIGURES` is the documentation of what is measured; the report, the diff and the gate read it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

from evals.record import Record
from evals.suite import Expect

#: Resamples of a suite's questions, and the seed they are drawn with.
RESAMPLES, SEED = 1000, 20261122
#: The interval's ends, percent.
LOW, HIGH = 2.5, 97.5

Numbers = NDArray[np.float64]
#: What of one record counts, one number or a pair; None where the question does not ask for it.
Select = Callable[[Record], tuple[float, ...] | None]
#: Samples of shape (resamples, questions, numbers per question) -> one value each.
Statistic = Callable[[Numbers], Numbers]


class Figure(BaseModel):
    """One value with its 95 % interval."""

    model_config = ConfigDict(frozen=True)

    value: float
    low: float
    high: float
    n: int  # questions it is made from


class Difference(BaseModel):
    """Of the same questions put to two systems or two variants, the first minus the second."""

    model_config = ConfigDict(frozen=True)

    value: float
    low: float
    high: float
    n: int

    @property
    def significant(self) -> bool:
        return self.low > 0 or self.high < 0


@dataclass(frozen=True, slots=True)
class Measure:
    """How one figure is made from records."""

    name: str
    title: str  # in Vietnamese, for the report
    better: Literal["higher", "lower", "neither"]
    unit: Literal["share", "count", "words", "ms"]
    select: Select
    statistic: Statistic


def _mean(samples: Numbers) -> Numbers:
    result: Numbers = samples[:, :, 0].mean(axis=1)
    return result


def _sum(samples: Numbers) -> Numbers:
    result: Numbers = samples[:, :, 0].sum(axis=1)
    return result


def _ratio(samples: Numbers) -> Numbers:
    """Of pairs (found, of how many)."""
    result: Numbers = samples[:, :, 0].sum(axis=1) / np.maximum(samples[:, :, 1].sum(axis=1), 1)
    return result


def _percentile(percent: float) -> Statistic:
    def of(samples: Numbers) -> Numbers:
        result: Numbers = np.percentile(samples[:, :, 0], percent, axis=1)
        return result

    return of


def _aurc(samples: Numbers) -> Numbers:
    """Of pairs (confidence, wrong): the mean, over every coverage, of the share of wrong answers among the most
    confident. Equal confidences count with their common share."""
    return np.array([float(risks(sample[:, 0], sample[:, 1]).mean()) for sample in samples])


def risks(confidence: Numbers, wrong: Numbers) -> Numbers:
    """The share of wrong ones among the 1, 2 … n most confident."""
    order = np.argsort(-confidence, kind="stable")
    sorted_confidence, loss = confidence[order], wrong[order]
    _, group = np.unique(-sorted_confidence, return_inverse=True)
    shared = np.bincount(group, loss) / np.bincount(group)
    result: Numbers = np.cumsum(shared[group]) / np.arange(1, len(loss) + 1)
    return result


def confidence_and_wrong(record: Record) -> tuple[float, ...] | None:
    """For the risk–coverage curve: a question that should be answered is wrong unless it is answered right; one
    that should not is always wrong to answer. What was refused has no confidence."""
    if record.row.expect not in (Expect.ANSWER, Expect.ABSTAIN):
        return None
    return (
        record.asked.reply.confidence if record.verdict.words is not None else 0.0,
        float(record.verdict.right is not True),
    )


def _of(field: str) -> Select:
    def select(record: Record) -> tuple[float, ...] | None:
        value = getattr(record.verdict, field)
        return None if value is None else (float(value),)

    return select


def _quotes(record: Record) -> tuple[float, ...] | None:
    verdict = record.verdict
    return (verdict.quotes_verbatim, verdict.quotes) if verdict.quotes else None


def _loose(record: Record) -> tuple[float, ...] | None:
    return (float(len(record.verdict.unsupported)),) if record.verdict.words is not None else None


def _ms(record: Record) -> tuple[float, ...] | None:
    return None if record.asked.error else (record.asked.ms,)


FIGURES: tuple[Measure, ...] = (
    Measure("status_right", "Đúng loại kết quả", "higher", "share", _of("status_right"), _mean),
    Measure("document_first", "Nguồn đầu tiên đúng văn bản", "higher", "share", _of("document_first"), _mean),
    Measure("document_any", "Có dẫn mọi văn bản đúng", "higher", "share", _of("document_any"), _mean),
    Measure("provision_hit", "Dẫn trúng điều, khoản, điểm", "higher", "share", _of("provision_hit"), _mean),
    Measure("provision_near", "Trúng hoặc ngay cấp trên", "higher", "share", _of("provision_near"), _mean),
    Measure("fact_recall", "Ý đúng tìm thấy", "higher", "share", _of("fact_recall"), _mean),
    Measure("facts_all", "Câu có đủ mọi ý", "higher", "share", _of("facts_all"), _mean),
    Measure("must_not", "Nói điều không được nói", "lower", "share", _of("must_not"), _mean),
    Measure("quote_fidelity", "Trích dẫn đúng nguyên văn", "higher", "share", _quotes, _ratio),
    Measure("unsupported_numbers", "Số liệu không có nguồn", "lower", "count", _loose, _sum),
    Measure("answered_wrongly", "Trả lời khi phải từ chối", "lower", "share", _of("answered_wrongly"), _mean),
    Measure("refused_wrongly", "Từ chối khi phải trả lời", "lower", "share", _of("refused_wrongly"), _mean),
    Measure("aurc", "Rủi ro – độ phủ (diện tích)", "lower", "share", confidence_and_wrong, _aurc),
    Measure("words", "Độ dài câu trả lời (trung vị)", "neither", "words", _of("words"), _percentile(50)),
    Measure("latency_p50", "Thời gian trả lời p50", "lower", "ms", _ms, _percentile(50)),
    Measure("latency_p95", "Thời gian trả lời p95", "lower", "ms", _ms, _percentile(95)),
)
BY_NAME = {measure.name: measure for measure in FIGURES}
#: Of the questions of one kind, which all expect the same: a curve over them says nothing more.
OF_A_KIND = tuple(measure for measure in FIGURES if measure.name != "aurc")


def figures(records: Sequence[Record], measures: Sequence[Measure] = FIGURES) -> dict[str, Figure]:
    """Every figure that at least one of the records has."""
    found = {}
    for measure in measures:
        kept = [numbers for record in records if (numbers := measure.select(record)) is not None]
        if kept:
            values = np.array(kept, dtype=np.float64)
            value = float(measure.statistic(values[None])[0])
            low, high = np.percentile(measure.statistic(values[_draws(len(values))]), (LOW, HIGH))
            found[measure.name] = Figure(value=_tidy(value), low=_tidy(low), high=_tidy(high), n=len(values))
    return found


def differences(first: Sequence[Record], second: Sequence[Record]) -> dict[str, Difference]:
    """First minus second over the questions that both were asked, paired by the row's id."""
    others = {record.row.id: record for record in second}
    pairs = [(record, others[record.row.id]) for record in first if record.row.id in others]
    found = {}
    for measure in FIGURES:
        kept = [
            (one, other)
            for mine, theirs in pairs
            if (one := measure.select(mine)) is not None and (other := measure.select(theirs)) is not None
        ]
        if kept:
            left, right = (np.array(side, dtype=np.float64) for side in zip(*kept, strict=True))
            draws = _draws(len(kept))
            value = float(measure.statistic(left[None])[0] - measure.statistic(right[None])[0])
            spread = measure.statistic(left[draws]) - measure.statistic(right[draws])
            low, high = np.percentile(spread, (LOW, HIGH))
            found[measure.name] = Difference(
                value=_tidy(value), low=_tidy(low), high=_tidy(high), n=len(kept)
            )
    return found


def by_kind(records: Sequence[Record]) -> dict[str, list[Record]]:
    """Records of each kind of question, the kinds in the order of their names."""
    kinds: dict[str, list[Record]] = {}
    for record in sorted(records, key=lambda record: record.row.kind):
        kinds.setdefault(record.row.kind, []).append(record)
    return kinds


def _draws(n: int) -> NDArray[np.int64]:
    """Which questions each resample has, shape (RESAMPLES, n); the same for the same n."""
    return np.random.default_rng(SEED).integers(0, n, (RESAMPLES, n))


def _tidy(value: float) -> float:
    return round(float(value), 4)
