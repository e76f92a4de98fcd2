# SPDX-License-Identifier: MIT
"""The runner on Windows, or under Wine: loops that crash, hang, print, leak and leave processes."""

import pytest

from conftest import WINDOWS, WINE

pytestmark = pytest.mark.skipif(not WINDOWS, reason="this build is not for Windows")

LIMITS = ("--deadline", "10", "--timeout", "30")

# What the message must say.
MISDEEDS = {
    "access-violation": "died of STATUS_ACCESS_VIOLATION in mid-check",
    "stack-overflow": "died of STATUS_STACK_OVERFLOW",
    "illegal-instruction": "died of STATUS_ILLEGAL_INSTRUCTION",
    "divide-by-zero": "died of STATUS_INTEGER_DIVIDE_BY_ZERO",
    "fast-fail": "died of STATUS_STACK_BUFFER_OVERRUN",
    "abort": "in mid-check",
    "exit": "exited with 0 in mid-check",
    "exit-at-once": "exited with 0 in mid-check",
    "exit-process": "exited with 0 in mid-check",
    "terminate-self": "exited with 0 in mid-check",
    "exit-thread": "exited with 0 in mid-check",
    "kill-parent": "exited with 5 in mid-check",  # its parent refused: ERROR_ACCESS_DENIED
    "spin": "spins: the check did not end in 30 s; it burnt",
    "hang": "hangs: the check did not end in 30 s",
    "suspend-self": "hangs: the check did not end in 30 s",
    "print": 'printed 49 bytes on stdout: "ok 1 - works',
    "flood": "flooded stdout with more than 1048576 bytes",
    "flood-stderr": "exited with 4 in mid-check",
    "close-stdout": "not its own",
    "replace-stderr": "left another handle as the standard error",
    "leave-child": "left a child process running",
    "leave-daemon": "left a child process running",
    "leave-child-and-exit": "exited with 0 in mid-check",
    "leak-event": "(Event) open",
    "leak-handles": "and 99",
    "leak-socket": "(socket) open",
    "leak-thread": "left 1 thread running",
    "burn": "left 1 thread running",
    "close-all": "not its own",
    "scribble": "wrote over memory that is not its own",
    "close-fails": "close after the check returned IO",
    "close-hangs": "hangs: waited 10 s in vain: close() returns",
    "returns-early": "run_forever returned by itself, before a timer of 1 ms",
}
# It ends Wine's server, and with it all that runs in the prefix.
NOT_UNDER_WINE = ("close-all",)


@pytest.mark.parametrize("misdeed", MISDEEDS)
def test_misdeed_is_named(run, misdeed):
    if WINE and misdeed in NOT_UNDER_WINE:
        pytest.skip("not under Wine")
    done = run("hostile-loop", "--variant", misdeed, "--check", "timers.must", *LIMITS)
    result = done.only()
    assert not result.ok and result.directive is None
    assert result.block["verdict"] == "failed"
    assert MISDEEDS[misdeed] in result.message
    assert done.status == 1


def test_each_check_is_judged_by_itself(run):
    done = run("hostile-loop", "--variant", "leave-daemon", "--variant", "flood", "--variant",
               "scribble", "--variant", "honest", "--check", "timers.must", "--jobs", "2", *LIMITS)
    assert [result.name for result in done.results if result.ok] == ["honest/timers.must"]


@pytest.mark.parametrize("check", ["works.idle", "works.short-idle"])
def test_spinning_is_found(run, check):
    # Windows does not tell how long others had the processors, so that a busy machine hides some.
    result = run("hostile-loop", "--variant", "busy-wait", "--check", check, "--repeat", "10",
                 "--jobs", "1").only()
    assert not result.ok and "spins: used" in result.message


def test_everything_that_works_passes(run):
    done = run("toy-loop", "--check", "works.*", *LIMITS)
    assert [result.name for result in done.results if not result.ok] == []
    assert len(done.results) == 10
    assert done.status == 0 and done.errors == ""


VERDICTS = {
    "ends.wrong-number": ("failed", False, None, "calls: 3 instead of 4"),
    "ends.wrong-number-should": ("falls-short", False, "TODO", "calls: 3 instead of 4"),
    "ends.skips": ("skipped", True, "SKIP", "this machine has no moon"),
    "ends.thread-fails": ("failed", False, None, "failed in a thread"),
    "ends.leaves-file": ("failed", False, None, "left the file socket # one"),
    "ends.leaves-handle": ("failed", False, None, "(Event) open"),
    "ends.leaves-open-file": ("failed", False, None, "(file) open"),
    "ends.odd-text": ("failed", False, None, "line one\\nnot ok 7 # TODO"),
}


def test_verdicts(run):
    done = run("toy-loop", "--check", "ends.*", *LIMITS)
    for check, (verdict, ok, directive, words) in VERDICTS.items():
        result = done.named(check)
        assert (result.block["verdict"], result.ok, result.directive) == (verdict, ok, directive)
        assert words in result.message


@pytest.mark.parametrize("loop,words", [
    ("no-symbol", "does not export loop_api_v1()"),
    ("null-table", "returned NULL"),
    ("other-version", "version 99 of the ABI"),
    ("crashes", "died while loading"),
    ("exits", "died while loading"),
    ("not-there", "(2)"),
])
def test_no_adapter(run, loop, words):
    done = run(loop)
    assert done.status == 2 and done.text == ""
    assert words in done.errors.splitlines()[-1]
