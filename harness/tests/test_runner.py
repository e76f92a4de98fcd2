# SPDX-License-Identifier: MIT
"""Options, verdicts, order, repetition and interruption of the runner, on a loop that works."""

import os
import shlex
import signal
import subprocess

import pytest

from conftest import PROGRAMS, processes_with, wait_until


def test_everything_that_works_passes(run):
    done = run("toy-loop", "--check", "works.*")
    assert [result.name for result in done.results if not result.ok] == []
    assert len(done.results) == 10
    assert done.status == 0 and done.errors == ""


VERDICTS = {
    "ends.wrong-number": ("failed", False, None, "calls: 3 instead of 4"),
    "ends.wrong-number-should": ("falls-short", False, "TODO", "calls: 3 instead of 4"),
    "ends.wrong-number-asyncio": ("differs", False, "TODO", "calls: 3 instead of 4"),
    "ends.wrong-status": ("failed", False, None, "add_reader: BADF instead of OK"),
    "ends.skips": ("skipped", True, "SKIP", "this machine has no moon"),
    "ends.missing": ("not-provided", True, "SKIP", "add_signal_handler is not provided"),
    "ends.refused-here": ("refused", True, "SKIP", "remove_signal_handler is refused here"),
    "ends.refused-wrongly": ("failed", False, None, "remove_signal_handler returned PERM"),
    "ends.other-refusal": ("failed", False, None, "returned PERM"),
    "ends.exceeds": ("exceeds", True, None, "works, although rule.refused refuses it"),
    "ends.thread-fails": ("failed", False, None, "failed in a thread"),
    "ends.copy-fails": ("failed", False, None, "failed in a forked copy"),
    "ends.copy-passes": ("failed", False, None, "failed after the copy"),
    "ends.leaves-file": ("failed", False, None, "left the file socket # one"),
    "ends.at-end": ("exceeds", True, None, "works"),
    "ends.odd-text": ("failed", False, None, "line one\\nnot ok 7 # TODO"),
}


@pytest.mark.parametrize("check", VERDICTS)
def test_verdict(run, check):
    verdict, ok, directive, words = VERDICTS[check]
    done = run("toy-loop", "--check", check)
    result = done.only()
    assert (result.block["verdict"], result.ok, result.directive) == (verdict, ok, directive)
    assert words in result.message
    assert done.status == (1 if verdict == "failed" else 0)


def test_a_failure_is_told_whole(run):
    block = run("toy-loop", "--check", "ends.wrong-number", "--seed", "7").only().block
    assert block["rules"] == ["rule.must"]
    assert (block["expected"], block["found"]) == ("4", "3")
    assert block["at"].startswith("tests/sample_checks.c:")
    assert (block["loop"], block["variant"], block["seed"]) == ("toy", "linux-poll", 7)
    assert block["debug"][0].startswith("gdb --args ")


def test_rerun_gives_the_same(run):
    first = run("toy-loop", "--check", "ends.draws", "--asyncio", "3.9").only()
    command = first.block.get("rerun")
    if command is None:
        pytest.skip("the draw was even")
    again = run.run(shlex.split(command)).only()
    assert again.block["measured"] == first.block["measured"]


def test_at_end_calls_run_last_first(run):
    assert run("toy-loop", "--check", "ends.at-end").only().block["stderr"] == ["order ba"]


def test_measures_keep_the_largest(run):
    measured = run("toy-loop", "--check", "works.measures").only().block["measured"]
    assert measured == {"lateness": {"value": 7, "unit": "ns"},
                        'odd "quantity"': {"value": -1, "unit": "#"}}


def test_strict_makes_exceeds_fail(run):
    done = run("toy-loop", "--check", "ends.exceeds", "--strict")
    assert not done.only().ok and done.only().block["verdict"] == "exceeds"
    assert done.status == 1


def test_seed_decides_the_numbers(run):
    def draws(seed):
        return [result.block["measured"]["draw"]["value"] for result in
                run("toy-loop", "--check", "ends.draws", "--seed", seed).results]
    assert draws("1") == draws("1") != draws("2")


