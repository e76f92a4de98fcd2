# SPDX-License-Identifier: MIT
"""The command line."""

from __future__ import annotations

import argparse
import os
import signal
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

from loopcheck import __version__, machine

DESCRIPTION = """\
Decides whether an event loop behaves as its platform says it should: asyncio's Platform Support
page and the guarantees below it, as rules, decided by checks for any loop joined to one C ABI."""

EPILOG = """\
exit codes: 0 all as it must be or as declared; 1 a deviation that nobody declared, or a declared
one that went away; 2 wrong usage, or the harness itself could not work; 130 interrupted."""


class BadUsage(Exception):
    """What argparse would say in two lines, in one."""


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> None:
        raise BadUsage(f"{message} ({self.prog} --help tells more)")


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError
    return number


def _natural(text: str) -> int:
    number = int(text)
    if not 0 <= number < 1 << 63:
        raise ValueError
    return number


def _seconds(text: str) -> float:
    number = float(text)
    if not 0 < number <= 86400:
        raise ValueError
    return number


_positive.__name__ = "whole number (at least 1)"
_natural.__name__ = "whole number"
_seconds.__name__ = "number of seconds"


def make_parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="loopcheck", description=DESCRIPTION, epilog=EPILOG,
                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--version", action="version", version=f"loopcheck {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True,
                                     parser_class=_Parser)
    _add_run(commands)
    _add_test(commands)
    _add_coverage(commands)
    _add_list(commands)
    _add_explain(commands)
    _add_diff(commands)
    _add_merge(commands)
    _add_matrix(commands)
    return parser


def _command(commands, name: str, module: str, text: str) -> argparse.ArgumentParser:
    made = commands.add_parser(name, help=text, description=text[0].upper() + text[1:] + ".",
                               epilog=EPILOG, formatter_class=argparse.RawDescriptionHelpFormatter)
    made.set_defaults(module=module)
    return made


def _add_build(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--build-dir", type=Path, metavar="DIR",
                        help="where CMake builds (build/release)")
    parser.add_argument("--no-build", action="store_true", help="take the build as it is")


def _add_python(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--python", action="append", default=[], metavar="PATH|GLOB",
                        help="the interpreter of the loops in Python (python3 on the PATH); may be "
                             "repeated, each is judged")


def _add_reports(parser: argparse.ArgumentParser, *kinds: str) -> None:
    said = {"json": "the whole report, for machines and for diff and merge",
            "html": "one page: the matrix of loops and rules, details, timing",
            "junit": "JUnit XML, for CI", "markdown": "a summary for the page of a CI job"}
    for name in kinds:
        parser.add_argument(f"--{name}", type=Path, metavar="FILE", help=f"write {said[name]}")


def _add_run(commands) -> None:
    run = _command(commands, "run", "run", "judge loops: build, run every check, show the verdicts")
    run.add_argument("--loop", action="append", default=[], metavar="NAME|PATH|python:MODULE:FACTORY",
                     help="a loop of this build, a library that exports loop_api_v1, or a loop with "
                          "asyncio's interface; all that were built unless given; may be repeated")
    _add_python(run)
    run.add_argument("--variant", action="append", default=[], metavar="GLOB",
                     help="only these variants; may be repeated")
    run.add_argument("--check", action="append", default=[], metavar="GLOB",
                     help="only these checks, by id; may be repeated")
    run.add_argument("--platform", metavar="NAME",
                     help="build for another platform than this machine's (musl, i386, s390x, "
                          "arm64, windows by mingw-w64 and Wine, beside its imitation here), "
                          "and judge there what can run here; or build only (macos, "
                          "freebsd, netbsd, openbsd)")
    run.add_argument("--asyncio", metavar="VERSION",
                     help="the asyncio version whose page and behaviour is asked for (that of the "
                          "interpreter for a loop in Python, else 3.7)")
    run.add_argument("--strict", action="store_true",
                     help="what works although the page says it is unsupported is a failure")
    run.add_argument("-j", "--jobs", type=_positive, metavar="N",
                     default=2 * machine.usable_cpus(),
                     help="checks at a time (%(default)s: twice the processors)")
    run.add_argument("--repeat", type=_positive, metavar="N", help="each check N times")
    run.add_argument("--timeout", type=_seconds, metavar="SECONDS", help="for a whole check (30)")
    run.add_argument("--seed", type=_natural, metavar="N", help="of the numbers that checks draw")
    run.add_argument("--fault", metavar="ID", help="spoil the loops with a deliberate defect")
    run.add_argument("--expectations", action="append", default=[], type=Path, metavar="DIR",
                     help="more declared deviations, DIR/LOOP/PLATFORM.toml; may be repeated")
    run.add_argument("--label", metavar="TEXT",
                     help="what the run is called in reports and by merge (the platform's name)")
    run.add_argument("-v", "--verbose", action="store_true",
                     help="a row for each rule, and every verdict that is not a plain pass")
    _add_build(run)
    _add_reports(run, "json", "html", "junit", "markdown")


