"""A killed ingest ends as an undisturbed one: the small form of `python -m evals.kill_check`."""

import random
from pathlib import Path

from test_pipeline import decision
from test_sources import packed

from evals.kill_check import check, dump
from settings import Settings


def test_all_tables_and_citations_are_those_of_an_undisturbed_run(tmp_path: Path) -> None:
    folder = tmp_path / "van-ban"
    folder.mkdir()
    for n in range(1, 41):
        (folder / f"{n:02}.txt").write_text(decision(n, title=f"kho sách số {n}", rows=1 + n % 7))
    (folder / "ban-sao.txt").write_text(decision(3, title="kho sách số 3", rows=4))
    (folder / "rong.txt").write_bytes(b"")
    (folder / "goi.zip").write_bytes(packed(**{f"t{n}": decision(n) for n in range(50, 70)}))
    questions = [f"Quyết định {n}/QĐ-BNV quy định gì về gian thứ 1?" for n in (1, 7, 23, 61)]
    verdict = check(folder, tmp_path, questions, "off", 3, random.Random(905))
    assert verdict.kills and verdict.differing == ()
    assert verdict.rows["documents"] == 60 and verdict.cited == len(questions)


def test_the_check_would_notice_a_difference(tmp_path: Path) -> None:
    from corpus.store import Corpus

    options = [Settings(data_dir=tmp_path / name) for name in ("mot", "hai")]
    for at, one in enumerate(options):
        with Corpus.open(one.dsn) as corpus:
            corpus.record_failure("/r", "a.pdf", "", 1, 1, "broken", f"Hỏng {at}")
    first, second = map(dump, options)
    assert first["documents"] == second["documents"] and first["files"] != second["files"]
