"""Files and folders into the corpus: find, read, head, structure, store. Called by the command line.

Every file is one transaction, so a stopped run goes on where it was: files already stored are recognised by size
and time, then by their bytes. A file that cannot be read is recorded with the reason and stays listed.
"""

import hashlib
import logging
import mimetypes
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from queue import Queue

from corpus.document import Source
from corpus.provision import Level
from corpus.store import Corpus, FileState, Outcome
from ingest.confined import ConfinedReader
from ingest.header import header
from ingest.reading import ReadFailure, Reading
from ingest.structure import parse
from settings import Settings

#: Kept with every revision, so that it is known which readers a text came from.
READER = "2"
#: Files that lie in document folders but hold no document.
_NO_DOCUMENT = {".tsv", ".csv", ".json", ".jsonl", ".log", ".lock", ".db", ".py", ".ini", ".toml", ".lnk"}
#: Failures that other limits or another try may cure; such files are read again on every run.
_LIMITS = {"too_large", "timeout", "memory", "crashed", "unreadable", "missing"}
_READERS = 2  # files read at the same time, one child process each


log = logging.getLogger("cchc.ingest")


class IngestError(Exception):
    """The request cannot be carried out at all; the message says why, in Vietnamese."""


@dataclass(frozen=True, slots=True)
class FileReport:
    """What happened to one file. `outcome` is an `Outcome` value, "failed" or "skipped"."""

    file: str
    outcome: str
    reason: str = ""
    code: str = ""
    document: str = ""
    articles: int = 0


@dataclass(slots=True)
class Report:
    files: list[FileReport] = field(default_factory=list)

    def count(self, outcome: str) -> int:
        return sum(report.outcome == outcome for report in self.files)

    @property
    def failed(self) -> list[FileReport]:
        return [report for report in self.files if report.outcome == "failed"]


@dataclass(frozen=True, slots=True)
class _File:
    root: Path
    path: Path

    @property
    def name(self) -> str:
        """Path below the root; bytes that are no text (old names from other systems) become "�"."""
        return _text_of_name(self.path.relative_to(self.root).as_posix())


def ingest(
    paths: Sequence[Path],
    corpus: Corpus,
    settings: Settings,
    *,
    sample: bool = False,
    reread: bool = False,
    on_start: Callable[[int], None] = lambda total: None,
    on_file: Callable[[FileReport], None] = lambda report: None,
) -> Report:
    """Store every document below `paths` (files or folders).

    A folder's files are known by their path below it, a single file by its name. `sample` marks the documents as
    samples, so that they can be taken out again; `reread` reads files anew that did not change. Raises `IngestError` for a path that does not exist.
    """
    files = _collect(paths, corpus.roots())
    on_start(len(files))
    report = Report()
    with _Readers(settings) as readers:
        for file, data, reading in _read_ahead(readers, files, corpus, settings, reread):
            done = _store(file, data, reading, corpus, sample)
            report.files.append(done)
            on_file(done)
    return report


def _text_of_name(name: str) -> str:
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _collect(paths: Sequence[Path], known_roots: Iterable[str]) -> list[_File]:
    """The files below the paths, each under the folder it was ingested with before, else under the one given."""
    known = sorted((Path(root) for root in known_roots), key=lambda root: -len(root.parts))
    files: dict[Path, _File] = {}
    for given in paths:
        path = given.resolve()
        if path.is_dir():
            found = sorted(p for p in path.rglob("*") if p.is_file() and not _hidden(p.relative_to(path)))
            root = path
        elif path.is_file():
            found, root = [path], path.parent
        else:
            raise IngestError(f"Không có tệp hay thư mục nào tên “{given}”. Hãy kiểm tra lại đường dẫn.")
        for file in found:
            before = next((one for one in known if file.is_relative_to(one)), root)
            files.setdefault(file, _File(before, file))
    return list(files.values())


def _hidden(path: Path) -> bool:
    return any(part.startswith((".", "~$")) for part in path.parts) or path.name.lower() == "thumbs.db"


class _Readers:
    """A few child processes that read files side by side."""

    def __init__(self, settings: Settings) -> None:
        self._pool = ThreadPoolExecutor(_READERS)
        self._idle: Queue[ConfinedReader] = Queue()
        self._all = [ConfinedReader(settings) for _ in range(_READERS)]
        for reader in self._all:
            self._idle.put(reader)

    def __enter__(self) -> "_Readers":
        return self

    def __exit__(self, *error: object) -> None:
        if error[0] is not None:
            for reader in self._all:  # a stopped run does not wait for what is being read
                reader.close()
        self._pool.shutdown(cancel_futures=True)
        for reader in self._all:
            reader.close()

    def read(self, path: Path) -> Future[Reading]:
        return self._pool.submit(self._read, path)

    def _read(self, path: Path) -> Reading:
        reader = self._idle.get()
        try:
            return reader.read(path)
        finally:
            self._idle.put(reader)


