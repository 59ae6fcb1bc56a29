"""`cchc eval …` as an evaluator runs it: real processes, real folders, a real server."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import Run
from small_desk import TODAY
from web_server import running

from bot.desk import HelpDesk
from corpus.store import Corpus
from index.search import open_current
from settings import Settings

ROOT = Path(__file__).resolve().parents[1]
SUITE = ROOT / "evals" / "suites" / "samples.jsonl"
SAMPLES = ROOT / "corpus" / "samples"
DAY = ("--today", TODAY.isoformat())


def read(file: Path) -> dict[str, Any]:
    return dict(json.loads(file.read_text("utf-8")))


def short_suite(folder: Path, kinds: set[str]) -> Path:
    file = folder / "short.jsonl"
    lines = [line for line in SUITE.read_text("utf-8").splitlines() if json.loads(line)["kind"] in kinds]
    file.write_text("\n".join(lines), "utf-8")
    return file


@pytest.fixture(scope="module")
def run_folder(tmp_path_factory: pytest.TempPathFactory, run_cchc: Run) -> Iterator[tuple[Path, str]]:
    """A whole run over the sample documents, read into a throw-away database, with peers and a perturbation."""
    home = tmp_path_factory.mktemp("run")
    folder = home / "van-ban"
    folder.mkdir()
    for file in SAMPLES.iterdir():
        (folder / file.name).write_bytes(file.read_bytes())
    (folder / "hong.pdf").write_bytes(b"%PDF-1.7 broken")
    out = home / "ket-qua"
    run = run_cchc(
        "eval", "answers", str(SUITE), "--documents", str(folder), "--out", str(out), *DAY,
        "--perturb", "nfd", "--against", "naive", "--against", "bm25",
        data=home / "data",
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    yield out, run.stdout


def test_a_run_leaves_a_summary_rows_and_a_report_of_one_file(run_folder: tuple[Path, str]) -> None:
    out, said = run_folder
    summary = read(out / "summary.json")
    rows = [json.loads(line) for line in (out / "rows.jsonl").read_text("utf-8").splitlines()]
    count = len(SUITE.read_text("utf-8").splitlines())
    assert summary["rows"] == count and summary["run"]["today"] == "2026-11-22"
    assert set(summary["systems"]) == {"ours", "naive", "bm25"}
    assert set(summary["systems"]["ours"]["perturbed"]) == {"nfd"}
    assert len(rows) == count * 3 * 2
    assert "http://" not in (out / "report.html").read_text("utf-8").replace("http://www.w3.org", "")
    assert "facts_all" in said and "report.html" in said


def test_files_that_cannot_be_read_are_listed_and_do_not_stop_the_run(run_folder: tuple[Path, str]) -> None:
    unreadable = read(run_folder[0] / "summary.json")["run"]["unreadable"]
    assert [one["file"] for one in unreadable] == ["hong.pdf"] and unreadable[0]["reason"]
    assert "hong.pdf" in (run_folder[0] / "report.html").read_text("utf-8")


def test_ours_is_better_than_what_one_would_put_together(run_folder: tuple[Path, str]) -> None:
    minus = read(run_folder[0] / "summary.json")["ours_minus"]
    assert minus["naive"]["facts_all"]["value"] > 0 and minus["bm25"]["facts_all"]["value"] > 0
    assert minus["naive"]["answered_wrongly"]["high"] < 0


def test_composition_of_letters_changes_no_answer(run_folder: tuple[Path, str]) -> None:
    drop = read(run_folder[0] / "summary.json")["systems"]["ours"]["perturbed"]["nfd"]
    assert drop["changed"] > 50 and drop["drop"]["facts_all"]["value"] == 0


def test_a_run_is_scored_again_without_asking(
    run_folder: tuple[Path, str], tmp_path: Path, run_cchc: Run
) -> None:
    out, _ = run_folder
    copy = tmp_path / "copy"
    copy.mkdir()
    for file in out.iterdir():
        (copy / file.name).write_bytes(file.read_bytes())
    assert run_cchc("eval", "rescore", str(copy), data=tmp_path).returncode == 0
    assert read(copy / "summary.json") == read(out / "summary.json")
    # a row whose facts nobody can meet makes the figure fall
    rows = [json.loads(line) for line in SUITE.read_text("utf-8").splitlines()]
    changed = tmp_path / "changed.jsonl"
    changed.write_text(
        "\n".join(json.dumps(row | ({"facts": [["xyzzy"]]} if row["facts"] else {})) for row in rows), "utf-8"
    )
    assert run_cchc("eval", "rescore", str(copy), "--suite", str(changed), data=tmp_path).returncode == 0
    assert read(copy / "summary.json")["systems"]["ours"]["overall"]["facts_all"]["value"] == 0
    diff = run_cchc("eval", "diff", str(out), str(copy), data=tmp_path)
    assert diff.returncode == 0 and "facts_all" in diff.stdout and "sample-001" in diff.stdout


def test_the_gate_says_which_bound_is_broken(
    run_folder: tuple[Path, str], run_cchc: Run, tmp_path: Path
) -> None:
    file = str(run_folder[0] / "summary.json")
    good = run_cchc(
        "eval", "gate", file, "--floor", "facts_all=0.5", "--ceiling", "unsupported_numbers=0", data=tmp_path
    )
    assert good.returncode == 0, good.stdout
    bad = run_cchc(
        "eval", "gate", file, "--floor", "facts_all=1.01", "--floor", "quote_fidelity=1", data=tmp_path
    )
    assert bad.returncode == 1 and "facts_all" in bad.stdout and "quote_fidelity" not in bad.stdout
    unknown = run_cchc("eval", "gate", file, "--floor", "facts=0.5", data=tmp_path)
    assert unknown.returncode == 2 and "facts_all" in unknown.stderr


def test_a_running_server_gives_the_same_figures_as_the_desk_here(
    sample_desk_settings: Settings, tmp_path: Path, run_cchc: Run
) -> None:
    suite = short_suite(tmp_path, {"deadline", "number", "smalltalk"})
    data = sample_desk_settings.data_dir
    settings = sample_desk_settings
    desk = HelpDesk(Corpus.open(settings.dsn), open_current(settings), settings, today=lambda: TODAY)
    with running(desk, settings) as url:
        over = run_cchc(
            "eval", "answers", str(suite), "--url", url, *DAY, "--out", str(tmp_path / "http"), data=data
        )
    desk.close()
    here = run_cchc("eval", "answers", str(suite), *DAY, "--out", str(tmp_path / "here"), data=data)
    assert over.returncode == here.returncode == 0, over.stderr + here.stderr
    figures = [
        {
            k: v
            for k, v in read(tmp_path / run / "summary.json")["systems"]["ours"]["overall"].items()
            if "latency" not in k
        }
        for run in ("http", "here")
    ]
    assert figures[0] == figures[1] and figures[0]["quote_fidelity"]["value"] == 1
    assert read(tmp_path / "http" / "summary.json")["run"]["deployment"]["url"] == url


def test_a_wrong_suite_ends_with_what_is_wrong_before_anything_is_asked(
    tmp_path: Path, run_cchc: Run
) -> None:
    bad = tmp_path / "bad.jsonl"
    bad.write_text('{"id": "x-1", "question": "?", "kind": "fact", "expect": "maybe"}', "utf-8")
    run = run_cchc("eval", "answers", str(bad), "--documents", str(SAMPLES), data=tmp_path)
    assert run.returncode == 2 and "x-1" in run.stderr and "expect" in run.stderr
    assert not (tmp_path / "evals").exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--perturb", "rot13"), "no-diacritics"),
        (("--against", "gpt"), "bm25"),
        (("--today", "22/11/2026"), "2026-11-22"),
        (("--url", "http://127.0.0.1:9"), "127.0.0.1:9"),
        (("--documents", "khong-co"), "khong-co"),
        (("--judge-url", "http://127.0.0.1:9/v1"), "--judge-model"),
    ],
)
def test_wrong_options_say_what_to_do(
    words: tuple[str, ...], said: str, tmp_path: Path, run_cchc: Run
) -> None:
    run = run_cchc("eval", "answers", str(SUITE), *words, data=tmp_path)
    assert run.returncode == 2 and said in run.stderr and "Traceback" not in run.stderr
