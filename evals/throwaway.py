"""A desk's data folder made for one measurement from folders of documents. Called by `cchc eval answers --documents`.

Kept by content: the same files, read by the same program with the same model, are not read again. Vectors are kept
apart by text, so that a change in one room costs only what it changes.
"""

import hashlib
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from corpus.store import Corpus
from evals.problem import EvalProblem
from index.embedding import load_embedder
from index.publishing import publish
from ingest.pipeline import IngestError, Progress, ingest
from settings import Settings

#: Rooms whose code decides what a database made from files holds.
_ROOMS = ("ingest", "corpus", "index")
_CODE = (".py", ".yaml", ".tsv", ".json")
#: What lies in those rooms and decides nothing: how the models were trained, the documents that are shipped.
_APART = (Path("index", "training"), Path("corpus", "samples"))
#: The program.
ROOT = Path(__file__).resolve().parent.parent
#: A data folder that no run has used for so long is deleted.
KEPT_DAYS = 14

#: Called as show(what, done, total) while files are read and segments embedded.
Show = Callable[[str, int, int], None]


def evals_dir(settings: Settings) -> Path:
    """Where measurements keep what can be computed again."""
    return settings.data_dir / "evals"


def kept_vectors(settings: Settings) -> Path:
    """The file of vectors that all measurements share."""
    folder = evals_dir(settings)
    folder.mkdir(parents=True, exist_ok=True)
    return folder / "vectors.db"


def throwaway(folders: Sequence[Path], settings: Settings, show: Show) -> Settings:
    """Settings of a data folder that holds exactly the documents of the folders, read and indexed.

    Files that cannot be read stand in its corpus as failures. Raises `EvalProblem` for a path that does not exist.
    """
    for folder in folders:
        if not folder.exists():
            raise EvalProblem(f"Không có tệp hay thư mục văn bản “{folder}”. Hãy kiểm tra lại đường dẫn.")
    base = evals_dir(settings) / "documents"
    base.mkdir(parents=True, exist_ok=True)
    forget_unused(base)
    home = base / _digest(folders, settings)
    if not (home / "corpus.db").is_file():
        _make(home, folders, settings, show)
    os.utime(home)
    return _settings_in(home, settings)


def forget_unused(base: Path) -> None:
    """Delete the data folders below `base` that no run has used for `KEPT_DAYS`."""
    for folder in base.iterdir():
        if folder.is_dir() and folder.stat().st_mtime < time.time() - KEPT_DAYS * 86_400:
            shutil.rmtree(folder, ignore_errors=True)


def _settings_in(folder: Path, settings: Settings) -> Settings:
    return settings.model_copy(update={"data_dir": folder, "database_url": None})


def _make(home: Path, folders: Sequence[Path], settings: Settings, show: Show) -> None:
    # made aside and renamed: a run that is killed leaves nothing that looks finished
    aside = Path(tempfile.mkdtemp(prefix=".unfinished-", dir=home.parent))
    own = _settings_in(aside, settings)
    try:
        with Corpus.open(own.dsn) as corpus:
            total = done = 0

            def start(files: int) -> None:
                nonlocal total
                total = files

            def step(_: object) -> None:
                nonlocal done
                done += 1
                show("Đọc văn bản", done, total)

            ingest(list(folders), corpus, own, progress=Progress(total=start, done=step))
            publish(
                corpus,
                own,
                load_embedder(settings),
                lambda at, of: show("Lập chỉ mục", at, of),
                vectors=kept_vectors(settings),
            )
        if home.exists():  # another run was faster
            shutil.rmtree(aside)
        else:
            aside.rename(home)
    except IngestError as error:
        raise EvalProblem(str(error)) from error
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _digest(folders: Sequence[Path], settings: Settings) -> str:
    """Names the content of the folders, the program that reads them and what limits and embeds it."""
    digest = hashlib.sha256(
        repr(
            (settings.embedder, settings.read_max_bytes, settings.read_timeout_s, settings.read_max_memory_mb)
        ).encode()
    )
    for folder in folders:
        digest.update(str(folder.resolve()).encode("utf-8", "surrogateescape"))
        for name, content in _files(folder):
            digest.update(name + b"\0" + content)
    digest.update(reading_code())
    return digest.hexdigest()[:24]


def reading_code(root: Path = ROOT) -> bytes:
    """Digest of the program's own code that decides what a database made from files holds."""
    apart = [root / folder for folder in _APART]
    digest = hashlib.sha256()
    for room in _ROOMS:
        for file in sorted((root / room).rglob("*")):
            if file.suffix in _CODE and not any(file.is_relative_to(folder) for folder in apart):
                digest.update(file.read_bytes())
    return digest.digest()


def _files(folder: Path) -> Iterator[tuple[bytes, bytes]]:
    paths = sorted(p for p in folder.rglob("*") if p.is_file()) if folder.is_dir() else [folder]
    for path in paths:
        try:
            with path.open("rb") as stream:
                content = hashlib.file_digest(stream, "sha256").digest()
        except OSError as error:  # the reader will name it
            content = str(error).encode()
        yield os.fsencode(path.name if path == folder else path.relative_to(folder)), content
