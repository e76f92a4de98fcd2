# SPDX-License-Identifier: MIT
"""Connections, servers and their transports."""

import contextlib
import errno
import os
import resource
import signal
import socket
import threading
import time

from yardstick import (LIMIT, Recorder, agrees, complete, drain, fill, idle, iterations, lacks,
                       refuses, refuses_awaited, until)


def connection(loop, room=None):
    """A recorder that is connected, and the other end; with little room between them if told so."""
    listener = socket.socket()
    if room:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, room)
    listener.bind(("127.0.0.1", 0))
    listener.listen(5)
    _, recorder = complete(loop, loop.create_connection(Recorder, *listener.getsockname()))
    peer, _ = listener.accept()
    peer.setblocking(False)
    listener.close()
    if room:
        recorder.transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET,
                                                               socket.SO_SNDBUF, room)
    return recorder, peer


def full_connection(loop):
    """The same, but what the recorder writes from now on is buffered."""
    recorder, peer = connection(loop, 4096)
    fd = recorder.transport.get_extra_info("socket").fileno()
    quiet = 0
    while quiet < 5:  # the system moves what it took to the peer's side
        quiet = 0 if fill(fd) else quiet + 1
        idle(loop, 0.01)
    return recorder, peer


def buffer_up_to(loop, recorder, size):
    transport = recorder.transport
    transport.write(b"x" * (size - transport.get_write_buffer_size()))
    iterations(loop, 2)
    assert transport.get_write_buffer_size() == size


def resume_slowly(loop, recorder, peer):
    def step():
        drain(peer.fileno(), 8192)
        return recorder.resumes

    until(loop, step, "resume_writing")


def server(loop):
    """A server with a connection; both ends are recorders."""
    accepted = []

    def factory():
        accepted.append(Recorder())
        return accepted[-1]

    made = complete(loop, loop.create_server(factory, "127.0.0.1", 0))
    address = made.sockets[0].getsockname()
    _, client = complete(loop, loop.create_connection(Recorder, *address))
    until(loop, lambda: accepted and accepted[0].made, "the accepted end")
    return made, client, accepted[0]


@contextlib.contextmanager
def resolving(loop):
    """The task of a connection by name, while the resolver is held up."""
    asked, answer = threading.Event(), threading.Event()

    def slow_resolver(*_args, **_options):
        asked.set()
        answer.wait(LIMIT)
        return []

    resolver, socket.getaddrinfo = socket.getaddrinfo, slow_resolver
    task = loop.create_task(loop.create_connection(Recorder, "slow.test", 9))
    until(loop, asked.is_set, "the question to the resolver")
    try:
        yield task
    finally:
        socket.getaddrinfo = resolver
        answer.set()


@agrees("streams.cancelled-resolving")
def cancelled_resolving(loop):
    with resolving(loop) as task:
        task.cancel()
        until(loop, task.done, "the completion")
        assert task.cancelled()


@agrees("streams.close-resolving")
def close_resolving(loop):
    with resolving(loop) as task:
        begun = time.monotonic()
        loop.close()
        assert time.monotonic() - begun < LIMIT / 2 and not task.done()


@agrees("streams.child-closes-resolving")
def child_closes_resolving(loop):
    with resolving(loop):
        child = os.fork()
        if child == 0:
            signal.alarm(int(LIMIT / 2))
            loop.close()
            os._exit(0)
        assert os.waitpid(child, 0)[1] == 0


@agrees("streams.tries-each-address")
def tries_each_address(loop):
    made, client, _ = server(loop)
    port = made.sockets[0].getsockname()[1]
    dead = socket.socket()
    dead.bind(("127.0.0.1", 0))

    async def two_addresses(host, _port, **_options):
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", address)
                for address in (dead.getsockname(), ("127.0.0.1", port))]

    loop.getaddrinfo = two_addresses
    transport, _ = complete(loop, loop.create_connection(Recorder, "two.test", port))
    assert transport.get_extra_info("peername") == ("127.0.0.1", port)


@agrees("streams.default-marks")
def default_marks(loop):
    recorder, peer = full_connection(loop)
    buffer_up_to(loop, recorder, 65536)
    assert recorder.pauses == 0
    buffer_up_to(loop, recorder, 65537)
    assert recorder.pauses == 1 and recorder.at_pause == 65537
    resume_slowly(loop, recorder, peer)
    assert recorder.at_resume <= 16384
    transport = recorder.transport
    if hasattr(transport, "get_write_buffer_limits"):
        assert transport.get_write_buffer_limits() == (16384, 65536)


@agrees("streams.derived-marks")
def derived_marks(loop):
    recorder, peer = full_connection(loop)
    recorder.transport.set_write_buffer_limits(low=10000)
    buffer_up_to(loop, recorder, 40000)
    assert recorder.pauses == 0
    buffer_up_to(loop, recorder, 40001)
    assert recorder.pauses == 1
    recorder.transport.set_write_buffer_limits(high=20000)
    resume_slowly(loop, recorder, peer)
    assert recorder.at_resume <= 5000


