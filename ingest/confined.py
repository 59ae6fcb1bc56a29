"""Reading hostile files in a child process: limits of time and memory, and a crash costs only its file.

The ingest pipeline keeps one `ConfinedReader` a core for many files; `ingest.read` is the child's program. The two speak
JSON lines that are checked against the types below, so that a taken-over child can send nothing but text.
"""

import json
import logging
import os
import selectors
import signal
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from pydantic import TypeAdapter

from ingest.parsed import Parsed, parsed
from ingest.reading import ReadFailure, Reading
from ingest.recognition import Ocr

if TYPE_CHECKING:
    from settings import Settings

log = logging.getLogger("cchc.ingest")

#: A child is replaced after so many files, so that what a library leaks stays small.
_FILES_PER_CHILD = 200
_MAX_PAGES = 3000  # that a child may ask more time for
_MAX_ANSWER = 1_000_000_000  # bytes of JSON
_ROOT = Path(__file__).resolve().parent.parent


class ConfinedReader:
    """Reads files one after the other in a child process. Use it as a context manager, from one thread."""

    def __init__(self, settings: "Settings") -> None:
        self._settings = settings
        self._child: subprocess.Popen[bytes] | None = None
        self._files = 0

    def __enter__(self) -> "ConfinedReader":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def read(self, path: Path) -> Reading:
        """Reading of one file. Raises `ReadFailure`; `timeout`, `memory` and `crashed` besides the readers' own codes."""
        reading = self._asked(path, None).reading
        assert reading is not None
        return reading

    def parse(self, path: Path, name: str) -> Parsed:
        """One file as the corpus takes it; `name` is the name it goes by. Raises `ReadFailure` as `read` does."""
        found = self._asked(path, name).parsed
        assert found is not None
        return found

    def _asked(self, path: Path, name: str | None) -> "_Answer":
        child = self._running()
        request = {
            "path": str(Path(path).absolute()),
            "name": name,
            "max_bytes": self._settings.read_max_bytes,
            "memory": self._settings.read_max_memory_mb * 1_048_576,
            "seconds": self._settings.read_timeout_s,
            "ocr": self._settings.ocr == "auto",
            "ocr_page_seconds": self._settings.ocr_page_timeout_s,
        }
        seconds = self._settings.read_timeout_s
        began = time.monotonic()
        try:
            assert child.stdin is not None
            child.stdin.write(json.dumps(request).encode() + b"\n")
            child.stdin.flush()
            lines = _lines(child, began + seconds)
            answer = _answers().validate_json(lines[0])
            if answer.ocr_pages:  # said once, before the answer: scanned pages get more time
                seconds += min(answer.ocr_pages, _MAX_PAGES) * self._settings.ocr_page_timeout_s
                lines = lines[1:] or _lines(child, began + seconds)
                answer = _answers().validate_json(lines[0])
            if (answer.failure or (answer.reading if name is None else answer.parsed)) is None:
                raise ValueError("not what was asked for")
        except TimeoutError:
            self.close()
            raise ReadFailure(
                "timeout",
                f"Đọc tệp quá {seconds:g} giây nên đã dừng; hãy tách tệp, hoặc nâng CCHC_READ_TIMEOUT_S rồi chạy "
                "cchc ingest --retry.",
            ) from None
        except (OSError, ValueError):
            self.close()
            raise ReadFailure(
                "crashed",
                "Bộ đọc dừng đột ngột vì tệp này (tệp hỏng hoặc quá lớn); hãy lưu lại tệp bằng phần mềm gốc rồi nộp lại.",
            ) from None
        self._files += 1
        if answer.failure is not None:
            if answer.failure.code == "memory":
                self.close()
            if answer.failure.trace:
                log.error("%s cannot be parsed:\n%s", path, answer.failure.trace)
            raise ReadFailure(answer.failure.code, answer.failure.reason)
        return answer

    def close(self) -> None:
        """Ends the child and whatever it started."""
        child, self._child, self._files = self._child, None, 0
        if child is None:
            return
        if child.poll() is None:
            try:
                os.killpg(child.pid, signal.SIGKILL)
            except OSError:  # gone meanwhile
                child.kill()
        child.wait()
        for pipe in (child.stdin, child.stdout):
            if pipe is not None:
                try:
                    pipe.close()
                except OSError:  # an unsent request of a dead child
                    continue

    def _running(self) -> subprocess.Popen[bytes]:
        if self._files >= _FILES_PER_CHILD or (self._child is not None and self._child.poll() is not None):
            self.close()
        if self._child is None:
            # the child sees no secret: only what Python needs to start
            kept = (
                "PATH",
                "HOME",
                "LANG",
                "LC_ALL",
                "TMPDIR",
                "SYSTEMROOT",
                "LD_LIBRARY_PATH",
                "TESSDATA_PREFIX",
            )
            environment = {name: os.environ[name] for name in kept if name in os.environ}
            environment |= {"PYTHONPATH": str(_ROOT), "PYTHONIOENCODING": "utf-8", "OMP_NUM_THREADS": "1"}
            self._child = subprocess.Popen(
                [sys.executable, "-m", "ingest.read"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=environment,
                start_new_session=True,
            )
        return self._child


@dataclass(frozen=True, slots=True)
class _Failure:
    code: str
    reason: str
    trace: str = ""  # of a defect of ours, for the log


@dataclass(frozen=True, slots=True)
class _Answer:
    """One of the first three, or before it the number of pages that will be recognised."""

    failure: _Failure | None = None
    reading: Reading | None = None
    parsed: Parsed | None = None
    ocr_pages: int = 0


@cache
def _answers() -> "TypeAdapter[_Answer]":
    return TypeAdapter(_Answer)


def _lines(child: "subprocess.Popen[bytes]", deadline: float) -> list[bytes]:
    """What the child says next, one line or two. Raises TimeoutError, or ValueError when it ends without a whole answer."""
    assert child.stdout is not None
    parts: list[bytes] = []
    size = 0
    with selectors.DefaultSelector() as selector:
        selector.register(child.stdout, selectors.EVENT_READ)
        while True:
            if not selector.select(max(0.0, deadline - time.monotonic())):
                raise TimeoutError
            part = os.read(child.stdout.fileno(), 1 << 20)
            size += len(part)
            if not part or size > _MAX_ANSWER:
                raise ValueError("no answer")
            parts.append(part)
            if part.endswith(b"\n"):
                return b"".join(parts).splitlines()


#: A reader of files: path, largest size in bytes, how to recognise scans.
_ReadFile = Callable[[Path, int, Ocr], Reading]


def serve(requests: BinaryIO, answers: BinaryIO, read_file: _ReadFile) -> None:
    """The child's loop: a request line, an answer line, until the parent closes the pipe or is gone."""
    threading.Thread(target=_end_with, args=(os.getppid(),), daemon=True).start()

    def send(answer: _Answer) -> None:
        answers.write(_answers().dump_json(answer, exclude_defaults=True) + b"\n")
        answers.flush()

    for line in requests:
        request = json.loads(line)
        memory, seconds = int(request["memory"]), float(request["seconds"])
        page_seconds = float(request["ocr_page_seconds"])

        def on_pages(
            pages: int, memory: int = memory, seconds: float = seconds, each: float = page_seconds
        ) -> None:
            send(_Answer(ocr_pages=pages))
            _confine(memory, seconds + pages * each)

        _confine(memory, seconds)
        ocr = Ocr(bool(request["ocr"]), page_seconds, on_pages)
        send(_answered(Path(request["path"]), request["name"], int(request["max_bytes"]), ocr, read_file))


def _end_with(parent: int) -> None:
    """Ends this process and the programs it started when its parent was killed: a scan may take minutes."""
    while os.getppid() == parent:
        time.sleep(1)
    os.killpg(os.getpgrp(), signal.SIGKILL)


def _answered(path: Path, name: str | None, max_bytes: int, ocr: Ocr, read_file: _ReadFile) -> _Answer:
    try:
        reading = read_file(path, max_bytes, ocr)
        if name is None:
            return _Answer(reading=reading)
    except ReadFailure as failure:
        return _Answer(_Failure(failure.code, failure.reason))
    except MemoryError:
        return _Answer(_out_of_memory())
    except Exception as error:  # whatever a parser raises on a damaged file costs only that file
        reason = f"Tệp hỏng hoặc sai định dạng nên không đọc được ({type(error).__name__}); hãy lưu lại tệp rồi nộp lại."
        return _Answer(_Failure("broken", reason))
    try:
        return _Answer(parsed=parsed(reading, name))
    except MemoryError:
        return _Answer(_out_of_memory())
    except Exception:  # one odd text must not end the run; the log has the rest
        reason = "Không phân tích được cấu trúc văn bản; hãy báo người vận hành hệ thống."
        return _Answer(_Failure("broken", reason, traceback.format_exc()))


def _out_of_memory() -> _Failure:
    reason = "Tệp cần quá nhiều bộ nhớ để đọc; hãy tách tệp, hoặc nâng CCHC_READ_MAX_MEMORY_MB rồi chạy cchc ingest --retry."
    return _Failure("memory", reason)


def _confine(memory: int, seconds: float) -> None:
    """Limits of this process for the next file."""
    try:
        import resource
    except ImportError:  # not on Windows; the parent's clock remains
        return
    used = resource.getrusage(resource.RUSAGE_SELF)
    spent = used.ru_utime + used.ru_stime
    limits = {
        resource.RLIMIT_AS: memory,
        resource.RLIMIT_CPU: int(spent + seconds) + 10,
        resource.RLIMIT_FSIZE: 0,  # a reader writes no file
        resource.RLIMIT_CORE: 0,
    }
    for kind, limit in limits.items():
        hard = resource.getrlimit(kind)[1]
        resource.setrlimit(kind, (limit if hard == resource.RLIM_INFINITY else min(limit, hard), hard))
