# SPDX-License-Identifier: MIT
"""Which loop it is, and in which variants it can be opened."""

import asyncio
import gc
import importlib
import os
import selectors
import sys

from loopcheck_asyncio.loops import Loop

SELECTORS = [("epoll", "EpollSelector"), ("kqueue", "KqueueSelector"), ("poll", "PollSelector"),
             ("select", "SelectSelector")]
PLATFORMS = {"linux": "linux", "darwin": "macos"}


class NoLoop(Exception):
    """Nothing that can be judged; the text says why, in one line."""


class Description:
    """`table` is (name, version, profile, variants, what it lacks); a variant is (name, selector,
    platform, whether it is the default one)."""

    def __init__(self, word):
        self._factory = find_factory(word)
        self._platform = PLATFORMS.get(sys.platform, sys.platform.rstrip("0123456789"))
        package = word.partition(":")[0].partition(".")[0]
        loop = self._warm_up()
        self._selectors = selectors_of(self._factory)
        self._lacks = lacks_of(loop)
        rows = [self._row(name, chosen is selectors.DefaultSelector)
                for name, chosen in self._selectors.items()]
        if not rows:
            rows = [self._row(self._seen, True)]
        major, minor, micro = sys.version_info[:3]
        self.table = (package.lower().replace("_", "-"), version_of(package),
                      major << 16 | minor << 8 | micro, rows, self._lacks)
        # What is here now stays: a collection need not look at it, nor copy it in a forked process.
        gc.collect()
        gc.freeze()

    def _row(self, selector, is_default):
        return ("%s-%s" % (self._platform, selector), selector, self._platform, is_default)

    def _warm_up(self):
        """What Python sets up once, at a loop's first use, is no leak of a check."""
        "localhost".encode("idna")
        before = pollers()
        try:
            loop = self._factory()
        except Exception as error:
            raise NoLoop("it cannot be called: %r" % error) from None
        if not isinstance(loop, asyncio.AbstractEventLoop):
            raise NoLoop("it gives %.80r, which is no event loop" % loop)
        self._seen = "epoll" if pollers() > before else "default"
        loop.call_soon(loop.stop)
        loop.run_forever()
        loop.close()
        return loop

    def open(self, variant):
        chosen = self._selectors.get(variant.rpartition("-")[2])
        return Loop.open(self._factory if chosen is None else lambda: self._factory(chosen()))


def find_factory(word):
    module_name, _, name = word.partition(":")
    if not module_name or not name:
        raise NoLoop("is not of the form MODULE:FACTORY")
    try:
        found = importlib.import_module(module_name)
    except Exception as error:
        raise NoLoop("%s" % error if isinstance(error, ImportError) else repr(error)) from None
    for part in name.split("."):
        found = getattr(found, part, None)
    if not callable(found):
        raise NoLoop("module '%s' has no callable '%s'" % (module_name, name))
    return found


def selectors_of(factory):
    """By name, what this platform has for a class that takes one."""
    if not (isinstance(factory, type) and issubclass(factory, asyncio.SelectorEventLoop)):
        return {}
    return {name: getattr(selectors, attribute) for name, attribute in SELECTORS
            if hasattr(selectors, attribute)}


def lacks_of(loop):
    """asyncio's interface has no word for the clock's resolution; its own loops know theirs."""
    lacks = []
    if not hasattr(loop, "_clock_resolution"):
        lacks.append("clock_resolution")
    if not isinstance(loop, asyncio.BaseEventLoop) or not hasattr(asyncio, "SafeChildWatcher"):
        lacks.append("set_child_watcher")
    return lacks


def version_of(package):
    """asyncio's is Python's; any other is followed by Python's, on which it depends."""
    python = "%d.%d.%d" % sys.version_info[:3]
    if package == "asyncio":
        return python
    own = getattr(sys.modules[package], "__version__", "unknown")
    return "%s on Python %s" % (own, python)


def pollers():
    """The epoll descriptors of this process, where the system tells."""
    count = 0
    try:
        for name in os.listdir("/proc/self/fd"):
            try:
                count += "eventpoll" in os.readlink("/proc/self/fd/" + name)
            except OSError:
                pass
    except OSError:
        pass
    return count
