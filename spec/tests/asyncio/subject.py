# SPDX-License-Identifier: MIT
"""Runs scripts in the Python that runs this, which may be as old as 3.7.

    subject.py            the version and the selectors of this Python
    subject.py RULE...    a line of JSON for each of the rules' scripts and selectors

Each script has a process, and so much time, of its own."""

import asyncio
import importlib
import json
import os
import pathlib
import platform
import select
import selectors
import signal
import sys
import time
import traceback

SCRIPTS = pathlib.Path(__file__).resolve().parent / "scripts"
LIMIT = 45.0

sys.dont_write_bytecode = True
sys.path.insert(0, str(SCRIPTS))
yardstick = importlib.import_module("yardstick")


def available():
    return [name for name, kind in yardstick.SELECTORS.items() if hasattr(selectors, kind)]


def run(script, selector):
    loop = asyncio.SelectorEventLoop(getattr(selectors, yardstick.SELECTORS[selector])())
    asyncio.set_event_loop(loop)
    script.run(loop)
    if not loop.is_closed():
        loop.close()


def in_child(script, selector, out):
    """The child's whole life: the traceback, if there is one, goes to `out`."""
    os.setpgid(0, 0)
    os.dup2(os.open(os.devnull, os.O_RDWR), 1)
    try:
        run(script, selector)
    except BaseException:
        os.write(out, traceback.format_exc().encode())
        os._exit(1)
    os._exit(0)


def end_group(leader):
    """Ends what a script has left behind, too."""
    try:
        os.killpg(leader, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        pass


def judge(script, selector):
    """What is wrong, or None."""
    reading, writing = os.pipe()
    sys.stdout.flush()
    pid = os.fork()
    if pid == 0:
        os.close(reading)
        in_child(script, selector, writing)
    os.close(writing)
    end = time.monotonic() + LIMIT
    text, over = b"", False
    while not over:
        ready, _, _ = select.select([reading], [], [], max(0, end - time.monotonic()))
        piece = os.read(reading, 65536) if ready else b""
        text += piece
        over = not piece
    in_time = time.monotonic() < end
    os.close(reading)
    if not in_time:
        end_group(pid)
    _, status = os.waitpid(pid, 0)
    end_group(pid)
    if status == 0:
        return None
    why = "" if in_time else "no end after %d seconds\n" % LIMIT
    if os.WIFSIGNALED(status) and in_time:
        why = "ended by signal %d\n" % os.WTERMSIG(status)
    return why + text.decode()


def main(rules):
    if not rules:
        print(json.dumps({"implementation": platform.python_implementation(),
                          "version": platform.python_version(), "selectors": available()}))
        return
    for path in sorted(SCRIPTS.glob("*.py")):
        importlib.import_module(path.stem)
    for rule in rules:
        script = yardstick.SCRIPTS[rule]
        chosen = available() if script.every_selector else available()[:1]
        for selector in chosen:
            wrong = judge(script, selector)
            print(json.dumps({"rule": rule, "selector": selector, "wrong": wrong}), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
