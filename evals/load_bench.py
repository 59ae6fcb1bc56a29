"""How a real server bears an ordinary day, a crowd, and people who leave. Called by `cchc bench --load`.

One asyncio process asks for everybody over plain sockets: an HTTP library would take more of the cores than the server
has left. Every question opens a connection of its own, as the worst of clients do, and nobody heeds `Retry-After`.
"""

import asyncio
import itertools
import os
import random
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np

from evals.serving_bench import ANSWER_S, WARM_UP, memory, question_body, server

#: A server has recovered when it answers as fast as it did before, or in this time, milliseconds.
WELL_MS = 300
#: How long it may take to recover before we stop looking, seconds.
RECOVERY_MAX_S = 60
#: People who leave before their answer.
LEAVERS = 30
_PROBE_S = 0.25


@dataclass(frozen=True, slots=True)
class Shift:
    """People who asked for a while. Times in milliseconds; None: there was nothing to measure."""

    people: int
    seconds: float
    answered: int
    refused: int  # 429 or 503 with Retry-After
    errors: dict[str, int]  # everything else, by what it was
    p50: float | None  # of the answers
    p95: float | None
    p99: float | None
    refusal_p95: float | None


@dataclass(frozen=True, slots=True)
class Load:
    """Memory in MB, resident in the server; None where it could not be measured."""

    usual: Shift
    crowd: Shift
    alive: float  # slowest word of /health/live while the crowd was there, milliseconds
    recovered_seconds: float | None  # after the crowd had gone; None: not within `RECOVERY_MAX_S`
    left: int  # people who left before their answer
    left_cpu: float | None  # what one of them cost the server, milliseconds of processor time
    answer_cpu: float | None  # what an answer costs it
    after_leaving: float  # the next question after they left, milliseconds
    memory_start: float | None
    memory_usual: float | None  # after the ordinary day
    memory_end: float | None

    @property
    def failed(self) -> bool:
        """Whether somebody got neither an answer nor a polite refusal, or the server did not recover."""
        return bool(self.usual.errors or self.usual.refused or self.crowd.errors) or (
            self.recovered_seconds is None
        )


@dataclass(frozen=True, slots=True)
class _Reply:
    outcome: str  # "answered", "refused" or what went wrong
    ms: float


def measure_load(
    questions: Sequence[str], people: int, every: float, seconds: float, crowd: int, crowd_seconds: float
) -> Load:
    """`people` ask every `every` seconds; then `crowd` times as many; then some leave. Raises `BenchError`."""
    with server() as (url, pid):
        return asyncio.run(_Bench(url, pid, questions, every).run(people, seconds, crowd, crowd_seconds))


def load_report(load: Load) -> str:
    """The figures as lines to read."""
    recovered = (
        f"sau {load.recovered_seconds:.1f} giây"
        if load.recovered_seconds is not None
        else f"chưa, sau {RECOVERY_MAX_S} giây"
    )
    lines = [
        *_lines("Ngày thường", load.usual),
        *_lines("Quá tải", load.crowd),
        f"  /health/live chậm nhất: {load.alive:.0f} ms; trả lời nhanh trở lại: {recovered}",
        f"{load.left} người bỏ đi giữa chừng; câu kế tiếp: {load.after_leaving:.0f} ms",
    ]
    if load.left_cpu is not None:
        lines.append(
            f"  CPU mỗi người bỏ đi: {load.left_cpu:.0f} ms, mỗi câu trả lời: {load.answer_cpu:.0f} ms"
        )
    if load.memory_start is not None:
        lines.append(
            f"Bộ nhớ máy chủ: lúc đầu {load.memory_start:.0f} MB, sau ngày thường {load.memory_usual:.0f} MB, "
            f"cuối cùng {load.memory_end:.0f} MB"
        )
    return "\n".join(lines)


def _lines(name: str, shift: Shift) -> list[str]:
    wrong = ", ".join(f"{what} {count}" for what, count in shift.errors.items()) or "0"
    lines = [
        f"{name}: {shift.people} người, {shift.seconds:.0f} giây: {shift.answered} câu trả lời, "
        f"{shift.refused} lần hẹn lại, lỗi: {wrong}"
    ]
    if shift.p50 is not None:
        lines.append(f"  trả lời: p50 {shift.p50:.0f} ms, p95 {shift.p95:.0f} ms, p99 {shift.p99:.0f} ms")
    if shift.refusal_p95 is not None:
        lines.append(f"  hẹn lại: p95 {shift.refusal_p95:.0f} ms")
    return lines


