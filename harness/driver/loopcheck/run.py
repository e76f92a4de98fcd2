# SPDX-License-Identifier: MIT
"""`loopcheck run`: every loop and variant through the C runner, several at a time."""

from __future__ import annotations

import argparse
import datetime
import queue
import random
import shlex
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from loopcheck import (build, console, differences, merge, places, plan, platforms, report,
                       report_files, runner, spec, versions)
from loopcheck.errors import UsageError
from loopcheck.plan import Task
from loopcheck.tap import Result

STOP_GRACE = 5  # seconds for a runner to end its children before it is killed


def command(options: argparse.Namespace) -> int:
    report_files.check(options)
    if options.asyncio and not versions.parse_version(options.asyncio):
        raise UsageError(f"--asyncio {options.asyncio}: is no version")
    if options.seed is None:
        options.seed = random.randrange(1_000_000_000)
    if options.platform:
        return platforms.for_use(options, lambda build_dir: judge(build_dir, options))
    return judge(build.for_use(options), options)


def judge(build_dir: Path, options: argparse.Namespace) -> int:
    """Runs what was asked for on a build, shows and writes the report; the exit code."""
    rules = spec.load()
    runs = [measure(build_dir, options, rules)]
    platform = platforms.ALL.get(options.platform)
    beside = platform is not None and platform.imitated and (
        not options.loop or "reference" in options.loop)
    found = []
    if beside:
        runs[0]["label"] += f", native ({platform.runs_by})"
        runs.append(_imitated(platform, options, rules))
        found = differences.find(platform, runs[0], runs[1])
    made = merge.merge([report.of_run(run, rules) for run in runs])
    report_files.write(options, made)
    console.show(made, verbose=options.verbose)
    if beside:
        differences.show(platform, found, len(runs[1]["results"]))
    return max(report.exit_code(made), int(any(one.why is None for one in found)))


def _imitated(platform: platforms.Platform, options: argparse.Namespace, rules: spec.Spec) -> dict:
    """What this machine's own build says of the variants that imitate the platform."""
    chosen = argparse.Namespace(**{
        **vars(options), "platform": None, "build_dir": None, "no_build": False, "label": None,
        "loop": ["reference"], "variant": options.variant or [platform.imitated]})
    return measure(build.for_use(chosen), chosen, rules)


def measure(build_dir: Path, options: argparse.Namespace, rules: spec.Spec) -> dict:
    """One run: every task of the options, by the runner of this build."""
    program = runner.find(build_dir)
    tasks, missing = plan.make(program, build_dir, rules, options)
    started, clock = datetime.datetime.now(datetime.timezone.utc), time.monotonic()
    with tempfile.TemporaryDirectory(prefix="loopcheck-") as scratch:
        commands = make_commands(program, tasks, options, Path(scratch))
        with console.progress(sum(len(task.checks) for task in tasks)) as advance:
            entries, troubles = run_all(tasks, commands, _width(options.jobs, len(tasks)), advance)
    return report.make_run(options.label or options.platform, started, time.monotonic() - clock,
                           _asked(options),
                           list({id(task.loop): task.loop for task in tasks}.values()),
                           missing, entries, troubles)


def _asked(options: argparse.Namespace) -> dict:
    given = {"asyncio": options.asyncio, "strict": options.strict or None,
             "repeat": options.repeat, "timeout": options.timeout, "seed": options.seed,
             "fault": options.fault, "variants": options.variant or None,
             "checks": options.check or None, "python": options.python or None}
    return {name: value for name, value in given.items() if value is not None}


def _width(jobs: int, tasks: int) -> int:
    """How many runners at a time: enough that one slow variant leaves no processor idle."""
    return max(1, min(tasks, jobs // 2))


def make_commands(program: Path, tasks: list[Task], options: argparse.Namespace,
                  scratch: Path) -> list[list[str]]:
    jobs = max(1, options.jobs // _width(options.jobs, len(tasks)))
    common = ["--jobs", str(jobs), "--durations"]
    for name in ("asyncio", "repeat", "timeout", "seed", "fault"):
        value = getattr(options, name)
        if value is not None:
            common += [f"--{name}", str(value)]
    if options.strict:
        common.append("--strict")
    for glob in options.check:
        common += ["--check", glob]
    lines = []
    for number, task in enumerate(tasks):
        line = [places.shown(program), *task.loop.arguments, "--variant", task.variant.name,
                *common]
        if task.expected:
            path = scratch / f"{number}.tsv"
            path.write_text(task.expected, "utf-8")
            line += ["--expectations", str(path)]
        lines.append(line)
    return lines


def run_all(tasks: list[Task], commands: list[list[str]], width: int,
            advance: Callable[[str, str], None]) -> tuple[list[report.Entry], list[str]]:
    """(the results in the order of the tasks, why some of them cannot be trusted)."""
    arrived: queue.Queue = queue.Queue()
    runs = [runner.Run(line, lambda result, at=at: arrived.put((at, result)))
            for at, line in enumerate(commands)]
    found: list[list[report.Entry]] = [[] for _ in tasks]
    troubles: dict[int, str] = {}

    def work(at: int) -> None:
        try:
            outcome = runs[at].run()
        except OSError as error:
            outcome = runner.Outcome(f"{commands[at][0]}: {error.strerror}")
        arrived.put((at, outcome))

    with ThreadPoolExecutor(width) as pool:
        try:
            for at in range(len(tasks)):
                pool.submit(work, at)
            for at, thing in _until_all_ended(arrived, len(tasks)):
                if isinstance(thing, Result):
                    made = _entry(tasks[at], thing)
                    found[at].append(made)
                    advance(tasks[at].name, made["verdict"])
                elif thing.bail_out:
                    found[at].append(report.entry_of_bail_out(
                        tasks[at].loop.name, tasks[at].variant.name, thing.bail_out))
                elif thing.trouble:
                    troubles[at] = (f"{tasks[at].name}: {thing.trouble} "
                                    f"({shlex.join(commands[at])})")
        except BaseException:
            _stop(runs)
            raise
    return [made for part in found for made in part], [troubles[at] for at in sorted(troubles)]


def _until_all_ended(arrived: queue.Queue, count: int) -> Iterator[tuple]:
    while count:
        at, thing = arrived.get()
        count -= isinstance(thing, runner.Outcome)
        yield at, thing


def _entry(task: Task, result: Result) -> report.Entry:
    check = result.description.rpartition("/")[2]
    return report.entry(task.loop.name, task.variant.name, result, task.checks.get(check, []))


def _stop(runs: list[runner.Run]) -> None:
    """Asks all to end; those that do not are killed while the pool waits for its threads."""
    for run in runs:
        run.stop()
    timer = threading.Timer(STOP_GRACE, lambda: [run.kill() for run in runs])
    timer.daemon = True
    timer.start()
