"""What there is to ingest: files, folders, patterns and addresses as an operator names them. Called by the pipeline.

A folder's files are known by their path below it, so that the folder may be searched again and what is gone be told.
"""

import glob
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from urllib.parse import quote, urlsplit, urlunsplit

#: Files that lie in document folders but hold no document.
_NO_DOCUMENT = {".tsv", ".csv", ".json", ".jsonl", ".log", ".lock", ".db", ".py", ".ini", ".toml", ".lnk"}


class IngestError(Exception):
    """The request cannot be carried out at all; the message says why, in Vietnamese."""


@dataclass(frozen=True, slots=True)
class Found:
    """A file or an address, and how the corpus knows it."""

    root: str  # the folder it was first ingested with, or "https://host"
    name: str  # path below the root; for an address path and query
    path: Path | None = None  # where its bytes lie; None: they have to be fetched

    @property
    def key(self) -> tuple[str, str]:
        return self.root, self.name

    @property
    def url(self) -> str:
        """The address; "" for a file."""
        return f"{self.root}/{self.name}" if self.path is None else ""

    @property
    def shown(self) -> str:
        """How a report calls it."""
        return self.url or self.name


@dataclass(slots=True)
class Search:
    """What a search came to."""

    found: list[Found] = field(default_factory=list)
    folders: list[Path] = field(default_factory=list)  # searched whole: what is not in `found` is not there
    closed: list[Path] = field(default_factory=list)  # folders below them that could not be opened


def is_address(given: str | Path) -> bool:
    """Whether the operator named something to be downloaded."""
    return isinstance(given, str) and given.lower().startswith(("http://", "https://"))


def is_no_document(name: str) -> bool:
    """Whether a file or address by its name is data that lies among documents, such as a list of them."""
    return PurePosixPath(name.partition("?")[0]).suffix.lower() in _NO_DOCUMENT


def search(given: Iterable[str | Path], known_roots: Iterable[str]) -> Search:
    """All files and addresses named, each once, in the order of the names.

    A file keeps the root it was ingested with before, else it gets the folder given. Raises `IngestError` for
    a path that does not exist, a pattern that fits nothing and an address that is none.
    """
    known = sorted((Path(root) for root in known_roots if not is_address(root)), key=lambda r: -len(r.parts))
    result = Search()
    files: dict[tuple[str, str], Found] = {}
    for one in given:
        if is_address(one):
            address = at_address(str(one))
            files.setdefault(address.key, address)
            continue
        for path in _paths(one):
            if path.is_dir():
                below = _below(path, result.closed)
                result.folders.append(path)
            else:
                below = [path]
            root = path if path.is_dir() else path.parent
            for file in below:
                before = next((folder for folder in known if file.is_relative_to(folder)), root)
                found = Found(str(before), text_of(file.relative_to(before)), file)
                files.setdefault(found.key, found)
    result.found = list(files.values())
    return result


def at_address(url: str) -> Found:
    """An address in the one spelling the corpus knows it by. Raises `IngestError`."""
    try:
        parts = urlsplit(url.strip())
        host = (parts.hostname or "").encode("idna").decode()
        port = parts.port
    except ValueError:
        host, port = "", None
    if not host or parts.username is not None or parts.password is not None:
        raise IngestError(f"“{url}” không phải địa chỉ tải được. Hãy viết dạng https://máy-chủ/đường-dẫn.")
    host = f"[{host}]" if ":" in host else host
    usual = {"http": 80, "https": 443}[parts.scheme.lower()]
    netloc = host if port in (None, usual) else f"{host}:{port}"
    path = quote(parts.path.lstrip("/"), safe="/%:@!$&'()*+,;=~")
    query = quote(parts.query, safe="/%:@!$&'()*+,;=~?")
    return Found(f"{parts.scheme.lower()}://{netloc}", urlunsplit(("", "", path, query, "")))


def text_of(path: Path) -> str:
    """A path as text; bytes that are no text (old names from other systems) become "�"."""
    return path.as_posix().encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def is_hidden(parts: Sequence[str]) -> bool:
    """Whether a file is of an office program or a system rather than of a person."""
    return (
        any(part.startswith((".", "~$")) or part == "__MACOSX" for part in parts)
        or parts[-1].lower() == "thumbs.db"
    )


def _paths(given: str | Path) -> list[Path]:
    path = Path(given)
    if path.exists():
        return [path.resolve()]
    if glob.has_magic(str(given)):
        matched = sorted(glob.glob(str(given), recursive=True))  # noqa: PTH207  a Path takes no absolute pattern
        if matched:
            return [Path(one).resolve() for one in matched]
        raise IngestError(
            f"Không có tệp nào khớp với mẫu “{given}”. Hãy kiểm tra lại thư mục và phần đuôi tệp."
        )
    raise IngestError(f"Không có tệp hay thư mục nào tên “{given}”. Hãy kiểm tra lại đường dẫn.")


def _below(folder: Path, closed: list[Path]) -> list[Path]:
    """The files of a folder and of those in it; folders that cannot be opened are added to `closed`."""

    def note(error: OSError) -> None:
        closed.append(Path(error.filename))

    files: list[Path] = []
    for place, folders, names in os.walk(folder, onerror=note):
        folders[:] = [name for name in folders if not is_hidden([name])]
        at = Path(place)
        files += [at / name for name in names if not is_hidden([name]) and (at / name).is_file()]
    return sorted(files)
