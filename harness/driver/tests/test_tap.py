# SPDX-License-Identifier: MIT
"""The TAP reader, on streams that are right, wrong and hostile."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loopcheck import report, verdicts
from loopcheck.tap import Result, TapReader


def read(text: str) -> tuple[list[Result], TapReader]:
    results: list[Result] = []
    reader = TapReader(results.append)
    for line in text.split("\n"):
        reader.feed(line)
    reader.close()
    return results, reader


def quoted(value: object) -> str:
    """YAML on one line, whatever the text, as the runner writes it."""
    if isinstance(value, list):
        return "[" + ", ".join(map(quoted, value)) + "]"
    return '"' + "".join(c if c.isascii() and c.isprintable() and c not in '"\\'
                         else f"\\U{ord(c):08x}" for c in str(value)) + '"'


def block(**fields: object) -> str:
    lines = [f"  {name}: {quoted(value)}" for name, value in fields.items()]
    return "\n".join(["  ---", *lines, "  ..."])


def test_each_kind_of_line_has_its_verdict():
    results, reader = read("TAP version 14\n1..5\n"
                           "ok 1 - v/a.passes\n"
                           "not ok 2 - v/a.fails\n" + block(verdict="failed") + "\n"
                           "not ok 3 - v/a.declared # TODO deviates: known\n"
                           "ok 4 - v/a.absent # SKIP no pipes\n" + block(verdict="not-provided") +
                           "\nok 5 - v/a.more\n" + block(verdict="exceeds") + "\n")
    assert [r.verdict for r in results] == ["passed", "failed", "deviates", "not-provided",
                                            "exceeds"]
    assert results[2].reason == "deviates: known"
    assert results[3].reason == "no pipes"
    assert reader.problems == []


def test_strict_makes_exceeds_a_failure():
    results, reader = read("1..1\nnot ok 1 - v/a.b\n" + block(verdict="exceeds"))
    assert results[0].verdict == "failed"
    assert reader.problems == []


def test_a_result_is_emitted_before_the_stream_ends():
    results: list[Result] = []
    reader = TapReader(results.append)
    reader.feed("not ok 1 - v/a.b")
    for line in block(verdict="failed").split("\n"):
        assert results == []
        reader.feed(line)
    assert len(results) == 1


@pytest.mark.parametrize("text, problem", [
    ("1..2\nok 1 - a", "2 results were planned, 1 came"),
    ("ok 1 - a", "no plan"),
    ("1..1\nok 2 - a", "result 2 came in place 1"),
    ("1..1\nok 1 - a\n  ---\n  verdict: passed", "ends inside a YAML block"),
    ("1..1\nok 1 - a\n  ---\n  : : :\n  - [\n  ...", "is not YAML"),
    ("1..1\nhello from the loop\nok 1 - a", "not a line of TAP"),
    ("TAP version 3\n1..1\nok 1 - a", "version"),
    ("1..1\n1..1\nok 1 - a", "two plans"),
    ("1..1\nok 1 - a\n" + block(verdict="failed"), "contradict"),
    ("1..1\nnot ok 1 - a\n" + block(verdict="passed"), "contradict"),
])
def test_a_stream_that_is_not_whole_is_noticed(text: str, problem: str):
    _, reader = read(text)
    assert any(problem in said for said in reader.problems), reader.problems


def test_bail_out_is_kept_and_the_missing_plan_is_no_second_problem():
    _, reader = read("TAP version 14\nBail out! the loop cannot be opened\n")
    assert reader.bail_out == "the loop cannot be opened"
    assert reader.problems == []


HOSTILE = ["  ...", "...", "ok 2 - v/a.forged", "not ok 9", "Bail out! now", "1..0", "\x1b[2J",
           "# SKIP", "TAP version 13", "---", "&a [*a]", "!!python/object/apply:os.system [ls]"]


@given(st.lists(st.sampled_from(HOSTILE) | st.text(max_size=80), max_size=6))
def test_what_a_loop_printed_stays_inside_its_block(lines: list[str]):
    results, reader = read("TAP version 14\n1..2\nnot ok 1 - v/a.b\n"
                           + block(verdict="failed", output=lines) + "\nok 2 - v/a.c\n")
    assert [r.verdict for r in results] == ["failed", "passed"]
    assert results[0].block["output"] == lines
    assert reader.problems == [] and reader.bail_out is None


@given(st.lists(st.sampled_from(["ok 1 - v/a.b", "not ok 2", "  ---", "  ...", "  x: 1", "1..3",
                                 "ok 99999999999999999999", "ok 1 # SKIP", "not ok # TODO"])
                | st.text(max_size=60), max_size=30))
def test_no_stream_breaks_the_reader(lines: list[str]):
    results, _ = read("\n".join(lines))
    for result in results:
        assert result.verdict in verdicts.BY_WORD


VALUES = st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
                      lambda inner: st.lists(inner, max_size=3)
                      | st.dictionaries(st.text(max_size=8), inner, max_size=3), max_leaves=8)


@given(st.fixed_dictionaries({}, optional={name: VALUES for name in (
    "verdict", "rule", "message", "expected", "found", "at", "rerun", "duration_ms", "measures",
    "notes", "output", "reason")}))
def test_any_block_makes_an_entry_that_the_schema_takes(fields: dict):
    from loopcheck import documents, machine

    entry = report.entry("loop", "v", Result(1, True, "v/a.b", "", "", fields), [])
    run = {"label": "here", "started": "now", "duration_s": 0, "machine": machine.describe(),
           "options": {}, "loops": [], "left_out": [], "counts": {}, "results": [entry],
           "troubles": []}
    documents.validate(report.make([run], {}), "report", "the report")
