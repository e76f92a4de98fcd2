# SPDX-License-Identifier: MIT
"""Loops that crash, hang, print, fork and leak: the runner survives them and says which it was."""

import os
import shutil
import subprocess

import pytest
import tap.parser

from conftest import PROGRAMS, RUNNER

LIMITS = ("--deadline", "1", "--timeout", "3")
SANITIZED = bool(os.environ.get("LOOPCHECK_SANITIZE"))

# What the message must say.
MISDEEDS = {
    "sigsegv": "died of SIGSEGV in mid-check",
    "sigbus": "died of SIGBUS",
    "sigfpe": "died of SIGFPE",
    "abort": "died of SIGABRT",
    "exit": "exited with 0 in mid-check",
    "exit-at-once": "exited with 0 in mid-check",
    "spin": "spins: the check did not end in 3 s; it burnt",
    "hang": "hangs: the check did not end in 3 s",
    "close-stdout": "closed descriptor 1 (pipe",
    "print": 'printed 49 bytes on stdout: "ok 1 - works',
    "flood": "flooded stdout with more than 1048576 bytes",
    "flood-stderr": "exited with 3 in mid-check",
    "leave-child": "left a child process running",
    "leave-zombie": "left the ended child process",
    "leave-daemon": "left a process running",
    "return-twice": "child process",
    "copy-reports": "exited with 0",  # and where: the copy goes on writing that down
    "stop": "stopped itself by SIGSTOP",
    "leak-descriptor": "(/dev/null) open",
    "leak-descriptors": "and 99",
    "leak-thread": "left 1 thread running",
    "burn": "left 1 thread running",
    "leave-handler": "left the disposition of SIGUSR1 changed",
    "leave-mask": "left SIGUSR2 blocked",
    "nonblocking": "changed the flags of descriptor 2",
    "close-all": "closed descriptor 0 (/dev/null)",
    "kill-parent": "ended its parent process (SIGKILL)",
    "stop-parent": "stopped its parent process",
    "kill-group": "died of SIGKILL",
    "scribble": "wrote over memory that is not its own",
    "close-fails": "close after the check returned IO",
    "close-hangs": "hangs: waited 1 s in vain: close() returns",
    "returns-early": "run_forever returned by itself, before a timer of 1 ms",
}


@pytest.mark.parametrize("misdeed", MISDEEDS)
def test_misdeed_is_named(run, misdeed):
    if SANITIZED and misdeed in ("sigsegv", "sigbus", "sigfpe", "close-all"):
        pytest.skip("the sanitizer has its own handling of it")
    done = run("hostile-loop", "--variant", misdeed, "--check", "timers.must", *LIMITS)
    result = done.only()
    assert not result.ok and result.directive is None
    assert result.block["verdict"] == "failed"
    assert MISDEEDS[misdeed] in result.message
    assert done.status == 1
    assert done.seconds < 60


@pytest.mark.parametrize("check", ["timers.should", "timers.asyncio"])
def test_a_crash_is_more_than_falling_short(run, check):
    result = run("hostile-loop", "--variant", "abort", "--check", check).only()
    assert not result.ok
    # The hostile loop does not claim asyncio's interface: what binds only those differs.
    assert result.block["verdict"] == ("failed" if check == "timers.should" else "differs")


def test_all_misdeeds_beside_each_other(run):
    done = run("hostile-loop", "--variant", "*", "--check", "timers.must", "--jobs", "8", *LIMITS)
    failed = {result.name.split("/")[0] for result in done.results if not result.ok}
    assert set(MISDEEDS) <= failed
    assert done.named("honest/timers.must").ok
    assert done.named("busy-wait/timers.must").ok
    assert done.status == 1


def test_each_check_is_judged_by_itself(run):
    """A check that spoils its server does not touch the next one."""
    for misdeed in ("kill-parent", "nonblocking", "close-all", "leave-daemon", "flood"):
        done = run("hostile-loop", "--variant", misdeed, "--variant", "honest", "--check",
                   "timers.must", "--jobs", "1", *LIMITS)
        assert done.named("honest/timers.must").ok
        assert not done.named(f"{misdeed}/timers.must").ok


@pytest.mark.parametrize("check", ["works.idle", "works.short-idle"])
@pytest.mark.parametrize("variant", ["busy-wait", "burn"])
def test_spinning_is_found(run, check, variant):
    # A busy machine may leave too little of the CPU to tell a spin by.
    result = run("hostile-loop", "--variant", variant, "--check", check, "--repeat", "5",
                 "--jobs", "1").only()
    assert not result.ok
    assert "spins: used" in result.message or variant == "burn"


def test_leaked_memory(run):
    result = run("hostile-loop", "--variant", "leak-memory", "--check", "timers.must").only()
    if "address" in os.environ.get("LOOPCHECK_SANITIZE", ""):
        assert not result.ok and "memory leaked" in result.message
    else:
        assert result.ok


@pytest.mark.parametrize("variant,words", [("open-fails", "open returned MFILE"),
                                           ("open-crashes", "cannot be opened")])
def test_bail_out(run, variant, words):
    done = run("hostile-loop", "--variant", variant)
    assert words in done.bail_out
    assert done.results == []
    assert done.status == 1


def test_one_variant_that_opens_is_enough(run):
    done = run("hostile-loop", "--variant", "open-fails", "--variant", "honest", "--check",
               "timers.must")
    assert done.bail_out is None
    assert "open returned MFILE" in done.named("open-fails/timers.must").message
    assert done.named("honest/timers.must").ok


def test_output_of_a_loop_cannot_break_the_report(run):
    done = run("hostile-loop", "--variant", "print", "--variant", "flood-stderr", "--check",
               "timers.*", *LIMITS)
    assert done.plan == 6
    assert all(not result.ok for result in done.results)
    assert "y" * 1000 in done.named("flood-stderr/timers.must").block["stderr"][0]


def output_of(run, *options):
    return subprocess.run(run.command("hostile-loop", *options), env=run.environment,
                          capture_output=True, check=False).stdout


def test_tap_consumers_read_it(run, tmp_path):
    options = ("--variant", "p*", "--variant", "honest", "--check", "timers.must")
    lines = list(tap.parser.Parser().parse_text(output_of(run, *options).decode()))
    results = [line for line in lines if line.category == "test"]
    assert [line.ok for line in results] == [True, False]
    assert not [line for line in lines if line.category == "unknown"]


@pytest.mark.skipif(shutil.which("prove") is None, reason="prove is not installed")
@pytest.mark.parametrize("variant,status", [("honest", 0), ("print", 1), ("flood-stderr", 1),
                                            ("open-fails", 1)])
def test_prove_reads_it(run, variant, status):
    command = run.command("hostile-loop", "--variant", variant, "--check", "timers.must")
    done = subprocess.run(["prove", "--exec", " ".join(command[:-1]), command[-1]],
                          env=run.environment, capture_output=True, check=False)
    assert done.returncode == status, done.stdout + done.stderr
    assert b"Parse errors" not in done.stdout or variant == "open-fails"


def test_programs_are_there():
    assert RUNNER.exists() and (PROGRAMS / "hostile-loop.so").exists()
