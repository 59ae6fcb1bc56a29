"""What the reader made of a text, measured without storing it: `cchc ingest --check`. Called by the command line.

The articles that the tree has are held against the text itself: in every sequence of numbers (the main text, each
attachment) the highest "Điều N." says how many there should be. Nothing here repairs; it names what a person should see.
"""

import os
import re
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from pathlib import Path, PurePosixPath
from queue import Queue
from typing import TYPE_CHECKING, Any

from corpus.document import Document
from corpus.provision import Level, Provision
from ingest.archive import is_archive, members
from ingest.confined import ConfinedReader
from ingest.containers import RECIPIENTS, SIGNATURE
from ingest.header import header
from ingest.lines import Line, lines_of
from ingest.readers.draft import CELL_SEPARATOR
from ingest.reading import BlockKind, ReadFailure, Reading
from ingest.source import Found, IngestError, is_address, is_no_document, search
from ingest.structure import parse
from ingest.tables import is_letterhead

if TYPE_CHECKING:
    from settings import Settings

#: An article that opens a line, however it is spelled; the parser's own pattern is narrower.
_OPENS = re.compile(r"\W{0,3}(?:Điều|ĐIỀU)\s+(\d{1,4})\s*([a-zđ]?)\s*[.:]\s*(?!\d)", re.IGNORECASE)
#: Letters in a row that no sequence of articles leaps over: "Điều 90." below article 12 is another text's.
_LEAP = 10
#: A title longer than this, in characters, is more likely a sentence.
_TITLE_MAX = 300
_SHOWN = 8
#: So many lines of recipients and signature follow the last provision at most.
_CLOSING_LINES = 30
#: A document with more of its letters outside every provision, below its head, is named in the report.
OUTSIDE_MAX = 0.05


@dataclass(frozen=True, slots=True)
class Counted:
    """Articles that count together: of the main text ("") or of one attachment."""

    name: str
    found: tuple[str, ...]  # "1", "2", "2a"
    expected: int  # its highest number, and one for every lettered article
    gaps: tuple[str, ...]  # numbers below the highest that the tree has not
    absent: tuple[str, ...]  # those of the gaps that no line of the text opens with: not lost by the reader
    duplicates: tuple[str, ...]  # lines that open an article whose number the tree has already


@dataclass(frozen=True, slots=True)
class FileCheck:
    """One file. `status` is "ok", "failed" (with a reason), "skipped" (no document) or "empty" (no reason: a fault)."""

    file: str
    status: str
    reason: str = ""
    code: str = ""
    sequences: tuple[Counted, ...] = ()
    provisions: int = 0
    outside: float = 0.0  # share of the letters below the head that stand in no provision
    outside_text: tuple[str, ...] = ()  # how such lines begin
    tables: int = 0
    table_rows: int = 0  # rows that are provisions
    headless_rows: int = 0  # of them, those of three cells or more without column heads
    suspicious: tuple[str, ...] = ()  # what a person should look at, in Vietnamese
    repeated_labels: tuple[str, ...] = ()  # a label that stands for several places
    header: dict[str, str] = field(default_factory=dict)  # the fields that were found

    @property
    def articles_found(self) -> int:
        return sum(len(one.found) for one in self.sequences)

    @property
    def articles_expected(self) -> int:
        return sum(one.expected for one in self.sequences)

    def as_json(self) -> dict[str, Any]:
        """The stable shape of one file in the JSON report."""

        def named(one: Counted, numbers: Iterable[str]) -> list[str]:
            return [f"{one.name}, Điều {n}" if one.name else f"Điều {n}" for n in numbers]

        found = asdict(self)
        del found["sequences"]
        return {
            **found,
            "articles_found": self.articles_found,
            "articles_expected": self.articles_expected,
            "gaps": [label for one in self.sequences for label in named(one, one.gaps)],
            "absent": [label for one in self.sequences for label in named(one, one.absent)],
            "duplicates": [label for one in self.sequences for label in named(one, one.duplicates)],
        }


