# SPDX-License-Identifier: MIT
"""A platform's native variants beside its imitation: what differs is found, and who is to blame."""

from __future__ import annotations

import pytest

from loopcheck import differences, documents, places, platforms

WINDOWS = platforms.ALL["windows"]
DECLARED = """
[[difference]]
check = "a.host"
lies-in = "host"
reason = "it is slow"

[[difference]]
check = "a.*"
variants = ["windows-sel*"]
lies-in = "imitation"
reason = "it is dull"
"""


@pytest.fixture(autouse=True)
def declared(tmp_path, monkeypatch):
    (tmp_path / "differences-windows.toml").write_text(DECLARED)
    monkeypatch.setattr(places, "expectations_dir", lambda: tmp_path)


def run(*entries, variant="windows-selector", loop="reference"):
    return {"results": [{"loop": loop, "variant": variant, "check": check, "verdict": verdict,
                         "message": message} for check, verdict, message in entries]}


def find(native, imitated):
    return [(one.check, one.native, one.imitated, one.why)
            for one in differences.find(WINDOWS, native, imitated)]


def test_the_same_is_no_difference():
    results = run(("a.one", "passed", ""), ("a.two", "failed", "x"))
    assert find(results, results) == []


def test_who_is_to_blame():
    native = run(("a.host", "failed", ""), ("a.one", "failed", ""), ("b.one", "failed", ""),
                 ("b.two", "skipped", "not under Wine"))
    imitated = run(*((check, "passed", "") for check in ("a.host", "a.one", "b.one", "b.two")))
    assert find(native, imitated) == [
        ("a.host", "failed", "passed", "limit of Wine: it is slow"),
        ("a.one", "failed", "passed", "fault of our emulation: it is dull"),
        ("b.one", "failed", "passed", None),
        ("b.two", "skipped", "passed", "limit of Wine: not decidable under it")]


def test_a_glob_of_variants_binds_those_alone():
    native = run(("a.one", "failed", ""), variant="windows-proactor")
    assert find(native, run(("a.one", "passed", ""), variant="windows-proactor")) == [
        ("a.one", "failed", "passed", None)]


def test_what_only_one_of_them_ran():
    one, nothing = run(("b.one", "passed", "")), run()
    assert find(one, nothing) == [("b.one", "passed", "not run", None)]
    assert find(nothing, one) == [("b.one", "not run", "passed", None)]


def test_other_loops_have_no_imitation():
    assert find(run(("b.one", "failed", ""), loop="other"), run()) == []


def test_the_real_ones_are_well_formed(monkeypatch):
    monkeypatch.undo()
    path = places.expectations_dir() / "differences-windows.toml"
    assert documents.load_toml(path, "differences", path.name, "difference")["difference"]
