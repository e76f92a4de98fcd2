# SPDX-License-Identifier: MIT
"""One self-contained page: the matrix of loops and rules, what lies behind each cell, timing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup

from loopcheck import console, matrix, plots, report, verdicts
from loopcheck.matrix import Column, Matrix
from loopcheck.report import Entry, Report

SIGNS = {"failed": "✕", "repaired": "✕", "deviates": "!", "differs": "≠", "falls-short": "▾",
         "exceeds": "+", "passed": "✓", "skipped": "–", "refused": "–", "not-provided": "∅"}


def _groups(columns: list[Column]) -> list[dict[str, Any]]:
    groups: dict[str, list[Column]] = {}
    for column in columns:
        groups.setdefault(column.group, []).append(column)
    return [{"name": name, "columns": members} for name, members in groups.items()]


class _Details:
    """What the page shows for a cell; each result is kept once, however many rules it decides."""

    def __init__(self, made: Report):
        self._made = made
        self._places: dict[int, int] = {}
        self.kept: list[dict[str, Any]] = []

    def place(self, entry: Entry) -> int:
        at = self._places.get(id(entry))
        if at is None:
            at = self._places[id(entry)] = len(self.kept)
            self.kept.append({
                "check": entry["check"], "verdict": entry["verdict"],
                "ms": entry.get("duration_ms"),
                "lines": [list(line) for line in console.details(self._made, entry)
                          if line[0] != "rule"]})
        return at


def _cell(entries: list[Entry], details: _Details) -> dict[str, Any] | None:
    if not entries:
        return None
    word = verdicts.worst(entry["verdict"] for entry in entries)
    return {"word": word, "sign": SIGNS[word], "many": len(entries),
            "at": " ".join(str(details.place(entry)) for entry in entries)}


def _areas(made: Report, tables: Matrix, details: _Details) -> list[dict[str, Any]]:
    areas = []
    for area in tables.areas:
        rows = []
        for rule in tables.rules[area]:
            cells = [_cell(tables.by_rule.get((rule, column), []), details)
                     for column in tables.columns]
            rows.append({"id": rule, "cells": cells,
                         "words": " ".join(sorted({c["word"] for c in cells if c})),
                         **made["rules"].get(rule, {"title": rule, "level": "", "scope": "",
                                                    "source": ""})})
        totals = [matrix.share(tables.area_words(area, column)) for column in tables.columns]
        worst = [verdicts.worst(tables.area_words(area, column)) for column in tables.columns]
        areas.append({"name": area, "rows": rows, "totals": list(zip(totals, worst))})
    return areas


def _overview(tables: Matrix) -> list[dict[str, Any]]:
    return [{"name": row.name, "version": row.version,
             "cells": [{"parts": matrix.parts(words, SIGNS), "word": verdicts.worst(words)}
                       for words in row.words]}
            for row in matrix.overview(tables)]


def _unruled(made: Report) -> list[str]:
    """What no cell of the matrix could show: troubles, and failures that decide no rule."""
    said = [trouble for run in made["runs"] for trouble in run["troubles"]]
    return said + [f"{entry['loop']}/{entry['variant']}: {entry['check']}: {entry['verdict']}: "
                   f"{entry.get('message', '')}" for entry in report.results(made)
                   if not entry["rules"] and verdicts.BY_WORD[entry["verdict"]].bad]


def _as_script(value: Any) -> Markup:
    """JSON that may stand inside a script element."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return Markup(text)


def to_text(made: Report) -> str:
    tables = matrix.make(made)
    details = _Details(made)
    areas = _areas(made, tables, details)
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent / "templates"), autoescape=True,
        undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    return environment.get_template("report.html").render(
        report=made, overview=_overview(tables), area_names=tables.areas, groups=_groups(tables.columns), columns=tables.columns, areas=areas,
        counts=report.counts(made), verdicts=verdicts.BY_WORD, signs=SIGNS,
        summary=console.summary(made), unruled=_unruled(made), good=not report.exit_code(made),
        plots=[(plot.title, Markup(plot.svg)) for plot in plots.make(tables)],
        data=_as_script({"results": details.kept,
                         "columns": [column.title + (" (emulated)" if column.emulated else "")
                                     for column in tables.columns]}))
