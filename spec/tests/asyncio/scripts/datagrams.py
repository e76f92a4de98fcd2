# SPDX-License-Identifier: MIT
"""Datagram endpoints."""

import errno
import os
import socket
import time

from yardstick import (BLOCK, Recorder, agrees, complete, folder, idle, iterations, lacks, refuses,
                       refuses_awaited, until)

LOOPBACK = ("127.0.0.1", 0)
BROADCAST = ("127.255.255.255", 9)


def mailbox(path=None):
    sock = socket.socket(socket.AF_UNIX if path else socket.AF_INET, socket.SOCK_DGRAM)
    sock.bind(path or LOOPBACK)
    sock.setblocking(False)
    return sock


def endpoint(loop, **options):
    return complete(loop, loop.create_datagram_endpoint(Recorder, **options))[1]


def refuse(loop, kind, **options):
    return refuses_awaited(loop, kind, loop.create_datagram_endpoint, Recorder, **options)


def letters(loop, sock, count):
    """So many datagrams that the mailbox received."""
    got = []

    def step():
        try:
            while True:
                got.append(sock.recv(2000))
        except BlockingIOError:
            return len(got) >= count

    until(loop, step, "%d datagrams" % count)
    return got


def own_address(recorder):
    return recorder.transport.get_extra_info("sockname")


def blocked(loop, place, count):
    """An endpoint that has sent so many datagrams to a mailbox that reads none, and the mailbox."""
    box = mailbox(place + "/mailbox")
    recorder = endpoint(loop, remote_addr=place + "/mailbox", family=socket.AF_UNIX)
    for i in range(count):
        recorder.transport.sendto(piece(i))
    assert recorder.transport.get_write_buffer_size() > 0
    return recorder, box


def piece(i):
    return bytes([i % 256]) * BLOCK


@agrees("datagrams.reuse-port")
def reuse_port(loop):
    first = endpoint(loop, local_addr=LOOPBACK, reuse_port=True)
    second = endpoint(loop, local_addr=own_address(first), reuse_port=True)
    assert own_address(first) == own_address(second)
    error = refuse(loop, OSError, local_addr=own_address(first))
    assert error.errno == errno.EADDRINUSE


@agrees("datagrams.by-path")
def by_path(loop):
    with folder() as place:
        box = mailbox(place + "/mailbox")
        recorder = endpoint(loop, local_addr=place + "/s", family=socket.AF_UNIX)
        box.sendto(b"question", place + "/s")
        until(loop, lambda: recorder.datagrams, "a datagram")
        assert recorder.datagrams == [(b"question", place + "/mailbox")]
        recorder.transport.sendto(b"answer", place + "/mailbox")
        assert letters(loop, box, 1) == [b"answer"]


@agrees("datagrams.stale-path")
def stale_path(loop):
    with folder() as place:
        mailbox(place + "/s").close()
        recorder = endpoint(loop, local_addr=place + "/s", family=socket.AF_UNIX)
        mailbox(place + "/mailbox").sendto(b"hello", place + "/s")
        until(loop, lambda: recorder.datagrams, "a datagram")


@agrees("datagrams.empty-sent")
def empty_sent(loop):
    box = mailbox()
    recorder = endpoint(loop, remote_addr=box.getsockname())
    recorder.transport.sendto(b"")
    recorder.transport.sendto(b"next")
    assert letters(loop, box, 2) == [b"", b"next"]


@agrees("datagrams.empty-not-sent")
def empty_not_sent(loop):
    box = mailbox()
    recorder = endpoint(loop, remote_addr=box.getsockname())
    recorder.transport.sendto(b"")
    recorder.transport.sendto(b"next")
    assert letters(loop, box, 1) == [b"next"]


@agrees("datagrams.to-connected-peer")
def to_connected_peer(loop):
    box = mailbox()
    recorder = endpoint(loop, remote_addr=box.getsockname())
    recorder.transport.sendto(b"to you", box.getsockname())
    assert letters(loop, box, 1) == [b"to you"]


@agrees("datagrams.to-another")
def to_another(loop):
    box, other = mailbox(), mailbox()
    recorder = endpoint(loop, remote_addr=box.getsockname())
    refuses(ValueError, recorder.transport.sendto, b"astray", other.getsockname())
    recorder.transport.sendto(b"to you")
    assert letters(loop, box, 1) == [b"to you"]
    assert letters(loop, other, 0) == []


@agrees("datagrams.pauses")
def pauses(loop):
    with folder() as place:
        recorder, box = blocked(loop, place, 150)
        until(loop, lambda: recorder.pauses, "pause_writing")
        iterations(loop, 5)
        assert recorder.resumes == 0
        assert len(letters(loop, box, 150)) == 150
        until(loop, lambda: recorder.resumes, "resume_writing")
        iterations(loop, 5)
        assert (recorder.pauses, recorder.resumes) == (1, 1)


