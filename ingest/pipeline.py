"""Files, archives and downloads into the corpus: find, read, store, retire. Called by the command line and by `evals`.

Every file is one transaction, so a stopped run goes on where it was: files already stored are recognised by size
and time, then by their bytes. A file that cannot be read is recorded with the reason and stays listed.
"""

import hashlib
import os
import shutil
import tempfile
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path, PurePosixPath
from queue import Queue
from urllib.parse import unquote

from corpus.document import Source
from corpus.provision import Level
from corpus.store import Corpus, FileState, Outcome
from ingest.archive import Member, is_archive, members
from ingest.confined import ConfinedReader
from ingest.download import Downloader
from ingest.edition import edition
from ingest.parsed import Parsed
from ingest.reading import ReadFailure
from ingest.recognition import UNSURE, Ocr
from ingest.retirement import Gone, gone
from ingest.source import Found, IngestError, Search, is_address, is_no_document, search
from settings import Settings

__all__ = ["FileReport", "IngestError", "Report", "ingest"]

#: Failures that cost nothing to try again: they are tried on every run.
_CHEAP = {"too_large", "unreadable", "missing"}
#: Failures for want of a program, and the programs any of which mends them.
_WANTING = {"needs_doc_tool": ("antiword", "catdoc")}
_ARCHIVE = "archive"  # code of a ZIP whose members are the documents


@dataclass(frozen=True, slots=True)
class FileReport:
    """What happened to one file. `outcome` is an `Outcome` value, "failed", "skipped", "retired" or "kept".

    "retired": gone from its folder; "kept": a folder where so much is gone that nothing was retired.
    """

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

    @property
    def kept(self) -> list[FileReport]:
        return [report for report in self.files if report.outcome == "kept"]

    @property
    def changed(self) -> bool:
        """Whether anything was stored or taken out."""
        return any(r.outcome in (Outcome.ADDED, Outcome.REVISED, "retired") for r in self.files)


@dataclass(slots=True)
class Progress:
    """Whom to tell how far a run is."""

    total: Callable[[int], None] = lambda total: (
        None
    )  # how many files there are; grows where archives are opened
    reading: Callable[[str], None] = lambda name: None  # what is being waited for
    done: Callable[[FileReport], None] = lambda report: None


def ingest(
    paths: Sequence[str | Path],
    corpus: Corpus,
    settings: Settings,
    *,
    sample: bool = False,
    reread: bool = False,
    retire_all: bool = False,
    progress: Progress | None = None,
    leave: Callable[[Path], bool] = lambda path: False,
    stopped: Callable[[], bool] = lambda: False,
) -> Report:
    """Store every document of files, folders, patterns ("*.pdf"), ZIPs and addresses (https://…).

    A folder's files are known by their path below it, a single file by its name; those that were there before and
    are gone are retired. `sample` marks the documents as samples, so that they can be taken out again; `reread`
    reads files anew that did not change; `retire_all` believes that even a whole folder is gone. Files for which
    `leave` is true are passed over this time; the run ends early when `stopped` is true. Raises `IngestError` for a path
    that does not exist.
    """
    found = search(paths, corpus.roots())
    found.found = [one for one in found.found if one.path is None or not leave(one.path)]
    with _Run(corpus, settings, progress or Progress(), sample=sample, reread=reread) as run:
        run.take(found.found, stopped)
        if not stopped():
            run.retire(found, retire_all, leave)
        return run.report


def retry(
    corpus: Corpus,
    settings: Settings,
    *,
    progress: Progress | None = None,
    stopped: Callable[[], bool] = lambda: False,
) -> Report:
    """Read again what could not be read; what is gone is no longer listed. Nothing else is touched."""
    with _Run(corpus, settings, progress or Progress(), retry=True) as run:
        wanted = {one.key: one for one in map(run.holder, corpus.failures())}
        there = [one for one in wanted.values() if one.path is None or one.path.exists()]
        run.take(there, stopped)
        run.forget([one for one in corpus.failures() if not _may_be_there(one)])
        return run.report


def failures(corpus: Corpus) -> list[FileState]:
    """The files that could not be read and are still there, as far as can be told."""
    return [one for one in corpus.failures() if _may_be_there(one)]


def unsure(corpus: Corpus) -> list[FileState]:
    """The files that were read by OCR, but badly or not wholly."""
    return [one for one in corpus.files() if one.status in ("ok", "copy") and one.code in UNSURE]


