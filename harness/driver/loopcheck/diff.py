# SPDX-License-Identifier: MIT
"""`loopcheck diff A.json B.json`: which verdicts changed from A to B."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import dataclass

from rich.text import Text

from loopcheck import console, report, verdicts
from loopcheck.report import Entry, Report

Key = tuple[str, str, str, str]  # run's label, loop, variant, check


@dataclass(frozen=True)
class Change:
    label: str
    loop: str
    variant: str
    check: str
    before: str | None  # a verdict; None where the check did not run
    after: str | None
    detail: str

    @property
    def worse(self) -> bool:
        """A new failure. A check that no longer runs is shown, and is none."""
        return self.after is not None and verdicts.BY_WORD[self.after].bad and not (
            self.before is not None and verdicts.BY_WORD[self.before].bad)

    @property
    def better(self) -> bool:
        return (self.before is not None and verdicts.BY_WORD[self.before].bad
                and not (self.after is not None and verdicts.BY_WORD[self.after].bad))


def command(options: argparse.Namespace) -> int:
    found = changes(report.load(options.a), report.load(options.b))
    out = console.make_console()
    for title, chosen in (("worse", [c for c in found if c.worse]),
                          ("better", [c for c in found if c.better]),
                          ("other", [c for c in found if not c.worse and not c.better])):
        if chosen:
            out.print(Text(f"{title}:", style="bold"))
        for change in chosen:
            out.print(_line(change), soft_wrap=True)
    worse = sum(change.worse for change in found)
    out.print(Text(f"{len(found)} verdicts changed, {worse} for the worse" if found
                   else "no verdict changed"))
    return 1 if worse else 0


def changes(before: Report, after: Report) -> list[Change]:
    """In the order of B, then what only A has. Machines are told apart where a report has many."""
    alone = len(before["runs"]) == len(after["runs"]) == 1
    old, new = dict(_entries(before, alone)), dict(_entries(after, alone))
    found = []
    for key in [*new, *(key for key in old if key not in new)]:
        a, b = old.get(key), new.get(key)
        if (a and a["verdict"]) != (b and b["verdict"]):
            told = b or a or {}
            found.append(Change(*key, a and a["verdict"], b and b["verdict"],
                                told.get("message", "")))
    return found


def _entries(made: Report, alone: bool) -> Iterator[tuple[Key, Entry]]:
    for run in made["runs"]:
        for entry in run["results"]:
            yield ("" if alone else run["label"], entry["loop"], entry["variant"],
                   entry["check"]), entry


def _word(word: str | None) -> Text:
    return Text(word, style=verdicts.BY_WORD[word].style) if word else Text("did not run")


def _line(change: Change) -> Text:
    where = f" on {change.label}" if change.label else ""
    line = Text(f"  {change.loop}/{change.variant}: {change.check}{where}: ")
    line.append_text(_word(change.before)).append(" -> ").append_text(_word(change.after))
    return line.append(f": {change.detail}" if change.detail else "")
