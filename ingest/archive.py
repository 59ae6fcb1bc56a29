"""The documents inside a ZIP, one after the other, within limits. Called by the pipeline.

A member is known by the path of its archive and its own: "a.zip/b/c.pdf". Nothing is ever written under a name that
an archive gives; what looks hostile (paths that lead outside, bombs, links) is refused with the reason.
"""

import io
import stat
import struct
import unicodedata
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from ingest.reading import ReadFailure
from ingest.source import is_hidden
from settings import Settings

#: Unpacked bytes per packed one above which a member is no document; texts and tables reach 30.
_MAX_RATIO = 200
#: Below this size a high ratio does no harm, bytes.
_SMALL = 1_000_000
#: A list of members longer than this many bytes for each member allowed is a bomb by itself.
_LISTING_PER_MEMBER = 1_000
#: No office file has a list of members of so many bytes.
_OFFICE_LISTING = 5_000_000
#: Bytes by which a ZIP64 says its sizes, in front of the usual end.
_LARGE_END = 76
#: What unpacks in little memory; LZMA may ask for gigabytes.
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2)
_MAGIC = (b"PK\x03\x04", b"PK\x05\x06")
#: Archives may hold archives, but those no further ones.
_DEPTH = 2
_UNICODE_NAME = 0x7075  # extra field: the name in UTF-8


@dataclass(frozen=True, slots=True)
class Member:
    """One file of an archive: its bytes, or why it is refused."""

    name: str  # path in the archive, "/" between folders; through a nested archive: "b.zip/c.pdf"
    mtime_ns: int  # by the clock of who packed it
    content: bytes = b""
    failure: ReadFailure | None = None


def is_archive(path: Path) -> bool:
    """Whether a file is a ZIP of files; DOCX, XLSX, ODF and EPUB are ZIPs too, but documents."""
    try:
        with path.open("rb") as stream:
            return stream.read(4) in _MAGIC and _is_archive(stream)
    except OSError:
        return False


def members(path: Path, settings: Settings) -> Iterator[Member]:
    """The files of an archive in its own order. Raises `ReadFailure` where the archive as a whole is refused."""
    budget = _Budget(settings.archive_max_files, settings.archive_max_bytes, settings.read_max_bytes)
    with path.open("rb") as stream:
        yield from _members(stream, budget, _DEPTH)


@dataclass(slots=True)
class _Budget:
    """What is left of the limits; archives inside an archive share it."""

    files: int
    bytes: int
    member: int  # bytes of one file

    def take(self, infos: list[zipfile.ZipInfo]) -> None:
        """Raises `ReadFailure` where what an archive says of itself is too much."""
        self.files -= len(infos)
        self.bytes -= sum(info.file_size for info in infos)
        if self.files < 0:
            raise _bomb("quá nhiều tệp", "CCHC_ARCHIVE_MAX_FILES")
        if self.bytes < 0:
            raise _bomb("quá lớn khi giải nén", "CCHC_ARCHIVE_MAX_BYTES")


def _is_archive(stream: BinaryIO) -> bool:
    try:
        if _listing(stream) > _OFFICE_LISTING:  # `members` names what is wrong
            return True
        with zipfile.ZipFile(stream) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        return False  # damaged: the reader says so
    return (
        "[Content_Types].xml" not in names and "word/document.xml" not in names and names[:1] != ["mimetype"]
    )


def _listing(stream: BinaryIO) -> int:
    """Bytes of the list of members, as the end of the archive gives them: known before the list is read."""
    size = stream.seek(0, io.SEEK_END)
    stream.seek(max(0, size - 65_557 - _LARGE_END))
    tail = stream.read()
    stream.seek(0)
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) < at + 22:
        raise zipfile.BadZipFile("no end")
    listing: int = struct.unpack_from("<L", tail, at + 12)[0]
    if at >= _LARGE_END and tail[at - 20 : at].startswith(b"PK\x06\x07"):  # ZIP64, which zipfile goes by then
        listing = max(listing, struct.unpack_from("<Q", tail, at - _LARGE_END + 40)[0])
    return listing


def _members(stream: BinaryIO, budget: _Budget, depth: int) -> Iterator[Member]:
    try:
        if _listing(stream) > _LISTING_PER_MEMBER * max(budget.files, 100):
            raise _bomb("quá nhiều tệp", "CCHC_ARCHIVE_MAX_FILES")
        with zipfile.ZipFile(stream) as archive:
            infos = [info for info in archive.infolist() if not info.is_dir()]
            budget.take(infos)
            used: Counter[str] = Counter()
            for info in infos:
                name = _name(info)
                if is_hidden(name.split("/")) and not _leads_outside(name):
                    continue
                used[name] += 1
                if used[name] > 1:
                    name += f"~{used[name]}"
                yield from _member(archive, info, name, budget, depth)
    except (zipfile.BadZipFile, ValueError, NotImplementedError, EOFError, struct.error):
        raise ReadFailure(
            "broken", "Tệp nén bị hỏng hoặc tải chưa hết; hãy tải lại bản gốc rồi nộp lại."
        ) from None


