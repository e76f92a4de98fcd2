# SPDX-License-Identifier: MIT
"""Every statement of the page is decided by checks that ran: here, and on the personas."""

from __future__ import annotations

import json

import pytest

from loopcheck import catalogue, spec

PROFILES = ("3.7", "3.14")  # the first page, and what later ones changed
SPEC = spec.load()
STATEMENTS = [statement for statement in SPEC.statements if not statement.context]


def rules_of(statement) -> set[str]:
    key = (statement.page, statement.id)
    return {rule.id for rule in SPEC.rules
            if key in {(source.page, source.statement) for source in rule.sources}}


@pytest.fixture(scope="session")
def decided(loopcheck, program, tmp_path_factory) -> dict[str, set[tuple[str, bool]]]:
    """For each rule of the page the variants on which a check of it passed; whether emulated."""
    wanted = set().union(*map(rules_of, STATEMENTS))
    checks = [check.id for check in catalogue.checks(program) if wanted & set(check.rules)]
    chosen = [word for check in checks for word in ("--check", check)]
    found: dict[str, set[tuple[str, bool]]] = {}
    for profile in PROFILES:
        place = tmp_path_factory.mktemp("page") / "report.json"
        done = loopcheck("run", "--loop", "reference", "--variant", "*", "--asyncio", profile,
                         *chosen, "--json", place)
        assert done.code == 0, done.out[-2000:] + done.err[-500:]
        report = json.loads(place.read_text("utf-8"))
        emulated = {variant["name"]: variant["emulated"]
                    for run in report["runs"] for loop in run["loops"]
                    for variant in loop["variants"]}
        for result in (result for run in report["runs"] for result in run["results"]):
            if result["verdict"] == "passed":
                for rule in result["rules"]:
                    found.setdefault(rule, set()).add(
                        (result["variant"], emulated[result["variant"]]))
    return found


@pytest.mark.parametrize("statement", STATEMENTS, ids=[each.id for each in STATEMENTS])
def test_statement_is_decided(decided, statement):
    where = set().union(*(decided.get(rule, set()) for rule in rules_of(statement)))
    assert where, f"no check of any rule of {statement.id} ran and passed"


def test_what_binds_every_platform_is_decided_here(decided):
    bound = [rule for statement in STATEMENTS for rule in rules_of(statement)
             if not next(r for r in SPEC.rules if r.id == rule).applies.platforms]
    assert bound
    undecided = [rule for rule in bound
                 if not any(not emulated for _, emulated in decided.get(rule, ()))]
    assert undecided == []
