# SPDX-License-Identifier: MIT
"""Pipes, and what is taken for one."""

import os
import pty
import tty

from yardstick import (BLOCK, Recorder, agrees, complete, drain, fill, folder, idle, iterations,
                       lacks, pair, refuses, until)


def reader(loop, fd):
    return complete(loop, loop.connect_read_pipe(Recorder, os.fdopen(fd, "rb", 0)))[1]


def writer(loop, fd):
    return complete(loop, loop.connect_write_pipe(Recorder, os.fdopen(fd, "wb", 0)))[1]


def lost(loop, recorder):
    until(loop, lambda: recorder.lost, "connection_lost")
    return recorder.reason


def blocked_writer(loop):
    """A writer whose pipe takes nothing more, and the reading end."""
    reading, writing = os.pipe()
    fill(writing)
    return writer(loop, writing), reading


def no_pipe(loop, connect, file):
    """Refused at completion: after the factory, before connection_made."""
    made = []

    def factory():
        made.append(Recorder())
        return made[-1]

    operation = connect(factory, file)
    refuses(ValueError, complete, loop, operation)
    iterations(loop, 3)
    assert len(made) == 1 and not made[0].made


@agrees("pipes.socket")
def read_socket(loop):
    end, peer = pair()
    recorder = reader(loop, end.detach())
    peer.send(b"through a socket")
    peer.close()
    assert lost(loop, recorder) is None and recorder.data == b"through a socket"


@agrees("pipes.terminal")
def terminal(loop):
    master, slave = pty.openpty()
    tty.setraw(slave)
    recorder = reader(loop, slave)
    os.write(master, b"text\n")
    until(loop, lambda: recorder.data == b"text\n", "the text")
    recorder.transport.close()
    assert lost(loop, recorder) is None


@agrees("pipes.eof-closes")
def eof_closes(loop):
    _reading, writing = os.pipe()
    recorder = writer(loop, writing)
    recorder.transport.write_eof()
    assert lost(loop, recorder) is None


@agrees("pipes.water-marks")
def water_marks(loop):
    recorder, reading = blocked_writer(loop)
    recorder.transport.set_write_buffer_limits(high=10 * BLOCK, low=2 * BLOCK)
    for i in range(1, 12):
        assert recorder.pauses == 0
        recorder.transport.write(b"x" * BLOCK)
    assert recorder.pauses == 1 and recorder.at_pause == 11 * BLOCK

    def step():
        drain(reading, 512)
        return recorder.resumes

    until(loop, step, "resume_writing")
    assert recorder.at_resume <= 2 * BLOCK


@agrees("pipes.default-marks")
def default_marks(loop):
    recorder, _reading = blocked_writer(loop)
    recorder.transport.write(b"x" * 65536)
    iterations(loop, 3)
    assert recorder.pauses == 0
    recorder.transport.write(b"x")
    assert recorder.pauses == 1


@agrees("pipes.reader-gone-idle", every_selector=True)
def reader_gone_idle(loop):
    reading, writing = os.pipe()
    recorder = writer(loop, writing)
    os.close(reading)
    assert lost(loop, recorder) is None


@agrees("pipes.reader-gone-buffered", every_selector=True)
def reader_gone_buffered(loop):
    recorder, reading = blocked_writer(loop)
    recorder.transport.write(b"x" * BLOCK)
    os.close(reading)
    assert isinstance(lost(loop, recorder), BrokenPipeError)


@agrees("pipes.no-signal")
def no_signal(loop):
    reading, writing = os.pipe()
    recorder = writer(loop, writing)
    os.close(reading)
    recorder.transport.write(b"into the void")
    lost(loop, recorder)


@agrees("pipes.write-null-device")
def write_null_device(loop):
    recorder = writer(loop, os.open(os.devnull, os.O_WRONLY))
    recorder.transport.write(b"x" * BLOCK)
    idle(loop, 0.03)
    recorder.transport.close()
    assert lost(loop, recorder) is None


@agrees("pipes.write-socket")
def write_socket(loop):
    end, peer = pair()
    recorder = writer(loop, end.detach())
    recorder.transport.write(b"through a socket")
    recorder.transport.close()
    assert lost(loop, recorder) is None
    assert peer.recv(100) == b"through a socket" and peer.recv(100) == b""


@agrees("pipes.file-read")
def file_read(loop):
    with folder() as place:
        with open(place + "/file", "wb") as file:
            file.write(b"text")
        no_pipe(loop, loop.connect_read_pipe, open(place + "/file", "rb"))


@agrees("pipes.file-written")
def file_written(loop):
    with folder() as place:
        no_pipe(loop, loop.connect_write_pipe, open(place + "/file", "wb"))


@agrees("pipes.directory-read")
def directory_read(loop):
    class Directory:
        """A file object of a directory, which open() makes none of."""

        def __init__(self, path):
            self.fd = os.open(path, os.O_RDONLY)

        def fileno(self):
            return self.fd

        def close(self):
            os.close(self.fd)

    with folder() as place:
        no_pipe(loop, loop.connect_read_pipe, Directory(place))


@agrees("pipes.made-nonblocking")
def made_nonblocking(loop):
    reading, writing = os.pipe()
    twins = os.dup(reading), os.dup(writing)
    assert os.get_blocking(twins[0]) and os.get_blocking(twins[1])
    reader(loop, reading)
    writer(loop, writing)
    assert not os.get_blocking(twins[0]) and not os.get_blocking(twins[1])


@agrees("pipes.other-calls")
def other_calls(loop):
    reading, writing = os.pipe()
    foreign = "sendto", "get_returncode", "send_signal", "terminate", "kill"
    lacks(reader(loop, reading).transport, "write", "write_eof", *foreign)
    lacks(writer(loop, writing).transport, *foreign)
