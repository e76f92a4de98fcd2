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
        self._used = isinstance(loop, asyncio.BaseEventLoop)  # sets up nothing for the process
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
        times = []
        for _ in range(4):
            loop.run_until_complete(asyncio.sleep(0.0013))
            times.append(loop.time())
        loop.close()
        self._resolution = getattr(loop, "_clock_resolution", None) or step_of(times)
        return loop

    def _use_once(self):
        """In each check's process again: libuv's threads for names do not outlive a fork."""
        self._used = True
        loop = self._factory()
        loop.run_until_complete(loop.getaddrinfo("127.0.0.1", 0))
        loop.close()

    def open(self, variant):
        if not self._used:
            self._use_once()
        chosen = self._selectors.get(variant.rpartition("-")[2])
        make = self._factory if chosen is None else lambda: self._factory(chosen())
        return Loop.open(make, self._resolution)


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
    """Child watchers are asyncio's own loops' alone, until 3.14."""
    watched = isinstance(loop, asyncio.BaseEventLoop) and hasattr(asyncio, "SafeChildWatcher")
    return [] if watched else ["set_child_watcher"]


def step_of(times):
    """asyncio's interface has no word for the clock's resolution: of which step are all of these?"""
    for step in (0.001, 0.000001):
        if all(abs(time - round(time / step) * step) < step / 1000 for time in times):
            return step
    return 0.000000001


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
