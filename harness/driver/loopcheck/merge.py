# SPDX-License-Identifier: MIT
"""`loopcheck merge`: the reports of several machines as one."""

from __future__ import annotations

import argparse
from collections import Counter

from loopcheck import console, report, report_files
from loopcheck.report import Report


def command(options: argparse.Namespace) -> int:
    report_files.check(options)
    made = merge([report.load(path) for path in options.reports])
    report_files.write(options, made)
    console.show(made)
    return report.exit_code(made)


def merge(reports: list[Report]) -> Report:
    """All runs, those with the same label told apart by a number; all rules."""
    seen: Counter[str] = Counter()
    runs, rules = [], {}
    taken = {run["label"] for made in reports for run in made["runs"]}
    for made in reports:
        rules.update(made["rules"])
        for run in made["runs"]:
            label = run["label"]
            seen[label] += 1
            if seen[label] > 1:
                while (new := f"{label} ({seen[label]})") in taken:
                    seen[label] += 1
                taken.add(new)
                label = new
            runs.append({**run, "label": label})
    return report.make(runs, rules)
