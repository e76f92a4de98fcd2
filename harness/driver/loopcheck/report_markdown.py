# SPDX-License-Identifier: MIT
"""Markdown: what a CI job shows as its summary."""

from __future__ import annotations

import re

from loopcheck import console, matrix, verdicts
from loopcheck.report import Entry, Report, exit_code, results

SIGNS = {"failed": "❌", "repaired": "❌", "deviates": "⚠️", "differs": "≠", "falls-short": "⚠️",
         "exceeds": "➕", "passed": "✅", "skipped": "", "refused": "", "not-provided": ""}


def _escape(text: str) -> str:
    """Text that Markdown and HTML leave as it is, in a table's cell too."""
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return re.sub(r"([\\`*_{}\[\]()#+!|~-])", r"\\\1", text)


def _cell(words: list[str]) -> str:
    stands_for = verdicts.worst(words)
    return f"{SIGNS[stands_for]} {matrix.share(words)}".strip() if stands_for else ""


def _table(tables: matrix.Matrix) -> list[str]:
    lines = ["| loop and variant | " + " | ".join(map(_escape, tables.areas)) + " |",
             "|:--|" + ":-:|" * len(tables.areas)]
    for column in tables.columns:
        cells = [_cell(tables.area_words(area, column)) for area in tables.areas]
        if any(cells):
            name = _escape(column.title) + (" *emulated*" if column.emulated else "")
            lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return lines


def _section(report: Report, entry: Entry) -> list[str]:
    name = f"{entry['loop']}/{entry['variant']}: {entry['check']}"
    lines = [f"<details><summary><b>{entry['verdict']}</b> {_escape(name)}</summary>", ""]
    for what, value in console.details(report, entry):
        lines.append(f"- {what}: {_escape(value)}")
    return [*lines, "", "</details>", ""]


def to_text(report: Report) -> str:
    sign = "❌" if exit_code(report) else "✅"
    lines = [f"## {sign} loopcheck", "", _escape(console.summary(report)), "",
             *_table(matrix.make(report)), ""]
    telling = [entry for entry in results(report) if verdicts.BY_WORD[entry["verdict"]].bad]
    for entry in telling:
        lines += _section(report, entry)
    for run in report["runs"]:
        lines += [f"- trouble: {_escape(trouble)}" for trouble in run["troubles"]]
        for loop in run["left_out"]:
            lines.append(f"- left out: {_escape(loop['name'])} ({_escape(loop['reason'])})")
    return "\n".join(lines).rstrip() + "\n"
