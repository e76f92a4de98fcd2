# SPDX-License-Identifier: MIT
"""docs/adapters.md, followed word for word: its files, its commands, the installed package."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
from pathlib import Path

GUIDE = Path(__file__).parents[1] / "adapters.md"
BLOCK = re.compile(r"((?:^(?:    .*)?\n)+)", re.MULTILINE)


def run(command: list[str], folder: Path) -> str:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=900,
                          check=False)
    assert done.returncode == 0, f"{shlex.join(command)}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def block(text: str) -> str:
    """The indented lines with which `text` begins, without their margin."""
    found = BLOCK.match(text)
    assert found, text[:60]
    return re.sub(r"^    ", "", found[1].strip("\n") + "\n", flags=re.MULTILINE)


def files(text: str) -> dict[str, str]:
    return {found[1]: block(text[found.end():])
            for found in re.finditer(r"^`([\w.]+)`:\n\n", text, re.MULTILINE)}


def commands(text: str) -> list[str]:
    return re.findall(r"^    (cmake .*)$", text, re.MULTILINE)


def test_the_guide_leads_to_a_first_verdict(tmp_path):
    text = GUIDE.read_text("utf-8")
    prefix, project = tmp_path / "installed", tmp_path / "toy"
    project.mkdir()
    run(["cmake", "--install", os.environ["LOOPCHECK_BUILD_DIR"], "--prefix", str(prefix)],
        tmp_path)
    made = files(text)
    assert set(made) == {"toy.h", "toy.c", "adapter.c", "CMakeLists.txt"}
    for name, content in made.items():
        (project / name).write_text(content, "utf-8")
    said = [run(shlex.split(command.replace("PREFIX_PATH=PREFIX", f"PREFIX_PATH={prefix}")),
                project) for command in commands(text)]
    assert len(said) == 3 and "100% tests passed" in said[-1]
