# SPDX-License-Identifier: MIT
"""asyncio's side of the adapter: what the bridge calls, as plain asyncio as it can be."""

import os
import sys

DEFAULT_LOOP = "asyncio:SelectorEventLoop"


def describe():
    """The loop that the environment names; None after one line that says what is wrong with it."""
    # As `python -m` has it, but the folder comes last: what is in it hides nothing of Python's.
    sys.path.append(os.getcwd())
    sys.argv = [""]
    word = os.environ.get("LOOPCHECK_PYTHON_LOOP") or DEFAULT_LOOP
    from loopcheck_asyncio.description import Description, NoLoop

    try:
        return Description(word)
    except NoLoop as error:
        print("python:%s: %s (%s)" % (word, error, sys.executable), file=sys.stderr, flush=True)
        return None
