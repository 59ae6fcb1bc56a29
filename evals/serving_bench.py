"""How fast a real server answers, and what memory it takes. Called by `cchc bench`.

The server runs in a process of its own with the settings and the data folder of this one, on a free port.
"""

import contextlib
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import httpx
import numpy as np

#: About the sample documents, as officials type: full sentences, without marks, numbers, off the subject.
QUESTIONS = (
    "Sáu nội dung cải cách hành chính giai đoạn 2021-2030 là gì?",
    "Thời hiệu khiếu nại là bao nhiêu ngày?",
    "Hình thức khiếu nại gồm những gì?",
    "Nghị định 61/2018/NĐ-CP còn hiệu lực không?",
    "nghi dinh 118/2025 thay the van ban nao",
    "SIPAS đo điều gì?",
    "Chỉ số PAR INDEX cấp tỉnh được chấm thế nào?",
    "Mục tiêu của Đề án theo Quyết định 905/QĐ-BNV là gì?",
    "Bản sao y có giá trị pháp lý như bản chính không?",
    "Thể thức văn bản hành chính gồm những thành phần nào?",
    "ai chu tri xay dung co so du lieu van ban cai cach hanh chinh",
    "Bí mật nhà nước được phân loại theo mấy mức độ?",
    "PAPI và PCI khác nhau thế nào?",
    "Kế hoạch cải cách hành chính của Thành phố Hồ Chí Minh đặt mục tiêu gì?",
    "Điều 9 Luật Khiếu nại quy định gì?",
    "Hôm nay trời có mưa không?",
)

#: How long a server may take to load its model and index, seconds.
START_S = 120
#: How long one answer may take before it counts as an error, seconds.
ANSWER_S = 60
#: Questions asked before anything is measured: the first ones load what the later ones find loaded.
WARM_UP = 16
COLD_RUNS = 3
# -P: a file settings.py of the folder one stands in is not ours
_CCHC = (sys.executable, "-P", "-m", "cchc")


class BenchError(Exception):
    """Nothing could be measured; the message says why, in Vietnamese."""


@dataclass(frozen=True, slots=True)
class Figures:
    """Times in milliseconds unless the name says seconds; memory in MB. None: could not be measured."""

    questions: int  # different ones
    clients: int
    seconds: float
    answers: int
    errors: int
    per_second: float
    p50: float | None  # of /v1/ask, as the client sees it
    p95: float | None
    p99: float | None
    statuses: dict[str, int]
    memory: float | None  # resident in the server at the end
    memory_peak: float | None
    cold_seconds: float  # `cchc ask` from the shell, best of three


def read_questions(file: Path) -> list[str]:
    """One question a line, in a `.jsonl` file as `text` or `question` of an object; empty lines and lines that begin
    with # do not count. Raises `BenchError`."""
    try:
        lines = [line.strip() for line in file.read_text("utf-8-sig").splitlines()]
    except (OSError, UnicodeDecodeError) as error:
        raise BenchError(f"Không đọc được {file}: {error}.") from error
    questions = [line for line in lines if line and not line.startswith("#")]
    if file.suffix == ".jsonl":
        questions = [_question_of(line, file) for line in questions]
    if not questions:
        raise BenchError(f"{file} không có câu hỏi nào. Hãy viết mỗi dòng một câu.")
    return questions


def _question_of(line: str, file: Path) -> str:
    try:
        row = json.loads(line)
        return str(row["text"] if "text" in row else row["question"])
    except (ValueError, TypeError, KeyError) as error:
        raise BenchError(f"{file} có dòng không phải JSON với “text” hoặc “question”.") from error


def question_body(question: str) -> bytes:
    """The body of a request that asks it."""
    return json.dumps({"question": question}).encode()


