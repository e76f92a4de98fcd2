# SPDX-License-Identifier: MIT
"""A loop: the bridge calls the method of an operation's name, which calls asyncio's."""

import asyncio
import gc
import sys

import _loopcheck_bridge as bridge
from loopcheck_asyncio import statuses
from loopcheck_asyncio.operations import Operations
from loopcheck_asyncio.transports import translated

SECOND = 1e9  # of the ABI's nanoseconds


class Loop(Operations):
    """Handles are asyncio's own: a Handle, a TimerHandle, or the Task of an operation."""

    def __init__(self, loop, resolution):
        self.asyncio = loop
        self._resolution = resolution  # of its clock, in seconds
        self.loop = self
        self._os_error = 0
        self._tasks = set()  # the loop itself holds them weakly

    @classmethod
    def open(cls, make, resolution):
        try:
            made = cls(make(), resolution)
        except BaseException as error:
            return statuses.status_of(error)
        # As asyncio.run does. Child watchers of 3.7 attach themselves to the loop that is set.
        asyncio.set_event_loop(made.asyncio)
        return made

    def status_of(self, error):
        self._os_error = statuses.errno_of(error) or self._os_error
        return statuses.status_of(error)

    # ---- its life

    @translated
    def close(self):
        if self.asyncio.is_running():
            self.asyncio.close()  # which refuses
        asyncio.set_event_loop(None)
        self.asyncio.close()
        for task in self._tasks:
            task._log_destroy_pending = False  # the ABI's close discards them
        self._tasks.clear()

    def free(self):
        self.asyncio = None
        gc.collect()

    @translated
    def run_forever(self):
        self.asyncio.run_forever()

    @translated
    def stop(self):
        self.asyncio.stop()

    def is_running(self):
        return int(self.asyncio.is_running())

    def is_closed(self):
        return int(self.asyncio is None or self.asyncio.is_closed())

    def last_os_error(self):
        return self._os_error

    @translated
    def set_exception_handler(self, handler, arg):
        if handler == 0:
            self.asyncio.set_exception_handler(None)
            return

        def tell(loop, context):
            status = self.status_of(context["exception"]) if "exception" in context else bridge.FAILED
            text = "%s (%r)" % (context.get("message"), context.get("exception"))
            bridge.exception(handler, arg, status, text)

        self.asyncio.set_exception_handler(tell)

    # ---- callbacks and time

    def time(self):
        return int(self.asyncio.time() * SECOND)

    def clock_resolution(self):
        """The clock's own, or the step of a float that counts seconds, if that is wider."""
        now = self.asyncio.time()
        return max(1, round(max(self._resolution, now * sys.float_info.epsilon) * SECOND))

    @translated
    def call_soon(self, callback, arg):
        return self.asyncio.call_soon(bridge.call, callback, arg)

    @translated
    def call_soon_threadsafe(self, callback, arg):
        return self.asyncio.call_soon_threadsafe(bridge.call, callback, arg)

    @translated
    def call_later(self, delay, callback, arg):
        return self.asyncio.call_later(delay / SECOND, bridge.call, callback, arg)

    @translated
    def call_at(self, when, callback, arg):
        return self.asyncio.call_at(when / SECOND, bridge.call, callback, arg)

    @translated
    def handle_when(self, handle):
        return (int(handle.when() * SECOND),)

    # ---- descriptors and signals

    @translated
    def add_reader(self, fd, callback, arg):
        self.asyncio.add_reader(fd, bridge.call, callback, arg)

    @translated
    def remove_reader(self, fd):
        return bridge.OK if self.asyncio.remove_reader(fd) else bridge.NOT_FOUND

    @translated
    def add_writer(self, fd, callback, arg):
        self.asyncio.add_writer(fd, bridge.call, callback, arg)

    @translated
    def remove_writer(self, fd):
        return bridge.OK if self.asyncio.remove_writer(fd) else bridge.NOT_FOUND

    @translated
    def add_signal_handler(self, signum, callback, arg):
        self.asyncio.add_signal_handler(signum, bridge.call, callback, arg)

    @translated
    def remove_signal_handler(self, signum):
        return bridge.OK if self.asyncio.remove_signal_handler(signum) else bridge.NOT_FOUND