@agrees("streams.high-mark-zero")
def high_mark_zero(loop):
    recorder, peer = full_connection(loop)
    recorder.transport.set_write_buffer_limits(high=0)
    iterations(loop, 2)
    assert recorder.pauses == 0
    buffer_up_to(loop, recorder, 1000)
    assert recorder.pauses == 1
    resume_slowly(loop, recorder, peer)
    assert recorder.at_resume == 0


@agrees("streams.write-after-end")
def write_after_end(loop):
    recorder, peer = connection(loop)
    recorder.transport.write_eof()
    refuses(RuntimeError, recorder.transport.write, b"x")
    recorder.transport.write_eof()
    iterations(loop, 2)
    peer.settimeout(20)
    assert peer.recv(10) == b""


@agrees("streams.write-after-close")
def write_after_close(loop):
    recorder, peer = connection(loop)
    recorder.transport.close()
    recorder.transport.write(b"x")
    until(loop, lambda: recorder.lost, "connection_lost")
    assert recorder.reason is None
    recorder.transport.write(b"x")
    peer.settimeout(20)
    assert peer.recv(10) == b""


@agrees("streams.wait-closed-at-once")
def wait_closed_at_once(loop):
    made, client, accepted = server(loop)
    made.close()
    complete(loop, made.wait_closed())
    assert not accepted.lost and not client.lost


@agrees("streams.wait-closed-waits")
def wait_closed_waits(loop):
    made, client, accepted = server(loop)
    made.close()
    waiter = loop.create_task(made.wait_closed())
    idle(loop, 0.05)
    assert not waiter.done()
    client.transport.close()
    complete(loop, waiter)
    assert accepted.lost


@agrees("streams.no-delay")
def no_delay(loop):
    _, client, accepted = server(loop)
    for end in (client, accepted):
        sock = end.transport.get_extra_info("socket")
        assert sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) != 0


@agrees("streams.descriptor-taken", every_selector=True)
def descriptor_taken(loop):
    recorder, _peer = connection(loop)
    fd = recorder.transport.get_extra_info("socket").fileno()
    refuses(RuntimeError, loop.add_reader, fd, print)
    refuses(RuntimeError, loop.add_writer, fd, print)
    refuses(RuntimeError, loop.remove_reader, fd)
    refuses(RuntimeError, loop.remove_writer, fd)


def bound(kind=socket.SOCK_STREAM):
    sock = socket.socket(socket.AF_INET, kind)
    sock.bind(("127.0.0.1", 0))
    return sock


@agrees("streams.socket-and-address")
def socket_and_address(loop):
    sock = bound()
    refuses_awaited(loop, ValueError, loop.create_connection, Recorder, "127.0.0.1", 9, sock=sock)
    refuses_awaited(loop, ValueError, loop.create_server, Recorder, "127.0.0.1", 0, sock=sock)


@agrees("streams.datagram-socket")
def datagram_socket(loop):
    sock = bound(socket.SOCK_DGRAM)
    refuses_awaited(loop, ValueError, loop.create_connection, Recorder, sock=sock)
    refuses_awaited(loop, ValueError, loop.create_server, Recorder, sock=sock)


@agrees("streams.reports-shortage")
def reports_shortage(loop):
    made = complete(loop, loop.create_server(Recorder, "127.0.0.1", 0))
    reports = []
    loop.set_exception_handler(lambda _loop, context: reports.append(context))
    peer = socket.create_connection(made.sockets[0].getsockname())
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (peer.fileno() + 1, before[1]))
    until(loop, lambda: reports, "a report")
    resource.setrlimit(resource.RLIMIT_NOFILE, before)
    assert reports[0]["message"]
    assert reports[0]["exception"].errno == errno.EMFILE


@agrees("streams.reuse-port")
def reuse_port(loop):
    one = complete(loop, loop.create_server(Recorder, "127.0.0.1", 0, reuse_port=True))
    port = one.sockets[0].getsockname()[1]
    complete(loop, loop.create_server(Recorder, "127.0.0.1", port, reuse_port=True))
    error = refuses_awaited(loop, OSError, loop.create_server, Recorder, "127.0.0.1", port)
    assert error.errno == errno.EADDRINUSE


@agrees("streams.wait-closed-all")
def wait_closed_all(loop):
    made = complete(loop, loop.create_server(Recorder, "127.0.0.1", 0))
    waiters = [loop.create_task(made.wait_closed()) for _ in range(3)]
    iterations(loop, 5)
    assert not any(waiter.done() for waiter in waiters)
    made.close()
    for waiter in waiters:
        complete(loop, waiter)


@agrees("streams.other-calls")
def other_calls(loop):
    recorder, _peer = connection(loop)
    lacks(recorder.transport, "sendto", "get_returncode", "send_signal", "terminate", "kill")


@agrees("streams.every-interface")
def every_interface(loop):
    made = complete(loop, loop.create_server(Recorder, "", 0))
    names = [sock.getsockname() for sock in made.sockets]
    assert names and {name[0] for name in names} <= {"0.0.0.0", "::"}
    for name in names:
        socket.create_connection(("::1" if name[0] == "::" else "127.0.0.1", name[1])).close()
