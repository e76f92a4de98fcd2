# SPDX-License-Identifier: MIT
"""`loopcheck test`: the project's own tests, through CTest."""

from __future__ import annotations

import argparse
import re
import subprocess

from loopcheck import build

_SUMMARY = re.compile(r"^\d+% tests passed, \d+ tests? failed out of \d+")


def command(options: argparse.Namespace) -> int:
    build_dir = build.build(options.preset, options.build_dir)
    ctest = ["ctest", "--test-dir", str(build_dir), "--output-on-failure", "--no-tests=error",
             "--no-label-summary", "--parallel", str(options.jobs)]
    if options.regex:
        ctest += ["--tests-regex", options.regex]
    if options.exclude:
        ctest += ["--exclude-regex", options.exclude]
    if options.label:
        ctest += ["--label-regex", options.label]
    return 1 if _run(ctest) else 0


def _run(ctest: list[str]) -> int:
    """CTest's output as it comes, but for its summary, which comes last whatever failed."""
    summary = ""
    with subprocess.Popen(ctest, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          encoding="utf-8", errors="backslashreplace") as process:
        assert process.stdout is not None
        try:
            for line in process.stdout:
                if _SUMMARY.match(line):
                    summary = line
                else:
                    print(line, end="", flush=True)
        except BaseException:
            process.terminate()
            raise
    print(summary, end="", flush=True)
    return process.returncode
