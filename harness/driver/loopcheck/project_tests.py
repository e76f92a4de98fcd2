# SPDX-License-Identifier: MIT
"""`loopcheck test`: the project's own tests, through CTest."""

from __future__ import annotations

import argparse
import subprocess

from loopcheck import build


def command(options: argparse.Namespace) -> int:
    build_dir = build.build(options.preset, options.build_dir)
    ctest = ["ctest", "--test-dir", str(build_dir), "--output-on-failure", "--no-tests=error",
             "--parallel", str(options.jobs)]
    if options.regex:
        ctest += ["--tests-regex", options.regex]
    if options.label:
        ctest += ["--label-regex", options.label]
    done = subprocess.run(ctest, stdin=subprocess.DEVNULL)
    return 0 if done.returncode == 0 else 1
