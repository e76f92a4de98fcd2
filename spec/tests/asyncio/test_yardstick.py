# SPDX-License-Identifier: MIT
"""A rule of the scope asyncio says what CPython's asyncio does, not what we think that it does."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[3] / "harness" / "driver"))
sys.path.insert(0, str(Path(__file__).resolve().parent))

import subjects
from loopcheck import spec, versions

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the scripts are for Unix")

RULES = {rule.id: rule for rule in spec.load().rules if rule.scope == "asyncio"}
SCRIPTED = subjects.scripted_rules()

# Rules that asyncio has no word for, and why.
NO_WORD = {}

# Where a rule follows the documentation, and a CPython does not: (rule, versions, reason).
DEVIATIONS = [
    ("datagrams.drains", ">=3.13,<3.13.6",
     "counts eight bytes for each datagram that waited for ever: python/cpython issue 135444"),
]


def on_unix(rule):
    return not rule.applies.platforms or rule.applies.platforms != ("windows",)


def deviation(rule, version):
    number = versions.parse_version(version)
    return next((reason for name, where, reason in DEVIATIONS
                 if name == rule and versions.parse_range(where).includes(number)), None)


def cases():
    if sys.platform == "win32":
        return
    for subject in subjects.discover():
        for rule in SCRIPTED:
            if rule not in RULES or not subject.selectors_of(RULES[rule]):
                continue
            reason = deviation(rule, subject.version)
            marks = [pytest.mark.xfail(reason=reason, strict=True)] if reason else []
            yield pytest.param(subject, rule, id=f"{subject.version}-{rule}", marks=marks)


@pytest.fixture(scope="session")
def outcomes(request):
    """Every subject is started once, for all the rules that are asked of it."""
    wanted = {}
    for item in request.session.items:
        if "outcomes" in getattr(item, "fixturenames", ()):
            wanted.setdefault(item.callspec.params["subject"], []).append(
                item.callspec.params["rule"])
    return subjects.run_all(wanted)


@pytest.mark.parametrize("subject, rule", cases())
def test_asyncio_agrees(outcomes, subject, rule):
    applies = subject.selectors_of(RULES[rule])
    told = {selector: wrong for (name, selector), wrong in outcomes[subject.version].items()
            if name == rule and selector in applies}
    assert told, f"{rule} was run under none of {applies}"
    wrong = "\n".join(f"{selector}: {text}" for selector, text in told.items() if text)
    assert not wrong, f"CPython {subject.version} does not agree with {rule}\n{wrong}"


def test_a_disagreement_is_heard():
    """Of the two rules about the file of a closed server one is wrong for any version."""
    subject = next(iter(subjects.discover()))
    pair = ("unix.file-stays", "unix.file-goes")
    wrong = {rule for (rule, _), text in subject.run(pair).items() if text}
    assert wrong == {rule for rule in pair if not subject.selectors_of(RULES[rule])}


def test_every_rule_has_a_script():
    missing = [rule.id for rule in RULES.values()
               if on_unix(rule) and rule.id not in SCRIPTED and rule.id not in NO_WORD]
    assert not missing, "no script in spec/tests/asyncio/scripts shows: " + ", ".join(missing)


def test_every_script_has_a_rule():
    strange = [rule for rule in SCRIPTED if rule not in RULES or rule in NO_WORD]
    assert not strange, "no rule of the scope asyncio, or one without a word: " + ", ".join(strange)
    assert len(set(SCRIPTED)) == len(SCRIPTED), "a rule has two scripts"


def test_deviations_name_rules():
    assert all(rule in SCRIPTED for rule, _, _ in DEVIATIONS)
    assert all(versions.parse_range(where) for _, where, _ in DEVIATIONS)
