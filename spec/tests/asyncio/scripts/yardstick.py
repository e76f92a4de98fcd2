# SPDX-License-Identifier: MIT
"""What every script has at hand. Runs in the subject, so: Python 3.7 and nothing but its library.

A script is a function of a fresh event loop, `@agrees` with the rule that it shows."""

import asyncio
import contextlib
import os
import shutil
import socket
import tempfile
import time

SELECTORS = {
    "epoll": "EpollSelector",
    "kqueue": "KqueueSelector",
    "poll": "PollSelector",
    "select": "SelectSelector",
}
SCRIPTS = {}
LIMIT = 20.0  # seconds that a condition may take; only a loop that never comes to it takes them
BLOCK = 1000


class Script:
    def __init__(self, run, every_selector):
        self.run = run
        self.every_selector = every_selector


def agrees(rule, every_selector=False):
    """Marks the script of a rule; with `every_selector` it is run under each of the subject's."""

    def mark(run):
        assert rule not in SCRIPTS, "two scripts for " + rule
        SCRIPTS[rule] = Script(run, every_selector)
        return run

    return mark


def until(loop, condition, what):
    """Runs the loop until the condition holds."""
    end = time.monotonic() + LIMIT
    while not condition():
        assert time.monotonic() < end, "waited in vain for " + what
        loop.call_later(0.001, loop.stop)
        loop.run_forever()


def iterations(loop, count):
    for _ in range(count):
        loop.stop()
        loop.run_forever()


def idle(loop, seconds):
    """Runs the loop for so long, whatever happens."""
    loop.call_later(seconds, loop.stop)
    loop.run_forever()


def complete(loop, awaitable):
    return loop.run_until_complete(asyncio.wait_for(awaitable, LIMIT))


def refuses(kind, call, *args, **options):
    """The exception of this kind, and of no other, that the call raises."""
    try:
        call(*args, **options)
    except Exception as error:
        assert isinstance(error, kind), "%r, which is no %s" % (error, kind.__name__)
        return error
    raise AssertionError("accepted, where a %s was to come" % kind.__name__)


def refuses_awaited(loop, kind, operation, *args, **options):
    async def start():
        return await operation(*args, **options)

    return refuses(kind, complete, loop, start())


def lacks(transport, *methods):
    """A transport of this kind has none of them, or has them from a base that implements none."""
    arguments = {"write": (b"x",), "sendto": (b"x",), "send_signal": (0,)}
    for name in methods:
        if hasattr(transport, name):
            refuses(NotImplementedError, getattr(transport, name), *arguments.get(name, ()))


def work(seconds):
    """Keeps the caller busy for at least so long."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        time.sleep(0.001)


def pair():
    ends = socket.socketpair()
    for end in ends:
        end.setblocking(False)
    return ends


def fill(fd):
    """Writes into a descriptor until it takes no more; how many bytes it took."""
    os.set_blocking(fd, False)
    total = 0
    size = 65536
    while size:
        try:
            total += os.write(fd, b"f" * size)
        except BlockingIOError:
            size //= 2
    return total


def drain(fd, most=1 << 30):
    """Reads what there is, or so many bytes of it."""
    os.set_blocking(fd, False)
    data = b""
    while len(data) < most:
        try:
            piece = os.read(fd, min(65536, most - len(data)))
        except BlockingIOError:
            break
        if not piece:
            break
        data += piece
    return data


@contextlib.contextmanager
def folder():
    """An empty directory with a name that is short enough for Unix sockets."""
    path = tempfile.mkdtemp(prefix="lc-")
    try:
        yield path
    finally:
        shutil.rmtree(path)


class Recorder(asyncio.Protocol, asyncio.DatagramProtocol, asyncio.SubprocessProtocol):
    """Notes all that its transport tells."""

    def __init__(self):
        self.transport = None
        self.made = self.lost = self.exited = False
        self.reason = None
        self.data = b""
        self.datagrams = []
        self.errors = []
        self.pauses = self.resumes = 0
        self.at_pause = self.at_resume = None
        self.output = {}
        self.lost_pipes = []

    def connection_made(self, transport):
        self.transport = transport
        self.made = True

    def connection_lost(self, exc):
        assert not self.lost, "connection_lost twice"
        self.lost = True
        self.reason = exc

    def data_received(self, data):
        self.data += data

    def pause_writing(self):
        self.pauses += 1
        self.at_pause = self.transport.get_write_buffer_size()

    def resume_writing(self):
        self.resumes += 1
        self.at_resume = self.transport.get_write_buffer_size()

    def datagram_received(self, data, addr):
        self.datagrams.append((data, addr))

    def error_received(self, exc):
        self.errors.append(exc)

    def pipe_data_received(self, fd, data):
        self.output[fd] = self.output.get(fd, b"") + data

    def pipe_connection_lost(self, fd, exc):
        self.lost_pipes.append(fd)

    def process_exited(self):
        self.exited = True
