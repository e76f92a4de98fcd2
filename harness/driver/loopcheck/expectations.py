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
    checks: tuple[str, ...]
    variants: tuple[str, ...]
    reason: str
    link: str | None
    reproduction: str | None
    cause: str | None
    sometimes: bool
    only: tuple[str, ...]
    asyncio: str | None
    version: str | None

    def shows_in(self, profile: int, version: int) -> bool:
        """Under that profile, in that version of the loop; 0 is one that is not known."""
        return ((self.asyncio is None or parse_range(self.asyncio).includes(profile))
                and (self.version is None or version == 0
                     or parse_range(self.version).includes(version)))


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
    made = Deviation(where, _tuple(table["check"]), _tuple(table.get("variants", "*")),
                     table["reason"], table.get("link"), table.get("reproduction"),
                     table.get("cause"), table.get("sometimes", False),
                     _tuple(table.get("only", "*")), table.get("asyncio"), table.get("version"))
    for name in ("asyncio", "version"):
        try:
            parse_range(table.get(name, ">=0"))
        except ValueError as error:
            raise UsageError(f"{where}: {name}: {error}") from None
    if made.reproduction and not (folder.resolve().parents[1] / made.reproduction).is_file():
        raise UsageError(f"{where}: reproduction: there is no file '{made.reproduction}'")
    return made


def _tuple(one_or_more: str | list[str]) -> tuple[str, ...]:
    return (one_or_more,) if isinstance(one_or_more, str) else tuple(one_or_more)


def check_names(deviations: Iterable[Deviation], checks: Sequence[str],
                variants: Sequence[str] | None = None) -> None:
    """A UsageError for the first deviation that speaks of no check, or of no variant."""
    for deviation in deviations:
        for glob in deviation.checks:
            if not fnmatch.filter(checks, glob):
                raise UsageError(f"{deviation.where}: check: '{glob}' fits no check")
        for glob in deviation.variants if variants is not None else ():
            if not fnmatch.filter(variants, glob):
                raise UsageError(f"{deviation.where}: variants: '{glob}' fits no variant")


def to_table(deviations: Iterable[Deviation], profile: int, version: int = 0) -> str:
    """Lines of variant, check, sometimes or always, globs over the message, reason; tabs between."""
    lines = []
    for deviation in deviations:
        if not deviation.shows_in(profile, version):
            continue
        reason = deviation.reason + (f" ({deviation.link})" if deviation.link else "")
        often = "sometimes" if deviation.sometimes else "always"
        lines += ["\t".join([variant, check, often, "; ".join(deviation.only), reason])
                  for variant in deviation.variants for check in deviation.checks]
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
    parser.add_argument("--loop-version", metavar="VERSION",
                        help="the version of the loop; entries for any hold unless given")
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
        write_if_changed(options.output, to_table(deviations, profile,
                                                 parse_version(options.loop_version)))
        return 0

    return run_main(compile_folder)


if __name__ == "__main__":
    raise SystemExit(main())
