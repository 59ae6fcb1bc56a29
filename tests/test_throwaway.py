"""The data folder made for one measurement: kept by content, made anew when anything changes."""

import os
import time
from pathlib import Path

import pytest

from corpus.store import Corpus
from evals.problem import EvalProblem
from evals.throwaway import KEPT_DAYS, reading_code, throwaway
from index.search import open_current
from settings import Settings

TEXT = "NGHỊ ĐỊNH\nSố: 1/2024/NĐ-CP\n\nĐiều 1. Phạm vi\n\nNghị định này quy định về kiểm kê kho {}.\n"


def quiet(what: str, done: int, total: int) -> None:
    pass


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "van-ban").mkdir()
    (tmp_path / "van-ban" / "nghi-dinh.txt").write_text(TEXT.format("thóc"), "utf-8")
    (tmp_path / "van-ban" / "hong.pdf").write_bytes(b"%PDF-1.7 broken")
    return tmp_path / "van-ban"


@pytest.fixture
def own(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path / "data", embedder="off")


def test_holds_the_documents_and_lists_what_could_not_be_read(folder: Path, own: Settings) -> None:
    made = throwaway([folder], own, quiet)
    assert made.data_dir.is_relative_to(own.data_dir / "evals")
    with Corpus.open(made.dsn) as corpus:
        assert corpus.counts().documents == 1
        assert [one.path for one in corpus.failures()] == ["hong.pdf"]
    assert open_current(made).search("kiểm kê kho thóc")


def test_the_same_content_is_not_read_again(folder: Path, own: Settings) -> None:
    first = throwaway([folder], own, quiet)
    shown: list[str] = []
    again = throwaway([folder], own, lambda what, done, total: shown.append(what))
    assert again == first and not shown


def test_a_changed_file_is_a_new_database_and_the_configured_one_is_left_alone(
    folder: Path, own: Settings
) -> None:
    first = throwaway([folder], own, quiet)
    (folder / "nghi-dinh.txt").write_text(TEXT.format("muối"), "utf-8")
    second = throwaway([folder], own, quiet)
    assert second.data_dir != first.data_dir
    assert (
        open_current(second).search("kho muối")[0].segment.text
        != open_current(first).search("kho")[0].segment.text
    )
    assert not (own.data_dir / "corpus.db").exists()


def test_a_database_of_a_server_is_not_touched(folder: Path, own: Settings) -> None:
    served = own.model_copy(update={"database_url": "postgresql://nobody@127.0.0.1:1/none"})
    assert throwaway([folder], served, quiet).database_url is None


def test_how_a_model_is_trained_decides_nothing_of_what_is_read(tmp_path: Path) -> None:
    """A change there must not throw away what was read and embedded."""
    for file in ("index/segment.py", "index/training/prepare.py", "index/training/recipe.json"):
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / file).write_text("1", "utf-8")
    before = reading_code(tmp_path)
    (tmp_path / "index" / "training" / "prepare.py").write_text("2", "utf-8")
    (tmp_path / "index" / "training" / "recipe.json").unlink()
    assert reading_code(tmp_path) == before
    (tmp_path / "index" / "segment.py").write_text("2", "utf-8")
    assert reading_code(tmp_path) != before


def test_what_no_run_uses_any_more_is_deleted(folder: Path, own: Settings) -> None:
    old = throwaway([folder], own, quiet).data_dir
    long_ago = time.time() - (KEPT_DAYS + 1) * 86_400
    os.utime(old, (long_ago, long_ago))
    (folder / "nghi-dinh.txt").write_text(TEXT.format("muối"), "utf-8")
    new = throwaway([folder], own, quiet).data_dir
    assert not old.exists() and new.is_dir()
    assert [one.name for one in new.parent.iterdir()] == [new.name]  # nothing unfinished either


def test_a_folder_that_is_not_there_is_said(own: Settings, tmp_path: Path) -> None:
    with pytest.raises(EvalProblem, match="khong-co"):
        throwaway([tmp_path / "khong-co"], own, quiet)
