# SPDX-License-Identifier: MIT
"""What a reader of a report must know of the machine that made it."""

from __future__ import annotations

import os
import platform
from typing import Any


def _system() -> str:
    if platform.system() == "Linux":
        try:
            return platform.freedesktop_os_release()["PRETTY_NAME"]
        except (OSError, KeyError):
            return "Linux"
    if platform.system() == "Darwin":
        return f"macOS {platform.mac_ver()[0]}"
    return f"{platform.system()} {platform.release()}"


def host_platform() -> str:
    """The platform's word, as rules and expectations spell it."""
    system = platform.system().lower()
    return {"darwin": "macos"}.get(system, system)


def usable_cpus() -> int:
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:
        return os.cpu_count() or 1


def describe() -> dict[str, Any]:
    return {
        "name": platform.node(),
        "platform": host_platform(),
        "system": _system(),
        "kernel": f"{platform.system()} {platform.release()}",
        "architecture": platform.machine(),
        "cpus": usable_cpus(),
        "python": platform.python_version(),
    }
