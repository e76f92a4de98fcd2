# SPDX-License-Identifier: MIT
"""Handlers of signals."""

import ctypes
import os
import signal
import threading
import time

from yardstick import LIMIT, agrees, iterations, refuses, until


def send(signum=signal.SIGUSR1):
    os.kill(os.getpid(), signum)


@agrees("signals.add-replaces")
def add_replaces(loop):
    called = []
    loop.add_signal_handler(signal.SIGUSR1, called.append, "old")
    loop.add_signal_handler(signal.SIGUSR1, called.append, "new")
    send()
    until(loop, lambda: called, "the handler")
    iterations(loop, 3)
    assert called == ["new"]


@agrees("signals.sigchld")
def sigchld(loop):
    called = []
    loop.add_signal_handler(signal.SIGCHLD, called.append, 1)
    child = os.fork()
    if child == 0:
        os._exit(0)
    until(loop, lambda: called, "the handler")
    os.waitpid(child, 0)


@agrees("signals.remove-tells")
def remove_tells(loop):
    assert loop.remove_signal_handler(signal.SIGUSR1) is False
    loop.add_signal_handler(signal.SIGUSR1, print)
    assert loop.remove_signal_handler(signal.SIGUSR1) is True
    assert loop.remove_signal_handler(signal.SIGUSR1) is False


@agrees("signals.uncatchable-status")
def uncatchable_status(loop):
    refuses(RuntimeError, loop.add_signal_handler, signal.SIGKILL, print)
    refuses(RuntimeError, loop.add_signal_handler, signal.SIGSTOP, print)


@agrees("signals.invalid-status")
def invalid_status(loop):
    for number in (-1, 0, signal.NSIG, 100000):
        refuses(ValueError, loop.add_signal_handler, number, print)


@agrees("signals.invalid-removed")
def invalid_removed(loop):
    for number in (-1, 0, 100000):
        refuses(ValueError, loop.remove_signal_handler, number)


@agrees("signals.main-thread-only")
def main_thread_only(loop):
    seen = []

    def add():
        seen.append(refuses(RuntimeError, loop.add_signal_handler, signal.SIGUSR1, print))

    thread = threading.Thread(target=add)
    thread.start()
    thread.join(LIMIT)
    assert len(seen) == 1


@agrees("signals.restarts")
def restarts(loop):
    reading, writing = os.pipe()
    libc = ctypes.CDLL(None, use_errno=True)
    answers, called = [], []
    main = threading.get_ident()

    def interrupt():
        for _ in range(20):
            signal.pthread_kill(main, signal.SIGUSR1)
            time.sleep(0.005)
        os.write(writing, b"x")

    # A read of libc's own: the interpreter would begin its own once more.
    loop.add_signal_handler(signal.SIGUSR1, called.append, 1)
    thread = threading.Thread(target=interrupt)
    loop.call_soon(thread.start)
    loop.call_soon(lambda: answers.append(libc.read(reading, ctypes.create_string_buffer(1), 1)))
    until(loop, lambda: called and answers, "the read and the handler")
    thread.join()
    assert answers == [1]


@agrees("signals.replaced-in-batch")
def replaced_in_batch(loop):
    called = []

    def give(other):
        called.append("old")
        if len(called) == 1:
            loop.add_signal_handler(other, called.append, "new")

    loop.add_signal_handler(signal.SIGUSR1, give, signal.SIGUSR2)
    loop.add_signal_handler(signal.SIGUSR2, give, signal.SIGUSR1)
    send(signal.SIGUSR1)
    send(signal.SIGUSR2)
    until(loop, lambda: len(called) >= 2, "both calls")
    iterations(loop, 3)
    assert len(called) == 2
