"""The doctor: what it finds wrong, the command it names, and that it finds a healthy desk healthy."""

import json
import shutil
import sqlite3
from collections.abc import Sequence
from pathlib import Path

import pytest
from chat_server import Said, chatting
from conftest import Run
from held_people import people_in, refusal
from own_port import own_port

import doctor
from corpus.store import Corpus
from doctor import Check, State, diagnose, examine, report
from index.embedding import MODELS, load_embedder
from index.generation import GENERATIONS, VECTORS, current_id
from index.publishing import publish
from ingest.pipeline import ingest
from settings import Settings


@pytest.fixture
def desk(sample_desk_settings: Settings, tmp_path: Path) -> Settings:
    """A healthy desk of its own, to be broken."""
    return Settings(data_dir=shutil.copytree(sample_desk_settings.data_dir, tmp_path / "kho"))


def state(checks: Sequence[Check], name: str) -> State:
    return next(check.state for check in checks if check.name == name)


def text(checks: Sequence[Check], name: str) -> str:
    """The words of a check with its cure."""
    return next(f"{check.text} {check.cure}" for check in checks if check.name == name)


def test_a_healthy_desk_passes_every_check(desk: Settings) -> None:
    checks = examine(desk)
    others = {"disk", "ocr", "old_word"}  # the disk and the machine's programs are not ours
    assert {check.state for check in checks if check.name not in others} == {State.OK}
    names = [check.name for check in checks]
    assert names == [
        "settings",
        "data",
        "disk",
        "database",
        "documents",
        "files",
        "model",
        "index",
        "llm",
        "ocr",
        "old_word",
        "extras",
    ]
    assert "24 văn bản" in text(checks, "documents")
    assert "Sẵn sàng" in report(checks)


def test_without_data_it_says_how_to_feed_the_desk_and_leaves_no_trace(tmp_path: Path) -> None:
    checks = examine(Settings(data_dir=tmp_path / "chua-co", embedder="off"))
    assert state(checks, "database") is State.FAILED
    assert "cchc ingest --samples" in text(checks, "database")
    assert "Chưa trả lời được" in report(checks)
    assert not (tmp_path / "chua-co").exists()


def test_an_empty_corpus_answers_nothing(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "kho", embedder="off")
    Corpus.open(settings.dsn).close()
    checks = examine(settings)
    assert state(checks, "documents") is State.FAILED
    assert state(checks, "index") is State.FAILED and "cchc index" in text(checks, "index")


def generation(settings: Settings) -> Path:
    return settings.index_dir / GENERATIONS / str(current_id(settings.index_dir))


@pytest.mark.parametrize("name", [VECTORS, "segments.db", "manifest.json"])
def test_a_cut_off_index_file_is_found_and_cured_by_the_command_it_names(
    desk: Settings, name: str, run_cchc: Run
) -> None:
    file = generation(desk) / name
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
    checks = examine(desk)
    assert state(checks, "index") is State.FAILED
    assert name in text(checks, "index") and "cchc index" in text(checks, "index")
    if name == VECTORS:
        assert run_cchc("index", data=desk.data_dir).returncode == 0
        assert state(examine(desk), "index") is State.OK


def test_an_index_of_another_embedder_is_found(desk: Settings) -> None:
    with Corpus.open(desk.dsn) as corpus:
        publish(corpus, desk.model_copy(update={"embedder": "off"}), None)
    checks = examine(desk)
    assert state(checks, "model") is State.OK
    assert state(checks, "index") is State.FAILED
    assert "cchc index" in text(checks, "index")


def test_a_damaged_model_is_found(desk: Settings, tmp_path: Path) -> None:
    folder = shutil.copytree(MODELS / "e5-small-vi-law", tmp_path / "mo-hinh")
    copied = desk.model_copy(update={"embedder": str(folder)})
    assert state(examine(copied), "model") is State.OK
    with (folder / "model.onnx").open("r+b") as model:
        model.seek(1000)
        model.write(b"\0hong\0")
    checks = examine(copied)
    assert state(checks, "model") is State.FAILED and "model.onnx" in text(checks, "model")
    assert state(checks, "index") is State.OK  # the index itself is whole


