"""The plots of a report: text stays text, nothing outside is asked for, the same numbers give the same picture."""

import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from collections.abc import Sequence

import pytest
from eval_runs import record, refusal, reply, right_reply, row, summary_of
from markupsafe import Markup

from evals import plots
from evals.record import OURS, Record, of


def run() -> list[Record]:
    rows = [row(f"r{count}", kind="table" if count % 2 else "a $x^2$ <b> & “loại”") for count in range(8)]
    said = [right_reply(0.9 - count / 20) if count % 3 else refusal() for count in range(8)]
    records = [
        record(one, answer, ms=20 + 9 * one_ms)
        for one_ms, (one, answer) in enumerate(zip(rows, said, strict=True))
    ]
    records += [record(one, reply("Không rõ."), system="bm25", ms=1) for one in rows]
    records += [record(one, refusal(), variant="upper") for one in rows]
    return records


def drawn(records: Sequence[Record]) -> dict[str, Markup]:
    summary = summary_of(records)
    ours = summary.systems[OURS]
    plain = {name: of(records, name) for name in summary.systems}
    changes = {
        name: {variant: one.drop for variant, one in found.perturbed.items()}
        for name, found in summary.systems.items()
    }
    return {
        "kinds": plots.per_kind(ours.kinds, ours.overall),
        "risk": plots.risk_coverage(plain),
        "latency": plots.latency(plain),
        "drops": plots.drops(changes, ("provision_hit", "facts_all")),
    }


@pytest.fixture(scope="module")
def pictures() -> dict[str, Markup]:
    return drawn(run())


def texts(picture: str) -> list[str]:
    return [found.text or "" for found in ElementTree.fromstring(picture).iter("text")]


def test_the_same_records_give_the_same_bytes(pictures: dict[str, Markup]) -> None:
    assert drawn(run()) == pictures


def test_every_plot_has_a_title_and_says_how_to_read_it(pictures: dict[str, Markup]) -> None:
    for picture in pictures.values():
        root = ElementTree.fromstring(picture)
        assert root.get("role") == "img"
        named = {found.get("id"): found.text for found in root if found.tag in ("title", "desc")}
        assert len(named) == 2 and all(named.values())
        assert str(root.get("aria-labelledby")).split() == list(named)


def test_no_two_plots_of_one_page_share_an_id_and_every_reference_is_met(pictures: dict[str, Markup]) -> None:
    seen: list[str] = []
    for picture in pictures.values():
        root = ElementTree.fromstring(picture)
        ids = [str(found.get("id")) for found in root.iter() if found.get("id")]
        seen += ids
        used = re.findall(r'(?:url\(|href=")#([^")]+)', picture)
        assert used and set(used) <= set(ids)
    assert len(seen) == len(set(seen))


def test_a_plot_names_nothing_outside_the_page_and_styles_nothing_but_itself(
    pictures: dict[str, Markup],
) -> None:
    for picture in pictures.values():
        assert "http" not in picture and "<style" not in picture and "<image" not in picture


def test_colours_are_those_of_the_page_so_that_night_is_readable(pictures: dict[str, Markup]) -> None:
    for picture in pictures.values():
        assert "var(--series-1)" in picture and "var(--ink)" in picture
        assert not re.findall(r"(?:fill|stroke): #", picture)


def test_labels_are_text_and_names_of_kinds_are_never_read_as_anything_else(
    pictures: dict[str, Markup],
) -> None:
    labels = texts(pictures["kinds"])
    assert "a $x^2$ <b> & “loại” (4)" in labels
    assert "tra bảng (4)" in labels
    assert "50 %" in texts(pictures["risk"]) or "60 %" in texts(pictures["risk"])
    assert "CHỮ HOA" in texts(pictures["drops"])
    assert {OURS, "bm25"} <= set(texts(pictures["latency"])) & set(texts(pictures["risk"]))


def test_systems_differ_in_more_than_their_colour(pictures: dict[str, Markup]) -> None:
    dashed = re.findall(r"stroke: var\(--series-2\)[^\"]*", pictures["latency"])
    solid = re.findall(r"stroke: var\(--series-1\)[^\"]*", pictures["latency"])
    dashed += re.findall(r"stroke-dasharray[^\"]*var\(--series-2\)", pictures["latency"])
    assert any("dasharray" in style for style in dashed) and not any("dasharray" in style for style in solid)


def test_a_run_of_a_single_answer_can_be_drawn() -> None:
    (only,) = [record(row("a"))]
    summary = summary_of([only])
    assert "sự việc (1)" in texts(plots.per_kind(summary.systems[OURS].kinds, summary.systems[OURS].overall))
    assert texts(plots.risk_coverage({OURS: [only]})) and texts(plots.latency({OURS: [only]}))


def test_a_run_with_nothing_to_draw_gives_empty_plots() -> None:
    greeting = record(row("a", expect="greet"), reply("Xin chào.", status="greeting"))
    failed = greeting.model_copy(update={"asked": greeting.asked.model_copy(update={"error": "hỏng"})})
    assert texts(plots.risk_coverage({OURS: [greeting]}))
    assert texts(plots.latency({OURS: [failed]}))


def test_who_draws_nothing_does_not_wait_for_matplotlib() -> None:
    code = "import sys, evals.report; sys.exit('matplotlib' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], timeout=240).returncode == 0
