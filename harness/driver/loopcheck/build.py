# SPDX-License-Identifier: MIT
"""Configuring and building with CMake: progress on a terminal, silence in a pipe."""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
from collections import deque
from collections.abc import Sequence
from pathlib import Path

from loopcheck import machine, places
from loopcheck.errors import UsageError

TAIL = 40  # lines of a failed build that are shown
_NINJA_STEP = re.compile(r"^\[(\d+)/(\d+)\]")
_MAKE_STEP = re.compile(r"^\[ *(\d+)%\]")


class BuildFailed(Exception):
    """The step that failed and the last lines that it printed."""

    def __init__(self, step: str, log: str):
        super().__init__(step)
        self.step = step
        self.log = log


class _Progress:
    """One line on stderr that rewrites itself; nothing where stderr is no terminal."""

    def __init__(self) -> None:
        self._on = sys.stderr.isatty() and os.environ.get("TERM") != "dumb"

    def show(self, text: str) -> None:
        if self._on:
            width = shutil.get_terminal_size().columns - 1
            sys.stderr.write(f"\r\033[K{text[:width]}")
            sys.stderr.flush()

    def clear(self) -> None:
        if self._on:
            sys.stderr.write("\r\033[K")
            sys.stderr.flush()


def _run(step: str, command: list[str], progress: _Progress) -> None:
    tail: deque[str] = deque(maxlen=TAIL)
    progress.show(f"{step} ...")
    try:
        process = subprocess.Popen(command, cwd=places.root(), stdin=subprocess.DEVNULL,
                                   stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                   encoding="utf-8", errors="replace")
    except OSError as error:
        raise UsageError(f"{command[0]}: {error.strerror}") from error
    assert process.stdout is not None
    try:
        for line in process.stdout:
            tail.append(line.rstrip())
            ninja, make = _NINJA_STEP.match(line), _MAKE_STEP.match(line)
            if ninja:
                progress.show(f"{step}: {ninja[1]} of {ninja[2]}")
            elif make:
                progress.show(f"{step}: {make[1]} %")
    except BaseException:
        process.kill()
        raise
    finally:
        process.wait()
        progress.clear()
    if process.returncode != 0:
        raise BuildFailed(step, "\n".join(tail))


def _configured_by(build_dir: Path) -> str | None:
    """The generator of an existing build directory: CMake refuses another one."""
    try:
        cache = (build_dir / "CMakeCache.txt").read_text("utf-8", errors="replace")
    except OSError:
        return None
    found = re.search(r"^CMAKE_GENERATOR:INTERNAL=(.*)$", cache, re.MULTILINE)
    return found[1] if found else None


def for_use(options: argparse.Namespace) -> Path:
    """The build directory of a command that uses the build; built unless --no-build."""
    if options.no_build:
        return (options.build_dir or places.default_build_dir("release")).absolute()
    # Whoever judges a loop with a newer compiler than ours is not to be stopped by its warnings.
    return build("release", options.build_dir, ["-DLOOPCHECK_WARNINGS_AS_ERRORS=OFF"])


def build(preset: str, build_dir: Path | None, more: Sequence[str] = (),
          targets: Sequence[str] = ("all",)) -> Path:
    """Configures (the presets of the project) and builds; the build directory."""
    where = (build_dir or places.default_build_dir(preset)).absolute()
    configure = ["cmake", "--preset", preset, "-B", str(where), *more]
    generator = _configured_by(where)
    if generator is None:
        generator = "Ninja" if shutil.which("ninja") else "Unix Makefiles"
    # The driver's own Python compiles the rules, so that it is one that has the modules.
    configure += ["-G", generator, f"-DPython3_EXECUTABLE={sys.executable}"]
    progress = _Progress()
    _run("configuring", configure, progress)
    jobs = str(machine.usable_cpus())
    _run("building", ["cmake", "--build", str(where), "--parallel", jobs, "--target", *targets],
         progress)
    return where