def check(file: str, reading: Reading | ReadFailure) -> FileCheck:
    """What was made of one file; pure."""
    if isinstance(reading, ReadFailure):
        status = "skipped" if reading.code == "no_document" else "failed"
        return FileCheck(file, status, reading.reason, reading.code)
    provisions = parse(reading)
    if not provisions:
        return FileCheck(file, "empty")
    lines = lines_of(reading)
    outside, outside_text = _outside(lines, provisions)
    rows = [p for p in provisions if p.level is Level.ROW]
    labels = Counter(p.label for p in provisions)
    return FileCheck(
        file,
        "ok",
        sequences=tuple(_sequences(lines, provisions)),
        provisions=len(provisions),
        outside=round(outside, 4),
        outside_text=outside_text,
        tables=sum(b.kind is BlockKind.TABLE and not is_letterhead(b) for b in reading.blocks),
        table_rows=len(rows),
        headless_rows=sum(
            not p.columns and reading.text.count(CELL_SEPARATOR, p.start, p.end) >= 2 for p in rows
        ),
        suspicious=tuple(_suspicious(reading, provisions)),
        repeated_labels=tuple(label for label, count in labels.items() if count > 1),
        header=_fields(header(reading, provisions, Path(file).name)),
    )


def check_files(
    paths: Sequence[str | Path],
    settings: "Settings",
    on_start: Callable[[int], None] = lambda files: None,
    on_file: Callable[[str], None] = lambda name: None,
) -> list[FileCheck]:
    """Every file of files, folders, patterns and ZIPs, read as the pipeline reads it and not stored.

    Raises `IngestError` for a path that does not exist and
    for an address: what is to be measured must lie here.
    """
    if address := next((one for one in paths if is_address(one)), None):
        raise IngestError(f"--check chỉ đọc tệp tại chỗ; hãy tải “{address}” về rồi kiểm tra.")
    found = search(paths, ()).found
    on_start(len(found))
    idle: Queue[ConfinedReader] = Queue()

    def checked(one: Found) -> list[FileCheck]:
        reader = idle.get()
        try:
            return _checked(one, reader, settings)
        finally:
            idle.put(reader)

    with ExitStack() as opened:
        for _ in range(os.cpu_count() or 1):
            idle.put(opened.enter_context(ConfinedReader(settings)))
        pool = opened.enter_context(ThreadPoolExecutor(idle.qsize()))
        opened.callback(pool.shutdown, wait=False, cancel_futures=True)
        checks = []
        for some in pool.map(checked, found):
            checks += some
            on_file(some[-1].file if some else "")
        return checks


def _checked(file: Found, reader: ConfinedReader, settings: "Settings") -> list[FileCheck]:
    """One file; the members of an archive count each for themselves."""
    path = file.path
    if path is None or is_no_document(file.name):
        return [check(file.name, ReadFailure("no_document", "Tệp dữ liệu, không phải văn bản."))]
    if not is_archive(path):
        return [check(file.name, _read(reader, path))]
    checks = []
    try:
        for member in members(path, settings):
            name = f"{file.name}/{member.name}"
            if member.failure is not None or is_no_document(member.name):
                checks.append(check(name, member.failure or ReadFailure("no_document", "Tệp dữ liệu.")))
                continue
            with tempfile.TemporaryDirectory(prefix="cchc-") as folder:
                copy = Path(folder, "tep" + PurePosixPath(member.name).suffix)
                copy.write_bytes(member.content)
                checks.append(check(name, _read(reader, copy)))
    except ReadFailure as failure:
        checks.append(check(file.name, failure))
    return checks


def _read(reader: ConfinedReader, path: Path) -> Reading | ReadFailure:
    try:
        return reader.read(path)
    except ReadFailure as failure:
        return failure