def place(state: FileState) -> str:
    """Where a file lies: its path or address."""
    return f"{state.root}/{state.path}" if is_address(state.root) else str(Path(state.root) / state.path)


def _may_be_there(state: FileState) -> bool:
    root = Path(state.root)
    parts = PurePosixPath(state.path).parts
    try:
        if is_address(state.root) or "�" in state.path or not root.is_dir() or not any(root.iterdir()):
            return True
        # a member of an archive is there if a file of one of the names above it is
        return any((root / Path(*parts[:at])).is_file() for at in range(1, len(parts) + 1))
    except OSError:  # a folder that may not be opened, a name in an archive too long for a file system
        return True


def _has_tool(code: str) -> bool:
    """Whether a program is there for want of which a file failed with this code."""
    return any(shutil.which(tool) for tool in _WANTING.get(code, ()))


class _Readers:
    """A child process a worker, which read files side by side."""

    def __init__(self, settings: Settings) -> None:
        self.count = settings.ingest_workers or os.cpu_count() or 1
        self._pool = ThreadPoolExecutor(self.count)
        self._idle: Queue[ConfinedReader] = Queue()
        self._all = [ConfinedReader(settings) for _ in range(self.count)]
        for reader in self._all:
            self._idle.put(reader)

    def close(self, wait: bool) -> None:
        if not wait:  # a stopped run does not wait for what is being read
            for reader in self._all:
                reader.close()
        self._pool.shutdown(cancel_futures=True)
        for reader in self._all:
            reader.close()

    def parse(self, path: Path, name: str) -> Future[Parsed]:
        return self._pool.submit(self._parse, path, name)

    def _parse(self, path: Path, name: str) -> Parsed:
        reader = self._idle.get()
        try:
            return reader.parse(path, name)
        finally:
            self._idle.put(reader)


@dataclass(frozen=True, slots=True)
class _Job:
    """One file on its way: what is known of it, its bytes, and what comes of reading it."""

    file: Found
    seen: FileState  # as it is to be recorded
    known: FileState | None = None
    uri: str = ""
    content: bytes = b""
    result: Future[Parsed] | ReadFailure | None = None  # None: nothing changed
    temporary: Path | None = None  # bytes that lie there only for the reader


