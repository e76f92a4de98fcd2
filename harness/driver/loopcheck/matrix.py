# SPDX-License-Identifier: MIT
"""The report as tables: columns are loops and variants, rows are areas or rules."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from loopcheck import verdicts
from loopcheck.report import Entry, Report


@dataclass(frozen=True)
class Column:
    """One variant of one loop in one run."""

    run: int
    loop: str
    variant: str
    label: str  # the run's; "" where there is only one
    version: str
    emulated: bool
    native: str  # the platform it behaves as

    @property
    def further(self) -> str:
        """The version, where the name does not tell it already."""
        return "" if self.loop.endswith(f" {self.version}") else self.version

    @property
    def group(self) -> str:
        """What stands above the columns of one loop."""
        name = f"{self.loop} {self.further}".rstrip()
        return name + (f" on {self.label}" if self.label else "")

    @property
    def title(self) -> str:
        return f"{self.loop}/{self.variant}" + (f" on {self.label}" if self.label else "")


@dataclass
class Matrix:
    columns: list[Column]
    areas: list[str]
    rules: dict[str, list[str]]  # the rules of each area, those without a result left out
    by_area: dict[tuple[str, Column], list[Entry]]
    by_rule: dict[tuple[str, Column], list[Entry]]

    def area_words(self, area: str, column: Column) -> list[str]:
        return [entry["verdict"] for entry in self.by_area.get((area, column), [])]

    def rule_words(self, rule: str, column: Column) -> list[str]:
        return [entry["verdict"] for entry in self.by_rule.get((rule, column), [])]


def columns(report: Report) -> Iterator[Column]:
    many = len(report["runs"]) > 1
    for at, run in enumerate(report["runs"]):
        for loop in run["loops"]:
            for variant in loop["variants"]:
                yield Column(at, loop["name"], variant["name"], run["label"] if many else "",
                             loop["version"], variant["emulated"], variant["platform"])


def make(report: Report) -> Matrix:
    found = Matrix(list(columns(report)), [], {}, {}, {})
    by_name = {(c.run, c.loop, c.variant): c for c in found.columns}
    for at, run in enumerate(report["runs"]):
        for entry in run["results"]:
            column = by_name[at, entry["loop"], entry["variant"]]
            area = entry["area"]
            found.by_area.setdefault((area, column), []).append(entry)
            rules = found.rules.setdefault(area, [])
            for rule in entry["rules"]:
                found.by_rule.setdefault((rule, column), []).append(entry)
                if not any(rule in known for known in found.rules.values()):
                    rules.append(rule)
    found.areas = list(found.rules)
    for rules in found.rules.values():
        rules.sort()
    return found


@dataclass(frozen=True)
class Row:
    """What one loop came to on one native variant, area by area."""

    name: str
    version: str
    words: list[list[str]]  # in the order of the matrix's areas


def overview(found: Matrix) -> list[Row]:
    """All loops beside one another, where there are more than two; what is emulated says nothing
    of a loop that has native variants too."""
    loops: dict[tuple[int, str], list[Column]] = {}
    for column in found.columns:
        loops.setdefault((column.run, column.loop), []).append(column)
    rows = []
    for members in loops.values() if len(loops) > 2 else ():
        for column in [c for c in members if not c.emulated] or members:
            rows.append(Row(column.title, column.further,
                            [found.area_words(area, column) for area in found.areas]))
    return rows


def parts(words: list[str], signs: dict[str, str]) -> list[str]:
    """How many passed, then how many came to each other verdict, with its sign; what was not
    decided is one number."""
    counted = verdicts.count(words)
    undecided = sum(counted.pop(word, 0) for word in verdicts.UNDECIDED)
    passed = counted.pop("passed", 0)
    told = [str(passed)] if passed or counted else []
    told += [f"{signs[word]}{number}" for word, number in counted.items()]
    return told + ([f"-{undecided}"] if undecided else [])


def cell(words: list[str]) -> str:
    """'14' passed; '12 F2' two failed besides; '-' where nothing was decided."""
    if not words:
        return ""
    counted = verdicts.count(words)
    decided = [word for word in words if word not in verdicts.UNDECIDED]
    if not decided:
        return "-"
    telling = [f"{verdicts.BY_WORD[word].sign}{number}" for word, number in counted.items()
               if word != "passed" and word not in verdicts.UNDECIDED]
    return " ".join([str(counted.get("passed", 0)), *telling])


def share(words: list[str]) -> str:
    """'12/14' of the checks that decided something passed; '-' where nothing was decided."""
    decided = [word for word in words if word not in verdicts.UNDECIDED]
    if not decided:
        return "-" if words else ""
    return f"{sum(word == 'passed' for word in decided)}/{len(decided)}"