@agrees("datagrams.drains", every_selector=True)
def drains(loop):
    with folder() as place:
        recorder, box = blocked(loop, place, 50)
        assert letters(loop, box, 50) == [piece(i) for i in range(50)]
        iterations(loop, 5)
        assert recorder.transport.get_write_buffer_size() == 0


@agrees("datagrams.drains-each")
def drains_each(loop):
    with folder() as place:
        paths = place + "/one", place + "/other"
        boxes = [mailbox(path) for path in paths]
        recorder = endpoint(loop, family=socket.AF_UNIX)
        for _ in range(30):
            for path in paths:
                recorder.transport.sendto(path.encode() * 10, path)
        assert recorder.transport.get_write_buffer_size() > 0
        got = {path: [] for path in paths}
        while any(len(pieces) < 30 for pieces in got.values()):
            for path, box in zip(paths, boxes):
                if len(got[path]) < 30:
                    got[path] += letters(loop, box, 1)
        for path in paths:
            assert got[path] == [path.encode() * 10] * 30


@agrees("datagrams.waits-quietly", every_selector=True)
def waits_quietly(loop):
    with folder() as place:
        recorder, box = blocked(loop, place, 50)
        before = time.process_time()
        idle(loop, 0.2)
        assert time.process_time() - before < 0.1
        assert recorder.errors == []
        assert len(letters(loop, box, 50)) == 50


@agrees("datagrams.close-flushes")
def close_flushes(loop):
    with folder() as place:
        recorder, box = blocked(loop, place, 50)
        recorder.transport.close()
        iterations(loop, 5)
        assert not recorder.lost
        assert letters(loop, box, 50) == [piece(i) for i in range(50)]
        until(loop, lambda: recorder.lost, "connection_lost")
        assert recorder.reason is None


@agrees("datagrams.abort-drops")
def abort_drops(loop):
    with folder() as place:
        recorder, box = blocked(loop, place, 50)
        recorder.transport.abort()
        until(loop, lambda: recorder.lost, "connection_lost")
        assert recorder.reason is None
        idle(loop, 0.02)
        assert len(letters(loop, box, 0)) < 50


@agrees("datagrams.peer-goes")
def peer_goes(loop):
    with folder() as place:
        recorder, box = blocked(loop, place, 50)
        box.close()
        until(loop, lambda: recorder.errors, "error_received")
        assert isinstance(recorder.errors[0], ConnectionRefusedError)
        iterations(loop, 5)
        assert not recorder.lost


@agrees("datagrams.send-after-close")
def send_after_close(loop):
    box = mailbox()
    recorder = endpoint(loop, remote_addr=box.getsockname())
    recorder.transport.sendto(b"before")
    recorder.transport.close()
    recorder.transport.sendto(b"after")
    until(loop, lambda: recorder.lost, "connection_lost")
    recorder.transport.sendto(b"too late")
    idle(loop, 0.02)
    assert letters(loop, box, 1) == [b"before"]
    assert recorder.errors == []


@agrees("datagrams.stream-socket")
def stream_socket(loop):
    sock = socket.socket()
    sock.setblocking(False)
    refuse(loop, ValueError, sock=sock)


@agrees("datagrams.no-address")
def no_address(loop):
    refuse(loop, ValueError)


@agrees("datagrams.two-families")
def two_families(loop):
    refuse(loop, ValueError, local_addr=LOOPBACK, remote_addr=("::1", 9))


@agrees("datagrams.socket-and-address")
def socket_and_address(loop):
    refuse(loop, ValueError, sock=mailbox(), local_addr=LOOPBACK)


@agrees("datagrams.broadcast-refused")
def broadcast_refused(loop):
    refuse(loop, PermissionError, remote_addr=BROADCAST)


@agrees("datagrams.broadcast-allowed")
def broadcast_allowed(loop):
    box = mailbox()
    recorder = endpoint(loop, local_addr=LOOPBACK, remote_addr=BROADCAST, allow_broadcast=True)
    sock = recorder.transport.get_extra_info("socket")
    assert sock.getsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST)
    box.sendto(b"answer", own_address(recorder))
    until(loop, lambda: recorder.datagrams, "a datagram")
    assert recorder.datagrams == [(b"answer", box.getsockname())]
    refuses(ValueError, recorder.transport.sendto, b"astray", box.getsockname())


@agrees("datagrams.too-long-path")
def too_long_path(loop):
    with folder() as place:
        error = refuse(loop, OSError, local_addr=place + "/" + 200 * "x", family=socket.AF_UNIX)
        assert error.errno is None and "path too long" in str(error)
        assert os.listdir(place) == []


@agrees("datagrams.other-calls")
def other_calls(loop):
    recorder = endpoint(loop, local_addr=LOOPBACK)
    lacks(recorder.transport, "write", "write_eof", "get_returncode", "send_signal", "terminate",
          "kill")
