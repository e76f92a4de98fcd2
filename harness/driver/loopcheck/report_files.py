# SPDX-License-Identifier: MIT
"""The files that --json, --html, --junit and --markdown name."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

from loopcheck import places
from loopcheck.errors import UsageError
from loopcheck.report import Report

KINDS = ("json", "html", "junit", "markdown")  # loopcheck.report_KIND has to_text(report)


def _asked(options: argparse.Namespace) -> Iterator[tuple[Path, str]]:
    for kind in KINDS:
        path = getattr(options, kind, None)
        if path is not None:
            yield path, kind


def check(options: argparse.Namespace) -> None:
    """Before anything runs: each file can be written, or one line says which cannot."""
    taken: dict[Path, str] = {}
    for path, kind in _asked(options):
        places.check_writable(path)
        if path.is_file() or not path.exists():
            other = taken.setdefault(path.absolute(), kind)
            if other != kind:
                raise UsageError(f"--{kind} {path}: is the file of --{other} too")


def write(options: argparse.Namespace, report: Report) -> None:
    for path, kind in _asked(options):
        places.write_report(path, import_module(f"loopcheck.report_{kind}").to_text(report))
