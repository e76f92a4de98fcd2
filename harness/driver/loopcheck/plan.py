# SPDX-License-Identifier: MIT
"""What a run is to do: which loops, variants and checks, and what is expected of each."""

from __future__ import annotations

import argparse
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from loopcheck import (catalogue, expectations, loops, machine, places, platforms, spec,
                       versions)
from loopcheck.errors import UsageError
from loopcheck.loops import LeftOut, Loop, Variant
from loopcheck.spec import Spec


@dataclass(frozen=True)
class Task:
    """One variant of one loop, with the checks that apply to it and the rules they decide."""

    loop: Loop
    variant: Variant
    checks: dict[str, list[str]]
    expected: str  # the runner's table of declared deviations; empty if there is none

    @property
    def name(self) -> str:
        return f"{self.loop.name}/{self.variant.name}"


def make(program: Path, build_dir: Path, rules: Spec,
         options: argparse.Namespace) -> tuple[list[Task], list[LeftOut]]:
    """What is to be run, and what was left out. A name or a glob that fits nothing is a mistake worth a message."""
    checks = [check.id for check in catalogue.checks(program)]
    _check_globs("check", options.check, checks)
    if options.fault and options.fault not in [fault.id for fault in catalogue.faults(program)]:
        raise UsageError(f"--fault {options.fault}: no such fault (loopcheck list faults)")
    chosen, missing = loops.load_all(program, build_dir, options.loop,
                                    loops.interpreters(options.python))
    _check_globs("variant", options.variant,
                 [variant.name for loop in chosen for variant in loop.variants])
    _check_folders(options, [loop.name for loop in chosen])
    tasks = []
    for loop in chosen:
        table = "" if options.fault else _expected(loop, checks, options)
        keep = set(loops.matching([v.name for v in loop.variants], options.variant))
        own = [Task(loop, variant, _checks_of(program, rules, loop, variant, options), table)
               for variant in loop.variants if variant.name in keep]
        tasks += [task for task in own if task.checks]
        loop.variants = [task.variant for task in own if task.checks]
    if not tasks:
        raise UsageError("no check applies to what was chosen")
    tell_apart(chosen)
    return tasks, missing


def tell_apart(chosen: list[Loop]) -> None:
    """Several versions of one loop may be run side by side: they are called 'asyncio 3.9.18' and
    'asyncio 3.12.1'; a second one of the same version 'libuv (2)'."""
    versions_of: dict[str, set[str]] = {}
    for loop in chosen:
        versions_of.setdefault(loop.name, set()).add(loop.version)
    for loop in chosen:
        if len(versions_of[loop.name]) > 1:
            loop.name = f"{loop.name} {loop.version}"
    seen: Counter[str] = Counter()
    for loop in chosen:
        seen[loop.name] += 1
        if seen[loop.name] > 1:
            loop.name = f"{loop.name} ({seen[loop.name]})"


def _check_globs(what: str, globs: list[str], names: list[str]) -> None:
    for glob in globs:
        if not loops.matching(names, [glob]):
            raise UsageError(f"--{what} {glob}: fits no {what} (loopcheck list {what}s)")


def _check_folders(options: argparse.Namespace, names: list[str]) -> None:
    """A folder of --expectations that says nothing of any loop at hand is a mistake."""
    for folder in options.expectations:
        if not folder.is_dir():
            raise UsageError(f"--expectations {folder}: is no directory")
        file = f"{_platform(options)}.toml"
        if not any((folder / name / file).is_file() for name in names):
            raise UsageError(f"--expectations {folder}: has no LOOP/{file} of {', '.join(names)}")


def _expected(loop: Loop, checks: list[str], options: argparse.Namespace) -> str:
    """The loop's declared deviations, as the runner reads them."""
    declared = []
    for folder in [places.expectations_dir(), *options.expectations]:
        declared += expectations.load(folder / loop.name, _platform(options))
    expectations.check_names(declared, checks, [variant.name for variant in loop.variants])
    return expectations.to_table(declared, _profile(loop, options),
                                 versions.parse_version(loop.version))


def _platform(options: argparse.Namespace) -> str:
    """Whose expectations hold: what was built for another Linux is still Linux."""
    platform = platforms.ALL.get(options.platform)
    return platform.name if platform and platform.runs_by else machine.host_platform()


def _profile(loop: Loop, options: argparse.Namespace) -> int:
    return versions.parse_version(options.asyncio or loop.profile or expectations.DEFAULT_PROFILE)


def _checks_of(program: Path, rules: Spec, loop: Loop, variant: Variant,
               options: argparse.Namespace) -> dict[str, list[str]]:
    """The checks of the variant's suite with the rules that they decide there."""
    arguments = [*loop.arguments, "--variant", variant.name]
    if options.asyncio:
        arguments += ["--asyncio", options.asyncio]
    checks = catalogue.checks(program, arguments)
    keep = set(loops.matching([check.id for check in checks], options.check))
    subject = spec.Variant(variant.kind, variant.selector, variant.platform,
                           variant.platform_version or None)
    found = {}
    for check in checks:
        if check.id in keep:
            named = [rules.rule(word) for word in check.rules]
            found[check.id] = [rule.id for rule in named
                               if rule and rule.applies_to(subject, _profile(loop, options))]
    return found