def total(checks: Sequence[FileCheck]) -> dict[str, int]:
    """Sums over the files; `silent_empty` counts those that came out empty without a reason."""
    sequences = [one for c in checks for one in c.sequences]
    return {
        "files": len(checks),
        "read": sum(c.status == "ok" for c in checks),
        "failed": sum(c.status == "failed" for c in checks),
        "skipped": sum(c.status == "skipped" for c in checks),
        "silent_empty": sum(c.status == "empty" for c in checks),
        "articles_found": sum(c.articles_found for c in checks),
        "articles_expected": sum(c.articles_expected for c in checks),
        "gaps": sum(len(one.gaps) for one in sequences),
        "absent": sum(len(one.absent) for one in sequences),
        "duplicates": sum(len(one.duplicates) for one in sequences),
        "provisions": sum(c.provisions for c in checks),
        "tables": sum(c.tables for c in checks),
        "table_rows": sum(c.table_rows for c in checks),
        "headless_rows": sum(c.headless_rows for c in checks),
        "repeated_labels": sum(len(c.repeated_labels) for c in checks),
    }


# -- articles --------------------------------------------------------------------------------------------


def _sequences(lines: Sequence[Line], provisions: Sequence[Provision]) -> Iterable[Counted]:
    """The main text and every attachment that counts articles, in order."""
    homes = [p for p in provisions if p.level in (Level.ATTACHMENT, Level.APPENDIX) and p.parent is None]
    for home in [None, *homes]:
        own = [
            p for p in provisions
            if p.level is Level.ARTICLE and _home(p.start, homes) is home
        ]  # fmt: skip
        starts = {p.start for p in own}
        opened = [
            (line.start, found[1].lstrip("0") + found[2].lower())
            for line in lines
            if line.table is None and not line.quoted and (found := _OPENS.match(line.text))
            if _home(line.start, homes) is home
        ]
        numbers = [p.number for p in own]
        last = max((_integer(n) for n in numbers), default=0)
        passed_over = [(start, number) for start, number in opened if start not in starts]
        for start, number in passed_over:  # articles behind the last one found
            if (not own or start > own[-1].start) and last < _integer(number) <= last + _LEAP:
                last = _integer(number)
        if not last:
            continue
        have = set(numbers)
        letters = sum(not n.isdigit() for n in have)
        gaps = [str(n) for n in range(1, last + 1) if str(n) not in have]
        in_text = {number for _, number in opened}
        yield Counted(
            home.label if home else "", tuple(numbers), last + letters, tuple(gaps),
            tuple(n for n in gaps if n not in in_text),
            tuple(number for _, number in passed_over if number in have)
            + tuple(number for number, count in Counter(numbers).items() if count > 1),
        )  # fmt: skip


def _home(at: int, homes: Sequence[Provision]) -> Provision | None:
    return next((p for p in homes if p.start <= at < p.end), None)


def _integer(number: str) -> int:
    return int(re.sub(r"\D", "", number) or 0)


# -- the rest of the report --------------------------------------------------------------------------------


def _outside(lines: Sequence[Line], provisions: Sequence[Provision]) -> tuple[float, tuple[str, ...]]:
    """Share of the letters behind the first provision that no provision holds, and how those lines begin.

    Recipients and signature are no provision: the lines right below such a mark do not count.
    """
    roots = sorted((p.start, p.end) for p in provisions if p.parent is None)
    letters = lost = 0
    closing = 0  # lines of the closing block that may still come
    begins = []
    for line in lines:
        if line.start < roots[0][0]:
            continue
        spans = [(max(a, line.start), min(b, line.end)) for a, b in roots if a < line.end and line.start < b]
        held = sum(c.isalpha() for a, b in spans for c in line.text[a - line.start : b - line.start])
        count = sum(c.isalpha() for c in line.text)
        letters += count
        if held:
            closing = 0
            continue
        closing = _CLOSING_LINES if RECIPIENTS.match(line.text) or SIGNATURE.match(line.text) else closing - 1
        if closing <= 0:
            lost += count
            begins.append(line.text[:60])
    return (lost / letters if letters else 0.0), tuple(begins[:_SHOWN])


