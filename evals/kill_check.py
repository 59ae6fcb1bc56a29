"""Does an ingest that is killed again and again end as an undisturbed one? `python -m evals.kill_check PHAPDIEN_JSONL_GZ`.

The same documents are ingested twice by the real command: once in peace, once killed (SIGKILL) at random moments and
started again. Then all tables, ordered by their keys and without times of the clock, and the answers to the same
questions with their citations have to be equal. Exit code 1 where they are not. Small in the suite: tests/test_resume.py.
"""

import argparse
import hashlib
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import DateTime, create_engine, select

from bot.desk import HelpDesk
from corpus.store import Corpus
from corpus.tables import Base
from evals.ingest_bench import CCHC, environment, first_laws, write_laws
from evals.law_bench import Law
from settings import Settings, load_settings

_QUESTIONS = 20
#: A law of more characters would make a run with an embedder long; the shortest laws are taken there.
_EMBEDDED_MAX = 20_000


@dataclass(frozen=True, slots=True)
class Kill:
    """One run that was killed."""

    after: float  # seconds
    files: int  # that were recorded by then, of this run and those before


@dataclass(frozen=True, slots=True)
class Verdict:
    seconds: float  # of the undisturbed run
    kills: tuple[Kill, ...]
    rows: dict[str, int]  # of each table, in the undisturbed run
    differing: tuple[str, ...]  # tables, and questions, that came out otherwise
    cited: int  # questions answered with citations


def check(
    folder: Path, home: Path, questions: Sequence[str], embedder: str, kills: int, chance: random.Random
) -> Verdict:
    """Both runs over the files of `folder`, in data folders below `home`."""
    calm, rough = home / "undisturbed", home / "disturbed"
    began = time.monotonic()
    _start(folder, calm, embedder).wait()
    lasted = time.monotonic() - began
    moments = sorted(chance.uniform(0.05, 0.95) * lasted for _ in range(kills))
    died: list[Kill] = []
    for before, moment in zip([0.0, *moments], moments, strict=False):
        # a run has to start again and look at what is there before it goes on
        after = moment - before + min(2.0, 0.2 * lasted)
        run = _start(folder, rough, embedder)
        time.sleep(after)
        if run.poll() is None:
            run.send_signal(signal.SIGKILL)
            died.append(Kill(round(after, 1), _recorded(rough)))
        run.wait()
    _start(folder, rough, embedder).wait()
    expected, found = dump(_settings(calm, embedder)), dump(_settings(rough, embedder))
    differing = [name for name in expected if expected[name] != found.get(name)]
    asked, again = _cited(calm, embedder, questions), _cited(rough, embedder, questions)
    differing += [
        question for question, one, other in zip(questions, asked, again, strict=True) if one != other
    ]
    return Verdict(
        round(lasted, 1), tuple(died), {name: len(rows) for name, rows in expected.items()}, tuple(differing),
        sum(bool(citations) for _, citations in asked),
    )  # fmt: skip


def dump(settings: Settings) -> dict[str, list[tuple[object, ...]]]:
    """All rows of all tables by their keys, without columns that hold a time of the clock; bytes by their digest."""
    engine = create_engine(settings.dsn)
    with engine.connect() as connection:
        tables = {
            table.name: [
                tuple(hashlib.sha256(v).hexdigest() if isinstance(v, bytes) else v for v in row)
                for row in connection.execute(
                    select(*(column for column in table.columns if not isinstance(column.type, DateTime)))
                    .order_by(*table.primary_key.columns)
                )
            ]
            for table in Base.metadata.sorted_tables
        }  # fmt: skip
    engine.dispose()
    return tables


def _settings(data: Path, embedder: str) -> Settings:
    return load_settings(data_dir=data, database_url=None, embedder=embedder)


def _start(folder: Path, data: Path, embedder: str) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [*CCHC, "ingest", str(folder)],
        env=environment(data, embedder),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def _recorded(data: Path) -> int:
    if not (data / "corpus.db").exists():
        return 0
    with Corpus.open(_settings(data, "off").dsn) as corpus:
        return len(corpus.files())


def _cited(data: Path, embedder: str, questions: Sequence[str]) -> list[tuple[str, list[str]]]:
    desk = HelpDesk.open(_settings(data, embedder))
    try:
        answers = [desk.ask(question) for question in questions]
    finally:
        desk.close()
    return [(one.status.value, [citation.model_dump_json() for citation in one.citations]) for one in answers]


def questions_about(laws: Sequence[Law], chance: random.Random) -> list[str]:
    """Questions that articles of the laws answer, as somebody would ask who knows their headings."""
    headings = [
        f"{law.header.kind} {law.header.number} quy định gì về {article.heading.lower()}?"
        for law in laws
        for article in law.articles
        if article.heading and law.header.number
    ]
    return chance.sample(headings, min(_QUESTIONS, len(headings)))


def main(arguments: Sequence[str] | None = None) -> int:
    """The command; gives its exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path, help="phapdien.jsonl.gz")
    parser.add_argument("--documents", type=int, default=2000)
    parser.add_argument(
        "--embedder", default="off", help="as CCHC_EMBEDDER; the shortest laws are taken with one"
    )
    parser.add_argument("--kills", type=int, default=5)
    parser.add_argument("--seed", type=int, default=905)
    given = parser.parse_args(arguments)
    chance = random.Random(given.seed)
    laws = first_laws(given.file, None)
    if given.embedder != "off":
        laws = [law for law in laws if len(law.text) < _EMBEDDED_MAX]
    laws = laws[: given.documents]
    with tempfile.TemporaryDirectory(prefix="cchc-kill-") as home:
        folder = Path(home) / "van-ban"
        folder.mkdir()
        write_laws(laws, folder)
        verdict = check(
            folder, Path(home), questions_about(laws, chance), given.embedder, given.kills, chance
        )
    print(f"{len(laws)} documents, embedder {given.embedder}; undisturbed: {verdict.seconds} s")
    for kill in verdict.kills:
        print(f"killed after {kill.after} s, {kill.files} of {len(laws)} files recorded")
    print("rows: " + ", ".join(f"{name} {count}" for name, count in verdict.rows.items()))
    print(f"{verdict.cited} of {min(_QUESTIONS, len(laws))} questions answered with citations")
    print(
        "DIFFERENT: " + "; ".join(verdict.differing)
        if verdict.differing
        else "equal: all tables, all citations"
    )
    return 1 if verdict.differing or not verdict.kills else 0


if __name__ == "__main__":
    sys.exit(main())
