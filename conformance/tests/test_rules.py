# SPDX-License-Identifier: MIT
"""The checks' rules exist, each rule has a check, and what a check decides at once is of one kind."""

import pytest

from loopcheck import spec as specification
from loopcheck.versions import parse_version

PROFILES = ["3.7", "3.8", "3.9", "3.10", "3.11", "3.12", "3.13", "3.14"]


@pytest.fixture(scope="module")
def spec():
    return specification.load()


def variants(suite):
    return [specification.Variant(row["kind"], row["selector"], row["platform"], row["version"])
            for row in suite.variants]


def test_checks_name_rules_that_exist(suite, spec):
    known = {rule.id for rule in spec.rules}
    wrong = {check.id: set(check.rules) - known for check in suite.checks}
    assert {check: rules for check, rules in wrong.items() if rules} == {}
    assert [check.id for check in suite.checks if not check.rules] == []


def test_every_rule_has_a_check(suite, spec):
    if not suite.whole:
        pytest.skip("this build has not all of the checks")
    decided = {rule for check in suite.checks for rule in check.rules}
    assert {rule.id for rule in spec.rules} - decided == set()


def test_checks_need_operations_that_exist(suite, spec):
    wrong = {check.id: set(check.needs) - set(spec.operations) for check in suite.checks}
    assert {check: needs for check, needs in wrong.items() if needs} == {}


def test_rules_in_force_at_once_share_level_and_scope(suite, spec):
    mixed = set()
    for check in suite.checks:
        rules = [spec.rule(rule_id) for rule_id in check.rules]
        for variant in variants(suite):
            for profile in PROFILES:
                kinds = {(rule.level, rule.scope) for rule in rules
                         if rule.applies_to(variant, parse_version(profile))}
                if len(kinds) > 1:
                    mixed.add(check.id)
    assert mixed == set()


def test_every_check_has_its_areas_name(suite):
    assert [check.id for check in suite.checks
            if not check.id.startswith(f"{check.area}.")] == []
