"""report.html: what an evaluator looks at. One file that asks nothing of any network, for screen and paper.

Called by `evals.answers`. The page is evals/templates/report.html; here is what it shows, made ready for it.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from evals import notation, plots
from evals.faults import Fault, faults
from evals.figures import BY_NAME, FIGURES, Difference, Figure, Measure, by_kind
from evals.highlight import Piece, differing, marked
from evals.record import OURS, Record, of, systems
from evals.reply import Cited, Source
from evals.scoring import is_verbatim
from evals.suite import RIGHT_STATUSES, Expect
from evals.summary import Summary

#: The figures that tell most, at the top of the page.
FIRST = (
    "document_any", "provision_hit", "facts_all", "answered_wrongly", "refused_wrongly", "quote_fidelity",
    "unsupported_numbers", "latency_p50",
)  # fmt: skip
#: The figures of the table by kind.
MAIN = (
    "status_right", "document_any", "provision_hit", "provision_near", "facts_all",
    "refused_wrongly", "answered_wrongly", "unsupported_numbers", "latency_p50",
)  # fmt: skip
#: The figures of the tables and plots of perturbed questions.
PERTURBED = (
    "status_right",
    "document_any",
    "provision_hit",
    "facts_all",
    "refused_wrongly",
    "answered_wrongly",
)
PLOTTED = ("provision_hit", "facts_all")
#: What no deployment may fall short of, whatever the suite.
MUST_BE = {"quote_fidelity": 1.0, "unsupported_numbers": 0.0}

_FOUND = {
    "hit": "dẫn trúng",
    "near": "chỉ dẫn tới cấp trên",
    "document": "dẫn chỗ khác của văn bản",
    "described": "đã dẫn văn bản",
    "": "không dẫn",
}


@dataclass(frozen=True, slots=True)
class Cell:
    """One figure as it is shown."""

    value: str
    interval: str
    n: int
    share: float | None  # 0…1, drawn as a bar; None: not a share


@dataclass(frozen=True, slots=True)
class Change:
    """One paired difference as it is shown."""

    value: str
    interval: str
    significant: bool
    good: bool | None  # None: not significant, or neither is better


@dataclass(frozen=True, slots=True)
class Quote:
    """One citation, beside what is stored."""

    cited: Cited
    verbatim: bool
    held: bool  # the deployment stores something at that place
    quote: list[Piece]
    stored: list[Piece]  # empty where it is the quote


@dataclass(frozen=True, slots=True)
class Card:
    """One question with everything about it."""

    record: Record
    faults: tuple[Fault, ...]
    golds: list[tuple[str, str, str]]  # what is to be cited, how it was found, and that in words
    facts: list[tuple[str, bool]]
    text: list[Piece]
    quotes: list[Quote]
    peers: list["Card"]


def write_report(file: Path, summary: Summary, records: Sequence[Record]) -> None:
    """Write the report of one run. `records` are those that the summary was made from."""
    file.write_text(_page(summary, records), "utf-8")


def shown(measure: Measure, figure: Figure | None) -> str:
    """A figure in one line: "81,2 % [75,0 … 86,8]"; a dash where no question asks for it."""
    if figure is None:
        return "–"
    return f"{notation.value(measure.name, figure.value)} [{notation.interval(measure.name, figure)}]"


def _page(summary: Summary, records: Sequence[Record]) -> str:
    environment = Environment(
        loader=PackageLoader("evals"),
        autoescape=True,  # every text of a suite, an answer or a document
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(said=notation, OURS=OURS, len=len)
    plain = {name: of(records, name) for name in systems(records)}
    cards = _cards(plain)
    wrong = [card for card in cards if card.faults]
    return environment.get_template("report.html").render(
        summary=summary,
        run=summary.run,
        peers=[name for name in summary.systems if name != OURS],
        first=_first(summary),
        overall=_overall(summary),
        main=[BY_NAME[name] for name in MAIN],
        kinds=_kinds(summary, plain.get(OURS, [])),
        statuses=_statuses(summary),
        perturbed=_perturbed(summary),
        judged=_judged(summary, plain.get(OURS, [])),
        plots=_plots(summary, plain),
        wrong=wrong,
        passing=[card for card in cards if not card.faults],
        counts=_counts(wrong),
        kinds_asked=sorted({card.record.row.kind for card in cards}, key=notation.kind),
    )


def _cell(name: str, figure: Figure | None) -> Cell | None:
    if figure is None:
        return None
    share = figure.value if BY_NAME[name].unit == "share" else None
    return Cell(notation.value(name, figure.value), notation.interval(name, figure), figure.n, share)


def _change(name: str, difference: Difference | None) -> Change | None:
    if difference is None:
        return None
    return Change(
        notation.signed(name, difference.value),
        notation.interval(name, difference),
        difference.significant,
        notation.good(name, difference),
    )


def _first(summary: Summary) -> list[dict[str, Any]]:
    """The tiles at the top: each figure, its interval, and what the peers have."""
    if OURS not in summary.systems:
        return []
    tiles = []
    for name in FIRST:
        figure = summary.systems[OURS].overall.get(name)
        others = [
            (peer, notation.value(name, found.overall[name].value))
            for peer, found in summary.systems.items()
            if peer != OURS and name in found.overall
        ]
        must = MUST_BE.get(name)
        tiles.append(
            {
                "measure": BY_NAME[name],
                "cell": _cell(name, figure),
                "peers": others,
                "must": None if must is None else notation.value(name, must),
                "alarm": must is not None and figure is not None and figure.value != must,
            }
        )
    return tiles


def _overall(summary: Summary) -> list[dict[str, Any]]:
    """A line for every figure that any system has."""
    return [
        {
            "measure": measure,
            "cells": [
                _cell(measure.name, found.overall.get(measure.name)) for found in summary.systems.values()
            ],
            "changes": [
                _change(measure.name, found.get(measure.name)) for found in summary.ours_minus.values()
            ],
        }
        for measure in FIGURES
        if any(measure.name in found.overall for found in summary.systems.values())
    ]


def _kinds(summary: Summary, ours: Sequence[Record]) -> list[dict[str, Any]]:
    if OURS not in summary.systems:
        return []
    counts = {kind: len(found) for kind, found in by_kind(ours).items()}
    return [
        {
            "kind": kind,
            "n": counts.get(kind, 0),
            "cells": [_cell(name, figures.get(name)) for name in MAIN],
        }
        for kind, figures in summary.systems[OURS].kinds.items()
    ]


def _statuses(summary: Summary) -> dict[str, Any]:
    """Expected against got: for every status how often, and whether it does what is expected."""
    found = summary.systems[OURS].statuses if OURS in summary.systems else {}
    order = [str(status) for status in notation.STATUSES]
    got = {name for counts in found.values() for name in counts}
    columns = [name for name in order if name in got] + sorted(got - set(order))
    rows = [
        {
            "expect": expect,
            "n": sum(found[expect].values()),
            "cells": [
                (found[expect].get(name, 0), name in RIGHT_STATUSES[Expect(expect)]) for name in columns
            ],
        }
        for expect in map(str, Expect)
        if expect in found
    ]
    return {"columns": columns, "rows": rows}


def _perturbed(summary: Summary) -> list[dict[str, Any]]:
    return [
        {
            "system": system,
            "variants": [(name, one.changed) for name, one in found.perturbed.items()],
            "rows": [
                {
                    "measure": BY_NAME[name],
                    "plain": _cell(name, found.overall.get(name)),
                    "cells": [
                        (_cell(name, one.overall.get(name)), _change(name, one.drop.get(name)))
                        for one in found.perturbed.values()
                    ],
                }
                for name in PERTURBED
                if name in found.overall
            ],
        }
        for system, found in summary.systems.items()
        if found.perturbed
    ]


def _judged(summary: Summary, ours: Sequence[Record]) -> list[dict[str, Any]]:
    """What the judge model thought of our answers, and how far the deterministic figures say the same."""
    opinions = [record.opinion for record in ours if record.opinion is not None]
    if summary.judge is None:
        return []
    lines = []
    for name, title, beside in (
        ("faithful", "Mọi ý có trong phần trích", "trích dẫn nguyên văn, không số liệu lạ"),
        ("relevant", "Trả lời đúng điều được hỏi", "đủ mọi ý"),
    ):
        said = Counter(getattr(opinion, name) for opinion in opinions)
        compared = summary.judge.get(name)
        lines.append(
            {
                "name": name,
                "title": title,
                "beside": beside,
                "yes": said[True],
                "no": said[False],
                "unusable": said[None],
                "compared": compared if isinstance(compared, dict) else {},
            }
        )
    return lines


def _plots(summary: Summary, plain: Mapping[str, Sequence[Record]]) -> list[tuple[str, str, bool, Markup]]:
    """Each with its title, a word on how to read it, and whether it needs the whole width."""
    ours = summary.systems.get(OURS)
    drawn = []
    if ours and any(name in ours.overall for name in PLOTTED):
        drawn.append((*plots.PER_KIND, True, plots.per_kind(ours.kinds, ours.overall)))
    drawn.append((*plots.RISK, False, plots.risk_coverage(plain)))
    drawn.append((*plots.LATENCY, False, plots.latency(plain)))
    changes = {
        system: {variant: one.drop for variant, one in found.perturbed.items()}
        for system, found in summary.systems.items()
        if found.perturbed
    }
    if changes:
        drawn.append((*plots.DROPS, True, plots.drops(changes, PLOTTED)))
    return drawn


def _cards(plain: Mapping[str, Sequence[Record]]) -> list[Card]:
    others: dict[str, list[Card]] = {}
    for name, records in plain.items():
        if name != OURS:
            for record in records:
                others.setdefault(record.row.id, []).append(_card(record, []))
    return [_card(record, others.get(record.row.id, [])) for record in plain.get(OURS, [])]


def _card(record: Record, peers: list[Card]) -> Card:
    row, asked, verdict = record.row, record.asked, record.verdict
    # a row whose golds were never looked for (it was not to be answered) has nothing to mark
    golds = [
        (" · ".join(filter(None, (gold.document or gold.file, gold.provision))), found, _FOUND[found])
        for gold, found in zip(row.gold, verdict.golds, strict=False)
    ]
    facts = [(" / ".join(fact), found) for fact, found in zip(row.facts, verdict.facts, strict=False)]
    there = [word for fact, found in zip(row.facts, verdict.facts, strict=False) if found for word in fact]
    text = marked(
        asked.reply.text,
        (("forbidden", verdict.forbidden), ("loose", verdict.unsupported), ("fact", there)),
    )
    quotes = [
        _quote(cited, source) for cited, source in zip(asked.reply.citations, asked.sources, strict=True)
    ]
    return Card(record, faults(record), golds, facts, text, quotes, peers)


def _quote(cited: Cited, source: Source) -> Quote:
    stored = source.stored or ""
    verbatim = is_verbatim(cited, source)
    if verbatim or not stored:
        return Quote(cited, verbatim, bool(stored), [Piece(cited.quote, "")], [])
    quote, held = differing(cited.quote, stored)
    return Quote(cited, verbatim, True, quote, held)


def _counts(wrong: Sequence[Card]) -> list[dict[str, Any]]:
    """How often each fault occurs and in which kinds of question, the most frequent first."""
    kinds: dict[Fault, Counter[str]] = {}
    for card in wrong:
        for fault in card.faults:
            kinds.setdefault(fault, Counter())[card.record.row.kind] += 1
    lines = [
        {"fault": fault, "n": count.total(), "kinds": count.most_common()} for fault, count in kinds.items()
    ]
    return sorted(lines, key=lambda line: -int(str(line["n"])))
