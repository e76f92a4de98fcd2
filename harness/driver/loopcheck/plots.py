# SPDX-License-Identifier: MIT
"""Measured times as small SVG plots: one row a variant, one dot a check, a logarithmic axis."""

from __future__ import annotations

import math
from dataclasses import dataclass
from html import escape

from loopcheck.matrix import Matrix

NANOSECONDS = {"ns": 1, "us": 1_000, "ms": 1_000_000, "s": 1_000_000_000}
ROW, TOP, WIDTH, RIGHT, CHARACTER = 22, 8, 420, 30, 6.8  # units of the drawing


@dataclass
class Plot:
    title: str
    svg: str


def show_time(ns: float) -> str:
    for unit, size in (("s", 1e9), ("ms", 1e6), ("µs", 1e3)):
        if ns >= size:
            return f"{ns / size:.3g} {unit}"
    return f"{ns:.0f} ns"


def make(tables: Matrix) -> list[Plot]:
    """A plot for each quantity that is a time, the one with the most dots first."""
    found: dict[str, dict[str, list[tuple[float, str]]]] = {}
    for column in tables.columns:
        for area in tables.areas:
            for entry in tables.by_area.get((area, column), []):
                for measure in entry.get("measures", []):
                    size = NANOSECONDS.get(measure["unit"])
                    if size:
                        row = column.title + (" (emulated)" if column.emulated else "")
                        found.setdefault(measure["name"], {}).setdefault(row, []).append(
                            (measure["value"] * size, entry["check"]))
    order = sorted(found, key=lambda name: (-sum(map(len, found[name].values())), name))
    return [Plot(name, _draw(name, found[name])) for name in order]


def _draw(name: str, rows: dict[str, list[tuple[float, str]]]) -> str:
    # Nothing and less have no place on a logarithmic axis: they are drawn on its left edge.
    values = [value for dots in rows.values() for value, _ in dots if value > 0] or [1.0]
    low = math.floor(math.log10(min(values)))
    high = max(low + 1, math.ceil(math.log10(max(values))))

    left = round(CHARACTER * max(map(len, rows))) + 16

    def x(value: float) -> float:
        return left + WIDTH * (math.log10(max(value, 10.0 ** low)) - low) / (high - low)

    bottom = TOP + ROW * len(rows)
    parts = [f'<svg viewBox="0 0 {left + WIDTH + RIGHT} {bottom + 24}" role="img" '
             f'aria-label="{escape(name)}">']
    for power in range(low, high + 1):
        at = x(10.0 ** power)
        parts.append(f'<line class="grid" x1="{at:.1f}" x2="{at:.1f}" y1="{TOP}" y2="{bottom}"/>'
                     f'<text class="tick" x="{at:.1f}" y="{bottom + 16}">'
                     f'{show_time(10.0 ** power)}</text>')
    for number, (row, dots) in enumerate(rows.items()):
        y = TOP + ROW * number + ROW / 2
        parts.append(f'<line class="row" x1="{left}" x2="{left + WIDTH}" y1="{y}" y2="{y}"/>'
                     f'<text class="label" x="{left - 10}" y="{y + 4}">{escape(row)}</text>')
        for value, check in sorted(dots):
            parts.append(f'<circle cx="{x(value):.1f}" cy="{y}" r="4"><title>{escape(check)}: '
                         f'{show_time(value)}</title></circle>')
    return "".join([*parts, "</svg>"])
