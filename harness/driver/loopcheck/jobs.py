# SPDX-License-Identifier: MIT
"""`loopcheck matrix`: the machines on which users' CI judges the loops, for `strategy.matrix`."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Job:
    """One machine: its label with the CI service, and what CMake is told there."""

    name: str
    runner: str
    configure: str = "-G Ninja"
    install: str = ""  # a line for the machine's shell


_APT = "sudo apt-get update && sudo apt-get install -y libuv1-dev ninja-build"
_BREW = "brew install libuv ninja"

JOBS = (
    Job("linux-x86_64", "ubuntu-24.04", install=_APT),
    Job("linux-arm64", "ubuntu-24.04-arm", install=_APT),
    Job("macos-arm64", "macos-15", install=_BREW),
    Job("macos-x86_64", "macos-15-intel", install=_BREW),
    Job("windows-msvc", "windows-2025", "-G 'Visual Studio 17 2022' -A x64"),
    Job("windows-clang", "windows-2025", "-G Ninja -DCMAKE_C_COMPILER=clang"),
)


def command(options: argparse.Namespace) -> int:
    """The only format is GitHub's: one line of JSON, an object a job."""
    print(json.dumps({"include": [asdict(job) for job in JOBS]}))
    return 0
