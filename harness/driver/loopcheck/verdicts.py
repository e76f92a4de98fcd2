# SPDX-License-Identifier: MIT
"""The verdicts: their words, their order, their signs, and the exit code they come to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Verdict:
    word: str
    sign: str  # one character, for a cell of a table
    style: str  # of rich
    meaning: str
    bad: bool = False  # makes the exit code 1


# From the worst to the least telling: a cell that stands for many shows the first that occurs.
ORDER = (
    Verdict("failed", "F", "bold red", "a rule is broken", bad=True),
    Verdict("repaired", "R", "bold red", "a declared deviation that is gone", bad=True),
    Verdict("deviates", "d", "yellow", "broken, as declared in expectations/"),
    Verdict("differs", "~", "cyan", "broken, but the loop does not claim asyncio's interface"),
    Verdict("falls-short", "s", "yellow", "a 'should' is broken"),
    Verdict("exceeds", "+", "green", "works where the page says it is unsupported"),
    Verdict("passed", ".", "green", "as it must be"),
    Verdict("skipped", "-", "dim", "this machine lacks something"),
    Verdict("refused", "-", "dim", "a set-up operation is refused here, as it must be"),
    Verdict("not-provided", " ", "dim", "the library has no such operation"),
)
BY_WORD = {verdict.word: verdict for verdict in ORDER}
RANK = {verdict.word: rank for rank, verdict in enumerate(ORDER)}
UNDECIDED = frozenset({"skipped", "refused", "not-provided"})


def worst(words: Iterable[str]) -> str | None:
    """The word that stands for all of them; None where there is none."""
    return min(words, key=RANK.__getitem__, default=None)


def count(words: Iterable[str]) -> dict[str, int]:
    """How often each verdict occurs, in the order above, those that do not occur left out."""
    counted = Counter(words)
    return {verdict.word: counted[verdict.word] for verdict in ORDER if counted[verdict.word]}


def exit_code(words: Iterable[str]) -> int:
    return 1 if any(BY_WORD[word].bad for word in words) else 0


def coverage(words: Iterable[str]) -> tuple[int, int]:
    """(checks whose operations the loop provides, all checks that apply)."""
    words = list(words)
    return sum(word != "not-provided" for word in words), len(words)