def test_repeat(run):
    done = run("toy-loop", "--check", "ends.draws", "--repeat", "40", "--seed", "1", "--jobs", "4")
    result = done.only()
    failures, first = result.message.split()[1], result.message.split()[7].rstrip(":")
    assert f"failed {failures} of 40, first at repetition {first}: an odd draw" == result.message
    assert 0 < int(failures) < 40
    assert run("toy-loop", "--check", "works.timer", "--repeat", "20").only().ok


def test_repeated_results_do_not_depend_on_jobs(run):
    messages = {run("toy-loop", "--check", "ends.draws", "--repeat", "30", "--seed", "3", "--jobs",
                    jobs).only().message for jobs in ("1", "2", "7")}
    assert len(messages) == 1


def test_order_is_the_catalogue_s(run):
    names = [[result.name for result in run("toy-loop", "--jobs", jobs).results]
             for jobs in ("1", "9")]
    assert names[0] == names[1]


def test_fault(run):
    done = run("toy-loop", "--fault", "timers.forgotten", "--check", "timers.must", "--deadline",
               "1")
    assert not done.only().ok
    assert "hangs: waited 1 s in vain: a timer of 1 ms" in done.only().message
    assert "--fault timers.forgotten" in done.only().block["rerun"]


def test_nothing_applies(run):
    done = run("toy-loop", "--check", "timers.elsewhere")
    assert done.text.startswith("TAP version 14\n1..0 # SKIP ")
    assert done.status == 0


def test_in_process(run):
    done = run("toy-loop", "--check", "works.timer", "--in-process")
    assert done.only().ok and done.status == 0
    done = run("toy-loop", "--check", "ends.wrong-number", "--in-process")
    assert not done.only().ok and done.status == 1


# ---- expectations

@pytest.mark.parametrize("check,often,verdict,status", [
    ("ends.wrong-number", "always", "deviates", 0),
    ("ends.wrong-number", "sometimes", "deviates", 0),
    ("ends.wrong-number-should", "always", "deviates", 0),
    ("ends.wrong-number-asyncio", "always", "differs", 0),
    ("works.measures", "always", "repaired", 1),
    ("works.measures", "sometimes", "passed", 0),
    ("ends.skips", "always", "skipped", 0),
])
def test_expectations(run, tmp_path, check, often, verdict, status):
    file = tmp_path / "expected"
    file.write_text(f"# comment\n\nlinux-*\t{check}\t{often}\t*\tknown # for long\n")
    done = run("toy-loop", "--check", check, "--expectations", str(file))
    assert done.only().block["verdict"] == verdict
    assert done.status == status
    if verdict == "deviates":
        assert done.only().reason == "deviates: known \\# for long"


@pytest.mark.parametrize("check,only,verdict", [
    ("ends.wrong-number", "calls: 3 instead of 4", "deviates"),
    ("ends.wrong-number", "calls: * instead of *", "deviates"),
    ("ends.wrong-number", "left *", "failed"),
    ("ends.leaves-file", "left the file *", "deviates"),
    ("ends.leaves-file", "left descriptor *; left the file *", "deviates"),
    ("ends.leaves-file", "left the file", "failed"),
    ("ends.leaves-two", "left the file second", "failed"),
    ("ends.leaves-two", "left the file second; left the file first", "deviates"),
    ("works.measures", "left *", "repaired"),
])
def test_an_expectation_of_one_way_to_fail(run, tmp_path, check, only, verdict):
    file = tmp_path / "expected"
    file.write_text(f"*\t{check}\talways\t{only}\tknown\n")
    done = run("toy-loop", "--check", check, "--expectations", str(file))
    assert done.only().block["verdict"] == verdict


@pytest.mark.parametrize("first,second,verdict", [
    ("an even draw", "an even draw", "failed"),
    ("left the file *", "left the file *", "failed"),
    ("an even draw", "left the file *", "deviates"),
])
def test_one_undeclared_failure_of_many_is_told(run, tmp_path, first, second, verdict):
    file = tmp_path / "expected"
    file.write_text(f"*\tends.two-ways\talways\t{first}\tknown\n"
                    f"*\tends.*\tsometimes\t{second}\tknown too\n")
    done = run("toy-loop", "--check", "ends.two-ways", "--expectations", str(file), "--repeat", "30")
    assert done.only().block["verdict"] == verdict
    if verdict == "failed":
        assert ("an even draw" in done.only().block["message"]) == (first != "an even draw")


