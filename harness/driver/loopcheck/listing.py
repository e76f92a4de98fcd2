# SPDX-License-Identifier: MIT
"""`loopcheck list`: a table on a terminal, tab-separated lines with a header in a pipe."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from rich import box
from rich.table import Table
from rich.text import Text

from loopcheck import build, catalogue, console, loops, runner, spec, trace
from loopcheck.errors import UsageError
from loopcheck.loops import LeftOut, Loop

Rows = Sequence[Sequence[str]]


def _built(options: argparse.Namespace) -> tuple[Path, Path]:
    build_dir = build.for_use(options)
    return build_dir, runner.find(build_dir)


def command(options: argparse.Namespace) -> int:
    if options.trace:
        if options.what:
            raise UsageError(f"list --trace shows the whole chain, not {options.what} alone")
        _, program = _built(options)
        return trace.show(trace.make(spec.load(), catalogue.checks(program),
                                     catalogue.faults(program)))
    if not options.what:
        raise UsageError("list what? loops, variants, rules, checks, faults, statements or --trace")
    header, rows = LISTS[options.what](options)
    _show(header, rows)
    return 0


def _all_loops(options: argparse.Namespace) -> tuple[list[Loop], list[LeftOut]]:
    build_dir, program = _built(options)
    return loops.load_all(program, build_dir, [], loops.interpreters(options.python))


def _loops(options: argparse.Namespace) -> tuple[list[str], Rows]:
    rows = []
    found, missing = _all_loops(options)
    for loop in found:
        rows.append([loop.name, loop.version, "asyncio's" if loop.claims_asyncio else "its own",
                     ", ".join(variant.name for variant in loop.variants)])
    rows += [[loop.name, "", "", f"left out: {loop.reason}"] for loop in missing]
    return ["loop", "version", "interface", "variants"], rows


def _variants(options: argparse.Namespace) -> tuple[list[str], Rows]:
    rows = []
    for loop in _all_loops(options)[0]:
        rows += [[loop.name, v.name, v.kind, v.selector, v.platform, v.platform_version,
                  "emulated" if v.emulated else ""] for v in loop.variants]
    return ["loop", "variant", "kind", "selector", "platform", "version", "emulated"], rows


def _rules(options: argparse.Namespace) -> tuple[list[str], Rows]:
    return ["rule", "level", "scope", "title"], [
        [rule.id, rule.level, rule.scope, rule.title] for rule in spec.load().rules]


def _checks(options: argparse.Namespace) -> tuple[list[str], Rows]:
    return ["check", "rules", "needs"], [
        [check.id, ", ".join(check.rules), ", ".join(check.needs)]
        for check in catalogue.checks(_built(options)[1])]


def _faults(options: argparse.Namespace) -> tuple[list[str], Rows]:
    return ["fault", "checks", "summary"], [
        [fault.id, ", ".join(fault.checks), fault.summary]
        for fault in catalogue.faults(_built(options)[1])]


def _statements(options: argparse.Namespace) -> tuple[list[str], Rows]:
    return ["statement", "lines", "text"], [
        [statement.id, "-".join(map(str, statement.lines or ())), statement.text]
        for statement in spec.load().statements]


LISTS = {"loops": _loops, "variants": _variants, "rules": _rules, "checks": _checks,
         "faults": _faults, "statements": _statements}


def _show(header: list[str], rows: Rows) -> None:
    out = console.make_console()
    if not out.is_terminal:
        print("# " + "\t".join(header))
        for row in rows:
            print("\t".join(row))
        return
    table = Table(*header, box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for row in rows:
        table.add_row(*map(Text, row))
    out.print(table)