class _Run:
    """One call of the pipeline; a context manager."""

    def __init__(
        self,
        corpus: Corpus,
        settings: Settings,
        progress: Progress,
        *,
        sample: bool = False,
        reread: bool = False,
        retry: bool = False,
    ) -> None:
        self._corpus, self._settings, self._progress = corpus, settings, progress
        self._sample, self._reread, self._retry = sample, reread, retry
        self._known = {(one.root, one.path): one for one in corpus.files()}
        self._inside: dict[tuple[str, str], list[FileState]] = {}  # members known of each archive
        for one in self._known.values():
            if one.status == "removed":
                continue
            for above in PurePosixPath(one.path).parents:
                # whatever has files inside it was an archive when it could last be opened
                if (holder := (one.root, str(above))) in self._known:
                    self._inside.setdefault(holder, []).append(one)
        self._seen: set[tuple[str, str]] = set()
        self._total = 0
        self._downloader = Downloader(settings)
        self.report = Report()

    def __enter__(self) -> "_Run":
        self._open = ExitStack()
        self._folder = Path(self._open.enter_context(tempfile.TemporaryDirectory(prefix="cchc-")))
        self._readers = _Readers(self._settings)
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        self._readers.close(wait=kind is None)
        self._open.close()

    # Reading and storing

    def take(self, files: Sequence[Found], stopped: Callable[[], bool]) -> None:
        """Read and store files in their order, a few being read ahead."""
        self._expect(len(files))
        waiting: deque[_Job] = deque()
        try:
            for job in self._jobs(files):
                waiting.append(job)
                if len(waiting) > 2 * self._readers.count:
                    self._finish(waiting.popleft())
                if stopped():
                    break
            while waiting and not stopped():
                self._finish(waiting.popleft())
        finally:
            if waiting:
                self._readers.close(wait=False)

    def _expect(self, more: int) -> None:
        self._total += more
        self._progress.total(self._total)

    def _jobs(self, files: Iterable[Found]) -> Iterator[_Job]:
        for file in files:
            self._seen.add(file.key)
            known = self._known.get(file.key)
            if is_no_document(file.name):
                yield self._refused(
                    file, known, ReadFailure("no_document", "Tệp dữ liệu, không phải văn bản.")
                )
            elif file.path is None:
                yield from self._fetched(file, known)
            else:
                yield from self._opened(file, file.path, known)

    def _opened(self, file: Found, path: Path, known: FileState | None) -> Iterator[_Job]:
        """A file on disk, or the members of an archive."""
        try:
            stat = path.stat()
            seen = FileState(file.root, file.name, "", stat.st_size, stat.st_mtime_ns, "")
            unmoved = known is not None and (known.size, known.mtime_ns) == (seen.size, seen.mtime_ns)
            if known is not None and unmoved and not self._due(known):
                inside = self._inside.get(file.key, [])
                if not any(self._due(one) for one in inside):
                    yield from self._untouched(file, known, inside)
                    return
            if is_archive(path):
                yield from self._unpacked(file, path, seen, known, path.as_uri())
                return
            if stat.st_size > self._settings.read_max_bytes:
                yield self._refused(file, known, _too_large(stat.st_size, self._settings), seen)
                return
            content = path.read_bytes()
        except OSError as error:
            failure = ReadFailure("unreadable", f"Không mở được tệp: {error.strerror}.")
            yield self._refused(file, known, failure)
            return
        seen = replace(seen, sha256=hashlib.sha256(content).hexdigest())
        yield self._read(file, seen, known, path.as_uri(), content, path)

    def _fetched(self, file: Found, known: FileState | None) -> Iterator[_Job]:
        """An address: nothing where the server says that it is as before."""
        inside = self._inside.get(file.key, [])
        fresh = known is not None and not any(self._due(one) for one in (known, *inside))
        self._progress.reading(file.shown)
        try:
            got = self._downloader.fetch(
                file.url,
                known.etag if known and fresh else "",
                known.mtime_ns if known and fresh else 0,
            )
        except ReadFailure as failure:
            yield self._refused(file, known, failure)
            return
        if got is None:
            assert known is not None
            yield from self._untouched(file, known, inside)
            return
        sha256 = hashlib.sha256(got.content).hexdigest()
        seen = FileState(file.root, file.name, sha256, len(got.content), got.mtime_ns, "", etag=got.etag)
        path = self._aside(got.content, unquote(got.url.partition("?")[0].rpartition("/")[2]))
        if is_archive(path):
            yield from self._unpacked(file, path, seen, known, got.url)
            path.unlink()
        else:
            yield self._read(file, seen, known, got.url, got.content, path, path)

    def _unpacked(
        self, file: Found, path: Path, seen: FileState, known: FileState | None, uri: str
    ) -> Iterator[_Job]:
        """The members of an archive, then the archive itself: only a whole one is known the next time."""
        with path.open("rb") as stream:
            seen = replace(seen, sha256=hashlib.file_digest(stream, "sha256").hexdigest())
        inside: set[tuple[str, str]] = set()
        try:
            for member in members(path, self._settings):
                one = Found(file.root, f"{file.name}/{member.name}", path)
                inside.add(one.key)
                self._expect(1)
                yield self._member(one, member, f"{uri}#{member.name}")
        except ReadFailure as failure:
            yield self._refused(file, known, failure, seen)
            return
        self._seen |= inside
        # members that are gone are retired with the folder; an archive at an address has no folder
        if is_address(file.root):
            lost = [one for one in self._inside.get(file.key, []) if (one.root, one.path) not in inside]
            self.forget(lost)
        held = ReadFailure(_ARCHIVE, f"Tệp nén: {len(inside)} tệp bên trong được đọc riêng.")
        yield self._refused(file, known, held, seen)

    def _member(self, file: Found, member: Member, uri: str) -> _Job:
        known = self._known.get(file.key)
        digest = hashlib.sha256(member.content).hexdigest()
        seen = FileState(file.root, file.name, digest, len(member.content), member.mtime_ns, "")
        if member.failure is not None:
            return self._refused(file, known, member.failure, seen)
        if is_no_document(file.name):
            failure = ReadFailure("no_document", "Tệp dữ liệu, không phải văn bản.")
            return self._refused(file, known, failure, seen)
        if known is not None and known.sha256 == digest and not self._due(known):
            return _Job(file, seen, known)
        path = self._aside(member.content, PurePosixPath(member.name).name)
        return self._read(file, seen, known, uri, member.content, path, path)

    def _read(
        self,
        file: Found,
        seen: FileState,
        known: FileState | None,
        uri: str,
        content: bytes,
        path: Path,
        temporary: Path | None = None,
    ) -> _Job:
        if known is not None and known.sha256 == seen.sha256 and not self._due(known):
            if temporary is not None:
                temporary.unlink()
            return _Job(file, seen, known)
        name = PurePosixPath(file.name.partition("?")[0]).name if temporary is not None else path.name
        result = self._readers.parse(path, name)
        return _Job(file, seen, known, uri, content, result, temporary)

    def _refused(
        self, file: Found, known: FileState | None, failure: ReadFailure, seen: FileState | None = None
    ) -> _Job:
        return _Job(file, seen or FileState(file.root, file.name, "", 0, 0, ""), known, result=failure)

    def _untouched(self, file: Found, known: FileState, inside: Sequence[FileState]) -> Iterator[_Job]:
        """A file that is as it was, with all that an archive holds."""
        self._expect(len(inside))
        for one in (*inside, known):
            self._seen.add((one.root, one.path))
            yield _Job(replace(file, name=one.path), one, one)

    def _due(self, known: FileState) -> bool:
        """Whether a file has to be read again although it did not change."""
        if self._reread or known.status == "removed" or not known.sha256:
            return True
        mended = self._can_ocr if known.code == "needs_ocr" else _has_tool(known.code)
        if known.status == "failed":
            return self._retry or mended or known.code in _CHEAP or known.reader != edition()
        if mended:  # pages of it waited for OCR
            return True
        return known.status != "skipped" and known.reader != edition()

    @cached_property
    def _can_ocr(self) -> bool:
        return not Ocr(self._settings.ocr == "auto").problem()

    def _aside(self, content: bytes, name: str) -> Path:
        """Bytes laid where a reader can open them; of the name only the ending is kept."""
        suffix = PurePosixPath(name).suffix.lower()
        kept = suffix if suffix[1:].isalnum() and suffix.isascii() and len(suffix) < 10 else ""
        descriptor, path = tempfile.mkstemp(suffix=kept, dir=self._folder)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
        return Path(path)

    def _finish(self, job: _Job) -> None:
        result: Parsed | ReadFailure | None
        if isinstance(job.result, Future):
            self._progress.reading(job.file.shown)
            try:
                result = job.result.result()
            except ReadFailure as failure:
                result = failure
        else:
            result = job.result
        if job.temporary is not None:
            job.temporary.unlink()
        elif isinstance(result, Parsed) and _moved(job):
            result = ReadFailure("unreadable", "Tệp đang được ghi trong lúc đọc; lần nạp sau sẽ đọc lại.")
        self._note(self._store(job, result))

    def _note(self, report: FileReport) -> None:
        self.report.files.append(report)
        self._progress.done(report)

    def _store(self, job: _Job, result: Parsed | ReadFailure | None) -> FileReport:
        seen, shown = job.seen, job.file.shown
        if result is None:
            known = job.known
            assert known is not None
            if known.status in ("failed", "skipped"):
                return FileReport(shown, known.status, known.reason, known.code)
            if (known.size, known.mtime_ns, known.etag) != (seen.size, seen.mtime_ns, seen.etag):
                self._corpus.touch(replace(known, size=seen.size, mtime_ns=seen.mtime_ns, etag=seen.etag))
            return FileReport(shown, Outcome.UNCHANGED, document=known.document_id or "")
        if isinstance(result, ReadFailure):
            status = "skipped" if result.code in ("no_document", _ARCHIVE) else "failed"
            if status == "failed":  # what an archive held stays, as with any file that can be read no longer
                self._seen.update((one.root, one.path) for one in self._inside.get(job.file.key, []))
            if job.known is None or _differs(job.known, seen, result, status):
                self._corpus.record_failure(
                    seen.root, seen.path, seen.sha256, seen.size, seen.mtime_ns, result.code, result.reason,
                    status=status, reader=edition(), etag=seen.etag,
                )  # fmt: skip
            return FileReport(shown, status, result.reason, result.code)
        source = Source(uri=job.uri, sha256=seen.sha256, media_type=result.media_type)
        scan = result.recognition
        code, note = (scan.code, scan.note()) if scan is not None else ("", "")
        added = self._corpus.add(
            result.document, result.text, result.provisions, source, job.content,
            root=seen.root, file=seen.path, size=seen.size, mtime_ns=seen.mtime_ns, pages=result.pages,
            sample=self._sample, reader=edition(), etag=seen.etag, code=code, note=note,
        )  # fmt: skip
        articles = sum(p.level is Level.ARTICLE for p in result.provisions)
        return FileReport(shown, added.outcome, note, code, added.document_id, articles)

    # What is gone

    def retire(self, found: Search, confirmed: bool, leave: Callable[[Path], bool]) -> None:
        """Withdraw the documents of files that are gone from the folders searched."""

        def is_left(one: FileState) -> bool:
            path = Path(one.root) / one.path  # the archive that holds it may be on its way
            return any(leave(at) for at in (path, *path.parents))

        known = [one for one in self._known.values() if is_address(one.root) or not is_left(one)]
        missing: Gone = gone(found.folders, found.closed, known, self._seen, confirmed)
        for folder in found.closed:
            reason = (
                "Không mở được thư mục; các văn bản đã nạp từ đó được giữ nguyên. Hãy kiểm tra quyền đọc."
            )
            self._note(FileReport(str(folder), "kept", reason, "unreadable"))
        for folder, count in missing.doubtful:
            self._note(
                FileReport(
                    str(folder), "kept",
                    f"{count} tệp đã nạp không còn thấy trong thư mục (ổ mạng chưa kết nối?); chưa gỡ văn bản nào. Hãy "
                    "kiểm tra thư mục; nếu đúng là đã xóa, chạy lại lệnh này với --retire-all.",
                    "gone",
                )
            )  # fmt: skip
        self.forget(missing.retired)
        if (
            missing.retired
        ):  # copies whose bytes differ from those of the file that is gone become the document
            bare = {
                (one.root, one.path)
                for one in self._corpus.files()
                if not one.sha256 and one.status == "copy"
            }
            again = [one for one in found.found if one.key in bare]
            self._known.update({(one.root, one.path): one for one in self._corpus.files()} if again else {})
            self.take(again, lambda: False)

    def forget(self, states: Iterable[FileState]) -> None:
        """Note that files are gone; a document that no other file holds is withdrawn."""
        for one in states:
            self._corpus.record_failure(
                one.root, one.path, one.sha256, one.size, one.mtime_ns, "removed", "Tệp không còn trong thư mục.",
                status="removed",
            )  # fmt: skip
            if one.document_id is None:
                continue
            held = self._corpus.document(one.document_id)
            reason = (
                f"Tệp không còn; {held.header.name} không còn được tra cứu (trích dẫn cũ vẫn mở được)."
                if held.withdrawn
                else f"Tệp không còn; {held.header.name} vẫn có ở tệp {held.file}."
            )
            self._note(FileReport(one.path, "retired", reason, "removed", one.document_id))

    def holder(self, state: FileState) -> Found:
        """What has to be opened to read a file again: the file, or the archive it lies in."""
        for above in reversed(PurePosixPath(state.path).parents):
            known = self._known.get((state.root, str(above)))
            if known is not None and known.status != "removed":
                return self._found(state.root, known.path)
        return self._found(state.root, state.path)

    @staticmethod
    def _found(root: str, name: str) -> Found:
        return Found(root, name) if is_address(root) else Found(root, name, Path(root) / name)


def _too_large(size: int, settings: Settings) -> ReadFailure:
    limit = settings.read_max_bytes // 1_000_000
    reason = f"Tệp {size / 1e6:.0f} MB, lớn hơn giới hạn {limit} MB (đặt lại bằng CCHC_READ_MAX_BYTES)."
    return ReadFailure("too_large", reason)


def _moved(job: _Job) -> bool:
    """Whether a file on disk changed while it was read: then bytes and text may differ."""
    try:
        stat = job.file.path.stat() if job.file.path else None
    except OSError:
        return True
    return stat is None or (stat.st_size, stat.st_mtime_ns) != (job.seen.size, job.seen.mtime_ns)


def _differs(known: FileState, seen: FileState, failure: ReadFailure, status: str) -> bool:
    """Whether a refusal says anything new."""
    before = (known.sha256, known.size, known.mtime_ns, known.status, known.code, known.reason, known.reader)
    return before != (
        seen.sha256, seen.size, seen.mtime_ns, status, failure.code, failure.reason, edition(),
    )  # fmt: skip
