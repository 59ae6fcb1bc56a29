"""The plots of a report as SVG to stand inside one page. Called by `evals.report`.

Colours are variables of the page, so that a plot is readable by day and by night; text stays text; the same numbers
give the same bytes. No plot tells by colour alone: systems also differ in their dashes and marks.
"""

import io
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from markupsafe import Markup, escape

from evals import notation
from evals.figures import BY_NAME, Difference, Figure, confidence_and_wrong, risks
from evals.record import Record

if TYPE_CHECKING:  # matplotlib takes a second to import: only who draws waits for it
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Drawing

#: Of each plot its title and how to read it; who does not see it hears the same.
PER_KIND = (
    "Dẫn trúng chỗ và đủ ý theo loại câu hỏi",
    "Mỗi thanh là một loại câu hỏi (số câu), vạch ngang là khoảng tin cậy 95 %, đường đứt là kết quả chung. "
    "Số liệu ở bảng theo loại câu hỏi.",
)
RISK = (
    "Rủi ro – độ phủ",
    "Đường thấp hơn là tốt hơn; dấu đậm là chỗ hệ thống thực sự dừng trả lời. "
    "Diện tích dưới đường là chỉ số aurc trong bảng.",
)
LATENCY = (
    "Phân bố thời gian trả lời",
    "Đường lên sớm hơn là nhanh hơn; mức 50 % và 95 % là các chỉ số latency_p50 và latency_p95 trong bảng.",
)
DROPS = (
    "Kết quả khi câu hỏi được gõ khác đi",
    "Bên trái số 0 là kém hơn câu gốc; vạch ngang là khoảng tin cậy 95 %. Số liệu ở bảng biến thể.",
)

#: What stands for the page's colours while drawing -> the page's variable.
_INK, _FAINT, _GRID = "#010101", "#020202", "#030303"
_SERIES = ("#040404", "#050505", "#060606", "#070707")
_VARIABLES = {
    _INK: "var(--ink)",
    _FAINT: "var(--faint)",
    _GRID: "var(--line)",
    **{colour: f"var(--series-{count})" for count, colour in enumerate(_SERIES, 1)},
}
_DASHES = ("-", "--", ":", "-.")
_MARKS = ("o", "s", "^", "D")
_SETTINGS: Any = {  # matplotlib types the keys, every one of them
    "figure.facecolor": "none",
    "text.parse_math": False,  # a "$" in the name of a kind is a "$"
    "svg.fonttype": "none",
    "svg.hashsalt": "cchc",
    "font.family": "DejaVu Sans",  # comes with matplotlib: the same measures everywhere
    "font.size": 10.0,
    "text.color": _INK,
    "axes.edgecolor": _FAINT,
    "axes.labelcolor": _INK,
    "axes.titlesize": 11.0,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.facecolor": "none",
    "axes.axisbelow": True,
    "axes.grid": True,
    "grid.color": _GRID,
    "xtick.color": _FAINT,
    "xtick.labelcolor": _INK,
    "ytick.color": _FAINT,
    "ytick.labelcolor": _INK,
    "legend.frameon": False,
    "legend.labelcolor": _INK,
    "savefig.facecolor": "none",
}
_METADATA = dict.fromkeys(("Creator", "Date", "Format", "Type"))


def per_kind(kinds: Mapping[str, Mapping[str, Figure]], overall: Mapping[str, Figure]) -> Markup:
    """A bar for every kind of question that asks for places or facts, with its interval."""
    names = ("provision_hit", "facts_all")
    shown = [kind for kind, figures in kinds.items() if any(name in figures for name in names)]

    def draw(drawing: "Drawing") -> None:
        every: Any = drawing.subplots(1, 2, sharey=True)
        places = np.arange(len(shown))[::-1]
        for axes, name, colour in zip(every, names, _SERIES, strict=False):
            found = [
                (at, kinds[kind][name]) for at, kind in zip(places, shown, strict=True) if name in kinds[kind]
            ]
            where = [at for at, _ in found]
            axes.barh(where, [one.value for _, one in found], height=0.62, color=colour, alpha=0.45)
            _whiskers(axes, where, [one for _, one in found], _INK)
            if name in overall:
                axes.axvline(overall[name].value, color=_FAINT, linewidth=1, linestyle="--")
            axes.set_title(BY_NAME[name].title, loc="left")
            _percent(axes, "x")
            axes.grid(axis="y", visible=False)
        every[0].set_yticks(
            places, [f"{notation.kind(kind)} ({_most(kinds[kind], names)})" for kind in shown]
        )

    return _svg("kinds", *PER_KIND, (9.4, 0.9 + 0.3 * max(len(shown), 3)), draw)


def risk_coverage(systems: Mapping[str, Sequence[Record]]) -> Markup:
    """How many answers are wrong when only the surest are given, for every share given."""

    def draw(drawing: "Drawing") -> None:
        axes = drawing.subplots()
        for count, (name, records) in enumerate(systems.items()):
            kept = [pair for record in records if (pair := confidence_and_wrong(record)) is not None]
            if not kept:
                continue
            confidence, wrong = np.array(kept, dtype=np.float64).T
            risk = risks(confidence, wrong)
            coverage = np.arange(1, len(risk) + 1) / len(risk)
            axes.plot(coverage, risk, **_line(count), label=name)
            answered = int((confidence > 0).sum())
            if answered:
                at = answered - 1
                axes.plot(coverage[at], risk[at], _MARKS[count % 4], color=_SERIES[count % 4], markersize=8)
        axes.set_xlabel("Độ phủ: tỷ lệ câu được trả lời, câu chắc chắn trước")
        axes.set_ylabel("Rủi ro: tỷ lệ sai trong đó")
        _percent(axes, "x")
        _percent(axes, "y", full=False)
        axes.set_ylim(bottom=0)
        _legend(axes)

    return _svg("risk", *RISK, (6.4, 4.2), draw)


