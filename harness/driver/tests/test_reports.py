# SPDX-License-Identifier: MIT
"""All reports of one run tell the same."""

from __future__ import annotations

import copy
import html.parser
import json
import re
import xml.etree.ElementTree as ElementTree
from collections import Counter

import pytest

from loopcheck import console, documents, matrix, report, report_html, report_junit, verdicts
from loopcheck import report_markdown
from loopcheck.tap import Result


def results(made: dict) -> list[dict]:
    return [entry for run in made["runs"] for entry in run["results"]]


def words(made: dict) -> Counter:
    return Counter(entry["verdict"] for entry in results(made))


def test_json_is_what_its_schema_says(spoilt):
    documents.validate(spoilt.report, "report", "report.json")
    run = spoilt.report["runs"][0]
    assert run["counts"] == words(spoilt.report)
    assert run["options"]["fault"] == "call_soon.swaps"
    assert run["machine"]["cpus"] >= 1
    assert {v["name"]: v["emulated"] for v in run["loops"][0]["variants"]} == {
        "linux-epoll": False, "macos-10.8-poll": True}
    for entry in run["results"]:
        assert entry["rules"] and set(entry["rules"]) <= set(spoilt.report["rules"]), entry
        assert "duration_ms" in entry
    assert any(entry.get("measures") for entry in run["results"])


def test_exit_code_and_summary_follow_the_verdicts(spoilt):
    counted = words(spoilt.report)
    assert spoilt.done.code == 1 == verdicts.exit_code(counted)
    summary = spoilt.done.out.splitlines()[-1]
    for word, number in counted.items():
        assert f"{number} {word}" in summary
    failed = {(e["variant"], e["check"]) for e in results(spoilt.report)
              if e["verdict"] == "failed"}
    shown = set(re.findall(r"^failed  reference/(\S+): (\S+)$", spoilt.done.out, re.MULTILINE))
    assert shown == failed and failed


def test_console_page_and_summary_count_the_areas_alike(spoilt):
    tables = matrix.make(spoilt.report)
    for column in tables.columns:
        for area in tables.areas:
            words = tables.area_words(area, column)
            assert matrix.cell(words) in spoilt.done.out
            assert f">{matrix.share(words)}</td>" in spoilt.files["html"]
            assert f" {matrix.share(words)} |" in spoilt.files["markdown"]


def test_junit_has_every_result(spoilt):
    root = ElementTree.fromstring(spoilt.files["junit"])
    cases = root.findall("./testsuite/testcase")
    counted = words(spoilt.report)
    bad = sum(number for word, number in counted.items() if verdicts.BY_WORD[word].bad)
    skipped = sum(counted[word] for word in verdicts.UNDECIDED)
    assert len(cases) == sum(counted.values())
    assert len(root.findall(".//failure")) == bad == int(root.get("failures"))
    assert len(root.findall(".//skipped")) == skipped
    assert [suite.get("name") for suite in root] == [
        "reference/linux-epoll", "reference/macos-10.8-poll"]


def test_markdown_names_every_failure(spoilt):
    text = spoilt.files["markdown"]
    for entry in results(spoilt.report):
        name = report_markdown._escape(f"{entry['loop']}/{entry['variant']}: {entry['check']}")
        assert (f"<b>failed</b> {name}<" in text) == (entry["verdict"] == "failed")


class Page(html.parser.HTMLParser):
    """The cells of the matrix, and whatever the page would load from elsewhere."""

    def __init__(self):
        super().__init__()
        self.cells: list[str] = []
        self.loaded: list[str] = []
        self.elements: Counter = Counter()

    def handle_starttag(self, tag, attributes):
        found = dict(attributes)
        self.elements[tag] += 1
        if tag == "button" and "data-at" in found:
            self.cells.append(found["class"].split()[1])
        self.loaded += [found[name] for name in ("src", "href") if found.get(name)]


def parse(text: str) -> Page:
    page = Page()
    page.feed(text)
    return page


