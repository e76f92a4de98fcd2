# SPDX-License-Identifier: MIT
"""CTest, the runner and the driver come to the same verdicts."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from loopcheck import verdicts
from loopcheck.tap import Result, TapReader


# With declared deviations, refusals, skips, and rules that bind asyncio alone.
AREAS = ("lifecycle", "clock", "descriptors", "unix", "platform")


def suites(ctest: str, build_dir: Path, name: str) -> list[list[str]]:
    """The commands of the tests NAME/AREA."""
    told = subprocess.run([ctest, "--test-dir", build_dir, "--show-only=json-v1"],
                          capture_output=True, text=True, check=True).stdout
    return [test["command"] for test in json.loads(told)["tests"]
            if test["name"] in {f"{name}/{area}" for area in AREAS} and "command" in test]


def run_suite(command: list[str]) -> dict[str, str]:
    found: list[Result] = []
    reader = TapReader(found.append)
    done = subprocess.run(command, capture_output=True, text=True)
    for line in done.stdout.splitlines():
        reader.feed(line)
    reader.close()
    assert reader.problems == [] and reader.bail_out is None
    decided = {result.description.rpartition("/")[2]: result.verdict for result in found}
    assert done.returncode == verdicts.exit_code(decided.values())
    return decided


@pytest.mark.parametrize("loop, variant", [
    ("reference", "windows-selector"), ("libuv", "linux-epoll")])
def test_ctest_and_run_agree(loopcheck, ctest, build_dir, tmp_path, loop, variant, request):
    if loop == "libuv":
        request.getfixturevalue("have_libuv")
    by_ctest: dict[str, str] = {}
    for command in suites(ctest, build_dir, f"{loop}/{variant}"):
        by_ctest.update(run_suite(command))
    path = tmp_path / "report.json"
    chosen = [word for area in AREAS for word in ("--check", f"{area}.*")]
    done = loopcheck("run", "--loop", loop, "--variant", variant, *chosen, "--json", path)
    by_run = {entry["check"]: entry["verdict"]
              for entry in json.loads(path.read_text())["runs"][0]["results"]}
    assert by_run == by_ctest and by_run
    assert done.code == verdicts.exit_code(by_run.values())
