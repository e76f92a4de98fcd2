# SPDX-License-Identifier: MIT
"""Readers and writers, under each selector."""

import fcntl
import os

from yardstick import agrees, idle, iterations, pair, refuses, until


@agrees("descriptors.once-an-iteration", every_selector=True)
def once_an_iteration(loop):
    end, peer = pair()
    begun, seen = [], []

    def read_once():
        seen.append(len(begun))
        loop.call_soon(begun.append, 1)

    peer.send(b"data")
    loop.add_reader(end, read_once)
    until(loop, lambda: len(seen) >= 10, "ten calls of the reader")
    assert seen == list(range(len(seen)))


@agrees("descriptors.remove-answers", every_selector=True)
def remove_answers(loop):
    end, _peer = pair()
    loop.add_reader(end, print)
    assert loop.remove_writer(end) is False
    assert loop.remove_reader(end) is True
    assert loop.remove_reader(end) is False
    loop.add_writer(end, print)
    assert loop.remove_reader(end) is False
    assert loop.remove_writer(end) is True
    assert loop.remove_writer(end) is False


@agrees("descriptors.second-add-replaces", every_selector=True)
def second_add_replaces(loop):
    end, peer = pair()
    called = []
    peer.send(b"x")
    for add in (loop.add_reader, loop.add_writer):
        add(end, called.append, "old")
        add(end, called.append, add)
    until(loop, lambda: len(called) >= 6, "calls of the new callbacks")
    assert "old" not in called and len(set(called)) == 2


@agrees("descriptors.replaced-when-due", every_selector=True)
def replaced_when_due(loop):
    ends = [pair() for _ in range(4)]
    old, new = [], []

    def replace_all():
        old.append(1)
        for end, _ in ends:
            loop.add_reader(end, new.append, end)

    for end, peer in ends:
        peer.send(b"x")
        loop.add_reader(end, replace_all)
    until(loop, lambda: len(set(new)) == 4, "calls of the new readers")
    assert len(old) == 1


@agrees("descriptors.negative-refused", every_selector=True)
def negative_refused(loop):
    refuses(ValueError, loop.add_reader, -1, print)
    refuses(ValueError, loop.add_writer, -1, print)


@agrees("descriptors.write-end-sees-close", every_selector=True)
def write_end_sees_close(loop):
    reading, writing = os.pipe()
    called = []
    loop.add_reader(writing, called.append, 1)
    idle(loop, 0.02)
    assert not called
    os.close(reading)
    until(loop, lambda: called, "a call of the reader on the writing end")
    loop.remove_reader(writing)


@agrees("descriptors.closed-while-watched-survived", every_selector=True)
def closed_while_watched_survived(loop):
    end, _peer = pair()
    fd = end.fileno()
    loop.add_reader(fd, print)
    iterations(loop, 2)
    end.close()
    try:
        iterations(loop, 2)
    except OSError:
        pass
    loop.remove_reader(fd)
    called = []
    other, peer = pair()
    peer.send(b"x")
    loop.add_reader(other, called.append, 1)
    until(loop, lambda: called, "another reader after the removal")


@agrees("descriptors.flags-untouched", every_selector=True)
def flags_untouched(loop):
    for blocking in (True, False):
        reading, writing = os.pipe()
        for fd, add, remove in ((reading, loop.add_reader, loop.remove_reader),
                                (writing, loop.add_writer, loop.remove_writer)):
            os.set_blocking(fd, blocking)
            before = fcntl.fcntl(fd, fcntl.F_GETFL), fcntl.fcntl(fd, fcntl.F_GETFD)
            add(fd, int)
            iterations(loop, 2)
            remove(fd)
            assert (fcntl.fcntl(fd, fcntl.F_GETFL), fcntl.fcntl(fd, fcntl.F_GETFD)) == before
