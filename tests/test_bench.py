"""`cchc bench`: a real server over the sample documents, measured for a short while."""

import contextlib
import json
from dataclasses import replace
from pathlib import Path

import pytest
from conftest import Run

from evals.load_bench import Load, Shift, load_report
from evals.serving_bench import QUESTIONS, BenchError, Figures, read_questions, report
from settings import Settings

PROC = Path("/proc")


def processes_over(data: Path) -> list[str]:
    """Processes of this machine whose setting names the data folder."""
    found = []
    for process in PROC.glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if f"CCHC_DATA_DIR={data}\0".encode() in (process / "environ").read_bytes():
                found.append(process.name)
    return found


def test_gives_times_rate_memory_and_leaves_no_server_behind(
    run_cchc: Run, sample_desk_settings: Settings
) -> None:
    run = run_cchc("bench", "--seconds", "2", "--clients", "2", "--json", data=sample_desk_settings.data_dir)
    assert run.returncode == 0, run.stderr
    figures = Figures(**json.loads(run.stdout))
    assert figures.errors == 0 and figures.answers > 2
    assert figures.answers == sum(figures.statuses.values())
    assert figures.statuses["answered"] > 0
    assert 2 <= figures.seconds < 30
    assert figures.per_second == pytest.approx(figures.answers / figures.seconds, rel=0.02)
    assert figures.p50 and figures.p95 and figures.p99
    assert 0 < figures.p50 <= figures.p95 <= figures.p99
    assert 0.3 < figures.cold_seconds < 30
    if PROC.is_dir():
        assert figures.memory and figures.memory_peak
        assert 50 < figures.memory <= figures.memory_peak < 2000
        assert not processes_over(sample_desk_settings.data_dir)


def test_load_measures_an_ordinary_day_a_crowd_and_people_who_leave(
    run_cchc: Run, sample_desk_settings: Settings
) -> None:
    words = [
        "--load",
        "--people",
        "4",
        "--every",
        "1",
        "--seconds",
        "3",
        "--crowd",
        "60",
        "--crowd-seconds",
        "4",
        "--json",
    ]
    run = run_cchc("bench", *words, data=sample_desk_settings.data_dir)
    assert run.returncode == 0, run.stdout + run.stderr
    load = json.loads(run.stdout)
    usual, crowd = load["usual"], load["crowd"]
    assert usual["people"] == 4 and 8 <= usual["answered"] <= 12
    assert not usual["errors"] and not usual["refused"]
    assert 0 < usual["p50"] <= usual["p95"] <= usual["p99"]
    # 240 a second are far more than two cores answer
    assert crowd["people"] == 240 and crowd["refused"] > crowd["answered"] > 0 and not crowd["errors"]
    # on a machine with other work to do as well; the figures that count are measured on a quiet one
    assert crowd["refusal_p95"] < 10_000 and load["alive"] < 10_000
    if PROC.is_dir():
        assert load["left_cpu"] < load["answer_cpu"]
        assert load["memory_end"] < 1.5 * load["memory_start"]
        assert not processes_over(sample_desk_settings.data_dir)


def test_the_report_of_a_load_names_every_figure_and_what_failed() -> None:
    usual = Shift(50, 120, 1200, 0, {}, 81.2, 150.7, 201.4, None)
    crowd = Shift(1000, 30, 300, 5700, {"HTTP 500": 2}, 1900.0, 2400.0, 2500.0, 61.5)
    load = Load(
        usual, crowd, alive=99.4, recovered_seconds=1.25, left=30, left_cpu=6.1, answer_cpu=57.3,
        after_leaving=120.4, memory_start=345.0, memory_usual=415.0, memory_end=429.0,
    )  # fmt: skip
    said = load_report(load)
    for words in (
        "50 người, 120 giây: 1200 câu trả lời, 0 lần hẹn lại, lỗi: 0",
        "p50 81 ms, p95 151 ms, p99 201 ms",
        "5700 lần hẹn lại, lỗi: HTTP 500 2",
        "hẹn lại: p95 62 ms",
        "99 ms",
        "sau 1.2 giây",
        "bỏ đi: 6 ms",
        "345 MB, sau ngày thường 415 MB, cuối cùng 429 MB",
    ):
        assert words in said, said
    assert load.failed
    calm = replace(load, crowd=replace(crowd, errors={}))
    assert not calm.failed
    assert replace(calm, recovered_seconds=None).failed
    assert replace(calm, usual=replace(usual, refused=1)).failed


def test_without_an_index_it_says_what_to_run(run_cchc: Run, tmp_path: Path) -> None:
    run = run_cchc("bench", "--seconds", "1", data=tmp_path, env={"CCHC_EMBEDDER": "off"})
    assert run.returncode == 1
    assert "cchc ingest" in run.stderr and not run.stdout


def test_questions_come_from_a_file_one_a_line(tmp_path: Path) -> None:
    file = tmp_path / "hoi.txt"
    file.write_text("\ufeff# ghi chú\nCâu một?\n\n  Câu hai?  \n", "utf-8")
    assert read_questions(file) == ["Câu một?", "Câu hai?"]
    file.write_text("# chỉ có ghi chú\n", "utf-8")
    with pytest.raises(BenchError, match="không có câu hỏi"):
        read_questions(file)
    file.write_bytes(b"C\xe2u h\xecnh \xff")
    with pytest.raises(BenchError, match=r"hoi\.txt"):
        read_questions(file)


def test_questions_come_from_the_rows_of_a_bench_too(tmp_path: Path) -> None:
    file = tmp_path / "hoi.jsonl"
    file.write_text('{"id": "1", "text": "Câu một?"}\n{"question": "Câu hai?"}\n', "utf-8")
    assert read_questions(file) == ["Câu một?", "Câu hai?"]
    file.write_text('{"id": "1"}\n', "utf-8")
    with pytest.raises(BenchError, match="text"):
        read_questions(file)


def test_the_report_names_every_figure() -> None:
    figures = Figures(
        questions=16, clients=4, seconds=10.02, answers=400, errors=1, per_second=39.9, p50=81.2, p95=150.7,
        p99=201.4, statuses={"answered": 400, "error 503": 1}, memory=280.1, memory_peak=301.9, cold_seconds=1.67,
    )  # fmt: skip
    said = report(figures)
    for word in (
        "400",
        "39.9",
        "1 lỗi",
        "p50 81",
        "p95 151",
        "p99 201",
        "280 MB",
        "302 MB",
        "1.67",
        "error 503 1",
    ):
        assert word in said


def test_the_built_in_questions_are_all_different() -> None:
    assert len(set(QUESTIONS)) == len(QUESTIONS) >= 10
