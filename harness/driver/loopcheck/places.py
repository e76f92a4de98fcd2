# SPDX-License-Identifier: MIT
"""Where things are in the house, and how reports are put into files."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from loopcheck.errors import UsageError
from loopcheck.spec_compiler import write_if_changed


def root() -> Path:
    """The top of the source tree: the launcher says it, else it is found from this file."""
    told = os.environ.get("LOOPCHECK_ROOT")
    return Path(told) if told else Path(__file__).resolve().parents[3]


def expectations_dir() -> Path:
    return root() / "expectations"


def default_build_dir(preset: str) -> Path:
    return root() / "build" / preset


def shown(path: Path) -> str:
    """A path as a person would type it from here, in a command too."""
    try:
        short = os.fspath(path.relative_to(Path.cwd()))
    except ValueError:
        return os.fspath(path)
    return short if os.sep in short else os.path.join(os.curdir, short)


def check_writable(path: Path) -> None:
    """A UsageError if a report could not be written there; nothing is left behind."""
    if path.is_dir():
        raise UsageError(f"{path}: is a directory")
    try:
        if path.exists() and not path.is_file():
            with open(path, "ab"):
                return
        if path.exists() and not os.access(path, os.W_OK):
            raise UsageError(f"{path}: Permission denied")
        with tempfile.NamedTemporaryFile(dir=path.absolute().parent, prefix=f".{path.name}."):
            pass
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}") from None


def write_report(path: Path, text: str) -> None:
    """As a whole or not at all; what is no file (/dev/stdout, a pipe) is simply written to."""
    if path.exists() and not path.is_file():
        try:
            path.write_text(text, "utf-8")
        except OSError as error:
            raise UsageError(f"{path}: {error.strerror}") from None
    else:
        write_if_changed(path, text)