@pytest.mark.parametrize("entries,verdict", [
    ("sometimes\t*", "passed"),
    ("sometimes\tleft *", "repaired"),
])
def test_what_need_not_show_hides_a_repair_only_if_it_speaks_of_any_failure(run, tmp_path, entries,
                                                                            verdict):
    file = tmp_path / "expected"
    file.write_text(f"*\tworks.*\t{entries}\tknown\n*\tworks.measures\talways\t*\tknown\n")
    done = run("toy-loop", "--check", "works.measures", "--expectations", str(file))
    assert done.only().block["verdict"] == verdict


@pytest.mark.parametrize("text,words", [
    ("linux-*\tworks.timer\talways\treason\n", "not five fields"),
    ("linux-*\tworks.timer\tnever\t*\treason\n", "neither 'always' nor 'sometimes'"),
    ("linux-*\tworks.tiner\talways\t*\treason\n", "no check has that name"),
    ("linux-*\tworks.timer\talways\t*\treason\tmore\n", "not five fields"),
    ("linux-*\tworks.timer\talways\t\treason\n", "not five fields"),
])
def test_wrong_expectations(run, tmp_path, text, words):
    file = tmp_path / "expected"
    file.write_text("# first line\n" + text)
    done = run("toy-loop", "--expectations", str(file))
    assert_usage_error(done, words)
    assert f"{file}:2:" in done.errors


# ---- wrong usage: one line, status 2, nothing on stdout

def assert_usage_error(done, words):
    assert done.status == 2
    assert done.text == ""
    assert done.errors.count("\n") == 1 and words in done.errors


@pytest.mark.parametrize("loop,words", [
    ("no-symbol", "does not export loop_api_v1()"),
    ("null-table", "returned NULL"),
    ("other-version", "version 99 of the ABI"),
    ("small-table", "too small"),
    ("no-variants", "0 variants"),
    ("no-operations", "has no operations"),
    ("no-open", "lacks the operation open"),
    ("same-names", "two variants are named one"),
    ("empty-name", "no proper name"),
    ("other-kind", "variant one is of the kind 'selektor': neither selector nor proactor"),
    ("crashes", "died while loading"),
    ("exits", "died while loading"),
    ("not-there", "No such file"),
])
def test_no_adapter(run, loop, words):
    assert_usage_error(run(loop), words)


@pytest.mark.parametrize("options,words", [
    (["--check", "works.tiner"], "no check is named 'works.tiner'"),
    (["--variant", "beos"], "no variant 'beos'"),
    (["--fault", "none"], "no fault is named 'none'"),
    (["--asyncio", "three"], "--asyncio cannot be 'three'"),
    (["--env", "=value"], "--env cannot be '=value'"),
    (["--env", "name"], "--env cannot be 'name'"),
    (["--jobs", "0"], "--jobs cannot be '0'"),
    (["--repeat", "x"], "--repeat cannot be 'x'"),
    (["--timeout", "-1"], "--timeout cannot be '-1'"),
    (["--deadline", "nan"], "--deadline cannot be 'nan'"),
    (["--seed", "-1"], "--seed cannot be '-1'"),
    (["--list", "loops"], "--list cannot be 'loops'"),
    (["--what"], "unknown option '--what'"),
    (["works.timer"], "unknown option 'works.timer'"),
    (["--seed"], "option --seed needs a value"),
    (["--expectations", "/nonexistent"], "No such file"),
    (["--in-process"], "exactly one check"),
])
def test_wrong_options(run, options, words):
    assert_usage_error(run("toy-loop", *options), words)


def test_a_file_that_is_no_library(run, tmp_path):
    text = tmp_path / "text.so"
    text.write_text("no library\n")
    done = run.run([run.command("toy-loop")[0], "--loop", str(text)])
    assert_usage_error(done, "no shared library")