def latency(systems: Mapping[str, Sequence[Record]]) -> Markup:
    """The share of questions answered within a time, for every time."""

    def draw(drawing: "Drawing") -> None:
        axes = drawing.subplots()
        for count, (name, records) in enumerate(systems.items()):
            times = np.sort([max(record.asked.ms, 0.01) for record in records if not record.asked.error])
            if len(times):
                axes.step(
                    times, np.arange(1, len(times) + 1) / len(times), where="post", **_line(count), label=name
                )
        axes.set_xscale("log")
        axes.xaxis.set_major_formatter(lambda ms, _: notation.decimal(ms, 0 if ms >= 1 else 2))
        axes.xaxis.set_minor_formatter(lambda ms, _: "")
        axes.set_xlabel("Thời gian từ câu hỏi tới câu trả lời, ms (thang log)")
        axes.set_ylabel("Tỷ lệ câu đã trả lời xong")
        _percent(axes, "y")
        _legend(axes)

    return _svg("latency", *LATENCY, (6.4, 4.2), draw)


def drops(changes: Mapping[str, Mapping[str, Mapping[str, Difference]]], names: Sequence[str]) -> Markup:
    """What the figures `names` lose when questions are typed differently: `changes[system][variant][figure]`."""
    variants = list(dict.fromkeys(variant for found in changes.values() for variant in found))

    def draw(drawing: "Drawing") -> None:
        every: Any = np.atleast_1d(drawing.subplots(1, len(names), sharey=True))
        places = np.arange(len(variants))[::-1]
        for axes, name in zip(every, names, strict=True):
            for count, (system, found) in enumerate(changes.items()):
                shift = 0.2 * ((len(changes) - 1) / 2 - count)
                marks = [
                    (at + shift, found[variant][name])
                    for at, variant in zip(places, variants, strict=True)
                    if name in found.get(variant, {})
                ]
                where = [at for at, _ in marks]
                _whiskers(axes, where, [one for _, one in marks], _SERIES[count % 4])
                axes.plot(
                    [one.value for _, one in marks], where, _MARKS[count % 4], color=_SERIES[count % 4],
                    markersize=6, label=system,
                )  # fmt: skip
            axes.axvline(0, color=_FAINT, linewidth=1)
            axes.set_title(BY_NAME[name].title, loc="left")
            axes.xaxis.set_major_formatter(lambda share, _: notation.decimal(share * 100, 0))
            axes.set_xlabel("điểm phần trăm so với câu gốc")
            axes.grid(axis="y", visible=False)
            axes.set_ylim(-0.6, len(variants) - 0.4)
        every[0].set_yticks(places, [notation.variant(variant) for variant in variants])
        _legend(every[0])

    return _svg("drops", *DROPS, (9.4, 1.5 + 0.55 * max(len(variants), 2)), draw)


def _line(count: int) -> dict[str, Any]:
    return {
        "color": _SERIES[count % 4],
        "linestyle": _DASHES[count % 4],
        "linewidth": 2.4 if count == 0 else 1.8,
    }


def _whiskers(
    axes: "Axes", where: Sequence[float], found: Sequence[Figure | Difference], colour: str
) -> None:
    axes.hlines(where, [one.low for one in found], [one.high for one in found], colors=colour, linewidth=1.5)


def _legend(axes: "Axes") -> None:
    if axes.get_legend_handles_labels()[0]:
        axes.legend(loc="best")


def _percent(axes: "Axes", which: str, full: bool = True) -> None:
    axis = axes.xaxis if which == "x" else axes.yaxis
    axis.set_major_formatter(lambda share, _: f"{notation.decimal(share * 100, 0)} %")
    if full:
        (axes.set_xlim if which == "x" else axes.set_ylim)(0, 1.02)


def _most(figures: Mapping[str, Figure], names: Sequence[str]) -> int:
    return max(figures[name].n for name in names if name in figures)


def _svg(name: str, title: str, described: str, size: tuple[float, float], draw: Any) -> Markup:
    """An <svg> with a title and a description for who does not see it; its ids begin with `name`."""
    from matplotlib import rc_context
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure as Drawing

    with rc_context(_SETTINGS):
        drawing = Drawing(figsize=size, layout="constrained")
        draw(drawing)
        target = io.StringIO()
        FigureCanvasSVG(drawing)  # without it, saving would ask for a canvas of the whole process
        drawing.savefig(target, format="svg", metadata=_METADATA)
    return _inline(target.getvalue(), name, title, described)


def _inline(svg: str, name: str, title: str, described: str) -> Markup:
    """What matplotlib wrote as a file, made a part of a page: no head, no style of the whole page, own ids."""
    _, _, body = svg[svg.index("<svg") :].partition(">")
    view = re.search(r'viewBox="([^"]+)"', svg)
    assert view is not None, "matplotlib always writes a viewBox"
    body = re.sub(r"<style\b.*?</style>|<metadata>.*?</metadata>", "", body, flags=re.DOTALL)
    body = body.replace("xlink:href", "href")
    body = re.sub(r'\bid="', f'id="{name}-', body)
    body = re.sub(r"(url\(|href=\")#", rf"\1#{name}-", body)
    for colour, variable in _VARIABLES.items():
        body = body.replace(colour, variable)
    body = body.replace("'DejaVu Sans'", "var(--sans)")
    head = (
        f'<svg viewBox="{view[1]}" role="img" aria-labelledby="{name}-title {name}-desc">'
        f'<title id="{name}-title">{escape(title)}</title><desc id="{name}-desc">{escape(described)}</desc>'
    )
    return Markup(head + body)
