# SPDX-License-Identifier: MIT
"""The runner and the reference of the build that ctest names, and what they know."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "harness" / "driver"))

from loopcheck import catalogue, runner  # noqa: E402

_RESULT = re.compile(r"^(not ok|ok) \d+ - (\S+)(?: # (SKIP|TODO))?", re.MULTILINE)


class Suite:
    """The runner with the reference loop."""

    def __init__(self, build_dir: Path):
        self.program = runner.find(build_dir)
        self.loop = next((build_dir / "loops").glob("loop-reference.*"))
        # What POSIX alone can set a scene for is no part of a build for Windows.
        self.whole = self.loop.suffix != ".dll"
        self.checks = catalogue.checks(self.program)
        self.faults = catalogue.faults(self.program)
        self.variants = runner.listing(self.program, "variants", self.arguments("*", "3.7"))

    def arguments(self, variant: str, profile: str) -> list:
        return ["--loop", str(self.loop), "--variant", variant, "--asyncio", profile]

    def run(self, variant: str, profile: str, *more: str) -> dict:
        """Whether each check passed: True, False, or None for a skipped one."""
        command = [str(self.program), *self.arguments(variant, profile), *more]
        done = subprocess.run(command, capture_output=True, text=True, errors="replace",
                              stdin=subprocess.DEVNULL)
        assert done.returncode in (0, 1), f"{command}: {done.stderr}"
        return {name.rpartition("/")[2]: None if directive == "SKIP" else result == "ok"
                for result, name, directive in _RESULT.findall(done.stdout)}


def _suite():
    told = os.environ.get("LOOPCHECK_BUILD_DIR")
    return Suite(Path(told)) if told else None


SUITE = _suite()


@pytest.fixture(scope="session")
def suite() -> Suite:
    if SUITE is None:
        pytest.skip("LOOPCHECK_BUILD_DIR does not name a build; ctest sets it")
    return SUITE


def pytest_generate_tests(metafunc):
    if "fault" in metafunc.fixturenames:
        faults = SUITE.faults if SUITE else []
        metafunc.parametrize("fault", faults, ids=[fault.id for fault in faults])
