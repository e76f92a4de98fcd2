# SPDX-License-Identifier: MIT
"""Children and their transports."""

import asyncio
import errno
import os
import signal
import subprocess
import threading

from yardstick import (LIMIT, Recorder, agrees, complete, folder, iterations, lacks, refuses,
                       refuses_awaited, until)

PIPE, NULL = subprocess.PIPE, subprocess.DEVNULL


def child(loop, script, stdin=NULL, stdout=NULL, **options):
    return complete(loop, loop.subprocess_exec(Recorder, "/bin/sh", "-c", script, stdin=stdin,
                                               stdout=stdout, stderr=NULL, **options))[1]


def end(loop, recorder):
    """The returncode of a child that ends."""
    until(loop, lambda: recorder.lost, "connection_lost")
    assert recorder.exited
    return recorder.transport.get_returncode()


def any_child_left():
    try:
        os.waitpid(-1, os.WNOHANG)
    except ChildProcessError:
        return False
    return True


def with_grandchild(loop):
    """A child that has exited; a grandchild holds its pipe while `hold` is open."""
    reading, hold = os.pipe()
    recorder = child(loop, "exec 3<&0; cat <&3 & exec 3<&-; exit 0", stdin=reading, stdout=PIPE)
    os.close(reading)
    until(loop, lambda: recorder.exited, "process_exited")
    return recorder, hold


@agrees("subprocess.closes-input")
def closes_input(loop):
    recorder = child(loop, "exec 0<&-; echo closed; exec sleep 60", stdin=PIPE, stdout=PIPE)
    until(loop, lambda: recorder.output.get(1) == b"closed\n", "the child's word")
    until(loop, lambda: 0 in recorder.lost_pipes, "pipe_connection_lost")
    assert not recorder.exited
    recorder.transport.kill()
    end(loop, recorder)


@agrees("subprocess.broken-pipe-signal")
def broken_pipe_signal(loop):
    assert signal.getsignal(signal.SIGPIPE) == signal.SIG_IGN
    recorder = child(loop, "kill -PIPE $$; exit 3")
    assert end(loop, recorder) == -signal.SIGPIPE


@agrees("subprocess.others-closed")
def others_closed(loop):
    reading, writing = os.pipe()
    # A shell may know descriptors of one digit only.
    inherited = next(fd for fd in range(3, 10) if not is_open(fd)) if reading > 9 else reading
    if inherited != reading:
        os.dup2(reading, inherited)
    os.set_inheritable(inherited, True)
    recorder = child(loop, "( : <&%d ) 2>/dev/null && exit 3; exit 4" % inherited)
    assert end(loop, recorder) == 4


def is_open(fd):
    try:
        os.fstat(fd)
    except OSError:
        return False
    return True


@agrees("subprocess.fails-at-completion")
def fails_at_completion(loop):
    made = []

    def factory():
        made.append(Recorder())
        return made[-1]

    refuses_awaited(loop, FileNotFoundError, loop.subprocess_exec, factory, "/nowhere/program")
    assert len(made) == 1 and not made[0].made


@agrees("subprocess.signal-after-loss")
def signal_after_loss(loop):
    recorder = child(loop, "exit 0")
    assert end(loop, recorder) == 0
    refuses(ProcessLookupError, recorder.transport.kill)
    refuses(ProcessLookupError, recorder.transport.terminate)
    refuses(ProcessLookupError, recorder.transport.send_signal, signal.SIGUSR1)


@agrees("subprocess.signal-after-exit")
def signal_after_exit(loop):
    recorder, hold = with_grandchild(loop)
    assert not recorder.lost
    recorder.transport.kill()
    os.close(hold)
    assert end(loop, recorder) == 0


@agrees("subprocess.close-kills")
def close_kills(loop):
    recorder = child(loop, "exec sleep 60", stdin=PIPE, stdout=PIPE)
    recorder.transport.close()
    assert recorder.transport.is_closing()
    assert end(loop, recorder) == -signal.SIGKILL
    assert not any_child_left()


@agrees("subprocess.close-at-once")
def close_at_once(loop):
    made = []

    class Closing(Recorder):
        def connection_made(self, transport):
            made.append(self)
            super().connection_made(transport)
            transport.close()

    complete(loop, loop.subprocess_exec(Closing, "/bin/sh", "-c", "exec sleep 60", stdin=PIPE,
                                        stdout=PIPE, stderr=PIPE))
    until(loop, lambda: made[0].lost, "connection_lost")
    assert not any_child_left()


@agrees("subprocess.other-calls")
def other_calls(loop):
    recorder = child(loop, "exit 0")
    lacks(recorder.transport, "write", "write_eof", "sendto")
    assert end(loop, recorder) == 0


@agrees("subprocess.no-program")
def no_program(loop):
    with folder() as place:
        path = place + "/text"
        with open(path, "w") as file:
            file.write("exit 0\n")
        os.chmod(path, 0o700)
        error = refuses_awaited(loop, OSError, loop.subprocess_exec, Recorder, path)
        assert error.errno == errno.ENOEXEC


@agrees("subprocess.code-lost")
def code_lost(loop):
    recorder = child(loop, "read line; exit 3", stdin=PIPE)
    recorder.transport.get_pipe_transport(0).close()
    iterations(loop, 2)
    try:
        os.waitpid(recorder.transport.get_pid(), 0)
        expected = 255
    except ChildProcessError:  # a thread of asyncio's was quicker
        expected = 3
    assert end(loop, recorder) == expected


@agrees("subprocess.watcher-unknown")
def watcher_unknown(loop):
    refuses(AssertionError, asyncio.set_child_watcher, 99)


@agrees("subprocess.watcher-in-thread")
def watcher_in_thread(loop):
    seen = []

    def attach():
        seen.append(refuses(RuntimeError, asyncio.SafeChildWatcher().attach_loop, loop))

    thread = threading.Thread(target=attach)
    thread.start()
    thread.join(LIMIT)
    assert len(seen) == 1