def measure(questions: Sequence[str], seconds: float, clients: int) -> Figures:
    """Ask a server of our own for `seconds` from `clients` sides at once. Raises `BenchError`."""
    cold = min(_cold(questions[0]) for _ in range(COLD_RUNS))
    with server() as (url, pid):
        with _http(url) as client:
            for question in questions[:WARM_UP]:
                _ask(client, question)
        started = time.perf_counter()
        with ThreadPoolExecutor(clients) as pool:
            sides = [
                # each begins elsewhere in the list, so that they do not ask the same at the same time
                pool.submit(_client, url, questions, side * len(questions) // clients, started + seconds)
                for side in range(clients)
            ]
            asked = [one for side in sides for one in side.result()]
        took = time.perf_counter() - started
        resident, peak = memory(pid)
    times = [ms for ms, status in asked if not _is_error(status)]
    p50, p95, p99 = (float(p) for p in np.percentile(times, (50, 95, 99))) if times else (None, None, None)
    return Figures(
        questions=len(set(questions)),
        clients=clients,
        seconds=round(took, 2),
        answers=len(times),
        errors=len(asked) - len(times),
        per_second=round(len(times) / took, 2),
        p50=p50 and round(p50, 1),
        p95=p95 and round(p95, 1),
        p99=p99 and round(p99, 1),
        statuses=dict(Counter(status for _, status in asked).most_common()),
        memory=resident,
        memory_peak=peak,
        cold_seconds=round(cold, 2),
    )


def report(figures: Figures) -> str:
    """The figures as lines to read."""
    lines = [
        f"{figures.questions} câu hỏi, {figures.clients} người hỏi cùng lúc, {figures.seconds:.1f} giây:",
        f"  {figures.answers} câu trả lời, {figures.per_second:.1f} câu mỗi giây, {figures.errors} lỗi",
        "  kết quả: " + ", ".join(f"{status} {count}" for status, count in figures.statuses.items()),
    ]
    if figures.p50 is not None:
        lines.append(
            f"  /v1/ask: p50 {figures.p50:.0f} ms, p95 {figures.p95:.0f} ms, p99 {figures.p99:.0f} ms"
        )
    if figures.memory is not None:
        lines.append(f"  bộ nhớ máy chủ: {figures.memory:.0f} MB, cao nhất {figures.memory_peak:.0f} MB")
    lines.append(f"`cchc ask` từ cửa sổ lệnh: {figures.cold_seconds:.2f} giây (tốt nhất của {COLD_RUNS} lần)")
    return "\n".join(lines)


def _cold(question: str) -> float:
    started = time.perf_counter()
    run = subprocess.run(
        [*_CCHC, "ask", "--", question], stdin=subprocess.DEVNULL, capture_output=True, text=True
    )
    took = time.perf_counter() - started
    if run.returncode:
        raise BenchError(run.stderr.strip() or f"`cchc ask` dừng với mã {run.returncode}.")
    return took


@contextlib.contextmanager
def server() -> Iterator[tuple[str, int]]:
    """The base URL and the process id of a server that is ready."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    settings = {"CCHC_HOST": "127.0.0.1", "CCHC_RATE_LIMIT_PER_MINUTE": "0"}  # all clients share one address
    url = f"http://127.0.0.1:{port}"
    with tempfile.TemporaryFile("w+") as log:
        command = [*_CCHC, "serve", "--port", str(port)]
        process = subprocess.Popen(
            command, env={**os.environ, **settings}, stdin=subprocess.DEVNULL, stdout=log, stderr=log
        )
        try:
            if not _becomes_ready(process, url):
                log.seek(0)
                said = "".join(log.readlines()[-5:]).strip()
                raise BenchError(f"Máy chủ không sẵn sàng sau {START_S} giây hoặc đã dừng. {said}")
            yield url, process.pid
        finally:
            process.terminate()
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _becomes_ready(process: "subprocess.Popen[bytes]", url: str) -> bool:
    until = time.monotonic() + START_S
    with _http(url) as client:
        while process.poll() is None and time.monotonic() < until:
            with contextlib.suppress(httpx.TransportError):
                if client.get("/health/ready").status_code == 200:
                    return True
            time.sleep(0.1)
    return False


def _http(url: str) -> httpx.Client:
    return httpx.Client(base_url=url, timeout=ANSWER_S, trust_env=False)  # no proxy stands between


def _client(url: str, questions: Sequence[str], first: int, until: float) -> list[tuple[float, str]]:
    """Milliseconds and outcome of every question that one person asked until then, one after the other."""
    asked: list[tuple[float, str]] = []
    with _http(url) as client:
        while time.perf_counter() < until:
            started = time.perf_counter()
            status = _ask(client, questions[(first + len(asked)) % len(questions)])
            asked.append(((time.perf_counter() - started) * 1000, status))
    return asked


def _ask(client: httpx.Client, question: str) -> str:
    """The status of the answer, or what went wrong: "error 503", "error ReadTimeout"."""
    try:
        headers = {"Content-Type": "application/json"}
        response = client.post("/v1/ask", content=question_body(question), headers=headers)
    except httpx.TransportError as error:
        return f"error {type(error).__name__}"
    return str(response.json()["status"]) if response.status_code == 200 else f"error {response.status_code}"


def _is_error(status: str) -> bool:
    return status.startswith("error")


def memory(pid: int) -> tuple[float | None, float | None]:
    """Resident memory of a process now and at its highest, MB; None where there is no /proc."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return None, None
    fields = dict(line.split(":", 1) for line in lines)
    now, peak = (round(int(fields[name].split()[0]) / 1024, 1) for name in ("VmRSS", "VmHWM"))
    return now, peak