class _Bench:
    def __init__(self, url: str, pid: int, questions: Sequence[str], every: float) -> None:
        address = urlsplit(url)
        self._host, self._port = address.hostname or "", address.port or 80
        self._pid = pid
        self._every = every
        self._questions = itertools.cycle(questions)
        self._random = random.Random(6)  # the same day every time

    async def run(self, people: int, seconds: float, crowd: int, crowd_seconds: float) -> Load:
        for _ in range(WARM_UP):
            await self._ask()
        start = memory(self._pid)
        spent = _cpu_ms(self._pid)
        usual = await self._shift(people, seconds)
        answer_cpu = _each(spent, _cpu_ms(self._pid), usual.answered)
        after_usual = memory(self._pid)
        well_ms = max(WELL_MS, usual.p99 or 0)
        _, alive, flood = await asyncio.gather(
            asyncio.sleep(crowd_seconds),
            self._slowest_word(crowd_seconds),
            self._shift_and_recovery(people * crowd, crowd_seconds, well_ms),
        )
        left_cpu, after_leaving = await self._leave()
        return Load(
            usual=usual,
            crowd=flood[0],
            alive=round(alive, 1),
            recovered_seconds=flood[1],
            left=LEAVERS,
            left_cpu=left_cpu,
            answer_cpu=answer_cpu,
            after_leaving=round(after_leaving, 1),
            memory_start=start[0],
            memory_usual=after_usual[0],
            memory_end=memory(self._pid)[0],
        )

    async def _shift_and_recovery(
        self, people: int, seconds: float, well_ms: float
    ) -> tuple[Shift, float | None]:
        async def recovery() -> float | None:
            await asyncio.sleep(seconds)
            return await self._recovery(well_ms)

        shift, recovered = await asyncio.gather(self._shift(people, seconds), recovery())
        return shift, recovered

    async def _shift(self, people: int, seconds: float) -> Shift:
        """Everybody comes at a time of their own and asks every `every` seconds, later if the answer was late."""
        started = time.perf_counter()
        replies: list[_Reply] = []

        async def person(first: float) -> None:
            at = started + first
            while at < started + seconds:
                await asyncio.sleep(at - time.perf_counter())
                replies.append(await self._ask())
                at = max(at + self._every, time.perf_counter())

        await asyncio.gather(*(person(self._random.uniform(0, self._every)) for _ in range(people)))
        answers = [reply.ms for reply in replies if reply.outcome == "answered"]
        refusals = [reply.ms for reply in replies if reply.outcome == "refused"]
        wrong = Counter(reply.outcome for reply in replies if reply.outcome not in ("answered", "refused"))
        return Shift(
            people=people,
            seconds=seconds,
            answered=len(answers),
            refused=len(refusals),
            errors=dict(wrong.most_common()),
            p50=_percentile(answers, 50),
            p95=_percentile(answers, 95),
            p99=_percentile(answers, 99),
            refusal_p95=_percentile(refusals, 95),
        )

    async def _slowest_word(self, seconds: float) -> float:
        until, slowest = time.perf_counter() + seconds, 0.0
        while time.perf_counter() < until:
            reply = await self._request(b"GET /health/live HTTP/1.1\r\n", b"")
            slowest = max(slowest, reply.ms if reply.outcome == "answered" else ANSWER_S * 1000)
            await asyncio.sleep(_PROBE_S)
        return slowest

    async def _recovery(self, well_ms: float) -> float | None:
        """Seconds until a question is answered well again."""
        started = time.perf_counter()
        while time.perf_counter() - started < RECOVERY_MAX_S:
            reply = await self._ask()
            if reply.outcome == "answered" and reply.ms <= well_ms:
                return round(time.perf_counter() - started, 2)
            await asyncio.sleep(_PROBE_S)
        return None

    async def _leave(self) -> tuple[float | None, float]:
        """Processor time that one of `LEAVERS` cost who left as soon as their streams began, and how long the
        question after them took, milliseconds."""
        await asyncio.sleep(1)  # the server is idle
        spent = _cpu_ms(self._pid)

        async def leaver() -> None:
            async with self._sent(
                _head(b"text/event-stream"), question_body(next(self._questions))
            ) as reader:
                await reader.readuntil(b"\r\n\r\n")

        await asyncio.gather(*(_quietly(leaver()) for _ in range(LEAVERS)))
        await asyncio.sleep(1)
        cost = _each(spent, _cpu_ms(self._pid), LEAVERS)
        await asyncio.gather(*(_quietly(leaver()) for _ in range(LEAVERS)))
        return cost, (await self._ask()).ms

    async def _ask(self) -> _Reply:
        return await self._request(_head(b"application/json"), question_body(next(self._questions)))

    async def _request(self, head: bytes, body: bytes) -> _Reply:
        started = time.perf_counter()
        try:
            async with asyncio.timeout(ANSWER_S), self._sent(head, body) as reader:
                outcome = _outcome(await reader.read())
        except (OSError, TimeoutError, asyncio.IncompleteReadError) as error:
            outcome = type(error).__name__
        return _Reply(outcome, (time.perf_counter() - started) * 1000)

    @asynccontextmanager
    async def _sent(self, head: bytes, body: bytes) -> AsyncIterator[asyncio.StreamReader]:
        """What comes back on a connection of its own; leaving the block hangs up at once."""
        reader, writer = await asyncio.open_connection(self._host, self._port)
        try:
            rest = b"Host: 127.0.0.1\r\nConnection: close\r\nContent-Length: %d\r\n\r\n" % len(body)
            writer.write(head + rest + body)
            await writer.drain()
            yield reader
        finally:
            writer.transport.abort()


def _head(accept: bytes) -> bytes:
    return b"POST /v1/ask HTTP/1.1\r\nContent-Type: application/json\r\nAccept: " + accept + b"\r\n"


def _outcome(response: bytes) -> str:
    head, _, _ = response.partition(b"\r\n\r\n")
    status = head[9:12].decode("latin-1")
    if status == "200":
        return "answered"
    polite = status in ("429", "503") and b"\nretry-after:" in head.lower()
    return "refused" if polite else f"HTTP {status}" if status else "no reply"


async def _quietly(work: Awaitable[None]) -> None:
    with suppress(OSError, asyncio.IncompleteReadError):
        await work


def _percentile(times: Sequence[float], percent: float) -> float | None:
    return round(float(np.percentile(times, percent)), 1) if times else None


def _cpu_ms(pid: int) -> float | None:
    """Processor time of a process so far; None where there is no /proc."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return (int(fields[11]) + int(fields[12])) * 1000 / os.sysconf("SC_CLK_TCK")


def _each(before: float | None, after: float | None, count: int) -> float | None:
    return round((after - before) / count, 1) if before is not None and after is not None and count else None
