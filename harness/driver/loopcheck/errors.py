# SPDX-License-Identifier: MIT
"""What a person did wrong, said in one line."""

from __future__ import annotations

import sys
from typing import Callable


class UsageError(Exception):
    """Wrong usage or bad input: one line on stderr, exit code 2."""

    def __init__(self, message: str):
        super().__init__(" ".join(message.split()))


def run_main(body: Callable[[], int]) -> int:
    """Runs a program's body; its exit code, or 2 after printing a UsageError."""
    try:
        return body()
    except UsageError as error:
        print(f"loopcheck: {error}", file=sys.stderr)
        return 2
