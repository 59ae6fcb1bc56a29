"""Ruled tables of a scanned page: where long dark lines cross they make cells, into which the words fall.

The OCR calls it with the straightened picture. A table without rules stays lines of text.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from ingest.readers.letterhead import is_layout
from ingest.readers.page import Char, Table, lines_of

_REDUCED = 2  # times the picture is reduced before lines are looked for
_DARK = 160
_SHORTEST = 0.12  # of the page's width: a shorter dark run is an underline or a letter
_SLACK = 5  # points between a rule and the end of another that it meets
_PAINT = 11  # pixels
_MIN_CELLS = 4  # with text


@dataclass(frozen=True, slots=True)
class _Rule:
    """A straight line in points: where it lies and from where to where."""

    at: float
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Grid:
    """The rules of a table: rows from the top, columns from the left."""

    rows: tuple[_Rule, ...]
    columns: tuple[_Rule, ...]


def grids(picture: Image.Image, scale: float) -> list[Grid]:
    """The ruled tables of a picture, still without text. `scale`: points of a pixel."""
    dark = np.asarray(picture.reduce(_REDUCED)) < _DARK
    step = scale * _REDUCED
    height = picture.height * scale
    least = int(_SHORTEST * dark.shape[1])
    across = [_Rule(height - r.at, r.start, r.end) for r in _rules(dark, least, step)]
    down = [_Rule(r.at, height - r.end, height - r.start) for r in _rules(dark.T, least // 4, step)]
    return [
        grid for grid in _frames(across, down) if len(_bands(grid.rows)) > 1 and len(_bands(grid.columns)) > 1
    ]


def without_rules(picture: Image.Image, found: Sequence[Grid], scale: float) -> Image.Image:
    """The picture with the rules of its tables painted over: tesseract loses numbers that stand alone between rules."""
    if not found:
        return picture
    done = picture.copy()
    draw = ImageDraw.Draw(done)
    for grid in found:
        for rule in grid.rows:
            y = picture.height - rule.at / scale
            draw.line((rule.start / scale, y, rule.end / scale, y), fill=255, width=_PAINT)
        for rule in grid.columns:
            x, top, bottom = (
                rule.at / scale,
                picture.height - rule.end / scale,
                picture.height - rule.start / scale,
            )
            draw.line((x, top, x, bottom), fill=255, width=_PAINT)
    return done


def tables(found: Sequence[Grid], chars: Sequence[Char]) -> list[Table]:
    """The tables with the words of the page in their cells."""
    return [table for table in (_table(grid, chars) for grid in found) if table is not None]


def _rules(dark: NDArray[np.bool_], least: int, step: float) -> list[_Rule]:
    """Horizontal runs of at least `least` dark points, those of a thick line as one."""
    # a run may be broken by a speck or lie over two rows where the scan is not quite straight
    thick = dark.copy()
    thick[1:] |= dark[:-1]
    thick[:, 1:] |= thick[:, :-1]
    found: list[_Rule] = []
    candidates = np.nonzero(thick.sum(axis=1) >= least)[0]
    for row in candidates:
        edges = np.flatnonzero(np.diff(np.concatenate(([0], thick[row].astype(np.int8), [0]))))
        for start, end in zip(edges[::2], edges[1::2], strict=True):
            if end - start >= least:
                found.append(_Rule(row * step, start * step, end * step))
    merged: list[_Rule] = []
    for rule in found:
        same = next(
            (
                i
                for i in range(len(merged) - 1, -1, -1)
                if rule.at - merged[i].at <= _SLACK
                and rule.start <= merged[i].end + _SLACK
                and rule.end >= merged[i].start - _SLACK
            ),
            None,
        )
        if same is None:
            merged.append(rule)
        else:
            one = merged[same]
            merged[same] = _Rule(rule.at, min(one.start, rule.start), max(one.end, rule.end))
    return merged


def _frames(across: Sequence[_Rule], down: Sequence[_Rule]) -> list[Grid]:
    """Rules that belong together: those that touch one another, as rows from the top and columns from the left."""
    groups: list[tuple[list[_Rule], list[_Rule]]] = []
    for column in down:
        touching = [group for group in groups if any(_meet(row, column) for row in group[0])]
        rows = [row for row in across if _meet(row, column)]
        columns = [column]
        for group in touching:
            groups.remove(group)
            rows += [row for row in group[0] if row not in rows]
            columns += group[1]
        groups.append((rows, columns))
    return [
        Grid(
            tuple(sorted(rows, key=lambda one: -one.at)),
            tuple(sorted(columns, key=lambda one: one.at)),
        )
        for rows, columns in groups
    ]


def _bands(rules: Sequence[_Rule]) -> list[tuple[float, float]]:
    """The spaces between rules that lie side by side."""
    return [(a.at, b.at) for a, b in pairwise(rules) if abs(a.at - b.at) > _SLACK]


def _meet(row: _Rule, column: _Rule) -> bool:
    return (
        row.start - _SLACK <= column.at <= row.end + _SLACK
        and column.start - _SLACK <= row.at <= column.end + _SLACK
    )


def _table(grid: Grid, chars: Sequence[Char]) -> Table | None:
    """The table of a grid; None where it is only a box, a stamp or a letterhead."""
    rows, columns = grid.rows, grid.columns
    heights, widths = _bands(rows), _bands(columns)
    inside: dict[tuple[int, int], list[Char]] = {}
    for char in chars:
        x, y = (char.x0 + char.x1) / 2, char.y + char.size / 4
        row = next((i for i, (top, bottom) in enumerate(heights) if bottom <= y < top), None)
        column = next((i for i, (left, right) in enumerate(widths) if left <= x < right), None)
        if row is None or column is None:
            continue
        # a cell merged with its neighbours is the first of them
        while column and not _drawn(columns, widths[column][0], sum(heights[row]) / 2):
            column -= 1
        while row and not _drawn(rows, heights[row][0], sum(widths[column]) / 2):
            row -= 1
        inside.setdefault((row, column), []).append(char)
    done = [
        tuple(
            "\n".join(line.text for line in lines_of(inside.get((row, column), ())))
            for column in range(len(widths))
        )
        for row in range(len(heights))
    ]
    done = [row for row in done if any(row)]
    filled = sum(bool(cell) for row in done for cell in row)
    if filled < _MIN_CELLS or is_layout(done):
        return None
    return Table(rows[0].at, rows[-1].at, columns[0].at, columns[-1].at, tuple(done))


def _drawn(rules: Sequence[_Rule], at: float, along: float) -> bool:
    """Whether a rule at this place is drawn where it passes `along`."""
    return any(abs(rule.at - at) <= _SLACK and rule.start <= along <= rule.end for rule in rules)
