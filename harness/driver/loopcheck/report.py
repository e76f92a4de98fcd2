# SPDX-License-Identifier: MIT
"""The report: one value that every output shows (spec/schema/report.schema.json).

A report holds runs: one machine's results each. `loopcheck run` makes a report of one run, and
`loopcheck merge` joins the runs of several reports.
"""

from __future__ import annotations

import datetime
import math
import os
import unicodedata
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from loopcheck import __version__, documents, machine, verdicts
from loopcheck.errors import UsageError
from loopcheck.loops import LeftOut, Loop, Variant
from loopcheck.spec import Spec
from loopcheck.tap import Result

FORMAT = 1
TEXT_LIMIT = 4000  # characters of one text that came from a loop
LIST_LIMIT = 100

Report = dict[str, Any]
Entry = dict[str, Any]


def clean(value: Any) -> str:
    """One line without control characters, whatever a loop printed."""
    text = value if isinstance(value, str) else str(value)
    shown = "".join(
        repr(character)[1:-1] if unicodedata.category(character) in ("Cc", "Cs") else character
        for character in text[:TEXT_LIMIT])
    return shown + (" ..." if len(text) > TEXT_LIMIT else "")


def _lines(value: Any) -> list[str]:
    if value is None:
        return []
    items = value if isinstance(value, list) else str(value).splitlines()
    return [clean(item) for item in items[:LIST_LIMIT]]


def _number(value: Any) -> int | float | None:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        return None
    return value


def _measures(value: Any) -> list[dict[str, Any]]:
    """The block's `measured`: a mapping of each quantity to { value, unit }."""
    found = []
    for name, table in value.items() if isinstance(value, dict) else ():
        number = _number(table.get("value")) if isinstance(table, dict) else None
        if number is not None:
            found.append({"name": clean(name), "value": number,
                          "unit": clean(table.get("unit", ""))})
    return found


TEXTS = ("message", "declared", "expected", "found", "at", "rerun")
LISTS = ("notes", "stdout", "stderr", "debug")


def entry(loop: str, variant: str, result: Result, rules: list[str]) -> Entry:
    """What the report keeps of one result. `rules` are those in force that the check decides."""
    block = result.block
    check = result.description.rpartition("/")[2] or result.description
    made: Entry = {
        "loop": loop, "variant": variant, "check": clean(check),
        "area": clean(check).partition(".")[0], "verdict": result.verdict, "rules": rules,
    }
    duration = _number(block.get("duration_us"))
    if duration is not None and duration >= 0:
        made["duration_ms"] = duration / 1000
    for name in TEXTS:
        value = block.get(name)
        if value not in (None, "", [], {}):
            made[name] = clean(value)
    if "message" not in made and result.reason:
        made["message"] = clean(result.reason)
    if measures := _measures(block.get("measured")):
        made["measures"] = measures
    for name in LISTS:
        if lines := _lines(block.get(name)):
            made[name] = lines
    return made


def entry_of_bail_out(loop: str, variant: str, why: str) -> Entry:
    """A variant that cannot be opened has no results; this one stands for them."""
    return {"loop": loop, "variant": variant, "check": "loop.opens", "area": "loop",
            "verdict": "failed", "rules": [], "message": clean(why)}


def _rule_table(spec: Spec, ids: Iterable[str]) -> dict[str, Any]:
    table = {}
    for rule_id in sorted(set(ids)):
        rule = spec.rule(rule_id)
        if rule is not None:
            table[rule_id] = {"title": rule.title, "level": rule.level, "scope": rule.scope,
                              "source": rule.source}
    return table


def _variant(variant: Variant) -> dict[str, Any]:
    made: dict[str, Any] = {"name": variant.name, "kind": variant.kind,
                            "selector": variant.selector, "platform": variant.platform,
                            "emulated": variant.emulated}
    if variant.platform_version:
        made["platform_version"] = variant.platform_version
    return made


def make_run(label: str | None, started: datetime.datetime, duration: float,
             options: dict[str, Any], loops: list[Loop], missing: list[LeftOut],
             entries: list[Entry], troubles: list[str]) -> dict[str, Any]:
    """What one machine said; it is called by its platform and processor unless `label` is given."""
    host = machine.describe()
    return {
        "label": clean(label or f"{host['platform']} {host['architecture']}"),
        "started": started.isoformat(timespec="seconds"),
        "duration_s": round(duration, 3),
        "machine": host,
        "options": options,
        "loops": [{"name": loop.name, "version": loop.version, "asyncio": loop.claims_asyncio,
                   "variants": [_variant(variant) for variant in loop.variants]}
                  for loop in loops],
        "left_out": [{"name": loop.name, "reason": loop.reason} for loop in missing],
        "counts": verdicts.count(result["verdict"] for result in entries),
        "results": entries,
        "troubles": [clean(trouble) for trouble in troubles],
    }


def make(runs: list[dict[str, Any]], rules: dict[str, Any]) -> Report:
    return {"format": "loopcheck-report", "format_version": FORMAT, "loopcheck": __version__,
            "rules": rules, "runs": runs}


def of_run(run: dict[str, Any], spec: Spec) -> Report:
    ids = (rule for result in run["results"] for rule in result["rules"])
    return make([run], _rule_table(spec, ids))


def results(report: Report) -> Iterator[Entry]:
    for run in report["runs"]:
        yield from run["results"]


def counts(report: Report) -> dict[str, int]:
    return verdicts.count(result["verdict"] for result in results(report))


def exit_code(report: Report) -> int:
    if any(run["troubles"] for run in report["runs"]):
        return 2
    return verdicts.exit_code(result["verdict"] for result in results(report))


def load(path: Path) -> Report:
    report = documents.load_json(path, "report", os.fspath(path))
    if report["format_version"] > FORMAT:
        raise UsageError(f"{path}: made by a newer loopcheck (format {report['format_version']})")
    return report
