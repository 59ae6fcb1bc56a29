"""A store of people over a folder, on a clock that a test turns; used by the tests of `bot.people` and those above it."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from bot.answer import Answer, Composer, Status
from bot.people.store import People
from settings import Settings

START = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)


@dataclass
class Clock:
    """Seconds since 1970; stands still until it is turned."""

    at: datetime = field(default=START)

    def __call__(self) -> float:
        return self.at.timestamp()

    def turn(self, **by: float) -> None:
        self.at += timedelta(**by)


def people_in(folder: Path, clock: Clock | None = None, **settings: object) -> People:
    return People.open(Settings.model_validate({"data_dir": folder, **settings}), clock or Clock())


def answer(text: str = "Theo khoản 1 Điều 3: 03 ngày.", status: Status = Status.ANSWERED) -> Answer:
    return Answer(
        status=status,
        composer=Composer.EXTRACTIVE,
        text=text,
        notice="Máy trả lời.",
        as_of=date(2026, 11, 22),
    )


def refusal(text: str = "Không tìm thấy căn cứ.") -> Answer:
    return answer(text, Status.NO_EVIDENCE)


def bytes_of(folder: Path) -> bytes:
    """All that lies in a folder, the database with its write-ahead log and the secrets too."""
    return b"\n".join(file.read_bytes() for file in sorted(folder.rglob("*")) if file.is_file())
