# SPDX-License-Identifier: MIT
"""Every check can fail: each fault is caught by the checks that it names, and by few others."""

import os
from concurrent.futures import ThreadPoolExecutor

import pytest

# A check that a fault makes hang ends by these, in seconds.
LIMITS = ["--deadline", "1", "--timeout", "5", "--jobs", "8"]
# Where each check is a program of its own, started by another one.
LIMITS_OF_WINDOWS = ["--deadline", "5", "--timeout", "30", "--jobs", "4"]
# With each fault run the checks that it names and every STRIDEth of the others, in turn; of these,
# OTHERS may fail too, or this part of them. LOOPCHECK_FAULT_STRIDE=1 runs all checks under all
# faults, which takes an hour.
STRIDE = int(os.environ.get("LOOPCHECK_FAULT_STRIDE", "32"))
OTHERS, OTHERS_PART = 4, 0.1


def on_this_host(suite, fault):
    known = {check.id for check in suite.checks}
    return known.issuperset(fault.checks) and fault.on in {
        variant["name"] for variant in suite.variants}


@pytest.fixture(scope="session")
def sound(suite):
    """What passes without a fault, for each variant and profile that a fault names."""
    places = {(fault.on, fault.asyncio) for fault in suite.faults if on_this_host(suite, fault)}
    return {place: suite.run(*place, "--jobs", "4") for place in places}


def run_spoilt(suite, fault, checks, *more):
    chosen = [part for check in checks for part in ("--check", check)]
    return suite.run(fault.on, fault.asyncio, "--fault", fault.id, *chosen, *more)


def some_checks(suite, index, fault):
    others = [check.id for check in suite.checks if check.id not in fault.checks]
    return [*fault.checks, *others[index % STRIDE::STRIDE]]


@pytest.fixture(scope="session")
def spoilt(suite):
    """The results under each fault, all of them under way at once."""
    pool = ThreadPoolExecutor(max_workers=os.cpu_count())
    runs = {fault.id: pool.submit(run_spoilt, suite, fault, some_checks(suite, index, fault),
                                  *(LIMITS if suite.whole else LIMITS_OF_WINDOWS))
            for index, fault in enumerate(suite.faults) if on_this_host(suite, fault)}
    yield runs
    pool.shutdown(cancel_futures=True)


def is_caught(suite, fault, check, after):
    """Among many others a fault that is a matter of time may show too late: so, again and alone."""
    return after.get(check) is False or any(
        run_spoilt(suite, fault, [check], "--timeout", "10").get(check) is False
        for _ in range(5))


def test_fault_is_caught(suite, sound, spoilt, fault, record_property):
    if not on_this_host(suite, fault):
        pytest.skip(f"{fault.on}, or one of its checks, is not there on this host")
    before, after = sound[fault.on, fault.asyncio], spoilt[fault.id].result()
    decided = [check for check in fault.checks if suite.whole or before.get(check) is not None]
    if not decided:
        pytest.skip(f"skipped here: {', '.join(fault.checks)}")
    for check in decided:
        assert before.get(check) is True, f"{check} does not pass without the fault"
        assert is_caught(suite, fault, check, after), f"{check} does not fail under the fault"
    others = [check for check, passed in after.items()
              if passed is False and check not in fault.checks]
    record_property("others", len(others))
    assert len(others) <= max(OTHERS, OTHERS_PART * len(after)), others


def test_every_check_has_a_fault(suite):
    named = {check for fault in suite.faults for check in fault.checks}
    assert {check.id for check in suite.checks} - named == set()


def test_every_fault_names_checks_that_exist(suite):
    if not suite.whole:
        pytest.skip("this build has not all of the checks")
    known = {check.id for check in suite.checks}
    wrong = {fault.id: set(fault.checks) - known for fault in suite.faults}
    assert {fault: checks for fault, checks in wrong.items() if checks} == {}
    assert [fault.id for fault in suite.faults if not fault.checks] == []


def test_ids_are_unique(suite):
    for ids in ([fault.id for fault in suite.faults], [check.id for check in suite.checks]):
        assert sorted(ids) == sorted(set(ids))
