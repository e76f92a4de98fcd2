# SPDX-License-Identifier: MIT
"""What the tests of the driver share: the build under test, and the driver as a command."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# A loaded machine or a sanitizer makes an example slow, and says nothing about it.
settings.register_profile("patient", deadline=None, max_examples=50,
                          suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")

DRIVER = Path(__file__).resolve().parents[1]
ROOT = DRIVER.parents[1]
sys.path.insert(0, os.fspath(DRIVER))


@dataclass(frozen=True)
class Done:
    code: int
    out: str
    err: str


@pytest.fixture(scope="session")
def build_dir() -> Path:
    """The build that CTest tests, or the default one; built before, never by a test."""
    place = Path(os.environ.get("LOOPCHECK_BUILD_DIR", ROOT / "build" / "debug"))
    if not (place / "CMakeCache.txt").is_file():
        pytest.skip(f"{place} is no build directory (LOOPCHECK_BUILD_DIR names one)")
    return place


@pytest.fixture(scope="session")
def program(build_dir: Path) -> Path:
    from loopcheck import runner

    return runner.find(build_dir)


@pytest.fixture(scope="session")
def loopcheck(build_dir: Path):
    """Runs the driver on the build as it is: nothing is built."""

    def run(*arguments: object, root: Path = ROOT, cwd: Path | None = None) -> Done:
        command = [sys.executable, "-m", "loopcheck", *map(str, arguments)]
        if arguments and arguments[0] in ("run", "list", "explain"):
            command += ["--build-dir", str(build_dir), "--no-build"]
        environment = {**os.environ, "PYTHONPATH": os.fspath(DRIVER), "LOOPCHECK_ROOT": str(root)}
        done = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL,
                              env=environment, cwd=cwd)
        return Done(done.returncode, done.stdout, done.stderr)

    return run


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A house of its own: everything of the real one but the expectations."""
    made = tmp_path / "house"
    made.mkdir()
    for name in ("spec", "adapters"):
        (made / name).symlink_to(ROOT / name)
    (made / "expectations" / "reference").mkdir(parents=True)
    return made


@pytest.fixture(scope="session")
def compile_loop(build_dir: Path, tmp_path_factory: pytest.TempPathFactory):
    """Makes a library of tests/loops/NAME.c by the compiler of the build."""
    cache = (build_dir / "CMakeCache.txt").read_text("utf-8")
    compiler = next(line.partition("=")[2] for line in cache.splitlines()
                    if line.startswith("CMAKE_C_COMPILER:"))

    def make(name: str) -> Path:
        made = tmp_path_factory.mktemp("loops") / f"{name}.so"
        source = Path(__file__).parent / "loops" / f"{name}.c"
        subprocess.run([compiler, "-std=c11", "-shared", "-fPIC", "-I", ROOT / "spec" / "abi",
                        source, "-o", made], check=True)
        return made

    return make


KINDS = {"json": "report.json", "html": "report.html", "junit": "report.xml",
         "markdown": "report.md"}


@dataclass(frozen=True)
class Spoilt:
    """A run under a fault, with all its reports."""

    done: Done
    report: dict
    files: dict[str, str]
    path: Path


@pytest.fixture(scope="session")
def spoilt(loopcheck, tmp_path_factory: pytest.TempPathFactory) -> Spoilt:
    """Two variants, one of them emulated, under a fault that makes checks fail."""
    place = tmp_path_factory.mktemp("reports")
    options = [word for kind, name in KINDS.items() for word in (f"--{kind}", place / name)]
    done = loopcheck("run", "--loop", "reference", "--variant", "linux-epoll", "--variant",
                     "macos-10.8-poll", "--check", "call_soon.*", "--check", "timers.never-early",
                     "--check", "platform.*", "--fault", "call_soon.swaps", *options)
    files = {kind: (place / name).read_text("utf-8") for kind, name in KINDS.items()}
    return Spoilt(done, json.loads(files["json"]), files, place / KINDS["json"])


@pytest.fixture
def have_libuv(build_dir: Path) -> None:
    if not (build_dir / "loops" / "loop-libuv.so").is_file():
        pytest.skip("libuv is left out of this build")


@pytest.fixture(scope="session")
def ctest() -> str:
    found = shutil.which("ctest")
    if not found:
        pytest.skip("there is no ctest")
    return found
