"""`cchc questions`, `purge`, `forget`: what is kept about those who ask. The rest of the command line is in cchc.py.

Imports of the rooms stand inside the commands, as there.
"""

import sys
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from api.opening import day_of, fail, open_people, settings_in_force

if TYPE_CHECKING:
    from bot.people.store import StoredQuestion

people_app = typer.Typer()


@people_app.command()
def questions(
    open_only: Annotated[bool, typer.Option("--open", help="Chỉ những câu đang chờ người trả lời.")] = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="In CSV mở được bằng bảng tính.")] = False,
    since: Annotated[str | None, typer.Option(help="Chỉ những câu được hỏi từ ngày này.")] = None,
    close: Annotated[
        int | None, typer.Option(metavar="MÃ", help="Đánh dấu đã xử lý xong câu có mã này.")
    ] = None,
    note: Annotated[str, typer.Option(help="Đã xử lý thế nào (cùng --close).")] = "",
) -> None:
    """Câu hỏi cần người trả lời: hệ thống từ chối, hoặc người hỏi cho là trả lời chưa đúng."""
    from bot.people.spreadsheet import as_csv as csv_of
    from corpus.validity import VIETNAM

    day = day_of(since)
    with open_people(settings_in_force()) as people:
        if close is not None:
            if not people.close_question(close, note):
                fail(f"Không có câu hỏi mã {close}. Xem các mã: cchc questions")
            print(f"Đã đánh dấu xong câu hỏi mã {close}.")
            return
        start = datetime(day.year, day.month, day.day, tzinfo=VIETNAM) if day else None
        found = people.questions(open_only, start)
    if as_csv:
        sys.stdout.reconfigure(encoding="utf-8", newline="")  # type: ignore[union-attr]
        sys.stdout.write(csv_of(found))
        return
    _print_questions(found)


def _print_questions(found: "list[StoredQuestion]") -> None:
    from rich.console import Console
    from rich.table import Table

    from bot.people.spreadsheet import local

    table = Table(title=f"{len(found)} câu hỏi, {sum(one.is_open for one in found)} câu đang chờ")
    for column in ("Mã", "Câu hỏi", "Số lần", "Chưa đúng", "Lần cuối", "Kênh", "Tình trạng", "Ghi chú"):
        table.add_column(column)
    for one in found:
        state = "Đang chờ" if one.is_open else "Đã xong"
        table.add_row(
            str(one.id), one.question, str(one.count), str(one.disputed or ""), local(one.last_at),
            ", ".join(one.channels), state, one.note,
        )  # fmt: skip
    Console(markup=False, emoji=False).print(table)  # questions are of strangers: no markup in them


@people_app.command()
def purge() -> None:
    """Xóa câu hỏi, câu trả lời đã quá hạn lưu (CCHC_RETENTION_DAYS) và địa chỉ gửi tin quá 24 giờ."""
    settings = settings_in_force()
    with open_people(settings) as people:
        gone = people.purge()
    print(
        f"Đã xóa {gone.turns} lượt hỏi đáp cũ hơn {settings.retention_days:g} ngày, {gone.questions} câu hỏi không còn lượt "
        f"nào, {gone.conversations} cuộc trò chuyện đã kết thúc, {gone.events} sự kiện cũ, {gone.addresses} địa chỉ gửi tin."
    )


@people_app.command()
def forget(
    channel: Annotated[str, typer.Option(help="Kênh: telegram, zalo-oa, zalo-bot hoặc web.")],
    id: Annotated[str, typer.Option(help="Mã người dùng trên kênh đó.")],
) -> None:
    """Xóa mọi dữ liệu lưu về một người hỏi, theo yêu cầu bằng văn bản của người đó."""
    if not id.strip():
        fail("Hãy nêu mã người dùng: --id MÃ.", 2)
    with open_people(settings_in_force()) as people:
        count = people.forget(people.asker(channel, id.strip()))
    print(f"Đã xóa {count} lượt hỏi đáp và mọi dữ liệu khác lưu về người này.")
