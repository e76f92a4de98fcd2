# SPDX-License-Identifier: MIT
"""The C runner as a process: its lists, and a run whose TAP is read as it comes."""

from __future__ import annotations

import os
import signal
import subprocess
import tempfile
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from loopcheck.errors import UsageError
from loopcheck.tap import Result, TapReader

PLACES = ("emulated/loopcheck-run", "loopcheck-run", "loopcheck-run.exe")
LIST_TIMEOUT = 60


@dataclass(frozen=True)
class Outcome:
    """How one run of the runner ended."""

    trouble: str | None = None  # why its results cannot be trusted, in one line
    bail_out: str | None = None  # why the loop could not be opened at all
    interrupted: bool = False


def find(build_dir: Path) -> Path:
    for place in PLACES:
        if (build_dir / place).is_file():
            return build_dir / place
    raise UsageError(f"{build_dir}: there is no loopcheck-run in this build directory")


def _first_line(text: str) -> str:
    for line in text.splitlines():
        if line.strip():
            return line.strip().removeprefix("loopcheck-run: ")
    return ""


def listing(program: Path, what: str, arguments: Sequence[str] = ()) -> list[dict[str, str]]:
    """Rows of `loopcheck-run --list WHAT`, by the names in its header line."""
    command = [str(program), *arguments, "--list", what]
    try:
        done = subprocess.run(command, capture_output=True, text=True, errors="backslashreplace",
                              stdin=subprocess.DEVNULL, timeout=LIST_TIMEOUT)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise UsageError(f"{program.name} --list {what}: {error}") from error
    if done.returncode != 0:
        said = _first_line(done.stderr)
        raise UsageError(said or f"{program.name} --list {what} {_end(done.returncode)}")
    lines = done.stdout.splitlines()
    if not lines or not lines[0].startswith("#"):
        raise UsageError(f"{program.name} --list {what}: there is no header line")
    header = lines[0].lstrip("# ").split("\t")
    return [dict(zip(header, line.split("\t"))) for line in lines[1:] if line]


def _end(returncode: int) -> str:
    if returncode >= 0:
        return f"ended with exit code {returncode}"
    try:
        return f"was ended by {signal.Signals(-returncode).name}"
    except ValueError:
        return f"was ended by signal {-returncode}"


def _environment(program: Path) -> dict[str, str]:
    """Not every system tells a program where it lies, and what lies beside it."""
    child = program.absolute().with_name("loopcheck-child")
    beside = {"LOOPCHECK_CHILD": os.fspath(child)} if child.is_file() else {}
    return {**beside, **os.environ}


class Run:
    """One process of the runner. `emit` is called in the thread that calls `run`."""

    def __init__(self, command: Sequence[str], emit: Callable[[Result], None]):
        self._command = list(command)
        self._reader = TapReader(emit)
        self._process: subprocess.Popen[str] | None = None
        self._lock = threading.Lock()
        self._stopped = False

    @property
    def comments(self) -> list[str]:
        return self._reader.comments

    def run(self) -> Outcome:
        with tempfile.TemporaryFile("w+", encoding="utf-8", errors="backslashreplace") as said:
            if not self._start(said):
                return Outcome(interrupted=True)
            process = self._process
            assert process is not None and process.stdout is not None
            with process.stdout:
                for line in process.stdout:
                    self._reader.feed(line)
            self._reader.close()
            process.wait()
            said.seek(0)
            return self._judge(process.returncode, said.read())

    def _start(self, said) -> bool:
        with self._lock:
            if self._stopped:
                return False
            # A session of its own: an interrupt from the terminal reaches the driver alone, which
            # then ends the runner in good order.
            self._process = subprocess.Popen(
                self._command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=said,
                encoding="utf-8", errors="backslashreplace", start_new_session=True,
                env=_environment(Path(self._command[0])))
            return True

    def _judge(self, returncode: int, said: str) -> Outcome:
        if self._stopped:
            return Outcome(interrupted=True)
        reader = self._reader
        if reader.bail_out is not None:
            return Outcome(bail_out=reader.bail_out)
        if returncode not in (0, 1):
            return Outcome(_first_line(said) or f"the runner {_end(returncode)}")
        if reader.problems:
            return Outcome(f"the runner's output is not whole: {reader.problems[0]}")
        return Outcome()

    def stop(self) -> None:
        """From any thread: asks the runner to end, so that it ends its children."""
        with self._lock:
            self._stopped = True
            if self._process is not None and self._process.poll() is None:
                self._process.terminate()

    def kill(self) -> None:
        with self._lock:
            if self._process is not None and self._process.poll() is None:
                try:
                    os.killpg(self._process.pid, signal.SIGKILL)
                except ProcessLookupError:
                    pass
