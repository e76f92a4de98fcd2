# SPDX-License-Identifier: MIT
"""The chain from statements to faults has no hole, and a hole would be seen."""

from __future__ import annotations

import dataclasses

import pytest

from loopcheck import catalogue, spec, trace


@pytest.fixture(scope="module")
def parts(program):
    return spec.load(), catalogue.checks(program), catalogue.faults(program)


def test_there_is_no_hole(parts):
    assert trace.holes(trace.make(*parts)) == []


def test_list_trace_prints_the_chain(loopcheck):
    done = loopcheck("list", "--trace")
    assert done.code == 0, done.out[-2000:]
    assert "all.no-file-io  " in done.out and "\n  all.files.survived  " in done.out


def new_holes(parts, *changed) -> set[str]:
    return set(trace.holes(trace.make(*changed))) - set(trace.holes(trace.make(*parts)))


def test_a_statement_without_a_rule_is_a_hole(parts):
    rules, checks, faults = parts
    statement = next(s for s in rules.statements if not s.context)
    fewer = tuple(rule for rule in rules.rules
                  if statement.id not in {source.statement for source in rule.sources})
    holes = new_holes(parts, dataclasses.replace(rules, rules=fewer), checks, faults)
    assert f"{statement.id} has no rule" in holes


def test_a_rule_without_a_check_is_a_hole(parts):
    rules, checks, faults = parts
    rule = rules.rules[0].id
    fewer = [check for check in checks if rule not in check.rules]
    assert f"{rule} has no check" in new_holes(parts, rules, fewer, faults)


def test_a_check_without_a_fault_is_a_hole(parts):
    rules, checks, faults = parts
    check = faults[0].checks[0]
    fewer = [fault for fault in faults if check not in fault.checks]
    assert f"{check} has no fault" in new_holes(parts, rules, checks, fewer)


def test_what_hangs_on_nothing_is_a_hole(parts):
    rules, checks, faults = parts
    lost = dataclasses.replace(checks[0], rules=("no.such-rule",))
    stray = dataclasses.replace(faults[0], id="stray", checks=("no.such-check",))
    holes = new_holes(parts, rules, [*checks[1:], lost], [*faults, stray])
    assert f"{lost.id} decides no such rule as no.such-rule" in holes
    assert "stray is for no such check as no.such-check" in holes
