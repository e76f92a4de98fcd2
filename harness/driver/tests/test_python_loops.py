# SPDX-License-Identifier: MIT
"""Loops in Python: how they are named, and how what is wrong with the name is said."""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
from types import SimpleNamespace

import pytest

from loopcheck import plan

QUICK = ("--check", "call_soon.*", "-j", "2")


@pytest.fixture(scope="module")
def asyncio_loop(loopcheck) -> str:
    """The interpreter of these tests as a subject; skipped where it cannot be one."""
    done = loopcheck("run", "--loop", "asyncio", "--python", sys.executable, "--check",
                     "call_soon.order")
    if done.code == 2:
        pytest.skip(done.err.strip())
    return sys.executable


def test_its_profile_is_its_version(loopcheck, asyncio_loop, tmp_path):
    path = tmp_path / "report.json"
    done = loopcheck("run", "--loop", "python:asyncio:SelectorEventLoop", "--python", asyncio_loop,
                     *QUICK, "--json", path)
    assert done.code == 0, done
    loop, = json.loads(path.read_text())["runs"][0]["loops"]
    assert loop["name"] == "asyncio" and loop["asyncio"] is True
    assert loop["version"] == "%d.%d.%d" % sys.version_info[:3]
    assert {"linux-poll", "linux-select"} <= {variant["name"] for variant in loop["variants"]}


def test_a_function_that_makes_loops_has_one_variant(loopcheck, asyncio_loop, tmp_path):
    path = tmp_path / "report.json"
    loopcheck("run", "--loop", "python:asyncio:new_event_loop", "--python", asyncio_loop,
              *QUICK, "--json", path)
    loop, = json.loads(path.read_text())["runs"][0]["loops"]
    assert len(loop["variants"]) == 1


def test_what_failed_can_be_run_again(loopcheck, asyncio_loop):
    done = loopcheck("run", "--loop", "asyncio", "--python", asyncio_loop, "--variant",
                     "linux-poll", "--check", "call_soon.order", "--fault", "call_soon.swaps")
    assert done.code == 1
    again = next(line for line in done.out.splitlines() if line.startswith("  again "))
    command = shlex.split(again.removeprefix("  again "))
    assert f"LOOPCHECK_PYTHON={asyncio_loop}" in command
    rerun = subprocess.run(command, capture_output=True, text=True)
    assert rerun.returncode == 1 and "not ok 1 - call_soon.order" in rerun.stdout


@pytest.mark.parametrize("loop, words", [
    ("python:nosuchmodule:factory", "No module named 'nosuchmodule'"),
    ("python:asyncio:nosuch", "no callable 'nosuch'"),
    ("python:asyncio", "MODULE:FACTORY"),
    ("python:asyncio:Queue.nosuch", "no callable"),
    ("python:builtins:dict", "no event loop"),
])
def test_a_loop_that_is_none_is_one_line(loopcheck, asyncio_loop, loop, words):
    done = loopcheck("run", "--loop", loop, "--python", asyncio_loop)
    assert done.code == 2 and done.out == "" and done.err.count("\n") == 1
    assert words in done.err and done.err.startswith(f"loopcheck: --loop {loop}: ")


@pytest.mark.parametrize("python, words", [
    ("/nosuch/python", "No such file"),
    ("/bin/true", "no Python 3.7"),
])
def test_an_interpreter_that_is_none_is_one_line(loopcheck, asyncio_loop, python, words):
    done = loopcheck("run", "--loop", "asyncio", "--python", python)
    assert done.code == 2 and done.err.count("\n") == 1
    assert python in done.err and words in done.err


def test_several_interpreters_are_judged_side_by_side(loopcheck, asyncio_loop, tmp_path):
    """The same one twice, by two paths, is told apart by a number; a wildcard stands for its paths."""
    (tmp_path / "python-by-another-name").symlink_to(asyncio_loop)
    path = tmp_path / "report.json"
    done = loopcheck("run", "--loop", "asyncio", "--variant", "linux-poll", "--check",
                     "call_soon.order", "--python", asyncio_loop, "--python",
                     tmp_path / "python-*", "--json", path)
    assert done.code == 0, done
    run = json.loads(path.read_text())["runs"][0]
    assert [loop["name"] for loop in run["loops"]] == ["asyncio", "asyncio (2)"]
    assert run["options"]["python"] == [asyncio_loop, str(tmp_path / "python-*")]


def test_what_a_wildcard_fits_may_be_no_python(loopcheck, asyncio_loop, tmp_path):
    (tmp_path / "python-good").symlink_to(asyncio_loop)
    (tmp_path / "python-bad").symlink_to("/bin/true")
    done = loopcheck("run", "--loop", "asyncio", "--variant", "linux-poll", "--check",
                     "call_soon.order", "--python", tmp_path / "python-*")
    assert done.code == 0, done
    assert "left out: asyncio (" in done.out and "python-bad: is no Python 3.7 or newer" in done.out


def test_versions_stand_in_the_names(loopcheck):
    chosen = [SimpleNamespace(name="asyncio", version=version) for version in ("3.9.1", "3.12.0")]
    plan.tell_apart(chosen)
    assert [loop.name for loop in chosen] == ["asyncio 3.9.1", "asyncio 3.12.0"]


def test_a_wildcard_that_fits_nothing_is_one_line(loopcheck, tmp_path):
    done = loopcheck("run", "--loop", "asyncio", "--python", tmp_path / "none-*")
    assert done.code == 2 and done.err.count("\n") == 1
    assert f"--python {tmp_path / 'none-*'}: fits no file" in done.err
