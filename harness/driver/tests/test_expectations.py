# SPDX-License-Identifier: MIT
"""Declared deviations: the files, the table that the runner reads, and the verdicts."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from conftest import DRIVER, ROOT, Done
from loopcheck import expectations, machine

DECLARED = """
[[deviation]]
check = "{check}"
variants = ["linux-epoll"]
reason = "It has always been so"
link = "https://example.org/1"
{more}
"""


def declare(house: Path, check: str, more: str = "") -> Path:
    path = house / "expectations" / "reference" / f"{machine.host_platform()}.toml"
    path.write_text(DECLARED.format(check=check, more=more))
    return path


def compile_folder(folder: Path, output: Path, *more: str) -> Done:
    done = subprocess.run([sys.executable, "-m", "loopcheck.expectations", "--compile", folder,
                           "-o", output, *more], capture_output=True, text=True,
                          env={**os.environ, "PYTHONPATH": str(DRIVER)})
    return Done(done.returncode, done.stdout, done.stderr)


def test_the_table_has_a_line_for_each_variant(house, tmp_path):
    path = declare(house, "timers.*", "sometimes = true")
    output = tmp_path / "out.tsv"
    assert compile_folder(path.parent, output) == Done(0, "", "")
    assert output.read_text() == ("linux-epoll\ttimers.*\tsometimes\t*\t"
                                  "It has always been so (https://example.org/1)\n")


@pytest.mark.parametrize("only, globs", [('"left *"', "left *"),
                                         ('["left *", "died of ?"]', "left *; died of ?")])
def test_the_table_has_the_ways_to_fail(house, tmp_path, only, globs):
    path = declare(house, "timers.*", f"only = {only}")
    output = tmp_path / "out.tsv"
    assert compile_folder(path.parent, output) == Done(0, "", "")
    assert output.read_text().split("\t")[3] == globs


def test_a_loop_without_a_folder_deviates_nowhere(house, tmp_path):
    output = tmp_path / "out.tsv"
    assert compile_folder(house / "expectations" / "nosuch", output).code == 0
    assert output.read_text() == ""


def test_what_holds_for_another_profile_is_left_out(house, tmp_path):
    path = declare(house, "timers.*", 'asyncio = ">=3.8"')
    output = tmp_path / "out.tsv"
    compile_folder(path.parent, output)
    assert output.read_text() == ""
    compile_folder(path.parent, output, "--asyncio", "3.12")
    assert output.read_text() != ""


def test_what_holds_for_another_version_is_left_out(house, tmp_path):
    path = declare(house, "timers.*", 'version = ">=3.8,<3.9"')
    output = tmp_path / "out.tsv"
    for version, declared in (("3.7.16", False), ("3.8.18", True), ("3.8 on Linux", True),
                              ("3.9.0", False)):
        compile_folder(path.parent, output, "--loop-version", version)
        assert (output.read_text() != "") == declared, version


def test_several_checks_may_share_an_entry(house, tmp_path):
    path = declare(house, "timers.*")
    path.write_text(path.read_text().replace('"timers.*"', '["timers.order", "clock.*"]'))
    output = tmp_path / "out.tsv"
    assert compile_folder(path.parent, output) == Done(0, "", "")
    assert [line.split("\t")[1] for line in output.read_text().splitlines()] == [
        "timers.order", "clock.*"]


@pytest.mark.parametrize("text, words", [
    ("[[deviation", "linux.toml:1"),
    ("[[deviation]]\ncheck = 'a.b'", "reason"),
    ("[[deviation]]\ncheck = 'a.b'\nreason = 'r'", "link or a reproduction"),
    ("[[deviation]]\ncheck = 'a.b'\nreason = 'r'\nreproduction = 'nosuch.c'", "nosuch.c"),
    ("[[deviation]]\ncheck = 'a.b'\nreason = 'r'\nlink = 'https://x'\nasyncio = 'new'", "new"),
    ("[[deviation]]\ncheck = 'a.b'\nreason = 'r'\nlink = 'https://x'\nversion = '3'", "version"),
    ("[[deviation]]\ncheck = 'a.b'\nreason = 'r'\nlink = 'https://x'\nonly = ''", "only"),
    ("[[deviation]]\ncheck = 'a.b'\nreason = 'r'\nlink = 'https://x'\nonly = []", "only"),
    ("[[deviation]]\ncheck = 'a.b'\nreason = 'r'\nlink = 'https://x'\nonly = 'a; b'", "only"),
    ("[[deviation]]\ncheck = 'a.b'\nreason = 'r'\nlink = 'https://x'\nonly = ['a', 7]", "only"),
    ("[[deviation]]\ncheck = []\nreason = 'r'\nlink = 'https://x'", "check"),
    ("[[deviation]]\ncheck = 'a.b'\nreason = 'r'\nlink = 'https://x'\nfrob = 1", "frob"),
    ("[[deviation]]\ncheck = 'a.b'\nreason = \"a\\tb\"\nlink = 'https://x'", "control"),
])
def test_a_broken_file_is_one_line_and_leaves_nothing(house, tmp_path, text, words):
    path = house / "expectations" / "reference" / "linux.toml"
    path.write_text(text)
    output = tmp_path / "out.tsv"
    done = compile_folder(path.parent, output, "--platform", "linux")
    assert done.code == 2 and done.err.count("\n") == 1 and "linux.toml" in done.err
    assert words in done.err
    assert not output.exists()


def test_a_check_that_does_not_exist_is_an_error(house, loopcheck, program, tmp_path):
    path = declare(house, "timers.no-such-check")
    checks = tmp_path / "checks"
    checks.write_text(subprocess.run([program, "--list", "checks"], capture_output=True,
                                     text=True).stdout)
    done = compile_folder(path.parent, tmp_path / "out.tsv", "--checks", str(checks))
    assert done.code == 2 and "timers.no-such-check" in done.err
    run = loopcheck("run", "--loop", "reference", root=house)
    assert run.code == 2 and run.err.count("\n") == 1 and "timers.no-such-check" in run.err


def test_a_deviation_that_went_away_is_repaired(house, loopcheck):
    declare(house, "call_soon.order")
    run = ("run", "--loop", "reference", "--variant", "linux-epoll", "--variant", "linux-poll",
           "--check", "call_soon.order")
    done = loopcheck(*run, root=house)
    assert done.code == 1, done
    assert "repaired  reference/linux-epoll: call_soon.order" in done.out
    assert "1 repaired, 1 passed" in done.out
    declare(house, "call_soon.order", "sometimes = true")
    assert loopcheck(*run, root=house).code == 0


def test_a_declared_failure_is_none(house, program, tmp_path):
    declare(house, "call_soon.order")
    table = tmp_path / "out.tsv"
    compile_folder(house / "expectations" / "reference", table)
    done = subprocess.run(
        [program, "--loop", program.parent / "loops" / "loop-reference.so", "--variant",
         "linux-epoll", "--check", "call_soon.order", "--fault", "call_soon.swaps",
         "--expectations", table], capture_output=True, text=True)
    assert done.returncode == 0
    assert "not ok 1 - call_soon.order # TODO deviates: It has always been so" in done.stdout


def test_every_file_of_the_project_is_right(program):
    from loopcheck import catalogue

    checks = [check.id for check in catalogue.checks(program)]
    for path in sorted((ROOT / "expectations").glob("*/*.toml")):
        expectations.check_names(expectations.load(path.parent, path.stem), checks)


def test_a_folder_elsewhere_adds_deviations(loopcheck, tmp_path):
    """As for a loop whose project is its own."""
    folder = tmp_path / "known"
    (folder / "reference").mkdir(parents=True)
    (folder / "reference" / f"{machine.host_platform()}.toml").write_text(
        DECLARED.format(check="call_soon.order", more=""))
    quick = ("run", "--loop", "reference", "--variant", "linux-epoll", "--check", "call_soon.order")
    done = loopcheck(*quick, "--expectations", folder)
    assert done.code == 1 and "repaired" in done.out
    assert loopcheck(*quick).code == 0


@pytest.mark.parametrize("make, words", [
    (False, "is no directory"),
    (True, "has no LOOP/linux.toml of reference"),
])
def test_a_folder_that_says_nothing_is_one_line(loopcheck, tmp_path, make, words):
    folder = tmp_path / "known"
    if make:
        folder.mkdir()
    done = loopcheck("run", "--loop", "reference", "--expectations", folder)
    assert done.code == 2 and done.out == "" and done.err.count("\n") == 1
    assert f"--expectations {folder}: {words}" in done.err