def test_html_has_a_cell_for_each_rule_and_variant_and_loads_nothing(spoilt):
    page = parse(spoilt.files["html"])
    tables = matrix.make(spoilt.report)
    expected = Counter(verdicts.worst(e["verdict"] for e in entries)
                       for entries in tables.by_rule.values())
    assert Counter(page.cells) == expected
    assert page.loaded == []
    assert "<small>emulated</small>" in spoilt.files["html"]


HOSTILE = "</script><script>alert(1)</script><img src=x onerror=alert(1)>|`*_\x1b[31m\u2028]]>&amp;"


@pytest.fixture
def hostile() -> dict:
    """A report of a loop whose every text is an attack."""
    from loopcheck import machine

    block = {"verdict": "failed", "message": HOSTILE, "expected": HOSTILE, "found": HOSTILE,
             "at": HOSTILE, "rerun": HOSTILE, "notes": [HOSTILE], "stdout": HOSTILE,
             "measured": {HOSTILE: {"value": 1, "unit": "ns"}}}
    entry = report.entry("loop", "v", Result(1, False, f"v/a.{HOSTILE}", "", "", block), ["r.r"])
    variant = {"name": "v", "kind": "selector", "selector": "x", "platform": "linux",
               "emulated": False}
    run = {"label": "here", "started": "now", "duration_s": 0, "machine": machine.describe(),
           "options": {}, "counts": {"failed": 1}, "results": [entry],
           "troubles": [report.clean(HOSTILE)],
           "left_out": [{"name": "x", "reason": report.clean(HOSTILE)}],
           "loops": [{"name": "loop", "version": report.clean(HOSTILE), "asyncio": False,
                      "variants": [variant]}]}
    rule = {"title": report.clean(HOSTILE), "level": "must", "scope": "any", "source": ""}
    return report.make([run], {"r.r": rule})


def test_hostile_text_stays_text(hostile, capsys):
    page = parse(report_html.to_text(hostile))
    assert page.elements["script"] == 2 and page.elements["img"] == 0
    ElementTree.fromstring(report_junit.to_text(hostile))
    text = report_markdown.to_text(hostile)
    assert "<script" not in text and "<img" not in text and "\x1b" not in text
    console.show(hostile)
    assert "\x1b" not in capsys.readouterr().out


def test_more_than_two_loops_stand_in_one_matrix(spoilt, capsys):
    made = copy.deepcopy(spoilt.report)
    run = made["runs"][0]
    assert not matrix.overview(matrix.make(made))
    for name in ("second", "third"):
        run["loops"].append({**run["loops"][0], "name": name})
        run["results"] += [{**entry, "loop": name} for entry in run["results"]
                           if entry["loop"] == "reference"]
    tables = matrix.make(made)
    rows = matrix.overview(tables)
    assert [row.name for row in rows] == [
        "reference/linux-epoll", "second/linux-epoll", "third/linux-epoll"]
    first = tables.columns[0]
    assert rows[0].words == [tables.area_words(area, first) for area in tables.areas]
    console.show(made)
    shown = capsys.readouterr().out
    assert "all loops" in shown
    table = shown.split("all loops")[1].split("number: checks")[0]
    assert max(map(len, table.splitlines())) <= console.PIPE_WIDTH
    page = report_html.to_text(made)
    assert "<h2>All loops</h2>" in page and "third/linux-epoll" in page


def test_a_cell_of_the_matrix_loses_no_result():
    signs = {verdict.word: verdict.sign for verdict in verdicts.ORDER}
    words = ["passed", "deviates", "not-provided", "passed", "skipped", "exceeds"]
    assert matrix.parts(words, signs) == ["2", "d1", "+1", "-2"]
    assert matrix.parts(["not-provided"], signs) == ["-1"]
    assert matrix.parts(["failed"], signs) == ["0", "F1"]
    assert matrix.parts([], signs) == []


def test_a_run_is_called_by_its_label(loopcheck, tmp_path):
    path = tmp_path / "report.json"
    done = loopcheck("run", "--loop", "reference", "--variant", "linux-epoll", "--check",
                     "call_soon.order", "--label", "the\nthird\tmachine", "--json", path)
    assert done.code == 0
    assert json.loads(path.read_text())["runs"][0]["label"] == "the\\nthird\\tmachine"
