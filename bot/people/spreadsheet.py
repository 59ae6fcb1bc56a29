"""Questions for a person as a CSV file that opens well in a spreadsheet. Called by the command line and the operator's page."""

import csv
import io
from collections.abc import Sequence
from datetime import datetime

from bot.people.question import StoredQuestion
from corpus.validity import VIETNAM

HEADS = (
    "Mã", "Câu hỏi", "Hỏi tiếp sau câu", "Số lần hỏi", "Số lần bị cho là chưa đúng", "Lần đầu", "Lần cuối", "Kênh",
    "Câu trả lời bị cho là chưa đúng", "Người hỏi nêu", "Tình trạng", "Ghi chú",
)  # fmt: skip
#: What a spreadsheet takes for the beginning of a formula, also in full width.
_FORMULA = tuple("=+-@＝＋－＠\t\r")


def as_csv(questions: Sequence[StoredQuestion]) -> str:
    """The file's text; its first character is the byte order mark by which spreadsheets know UTF-8."""
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(HEADS)
    for one in questions:
        cells = (
            one.id, one.question, "\n".join(one.after), one.count, one.disputed, local(one.first_at),
            local(one.last_at), ", ".join(one.channels), one.disputed_answer, "\n".join(one.reasons),
            "Đang chờ" if one.is_open else f"Đã xong {local(one.closed_at)}", one.note,
        )  # fmt: skip
        writer.writerow([_harmless(cell) if isinstance(cell, str) else cell for cell in cells])
    return "\ufeff" + file.getvalue()


def local(moment: datetime | None) -> str:
    """17/11/2022 08:05, as it is in Việt Nam; "" for None."""
    return moment.astimezone(VIETNAM).strftime("%d/%m/%Y %H:%M") if moment else ""


def _harmless(cell: str) -> str:
    """A cell that a spreadsheet shows and does not compute."""
    begins = cell[:1] in _FORMULA or cell.lstrip()[:1] in _FORMULA
    return f"'{cell}" if cell and begins else cell
