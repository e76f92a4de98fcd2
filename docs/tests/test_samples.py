# SPDX-License-Identifier: MIT
"""The outputs that the documents show are those of their commands, but for numbers that each new
check or another machine changes."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
BUILD = Path(os.environ["LOOPCHECK_BUILD_DIR"])


def words(text: str) -> list[str]:
    """Without numbers, lines, and what a colon or a comma ends."""
    return [word for word in re.split(r"[\s,;:─]+", text) if word and not re.search(r"\d", word)]


def driver(*arguments: str) -> str:
    done = subprocess.run([sys.executable, "-m", "loopcheck", *arguments, "--build-dir", str(BUILD),
                           "--no-build"], cwd=ROOT, capture_output=True, text=True, timeout=300,
                          check=False, env={**os.environ, "LOOPCHECK_ROOT": str(ROOT)})
    assert done.returncode == 0, done.stderr
    return done.stdout


def indented(text: str, first: str) -> str:
    """The block that begins with the line `first`, with the lines between its parts."""
    lines = text[text.index(f"\n    {first}"):].lstrip("\n").splitlines()
    end = next((at for at, line in enumerate(lines) if line and not line.startswith("    ")),
               len(lines))
    return "\n".join(lines[:end])


def test_a_first_verdict(tmp_path):
    library = tmp_path / "loop-example.so"
    shown = (ROOT / "docs" / "abi.md").read_text("utf-8")
    command = re.search(r"^    (cc .*docs/example/loop.c) -o loop-example.so$", shown, re.MULTILINE)
    subprocess.run([*command[1].split(), "-o", str(library)], cwd=ROOT, check=True, timeout=60)
    assert words(driver("run", "--loop", str(library))) == words(indented(shown, "example 1"))


def test_the_readme_names_all_areas_and_variants_of_the_reference():
    shown = words(indented((ROOT / "README.md").read_text("utf-8"), "reference "))
    made = driver("run", "--loop", "reference", "--check", "*.closed-*", "--check", "platform.*")
    assert set(words(made.partition("all ")[0])) <= set(shown)
    for line in driver("list", "checks").splitlines()[1:]:
        assert line.partition(".")[0] in shown


def test_every_finding_is_listed():
    folder = ROOT / "docs" / "findings"
    titles = {path.name: path.read_text("utf-8").splitlines()[0].removeprefix("# ")
              for path in sorted(folder.glob("*.md")) if path.name != "README.md"}
    listed = re.findall(r"^- \[(.*)\]\(\1\): (.*)$", (folder / "README.md").read_text("utf-8"),
                        re.MULTILINE)
    assert listed == list(titles.items())