def test_documents_that_came_after_the_index_are_a_warning(desk: Settings, tmp_path: Path) -> None:
    (tmp_path / "moi").mkdir()
    (tmp_path / "moi" / "moi.txt").write_text(
        "BỘ NỘI VỤ\nSố: 77/QĐ-BNV\nHà Nội, ngày 02 tháng 3 năm 2026\n\nQUYẾT ĐỊNH\nVề việc thử\n\n"
        "Điều 1. Nội dung\nThử nghiệm kho văn bản.\n",
        "utf-8",
    )
    (tmp_path / "moi" / "hong.pdf").write_bytes(b"%PDF-1.7 hong")
    with Corpus.open(desk.dsn) as corpus:
        ingest([tmp_path / "moi"], corpus, desk)
    checks = examine(desk)
    assert state(checks, "index") is State.WARNING and "cchc index" in text(checks, "index")
    assert state(checks, "files") is State.WARNING
    assert "1 tệp" in text(checks, "files") and "cchc ingest --failed" in text(checks, "files")
    assert "Sẵn sàng" in report(checks)
    with Corpus.open(desk.dsn) as corpus:
        publish(corpus, desk, load_embedder(desk))
    assert state(examine(desk), "index") is State.OK


def test_a_folder_that_cannot_be_written_is_found(tmp_path: Path) -> None:
    (tmp_path / "kho").write_text("a file stands where the folder should be")
    checks = examine(Settings(data_dir=tmp_path / "kho", embedder="off"))
    assert state(checks, "data") is State.FAILED
    assert "CCHC_DATA_DIR" in text(checks, "data")


def test_a_database_that_is_none_is_a_message(tmp_path: Path) -> None:
    (tmp_path / "corpus.db").write_text("this was a database once")
    checks = examine(Settings(data_dir=tmp_path, embedder="off"))
    assert state(checks, "database") is State.FAILED
    assert "bản sao lưu" in text(checks, "database")


def test_a_database_of_a_newer_version_is_a_message(desk: Settings) -> None:
    with sqlite3.connect(desk.data_dir / "corpus.db") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    assert "phiên bản mới hơn" in text(examine(desk), "database")


def test_little_room_on_the_disk_is_a_warning(desk: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "LOW_DISK", shutil.disk_usage(desk.data_dir).total * 2)
    checks = examine(desk)
    assert state(checks, "disk") is State.WARNING
    assert "Sẵn sàng" in report(checks)


