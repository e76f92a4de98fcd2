# SPDX-License-Identifier: MIT
"""What a run looks like in a terminal, and, without colours, in a pipe."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable, Iterator

from rich import box
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from loopcheck import matrix, report, verdicts
from loopcheck.matrix import Column, Matrix
from loopcheck.report import Entry, Report

PIPE_WIDTH = 100
DETAILED = ("failed", "repaired")


def make_console(stream=None) -> Console:
    stream = stream or sys.stdout
    if stream.isatty() and os.environ.get("TERM") != "dumb":
        return Console(file=stream, highlight=False, emoji=False)
    return Console(file=stream, width=PIPE_WIDTH, force_terminal=False, color_system=None,
                   highlight=False, emoji=False, legacy_windows=False)


@contextlib.contextmanager
def progress(total: int) -> Iterator[Callable[[str, str], None]]:
    """A live bar on a terminal; the yielded function takes (variant, verdict) a result."""
    shown = make_console(sys.stderr)
    if not shown.is_terminal:
        yield lambda name, word: None
        return
    bar = Progress(BarColumn(bar_width=None, complete_style="cyan",
                             finished_style="cyan"), MofNCompleteColumn(), TimeElapsedColumn(),
                   TextColumn("{task.description}", markup=False), console=shown, transient=True)
    bad = 0
    with bar:
        task = bar.add_task("", total=total)

        def advance(name: str, word: str) -> None:
            nonlocal bad
            bad += verdicts.BY_WORD[word].bad
            bar.update(task, advance=1, description=name + (f"  {bad} failed" if bad else ""))

        yield advance


def show(made: Report, verbose: bool = False) -> None:
    out = make_console()
    tables = matrix.make(made)
    for table in _tables(out, made, tables, verbose):
        out.print(table)
        out.print()
    rows = matrix.overview(tables)
    if rows:
        out.print(_overview(tables, rows))
        out.print()
    out.print(_legend(made, bool(rows)))
    for at, run in enumerate(made["runs"]):
        wanted = [entry for entry in run["results"]
                  if verbose and entry["verdict"] != "passed" or entry["verdict"] in DETAILED]
        for entry in wanted:
            out.print()
            _show_result(out, made, entry, run["label"] if len(made["runs"]) > 1 else "", verbose)
    out.print()
    for run in made["runs"]:
        for loop in run["left_out"]:
            out.print(Text(f"left out: {loop['name']} ({loop['reason']})"), soft_wrap=True)
    out.print(Text(summary(made)), soft_wrap=True)
    for run in made["runs"]:
        for trouble in run["troubles"]:
            print(f"loopcheck: {trouble}", file=sys.stderr)


def summary(made: Report) -> str:
    """The one line that says it all."""
    words = [entry["verdict"] for entry in report.results(made)]
    loops = {loop["name"] for run in made["runs"] for loop in run["loops"]}
    columns = list(matrix.columns(made))
    provided, applying = verdicts.coverage(words)
    seconds = sum(run["duration_s"] for run in made["runs"])
    counted = ", ".join(f"{number} {word}" for word, number in verdicts.count(words).items())
    return (f"{_many(len(loops), 'loop')}, {_many(len(columns), 'variant')}, "
            f"{_many(len(words), 'check')} in {seconds:.1f} s: {counted or 'nothing ran'}; "
            f"coverage {percent(provided, applying)}")


def percent(part: int, whole: int) -> str:
    """Never rounded up to 100 % or down to 0 %."""
    if whole == 0 or part == whole:
        return "100 %"
    return f"{min(99, max(1 if part else 0, round(100 * part / whole)))} %"


def _many(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _tables(out: Console, made: Report, tables: Matrix, verbose: bool) -> Iterator[Table]:
    """One table a loop and run; a loop with more variants than fit gets several."""
    rows = _rule_rows(made, tables) if verbose else [(area, area, "") for area in tables.areas]
    first = min(max((len(row[0]) for row in rows), default=4), 44)
    groups: dict[str, list[Column]] = {}
    for column in tables.columns:
        groups.setdefault(column.group, []).append(column)
    for group, members in groups.items():
        while members:
            taken = _fitting(tables, members, out.width - first, verbose)
            yield _table(tables, group, members[:taken], rows, verbose)
            members = members[taken:]


SPLIT = {"lifecycle": "life-\ncycle", "call_soon": "call_\nsoon", "descriptors": "descrip-\ntors",
         "datagrams": "data-\ngrams", "subprocess": "sub-\nprocess", "platform": "plat-\nform"}


def _overview(tables: Matrix, rows: list[matrix.Row]) -> Table:
    """Every loop and native variant in a row; the parts of a cell stand one below the other."""
    style = box.SIMPLE_HEAD if _draws_lines() else box.ASCII2
    table = Table(box=style, title=Text("all loops", style="bold"), title_justify="left",
                  padding=0, pad_edge=False, show_edge=False)
    areas = [area for at, area in enumerate(tables.areas) if any(row.words[at] for row in rows)]
    table.add_column(Text("\nloop"), no_wrap=False, overflow="fold")
    for area in areas:
        name = SPLIT.get(area, area)
        table.add_column(Text("\n" * (1 - name.count("\n")) + name), justify="right", no_wrap=True)
    signs = {verdict.word: verdict.sign for verdict in verdicts.ORDER}
    for row in rows:
        cells = [Text("\n".join(matrix.parts(words, signs)),
                      style=verdicts.BY_WORD[verdicts.worst(words)].style if words else "")
                 for words, area in zip(row.words, tables.areas) if area in areas]
        table.add_row(Text(row.name.replace("/", "\n")), *cells)
    return table


def _rule_rows(made: Report, tables: Matrix) -> list[tuple[str, str, str]]:
    return [(rule, area, rule) for area in tables.areas for rule in tables.rules[area]]


def _header(column: Column) -> str:
    pieces = column.variant.split("-")
    lines = [f"{piece}-" for piece in pieces[:-1]] + pieces[-1:]
    return "\n".join([*lines, "emulated"] if column.emulated else lines)


def _words(tables: Matrix, area: str, rule: str, column: Column) -> list[str]:
    return tables.rule_words(rule, column) if rule else tables.area_words(area, column)


def _width(tables: Matrix, column: Column, verbose: bool) -> int:
    header = max(map(len, _header(column).split("\n")))
    if verbose:
        return header
    cells = [matrix.cell(tables.area_words(area, column)) for area in tables.areas]
    return max([header, *map(len, cells)])


def _fitting(tables: Matrix, members: list[Column], room: int, verbose: bool) -> int:
    used = taken = 0
    for column in members:
        used += _width(tables, column, verbose) + 2
        if used > room and taken:
            break
        taken += 1
    return taken


def _table(tables: Matrix, group: str, members: list[Column],
           rows: list[tuple[str, str, str]], verbose: bool) -> Table:
    style = box.SIMPLE_HEAD if _draws_lines() else box.ASCII2
    table = Table(box=style, title=Text(group, style="bold"), title_justify="left",
                  padding=(0, 1, 0, 0), pad_edge=False, show_edge=False)
    deepest = max(_header(column).count("\n") for column in members)
    table.add_column(Text("\n" * deepest + ("rule" if verbose else "area")),
                     no_wrap=not verbose, overflow="fold")
    for column in members:
        table.add_column(Text("\n" * (deepest - _header(column).count("\n")) + _header(column)),
                         justify="center", no_wrap=True)
    for name, area, rule in rows:
        cells = [_words(tables, area, rule, column) for column in members]
        if any(cells):
            table.add_row(Text(name), *(_cell(words, bool(rule)) for words in cells))
    if not verbose and len(rows) > 1:
        table.add_section()
        table.add_row(Text("all"), *(
            _total([word for area in tables.areas for word in tables.area_words(area, column)])
            for column in members))
    return table


def _cell(words: list[str], one_sign: bool) -> Text:
    stands_for = verdicts.worst(words)
    if stands_for is None:
        return Text("")
    verdict = verdicts.BY_WORD[stands_for]
    return Text(verdict.sign if one_sign else matrix.cell(words), style=verdict.style)


def _total(words: list[str]) -> Text:
    """As a cell, but its parts one below the other: a column is as wide as its areas need."""
    text = _cell(words, False)
    return Text(text.plain.replace(" ", "\n"), style=text.style)


def _draws_lines() -> bool:
    return (sys.stdout.encoding or "").lower().replace("-", "") == "utf8"


def _legend(made: Report, undecided: bool) -> Text:
    """The signs that occur; a plain number counts what passed."""
    text = Text("number: checks that passed", style="dim")
    if undecided:
        text.append(";  -: not provided, refused or skipped")
    for word in report.counts(made):
        verdict = verdicts.BY_WORD[word]
        if word != "passed" and word not in verdicts.UNDECIDED:
            text.append(f";  {verdict.sign} {word}: {verdict.meaning}")
    return text


def _show_result(out: Console, made: Report, entry: Entry, label: str, verbose: bool) -> None:
    verdict = verdicts.BY_WORD[entry["verdict"]]
    where = f" on {label}" if label else ""
    head = Text(f"{verdict.word}", style=verdict.style)
    head.append(f"  {entry['loop']}/{entry['variant']}: {entry['check']}{where}", style="bold")
    out.print(head, soft_wrap=True)
    for name, value in details(made, entry, verbose):
        line = Text(f"  {name:<9} ", style="dim")
        line.append(value, style="default")
        out.print(line, soft_wrap=True)


def details(made: Report, entry: Entry, debug: bool = True) -> Iterator[tuple[str, str]]:
    """What is worth knowing about a result, in the order of reading."""
    for rule in entry["rules"]:
        known = made["rules"].get(rule)
        yield "rule", f"{known['title']} ({known['level']}; {rule})" if known else rule
    for name in ("message", "declared", "expected", "found", "at"):
        if name in entry:
            yield name, entry[name]
    for measure in entry.get("measures", []):
        yield "measured", f"{measure['name']} {measure['value']} {measure['unit']}".rstrip()
    for name, said in (("notes", "note"), ("stdout", "stdout"), ("stderr", "stderr")):
        for line in entry.get(name, []):
            yield said, line
    if "rerun" in entry:
        yield "again", entry["rerun"]
    for line in entry.get("debug", []) if debug else ():
        yield "debug", line
