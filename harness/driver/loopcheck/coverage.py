# SPDX-License-Identifier: MIT
"""`loopcheck coverage`: which lines of the reference no check reaches, nor a lack of memory."""

from __future__ import annotations

import argparse
import json
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich import box
from rich.table import Table

from loopcheck import build, console, places, runner, verdicts
from loopcheck.errors import UsageError
from loopcheck.tap import Result

TARGET = "loopcheck-coverage"
MEMORY = "reference-memory"  # plays what no check can ask for: memory runs out
PROFILES = ("3.7", "3.14")  # what the page of only one of them refuses is not refused by the other
HTML_PAGE = "index.html"


@dataclass(frozen=True)
class FileCoverage:
    """One source file: how many lines have code, how many were run, which were not."""

    file: str
    lines: int
    covered: int
    uncovered: tuple[tuple[int, int], ...]  # ranges, both ends included


def command(options: argparse.Namespace) -> int:
    gcovr = _find_gcovr()
    if options.json is not None:
        places.check_writable(options.json)
    if options.html is not None:
        _make_folder(options.html)
    build_dir = build.build("coverage", options.build_dir, targets=[TARGET, MEMORY])
    for old in build_dir.rglob("*.gcda"):
        old.unlink()
    program = build_dir / TARGET
    unrun = [line for profile in PROFILES for line in _run_suite(program, profile, options.jobs)]
    _run_out_of_memory(build_dir / MEMORY)
    files = from_gcovr(_gcovr(gcovr, build_dir, options.html))
    if not files:
        raise UsageError("gcovr found no counts: nothing was measured")
    if options.json is not None:
        places.write_report(options.json, to_json(files))
    console.make_console().print(_table(files))
    for line in unrun:
        print(f"loopcheck: {line}: lines that it would have reached may be missing",
              file=sys.stderr)
    return 0


def _find_gcovr() -> str:
    found = shutil.which("gcovr")
    if found is None:
        raise UsageError("coverage needs gcovr (on Debian: apt-get install gcovr; elsewhere: "
                         "python3 -m pip install gcovr)")
    return found


def _make_folder(path: Path) -> None:
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}") from None
    places.check_writable(path / HTML_PAGE)


def _run_suite(program: Path, profile: str, jobs: int) -> list[str]:
    """Every check on every variant of the reference; those that did not run to their end."""
    chosen = ["--variant", "*", "--asyncio", profile]
    total = len(runner.listing(program, "checks", chosen))
    unrun = []
    with console.progress(total) as advance:
        def note(result: Result) -> None:
            if verdicts.BY_WORD[result.verdict].bad or result.verdict == "skipped":
                unrun.append(f"asyncio {profile}, {result.description}: {result.verdict}")
            advance(f"asyncio {profile}", result.verdict)

        run = runner.Run([str(program), *chosen, "--jobs", str(jobs)], note)
        try:
            outcome = run.run()
        except BaseException:
            run.stop()
            raise
    if outcome.trouble or outcome.bail_out:
        raise UsageError(f"{TARGET}: {outcome.trouble or outcome.bail_out}")
    return unrun


def _run_out_of_memory(program: Path) -> None:
    done = subprocess.run([str(program)], stdin=subprocess.DEVNULL, text=True,
                          capture_output=True, errors="backslashreplace")
    if done.returncode != 0:
        raise UsageError(f"{MEMORY} ended with exit code {done.returncode}: "
                         f"{done.stderr.strip()[-500:]}")


def _gcovr(gcovr: str, build_dir: Path, html: Path | None) -> dict[str, Any]:
    root = places.root()
    with tempfile.TemporaryDirectory(prefix="loopcheck-") as scratch:
        document = Path(scratch) / "coverage.json"
        line = [gcovr, "--root", str(root), "--filter", re.escape(f"{root}/reference/"),
                "--json", str(document), str(build_dir)]
        if html is not None:
            line += ["--html-details", str((html / HTML_PAGE).absolute())]
        done = subprocess.run(line, cwd=build_dir, stdin=subprocess.DEVNULL, text=True,
                              capture_output=True, errors="backslashreplace")
        if done.returncode != 0:
            raise UsageError(f"gcovr ended with exit code {done.returncode}: "
                             f"{done.stderr.strip()[-500:]}")
        return json.loads(document.read_text("utf-8"))


def from_gcovr(document: dict[str, Any]) -> list[FileCoverage]:
    """What gcovr's JSON says of each file, in the order of their names."""
    files = []
    for entry in sorted(document["files"], key=lambda entry: entry["file"]):
        counts: dict[int, int] = {}
        for line in entry["lines"]:
            if not line.get("gcovr/noncode"):
                number = line["line_number"]
                counts[number] = counts.get(number, 0) + line["count"]
        covered = sum(count > 0 for count in counts.values())
        files.append(FileCoverage(entry["file"], len(counts), covered, ranges(counts)))
    return files


def ranges(counts: dict[int, int]) -> tuple[tuple[int, int], ...]:
    """The lines that were never run; lines without code between two such join them."""
    found: list[tuple[int, int]] = []
    joins = False
    for number in sorted(counts):
        if counts[number] == 0:
            found.append((found.pop()[0] if joins else number, number))
        joins = counts[number] == 0
    return tuple(found)


def shown(uncovered: Iterable[tuple[int, int]]) -> str:
    return ", ".join(str(first) if first == last else f"{first}-{last}"
                     for first, last in uncovered)


def percent(covered: int, lines: int) -> str:
    """Rounded down: 100 % is all."""
    return f"{covered * 1000 // lines / 10:.1f}" if lines else "-"


def to_json(files: list[FileCoverage]) -> str:
    document = {"profiles": PROFILES, "lines": sum(file.lines for file in files),
                "covered": sum(file.covered for file in files),
                "files": [vars(file) for file in files]}
    return json.dumps(document, indent=1) + "\n"


def _table(files: list[FileCoverage]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_footer=True)
    lines, covered = sum(file.lines for file in files), sum(file.covered for file in files)
    table.add_column("file", "all", no_wrap=True)
    table.add_column("lines", str(lines), justify="right")
    table.add_column("covered", str(covered), justify="right")
    table.add_column("%", percent(covered, lines), justify="right")
    table.add_column("never run", overflow="fold")
    for file in files:
        table.add_row(file.file, str(file.lines), str(file.covered),
                      percent(file.covered, file.lines), shown(file.uncovered))
    return table
