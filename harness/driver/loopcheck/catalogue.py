# SPDX-License-Identifier: MIT
"""The checks and faults that are compiled into the runner."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from loopcheck import runner


@dataclass(frozen=True)
class Check:
    id: str
    area: str
    rules: tuple[str, ...]
    needs: tuple[str, ...]
    flags: tuple[str, ...]


@dataclass(frozen=True)
class Fault:
    id: str
    checks: tuple[str, ...]
    on: str
    asyncio: str
    summary: str


def _words(text: str) -> tuple[str, ...]:
    return tuple(word for word in text.split(",") if word and word != "-")


def checks(program: Path, arguments: Sequence[str] = ()) -> list[Check]:
    return [Check(row["id"], row["area"], _words(row["rules"]), _words(row["needs"]),
                  _words(row["flags"]))
            for row in runner.listing(program, "checks", arguments)]


def faults(program: Path) -> list[Fault]:
    return [Fault(row["id"], _words(row["checks"]), row["on"], row["asyncio"], row["summary"])
            for row in runner.listing(program, "faults")]
