"""How fast the desk itself answers over a large index, without a server around it. Called by `cchc eval speed`.

Every system runs in a process of its own, one after the other, over the same documents and questions.
"""

import json
import multiprocessing
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

import numpy as np

from bot.desk import HelpDesk
from corpus.store import Corpus
from evals.bench_index import held
from evals.law_bench import load_bench
from evals.peers import PEERS
from evals.problem import EvalProblem
from index.builder import Progress
from index.embedding import load_embedder
from settings import Settings

#: Any day will do: all documents of a bench are in force.
_DAY = date(2026, 1, 1)
#: Questions asked before the clock starts; they fill the caches as the first minutes of a server do.
WARM_UP = 20

Ask = Callable[[str], object]


@dataclass(frozen=True, slots=True)
class Speed:
    """Times of one question in milliseconds, memory in MB."""

    system: str
    questions: int
    p50: float
    p95: float
    slowest: float
    per_second: float  # with `threads` questions at a time
    threads: int
    memory: float  # resident, after all questions


@dataclass(frozen=True, slots=True)
class SpeedRun:
    bench: str
    articles: int
    segments: int
    speeds: tuple[Speed, ...]

    def as_json(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False, indent=1)

    def table(self) -> str:
        lines = [
            f"Bộ đo {self.bench}: {self.articles} điều luật, {self.segments} đoạn trong chỉ mục",
            f"{'':8}{'câu hỏi':>9}{'p50 ms':>9}{'p95 ms':>9}{'lâu nhất':>10}{'câu/giây':>10}{'MB':>7}",
        ]
        lines += [
            f"{one.system:8}{one.questions:9}{one.p50:9.1f}{one.p95:9.1f}{one.slowest:10.1f}"
            f"{one.per_second:10.1f}{one.memory:7.0f}"
            for one in self.speeds
        ]
        first = self.speeds[0]
        lines += [
            f"{first.system} so với {other.system}: p50 {first.p50 / other.p50:.2f} lần thời gian, "
            f"{first.per_second / other.per_second:.2f} lần số câu mỗi giây"
            for other in self.speeds[1:]
        ]
        return "\n".join(lines)


def measure(
    folder: Path,
    settings: Settings,
    sample: int | None = None,
    against: Sequence[str] = (),
    threads: int = 2,
    progress: Progress | None = None,
) -> SpeedRun:
    """Time the desk, and the peers named, on the questions of a law bench. Raises `EvalProblem`, `IndexProblem`."""
    unknown = [name for name in against if name not in PEERS]
    if unknown:
        raise EvalProblem(f"Không có hệ thống “{unknown[0]}”. Chọn trong: {', '.join(PEERS)}.")
    bench = load_bench(folder, sample)
    questions = [question.text for question in bench.questions]
    with held(bench.laws, settings, load_embedder(settings), progress) as (corpus, own, built):
        for (
            name
        ) in against:  # a peer's passages are embedded here, so that no process below does it under the clock
            PEERS[name](corpus, settings, _quiet)
        segments = built.segments
    name, articles = bench.name, bench.articles
    del bench
    speeds = tuple(_alone(system, own, settings, questions, threads) for system in ("desk", *against))
    return SpeedRun(name, articles, segments, speeds)


def _alone(system: str, own: Settings, settings: Settings, questions: list[str], threads: int) -> Speed:
    """One system in a fresh process, so that its memory is its own."""
    with multiprocessing.get_context("spawn").Pool(1) as process:
        return process.apply(_timed, (system, own, settings, questions, threads))


def _timed(system: str, own: Settings, settings: Settings, questions: list[str], threads: int) -> Speed:
    ask = _desk(own) if system == "desk" else _peer(system, own, settings)
    for question in questions[:WARM_UP]:
        ask(question)
    times = []
    for question in questions:
        started = time.perf_counter()
        ask(question)
        times.append((time.perf_counter() - started) * 1000)
    with ThreadPoolExecutor(threads) as pool:
        started = time.perf_counter()
        list(pool.map(ask, questions))
        elapsed = time.perf_counter() - started
    p50, p95 = np.percentile(times, [50, 95])
    return Speed(
        system, len(times), float(p50), float(p95), max(times), len(questions) / elapsed, threads, _memory()
    )


def _desk(own: Settings) -> Ask:
    desk = HelpDesk.open(own)
    return lambda question: desk.ask(question, as_of=_DAY)


def _peer(name: str, own: Settings, settings: Settings) -> Ask:
    peer = PEERS[name](Corpus.open(own.dsn), settings, _quiet)
    return lambda question: peer.ask(question, (), _DAY)


def _quiet(what: str, done: int, total: int) -> None:
    """Progress that nobody reads."""


def _memory() -> float:
    status = Path("/proc/self/status").read_text()
    return next(int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmRSS:"))
