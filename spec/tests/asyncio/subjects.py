# SPDX-License-Identifier: MIT
"""The Pythons whose asyncio is asked: the one that runs this, and others where there are some.

LOOPCHECK_SUBJECTS names them (as PATH names folders); without it, the oldest and the newest that a
version manager holds, from 3.7 on."""

import json
import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from loopcheck import spec, versions

RUNNER = Path(__file__).resolve().parent / "subject.py"
SCRIPTS = Path(__file__).resolve().parent / "scripts"
PLATFORM = {"darwin": "macos", "win32": "windows"}.get(sys.platform, sys.platform)
LIMIT = 300


@dataclass(frozen=True)
class Subject:
    python: str
    version: str
    selectors: tuple

    def selectors_of(self, rule: spec.Rule):
        """Those under which the rule applies to this subject."""
        profile = versions.parse_version(self.version)
        return tuple(s for s in self.selectors
                     if rule.applies_to(spec.Variant("selector", s, PLATFORM), profile))

    def run(self, rules):
        """What is wrong, or None, by rule and selector."""
        if not rules:
            return {}
        lines = _ask(self.python, *rules)
        return {(line["rule"], line["selector"]): line["wrong"] for line in lines}


def _ask(python, *rules):
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}
    answer = subprocess.run([python, str(RUNNER), *rules], stdout=subprocess.PIPE, text=True,
                            env=environment, timeout=LIMIT, check=True, stdin=subprocess.DEVNULL)
    return [json.loads(line) for line in answer.stdout.splitlines()]


def _managed():
    """The oldest and the newest Python of a version manager that are not older than 3.7."""
    root = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv") / "versions"
    found = [(versions.parse_version(path.parents[1].name), path)
             for path in root.glob("3.*/bin/python3") if re.fullmatch(r"[0-9.]+",
                                                                      path.parents[1].name)]
    usable = sorted(pair for pair in found if pair[0] >= versions.parse_version("3.7"))
    return [str(path) for _, path in usable[:1] + usable[1:][-1:]]


@lru_cache(maxsize=None)
def discover():
    told = os.environ.get("LOOPCHECK_SUBJECTS")
    others = told.split(os.pathsep) if told else _managed()
    subjects = {}
    for python in [sys.executable, *filter(None, others)]:
        about = _ask(python)[0]
        if about["implementation"] == "CPython":
            subjects.setdefault(about["version"], Subject(python, about["version"],
                                                          tuple(about["selectors"])))
    return list(subjects.values())


def run_all(wanted):
    """`wanted` has rules by subject; their outcomes by version, rule and selector."""
    with ThreadPoolExecutor(len(wanted) or 1) as pool:
        outcomes = pool.map(lambda pair: (pair[0].version, pair[0].run(pair[1])), wanted.items())
        return dict(outcomes)


def scripted_rules():
    """The ids of the rules that have a script."""
    pattern = re.compile(r'^@agrees\("([^"]+)"', re.MULTILINE)
    return [rule for path in sorted(SCRIPTS.glob("*.py")) if path.name != "yardstick.py"
            for rule in pattern.findall(path.read_text(encoding="utf-8"))]
