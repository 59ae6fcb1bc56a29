"""Migrations: a fresh database is at the head, matches the models, and a newer one is refused in plain words."""

import threading
import tomllib
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import create_engine, inspect, text

from corpus.database import CORPUS, MIGRATIONS, CorpusError, migration_config, new_engine
from corpus.store import Corpus
from corpus.tables import Base


def test_a_fresh_database_matches_the_models(tmp_path: Path) -> None:
    dsn = f"sqlite:///{tmp_path / 'new' / 'corpus.db'}"
    Corpus.open(dsn).close()
    with create_engine(dsn).connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []
        assert context.get_current_revision() == sorted(MIGRATIONS.glob("versions/0*.py"))[-1].name[:4]


def test_the_check_would_notice_a_missing_column(tmp_path: Path) -> None:
    dsn = f"sqlite:///{tmp_path / 'corpus.db'}"
    Corpus.open(dsn).close()
    with create_engine(dsn).begin() as connection:
        connection.execute(text("ALTER TABLE documents DROP COLUMN signer"))
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) != []


def test_the_migrations_are_packed_into_the_wheel() -> None:
    project = Path(__file__).parents[1]
    settings = tomllib.loads((project / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"]
    package = project / "corpus"
    packed = {file for pattern in settings["package-data"]["corpus"] for file in package.glob(pattern)}
    needed = [MIGRATIONS / "env.py", *(MIGRATIONS / "versions").glob("*.py")]
    assert len(needed) > 1
    assert set(needed) <= packed


def test_opening_again_keeps_what_is_there(tmp_path: Path) -> None:
    dsn = f"sqlite:///{tmp_path / 'corpus.db'}"
    with Corpus.open(dsn) as corpus:
        corpus.record_failure("/r", "a.pdf", "", 1, 1, "broken", "Hỏng")
    with Corpus.open(dsn) as corpus:
        assert [one.path for one in corpus.failures()] == ["a.pdf"]


def test_many_that_open_a_new_database_at_once_all_get_it(tmp_path: Path) -> None:
    dsn = f"sqlite:///{tmp_path / 'corpus.db'}"
    problems: list[Exception] = []

    def open_and_count() -> None:
        try:
            with Corpus.open(dsn) as corpus:
                corpus.counts()
        except Exception as error:
            problems.append(error)

    threads = [threading.Thread(target=open_and_count) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []


def test_a_database_of_a_newer_version_is_refused(tmp_path: Path) -> None:
    dsn = f"sqlite:///{tmp_path / 'corpus.db'}"
    Corpus.open(dsn).close()
    with create_engine(dsn).begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(CorpusError, match="phiên bản mới hơn"):
        Corpus.open(dsn)


def test_sqlite_runs_in_wal_with_foreign_keys(tmp_path: Path) -> None:
    dsn = f"sqlite:///{tmp_path / 'corpus.db'}"
    with Corpus.open(dsn) as corpus, corpus._engine.connect() as connection:
        pragmas = [
            connection.execute(text(f"PRAGMA {name}")).scalar() for name in ("journal_mode", "foreign_keys")
        ]
        assert pragmas == ["wal", 1]
        assert inspect(connection).has_table("provisions")


def test_a_database_of_the_version_before_keeps_its_documents(tmp_path: Path) -> None:
    """Rows as 0002 stored them are read, and what is new is worked out where it is needed."""
    engine = new_engine(f"sqlite:///{tmp_path / 'corpus.db'}")
    with engine.execution_options(writes=True).begin() as connection:
        command.upgrade(migration_config(CORPUS, connection), "0002")
        for statement in OLD_ROWS:
            connection.execute(text(statement))
    engine.dispose()
    with Corpus.open(f"sqlite:///{tmp_path / 'corpus.db'}") as corpus:
        (found,) = corpus.find("7/2030/NĐ-CP")
        (relation,) = found.header.relations
        assert (relation.number, relation.provisions, relation.wording, relation.until) == (
            "5/2029/NĐ-CP",
            (),
            None,
            None,
        )
        assert found.corrections == ()
        assert corpus.versions() == []
        corpus.correct(found.id, {"title": "Về thư viện"}, by="A")
        assert corpus.document(found.id).header.title == "Về thư viện"


OLD_ROWS = (
    "INSERT INTO sources VALUES ('s1', x'00')",
    "INSERT INTO documents (id, identity, number, number_key, kind, issuer, issuer_key, title, search_key, signer, authority,"
    " publisher, is_sample, withdrawn, current_revision) VALUES ('d1', 'i1', '07/2030/NĐ-CP', '7/2030/nd-cp', 'Nghị định',"
    " 'Chính phủ', 'chinh phu', 'Về kho sách', '', '', 'official', '', 0, 0, 's1')",
    "INSERT INTO revisions (id, document_id, sha256, uri, media_type, text, pages, reader, read_at, digest) VALUES"
    " (1, 'd1', 's1', 'file:///a', 'text/plain', 'Điều 1. Thay thế Nghị định số 5/2029/NĐ-CP.', 0, '1', '2030-01-01', 'x')",
    "INSERT INTO relations (revision_id, ordinal, kind, number, number_key, start, end, sentence, whole) VALUES"
    " (1, 0, 'replaces', '5/2029/NĐ-CP', '5/2029/nd-cp', 0, 10, 'Thay thế', 1)",
)
