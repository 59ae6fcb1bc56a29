"""`cchc eval …`: answers, retrieval, speed, embedders, structure, rescore, diff, gate. The rest of the command line is in cchc.py.

Imports of what measures stand inside the commands, as there.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from evals.problem import EvalProblem
from settings import Settings, SettingsError, load_settings

if TYPE_CHECKING:
    from evals.judge import Judge
    from evals.summary import Summary
    from evals.throwaway import Show

eval_app = typer.Typer(help="Đo chất lượng trả lời và tìm kiếm.", no_args_is_help=True)

#: Figures of the table in the terminal; all of them are in the report.
_SHOWN = (
    "status_right", "document_first", "document_any", "provision_hit", "provision_near", "fact_recall", "facts_all",
    "must_not", "quote_fidelity", "unsupported_numbers", "answered_wrongly", "refused_wrongly", "aurc", "words",
    "latency_p50", "latency_p95",
)  # fmt: skip

Out = Annotated[
    Path | None, typer.Option("--out", help="Thư mục kết quả; mặc định runs/<thời điểm>.", file_okay=False)
]


@eval_app.command()
def answers(
    suites: Annotated[list[Path], typer.Argument(help="Tệp câu hỏi JSONL; một hoặc nhiều.")],
    documents: Annotated[
        list[Path] | None,
        typer.Option("--documents", help="Thư mục văn bản, đọc vào một kho tạm; lặp lại được."),
    ] = None,
    url: Annotated[
        str, typer.Option("--url", help="Hỏi một máy chủ đang chạy, ví dụ http://127.0.0.1:8000.")
    ] = "",
    out: Out = None,
    today: Annotated[
        str | None, typer.Option("--today", help="Ngày coi là hôm nay; mặc định theo đồng hồ.")
    ] = None,
    api_key: Annotated[
        str, typer.Option("--api-key", help="Khóa của máy chủ được hỏi qua --url.", show_default=False)
    ] = "",
    perturb: Annotated[
        str,
        typer.Option(
            "--perturb",
            help="Hỏi thêm các biến thể, cách nhau bằng dấu phẩy: no-diacritics, telex-typos, abbreviations, "
            "old-tone, upper, nfd.",
        ),
    ] = "",
    against: Annotated[
        list[str] | None, typer.Option("--against", help="So với naive và/hoặc bm25; lặp lại được.")
    ] = None,
    judge_url: Annotated[
        str, typer.Option("--judge-url", help="Máy chủ tương thích OpenAI để chấm thêm; không bắt buộc.")
    ] = "",
    judge_model: Annotated[str, typer.Option("--judge-model", help="Tên mô hình chấm.")] = "",
    judge_key: Annotated[
        str, typer.Option("--judge-key", help="Khóa của máy chủ chấm.", show_default=False)
    ] = "",
) -> None:
    """Hỏi mọi câu của bộ câu hỏi rồi chấm: báo cáo, số liệu, từng câu. Mã thoát 0 khi chạy xong, dù kết quả thế nào."""
    from evals.answers import Job, evaluate

    files = [path for path in suites if not path.is_dir()]
    folders = [*(documents or []), *(path for path in suites if path.is_dir())]
    with _said():
        if not files:
            raise EvalProblem("Hãy nêu ít nhất một tệp câu hỏi JSONL, ví dụ evals/suites/samples.jsonl.")
        job = Job(
            suites=tuple(files),
            out=out or _folder_of_now(),
            documents=tuple(folders),
            url=url,
            api_key=api_key,
            today=_day(today),
            perturb=_names(perturb),
            against=tuple(name for given in against or [] for name in _names(given)),
            judge=_judge(judge_url, judge_model, judge_key),
        )
        with _progress() as show:
            summary = evaluate(job, _settings(), show)
    _print_summary(summary)
    print(f"\nBáo cáo: {job.out / 'report.html'}")


@eval_app.command()
def retrieval(
    bench: Annotated[Path, typer.Argument(help="Thư mục bộ đo tìm kiếm.", exists=True, file_okay=False)],
    sample: Annotated[
        int | None,
        typer.Option(
            "--sample",
            min=1,
            help="Chỉ giữ chừng này điều: mọi điều đúng và các điều có sha256(id) nhỏ nhất.",
        ),
    ] = None,
    embedder: Annotated[
        list[str] | None,
        typer.Option(
            "--embedder",
            help="So các mô hình trong một lần chạy: tên đi kèm, thư mục đã xuất (có model.onnx) hoặc mô hình "
            "sentence-transformers; lặp lại được.",
        ),
    ] = None,
    whole: Annotated[
        bool,
        typer.Option(
            "--whole", help="Đo thêm cách không chia đoạn: một véc-tơ cho 256 token đầu của mỗi điều."
        ),
    ] = False,
    weights: Annotated[
        str,
        typer.Option("--weights", help="Đo thêm nDCG@10 với các trọng số véc-tơ khác, ví dụ 0.3,0.4,0.5."),
    ] = "",
    out: Out = None,
) -> None:
    """Đo tìm kiếm trên bộ điều luật có đáp án (Recall, MRR, nDCG), hoặc việc chọn câu trên XQuAD."""
    from evals.comparison import compare
    from evals.retrieval import Summary, measure, table, write

    with _said():
        with _progress() as show:
            summary: Summary
            if embedder or whole or weights:
                summary = compare(bench, _settings(), show, embedder or (), sample, whole, _shares(weights))
            else:
                summary = measure(
                    bench, _settings(), sample, lambda done, total: show("Lập chỉ mục", done, total)
                )
        folder = out or _folder_of_now()
        file = write(summary, folder)
    print(table(summary))
    print(f"\nSố liệu: {file}")


@eval_app.command()
def speed(
    bench: Annotated[Path, typer.Argument(help="Thư mục bộ đo điều luật.", exists=True, file_okay=False)],
    sample: Annotated[
        int | None, typer.Option("--sample", min=1, help="Chỉ giữ chừng này điều, như ở `eval retrieval`.")
    ] = None,
    against: Annotated[
        list[str] | None, typer.Option("--against", help="Đo thêm: naive, bm25; lặp lại được.")
    ] = None,
    threads: Annotated[int, typer.Option("--threads", min=1, help="Số câu hỏi cùng lúc.")] = 2,
    as_json: Annotated[bool, typer.Option("--json", help="In JSON.")] = False,
) -> None:
    """Đo thời gian trả lời của chính hệ thống (không qua máy chủ) trên một chỉ mục lớn."""
    from evals.speed_bench import measure

    with _said(), _progress() as show:
        run = measure(
            bench,
            _settings(),
            sample,
            tuple(against or ()),
            threads,
            lambda done, total: show("Lập chỉ mục", done, total),
        )
    print(run.as_json() if as_json else run.table())


@eval_app.command()
def embedders(
    models: Annotated[
        list[str],
        typer.Argument(help="Tên hoặc thư mục mô hình; các tỷ lệ tính theo mô hình đầu tiên."),
    ],
    texts: Annotated[
        Path | None,
        typer.Option(
            "--texts", help="Tệp mỗi dòng một đoạn văn; mặc định lấy từ các văn bản mẫu.", dir_okay=False
        ),
    ] = None,
    rounds: Annotated[int, typer.Option("--rounds", min=1, help="Số lượt đo xen kẽ.")] = 24,
    as_json: Annotated[bool, typer.Option("--json", help="In JSON.")] = False,
) -> None:
    """Đo dung lượng, thời gian nạp, bộ nhớ và tốc độ của các mô hình véc-tơ, mỗi mô hình một tiến trình riêng."""
    from evals.embedder_bench import measure

    with _said(), _progress() as show:
        costs = measure(models, _settings(), show, texts, rounds)
    print(costs.as_json() if as_json else costs.table())


@eval_app.command()
def structure(
    bench: Annotated[Path, typer.Argument(help="Tệp pháp điển .jsonl(.gz).", exists=True, dir_okay=False)],
    layout: Annotated[
        list[str] | None, typer.Option("--layout", help="Cách trình bày; lặp lại được, mặc định mọi cách.")
    ] = None,
    sample: Annotated[int | None, typer.Option("--sample", min=1, help="Chỉ chừng này văn bản.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="In JSON, kèm ví dụ sai.")] = False,
) -> None:
    """Đo việc tách điều, khoản, điểm: in pháp điển thành văn bản theo nhiều cách trình bày rồi đọc lại."""
    from evals.structure_bench import LAYOUTS, load_laws, measure, report

    with _said():
        laws = load_laws(bench, sample)
        names = layout or list(LAYOUTS)
        figures = []
        with _progress() as show:
            for count, name in enumerate(names, 1):
                figures.append(measure(laws, name))
                show("Đọc lại", count, len(names))
    print(
        json.dumps([f.as_json() for f in figures], ensure_ascii=False, indent=1)
        if as_json
        else report(figures)
    )


@eval_app.command()
def rescore(
    run: Annotated[Path, typer.Argument(help="Thư mục kết quả của `cchc eval answers`.")],
    suites: Annotated[
        list[Path] | None,
        typer.Option("--suite", help="Bộ câu hỏi đã sửa, thay các câu cùng mã; lặp lại được."),
    ] = None,
) -> None:
    """Chấm lại các câu trả lời đã có, không hỏi lại."""
    from evals.answers import rescore as again

    with _said():
        summary = again(run, suites or ())
    _print_summary(summary)


@eval_app.command()
def diff(
    before: Annotated[Path, typer.Argument(help="Thư mục kết quả trước.")],
    after: Annotated[Path, typer.Argument(help="Thư mục kết quả sau.")],
    as_json: Annotated[bool, typer.Option("--json", help="In JSON.")] = False,
) -> None:
    """So hai lần chạy: số liệu nào đổi, câu nào tốt lên, câu nào hỏng, có ý nghĩa thống kê không."""
    from evals.diff import compare, table
    from evals.record import read_records

    with _said():
        found = compare(*(read_records(_rows_of(run)) for run in (before, after)))
    print(json.dumps(found.as_json(), ensure_ascii=False, indent=1) if as_json else table(found))


@eval_app.command()
def gate(
    summary: Annotated[Path, typer.Argument(help="Tệp summary.json của `cchc eval answers`.")],
    floor: Annotated[
        list[str] | None,
        typer.Option(
            "--floor", help="Mức thấp nhất: TÊN=SỐ hoặc LOẠI:TÊN=SỐ, ví dụ facts_all=0.8; lặp lại được."
        ),
    ] = None,
    ceiling: Annotated[
        list[str] | None,
        typer.Option("--ceiling", help="Mức cao nhất, ví dụ unsupported_numbers=0; lặp lại được."),
    ] = None,
) -> None:
    """Mã thoát 1 khi một số liệu kém mức đã nêu."""
    from evals.gate import check
    from evals.summary import SUMMARY_FILE, read_summary

    with _said():
        if not floor and not ceiling:
            raise EvalProblem("Hãy nêu ít nhất một mức, ví dụ --floor facts_all=0.8.")
        file = summary / SUMMARY_FILE if summary.is_dir() else summary
        failed = check(read_summary(file), floor or (), ceiling or ())
    for sentence in failed:
        print(sentence)
    if failed:
        raise typer.Exit(1)
    print("Mọi số liệu đạt mức.")


@contextmanager
def _said() -> Iterator[None]:
    """Problems an evaluator can mend end the command with their message and exit code 2."""
    from index.problem import IndexProblem

    try:
        yield
    except (EvalProblem, SettingsError, IndexProblem) as error:
        typer.secho(str(error), err=True, fg="red")
        raise typer.Exit(2) from None


@contextmanager
def _progress() -> "Iterator[Show]":
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("", total=None)
        yield lambda what, done, total: progress.update(task, description=what, completed=done, total=total)


def _settings() -> Settings:
    return load_settings()


def _day(value: str | None) -> date | None:
    try:
        return date.fromisoformat(value) if value else None
    except ValueError:
        raise EvalProblem(
            f"“{value}” không phải ngày. Hãy viết theo dạng NĂM-THÁNG-NGÀY, ví dụ 2026-11-22."
        ) from None


def _names(given: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name.strip() for name in given.replace("|", ",").split(",") if name.strip()))


def _shares(given: str) -> tuple[float, ...]:
    try:
        shares = tuple(float(one) for one in _names(given))
    except ValueError:
        shares = (-1.0,)
    if not all(0 <= share <= 1 for share in shares):
        raise EvalProblem(f"--weights “{given}”: hãy nêu các số từ 0 đến 1, cách nhau bằng dấu phẩy.")
    return shares


def _judge(url: str, model: str, key: str) -> "Judge | None":
    if not url:
        return None
    from evals.judge import Judge

    if not model:
        raise EvalProblem("--judge-url cần thêm --judge-model: tên mô hình trên máy chủ đó.")
    judge = Judge(url, model, key)
    judge.check()  # a wrong address is said before the questions are asked
    return judge


def _folder_of_now() -> Path:
    return Path("runs") / f"{datetime.now():%Y%m%d-%H%M%S}"


def _rows_of(run: Path) -> Path:
    from evals.summary import ROWS_FILE

    return run / ROWS_FILE if run.is_dir() else run


def _print_summary(summary: "Summary") -> None:
    from rich.console import Console
    from rich.table import Table

    from evals.figures import BY_NAME
    from evals.report import shown

    table = Table(title=f"{summary.rows} câu hỏi, hôm nay là {summary.run.today:%d/%m/%Y}")
    table.add_column("Số liệu")
    for name in summary.systems:
        table.add_column(name, justify="right")
    for name in _SHOWN:
        measure = BY_NAME[name]
        cells = [shown(measure, system.overall.get(name)) for system in summary.systems.values()]
        table.add_row(f"{measure.title} ({name})", *cells)
    console = Console()
    console.print(table)
    for name, system in summary.systems.items():
        for variant, perturbed in system.perturbed.items():
            changes = [
                f"{figure} {perturbed.drop[figure].value:+.2f}"
                for figure in ("document_any", "provision_hit", "facts_all")
                if figure in perturbed.drop
            ]
            console.print(
                f"{name} · {variant}: {perturbed.changed} câu đổi; {', '.join(changes)}", soft_wrap=True
            )
    for warning in summary.run.warnings:
        console.print(warning, markup=False, soft_wrap=True)
    if summary.run.unreadable:
        console.print(f"{len(summary.run.unreadable)} tệp không đọc được, xem báo cáo.")
