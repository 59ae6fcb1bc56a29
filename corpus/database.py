"""How a database is connected to and brought to the newest tables: that of the corpus, and others that describe
themselves as a `Schema`. `corpus.store` and the stores above it call it.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, MetaData, create_engine, event, func, make_url, select
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from corpus.tables import Base

MIGRATIONS = Path(__file__).parent / "migrations"
#: How long a writer waits for another one on SQLite, milliseconds: longer than the largest document takes to write.
BUSY_TIMEOUT_MS = 30_000


@dataclass(frozen=True, slots=True)
class Schema:
    """The tables of one store, the folder of migrations that make them, and where its version is kept.

    Two stores may lie in one PostgreSQL database: each has its own version table and lock.
    """

    tables: MetaData
    versions: Path
    version_table: str
    lock: int  # any number that the other users of a PostgreSQL database do not lock
    setting: str  # the variable that names the database, for error texts


CORPUS = Schema(Base.metadata, MIGRATIONS / "versions", "alembic_version", 905_2022_1117, "CCHC_DATABASE_URL")


class CorpusError(Exception):
    """The database cannot be used; the message says why and what to do."""


def open_engine(dsn: str, schema: Schema = CORPUS) -> Engine:
    """An engine whose tables are at the head of the migrations; makes the folder and the tables where they are missing.

    Raises `CorpusError` where it cannot be opened or was written by a newer version of the desk.
    """
    engine = new_engine(dsn, schema)
    try:
        migrate(engine, schema)
    except BaseException as error:
        engine.dispose()
        if isinstance(error, DBAPIError):
            raise CorpusError(
                f"Không mở được cơ sở dữ liệu: {str(error.orig).partition(chr(10))[0]}. Kiểm tra CCHC_DATA_DIR và "
                f"{schema.setting}; nếu dữ liệu bị hỏng, hãy khôi phục từ bản sao lưu."
            ) from error
        raise
    return engine


def new_engine(dsn: str, schema: Schema = CORPUS) -> Engine:
    """An engine for a SQLAlchemy URL; makes the folder of a SQLite file. `execution_options(writes=True)` for writers.

    Raises `CorpusError` for a URL or a folder that cannot be used.
    """
    try:
        url = make_url(dsn)
        if url.get_backend_name() != "sqlite":
            return create_engine(url, pool_pre_ping=True)
        if url.database and url.database != ":memory:":
            Path(url.database).parent.mkdir(parents=True, exist_ok=True)
        engine = create_engine(url)
    except ModuleNotFoundError as error:  # the driver of another database
        raise CorpusError(
            f"Thiếu gói {error.name} để kết nối cơ sở dữ liệu. Cài bằng: pip install 'cchc-help-desk[postgres]'"
        ) from error
    except SQLAlchemyError as error:  # its message does not repeat the URL, which may hold a password
        raise CorpusError(f"{schema.setting} không dùng được: {error}.") from error
    except OSError as error:
        raise CorpusError(
            f"Không tạo được thư mục dữ liệu {error.filename}: {error.strerror}. Kiểm tra CCHC_DATA_DIR và quyền ghi."
        ) from error

    def connect(connection: Any, _: object) -> None:
        connection.isolation_level = None  # the driver would begin late and break DDL out of the transaction
        for pragma in (
            "journal_mode=WAL",
            "foreign_keys=ON",
            f"busy_timeout={BUSY_TIMEOUT_MS}",
            "synchronous=NORMAL",
        ):
            connection.execute(f"PRAGMA {pragma}")

    def begin(connection: Any) -> None:
        # a writer takes its lock at once: one that reads first and writes later is refused instead of waiting
        writes = connection.get_execution_options().get("writes")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    event.listen(engine, "connect", connect)
    event.listen(engine, "begin", begin)
    return engine


def migration_config(schema: Schema, connection: Connection | None = None) -> Config:
    """What Alembic needs to know of a schema; its commands run on `connection`."""
    config = Config(attributes={"connection": connection, "schema": schema})
    for name, value in (
        ("script_location", str(MIGRATIONS)),
        ("version_locations", str(schema.versions)),
        ("path_separator", "newline"),
    ):
        config.set_main_option(name, value.replace("%", "%%"))
    return config


def migrate(engine: Engine, schema: Schema = CORPUS) -> None:
    """Brings the tables to the head of the migrations. Raises `CorpusError` where they are ahead of it."""
    scripts = ScriptDirectory.from_config(migration_config(schema))
    head = scripts.get_current_head()
    with engine.connect() as connection:
        if _version(connection, schema) == head:
            return
    with engine.execution_options(writes=True).begin() as connection:
        if connection.dialect.name == "postgresql":  # SQLite's writers take turns by themselves
            connection.execute(select(func.pg_advisory_xact_lock(schema.lock)))
        # looked at again under the lock: another process may have migrated meanwhile
        version = _version(connection, schema)
        if version not in (None, *(script.revision for script in scripts.walk_revisions())):
            raise CorpusError(
                f"Cơ sở dữ liệu do phiên bản mới hơn của chương trình tạo (lược đồ {version}). "
                "Hãy cài phiên bản mới hơn, hoặc dùng thư mục dữ liệu khác."
            )
        if version != head:
            command.upgrade(migration_config(schema, connection), "head")


def _version(connection: Connection, schema: Schema) -> str | None:
    options = {"version_table": schema.version_table}
    return MigrationContext.configure(connection, opts=options).get_current_revision()
