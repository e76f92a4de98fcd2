# SPDX-License-Identifier: MIT
"""The compiled C table says what spec.json says, and both sides read versions alike."""

import json
import subprocess

import pytest
from hypothesis import assume, given, settings, strategies as st
from packaging.specifiers import SpecifierSet

from loopcheck import spec
from loopcheck.versions import parse_range, parse_version


RULES = spec.load().rules


class Probe:
    """rules_probe, kept running: a question in, an answer out."""

    def __init__(self, program):
        self._process = subprocess.Popen([program, "ask"], stdin=subprocess.PIPE,
                                         stdout=subprocess.PIPE, text=True)

    def ask(self, *words):
        self._process.stdin.write(" ".join(map(str, words)) + "\n")
        self._process.stdin.flush()
        return self._process.stdout.readline().rstrip("\n")

    def close(self):
        self._process.stdin.close()
        assert self._process.wait(10) == 0
        self._process.stdout.close()


@pytest.fixture(scope="module")
def program(build_dir):
    return build_dir / "spec" / "tests" / "rules_probe"


@pytest.fixture(scope="module")
def probe(program):
    probe = Probe(program)
    yield probe
    probe.close()


@pytest.fixture(scope="module")
def document(build_dir):
    return json.loads((build_dir / "spec.json").read_text(encoding="utf-8"))


def expected_rows(rule, statuses):
    """What rules_probe should print of a rule of spec.json."""
    applies, expect = rule["applies"], rule["expect"]
    bounds = {name: applies.get(name, {"minimum": 0, "maximum": 0})
              for name in ("platform_version", "asyncio")}
    moments = {"call": 1, "completion": 2, "run": 4}
    members = {
        "title": rule["title"],
        "level": spec.LEVELS.index(rule["level"]),
        "scope": spec.SCOPES.index(rule["scope"]),
        "source": rule["source"],
        "statement": rule.get("statement"),
        **{name: applies.get(name) for name in ("platforms", "kinds", "selectors")},
        "platform_version_min": bounds["platform_version"]["minimum"],
        "platform_version_max": bounds["platform_version"]["maximum"],
        "asyncio_min": bounds["asyncio"]["minimum"],
        "asyncio_max": bounds["asyncio"]["maximum"],
        "operations": rule["operations"],
        "outcome": spec.OUTCOMES.index(expect["outcome"]),
        "status": statuses[expect["status"]] if "status" in expect else 0,
        "when": sum(moments[moment] for moment in expect.get("when", ())),
        **{name: expect.get(name)
           for name in ("object", "quantity", "unit", "limit", "min", "max", "typical")},
    }
    for member, value in members.items():
        for single in value if isinstance(value, list) else [value]:
            if single not in (None, 0):
                yield f"{rule['id']}\t{member}\t{single}"


def test_the_table_says_what_the_document_says(program, document):
    table = subprocess.run([program, "table"], capture_output=True, encoding="utf-8", check=True)
    expected = [row for rule in document["rules"]
                for row in expected_rows(rule, document["statuses"])]
    assert table.stdout.splitlines() == expected


def test_the_document_is_that_of_the_source_tree(document):
    assert [rule["id"] for rule in document["rules"]] == [rule.id for rule in RULES]


def test_every_status_has_its_name(probe, document):
    for name, value in document["statuses"].items():
        assert probe.ask("status", value) == name
    assert probe.ask("status", 77) == "status 77"
    assert probe.ask("status", -2147483648) == "status -2147483648"


PARTS = st.integers(0, 300)
VERSIONS = st.lists(st.integers(0, 255), min_size=1, max_size=3).map(
    lambda parts: ".".join(map(str, parts)))
TEXTS = VERSIONS | st.text("0123456789.-abv", min_size=1, max_size=12)


@settings(max_examples=300, deadline=None)
@given(text=TEXTS | st.lists(PARTS, min_size=1, max_size=4).map(
    lambda parts: ".".join(map(str, parts))))
def test_versions_are_parsed_alike(probe, text):
    assert probe.ask("version", text) == str(parse_version(text))


SPECIFIERS = st.tuples(st.sampled_from([">=", ">", "<", "<=", "=="]), VERSIONS,
                       st.booleans()).map(
    lambda s: s[0] + s[1] + (".*" if s[2] and s[0] == "==" and s[1].count(".") < 2 else ""))


@settings(max_examples=500, deadline=None)
@given(specifiers=st.lists(SPECIFIERS, min_size=1, max_size=3), version=VERSIONS)
def test_ranges_hold_the_same_versions_everywhere(probe, specifiers, version):
    assume(parse_version(version) != 0)
    text = ",".join(specifiers)
    inside = SpecifierSet(text).contains(version)
    try:
        bounds = parse_range(text)
    except ValueError:
        assert not inside
        return
    assert bounds.includes(parse_version(version)) == inside
    assert probe.ask("range", bounds.minimum, bounds.maximum, version) == str(int(inside))


VARIANTS = st.builds(
    spec.Variant,
    kind=st.sampled_from(["selector", "proactor"]),
    selector=st.sampled_from(["epoll", "poll", "select", "kqueue", "iocp", "event-ports"]),
    platform=st.sampled_from(["linux", "windows", "macos", "freebsd", "haiku"]),
    platform_version=st.none() | st.sampled_from(["10.5", "10.6", "10.8.5", "10.9", "14", "x"]))
PROFILES = st.sampled_from([0, 0x030700, 0x030800, 0x030D00, 0x030E00])


@settings(max_examples=100, deadline=None)
@given(variant=VARIANTS, profile=PROFILES)
def test_rules_apply_alike(probe, variant, profile):
    for rule in RULES:
        answer = probe.ask("applies", rule.id, variant.kind, variant.selector, variant.platform,
                           variant.platform_version or "-", profile)
        assert answer == str(int(rule.applies_to(variant, profile)))
