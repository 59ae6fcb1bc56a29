"""What embedders cost, side by side: size, loading, memory, speed. Called by `cchc eval embedders`.

Each lives in a process of its own. They take short turns, round after round and in turned order, so that whatever else
the machine does hits all alike; a ratio is the median over the rounds of what two did in the same round. On a busy machine
the ratio of processor time tells more.
"""

import json
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any

from evals.problem import EvalProblem
from evals.suite import load_suite
from evals.throwaway import ROOT, Show
from evals.tokens import TOKENIZER, Tokens, folder_of
from index.segment import embedding_input, segments
from ingest.parsed import parsed
from ingest.read import read_bytes
from settings import Settings

#: Passages and questions of a round, and of all; rounds.
PASSAGES_A_ROUND, QUESTIONS_A_ROUND = 8, 4
PASSAGES, QUESTIONS, ROUNDS = 48, 48, 24
#: Characters of a passage: about 165 tokens, as the articles that embedders are compared by elsewhere.
PASSAGE_CHARS = 545
#: What an embedder that is shipped may take: seconds to load, MB resident while it works.
LOAD_MAX_S, RESIDENT_MAX_MB = 0.5, 250
_WEIGHTS = {".onnx", ".safetensors", ".bin"}
#: Characters of the first column; then head, width and figure of the others.
_NAME = 32
_COLUMNS = (
    ("tệp MB", 8, "file_mb"), ("token", 7, "tokens"), ("import s", 10, "import_s"), ("nạp s", 7, "load_s"),
    ("nạp CPU s", 11, "load_cpu_s"), ("nạp MB", 8, "loaded_mb"), ("chạy MB", 9, "working_mb"),
    ("đoạn/s", 8, "passages_per_s"), ("CPU ms/đoạn", 13, "passage_cpu_ms"), ("ms/câu", 8, "query_ms"),
    ("× đoạn/s", 10, "speed_ratio"), ("× CPU", 7, "cpu_ratio"), ("× câu/s", 9, "query_ratio"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Cost:
    """What one embedder took. MB are 10^6 bytes; None: not known of a model outside a folder."""

    given: str
    name: str
    checksum: str
    dimensions: int
    file_mb: float | None  # weights and tokenizer
    tokens: float | None  # mean of the passages, as this model counts them
    import_s: float  # Python packages, before it is loaded
    load_s: float  # files read, checked and ready, with what the engine imports
    load_cpu_s: float  # the same in processor time
    loaded_mb: float  # resident after loading
    working_mb: float  # the most after embedding
    passages_per_s: float
    passage_cpu_ms: float  # processor time, of all cores
    query_ms: float
    speed_ratio: float  # passages a second, to those of the first embedder
    cpu_ratio: float  # passages a second of processor time, likewise
    query_ratio: float  # questions a second, likewise

    @property
    def light(self) -> bool:
        """Whether it loads as quickly and stays as small as one that is shipped must."""
        return self.load_s <= LOAD_MAX_S and self.working_mb <= RESIDENT_MAX_MB


@dataclass(frozen=True, slots=True)
class Costs:
    passages: int
    questions: int
    rounds: int
    threads: int
    embedders: tuple[Cost, ...]

    def as_json(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False, indent=1)

    def table(self) -> str:
        """For the terminal, in Vietnamese."""
        heads = "".join(f"{head:>{width}}" for head, width, _ in _COLUMNS)
        lines = [
            f"{self.rounds} lượt xen kẽ trên {self.passages} đoạn và {self.questions} câu hỏi, {self.threads} luồng; "
            f"tỷ lệ so với {self.embedders[0].given}",
            f"{'':{_NAME}}{heads}",
        ]
        for one in self.embedders:
            cells = (_shown(getattr(one, figure), width) for (_, width, figure) in _COLUMNS)
            lines.append(f"{one.given[-_NAME + 1 :]:{_NAME}}{''.join(cells)}")
        lines += [
            f"{one.given}: {'đạt' if one.light else 'vượt'} mức nạp ≤ {LOAD_MAX_S:g} s và ≤ {RESIDENT_MAX_MB} MB"
            for one in self.embedders
        ]
        return "\n".join(lines)


@dataclass(frozen=True, slots=True)
class _Turn:
    """What it took to embed some texts."""

    texts: int
    seconds: float
    cpu_s: float
    resident_mb: float


class _Worker:
    """One embedder in its process."""

    def __init__(self, process: "subprocess.Popen[str]", given: str, said: IO[str]) -> None:
        self._process = process
        self._said = said  # what it and its libraries say beside the answers
        self.given = given
        self.loaded = self._answer()
        if "problem" in self.loaded:
            raise EvalProblem(f"{given}: {self.loaded['problem']}")
        self.passages: list[_Turn] = []
        self.questions: list[_Turn] = []

    def ask(self, texts: Sequence[str], query: bool = False) -> _Turn:
        assert self._process.stdin
        self._process.stdin.write(json.dumps({"texts": list(texts), "query": query}) + "\n")
        self._process.stdin.flush()
        return _Turn(len(texts), **self._answer())

    def _answer(self) -> dict[str, Any]:
        assert self._process.stdout
        line = self._process.stdout.readline()
        if not line:
            code = self._process.wait()
            self._said.seek(0)
            last = self._said.read().strip().rpartition("\n")[2]
            raise EvalProblem(f"Tiến trình của mô hình “{self.given}” đã dừng (mã {code}): {last}")
        return dict(json.loads(line))


def measure(
    embedders: Sequence[str], settings: Settings, show: Show, texts: Path | None = None, rounds: int = ROUNDS
) -> Costs:
    """Load every embedder (a shipped name, a folder, a name of the hub) and let them take turns. `texts` has a passage
    on each line; without it the passages are those of the sample documents. Raises `EvalProblem`.
    """
    passages = _lines(texts) if texts else _sample_passages()
    questions = _sample_questions()
    with ExitStack() as stack:
        workers = []
        # one after the other: loading is timed
        for place, name in enumerate(dict.fromkeys(embedders)):
            show("Nạp mô hình", place, len(embedders))
            workers.append(stack.enter_context(_worker(name, settings.embedder_threads)))
        for worker in workers:  # buffers are filled and pages read before the clock counts
            worker.ask(passages)
            worker.ask(questions[:1], query=True)
        for count in range(rounds):
            show("Đo", count, rounds)
            some = _next(passages, PASSAGES_A_ROUND, count)
            for worker in _turned(workers, count):
                worker.passages.append(worker.ask(some))
            for at, question in enumerate(_next(questions, QUESTIONS_A_ROUND, count)):
                for worker in _turned(workers, at):
                    worker.questions.append(worker.ask([question], query=True))
        return Costs(
            passages=len(passages),
            questions=len(questions),
            rounds=rounds,
            threads=settings.embedder_threads,
            embedders=tuple(_cost(worker, workers[0], passages) for worker in workers),
        )


@contextmanager
def _worker(name: str, threads: int) -> Iterator[_Worker]:
    command = [sys.executable, "-m", "evals.embedder_worker", name, str(threads)]
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as said:
        process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=said, text=True
        )
        try:
            yield _Worker(process, name, said)
        finally:
            process.kill()
            process.communicate()


def _cost(worker: _Worker, first: _Worker, passages: Sequence[str]) -> Cost:
    loaded = worker.loaded
    beside = list(zip(worker.passages, first.passages, strict=True))
    asked = list(zip(worker.questions, first.questions, strict=True))
    return Cost(
        given=worker.given,
        name=loaded["name"],
        checksum=loaded["checksum"],
        dimensions=loaded["dimensions"],
        file_mb=_file_mb(worker.given),
        tokens=_mean_tokens(worker.given, passages),
        import_s=loaded["import_s"],
        load_s=loaded["load_s"],
        load_cpu_s=loaded["load_cpu_s"],
        loaded_mb=loaded["resident_mb"],
        working_mb=max(turn.resident_mb for turn in (*worker.passages, *worker.questions)),
        passages_per_s=statistics.median(turn.texts / turn.seconds for turn in worker.passages),
        passage_cpu_ms=statistics.median(1000 * turn.cpu_s / turn.texts for turn in worker.passages),
        query_ms=statistics.median(1000 * turn.seconds for turn in worker.questions),
        speed_ratio=statistics.median(theirs.seconds / own.seconds for own, theirs in beside),
        cpu_ratio=statistics.median(theirs.cpu_s / own.cpu_s for own, theirs in beside),
        query_ratio=statistics.median(theirs.seconds / own.seconds for own, theirs in asked),
    )


def _turned(workers: Sequence[_Worker], count: int) -> Sequence[_Worker]:
    """From the first, then from the last."""
    return workers if count % 2 == 0 else workers[::-1]


def _next(texts: Sequence[str], size: int, count: int) -> list[str]:
    """The texts of a round: the next ones, and again from the first."""
    return [texts[(count * size + at) % len(texts)] for at in range(min(size, len(texts)))]


def _file_mb(name: str) -> float | None:
    folder = folder_of(name)
    if folder is None:
        return None
    files = [
        file
        for file in folder.rglob("*")
        if file.is_file() and (file.suffix in _WEIGHTS or file.name == TOKENIZER)
    ]
    return sum(file.stat().st_size for file in files) / 1e6


def _mean_tokens(name: str, passages: Sequence[str]) -> float | None:
    try:
        tokens = Tokens(name)
    except EvalProblem:
        return None
    return statistics.fmean(tokens.count(passage) for passage in passages)


def _shown(value: float | None, width: int) -> str:
    """In three digits or more."""
    if value is None:
        return f"{'–':>{width}}"
    return f"{value:{width}.{2 if value < 10 else 1 if value < 100 else 0}f}"


def _lines(file: Path) -> list[str]:
    try:
        lines = [line.strip() for line in file.read_text("utf-8").splitlines()]
    except (OSError, UnicodeDecodeError) as error:
        raise EvalProblem(f"Không đọc được {file}: {error}.") from error
    passages = [line for line in lines if line]
    if not passages:
        raise EvalProblem(f"{file} không có dòng nào. Hãy ghi mỗi đoạn văn trên một dòng.")
    return passages


def _sample_passages() -> list[str]:
    """What the embedder reads of the sample documents: the segments of about the usual length."""
    inputs = []
    for file in sorted((ROOT / "corpus" / "samples").iterdir()):
        reading = read_bytes(file.read_bytes(), file.name)
        found = parsed(reading, file.name)
        cut = segments(file.name, "", found.document, found.text, found.provisions)
        inputs += [embedding_input(segment) for segment in cut]
    return sorted(inputs, key=lambda text: (abs(len(text) - PASSAGE_CHARS), text))[:PASSAGES]


def _sample_questions() -> list[str]:
    suite = load_suite([ROOT / "evals" / "suites" / "samples.jsonl"])
    return [row.question for row in suite.rows][:QUESTIONS]
