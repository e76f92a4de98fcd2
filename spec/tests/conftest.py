# SPDX-License-Identifier: MIT
"""Where things are: the source tree from here, the build from CTest."""

import os
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "harness" / "driver"))


@pytest.fixture(scope="session")
def build_dir() -> Path:
    told = os.environ.get("LOOPCHECK_BUILD_DIR")
    if not told:
        pytest.skip("LOOPCHECK_BUILD_DIR does not name a build; ctest sets it")
    return Path(told)
