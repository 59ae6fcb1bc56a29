"""The database under the people: migrations, several processes, restarts, and what lies on the disk in plain text."""

import stat
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from held_people import answer, bytes_of, people_in, refusal
from sqlalchemy import create_engine, inspect, text

from bot.people.store import SCHEMA, People
from bot.people.tables import Base
from corpus.database import CorpusError
from corpus.store import Corpus
from settings import Settings

ROOT = Path(__file__).resolve().parents[1]

WRITER = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from held_people import people_in, refusal
with people_in(Path(sys.argv[2])) as people:
    asker = people.asker("telegram", sys.argv[3])
    for count in range(40):
        people.remember(asker, "", f"câu {count}", refusal())
        if people.first_time(f"event {count}"):
            print("first")
print(people.asker("telegram", "one"))
"""


def writer(folder: Path, name: str) -> "subprocess.Popen[str]":
    command = [sys.executable, "-c", WRITER, str(ROOT / "tests"), str(folder), name]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT)


def test_two_processes_begin_and_write_at_once_and_nothing_is_lost(tmp_path: Path) -> None:
    both = [writer(tmp_path, name) for name in ("1", "2")]
    said = [one.communicate(timeout=240) for one in both]
    assert [one.returncode for one in both] == [0, 0], said
    lines = [line for out, _ in said for line in out.splitlines()]
    assert lines.count("first") == 40  # each event was new to one of them
    assert len(set(lines) - {"first"}) == 1  # both hash with the one salt
    with people_in(tmp_path) as people:
        assert [one.count for one in people.questions()] == [2] * 40


def test_a_restart_loses_nothing(tmp_path: Path) -> None:
    with people_in(tmp_path) as people:
        lan = people.asker("telegram", "1")
        id = people.remember(lan, "g", "câu", answer())
        people.first_time("e")
        people.post("telegram", "1", ["a", "b"], "e")
    with people_in(tmp_path) as people:
        assert people.asker("telegram", "1") == lan
        assert people.kept(id) is not None and people.conversation(lan, "g").history == ("câu",)
        assert not people.first_time("e")
        (waiting,) = people.due("telegram")
        assert (waiting.address, waiting.payload) == ("1", ["a", "b"])


def test_threads_share_one_store(tmp_path: Path) -> None:
    from concurrent.futures import ThreadPoolExecutor

    with people_in(tmp_path) as people, ThreadPoolExecutor(8) as pool:
        lan = people.asker("telegram", "1")
        ids = list(pool.map(lambda count: people.remember(lan, "", f"câu {count % 3}", refusal()), range(60)))
        firsts = list(pool.map(people.first_time, ["e"] * 20))
        assert len(set(ids)) == 60 and sum(firsts) == 1
        assert sorted(one.count for one in people.questions()) == [20, 20, 20]


SECRETS = (
    "8123456789", "-1009876", "chat-55501", "update-7781", "0912345678", "0912 345 678", "001085012345",
    "lan.nguyen@gmail.com", "19034567890123", "xin-chao-bong-bong",
)  # fmt: skip


def test_nothing_on_the_disk_names_a_person(tmp_path: Path) -> None:
    """Ids, numbers and addresses are looked for in the bytes of every file, the write-ahead log too."""
    with people_in(tmp_path) as people:
        lan = people.asker("telegram", "8123456789")
        people.first_time("update-7781")
        asked = (
            "Tôi là Lan, 0912 345 678, CCCD 001085012345, stk 19034567890123, lan.nguyen@gmail.com: thời hạn?"
        )
        id = people.remember(lan, "-1009876", asked, refusal(f"Không tìm thấy căn cứ cho: {asked}"), asked)
        people.feedback(id, False, "gọi 0912345678")
        people.close_question(people.questions()[0].id, "đã gọi 0912345678")
        people.set_as_of(lan, "-1009876", None)
        number = people.post("telegram", "chat-55501", [f"xin-chao-bong-bong {asked}"], "update-7781", lan)
        people.failed(number, None, "máy chủ từ chối 0912345678")
        people.post("telegram", "chat-55501", ["xin-chao-bong-bong"], "update-7782", lan)
        during = bytes_of(tmp_path)
    after = bytes_of(tmp_path)
    assert b"[s\xe1\xbb\x91 \xc4\x91i\xe1\xbb\x87n tho\xe1\xba\xa1i]" in after  # it was written, masked
    assert "thời hạn?".encode() in during
    for secret in SECRETS:
        assert secret.encode() not in during and secret.encode() not in after, secret


def test_what_was_erased_is_gone_from_the_bytes(tmp_path: Path) -> None:
    with people_in(tmp_path) as people:
        lan = people.asker("telegram", "1")
        people.remember(lan, "", "Nguyễn Thị Lan ở số 7 ngõ Chùa", refusal("Không có căn cứ về ngõ Chùa"))
        assert "ngõ Chùa".encode() in bytes_of(tmp_path)
        people.forget(lan)
        assert "ngõ Chùa".encode() not in bytes_of(tmp_path)


def test_the_files_are_for_nobody_else(tmp_path: Path) -> None:
    with people_in(tmp_path) as people:
        people.first_time("e")
        modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in tmp_path.iterdir()}
    assert set(modes) >= {"people.db", "people.salt", "outbox.key"}
    assert set(modes.values()) == {0o600}


def test_a_key_from_the_settings_is_not_written_down(tmp_path: Path) -> None:
    with people_in(tmp_path, outbox_key="k" * 32) as people:
        people.post("telegram", "1", [], "e")
    assert not (tmp_path / "outbox.key").exists()
    assert b"k" * 32 not in bytes_of(tmp_path)


def test_a_fresh_database_matches_the_models(tmp_path: Path) -> None:
    people_in(tmp_path).close()
    with create_engine(f"sqlite:///{tmp_path / 'people.db'}").connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "version_table": SCHEMA.version_table}
        )
        assert compare_metadata(context, Base.metadata) == []
        assert context.get_current_revision() == sorted(SCHEMA.versions.glob("0*.py"))[-1].name[:4]


def test_an_existing_file_is_brought_to_the_newest_tables_and_keeps_what_it_holds(tmp_path: Path) -> None:
    """The corpus may lie in the same database: each keeps its own version and tables."""
    dsn = f"sqlite:///{tmp_path / 'mot.db'}"
    with Corpus.open(dsn) as corpus:
        corpus.record_failure("/r", "a.pdf", "", 1, 1, "broken", "Hỏng")
    for _ in range(2):  # once where its tables are missing, once where they are there
        with people_in(tmp_path, people_database_url=dsn) as people:
            people.remember(people.asker("web", "x"), "", "câu", refusal())
    with Corpus.open(dsn) as corpus:
        assert [one.path for one in corpus.failures()] == ["a.pdf"]
    with people_in(tmp_path, people_database_url=dsn) as people:
        assert [one.count for one in people.questions()] == [2]
    with create_engine(dsn).connect() as connection:
        assert inspect(connection).has_table("alembic_version")
        assert connection.execute(text("SELECT version_num FROM people_version")).scalar() is not None


def test_a_database_of_a_newer_version_is_refused(tmp_path: Path) -> None:
    people_in(tmp_path).close()
    with create_engine(f"sqlite:///{tmp_path / 'people.db'}").begin() as connection:
        connection.execute(text("UPDATE people_version SET version_num = '9999'"))
    with pytest.raises(CorpusError, match="phiên bản mới hơn"):
        people_in(tmp_path)


def test_a_broken_file_or_url_is_said_by_the_name_of_its_setting(tmp_path: Path) -> None:
    (tmp_path / "people.db").write_bytes(b"no database, just words " * 100)
    with pytest.raises(CorpusError, match="CCHC_PEOPLE_DATABASE_URL"):
        people_in(tmp_path)
    with pytest.raises(CorpusError, match="CCHC_PEOPLE_DATABASE_URL") as refused:
        people_in(tmp_path, people_database_url="bi-mat")
    assert "bi-mat" not in str(refused.value)


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file where the folder should be")
    with pytest.raises(CorpusError, match="CCHC_DATA_DIR"):
        People.open(Settings(data_dir=tmp_path / "data"))


def test_the_migrations_are_packed_into_the_wheel() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"]
    packed = {file for pattern in settings["package-data"]["bot"] for file in (ROOT / "bot").glob(pattern)}
    assert set(SCHEMA.versions.glob("0*.py")) <= packed
