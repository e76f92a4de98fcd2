# SPDX-License-Identifier: MIT
"""What is read from gcovr's document, and how it is shown."""

from __future__ import annotations

import json

from loopcheck import coverage
from loopcheck.coverage import FileCoverage


def line(number: int, count: int, **more: bool) -> dict:
    return {"line_number": number, "count": count, **more}


def test_lines_without_code_join_ranges_and_lines_that_ran_part_them():
    counts = {3: 1, 5: 0, 6: 0, 9: 0, 10: 2, 12: 0}
    assert coverage.ranges(counts) == ((5, 9), (12, 12))
    assert coverage.shown(coverage.ranges(counts)) == "5-9, 12"
    assert coverage.ranges({}) == ()


def test_files_are_sorted_and_only_code_counts():
    document = {"files": [
        {"file": "b.c", "lines": [line(1, 0)]},
        {"file": "a.c", "lines": [line(1, 4), line(2, 0, **{"gcovr/noncode": True}),
                                  line(3, 0), line(4, 0), line(4, 7)]},
    ]}
    assert coverage.from_gcovr(document) == [
        FileCoverage("a.c", 3, 2, ((3, 3),)), FileCoverage("b.c", 1, 0, ((1, 1),))]


def test_only_all_lines_are_a_hundred_percent():
    assert coverage.percent(9999, 10000) == "99.9"
    assert coverage.percent(5, 5) == "100.0"
    assert coverage.percent(0, 0) == "-"


def test_the_document_has_the_sums():
    document = json.loads(coverage.to_json([FileCoverage("a.c", 3, 2, ((3, 3),)),
                                            FileCoverage("b.c", 1, 1, ())]))
    assert (document["lines"], document["covered"]) == (4, 3)
    assert document["files"][0] == {"file": "a.c", "lines": 3, "covered": 2,
                                    "uncovered": [[3, 3]]}
