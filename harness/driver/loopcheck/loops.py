# SPDX-License-Identifier: MIT
"""The loops that can be judged: those of the build, and any library named by its path."""

from __future__ import annotations

import contextlib
import fnmatch
import glob
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from loopcheck import places, runner
from loopcheck.errors import UsageError

PYTHON, ASYNCIO = "python", "asyncio"  # --loop python:asyncio:SelectorEventLoop; the adapter
PYTHON_LOOPS = {"uvloop": "python:uvloop:new_event_loop"}  # what is judged where it is installed
LIBRARY_ENDINGS = (".so", ".dylib", ".dll")


@dataclass(frozen=True)
class Variant:
    name: str
    kind: str
    selector: str
    platform: str
    platform_version: str
    emulated: bool


@dataclass
class Loop:
    name: str
    path: Path
    environment: dict[str, str] = field(default_factory=dict)  # of the library
    optional: bool = False  # nobody named it: it is left out if it cannot be loaded
    version: str = ""
    profile: str = ""  # the asyncio version that it wants to be judged by; empty if none
    claims_asyncio: bool = False
    variants: list[Variant] = field(default_factory=list)

    @property
    def arguments(self) -> list[str]:
        """What makes the runner load it."""
        words = ["--loop", places.shown(self.path)]
        for name, value in self.environment.items():
            words += ["--env", f"{name}={value}"]
        return words


@dataclass(frozen=True)
class Interpreter:
    """A program that runs Python; `named`, or one of those that a wildcard fits."""

    path: str
    named: bool


@dataclass(frozen=True)
class LeftOut:
    """A loop that the project has and this build has not, with the reason."""

    name: str
    reason: str


def known_names() -> list[str]:
    """The reference, and one adapter a folder or file."""
    adapters = places.root() / "adapters"
    found = {path.stem for path in adapters.iterdir()
             if path.is_dir() or path.suffix == ".c"} if adapters.is_dir() else set()
    return ["reference", *sorted(found)]


def built(build_dir: Path) -> dict[str, Path]:
    found = {}
    for path in sorted((build_dir / "loops").glob("loop-*")):
        if path.suffix in LIBRARY_ENDINGS:
            found[path.stem.removeprefix("loop-")] = path
    return dict(sorted(found.items(), key=lambda item: (item[0] != "reference", item[0])))


def left_out(build_dir: Path) -> list[LeftOut]:
    """The loops that were not built; the build says why in loops/left-out: 'NAME (reason)'."""
    there, reasons = built(build_dir), {}
    with contextlib.suppress(OSError):
        for line in (build_dir / "loops" / "left-out").read_text("utf-8").splitlines():
            name, _, reason = line.partition(" (")
            reasons[name] = reason.removesuffix(")")
    return [LeftOut(name, reasons.get(name, "it was not built"))
            for name in dict.fromkeys([*known_names(), *reasons]) if name and name not in there]


def select(build_dir: Path, wanted: list[str],
           pythons: Sequence[Interpreter] = ()) -> list[Loop]:
    """The loops by name, path or python:MODULE:FACTORY; all that were built if none is named, and
    those in Python that asyncio's adapter knows of. One in Python is a loop for each of `pythons`,
    the interpreters."""
    there = built(build_dir)
    if not wanted and not there:
        raise UsageError(f"{build_dir}: no loop was built")
    chosen = []
    for word in dict.fromkeys(wanted or [*there, *(PYTHON_LOOPS if ASYNCIO in there else ())]):
        if word in PYTHON_LOOPS or word.startswith(PYTHON + ":") or word == ASYNCIO in there:
            chosen += [_in_python(word, build_dir, python, bool(wanted))
                       for python in pythons or (None,)]
        elif word in there:
            chosen.append(Loop(word, there[word]))
        elif "/" in word or word.endswith(LIBRARY_ENDINGS):
            path = Path(word)
            if not path.is_file():
                raise UsageError(f"--loop {word}: there is no such file")
            chosen.append(Loop(path.stem.removeprefix("loop-"), path.absolute()))
        else:
            raise UsageError(_unknown(word, build_dir, list(there)))
    return chosen