def _add_test(commands) -> None:
    test = _command(commands, "test", "project_tests",
                    "run the project's own tests, with warnings as errors, through CTest")
    test.add_argument("-j", "--jobs", type=_positive, metavar="N",
                      default=2 * machine.usable_cpus(), help="tests at a time (%(default)s)")
    test.add_argument("-R", "--regex", metavar="REGEX", help="only the tests whose names match")
    test.add_argument("-E", "--exclude", metavar="REGEX",
                      help="without the tests whose names match")
    test.add_argument("-L", "--label", metavar="REGEX",
                      help="only the tests with such a label (project, suite, loop:..., area:...)")
    test.add_argument("--preset", default="debug", metavar="NAME",
                      help="a preset of CMakePresets.json (debug)")
    test.add_argument("--build-dir", type=Path, metavar="DIR",
                      help="where CMake builds (build/PRESET)")


def _add_coverage(commands) -> None:
    coverage = _command(commands, "coverage", "coverage",
                        "tell which lines of the reference no check of the suite reaches")
    coverage.add_argument("-j", "--jobs", type=_positive, metavar="N",
                          default=2 * machine.usable_cpus(),
                          help="checks at a time (%(default)s)")
    coverage.add_argument("--build-dir", type=Path, metavar="DIR",
                          help="where CMake builds (build/coverage)")
    coverage.add_argument("--json", type=Path, metavar="FILE",
                          help="write the figures and the lines, for machines")
    coverage.add_argument("--html", type=Path, metavar="DIR",
                          help="write index.html there, and a page for each source file")


def _add_list(commands) -> None:
    listing = _command(commands, "list", "listing", "list what there is")
    listing.add_argument("what", nargs="?", choices=(
        "loops", "variants", "rules", "checks", "faults", "statements"))
    listing.add_argument("--trace", action="store_true",
                         help="the chain from each statement over rules and checks to faults; "
                              "exit code 1 if a link is missing")
    _add_python(listing)
    _add_build(listing)


def _add_explain(commands) -> None:
    explain = _command(commands, "explain", "explain",
                       "tell all about a rule, check, fault or statement")
    explain.add_argument("id", metavar="ID")
    _add_build(explain)


def _add_diff(commands) -> None:
    diff = _command(commands, "diff", "diff",
                    "compare two reports: what changed from A to B; exit code 1 if for the worse")
    diff.add_argument("a", type=Path, metavar="A.json")
    diff.add_argument("b", type=Path, metavar="B.json")


def _add_merge(commands) -> None:
    merge = _command(commands, "merge", "merge", "join the reports of several machines into one")
    merge.add_argument("reports", nargs="+", type=Path, metavar="REPORT.json")
    _add_reports(merge, "json", "html", "junit", "markdown")


def _add_matrix(commands) -> None:
    matrix = _command(commands, "matrix", "jobs",
                      "print the machines on which CI judges the loops, for strategy.matrix")
    matrix.add_argument("--format", choices=("github",), default="github",
                        help="whose CI reads it (%(default)s)")


def _terminated(signum: int, frame) -> None:
    raise SystemExit(128 + signum)


def main(arguments: Sequence[str] | None = None) -> int:
    try:
        options = make_parser().parse_args(arguments)
    except BadUsage as error:
        print(f"loopcheck: {error}", file=sys.stderr)
        return 2
    # What follows needs modules that --help and --version do without.
    from loopcheck.build import BuildFailed
    from loopcheck.errors import run_main

    signal.signal(signal.SIGTERM, _terminated)
    try:
        code = run_main(lambda: import_module(f"loopcheck.{options.module}").command(options))
        sys.stdout.flush()
        return code
    except BuildFailed as failed:
        print(f"{failed.log}\nloopcheck: {failed.step} failed", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("loopcheck: interrupted", file=sys.stderr)
        return 130
    except BrokenPipeError:
        # The reader went away (head, say): nothing is left to be said to it at exit either.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141
