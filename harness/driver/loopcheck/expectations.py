# SPDX-License-Identifier: MIT
"""Known deviations, expectations/LOOP/PLATFORM.toml, and the table of them that the runner reads:

    python3 -m loopcheck.expectations --compile expectations/LOOP -o FILE.tsv
"""

from __future__ import annotations

import argparse
import fnmatch
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from loopcheck import documents, machine
from loopcheck.errors import UsageError, run_main
from loopcheck.spec_compiler import write_if_changed
from loopcheck.versions import parse_range, parse_version

DEFAULT_PROFILE = "3.7"


@dataclass(frozen=True)
class Deviation:
    """One [[deviation]] of a file."""

    where: str  # file and number, for messages
    check: str
    variants: tuple[str, ...]
    reason: str
    link: str | None
    reproduction: str | None
    cause: str | None
    sometimes: bool
    asyncio: str | None

    def shows_in(self, profile: int) -> bool:
        return self.asyncio is None or parse_range(self.asyncio).includes(profile)


def load(folder: Path, platform: str) -> list[Deviation]:
    """What is declared of a loop on a platform; a loop without a file deviates nowhere."""
    path = folder / f"{platform}.toml"
    if not path.is_file():
        return []
    shown = f"{folder.parent.name}/{folder.name}/{path.name}"
    tables = documents.load_toml(path, "expectations", shown, "deviation")["deviation"]
    return [_deviation(table, f"{shown}: deviation number {number}", folder)
            for number, table in enumerate(tables, 1)]


def _deviation(table: dict, where: str, folder: Path) -> Deviation:
    made = Deviation(where, table["check"], tuple(table.get("variants", ["*"])), table["reason"],
                     table.get("link"), table.get("reproduction"), table.get("cause"),
                     table.get("sometimes", False), table.get("asyncio"))
    if made.asyncio is not None:
        try:
            parse_range(made.asyncio)
        except ValueError as error:
            raise UsageError(f"{where}: asyncio: {error}") from None
    if made.reproduction and not (folder.resolve().parents[1] / made.reproduction).is_file():
        raise UsageError(f"{where}: reproduction: there is no file '{made.reproduction}'")
    return made


def check_names(deviations: Iterable[Deviation], checks: Sequence[str],
                variants: Sequence[str] | None = None) -> None:
    """A UsageError for the first deviation that speaks of no check, or of no variant."""
    for deviation in deviations:
        if not fnmatch.filter(checks, deviation.check):
            raise UsageError(f"{deviation.where}: check: '{deviation.check}' fits no check")
        for glob in deviation.variants if variants is not None else ():
            if not fnmatch.filter(variants, glob):
                raise UsageError(f"{deviation.where}: variants: '{glob}' fits no variant")


def to_table(deviations: Iterable[Deviation], profile: int) -> str:
    """Lines of variant, check, sometimes or always, reason; tabs between."""
    lines = []
    for deviation in deviations:
        if not deviation.shows_in(profile):
            continue
        reason = deviation.reason + (f" ({deviation.link})" if deviation.link else "")
        for variant in deviation.variants:
            lines.append("\t".join([variant, deviation.check,
                                    "sometimes" if deviation.sometimes else "always", reason]))
    return "".join(line + "\n" for line in lines)


def _known_checks(path: Path) -> list[str]:
    """The first column of what `loopcheck-run --list checks` printed."""
    try:
        lines = path.read_text("utf-8").splitlines()
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}") from None
    return [line.split("\t")[0] for line in lines if line and not line.startswith("#")]


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="loopcheck.expectations", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--compile", type=Path, required=True, metavar="DIR",
                        help="the folder of a loop, which need not exist")
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="FILE.tsv")
    parser.add_argument("--platform", default=machine.host_platform(),
                        help="whose file is taken (%(default)s)")
    parser.add_argument("--asyncio", default=DEFAULT_PROFILE, metavar="VERSION",
                        help="the profile (%(default)s)")
    parser.add_argument("--checks", type=Path, metavar="FILE",
                        help="what loopcheck-run --list checks printed: others are errors")
    options = parser.parse_args(arguments)

    def compile_folder() -> int:
        deviations = load(options.compile, options.platform)
        if options.checks:
            check_names(deviations, _known_checks(options.checks))
        profile = parse_version(options.asyncio)
        if not profile:
            raise UsageError(f"--asyncio {options.asyncio}: is no version")
        write_if_changed(options.output, to_table(deviations, profile))
        return 0

    return run_main(compile_folder)


if __name__ == "__main__":
    raise SystemExit(main())
