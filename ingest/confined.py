"""Reading hostile files in a child process: limits of time and memory, and a crash costs only its file.

The ingest pipeline keeps one `ConfinedReader` for many files; `ingest.read` is the child's program. The two speak JSON
lines, so that a taken-over child can send nothing but text.
"""

import json
import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from ingest.reading import Block, BlockKind, ReadFailure, Reading, Row

if TYPE_CHECKING:
    from settings import Settings

#: A child is replaced after so many files, so that what a library leaks stays small.
_FILES_PER_CHILD = 200
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
        child = self._running()
        request = {
            "path": str(Path(path).absolute()),
            "max_bytes": self._settings.read_max_bytes,
            "memory": self._settings.read_max_memory_mb * 1_048_576,
            "seconds": self._settings.read_timeout_s,
        }
        deadline = time.monotonic() + self._settings.read_timeout_s
        try:
            assert child.stdin is not None
            child.stdin.write(json.dumps(request).encode() + b"\n")
            child.stdin.flush()
            answer = _answer(child, deadline)
        except TimeoutError:
            self.close()
            seconds = self._settings.read_timeout_s
            raise ReadFailure(
                "timeout", f"Đọc tệp quá {seconds:g} giây nên đã dừng; hãy tách tệp hoặc nâng read_timeout_s."
            ) from None
        except (OSError, ValueError):
            self.close()
            raise ReadFailure(
                "crashed",
                "Bộ đọc dừng đột ngột vì tệp này (tệp hỏng hoặc quá lớn); hãy lưu lại tệp bằng phần mềm gốc rồi nộp lại.",
            ) from None
        self._files += 1
        if "code" in answer:
            if answer["code"] == "memory":
                self.close()
            raise ReadFailure(str(answer["code"]), str(answer["reason"]))
        return _reading(answer)

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
            kept = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "SYSTEMROOT", "LD_LIBRARY_PATH")
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


def _answer(child: "subprocess.Popen[bytes]", deadline: float) -> dict[str, Any]:
    """The child's next line. Raises TimeoutError, or ValueError when it ends without a whole answer."""
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
                answer = json.loads(b"".join(parts))
                if not isinstance(answer, dict):
                    raise ValueError("not an answer")
                return answer


def serve(requests: BinaryIO, answers: BinaryIO, read_file: Callable[[Path, int], Reading]) -> None:
    """The child's loop: a request line, an answer line, until the parent closes the pipe."""
    for line in requests:
        request = json.loads(line)
        _confine(int(request["memory"]), float(request["seconds"]))
        try:
            answer = _as_json(read_file(Path(request["path"]), int(request["max_bytes"])))
        except ReadFailure as failure:
            answer = {"code": failure.code, "reason": failure.reason}
        except MemoryError:
            reason = "Tệp cần quá nhiều bộ nhớ để đọc; hãy tách tệp hoặc nâng read_max_memory_mb."
            answer = {"code": "memory", "reason": reason}
        except Exception as error:  # whatever a parser raises on a damaged file costs only that file
            reason = f"Tệp hỏng hoặc sai định dạng nên không đọc được ({type(error).__name__}); hãy lưu lại tệp rồi nộp lại."
            answer = {"code": "broken", "reason": reason}
        answers.write(json.dumps(answer).encode() + b"\n")
        answers.flush()


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


def _as_json(reading: Reading) -> dict[str, Any]:
    return {
        "text": reading.text,
        "media_type": reading.media_type,
        "pages": reading.pages,
        "facts": reading.facts,
        "blocks": [
            [
                one.kind,
                one.start,
                one.end,
                one.page,
                one.strong,
                [[row.cells, row.start, row.end] for row in one.rows],
            ]
            for one in reading.blocks
        ],
    }


def _reading(answer: dict[str, Any]) -> Reading:
    blocks = tuple(
        Block(
            BlockKind(kind),
            start,
            end,
            page,
            tuple(Row(tuple(cells), low, high) for cells, low, high in rows),
            strong,
        )
        for kind, start, end, page, strong, rows in answer["blocks"]
    )
    facts = tuple((key, value) for key, value in answer["facts"])
    return Reading(answer["text"], blocks, answer["media_type"], answer["pages"], facts)