def interpreters(words: list[str]) -> list[Interpreter]:
    """--python's words; one with wildcards stands for every path that it fits."""
    found: dict[str, Interpreter] = {}
    for word in words:
        named, paths = not glob.has_magic(word), [word]
        if not named:
            paths = sorted(glob.glob(os.path.expanduser(word)), key=_natural)
        if not paths:
            raise UsageError(f"--python {word}: fits no file")
        for path in paths:
            found.setdefault(path, Interpreter(path, named))
    return list(found.values())


def _natural(path: str) -> list:
    """3.9 comes before 3.10."""
    return [int(part) if part.isdigit() else part for part in re.split(r"(\d+)", path)]


def _in_python(word: str, build_dir: Path, python: Interpreter | None, wanted: bool) -> Loop:
    """One for the adapter of asyncio; what is wrong with the words, it says itself."""
    there = built(build_dir)
    if ASYNCIO not in there:
        raise UsageError(_unknown(word, build_dir, list(there), ASYNCIO))
    environment = {"LOOPCHECK_PYTHON": _program(python.path)} if python else {}
    if word != ASYNCIO:
        environment["LOOPCHECK_PYTHON_LOOP"] = PYTHON_LOOPS.get(word, word).partition(":")[2]
    named = python.named if python else wanted
    return Loop(word, there[ASYNCIO], environment,
                optional=not named or not wanted and word in PYTHON_LOOPS)


def _program(python: str) -> str:
    """The same from every directory; a bare name is looked for on the PATH by the adapter."""
    return os.path.abspath(python) if os.sep in python else python


def _unknown(word: str, build_dir: Path, there: list[str], name: str = "") -> str:
    for loop in left_out(build_dir):
        if loop.name == (name or word):
            return f"--loop {word}: left out of this build ({loop.reason})"
    return (f"--loop {word}: no such loop; there are: {', '.join(there)} "
            "(or python:MODULE:FACTORY, or the path of a library that exports loop_api_v1)")


def load(program: Path, loop: Loop) -> None:
    """Asks the library who it is; a UsageError if it is no adapter."""
    try:
        rows = runner.listing(program, "variants", loop.arguments)
    except UsageError as error:
        # Whoever named a loop of a build knows nothing of the runner and of the library's path.
        said = str(error).partition(f"{places.shown(loop.path)}: ")[2]
        raise UsageError(f"--loop {loop.name}: {said.removeprefix(f'{loop.name}: ')}"
                         if said and loop.environment else str(error)) from None
    if not rows:
        raise UsageError(f"{places.shown(loop.path)}: has no variant")
    loop.name = rows[0]["loop"]
    loop.version = rows[0]["loop_version"]
    loop.profile = rows[0]["loop_profile"]
    loop.claims_asyncio = "asyncio" in rows[0]["loop_flags"].split(",")
    loop.variants = []
    for row in rows:
        flags = row["flags"].split(",")
        loop.variants.append(Variant(row["name"], row["kind"], row["selector"], row["platform"],
                                     row["version"], "emulated" in flags))


def load_all(program: Path, build_dir: Path, wanted: list[str],
             pythons: Sequence[Interpreter]) -> tuple[list[Loop], list[LeftOut]]:
    """What was asked for, loaded, and what there is not, and why. A loop in Python that nobody named
    is left out if its interpreter cannot be loaded or has it not, as if it had not been built."""
    missing = [] if wanted else left_out(build_dir)
    loaded = []
    for loop in select(build_dir, wanted, pythons):
        name = loop.name
        try:
            load(program, loop)
            loaded.append(loop)
        except UsageError as error:
            if not loop.optional:
                raise
            missing.append(LeftOut(name, str(error).removeprefix(f"--loop {name}: ")))
    if not loaded:
        raise UsageError("; ".join(f"{loop.name}: {loop.reason}" for loop in missing))
    return loaded, missing


def matching(names: list[str], globs: list[str]) -> list[str]:
    """The names that one of the globs matches; all if there are no globs."""
    if not globs:
        return names
    return [name for name in names if any(fnmatch.fnmatchcase(name, glob) for glob in globs)]