def test_a_wrong_setting_is_all_it_can_say(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CCHC_COLOUR", "red")
    (only,) = diagnose()
    assert only.failed and "CCHC_COLOUR" in only.text


def test_every_failure_names_a_cure(tmp_path: Path) -> None:
    (tmp_path / "model.onnx").touch()
    checks = examine(Settings(data_dir=tmp_path / "none", embedder=str(tmp_path)))
    failed = [check for check in checks if check.failed]
    assert {check.name for check in failed} == {"database", "model"}
    assert all(check.cure or "CCHC_EMBEDDER" in check.text for check in failed)


def test_no_secret_is_printed(run_cchc: Run, tmp_path: Path) -> None:
    for url in ("postgresql://cchc:bi-mat@127.0.0.1:1/cchc", "bi-mat"):
        for words in (["doctor"], ["ask", "Câu hỏi?"]):
            said = run_cchc(*words, data=tmp_path, env={"CCHC_DATABASE_URL": url, "CCHC_EMBEDDER": "off"})
            assert said.returncode == 1
            assert "bi-mat" not in said.stdout + said.stderr
            assert "Traceback" not in said.stderr


def test_the_command_prints_a_line_per_check_and_its_exit_code_says_whether_questions_are_answered(
    run_cchc: Run, sample_desk_settings: Settings, tmp_path: Path
) -> None:
    healthy = run_cchc("doctor", data=sample_desk_settings.data_dir)
    assert healthy.returncode == 0
    assert healthy.stdout.count("✓") >= 8 and "✗" not in healthy.stdout
    sick = run_cchc("doctor", "--json", data=tmp_path / "none", env={"CCHC_EMBEDDER": "off"})
    assert sick.returncode == 1
    said = json.loads(sick.stdout)
    assert said["healthy"] is False
    assert {"name", "state", "text", "cure"} == set(said["checks"][0])


def test_old_word_files_need_a_program_only_where_they_are_older_than_word_97(
    desk: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    check = next(check for check in examine(desk) if check.name == "old_word")
    assert check.state is State.WARNING and "antiword" in check.cure
    tool = tmp_path / "catdoc"
    tool.write_text("#!/bin/sh\n", encoding="utf-8")
    tool.chmod(0o755)
    assert next(check for check in examine(desk) if check.name == "old_word").state is State.OK


def llm(url: str, **more: object) -> Check:
    settings = Settings(embedder="off", llm_url=url, llm_model="mo-hinh-x", **more)  # type: ignore[arg-type]
    return next(check for check in examine(settings) if check.name == "llm")


def test_without_a_language_model_it_says_that_nothing_leaves_the_machine() -> None:
    check = llm("")
    assert check.state is State.OK and "không có gì gửi ra khỏi máy" in check.text


def test_with_a_language_model_it_says_what_is_sent_where_and_that_it_answers() -> None:
    with chatting(Said('{"ok": true}')) as (url, heard):
        check = llm(url, llm_key="khoa-bi-mat")
    assert check.state is State.OK
    assert all(
        words in check.text
        for words in ("mo-hinh-x", "127.0.0.1", "đã che", "các đoạn trích", "ngoài ra không gửi")
    )
    assert len(heard) == 1 and "khoa-bi-mat" not in check.text


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (Said(status=401), "HTTP 401"),
        (Said(body=b"<html></html>"), "không"),
        (Said(after_s=30), "quá thời gian"),
        (None, "không nối được"),
    ],
)
def test_a_language_model_that_cannot_be_used_is_a_warning_that_says_why(said: Said | None, why: str) -> None:
    if said is None:
        with own_port() as port:  # nobody listens
            check = llm(f"http://127.0.0.1:{port}/v1")
    else:
        with chatting(said) as (url, _):
            check = llm(url, llm_key="khoa-bi-mat", llm_deadline_s=1)
    assert check.state is State.WARNING and why in check.text and "CCHC_LLM" in check.cure
    assert "khoa-bi-mat" not in check.text + check.cure


def test_a_missing_package_for_the_language_model_names_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("bot.llm._PACKAGE", "khong_co_goi_nay")
    check = llm("http://127.0.0.1:9/v1")  # not even asked
    assert check.state is State.WARNING and "pip install" in check.cure and "llm" in check.cure


def test_the_key_of_the_language_model_is_never_printed(run_cchc: Run, tmp_path: Path) -> None:
    with own_port() as port:
        env = {
            "CCHC_LLM_URL": f"http://127.0.0.1:{port}/v1",
            "CCHC_LLM_MODEL": "m",
            "CCHC_LLM_KEY": "bi-mat",
            "CCHC_EMBEDDER": "off",
        }
        for words in (["doctor"], ["doctor", "--json"], ["ask", "Câu hỏi?"]):
            said = run_cchc(*words, data=tmp_path, env=env)
            assert "bi-mat" not in said.stdout + said.stderr and "Traceback" not in said.stderr


def test_questions_that_wait_for_a_person_are_named_and_a_broken_store_fails(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, embedder="off")
    assert "people" not in [check.name for check in examine(settings)]
    with people_in(tmp_path) as people:
        people.remember(people.asker("web", ""), "", "Phí là bao nhiêu?", refusal())
    checks = examine(settings)
    assert state(checks, "people") is State.OK
    assert "1 câu hỏi" in text(checks, "people") and "cchc questions --open" in text(checks, "people")
    (tmp_path / "people.db-wal").unlink(missing_ok=True)
    (tmp_path / "people.db").write_bytes(b"no database" * 1000)
    assert state(examine(settings), "people") is State.FAILED
