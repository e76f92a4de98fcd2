# SPDX-License-Identifier: MIT
"""A platform's native variants beside this machine's imitation of them: what differs, and why."""

from __future__ import annotations

import fnmatch
from dataclasses import dataclass

from rich.text import Text

from loopcheck import console, documents, places
from loopcheck.platforms import Platform
from loopcheck.report import Entry

NOT_THERE = "not run"


@dataclass(frozen=True)
class Difference:
    """One check of one variant whose two verdicts are not the same."""

    variant: str
    check: str
    native: str
    imitated: str
    why: str | None  # None: nobody has said


def find(platform: Platform, native: dict, imitated: dict) -> list[Difference]:
    """Of two runs, in the order of the native results, then what was only imitated."""
    there, others = _by_name(native), _by_name(imitated)
    declared = _declared(platform)
    found = []
    for key in dict.fromkeys([*there, *others]):
        ours, theirs = there.get(key), others.get(key)
        if ours and theirs and ours["verdict"] == theirs["verdict"]:
            continue
        found.append(Difference(*key, _verdict(ours), _verdict(theirs),
                                _why(platform, declared, key, ours)))
    return found


def _by_name(run: dict) -> dict[tuple[str, str], Entry]:
    return {(entry["variant"], entry["check"]): entry for entry in run["results"]
            if entry["loop"] == "reference"}


def _verdict(entry: Entry | None) -> str:
    return entry["verdict"] if entry else NOT_THERE


def _declared(platform: Platform) -> list[dict]:
    path = places.expectations_dir() / f"differences-{platform.name}.toml"
    if not path.is_file():
        return []
    return documents.load_toml(path, "differences", f"expectations/{path.name}",
                               "difference")["difference"]


def _why(platform: Platform, declared: list[dict], key: tuple[str, str],
         native: Entry | None) -> str | None:
    if native and native.get("message") == f"not under {platform.runs_by}":
        return f"limit of {platform.runs_by}: not decidable under it"
    for table in declared:
        if fnmatch.fnmatchcase(key[1], table["check"]) and any(
                fnmatch.fnmatchcase(key[0], glob) for glob in table.get("variants", ["*"])):
            what = (f"limit of {platform.runs_by}" if table["lies-in"] == "host"
                    else "fault of our emulation")
            return f"{what}: {table['reason']}"
    return None


def show(platform: Platform, found: list[Difference], compared: int) -> None:
    out = console.make_console()
    out.print()
    out.print(Text(f"native ({platform.runs_by}) and emulated: {compared} verdicts compared, "
                   f"{len(found)} differ", style="bold"), soft_wrap=True)
    for one in found:
        out.print(Text(f"  {one.variant}: {one.check}: {one.native}, emulated {one.imitated}"),
                  soft_wrap=True)
        out.print(Text(f"    {one.why or 'nobody has said why'}",
                       style="" if one.why else "red"), soft_wrap=True)
