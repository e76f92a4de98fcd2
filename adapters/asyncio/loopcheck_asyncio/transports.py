# SPDX-License-Identifier: MIT
"""Protocols that pass on what they hear, and the transports that they were given."""

import asyncio
import functools
import gc
import socket

import _loopcheck_bridge as bridge
from loopcheck_asyncio.addresses import datagram_address, from_socket
from loopcheck_asyncio.statuses import Refused


def translated(method):
    """An exception becomes its status; the loop keeps its number for last_os_error."""

    @functools.wraps(method)
    def call(self, *arguments):
        try:
            return method(self, *arguments)
        except BaseException as error:
            return self.loop.status_of(error)

    return call


class Protocol(asyncio.Protocol, asyncio.DatagramProtocol, asyncio.SubprocessProtocol):
    """One of the user's protocols, made by his factory."""

    def __init__(self, loop, factory, arg):
        made = bridge.make_protocol(factory, arg)
        if isinstance(made, int):
            raise Refused(made)
        self._loop = loop
        self._user = made
        self.transport = None
        self.address = 0  # the transport's, for the completion, also when it was released

    def connection_made(self, transport):
        self.transport = Transport(self._loop, transport, self)
        self.address = id(self.transport)
        self._family = self.transport.family()
        bridge.connection_made(self._user, self.transport)

    def connection_lost(self, error):
        bridge.connection_lost(self._user, self._loop.status_of(error))

    def data_received(self, data):
        bridge.data_received(self._user, bytes(data))

    def eof_received(self):
        return bridge.eof_received(self._user)

    def pause_writing(self):
        bridge.pause_writing(self._user)

    def resume_writing(self):
        bridge.resume_writing(self._user)

    def datagram_received(self, data, address):
        family = self._family
        bridge.datagram_received(self._user, bytes(data), from_socket(family, address))

    def error_received(self, error):
        bridge.error_received(self._user, self._loop.status_of(error))

    def pipe_data_received(self, fd, data):
        bridge.pipe_data_received(self._user, fd, bytes(data))

    def pipe_connection_lost(self, fd, error):
        bridge.pipe_connection_lost(self._user, fd, self._loop.status_of(error))

    def process_exited(self):
        bridge.process_exited(self._user)


class Transport:
    """One of asyncio's transports; `self.asyncio` has the methods that its kind has."""

    def __init__(self, loop, transport, protocol=None):
        self.loop = loop
        self.asyncio = transport
        self._protocol = protocol
        self._pipes = {}

    def release(self):
        """The user has done with it: it is asyncio's alone. A loop that is closed closes none of its
        transports; what nobody has any more is closed when Python collects it, and here is when."""
        self._protocol.transport = None
        self._pipes.clear()
        if self.loop.is_closed():
            self.asyncio = None
            gc.collect()

    @translated
    def write(self, data):
        self.asyncio.write(data)

    @translated
    def write_eof(self):
        self.asyncio.write_eof()

    @translated
    def can_write_eof(self):
        return int(self.asyncio.can_write_eof())

    @translated
    def close(self):
        self.asyncio.close()

    @translated
    def abort(self):
        # A child's transport has no abort; its close is one.
        getattr(self.asyncio, "abort", self.asyncio.close)()

    @translated
    def is_closing(self):
        return int(self.asyncio.is_closing())

    @translated
    def pause_reading(self):
        self.asyncio.pause_reading()

    @translated
    def resume_reading(self):
        self.asyncio.resume_reading()

    @translated
    def set_write_buffer_limits(self, high, low):
        self.asyncio.set_write_buffer_limits(None if high == -1 else high,
                                             None if low == -1 else low)

    @translated
    def get_write_buffer_size(self):
        return self.asyncio.get_write_buffer_size()

    @translated
    def sendto(self, data, to):
        self.asyncio.sendto(data, datagram_address(to))

    def family(self):
        sock = self.asyncio.get_extra_info("socket")
        return socket.AF_UNSPEC if sock is None else sock.family

    @translated
    def get_sockname(self, receive, arg):
        return self._tell("sockname", receive, arg)

    @translated
    def get_peername(self, receive, arg):
        return self._tell("peername", receive, arg)

    def _tell(self, what, receive, arg):
        name = self.asyncio.get_extra_info(what)
        if name is None:
            return bridge.NOTSOCK if self.family() == socket.AF_UNSPEC else bridge.NOTCONN
        bridge.tell_address(receive, arg, from_socket(self.family(), name))
        return bridge.OK

    def get_fd(self):
        for what in ("socket", "pipe"):
            found = self.asyncio.get_extra_info(what)
            if found is not None:
                return found.fileno()
        return -1

    # ---- a child's

    def get_pid(self):
        return self.asyncio.get_pid()

    @translated
    def get_returncode(self):
        code = self.asyncio.get_returncode()
        return bridge.AGAIN if code is None else (code,)

    def get_pipe_transport(self, fd):
        pipe = self.asyncio.get_pipe_transport(fd)
        if pipe is None:
            return None
        if fd not in self._pipes or self._pipes[fd].asyncio is not pipe:
            self._pipes[fd] = Transport(self.loop, pipe)
        return self._pipes[fd]

    @translated
    def send_signal(self, signum):
        self.asyncio.send_signal(signum)

    @translated
    def terminate(self):
        self.asyncio.terminate()

    @translated
    def kill(self):
        self.asyncio.kill()


class Server:
    """One of asyncio's servers."""

    def __init__(self, loop, server):
        self.loop = loop
        self.asyncio = server

    @translated
    def close(self):
        self.asyncio.close()

    @translated
    def wait_closed(self, done, arg):
        self.loop.start(self.asyncio.wait_closed(), lambda task: bridge.call(done, arg))

    @translated
    def is_serving(self):
        return int(self.asyncio.is_serving())

    @translated
    def get_sockname(self, index, receive, arg):
        sockets = self.asyncio.sockets or ()
        if index >= len(sockets):
            return bridge.NOT_FOUND
        found = sockets[index]
        bridge.tell_address(receive, arg, from_socket(found.family, found.getsockname()))
        return bridge.OK
