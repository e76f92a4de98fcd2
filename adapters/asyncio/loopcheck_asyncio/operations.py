# SPDX-License-Identifier: MIT
"""Operations that complete later: each coroutine is a task, whose end is the completion."""

import asyncio
import contextlib
import os
import socket
import subprocess

import _loopcheck_bridge as bridge
from loopcheck_asyncio.addresses import (FAMILIES, datagram_address, family_of, host_and_port,
                                         path_of, unix_or_any)
from loopcheck_asyncio.transports import Protocol, Server, translated

STDIO = {bridge.STDIO_INHERIT: None, bridge.STDIO_PIPE: subprocess.PIPE,
         bridge.STDIO_NULL: subprocess.DEVNULL, bridge.STDIO_STDOUT: subprocess.STDOUT}


class Pipe:
    """A descriptor as connect_read_pipe and connect_write_pipe take it: a file that is closed at the
    latest when nobody has it any more. (open() itself refuses directories.)"""

    def __init__(self, fd):
        self._fd = fd

    def fileno(self):
        return self._fd

    def close(self):
        fd, self._fd = self._fd, -1
        with contextlib.suppress(OSError):  # it may never have been open
            os.close(fd)

    def detach(self):
        self._fd = -1

    def __del__(self):
        self.close()


class Operations:
    """Of a Loop. `who` is (factory, factory_arg, done, arg)."""

    def start(self, coroutine, ended):
        """Runs it as a task of the loop; the task is the operation's handle."""
        try:
            task = self.asyncio.create_task(coroutine)
        except BaseException:
            coroutine.close()
            raise
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        task.add_done_callback(ended)
        return task

    def _end_of(self, task):
        """(status, result)"""
        error = asyncio.CancelledError() if task.cancelled() else task.exception()
        return self.status_of(error), None if error else task.result()

    def _connect(self, who, begin, given=None):
        """`begin(factory)` is the coroutine; `given` is what belongs to the loop if it starts."""
        factory, factory_arg, done, arg = who

        def ended(task):
            status, result = self._end_of(task)
            if status != bridge.OK and given is not None:
                given.close()
            bridge.connected(done, arg, status, 0 if result is None else result[1].address)

        try:
            return self.start(begin(lambda: Protocol(self, factory, factory_arg)), ended)
        except BaseException:
            if given is not None:
                given.detach()
            raise

    def _serve(self, who, begin, given):
        factory, factory_arg, done, arg = who

        def ended(task):
            status, result = self._end_of(task)
            if status != bridge.OK and given is not None:
                given.close()
            bridge.serving(done, arg, status, None if result is None else Server(self, result))

        try:
            return self.start(begin(lambda: Protocol(self, factory, factory_arg)), ended)
        except BaseException:
            if given is not None:
                given.detach()
            raise

    @translated
    def create_connection(self, who, remote, local, fd):
        sock = _socket(fd)
        host, port = (None, None) if remote is None else host_and_port(remote)
        return self._connect(who, lambda factory: self.asyncio.create_connection(
            factory, host, port, family=family_of(remote), sock=sock,
            local_addr=None if local is None else host_and_port(local)), sock)

    @translated
    def create_unix_connection(self, who, remote, local, fd):
        sock = _socket(fd)
        path = None if remote is None else path_of(remote)
        # asyncio itself refuses this one, which it does not know.
        bound = {} if local is None else {"local_addr": path_of(local)}
        return self._connect(who, lambda factory: self.asyncio.create_unix_connection(
            factory, path, sock=sock, **bound), sock)

    @translated
    def create_server(self, who, local, fd, backlog, flags):
        sock = _socket(fd)
        host, port = (None, None) if local is None else host_and_port(local)
        return self._serve(who, lambda factory: self.asyncio.create_server(
            factory, host, port, family=family_of(local), sock=sock, backlog=backlog or 100,
            reuse_address=flags & bridge.REUSE_ADDRESS != 0 or None,
            reuse_port=flags & bridge.REUSE_PORT != 0 or None), sock)

    @translated
    def create_unix_server(self, who, local, fd, backlog, _):
        sock = _socket(fd)
        path = None if local is None else path_of(local)
        return self._serve(who, lambda factory: self.asyncio.create_unix_server(
            factory, path, sock=sock, backlog=backlog or 100), sock)

    @translated
    def create_datagram_endpoint(self, who, local, remote, fd, flags, family):
        sock = _socket(fd)
        given = local or remote
        # A pair says its family itself; asyncio takes a path only together with AF_UNIX.
        options = {"local_addr": datagram_address(local), "remote_addr": datagram_address(remote),
                   "family": FAMILIES[family] if given is None else unix_or_any(given),
                   "reuse_port": flags & bridge.REUSE_PORT != 0 or None,
                   "allow_broadcast": flags & bridge.ALLOW_BROADCAST != 0 or None}
        if sock is not None:
            options["sock"] = sock
        return self._connect(who, lambda factory: self.asyncio.create_datagram_endpoint(
            factory, **{name: value for name, value in options.items() if value}), sock)

    @translated
    def connect_read_pipe(self, who, fd):
        pipe = Pipe(fd)
        return self._connect(who, lambda factory: self.asyncio.connect_read_pipe(
            factory, pipe), pipe)

    @translated
    def connect_write_pipe(self, who, fd):
        pipe = Pipe(fd)
        return self._connect(who, lambda factory: self.asyncio.connect_write_pipe(
            factory, pipe), pipe)

    # ---- child processes

    @translated
    def subprocess_exec(self, who, argv, *rest):
        return self._connect(who, lambda factory: self.asyncio.subprocess_exec(
            factory, *argv, **_popen_options(*rest)))

    @translated
    def subprocess_shell(self, who, command, *rest):
        return self._connect(who, lambda factory: self.asyncio.subprocess_shell(
            factory, command, **_popen_options(*rest)))

    @translated
    def set_child_watcher(self, kind):
        name = {bridge.WATCHER_PIDFD: "PidfdChildWatcher",
                bridge.WATCHER_THREAD: "ThreadedChildWatcher",
                bridge.WATCHER_SIGCHLD: "SafeChildWatcher"}.get(kind)
        if name is None:  # for the default one, the next to ask makes it
            asyncio.set_child_watcher(None if kind == bridge.WATCHER_DEFAULT else kind)
            return bridge.OK
        if not hasattr(asyncio, name):
            return bridge.NOT_IMPLEMENTED
        watcher = getattr(asyncio, name)()
        watcher.attach_loop(self.asyncio)
        asyncio.set_child_watcher(watcher)
        return bridge.OK


def _socket(fd):
    """Takes the descriptor over: asyncio's own socket object, which closes it."""
    return None if fd == -1 else socket.socket(fileno=fd)


def _popen_options(env, cwd, stdin, stdout, stderr, flags):
    options = {name: fd if how == bridge.STDIO_FD else STDIO[how]
               for name, (how, fd) in (("stdin", stdin), ("stdout", stdout), ("stderr", stderr))}
    if env is not None:
        options["env"] = dict(entry.split(b"=", 1) for entry in env)
    if cwd:
        options["cwd"] = cwd
    if flags & bridge.START_NEW_SESSION:
        options["start_new_session"] = True
    return options
