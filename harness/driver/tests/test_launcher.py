# SPDX-License-Identifier: MIT
"""The launcher, on machines that lack things. It is never let install any."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from conftest import ROOT, Done

PLAIN_TOOLS = ("sh", "dirname", "grep", "id", "cat", "env")


@pytest.fixture
def bare(tmp_path: Path):
    """Runs the launcher where PATH has the plainest tools and those that are named."""
    if os.name != "posix":
        pytest.skip("the launcher is a shell script")

    def run(*arguments: str, tools: tuple[str, ...] = (), **environment: str) -> Done:
        place = tmp_path / "bin"
        place.mkdir()
        for tool in (*PLAIN_TOOLS, *tools):
            (place / tool).symlink_to(shutil.which(tool))
        done = subprocess.run(
            [ROOT / "loopcheck", *arguments], capture_output=True, text=True,
            env={"PATH": str(place), "LOOPCHECK_NO_INSTALL": "1",
                 "LOOPCHECK_PYTHON": sys.executable, **environment})
        return Done(done.returncode, done.stdout, done.stderr)

    return run


def test_what_is_missing_is_said_in_one_line(bare):
    done = bare("run")
    assert done.code == 2 and done.out == ""
    assert done.err.count("\n") == 1
    for package in ("cmake", "ninja-build", "gcc", "libc6-dev"):
        assert package in done.err
    assert "python3-rich" not in done.err and "g++" not in done.err


def test_the_project_s_tests_need_more(bare):
    done = bare("test")
    assert done.code == 2 and "g++" in done.err


def test_a_python_without_the_modules_is_told_which(bare, tmp_path):
    python = tmp_path / "python"
    python.write_text(f'#!/bin/sh\nexec {sys.executable} -I -S "$@"\n')
    python.chmod(0o755)
    done = bare("diff", "a", "b", LOOPCHECK_PYTHON=str(python))
    assert done.code == 2 and done.err.count("\n") == 1
    for package in ("python3-jsonschema", "python3-rich", "python3-junit.xml", "--venv"):
        assert package in done.err


def test_no_python_at_all(bare):
    done = bare("merge", "a", LOOPCHECK_PYTHON="/nosuch/python")
    assert done.code == 2 and done.err.count("\n") == 1 and " python3 " in done.err


def test_comparing_reports_needs_no_compiler(bare, tmp_path):
    done = bare("diff", str(tmp_path / "a.json"), str(tmp_path / "b.json"))
    assert done.code == 2 and "a.json: No such file" in done.err


@pytest.mark.parametrize("arguments", [["--help"], ["run", "--help"], ["--version"]])
def test_help_needs_nothing(bare, arguments):
    done = bare(*arguments)
    assert done.code == 0 and done.out and done.err == ""


def test_it_can_be_called_from_anywhere(tmp_path):
    done = subprocess.run([os.path.relpath(ROOT / "loopcheck", tmp_path), "--version"],
                          capture_output=True, text=True, cwd=tmp_path,
                          env={**os.environ, "CDPATH": "/"})
    assert done.returncode == 0 and done.stdout.startswith("loopcheck "), done
