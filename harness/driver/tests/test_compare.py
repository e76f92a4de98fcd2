# SPDX-License-Identifier: MIT
"""diff and merge."""

from __future__ import annotations

import copy
import json

from hypothesis import given
from hypothesis import strategies as st

from loopcheck import diff, machine, matrix, merge, report, verdicts

WORDS = st.sampled_from(list(verdicts.BY_WORD))
VERDICTS = st.dictionaries(st.sampled_from(["a.one", "a.two", "b.one", "b.two"]), WORDS)


def make(found: dict[str, str], label: str = "linux x86_64") -> dict:
    entries = [{"loop": "l", "variant": "v", "check": check, "area": check[0], "verdict": word,
                "rules": ["r.r"]} for check, word in found.items()]
    variant = {"name": "v", "kind": "selector", "selector": "x", "platform": "linux",
               "emulated": False}
    run = {"label": label, "started": "now", "duration_s": 1, "machine": machine.describe(),
           "options": {}, "left_out": [], "counts": verdicts.count(found.values()),
           "loops": [{"name": "l", "version": "1", "asyncio": False, "variants": [variant]}],
           "results": entries, "troubles": []}
    return report.make([run], {"r.r": {"title": "T", "level": "must", "scope": "any",
                                       "source": ""}})


@given(VERDICTS)
def test_a_report_does_not_differ_from_itself(found):
    assert diff.changes(make(found), make(found)) == []


@given(VERDICTS, VERDICTS)
def test_a_diff_names_exactly_what_changed_and_turns_round(before, after):
    changes = diff.changes(make(before), make(after))
    assert {c.check: (c.before, c.after) for c in changes} == {
        check: (before.get(check), after.get(check)) for check in {**before, **after}
        if before.get(check) != after.get(check)}
    back = diff.changes(make(after), make(before))
    assert {(c.check, c.before, c.after) for c in back} == {
        (c.check, c.after, c.before) for c in changes}
    for change in changes:
        assert not (change.worse and change.better)


@given(st.lists(VERDICTS, min_size=1, max_size=4))
def test_a_merge_keeps_every_result_and_tells_runs_apart(many):
    made = merge.merge([make(found) for found in many])
    assert sum(len(run["results"]) for run in made["runs"]) == sum(map(len, many))
    labels = [run["label"] for run in made["runs"]]
    assert len(set(labels)) == len(many)
    assert len({column.title for column in matrix.make(made).columns}) == len(many)
    assert report.exit_code(made) == max(report.exit_code(make(found)) for found in many)


@given(VERDICTS, VERDICTS)
def test_merging_twice_is_merging_once(one, two):
    first = merge.merge([make(one), make(two)])
    second = merge.merge([merge.merge([make(one)]), make(two)])
    assert first == second


def test_diff_says_worse_by_its_exit_code(loopcheck, spoilt, tmp_path):
    better = copy.deepcopy(spoilt.report)
    for entry in better["runs"][0]["results"]:
        if entry["verdict"] == "failed":
            entry["verdict"] = "passed"
    path = tmp_path / "better.json"
    path.write_text(json.dumps(better))
    worse = loopcheck("diff", path, spoilt.path)
    assert worse.code == 1 and "call_soon.order: passed -> failed" in worse.out
    assert loopcheck("diff", spoilt.path, path).code == 0
    same = loopcheck("diff", path, path)
    assert same.code == 0 and same.out == "no verdict changed\n"


def test_merge_writes_every_kind_of_report(loopcheck, spoilt, tmp_path):
    merged = tmp_path / "merged.json"
    done = loopcheck("merge", spoilt.path, spoilt.path, "--json", merged, "--html",
                     tmp_path / "merged.html", "--markdown", tmp_path / "merged.md")
    assert done.code == 1, done
    made = json.loads(merged.read_text())
    assert [run["label"] for run in made["runs"]][1].endswith("(2)")
    assert "(2)" in (tmp_path / "merged.html").read_text()
    assert "(2)" in (tmp_path / "merged.md").read_text().replace("\\", "")