def test_no_loop(run):
    assert_usage_error(run.run([run.command("toy-loop")[0]]), "--loop PATH")


# ---- lists

def listed(run, what, *options):
    done = subprocess.run(run.command("toy-loop", "--list", what, *options),
                          env=run.environment, capture_output=True, check=True, text=True)
    header, *lines = done.stdout.splitlines()
    assert header.startswith("# ")
    return [line.split("\t") for line in lines]


def test_lists(run):
    assert listed(run, "variants") == [["linux-poll", "selector", "poll", "linux", "", "default",
                                        "toy", "1", "", ""]]
    assert ["works.cold", "works", "rule.must", "call_later", "cold"] in listed(run, "checks")
    assert "timers.elsewhere" not in [line[0] for line in listed(run, "checks")]
    assert listed(run, "faults")[0][:4] == ["timers.forgotten", "timers.must", "linux-epoll",
                                            "3.7"]
    assert ["rule.must", "must", "any"] in [line[:3] for line in listed(run, "rules")]


def test_lists_without_a_loop(run):
    done = subprocess.run([run.command("toy-loop")[0], "--list", "checks"], capture_output=True,
                          env=run.environment, check=True, text=True)
    assert "timers.elsewhere\t" in done.stdout


# ---- the runner's own end

@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize("variant", ["hang", "leave-daemon"])
def test_interrupted(run, number, variant):
    process = run.start("hostile-loop", "--variant", variant, "--check", "timers.must")
    assert process.stdout.readline() == b"TAP version 14\n"
    wait_until(lambda: len(processes_with(run.mark)) >= 3)
    process.send_signal(number)
    process.communicate(timeout=60)
    assert process.returncode == 128 + number
    assert run.is_clean()


def test_killed(run):
    process = run.start("hostile-loop", "--variant", "hang", "--check", "timers.must")
    assert process.stdout.readline() == b"TAP version 14\n"
    wait_until(lambda: len(processes_with(run.mark)) >= 3)
    process.kill()
    process.communicate(timeout=60)
    wait_until(run.is_clean)


def test_full_disk(run):
    with open("/dev/full", "wb") as full:
        done = subprocess.run(run.command("toy-loop", "--check", "works.timer"), stdout=full,
                              stderr=subprocess.PIPE, env=run.environment, check=False)
    assert done.returncode == 2
    assert b"cannot write" in done.stderr


def test_reader_that_goes_away(run):
    process = run.start("toy-loop", "--check", "ends.draws", "--repeat", "200")
    process.stdout.close()
    process.stderr.read()
    assert process.wait(60) == 2


def test_closed_standard_descriptors(run):
    command = " ".join(shlex.quote(word) for word in
                       run.command("toy-loop", "--check", "works.timer"))
    done = subprocess.run(["sh", "-c", f"{command} <&- 2>&-"], env=run.environment,
                          capture_output=True, check=False)
    assert done.returncode == 0 and b"ok 1 - works.timer" in done.stdout


def test_inherited_signal_state_does_not_reach_a_check(run):
    done = subprocess.run(["sh", "-c", "trap '' INT USR1; exec \"$@\"", "-",
                           *run.command("toy-loop", "--check", "works.*")],
                          env=run.environment, capture_output=True, check=False)
    assert done.returncode == 0, done.stdout


def test_load_makes_no_difference(run):
    """Far more processes than processors, all of them busy."""
    burners = [subprocess.Popen(["sh", "-c", "while :; do :; done"])
               for _ in range(4 * (os.cpu_count() or 1))]
    try:
        done = run("toy-loop", "--check", "works.*", "--repeat", "3", "--jobs", "4")
    finally:
        for burner in burners:
            burner.kill()
            burner.wait()
    assert [result.message for result in done.results if not result.ok] == []


def test_linked_loop(run):
    program = str(PROGRAMS / "toy-run")
    done = run.run([program, "--check", "call_soon.order"])
    assert done.only().ok and done.status == 0
    assert_usage_error(run.run([program, "--loop", "x.so"]), "unknown option '--loop'")
