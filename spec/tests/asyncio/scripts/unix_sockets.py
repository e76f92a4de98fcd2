# SPDX-License-Identifier: MIT
"""Stream connections and servers at paths."""

import os
import socket
import stat

from yardstick import Recorder, agrees, complete, folder, iterations, pair, refuses_awaited, until

PATH_ROOM = 108 if os.uname().sysname == "Linux" else 104


def is_socket(path):
    return stat.S_ISSOCK(os.stat(path).st_mode)


def listen(path):
    sock = socket.socket(socket.AF_UNIX)
    sock.bind(path)
    sock.listen(5)
    return sock


def expect_served(loop, path):
    accepted = []

    def factory():
        accepted.append(Recorder())
        return accepted[-1]

    server = complete(loop, loop.create_unix_server(factory, path))
    complete(loop, loop.create_unix_connection(Recorder, path))
    until(loop, lambda: accepted and accepted[0].made, "the accepted end")
    return server


def refuse_both(loop, kind, path=None, **options):
    refuses_awaited(loop, kind, loop.create_unix_connection, Recorder, path, **options)
    refuses_awaited(loop, kind, loop.create_unix_server, Recorder, path, **options)


@agrees("unix.stale-replaced")
def stale_replaced(loop):
    with folder() as place:
        path = place + "/s"
        listen(path).close()
        refuses_awaited(loop, ConnectionRefusedError, loop.create_unix_connection, Recorder, path)
        expect_served(loop, path)


@agrees("unix.live-replaced")
def live_replaced(loop):
    with folder() as place:
        path = place + "/s"
        elder = listen(path)
        elder.setblocking(False)
        before = os.stat(path).st_ino
        expect_served(loop, path)
        assert os.stat(path).st_ino != before
        try:
            elder.accept()
        except BlockingIOError:
            return
        raise AssertionError("the elder server was connected to")


@agrees("unix.missing-directory")
def missing_directory(loop):
    with folder() as place:
        refuses_awaited(loop, FileNotFoundError, loop.create_unix_server, Recorder,
                        place + "/missing/s")
        assert os.listdir(place) == []


@agrees("unix.one-byte-too-long")
def one_byte_too_long(loop):
    with folder() as place:
        path = (place + "/").ljust(PATH_ROOM, "x")
        refuse_both(loop, OSError, path)
        assert os.listdir(place) == []
        expect_served(loop, path[:-1])


@agrees("unix.file-stays")
def file_stays(loop):
    with folder() as place:
        expect_served(loop, place + "/s").close()
        iterations(loop, 3)
        assert is_socket(place + "/s")


@agrees("unix.file-goes")
def file_goes(loop):
    with folder() as place:
        expect_served(loop, place + "/s").close()
        iterations(loop, 3)
        assert os.listdir(place) == []


@agrees("unix.neither-path-nor-socket")
def neither_path_nor_socket(loop):
    refuse_both(loop, ValueError)


@agrees("unix.path-and-socket")
def path_and_socket(loop):
    with folder() as place:
        refuses_awaited(loop, ValueError, loop.create_unix_connection, Recorder, place + "/s",
                        sock=pair()[0])
        refuses_awaited(loop, ValueError, loop.create_unix_server, Recorder, place + "/s",
                        sock=listen(place + "/other"))
        assert os.listdir(place) == ["other"]


@agrees("unix.inet-socket")
def inet_socket(loop):
    refuse_both(loop, ValueError, sock=socket.socket())


@agrees("unix.datagram-socket")
def datagram_socket(loop):
    refuse_both(loop, ValueError, sock=socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM))