def _member(
    archive: zipfile.ZipFile, info: zipfile.ZipInfo, name: str, budget: _Budget, depth: int
) -> Iterator[Member]:
    when = _when(info)
    failure = _refusal(info, name, budget)
    content = b""
    if failure is None:
        try:
            with archive.open(info) as member:
                content = member.read(info.file_size + 1)
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, ValueError, struct.error):
            reason = "Tệp trong tệp nén bị hỏng; hãy nén lại từ bản gốc rồi nộp lại."
            failure = ReadFailure("broken", reason)
    if failure is not None:
        yield Member(name, when, failure=failure)
    elif content.startswith(_MAGIC) and _is_archive(io.BytesIO(content)):
        if depth == 1:
            reason = "Tệp nén nằm trong hai lớp tệp nén khác; hãy giải nén rồi nộp lại."
            yield Member(name, when, failure=ReadFailure("nested", reason))
            return
        try:
            for inner in _members(io.BytesIO(content), budget, depth - 1):
                yield Member(f"{name}/{inner.name}", inner.mtime_ns, inner.content, inner.failure)
        except ReadFailure as refused:
            yield Member(name, when, failure=refused)
    else:
        yield Member(name, when, content)


def _refusal(info: zipfile.ZipInfo, name: str, budget: _Budget) -> ReadFailure | None:
    if stat.S_ISLNK(info.external_attr >> 16) or _leads_outside(name):
        reason = (
            "Tên tệp trong tệp nén dẫn ra ngoài thư mục (tệp nén có dấu hiệu bị cài cắm); không đọc tệp này."
        )
        return ReadFailure("unsafe_name", reason)
    if info.flag_bits & 0x1:
        reason = "Tệp trong tệp nén có mật khẩu; hãy giải nén bằng mật khẩu rồi nộp lại."
        return ReadFailure("encrypted", reason)
    if info.compress_type not in _METHODS:
        reason = "Tệp nén dùng kiểu nén lạ; hãy nén lại thành ZIP thông thường hoặc nộp từng tệp."
        return ReadFailure("binary", reason)
    if info.file_size > budget.member:
        limit = f"{budget.member / 1_000_000:.0f} MB"
        reason = (
            f"Tệp {info.file_size / 1e6:.0f} MB, lớn hơn giới hạn {limit} (đặt lại bằng CCHC_READ_MAX_BYTES)."
        )
        return ReadFailure("too_large", reason)
    if info.file_size > _SMALL and info.file_size > _MAX_RATIO * max(info.compress_size, 1):
        reason = (
            f"Tệp nở ra quá {_MAX_RATIO} lần khi giải nén (dấu hiệu của “bom nén”); hãy giải nén rồi nộp lại."
        )
        return ReadFailure("archive_bomb", reason)
    return None


def _bomb(what: str, setting: str) -> ReadFailure:
    return ReadFailure(
        "archive_bomb", f"Tệp nén chứa {what} nên không mở; hãy nộp từng phần, hoặc nâng {setting}."
    )


def _leads_outside(name: str) -> bool:
    parts = name.split("/")
    return ".." in parts or parts[0] == "" or ":" in parts[0]


def _name(info: zipfile.ZipInfo) -> str:
    """The path of a member as text, NFC, "/" between folders.

    Programs that do not mark a name as UTF-8 write UTF-8 all the same, or the code page of their Windows: 1258 in
    Việt Nam, 437 by the standard.
    """
    name = _extra_name(info)
    if name is None:
        name = info.orig_filename
        if not info.flag_bits & 0x800:
            raw = name.encode("cp437", "replace")
            name = _as("utf-8", raw) or _as_letters("cp1258", raw) or name
    name = unicodedata.normalize("NFC", name.replace("\\", "/"))
    name = "".join("�" if not c.isprintable() or "\ud800" <= c <= "\udfff" else c for c in name)
    return "/".join(part for at, part in enumerate(name.split("/")) if part not in (".", "") or at == 0)


def _extra_name(info: zipfile.ZipInfo) -> str | None:
    at = 0
    while at + 4 <= len(info.extra):
        kind, size = struct.unpack_from("<HH", info.extra, at)
        if kind == _UNICODE_NAME and size > 5:
            return _as("utf-8", info.extra[at + 9 : at + 4 + size])
        at += 4 + size
    return None


def _as(encoding: str, raw: bytes) -> str | None:
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError:
        return None


def _as_letters(encoding: str, raw: bytes) -> str | None:
    """The bytes as text of this encoding, if all that is not ASCII comes out as letters with their marks."""
    text = _as(encoding, raw)
    strange = [c for c in text or "" if not c.isascii() and not c.isalpha() and not unicodedata.combining(c)]
    return text if text and not strange else None


def _when(info: zipfile.ZipInfo) -> int:
    try:
        return int(datetime(*info.date_time, tzinfo=UTC).timestamp()) * 1_000_000_000
    except ValueError:  # month 0
        return 0
