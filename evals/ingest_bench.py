"""How fast documents are read and stored, and in what memory: `python -m evals.ingest_bench PHAPDIEN_JSONL_GZ`.

Writes codified law as text files, one a document, and gives them to the real `cchc ingest` in a process of its own, with
a data folder of its own and no index. `evals.kill_check` takes its documents from here too.
"""

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from corpus.store import Corpus
from evals.law_bench import Law, codified
from settings import load_settings

#: Between two looks at the memory of the processes, seconds.
_LOOK_S = 0.2
# -P: a file settings.py of the folder one stands in is not ours
CCHC = (sys.executable, "-P", "-m", "cchc")


@dataclass(frozen=True, slots=True)
class Figures:
    """Memory in MB: resident, the parent and all its children together, at the highest."""

    documents: int
    articles: int
    stored_articles: int
    seconds: float  # from start to exit of the command
    cpu_seconds: float  # of all its processes: what a busy machine does not blur
    memory_peak: float
    failed: int

    @property
    def per_second(self) -> float:
        """Articles read, parsed and stored."""
        return self.articles / self.seconds


def write_laws(laws: Sequence[Law], folder: Path) -> None:
    """One text file a law, with the letterhead an office would print."""
    for at, law in enumerate(laws):
        header = law.header
        day = header.issued_on
        when = f"ngày {day.day:02} tháng {day.month:02} năm {day.year}" if day else ""
        # several laws may share a number in a codification: the subject tells them apart, as a file name would
        (folder / f"{at:05}.txt").write_text(
            f"{header.issuer.upper()}\nCỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nĐộc lập - Tự do - Hạnh phúc\n"
            f"Số: {header.number}\nHà Nội, {when}\n\n{header.kind.upper()}\n{header.title}\n\n{law.text}\n",
            "utf-8",
        )


def first_laws(file: Path, articles: int | None) -> list[Law]:
    """The laws of a codification, or as many of the first as have this many articles."""
    taken: list[Law] = []
    count = 0
    for law in codified(file):
        if articles is not None and count >= articles:
            break
        taken.append(law)
        count += len(law.articles)
    return taken


def environment(data: Path, embedder: str = "off") -> dict[str, str]:
    """That of a command over a data folder of its own, without settings of the one who measures."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("CCHC_")}
    home = str(Path(__file__).resolve().parent.parent)
    path = os.pathsep.join(filter(None, [home, inherited.get("PYTHONPATH", "")]))
    return {**inherited, "PYTHONPATH": path, "CCHC_DATA_DIR": str(data), "CCHC_EMBEDDER": embedder}


def measure(laws: Sequence[Law], keep: Path | None = None) -> Figures:
    """Ingest the laws into a throw-away corpus, or into that of the data folder `keep`."""
    with tempfile.TemporaryDirectory(prefix="cchc-bench-") as home:
        folder, data = Path(home) / "van-ban", keep or Path(home) / "data"
        folder.mkdir()
        write_laws(laws, folder)
        began, used = time.perf_counter(), _cpu()
        command = subprocess.Popen(
            [*CCHC, "ingest", str(folder), "--no-index"],
            env=environment(data),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        peak = 0.0
        while command.poll() is None:
            peak = max(peak, _resident(command.pid))
            time.sleep(_LOOK_S)
        seconds, cpu = time.perf_counter() - began, _cpu() - used
        with Corpus.open(load_settings(data_dir=data, database_url=None).dsn) as corpus:
            counts = corpus.counts()
        return Figures(
            len(laws), sum(len(law.articles) for law in laws), counts.articles, round(seconds, 2), round(cpu, 2),
            round(peak, 1),
            counts.files.get("failed", 0),
        )  # fmt: skip


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _resident(pid: int) -> float:
    """Resident memory of a process and of all below it, MB; shared pages count in each."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        # a child may be started by any thread of its parent
        for task in Path(f"/proc/{pid}/task").iterdir():
            if task.name != str(pid):
                children += (task / "children").read_text().split()
    except OSError:  # ended meanwhile, or no /proc
        return 0.0
    own = next((line.split()[1] for line in status.splitlines() if line.startswith("VmRSS:")), "0")
    return int(own) / 1024 + sum(_resident(int(child)) for child in set(children))


def main(arguments: Sequence[str] | None = None) -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path, help="phapdien.jsonl.gz")
    parser.add_argument("--articles", type=int, help="stop after so many articles; default: all")
    parser.add_argument(
        "--keep",
        type=Path,
        help="the data folder to fill, to train an embedder on; default: a throw-away one",
    )
    given = parser.parse_args(arguments)
    figures = measure(first_laws(given.file, given.articles), given.keep)
    print(
        f"{figures.documents} documents, {figures.articles} articles ({figures.stored_articles} found again, "
        f"{figures.failed} files failed)\n{figures.seconds} s: {figures.per_second:.0f} articles/s read, parsed and "
        f"stored; {figures.cpu_seconds} s of processor time ({figures.articles / figures.cpu_seconds:.0f} articles/s a core)\n"
        f"{figures.memory_peak} MB resident at most, all processes together"
    )


if __name__ == "__main__":
    main()
