"""The command line `cchc`: ingest, documents, correct, show, ask, chat, serve, bot, questions, purge,
forget, doctor, index, bench, eval.

Imports of the rooms stand inside the commands: `cchc ask` must not wait for the web server's packages.
"""

import json
import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.bot_commands import bot_app, console
from api.opening import day_of, fail, open_corpus, open_desk, settings_in_force
from api.people_commands import people_app
from evals.commands import eval_app
from settings import Settings, SettingsError

if TYPE_CHECKING:
    from bot.answer import Answer
    from corpus.store import Corpus, StoredDocument
    from ingest.pipeline import Progress, Report

app = typer.Typer(
    help="Trợ lý hỏi đáp cải cách hành chính: trả lời từ văn bản, có dẫn điều, khoản, điểm.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
documents_app = typer.Typer(help="Danh sách văn bản trong kho.", invoke_without_command=True)
app.add_typer(documents_app, name="documents")
app.add_typer(bot_app, name="bot")
app.add_typer(eval_app, name="eval")
app.add_typer(people_app)
app.command("chat")(console)

#: Where the sample documents lie: they come with the program.
SAMPLES = Path(__file__).parent / "corpus" / "samples"


def main() -> None:
    """Entry point of the console script."""
    logging.basicConfig(
        level=logging.WARNING, stream=sys.stderr, format="%(levelname)s %(name)s: %(message)s"
    )
    try:
        app()
    except Exception as error:
        # a full disk or a lost database is said in one sentence; everything else is a defect and shows its trace
        if not type(error).__module__.startswith("sqlalchemy"):
            raise
        typer.secho(
            f"Cơ sở dữ liệu báo lỗi: {error.__cause__ or error}. Kiểm tra đĩa và chạy: cchc doctor",
            err=True,
            fg="red",
        )
        sys.exit(1)


# -- feeding the corpus ----------------------------------------------------------------------------------


@app.command()
def ingest(
    paths: Annotated[
        list[str] | None,
        typer.Argument(help='Tệp, thư mục, mẫu tên trong ngoặc ("*.pdf"), tệp ZIP hoặc địa chỉ https://…'),
    ] = None,
    samples: Annotated[bool, typer.Option("--samples", help="Nạp các văn bản mẫu đi kèm.")] = False,
    reread: Annotated[bool, typer.Option("--reread", help="Đọc lại cả những tệp không thay đổi.")] = False,
    no_index: Annotated[bool, typer.Option("--no-index", help="Chỉ lưu, chưa lập chỉ mục.")] = False,
    watching: Annotated[
        bool, typer.Option("--watch", help="Theo dõi thư mục và nạp tệp mới, sửa, xóa đến khi nhấn Ctrl-C.")
    ] = False,
    list_failed: Annotated[
        bool, typer.Option("--failed", help="Chỉ liệt kê các tệp không đọc được, kèm lý do.")
    ] = False,
    retry: Annotated[bool, typer.Option("--retry", help="Đọc lại các tệp trước đây không đọc được.")] = False,
    retire_all: Annotated[
        bool,
        typer.Option("--retire-all", help="Xác nhận gỡ văn bản cả khi thư mục trống hoặc mất phần lớn tệp."),
    ] = False,
    checking: Annotated[
        bool,
        typer.Option(
            "--check", help="Chỉ đọc và kiểm tra cấu trúc: điều thiếu, trùng, chữ nằm ngoài; không lưu."
        ),
    ] = False,
    as_json: Annotated[
        Path | None,
        typer.Option(
            "--json", metavar="FILE", help="Ghi JSON vào tệp, “-” là in ra (cùng --check hoặc --failed)."
        ),
    ] = None,
) -> None:
    """Nạp văn bản vào kho rồi lập chỉ mục. Mã thoát 1 nếu có tệp không đọc được; các tệp khác vẫn được nạp.

    Tệp đã xóa khỏi thư mục thì văn bản được gỡ khỏi tra cứu, trích dẫn cũ vẫn mở được.
    """
    from ingest import pipeline

    if list_failed:
        _list_failed(as_json)
        return
    if checking:
        _check(paths or [], settings_in_force(), as_json)
        return
    if as_json is not None:
        fail("--json chỉ dùng cùng --check hoặc --failed, ví dụ: cchc ingest --check van-ban/ --json -", 2)
    if not paths and not samples and not retry:
        fail(
            "Hãy nêu tệp hoặc thư mục cần nạp, ví dụ: cchc ingest van-ban/ (hoặc --samples để nạp văn bản mẫu).",
            2,
        )
    settings = settings_in_force()
    if watching:
        _watch(paths or [], settings, no_index)
        return
    reports: list[Report] = []
    with open_corpus(settings) as corpus:
        with _reading() as progress:
            try:
                if retry:
                    reports.append(pipeline.retry(corpus, settings, progress=progress))
                groups: list[tuple[list[str], bool]] = [
                    (paths or [], False),
                    ([str(SAMPLES)] if samples else [], True),
                ]
                for group, sample in groups:
                    if group:
                        reports.append(
                            pipeline.ingest(
                                group, corpus, settings, sample=sample, reread=reread, retire_all=retire_all,
                                progress=progress,
                            )
                        )  # fmt: skip
            except pipeline.IngestError as error:
                fail(str(error), 2)
        _ingest_summary(reports, corpus)
        if not no_index:
            _publish(settings, corpus)
    if any(report.failed or report.kept for report in reports):
        raise typer.Exit(1)


@contextmanager
def _reading() -> "Iterator[Progress]":
    """A progress bar that names the file that is being read."""
    from rich import progress as bars
    from rich.console import Console
    from rich.markup import escape

    from ingest.pipeline import Progress

    columns = (
        bars.TextColumn("Đọc văn bản"), bars.BarColumn(), bars.MofNCompleteColumn(), bars.TimeElapsedColumn(),
        bars.TextColumn("{task.description}"),
    )  # fmt: skip
    with bars.Progress(*columns, console=Console(stderr=True), transient=True) as shown:
        task = shown.add_task("", total=None)
        yield Progress(
            total=lambda total: shown.update(task, total=total),
            reading=lambda name: shown.update(task, description=escape(name[-60:])),
            done=lambda report: shown.advance(task),
        )


def _check(paths: list[str], settings: Settings, as_json: Path | None) -> None:
    """Exit code 1 when a file came out empty and nothing says why."""
    from ingest.check import check_files, report, total
    from ingest.pipeline import FileReport, IngestError

    if not paths:
        fail("Hãy nêu tệp hoặc thư mục cần kiểm tra, ví dụ: cchc ingest --check van-ban/", 2)
    with _reading() as progress:
        try:
            checks = check_files(
                paths, settings, progress.total, lambda name: progress.done(FileReport(name, "checked"))
            )
        except IngestError as error:
            fail(str(error), 2)
    if as_json is None or str(as_json) != "-":
        print(report(checks))
    sums = total(checks)
    if as_json is not None:
        _write_json({"files": [one.as_json() for one in checks], "total": sums}, as_json)
    if sums["silent_empty"]:
        raise typer.Exit(1)


def _write_json(value: object, file: Path) -> None:
    text = json.dumps(value, ensure_ascii=False, indent=1)
    if str(file) == "-":
        print(text)
        return
    try:
        file.write_text(text + "\n", encoding="utf-8")
    except OSError as error:
        fail(f"Không ghi được {file}: {error.strerror}.", 2)


def _list_failed(as_json: Path | None) -> None:
    from ingest.pipeline import failures, place, unsure

    with open_corpus(settings_in_force()) as corpus:
        files, doubtful = failures(corpus), unsure(corpus)
    if as_json is not None:
        wanted = ("root", "path", "code", "reason")
        _write_json([{k: getattr(f, k) for k in wanted} for f in files], as_json)
        return
    for file in files:
        print(f"{place(file)}: {file.reason}")
    for file in doubtful:
        print(f"Đã đọc, cần xem lại: {place(file)}: {file.reason}")
    print(f"{len(files)} tệp không đọc được." + (" Đọc lại: cchc ingest --retry" if files else ""))


def _watch(paths: list[str], settings: Settings, no_index: bool) -> None:
    import signal
    from threading import Event

    from ingest.pipeline import IngestError, Report
    from ingest.watch import watch

    stop = Event()
    for one in (signal.SIGINT, signal.SIGTERM):
        signal.signal(one, lambda *_: stop.set())
    with open_corpus(settings) as corpus:

        def publish() -> None:
            if not no_index:
                _publish(settings, corpus)

        def say(report: Report) -> None:
            _ingest_summary([report], corpus)

        print(f"Đang theo dõi {', '.join(paths)}. Nhấn Ctrl-C để dừng.", flush=True)
        try:
            watch(paths, corpus, settings, publish, stop, say)
        except IngestError as error:
            fail(str(error), 2)
    print("Đã dừng theo dõi.")


def _ingest_summary(reports: "list[Report]", corpus: "Corpus") -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(title="Kết quả nạp văn bản")
    for column in (
        "Mới",
        "Bản mới của văn bản cũ",
        "Bản sao",
        "Không đổi",
        "Đã gỡ",
        "Bỏ qua",
        "Không đọc được",
    ):
        table.add_column(column, justify="right")
    outcomes = ("added", "revised", "copy", "unchanged", "retired", "skipped", "failed")
    table.add_row(*(str(sum(report.count(o) for report in reports)) for o in outcomes))
    console = Console()
    console.print(table)
    words = {"failed": "Không đọc được", "skipped": "Bỏ qua", "retired": "Đã gỡ", "kept": "Giữ nguyên"}
    for report in reports:
        for file in report.files:
            if word := words.get(file.outcome) or (file.reason and "Đã đọc"):
                console.print(f"{word}: {file.file}: {file.reason}", markup=False, soft_wrap=True)
    counts = corpus.counts()
    console.print(
        f"Kho hiện có {counts.documents} văn bản, {counts.articles} điều, {counts.provisions} mục tra cứu được."
    )


def _publish(settings: Settings, corpus: "Corpus", rebuild: bool = False) -> None:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    from index.embedding import load_embedder
    from index.problem import IndexProblem
    from index.publishing import publish

    console = Console(stderr=True)
    try:
        embedder = load_embedder(settings)
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        with Progress(*columns, console=console, transient=True) as progress:
            task = progress.add_task("Lập chỉ mục", total=None)
            built = publish(
                corpus,
                settings,
                embedder,
                lambda done, total: progress.update(task, completed=done, total=total),
                rebuild,
            )
    except IndexProblem as error:
        fail(str(error))
    state = f"đã xuất bản {built.generation}" if built.changed else "không có gì thay đổi"
    print(
        f"Chỉ mục: {built.documents} văn bản, {built.segments} đoạn ({built.embedded} đoạn tính véc-tơ mới); {state}."
    )


@app.command()
def index(
    rebuild: Annotated[
        bool, typer.Option("--rebuild", help="Lập mới cả khi chỉ mục không có gì thay đổi.")
    ] = False,
) -> None:
    """Lập chỉ mục tìm kiếm từ kho văn bản; véc-tơ đã tính được dùng lại."""
    settings = settings_in_force()
    with open_corpus(settings) as corpus:
        _publish(settings, corpus, rebuild)


# -- looking at the corpus -------------------------------------------------------------------------------


@documents_app.callback(invoke_without_command=True)
def documents(
    context: typer.Context,
    kind: Annotated[str | None, typer.Option(help="Loại văn bản, ví dụ “Nghị định”.")] = None,
    issuer: Annotated[str | None, typer.Option(help="Cơ quan ban hành.")] = None,
    year: Annotated[int | None, typer.Option(min=1900, max=2200, help="Năm ban hành.")] = None,
    status: Annotated[
        str | None,
        typer.Option(
            help="in_force, partly_expired, expired, not_yet_in_force, suspended, partly_suspended hoặc unknown."
        ),
    ] = None,
    text: Annotated[
        str | None, typer.Option(help="Các từ trong số hiệu, trích yếu hoặc tên cơ quan.")
    ] = None,
    number: Annotated[str | None, typer.Option(help="Số hiệu.")] = None,
    on: Annotated[str | None, typer.Option(help="Ngày xét hiệu lực, mặc định hôm nay.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="Số văn bản tối đa.")] = 100,
    as_json: Annotated[bool, typer.Option("--json", help="In JSON.")] = False,
) -> None:
    """Liệt kê văn bản trong kho, mới nhất trước."""
    if context.invoked_subcommand is not None:
        return
    from corpus.validity import ValidityStatus, today

    settings = settings_in_force()
    day = day_of(on) or today()
    try:
        wanted = ValidityStatus(status) if status else None
    except ValueError:
        fail(f"Không có tình trạng “{status}”. Chọn một trong: {', '.join(ValidityStatus)}.", 2)
    with open_corpus(settings) as corpus:
        found = corpus.documents(
            on=day, kind=kind, issuer=issuer, status=wanted, text=text, number=number, limit=limit,
            issued_from=date(year, 1, 1) if year else None, issued_to=date(year, 12, 31) if year else None,
        )  # fmt: skip
        validities = corpus.validities([document.id for document in found], day)
    if as_json:
        print(
            json.dumps(
                [_document_json(d, validities[d.id].status.value) for d in found],
                ensure_ascii=False,
                indent=1,
            )
        )
        return
    from rich.console import Console
    from rich.table import Table

    more = " đầu tiên, còn nữa thì tăng --limit" if len(found) == limit else ""
    table = Table(title=f"{len(found)} văn bản{more} (hiệu lực xét tại ngày {day:%d/%m/%Y})")
    for column in ("Văn bản", "Ngày", "Trích yếu", "Hiệu lực"):
        table.add_column(column)
    for document in found:
        header = document.header
        table.add_row(
            header.name if header.number else header.kind or "—",
            f"{header.issued_on:%d/%m/%Y}" if header.issued_on else "—",
            header.title, validities[document.id].status.vietnamese,
        )  # fmt: skip
    Console(markup=False, emoji=False).print(table)  # titles are of strangers: no markup in them


def _document_json(document: "StoredDocument", status: str) -> dict[str, object]:
    header = document.header
    return {
        "id": document.id, "number": header.number, "kind": header.kind, "issuer": header.issuer,
        "issued_on": header.issued_on.isoformat() if header.issued_on else None, "title": header.title,
        "authority": header.authority.value, "status": status, "file": document.file, "sample": document.is_sample,
    }  # fmt: skip


@documents_app.command("failed", hidden=True)
def failed(as_json: Annotated[bool, typer.Option("--json", help="In JSON.")] = False) -> None:
    """Tên cũ của: cchc ingest --failed."""
    _list_failed(Path("-") if as_json else None)


@documents_app.command("remove")
def remove(
    samples: Annotated[bool, typer.Option("--samples", help="Gỡ các văn bản mẫu đi kèm.")] = False,
) -> None:
    """Gỡ văn bản mẫu khỏi kho và khỏi chỉ mục."""
    if not samples:
        fail("Hiện chỉ gỡ được văn bản mẫu: cchc documents remove --samples", 2)
    settings = settings_in_force()
    with open_corpus(settings) as corpus:
        count = corpus.remove_samples()
        print(f"Đã gỡ {count} văn bản mẫu.")
        _publish(settings, corpus)


@documents_app.command("duplicates")
def duplicates(as_json: Annotated[bool, typer.Option("--json", help="In JSON.")] = False) -> None:
    """Liệt kê các bản khác nhau của cùng một văn bản; chỉ bản chính được tra cứu."""
    from corpus.validity import today

    with open_corpus(settings_in_force()) as corpus:
        versions = corpus.versions()
        copies = [
            one for one in corpus.documents(on=today()) if sum(file.status == "copy" for file in one.files)
        ]  # fmt: skip
    if as_json:
        shown = [
            {"canonical": one.canonical.id, "file": one.canonical.file,
             "others": [{"id": other.id, "file": other.file} for other in one.others]}
            for one in versions
        ]  # fmt: skip
        files = [
            {"id": one.id, "file": one.file, "copies": [f.path for f in one.files[1:]]} for one in copies
        ]
        print(json.dumps({"versions": shown, "copies": files}, ensure_ascii=False, indent=1))
        return
    for one in versions:
        print(f"{one.canonical.header.name}: {one.canonical.file} ({one.canonical.id})")
        for other in one.others:
            print(f"  bản khác, không tra cứu: {other.file} ({other.id})")
    for document in copies:
        print(f"{document.header.name}: {document.file}")
        for file in document.files[1:]:
            print(f"  bản sao: {file.path}")
    print(f"{len(versions)} văn bản có nhiều bản; {len(copies)} văn bản có tệp sao.")


def _one_document(corpus: "Corpus", spelling: str) -> "StoredDocument":
    """The one document that an id or a number means; ends the program where there is none or more than one."""
    from corpus.store import NotHeldError

    try:
        return corpus.document(spelling)
    except NotHeldError:
        found = corpus.find(spelling)
    if not found:
        fail(f"Kho không có văn bản “{spelling}”. Xem danh sách: cchc documents")
    if len(found) > 1:
        names = "\n".join(f"  {one.id}  {one.header.name}: {one.header.title}" for one in found)
        fail(f"Có nhiều văn bản khớp “{spelling}”; hãy nêu mã văn bản:\n{names}", 2)
    return found[0]


@app.command()
def correct(
    number: Annotated[str | None, typer.Argument(help="Số hiệu hoặc mã văn bản.")] = None,
    effective_from: Annotated[str | None, typer.Option(help="Ngày có hiệu lực; “-” là không có.")] = None,
    effective_to: Annotated[str | None, typer.Option(help="Ngày cuối còn hiệu lực; “-” là không có.")] = None,
    status: Annotated[
        str | None, typer.Option(help="Tình trạng: in_force, partly_expired, expired, suspended, unknown …")
    ] = None,
    since: Annotated[str | None, typer.Option(help="Ngày tình trạng bắt đầu; mặc định: mọi ngày.")] = None,
    real_number: Annotated[str | None, typer.Option("--number", help="Số hiệu đúng.")] = None,
    issuer: Annotated[str | None, typer.Option(help="Cơ quan ban hành đúng.")] = None,
    issued_on: Annotated[str | None, typer.Option(help="Ngày ban hành đúng.")] = None,
    title: Annotated[str | None, typer.Option(help="Trích yếu đúng.")] = None,
    by: Annotated[str, typer.Option(help="Người đính chính.")] = "",
    note: Annotated[str, typer.Option(help="Căn cứ, lý do.")] = "",
    undo: Annotated[bool, typer.Option("--undo", help="Bỏ mọi đính chính của văn bản.")] = False,
    show_list: Annotated[bool, typer.Option("--list", help="Liệt kê các đính chính.")] = False,
) -> None:
    """Đính chính thông tin hoặc hiệu lực của một văn bản; thắng những gì đọc được, giữ người và ngày đính chính."""
    from corpus.correction import CorrectionError
    from corpus.validity import ValidityStatus

    settings = settings_in_force()
    with open_corpus(settings) as corpus:
        if show_list:
            for one in corpus.corrections():
                print(f"{one.document_id}: {one.field} = {one.value or '(không có)'}. {one.evidence}")
            return
        if number is None:
            fail("Hãy nêu số hiệu hoặc mã văn bản cần đính chính.", 2)
        if not by.strip():
            fail("Hãy nêu người đính chính: --by “Họ tên, đơn vị”.", 2)
        document = _one_document(corpus, number)
        if undo:
            count = corpus.undo_corrections(document.id, by=by.strip())
            print(f"Đã bỏ {count} đính chính của {document.header.name}.")
            _publish(settings, corpus)
            return
        given = {
            "effective_from": effective_from, "effective_to": effective_to, "status": status,
            "number": real_number, "issuer": issuer, "issued_on": issued_on, "title": title,
        }  # fmt: skip
        values = {name: "" if value == "-" else value for name, value in given.items() if value is not None}
        if not values:
            fail("Hãy nêu điều cần đính chính, ví dụ --effective-from 2025-07-01.", 2)
        if status is not None and status not in list(ValidityStatus):
            fail(f"Không có tình trạng “{status}”. Chọn một trong: {', '.join(ValidityStatus)}.", 2)
        try:
            corpus.correct(document.id, values, by=by.strip(), note=note.strip(), since=day_of(since))
        except CorrectionError as error:
            fail(str(error), 2)
        print(f"Đã đính chính {corpus.document(document.id).header.name}: {', '.join(values)}.")
        _publish(settings, corpus)


@app.command()
def show(
    number: Annotated[str, typer.Argument(help="Số hiệu (viết cách nào cũng được) hoặc mã văn bản.")],
    provision: Annotated[
        str | None, typer.Argument(help="Điều, khoản, điểm hoặc mã mục, ví dụ “khoản 2 Điều 14”.")
    ] = None,
    on: Annotated[
        list[str] | None,
        typer.Option(help="Ngày xét hiệu lực và lời văn, mặc định hôm nay; lặp lại được để so."),
    ] = None,
) -> None:
    """Xem một văn bản, hoặc một điều, khoản, điểm theo lời văn có hiệu lực ở một ngày."""
    from corpus.store import NotHeldError
    from corpus.validity import today

    days = [day for value in on or [] if (day := day_of(value))] or [today()]
    with open_corpus(settings_in_force()) as corpus:
        try:
            found = [corpus.document(number)]
        except NotHeldError:
            found = corpus.find(number)
        if provision is not None:
            _show_provision(corpus, found[0] if found else None, number, provision, days)
            return
        if not found:
            fail(f"Kho không có văn bản “{number}”. Xem danh sách: cchc documents")
        if len(found) > 1:
            print("Có nhiều văn bản khớp; đang xem văn bản đầu tiên:")
            for document in found:
                print(f"  {document.id}  {document.header.name}: {document.header.title}")
        document = found[0]
        header = document.header
        print(f"{header.name}\n{header.title}")
        print(
            f"Cơ quan ban hành: {header.issuer or '—'}; ngày "
            + (f"{header.issued_on:%d/%m/%Y}" if header.issued_on else "—")
            + f"; người ký: {header.signer or '—'}"
        )
        for day in days:
            status = corpus.validity(document.id, day)
            print(
                f"Hiệu lực tại {day:%d/%m/%Y}: {status.status.vietnamese}"
                + (f" (theo {status.by})" if status.by else "")
            )
            if evidence := corpus.evidence_of(document.id, status):
                print(f"  Căn cứ: {' '.join(evidence.split())}")
            if status.check:
                print(f"  Cần kiểm tra: {status.check}.")
        print(f"Tệp: {document.file}; mã: {document.id}\n")
        for one in corpus.outline(document.id, 3):
            print(f"{'  ' * one.path.count('.')}{one.label} {one.heading}".rstrip())


def _show_provision(
    corpus: "Corpus", document: "StoredDocument | None", number: str, provision: str, days: list[date]
) -> None:
    """One provision as it reads on each day, with who gives the words; of a document that is not held too."""
    from corpus.address import named_in
    from corpus.spelling import fold
    from corpus.store import NotHeldError

    wanted = fold(provision)
    named = [address for one in named_in(provision) for address in one.addresses]
    address = named[0] if len(named) == 1 else provision
    name = document.header.name if document else number
    if document is not None:
        tree = corpus.provisions(document.id)
        match = next((p for p in tree if p.path == provision or fold(p.label) == wanted), None)
        match = match or next((p for p in tree if fold(p.label).endswith(", " + wanted)), None)
        address = match.path if match else address
    shown = False
    for day in days:
        try:
            found = corpus.provision_as_of(document.id, address, day) if document else None
        except NotHeldError:
            found = None
        if document is None:
            found = corpus.wording_of(number, address, day)
        if found is None:
            if len(days) > 1:
                print(f"[{day:%d/%m/%Y}] Kho không có lời văn của {provision}, {name} ở ngày này.\n")
            continue
        shown = True
        status = found.validity
        by = f" (theo {status.by})" if status.by else ""
        print(f"[{day:%d/%m/%Y}] {found.label}, {name}: {status.status.vietnamese}{by}")
        if status.evidence:
            print(f"  Căn cứ: {' '.join(status.evidence.split())}")
        if found.notice:
            print(f"  Lưu ý: {found.notice}")
        print(f"\n{found.text}\n" if found.text else "  Kho không có lời văn của ngày này.\n")
    if not shown and document is None:
        fail(
            f"Kho không có văn bản “{number}” và không văn bản nào trong kho sửa đổi, bãi bỏ {provision} của văn bản đó."
        )
    if not shown:
        fail(f"{name} không có “{provision}”. Xem các mục: cchc show {number}")


# -- asking ----------------------------------------------------------------------------------------------


@app.command()
def ask(
    question: Annotated[str, typer.Argument(help="Câu hỏi.")],
    as_of: Annotated[str | None, typer.Option("--as-of", help="Ngày được hỏi tới, mặc định hôm nay.")] = None,
    history: Annotated[
        list[str] | None, typer.Option("--history", help="Câu hỏi trước đó; lặp lại được, cũ trước.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Chỉ in JSON của câu trả lời.")] = False,
) -> None:
    """Hỏi một câu. Mã thoát 0 với mọi kết quả, 1 khi hệ thống lỗi, 2 khi dùng sai lệnh."""
    from bot.answer import Status

    day = day_of(as_of)
    desk = open_desk(settings_in_force())
    answer = desk.ask(question, history or (), day)
    if as_json:
        print(answer.model_dump_json(indent=1))
    else:
        _print_answer(answer)
    if answer.status is Status.ERROR:
        raise typer.Exit(1)


def _print_answer(answer: "Answer") -> None:
    print(answer.text)
    if answer.citations:
        print("\nNguồn:")
        for count, citation in enumerate(answer.citations, 1):
            document = citation.document
            name = " ".join(filter(None, [document.kind, document.number])) or document.title
            print(
                f" [{count}] {citation.provision}, {name} – {document.issuer or '—'} ({document.validity.label})"
            )
    print(f"\n{answer.notice}")


@app.command()
def serve(
    port: Annotated[
        int | None, typer.Option(min=1, max=65535, help="Cổng, mặc định theo cài đặt (8000).")
    ] = None,
) -> None:
    """Chạy máy chủ web: trang hỏi đáp và API, đến khi nhấn Ctrl-C."""
    from api.address import AddressError
    from api.server import serve as run
    from corpus.database import CorpusError
    from index.problem import IndexProblem

    settings = settings_in_force()
    if port is not None:
        settings = settings.model_copy(update={"port": port})
    print(f"Trang hỏi đáp: http://{settings.host}:{settings.port}/ (Ctrl-C để dừng)", flush=True)
    try:
        run(settings)
    except (AddressError, CorpusError, IndexProblem, SettingsError) as error:
        fail(str(error))


# -- looking after it ------------------------------------------------------------------------------------


@app.command()
def doctor(as_json: Annotated[bool, typer.Option("--json", help="In JSON.")] = False) -> None:
    """Kiểm tra cài đặt, kho, mô hình và chỉ mục, kèm lệnh khắc phục. Mã thoát 1 khi chưa trả lời được."""
    from doctor import diagnose, report

    checks = diagnose()
    healthy = not any(check.failed for check in checks)
    if as_json:
        shown = [{"name": c.name, "state": c.state, "text": c.text, "cure": c.cure} for c in checks]
        print(json.dumps({"healthy": healthy, "checks": shown}, ensure_ascii=False, indent=1))
    else:
        print(report(checks))
    if not healthy:
        raise typer.Exit(1)


@app.command()
def bench(
    questions: Annotated[
        Path | None,
        typer.Option(exists=True, dir_okay=False, help="Tệp câu hỏi, mỗi dòng một câu (hoặc JSONL)."),
    ] = None,
    seconds: Annotated[
        float | None, typer.Option(min=0.1, max=3600, help="Thời gian đo: 10 giây; với --load 120 giây.")
    ] = None,
    clients: Annotated[int, typer.Option(min=1, max=200, help="Số người hỏi cùng lúc.")] = 4,
    load: Annotated[
        bool, typer.Option("--load", help="Đo một ngày thường, rồi quá tải, rồi người hỏi bỏ đi.")
    ] = False,
    people: Annotated[int, typer.Option(min=1, max=5000, help="--load: số người của ngày thường.")] = 50,
    every: Annotated[float, typer.Option(min=0.1, max=600, help="--load: mỗi người hỏi sau mấy giây.")] = 5,
    crowd: Annotated[int, typer.Option(min=1, max=100, help="--load: khi quá tải đông gấp mấy.")] = 20,
    crowd_seconds: Annotated[float, typer.Option(min=0.1, max=3600, help="--load: quá tải bao lâu.")] = 30,
    as_json: Annotated[bool, typer.Option("--json", help="In JSON.")] = False,
) -> None:
    """Đo một máy chủ thật trên kho hiện có. Mã thoát 1 nếu có câu bị lỗi hoặc máy chủ không trở lại bình thường."""
    from dataclasses import asdict

    from evals.load_bench import load_report, measure_load
    from evals.serving_bench import QUESTIONS, BenchError, measure, read_questions, report

    settings_in_force()  # a misspelt setting is said here and not by the server
    try:
        asked = read_questions(questions) if questions else QUESTIONS
        if load:
            measured = measure_load(asked, people, every, seconds or 120, crowd, crowd_seconds)
            said, failed = load_report(measured), measured.failed
            fields = asdict(measured)
        else:
            figures = measure(asked, seconds or 10, clients)
            said, failed = report(figures), bool(figures.errors)
            fields = asdict(figures)
    except BenchError as error:
        fail(str(error))
    print(json.dumps(fields, ensure_ascii=False, indent=1) if as_json else said)
    if failed:
        raise typer.Exit(1)


if __name__ == "__main__":
    main()
