# SPDX-License-Identifier: MIT
"""The commands: exit codes, and what is said of bad input."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time

import pytest

from conftest import DRIVER, ROOT

QUICK = ("--loop", "reference", "--variant", "linux-epoll", "--check", "call_soon.order")


def assert_one_line(done, *words: str) -> None:
    assert done.code == 2, done
    assert done.out == ""
    assert done.err.count("\n") == 1 and "Traceback" not in done.err, done.err
    for word in words:
        assert word in done.err


def test_all_as_it_must_be_is_0(loopcheck):
    done = loopcheck("run", *QUICK)
    assert done.code == 0, done
    assert "1 passed" in done.out.splitlines()[-1]


def test_a_failure_is_1_and_can_be_run_again(loopcheck):
    done = loopcheck("run", *QUICK, "--fault", "call_soon.swaps")
    assert done.code == 1, done
    assert "failed  reference/linux-epoll: call_soon.order" in done.out
    again = re.search(r"^  again +(.*)$", done.out, re.MULTILINE)
    assert again
    rerun = subprocess.run(again[1], shell=True, capture_output=True, text=True)
    assert rerun.returncode == 1 and "not ok 1 - call_soon.order" in rerun.stdout


def test_in_a_pipe_there_are_no_control_codes_and_100_columns(spoilt):
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f]", spoilt.done.out)
    shown = spoilt.done.out.split("\nfailed  ")[0]
    assert max(map(len, shown.splitlines())) <= 100
    assert "emulated" in shown
    assert spoilt.done.err == ""


@pytest.mark.parametrize("arguments, words", [
    (["frobnicate"], ["frobnicate"]),
    ([], ["COMMAND"]),
    (["run", "--frobnicate"], ["--frobnicate"]),
    (["run", "-j", "0"], ["0"]),
    (["run", "--loop", "nosuch"], ["nosuch", "reference"]),
    (["run", "--loop", "./nosuch.so"], ["nosuch.so"]),
    (["run", "--variant", "amiga-*"], ["amiga-*"]),
    (["run", "--check", "nosuch.*"], ["nosuch.*"]),
    (["run", "--fault", "nosuch"], ["nosuch"]),
    (["run", "--asyncio", "new"], ["new"]),
    (["run", "--json", "/nosuch/report.json"], ["/nosuch/report.json"]),
    (["run", "--html", "."], ["directory"]),
    (["run", "--json", "x", "--html", "x"], ["--json", "--html"]),
    (["list"], ["list what?"]),
    (["list", "rules", "--trace"], ["--trace"]),
    (["explain", "timers.never-erly"], ["timers.never-early"]),
    (["diff", "nosuch.json", "nosuch.json"], ["nosuch.json"]),
])
def test_wrong_usage_is_one_line_and_2(loopcheck, tmp_path, arguments, words):
    assert_one_line(loopcheck(*arguments, cwd=tmp_path), *words)
    assert list(tmp_path.iterdir()) == []


def test_a_build_that_is_none(loopcheck, tmp_path):
    command = [sys.executable, "-m", "loopcheck", "run", "--no-build", "--build-dir", tmp_path]
    done = subprocess.run(command, capture_output=True, text=True,
                          env={**os.environ, "PYTHONPATH": str(DRIVER)})
    assert done.returncode == 2 and done.stderr.count("\n") == 1


def test_a_library_that_is_no_adapter(loopcheck, compile_loop):
    assert_one_line(loopcheck("run", "--loop", compile_loop("no_adapter")), "loop_api_v1")


def test_an_adapter_of_another_abi(loopcheck, compile_loop):
    assert_one_line(loopcheck("run", "--loop", compile_loop("other_abi")), "version")


def test_two_builds_of_one_loop_are_told_apart(loopcheck, build_dir, tmp_path):
    copy = tmp_path / "loop-copy.so"
    shutil.copyfile(build_dir / "loops" / "loop-reference.so", copy)
    path = tmp_path / "report.json"
    done = loopcheck("run", *QUICK, "--loop", copy, "--json", path)
    assert done.code == 0, done
    names = [loop["name"] for loop in json.loads(path.read_text())["runs"][0]["loops"]]
    assert names == ["reference", "reference (2)"]


def test_a_file_that_is_no_library(loopcheck, tmp_path):
    (tmp_path / "text.so").write_text("hello")
    assert_one_line(loopcheck("run", "--loop", tmp_path / "text.so"), "text.so")


def test_a_loop_that_cannot_be_opened_has_failed(loopcheck, compile_loop, tmp_path):
    page = tmp_path / "report.html"
    done = loopcheck("run", "--loop", compile_loop("cannot_open"), "--html", page)
    assert done.code == 1, done
    assert "failed  shut/plain: loop.opens" in done.out and "NOSPC" in done.out
    assert "NOSPC" in page.read_text()


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"format": "loopcheck-report"}',
                                  "[" * 5000, '{"format": "loopcheck-report", "x": "\x1b"}'])
def test_a_report_that_is_none(loopcheck, tmp_path, text):
    path = tmp_path / "broken.json"
    path.write_text(text)
    assert_one_line(loopcheck("diff", path, path), "broken.json")
    assert_one_line(loopcheck("merge", path, "--html", tmp_path / "merged.html"), "broken.json")
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("what", ["loops", "variants", "rules", "checks", "faults", "statements"])
def test_lists_are_lines_of_tabs_in_a_pipe(loopcheck, what):
    done = loopcheck("list", what)
    assert done.code == 0, done
    header, *rows = done.out.splitlines()
    assert header.startswith("# ") and rows
    assert {row.count("\t") for row in rows} == {header.count("\t")}


@pytest.mark.parametrize("name", ["all.no-file-io", "all.files.survived", "call_soon.order",
                                  "call_soon.swaps"])
def test_explain_knows_every_kind_of_id(loopcheck, name):
    done = loopcheck("explain", name)
    assert done.code == 0, done
    assert done.out.startswith(f"{name}: a ")


@pytest.mark.parametrize("arguments", [
    ["--help"], ["--version"], ["run", "--help"], ["test", "--help"], ["list", "--help"],
    ["explain", "--help"], ["diff", "--help"], ["merge", "--help"]])
def test_help_is_0_and_needs_no_module(arguments):
    done = subprocess.run([sys.executable, "-I", "-S", "-c",
                           f"import sys; sys.path.insert(0, {str(DRIVER)!r}); "
                           f"from loopcheck.cli import main; sys.exit(main({arguments!r}))"],
                          capture_output=True, text=True)
    assert done.returncode == 0 and done.stdout and done.stderr == "", done


@pytest.mark.parametrize("number, code", [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_interrupt_ends_all_children(build_dir, tmp_path, number, code):
    command = [sys.executable, "-m", "loopcheck", "run", "--no-build", "--build-dir", build_dir,
               "--loop", "reference", "--repeat", "1000", "--json", tmp_path / "report.json"]
    environment = {**os.environ, "PYTHONPATH": str(DRIVER), "LOOPCHECK_ROOT": str(ROOT),
                   "LOOPCHECK_MARK": str(tmp_path)}
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL,
                               stderr=subprocess.PIPE, text=True)
    wait_until(lambda: len(marked(tmp_path)) > 1, "the runner has started")
    process.send_signal(number)
    _, said = process.communicate(timeout=60)
    assert process.returncode == code
    assert "Traceback" not in said
    wait_until(lambda: not marked(tmp_path), "no process is left")
    assert list(tmp_path.iterdir()) == []


def wait_until(condition, what: str, deadline: float = 30) -> None:
    end = time.monotonic() + deadline
    while not condition():
        assert time.monotonic() < end, f"waited in vain until {what}"
        time.sleep(0.02)


def marked(mark) -> list[int]:
    """The processes that inherited our mark in their environment."""
    if not os.path.isdir("/proc/self"):
        pytest.skip("there is no /proc")
    found = []
    for name in os.listdir("/proc"):
        try:
            if name.isdigit() and f"LOOPCHECK_MARK={mark}".encode() in open(
                    f"/proc/{name}/environ", "rb").read():
                found.append(int(name))
        except OSError:
            continue
    return found
