"""What the commands open first, or say in one sentence that they cannot. Called by cchc.py and the commands of this room."""

from datetime import date
from typing import TYPE_CHECKING, NoReturn

import typer

from settings import Settings, SettingsError, load_settings

if TYPE_CHECKING:
    from bot.desk import HelpDesk
    from bot.people.store import People
    from corpus.store import Corpus


def fail(message: str, code: int = 1) -> NoReturn:
    """End the command with a sentence in red and an exit code."""
    typer.secho(message, err=True, fg="red")
    raise typer.Exit(code)


def settings_in_force() -> Settings:
    """The settings; ends the command where one cannot be used."""
    try:
        return load_settings()
    except SettingsError as error:
        fail(str(error), 2)


def day_of(value: str | None) -> date | None:
    """A day typed as 2025-07-01; ends the command where it is none."""
    if value is None:
        return None
    try:
        return date.fromisoformat(value)
    except ValueError:
        fail(f"“{value}” không phải ngày. Hãy viết theo dạng NĂM-THÁNG-NGÀY, ví dụ 2025-07-01.", 2)


def open_corpus(settings: Settings) -> "Corpus":
    """The corpus; ends the command where it cannot be opened."""
    from corpus.database import CorpusError
    from corpus.store import Corpus

    try:
        return Corpus.open(settings.dsn)
    except CorpusError as error:
        fail(str(error))


def open_people(settings: Settings) -> "People":
    """What is kept about askers; ends the command where it cannot be opened."""
    from bot.people.store import People
    from corpus.database import CorpusError

    try:
        return People.open(settings)
    except CorpusError as error:
        fail(str(error))


def open_desk(settings: Settings) -> "HelpDesk":
    """The desk; ends the command where it has no documents or no index."""
    from bot.desk import HelpDesk
    from corpus.database import CorpusError
    from index.problem import IndexProblem

    try:
        return HelpDesk.open(settings)
    except (CorpusError, IndexProblem) as error:
        fail(str(error))