def _suspicious(reading: Reading, provisions: Sequence[Provision]) -> Iterable[str]:
    """What OCR says of itself, headings and places that look wrong."""
    if reading.recognition is not None:
        yield reading.recognition.note()
    articles = [p for p in provisions if p.level is Level.ARTICLE]
    for one in articles:
        if one.heading and (len(one.heading) > _TITLE_MAX or one.heading[0].islower()):
            yield f"{one.label}: tiêu đề lạ “{one.heading[:60]}”"
        if reading.text[one.start : one.end].strip(" .:").lower() == f"điều {one.number}":
            yield f"{one.label}: không có nội dung"
    titled = sum(bool(p.heading) for p in articles)
    if len(articles) >= 10 and 0.8 * len(articles) < titled < len(articles):
        without = [p.label for p in articles if not p.heading]
        yield f"không có tiêu đề: {', '.join(without[:_SHOWN])}"
    glued = re.compile(r"[.;]\s+Điều\s+\d{1,3}\.\s+[A-ZĐ]")
    for one in articles:
        if found := glued.search(reading.text, one.start, one.end):
            yield f"{one.label}: có thể dính điều khác “{found[0][2:30]}”"


def _fields(document: Document) -> dict[str, str]:
    named = {
        "number": document.number, "kind": document.kind, "issuer": document.issuer, "title": document.title,
        "issued_on": document.issued_on, "effective_from": document.effective_from, "signer": document.signer,
        "authority": document.authority.value,
    }  # fmt: skip
    return {name: str(value) for name, value in named.items() if value}


def report(checks: Sequence[FileCheck]) -> str:
    """The report for a person, in Vietnamese: what to look at file by file, then the sums."""
    lines: list[str] = []
    for one in checks:
        if one.status != "ok":
            word = {"failed": "KHÔNG ĐỌC ĐƯỢC", "skipped": "BỎ QUA", "empty": "RỖNG, KHÔNG RÕ LÝ DO"}[
                one.status
            ]
            lines.append(f"{one.file}: {word}. {one.reason}".rstrip())
            continue
        name = one.header.get("number") or one.header.get("title", "")[:60] or "không có số hiệu"
        lines.append(
            f"{one.file}: {name}; {one.articles_found}/{one.articles_expected} điều, {one.provisions} mục"
            + (f", {one.tables} bảng ({one.table_rows} dòng)" if one.tables else "")
        )
        lines += [f"    {text}" for text in _remarks(one)]
    sums = total(checks)
    lines += [
        "",
        f"{sums['files']} tệp: đọc được {sums['read']}, không đọc được {sums['failed']} (có lý do), "
        f"bỏ qua {sums['skipped']}, rỗng không lý do {sums['silent_empty']}.",
        f"Điều: tìm thấy {sums['articles_found']}/{sums['articles_expected']}; thiếu {sums['gaps']} "
        f"(trong đó {sums['absent']} điều văn bản gốc không có), trùng {sums['duplicates']}.",
        f"Bảng: {sums['tables']}, {sums['table_rows']} dòng, {sums['headless_rows']} dòng không rõ tên cột.",
    ]
    return "\n".join(lines)


def _remarks(one: FileCheck) -> Iterable[str]:
    for sequence in one.sequences:
        where = f"{sequence.name}: " if sequence.name else ""
        lost = [n for n in sequence.gaps if n not in sequence.absent]
        for word, numbers in (
            ("thiếu điều", lost), ("văn bản gốc không có điều", sequence.absent), ("trùng điều", sequence.duplicates)
        ):  # fmt: skip
            if numbers:
                more = f" … ({len(numbers)} điều)" if len(numbers) > _SHOWN else ""
                yield f"{where}{word} {', '.join(numbers[:_SHOWN])}{more}"
    if one.outside > OUTSIDE_MAX:
        yield f"{one.outside:.0%} chữ nằm ngoài mọi mục, ví dụ: {' / '.join(one.outside_text[:3])}"
    if one.headless_rows:
        yield f"{one.headless_rows} dòng bảng không rõ tên cột"
    if one.repeated_labels:
        more = f" … ({len(one.repeated_labels)} nhãn)" if len(one.repeated_labels) > _SHOWN else ""
        yield f"nhãn trùng: {'; '.join(one.repeated_labels[:_SHOWN])}{more}"
    yield from one.suspicious
    missing = [
        word
        for name, word in (
            ("number", "số hiệu"), ("kind", "loại"), ("issuer", "cơ quan"), ("issued_on", "ngày"), ("title", "trích yếu")
        )
        if name not in one.header
    ]  # fmt: skip
    if missing:
        yield f"chưa rõ: {', '.join(missing)}"
