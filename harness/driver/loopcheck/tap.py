# SPDX-License-Identifier: MIT
"""A TAP 14 stream as it arrives: lines in, results out.

tap.py's parser reads the single lines. The YAML blocks are gathered here, because that library
ends a block at any indented line that begins with '...', which a loop's output may well contain.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import yaml
from tap.parser import Parser

from loopcheck import verdicts

try:
    from yaml import CSafeLoader as _Loader
except ImportError:
    from yaml import SafeLoader as _Loader

BLOCK_START = "  ---"
BLOCK_END = "  ..."
# What YAML takes for no text at all, and what a loop may well print.
_NO_YAML = re.compile("[^\t -~\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
BLOCK_LIMIT = 1 << 20  # bytes; a longer block is not the runner's


@dataclass
class Result:
    """One test line and what stood in its block."""

    number: int | None
    ok: bool
    description: str
    directive: str  # "SKIP", "TODO" or ""
    reason: str  # the text after the directive's word
    block: dict[str, Any] = field(default_factory=dict)

    @property
    def verdict(self) -> str:
        """The block's word if it is one; else what the line itself says."""
        word = self.block.get("verdict")
        if word == "exceeds" and not self.ok:
            return "failed"  # as --strict has it
        if isinstance(word, str) and word in verdicts.BY_WORD:
            return word
        if self.directive == "SKIP":
            return "skipped"
        if self.directive == "TODO" and not self.ok:
            return "deviates"
        return "passed" if self.ok else "failed"


class TapReader:
    """Takes lines, calls `emit` with each complete result, and remembers the rest."""

    def __init__(self, emit: Callable[[Result], None]):
        self._emit = emit
        self._parser = Parser()
        self._pending: Result | None = None
        self._block: list[str] | None = None
        self._block_size = 0
        self.planned: int | None = None
        self.seen = 0
        self.version: int | None = None
        self.bail_out: str | None = None
        self.comments: list[str] = []
        self.problems: list[str] = []  # what a correct stream would not contain

    def feed(self, line: str) -> None:
        line = line.rstrip("\r\n")
        if self._block is not None:
            self._feed_block(line)
        elif self._pending is not None and line.rstrip() == BLOCK_START:
            self._block, self._block_size = [], 0
        else:
            self._flush()
            self._feed_line(line)

    def close(self) -> None:
        """The stream has ended: emits what is pending and judges whether it was whole."""
        if self._block is not None:
            self.problems.append("the stream ends inside a YAML block")
            self._end_block()
        self._flush()
        if self.bail_out is not None:
            return
        if self.planned is None:
            self.problems.append("the stream has no plan")
        elif self.planned != self.seen:
            self.problems.append(f"{self.planned} results were planned, {self.seen} came")

    def _feed_line(self, line: str) -> None:
        if not line.strip():
            return
        try:
            parsed = self._parser.parse_line(line)
        except ValueError as error:
            self.problems.append(str(error))
            return
        if parsed.category == "test":
            self._pending = self._result(parsed)
        elif parsed.category == "plan":
            if self.planned is not None:
                self.problems.append("the stream has two plans")
            self.planned = parsed.expected_tests
        elif parsed.category == "bail":
            self.bail_out = parsed.reason or "no reason given"
        elif parsed.category == "version":
            self.version = parsed.version
        elif parsed.category == "diagnostic":
            self.comments.append(parsed.text.lstrip("# "))
        else:
            self.problems.append(f"not a line of TAP: {line[:200]!r}")

    def _result(self, parsed: Any) -> Result:
        self.seen += 1
        if parsed.number is not None and parsed.number != self.seen:
            self.problems.append(f"result {parsed.number} came in place {self.seen}")
        directive = "SKIP" if parsed.skip else "TODO" if parsed.todo else ""
        description = parsed.description.removeprefix("- ").strip()
        reason = (parsed.directive.reason or "").replace("\\#", "#").strip() if directive else ""
        return Result(parsed.number, parsed.ok, description, directive, reason)

    def _feed_block(self, line: str) -> None:
        assert self._block is not None
        if line.rstrip() == BLOCK_END:
            self._end_block()
            return
        self._block_size += len(line)
        if self._block_size <= BLOCK_LIMIT:
            self._block.append(_NO_YAML.sub(lambda found: f"\\u{ord(found[0]):04x}",
                                            line.removeprefix("  ")))

    def _end_block(self) -> None:
        assert self._block is not None and self._pending is not None
        text, self._block = "\n".join(self._block), None
        try:
            loaded = yaml.load(text, Loader=_Loader)
        except (yaml.YAMLError, ValueError, RecursionError) as error:
            self.problems.append(f"{self._pending.description}: its block is not YAML: "
                                 f"{' '.join(str(error).split())[:200]}")
            loaded = None
        self._pending.block = loaded if isinstance(loaded, dict) else {}
        self._flush()

    def _flush(self) -> None:
        if self._pending is None:
            return
        result, self._pending = self._pending, None
        if verdicts.BY_WORD[result.verdict].bad != (not result.ok and not result.directive):
            self.problems.append(f"{result.description}: its line and its verdict contradict")
        self._emit(result)
