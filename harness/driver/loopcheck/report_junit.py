# SPDX-License-Identifier: MIT
"""JUnit XML: one suite for each loop and variant, one case a check."""

from __future__ import annotations

from junit_xml import TestCase, TestSuite, to_xml_report_string

from loopcheck import console, matrix, verdicts
from loopcheck.report import Entry, Report


def _case(made: Report, entry: Entry, suite: str) -> TestCase:
    case = TestCase(entry["check"], classname=f"{suite}.{entry['area']}",
                    elapsed_sec=entry.get("duration_ms", 0) / 1000)
    verdict = verdicts.BY_WORD[entry["verdict"]]
    text = "\n".join(f"{name}: {value}" for name, value in console.details(made, entry))
    if verdict.bad:
        case.add_failure_info(message=_headline(entry), output=text, failure_type=verdict.word)
    elif verdict.word in verdicts.UNDECIDED:
        case.add_skipped_info(message=_headline(entry))
    elif verdict.word != "passed":
        case.stdout = f"{verdict.word}: {verdict.meaning}\n{text}"
    return case


def _headline(entry: Entry) -> str:
    said = entry.get("message")
    return f"{entry['verdict']}: {said}" if said else entry["verdict"]


def to_text(report: Report) -> str:
    suites = []
    tables = matrix.make(report)
    for column in tables.columns:
        run = report["runs"][column.run]
        entries = [entry for area in tables.areas
                   for entry in tables.by_area.get((area, column), [])]
        properties = {"loop": column.loop, "version": column.version, "variant": column.variant,
                      "platform": column.native, "emulated": str(column.emulated).lower()}
        suites.append(TestSuite(
            column.title, [_case(report, entry, column.title) for entry in entries],
            hostname=run["machine"]["name"], timestamp=run["started"], properties=properties))
    for run in report["runs"]:
        if run["troubles"]:
            case = TestCase("complete", classname="loopcheck")
            case.add_error_info(message=run["troubles"][0], output="\n".join(run["troubles"]))
            suites.append(TestSuite(f"harness on {run['label']}", [case]))
    return to_xml_report_string(suites)
