"""What all tests share: a home and an environment of their own, the sample documents ready to answer, the command
line as a real process, and a last word on what was skipped."""

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import hypothesis
import pytest

from settings import ENV_PREFIX, Settings

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared"
NO_SHARED = "../shared, the folder of real documents, is not beside the checkout"

# how long one example takes says more of the machine than of the code; pytest-timeout catches what hangs
hypothesis.settings.register_profile("house", deadline=None)
hypothesis.settings.load_profile("house")

#: Run `cchc` with these words, over this data folder; gives what it said and its exit status.
Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="session", autouse=True)
def _no_settings_of_the_developer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """No setting, home or cchc.toml of the developer reaches a test, nor any fixture of a module or session."""
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith((ENV_PREFIX, "XDG_"))]:
            patch.delenv(name)
        home = tmp_path_factory.mktemp("home")
        patch.setenv("HOME", str(home))
        patch.chdir(home)
        yield


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every test stands in a folder of its own: what it writes without a path, `data/` too, lands there."""
    monkeypatch.chdir(tmp_path)


@pytest.fixture(scope="session")
def sample_desk_settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings of a data folder that holds the sample documents, indexed with the shipped embedder. Read only."""
    # imported only here: a room that is being rebuilt stops the tests that need it, not all of them
    from cchc import SAMPLES
    from corpus.store import Corpus
    from index.embedding import load_embedder
    from index.publishing import publish
    from ingest.pipeline import ingest

    settings = Settings(data_dir=tmp_path_factory.mktemp("samples"))
    with Corpus.open(settings.dsn) as corpus:
        assert not ingest([SAMPLES], corpus, settings, sample=True).failed
        publish(corpus, settings, load_embedder(settings))
    return settings


@pytest.fixture(scope="session")
def run_cchc() -> Run:
    """The installed console script in a process of its own."""

    def run(
        *words: str, data: Path, stdin: str = "", env: dict[str, str] | None = None
    ) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [str(Path(sys.executable).with_name("cchc")), *words],
            env={**os.environ, "CCHC_DATA_DIR": str(data), "COLUMNS": "200", **(env or {})},
            input=stdin,
            capture_output=True,
            text=True,
            timeout=240,
        )

    return run


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if not SHARED.is_dir():
        for item in items:
            if item.get_closest_marker("shared"):
                item.add_marker(pytest.mark.skip(reason=NO_SHARED))


def _of_shared(report: object) -> bool:
    """Whether a skipped test is one of the marked group; a file that is skipped as a whole has no marks."""
    return "shared" in getattr(report, "keywords", ())


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how many tests were skipped and for want of what: a quiet skip looks like a check."""
    skipped = terminalreporter.stats.get("skipped", [])
    shared = sum(_of_shared(report) for report in skipped)
    wanting = Counter(_reason(report) for report in skipped if not _of_shared(report))
    terminalreporter.section("skipped")
    terminalreporter.line(f"{shared} tests skipped because ../shared is missing")
    terminalreporter.line(f"{wanting.total()} tests skipped because a tool is missing")
    for reason, count in wanting.most_common():
        terminalreporter.line(f"  {count}: {reason}")


def _reason(report: pytest.TestReport) -> str:
    said = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    return said.removeprefix("Skipped: ")
