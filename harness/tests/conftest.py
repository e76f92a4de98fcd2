# SPDX-License-Identifier: MIT
"""Runs the runner with sample checks and takes its output apart."""

import os
import pathlib
import re
import subprocess
import time
import uuid

import pytest
import yaml

BUILD = pathlib.Path(os.environ.get("LOOPCHECK_BUILD_DIR", "build")).resolve()
PROGRAMS = BUILD / "harness" / "tests"
WINDOWS = (PROGRAMS / "sample-run.exe").exists()
WINE = WINDOWS and os.name != "nt"
LAUNCHER = BUILD / "emulated" / "sample-run"  # where the system cannot run it
RUNNER = LAUNCHER if LAUNCHER.exists() else PROGRAMS / (
    "sample-run.exe" if WINDOWS else "sample-run")
MODULE = ".dll" if WINDOWS else ".so"
RESULT = re.compile(r"^(ok|not ok) (\d+) - ((?:\\.|[^#\\])*?)(?: # (SKIP|TODO) (.*))?$")
KNOWN = re.compile(r"^(TAP version 14|1\.\.\d+( # SKIP .*)?|#.*|Bail out! .*)$")


class Result:
    """One result line with its YAML block."""

    def __init__(self, ok, number, name, directive, reason):
        self.ok, self.number, self.name = ok == "ok", int(number), name
        self.directive, self.reason, self.block = directive, reason, {}

    @property
    def message(self):
        return self.block.get("message", "")


class Run:
    """What one call of the runner came to; its output must be flawless TAP 14."""

    def __init__(self, done, seconds):
        self.status, self.seconds = done.returncode, seconds
        self.text = done.stdout.decode("utf-8")
        self.errors = done.stderr.decode("utf-8")
        self.results, self.plan, self.bail_out = [], None, None
        if self.text:
            self.read(self.text.split("\n"))

    def read(self, lines):
        assert lines[0] == "TAP version 14" and lines[-1] == ""
        rest = iter(lines[:-1])
        for line in rest:
            if line == "  ---":
                self.results[-1].block = yaml.safe_load("\n".join(block_of(rest)))
                continue
            result = RESULT.match(line)
            assert result or KNOWN.match(line), f"no TAP: {line!r}"
            if result:
                self.results.append(Result(*result.groups()))
            elif line.startswith("1.."):
                assert self.plan is None
                self.plan = int(line[3:].split(" ")[0])
            elif line.startswith("Bail out!"):
                self.bail_out = line
        assert [result.number for result in self.results] == list(
            range(1, len(self.results) + 1))
        assert self.bail_out or self.plan == len(self.results)

    def only(self):
        assert len(self.results) == 1, self.text
        return self.results[0]

    def named(self, name):
        return next(result for result in self.results if result.name == name)


def block_of(lines):
    for line in lines:
        if line == "  ...":
            return
        yield line[2:]
    raise AssertionError("a YAML block without an end")


def processes_with(mark):
    """Processes that still run and were started under this mark."""
    found = []
    for process in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            if (mark.encode() in (process / "environ").read_bytes()
                    and (process / "stat").read_text().rpartition(")")[2].split()[0] != "Z"):
                found.append(int(process.name))
        except OSError:
            continue
    return found


def wait_until(condition, seconds=20):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.01)


class Runner:
    def __init__(self, folder):
        self.folder = folder
        self.mark = f"LOOPCHECK_MARK_{uuid.uuid4().hex}"
        names = {"TMPDIR": str(folder), "TMP": str(folder)} if not WINE else {}
        self.environment = {**os.environ, **names, self.mark: "1"}

    def command(self, loop, *options):
        return [str(RUNNER), "--loop", str(PROGRAMS / f"{loop}{MODULE}"), *options]

    def start(self, loop, *options, **more):
        return subprocess.Popen(self.command(loop, *options), env=self.environment,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, **more)

    def __call__(self, loop, *options):
        return self.run(self.command(loop, *options))

    def run(self, command):
        begin = time.monotonic()
        done = subprocess.run(command, env=self.environment, capture_output=True, timeout=300,
                              check=False)
        return Run(done, time.monotonic() - begin)

    def is_clean(self):
        return not processes_with(self.mark) and not list(self.folder.iterdir())


def pytest_ignore_collect(collection_path):
    """What POSIX alone has is tested there, and the rest of it too."""
    return WINDOWS and collection_path.name in ("test_hostile.py", "test_runner.py") or None


@pytest.fixture
def run(tmp_path):
    """Calls the runner; afterwards no process and no file of it may be left."""
    folder = tmp_path / "tmp"
    folder.mkdir()
    runner = Runner(folder)
    yield runner
    if not WINDOWS:
        assert processes_with(runner.mark) == []
    assert list(folder.iterdir()) == []