@dataclass(frozen=True, slots=True)
class _Bytes:
    """The bytes of a file, or None where its state says that they need no reading."""

    size: int
    mtime_ns: int
    sha256: str = ""
    content: bytes = b""
    known: FileState | None = None


def _read_ahead(
    readers: "_Readers", files: Iterable[_File], corpus: Corpus, settings: Settings, reread: bool
) -> Iterator[tuple[_File, _Bytes, Reading | ReadFailure | None]]:
    """Files in order with their bytes and reading, a few being read in parallel."""
    waiting: list[tuple[_File, _Bytes, Future[Reading] | ReadFailure | None]] = []
    for file in files:
        waiting.append(_begin(readers, file, corpus, settings, reread))
        if len(waiting) > 2 * _READERS:
            yield _finish(*waiting.pop(0))
    while waiting:
        yield _finish(*waiting.pop(0))


def _begin(
    readers: "_Readers", file: _File, corpus: Corpus, settings: Settings, reread: bool
) -> tuple[_File, _Bytes, Future[Reading] | ReadFailure | None]:
    if file.path.suffix.lower() in _NO_DOCUMENT:
        return file, _Bytes(0, 0), ReadFailure("no_document", "Tệp dữ liệu, không phải văn bản.")
    known = corpus.file_state(str(file.root), file.name)
    try:
        stat = file.path.stat()
        state = _Bytes(stat.st_size, stat.st_mtime_ns, known=known)
        # without a digest the store asks for the file to be read anew
        same = (
            known is not None
            and known.sha256
            and (known.size, known.mtime_ns) == (state.size, state.mtime_ns)
        )
        if same and not reread and known is not None and known.code not in _LIMITS:
            return file, state, None
        if stat.st_size > settings.read_max_bytes:
            limit = settings.read_max_bytes // 1_000_000
            reason = f"Tệp {stat.st_size / 1e6:.0f} MB, lớn hơn giới hạn {limit} MB (đặt lại bằng CCHC_READ_MAX_BYTES)."
            return file, state, ReadFailure("too_large", reason)
        content = file.path.read_bytes()
    except OSError as error:
        return file, _Bytes(0, 0), ReadFailure("unreadable", f"Không mở được tệp: {error.strerror}.")
    sha256 = hashlib.sha256(content).hexdigest()
    state = _Bytes(state.size, state.mtime_ns, sha256, content, known)
    if known is not None and known.sha256 == sha256 and known.code not in _LIMITS and not reread:
        return file, state, None
    return file, state, readers.read(file.path)


def _finish(
    file: _File, data: _Bytes, reading: Future[Reading] | ReadFailure | None
) -> tuple[_File, _Bytes, Reading | ReadFailure | None]:
    if not isinstance(reading, Future):
        return file, data, reading
    try:
        return file, data, reading.result()
    except ReadFailure as failure:
        return file, data, failure


def _store(
    file: _File, data: _Bytes, reading: Reading | ReadFailure | None, corpus: Corpus, sample: bool
) -> FileReport:
    if reading is None:
        known = data.known
        assert known is not None
        if known.status == "failed":
            return FileReport(file.name, "failed", known.reason, known.code)
        return FileReport(file.name, Outcome.UNCHANGED, document=known.document_id or "")
    if isinstance(reading, ReadFailure):
        status = "skipped" if reading.code == "no_document" else "failed"
        corpus.record_failure(
            str(file.root), file.name, data.sha256, data.size, data.mtime_ns, reading.code, reading.reason,
            status=status,
        )  # fmt: skip
        return FileReport(file.name, status, reading.reason, reading.code)
    try:
        provisions = parse(reading)
        document = header(reading, provisions, Path(file.name).name)
    except Exception:  # one odd text must not end the run; the log has the rest
        log.exception("the structure of %s cannot be read", file.name)
        failure = ReadFailure(
            "broken", "Không phân tích được cấu trúc văn bản; hãy báo người vận hành hệ thống."
        )
        return _store(file, data, failure, corpus, sample)
    media_type = reading.media_type or mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    source = Source(uri=file.path.as_uri(), sha256=data.sha256, media_type=media_type)
    added = corpus.add(
        document, reading.text, provisions, source, data.content,
        root=str(file.root), file=file.name, size=data.size, mtime_ns=data.mtime_ns, pages=reading.pages,
        sample=sample, reader=READER,
    )  # fmt: skip
    articles = sum(p.level is Level.ARTICLE for p in provisions)
    return FileReport(file.name, added.outcome, document=added.document_id, articles=articles)
