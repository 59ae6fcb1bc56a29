"""A watched folder, by the real command: what comes is read when it stands still, what goes is retired, until Ctrl-C."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from test_pipeline import decision, numbers

from corpus.store import Corpus
from index.generation import current_id
from index.search import open_current
from settings import Settings

#: Longest wait for something the watch has to notice, seconds; the machine may be busy.
_PATIENCE = 120


@contextmanager
def watching(folder: Path, data: Path, settle: float = 0.3) -> "Iterator[subprocess.Popen[str]]":
    run = subprocess.Popen(
        [str(Path(sys.executable).with_name("cchc")), "ingest", str(folder), "--watch"],
        env={
            **os.environ, "CCHC_DATA_DIR": str(data), "CCHC_EMBEDDER": "off", "CCHC_WATCH_INTERVAL_S": "0.2",
            "CCHC_WATCH_SETTLE_S": str(settle), "CCHC_WATCH_PUBLISH_S": "1", "CCHC_INGEST_WORKERS": "1",
        },
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    try:
        yield run
    finally:
        if run.poll() is None:
            run.kill()
        run.communicate()


def until(what: Callable[[], bool]) -> None:
    ends = time.monotonic() + _PATIENCE
    while not what():
        assert time.monotonic() < ends, "the watch noticed nothing"
        time.sleep(0.1)


def held(data: Path) -> list[str]:
    if not (data / "corpus.db").exists():
        return []
    with Corpus.open(Settings(data_dir=data).dsn) as corpus:
        return numbers(corpus)


def indexed(data: Path) -> int:
    """Documents that a question finds, as soon as the watch has published."""
    settings = Settings(data_dir=data, embedder="off")
    return len(open_current(settings).documents) if current_id(settings.index_dir) else 0


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "van-ban"
    made.mkdir()
    return made


def test_what_comes_changes_and_goes_is_followed_and_published(folder: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    (folder / "1.txt").write_text(decision(1))
    (folder / "9.txt").write_text(decision(9))
    with watching(folder, data) as run:
        until(lambda: held(data) == ["01/QĐ-BNV", "09/QĐ-BNV"])
        until(lambda: indexed(data) == 2)
        (folder / "hong.pdf").write_bytes(b"%PDF-1.7 no more than that")  # one bad file stops nothing
        (folder / "2.txt").write_text(decision(2))
        until(lambda: "02/QĐ-BNV" in held(data))
        until(lambda: indexed(data) == 3)
        (folder / "1.txt").unlink()
        until(lambda: held(data) == ["02/QĐ-BNV", "09/QĐ-BNV"])
        run.send_signal(signal.SIGTERM)
        said, _ = run.communicate(timeout=_PATIENCE)
        assert run.returncode == 0
        assert "hong.pdf" in said and "Đã dừng theo dõi." in said


def test_a_file_on_its_way_is_left_until_it_stands_still(folder: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    (folder / "0.txt").write_text(decision(10))
    with watching(folder, data, settle=6) as run:
        until(lambda: "10/QĐ-BNV" in held(data))
        whole = decision(1, rows=40)
        with (folder / "1.txt").open("w") as slow:
            for at in range(0, len(whole), len(whole) // 12):
                slow.write(whole[at : at + len(whole) // 12])
                slow.flush()
                time.sleep(0.3)
                assert held(data) == ["10/QĐ-BNV"]
        until(lambda: "01/QĐ-BNV" in held(data))
        with Corpus.open(Settings(data_dir=data).dsn) as corpus:
            (one,) = corpus.find("1/QĐ-BNV")
            assert len(corpus.revisions(one.id)) == 1
        run.send_signal(signal.SIGINT)
        run.communicate(timeout=_PATIENCE)
        assert run.returncode == 0


def test_a_folder_that_goes_away_for_a_while_loses_nothing(folder: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    (folder / "1.txt").write_text(decision(1))
    with watching(folder, data) as run:
        until(lambda: held(data) == ["01/QĐ-BNV"])
        folder.rename(tmp_path / "di-vang")
        assert run.stdout is not None  # one round has seen that the folder is away, and said so
        assert any("Không có tệp hay thư mục nào" in line for line in run.stdout)
        assert held(data) == ["01/QĐ-BNV"] and run.poll() is None
        (tmp_path / "di-vang").rename(folder)
        (folder / "2.txt").write_text(decision(2))
        until(lambda: held(data) == ["01/QĐ-BNV", "02/QĐ-BNV"])
        run.send_signal(signal.SIGTERM)
        run.communicate(timeout=_PATIENCE)
        assert run.returncode == 0
