"""The database under the corpus: how it is connected to and brought to the newest tables. `corpus.store` calls it."""

from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, create_engine, event, func, make_url, select
from sqlalchemy.exc import SQLAlchemyError

MIGRATIONS = Path(__file__).parent / "migrations"
#: How long a writer waits for another one on SQLite, milliseconds: longer than the largest document takes to write.
BUSY_TIMEOUT_MS = 30_000
#: Any number that the other users of a PostgreSQL database do not lock.
_MIGRATION_LOCK = 905_2022_1117


class CorpusError(Exception):
    """The database cannot be used; the message says why and what to do."""


def new_engine(dsn: str) -> Engine:
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
        raise CorpusError(f"CCHC_DATABASE_URL không dùng được: {error}.") from error
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


def migrate(engine: Engine) -> None:
    """Brings the tables to the head of the migrations. Raises `CorpusError` where they are ahead of it."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    scripts = ScriptDirectory.from_config(config)
    head = scripts.get_current_head()
    with engine.connect() as connection:
        if MigrationContext.configure(connection).get_current_revision() == head:
            return
    with engine.execution_options(writes=True).begin() as connection:
        if connection.dialect.name == "postgresql":  # SQLite's writers take turns by themselves
            connection.execute(select(func.pg_advisory_xact_lock(_MIGRATION_LOCK)))
        # looked at again under the lock: another process may have migrated meanwhile
        version = MigrationContext.configure(connection).get_current_revision()
        if version not in (None, *(script.revision for script in scripts.walk_revisions())):
            raise CorpusError(
                f"Cơ sở dữ liệu do phiên bản mới hơn của chương trình tạo (lược đồ {version}). "
                "Hãy cài phiên bản mới hơn, hoặc dùng thư mục dữ liệu khác."
            )
        if version != head:
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
