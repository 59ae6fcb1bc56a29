"""`cchc ask` and `cchc chat`: real processes over the sample documents."""

import json
from pathlib import Path
from typing import Any

import pytest
from conftest import Run

from settings import Settings

QUESTION = "Sáu nội dung cải cách hành chính giai đoạn 2021-2030 là gì?"


@pytest.fixture(scope="module")
def data(sample_desk_settings: Settings) -> Path:
    return sample_desk_settings.data_dir


def asked(run_cchc: Run, data: Path, *words: str) -> dict[str, Any]:
    run = run_cchc("ask", "--json", *words, data=data)
    assert run.returncode == 0, run.stderr
    answer: dict[str, Any] = json.loads(run.stdout)
    return answer


def test_json_is_all_of_stdout_and_has_exactly_the_keys_of_the_contract(run_cchc: Run, data: Path) -> None:
    answer = asked(run_cchc, data, QUESTION, "--as-of", "2026-03-01")
    assert set(answer) == {
        "status", "composer", "text", "notice", "citations", "nearest", "suggestions", "confidence", "as_of",
        "timings", "id",
    }  # fmt: skip
    assert (answer["status"], answer["composer"], answer["as_of"]) == ("answered", "extractive", "2026-03-01")
    assert answer["text"] and answer["notice"] and answer["timings"]["total"] > 0
    assert 0 < answer["confidence"] <= 1
    (first, *_) = answer["citations"]
    assert set(first) == {"document", "file", "provision", "path", "quote", "span", "page", "url"}
    assert set(first["document"]) == {
        "id", "number", "kind", "issuer", "issued_on", "title", "authority", "validity",
    }  # fmt: skip
    assert set(first["document"]["validity"]) == {
        "status", "label", "on", "since", "by", "check", "corrected",
    }  # fmt: skip
    assert first["document"]["number"] == "76/NQ-CP"
    assert first["file"] == "76-NQ-CP.md"
    assert first["url"].startswith(f"/documents/{first['document']['id']}")
    start, end = first["span"]
    assert end - start == len(first["quote"])


def test_the_answer_is_printed_with_its_source_and_that_a_machine_wrote_it(run_cchc: Run, data: Path) -> None:
    run = run_cchc("ask", QUESTION, data=data)
    assert run.returncode == 0 and not run.stderr
    text, _, rest = run.stdout.partition("\nNguồn:\n")
    assert "cải cách thể chế" in text
    assert "[1] " in rest and "Nghị quyết 76/NQ-CP" in rest
    assert "máy tự động" in rest


def test_the_day_asked_about_decides_what_is_in_force(run_cchc: Run, data: Path) -> None:
    question = "Nghị định 61/2018/NĐ-CP còn hiệu lực không?"
    before = asked(run_cchc, data, question, "--as-of", "2019-01-01")
    after = asked(run_cchc, data, question, "--as-of", "2026-01-01")
    assert before["as_of"] == "2019-01-01" and "118/2025" not in before["text"]
    assert "118/2025/NĐ-CP" in after["text"] and "hết hiệu lực" in after["text"]


def test_a_follow_up_is_understood_from_the_history(run_cchc: Run, data: Path) -> None:
    history = ("--history", "Nghị định 61/2018/NĐ-CP quy định gì?")
    follow_up = "Văn bản này còn hiệu lực không?"
    answer = asked(run_cchc, data, follow_up, *history)
    assert "61/2018/NĐ-CP" in answer["text"]
    assert asked(run_cchc, data, follow_up)["text"] != answer["text"]


@pytest.mark.parametrize("question", ["", "   ", "?" * 3])
def test_an_empty_question_gets_a_sentence_and_not_an_error(question: str, run_cchc: Run, data: Path) -> None:
    answer = asked(run_cchc, data, question)
    assert answer["status"] in ("clarify", "no_evidence", "out_of_scope") and not answer["citations"]
    assert answer["text"].strip()


def test_a_question_of_5000_characters_is_told_the_limit(run_cchc: Run, data: Path) -> None:
    answer = asked(run_cchc, data, "Thủ tục hành chính là gì? " * 193)
    assert not answer["citations"]
    assert "2000" in answer["text"].replace(".", "") and "ký tự" in answer["text"]


def test_what_is_off_the_subject_has_no_answer_and_is_no_failure(run_cchc: Run, data: Path) -> None:
    answer = asked(run_cchc, data, "Cách nấu phở bò Nam Định ngon nhất?")
    assert answer["status"] in ("no_evidence", "out_of_scope") and not answer["citations"]


def test_a_question_that_looks_like_an_option_can_be_asked(run_cchc: Run, data: Path) -> None:
    assert asked(run_cchc, data, "--", "--samples là gì?")["text"]


def test_without_an_index_the_command_to_run_is_named(run_cchc: Run, tmp_path: Path) -> None:
    run = run_cchc("ask", "--json", QUESTION, data=tmp_path / "kho")
    assert run.returncode == 1
    assert not run.stdout
    assert "cchc ingest" in run.stderr and "Traceback" not in run.stderr


@pytest.mark.parametrize("day", ["01/07/2025", "2025-02-30", "hôm qua"])
def test_a_day_that_is_none_is_wrong_use(day: str, run_cchc: Run, data: Path) -> None:
    run = run_cchc("ask", "--json", QUESTION, "--as-of", day, data=data)
    assert run.returncode == 2
    assert day in run.stderr and "2025-07-01" in run.stderr and not run.stdout


def test_an_index_of_another_model_is_said_with_its_cure(
    run_cchc: Run, sample_desk_settings: Settings, tmp_path: Path
) -> None:
    run_cchc("ingest", "--samples", data=tmp_path / "kho", env={"CCHC_EMBEDDER": "off"})
    run = run_cchc("ask", QUESTION, data=tmp_path / "kho")
    assert run.returncode == 1 and "cchc index" in run.stderr


def test_chat_answers_line_by_line_and_keeps_the_conversation(run_cchc: Run, data: Path) -> None:
    lines = "Nghị định 61/2018/NĐ-CP quy định gì?\n\nVăn bản này còn hiệu lực không?\nthoát\nkhông hỏi nữa\n"
    run = run_cchc("chat", data=data, stdin=lines)
    assert run.returncode == 0 and not run.stderr
    assert run.stdout.count("máy tự động") == 2  # the empty line and what follows “thoát” are not asked
    assert "61/2018/NĐ-CP" in run.stdout.split("máy tự động")[1]


def test_chat_ends_with_its_input(run_cchc: Run, data: Path) -> None:
    assert run_cchc("chat", data=data, stdin="Xin chào\n").returncode == 0


def test_asking_loads_no_package_it_does_not_need(run_cchc: Run, data: Path) -> None:
    """The shell's answer must not wait for torch, the web server or a word segmenter: 3 seconds are the limit."""
    run = run_cchc("ask", QUESTION, data=data, env={"PYTHONPROFILEIMPORTTIME": "1"})
    assert run.returncode == 0
    loaded = {line.rpartition("|")[2].strip().partition(".")[0] for line in run.stderr.splitlines()}
    assert {"bot", "index", "corpus"} <= loaded
    heavy = {
        "torch",
        "transformers",
        "sentence_transformers",
        "underthesea",
        "langchain",
        "fastapi",
        "uvicorn",
        "telegram",
    }
    assert not heavy & loaded
