# SPDX-License-Identifier: MIT
"""Versions as numbers (0x030701 is 3.7.1) and ranges of them, as spec/loop_rules.h has them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Optional

from packaging.specifiers import InvalidSpecifier, Specifier, SpecifierSet

_RELEASE = re.compile(r"[0-9]+(?:\.[0-9]+){0,2}")
NEWEST = 0xFFFFFFFF


@dataclass(frozen=True)
class VersionRange:
    """From `minimum` up to but not including `maximum`; a maximum of 0 is no bound."""

    minimum: int = 0
    maximum: int = 0
    text: str = ""

    def includes(self, version: int) -> bool:
        return self.minimum <= version and (self.maximum == 0 or version < self.maximum)


def parse_version(text: Optional[str]) -> int:
    """0x030701 for "3.7.1" or "3.7.1-beta"; 0 for what is no version. A part above 255 counts as
    255. The same as loop_version_parse."""
    match = _RELEASE.match(text or "")
    if not match:
        return 0
    parts = [min(int(part), 255) for part in match.group().split(".")]
    parts += [0] * (3 - len(parts))
    return parts[0] << 16 | parts[1] << 8 | parts[2]


def parse_range(text: str) -> VersionRange:
    """The range of ">=3.7,<3.13"; a ValueError says why `text` is none."""
    try:
        specifiers = list(SpecifierSet(text))
    except InvalidSpecifier:
        raise ValueError(f"'{text}' is not a version range such as '>=3.7,<3.13'") from None
    if not specifiers:
        raise ValueError("an empty version range")
    minimum, maximum = 0, None
    for specifier in specifiers:
        low, high = _bounds(specifier)
        minimum = max(minimum, low)
        if high is not None:
            maximum = high if maximum is None else min(maximum, high)
    if maximum is not None and maximum <= minimum:
        raise ValueError(f"no version lies in '{text}'")
    return VersionRange(minimum, maximum or 0, text)


def _bounds(specifier: Specifier):
    """The first version in, and the first one out again or None."""
    if specifier.operator not in (">=", ">", "<", "<=", "=="):
        raise ValueError(f"'{specifier}' cannot be used: only >= > < <= == can")
    release, wildcard = specifier.version, False
    if release.endswith(".*"):
        release, wildcard = release[:-2], True
    if not _RELEASE.fullmatch(release) or any(int(p) > 255 for p in release.split(".")):
        raise ValueError(f"'{specifier.version}' is not of the form 3, 3.7 or 3.7.1")
    version = parse_version(release)
    if wildcard:
        return version, version + (1 << 8 * (2 - release.count(".")))
    after = version + 1
    return {
        ">=": (version, None),
        ">": (after, None),
        "<": (0, version),
        "<=": (0, after),
        "==": (version, after),
    }[specifier.operator]
