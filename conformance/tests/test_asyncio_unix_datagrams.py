# SPDX-License-Identifier: MIT
"""asyncio itself does what the rules of unix and datagrams in scope asyncio say of it."""

import asyncio
import errno
import os
import socket
import sys

import pytest

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there are no Unix sockets")

SINCE_3_13 = sys.version_info >= (3, 13)


def run(scenario):
    loop = asyncio.new_event_loop()
    try:
        return loop.run_until_complete(asyncio.wait_for(scenario(loop), 20))
    finally:
        loop.close()


async def outcome(operation):
    try:
        result = await operation
    except OSError as error:
        return errno.errorcode.get(error.errno, "OSError")
    except ValueError:
        return "VALUE"
    return result


class Endpoint(asyncio.DatagramProtocol):
    def __init__(self):
        self.log = []
        self.received = []
        self.closes = False

    def connection_made(self, transport):
        self.log.append("M")
        self.transport = transport

    def connection_lost(self, why):
        self.log.append("L" if why is None else repr(why))

    def datagram_received(self, data, address):
        self.log.append("g")
        self.received.append(data)
        if self.closes:
            self.transport.close()

    def pause_writing(self):
        self.log.append("p")

    def resume_writing(self):
        self.log.append("r")


async def open_endpoint(loop, **how):
    return (await loop.create_datagram_endpoint(Endpoint, **how))[1]


def mailbox(family=socket.AF_INET, address=("127.0.0.1", 0)):
    box = socket.socket(family, socket.SOCK_DGRAM)
    box.bind(address)
    box.settimeout(10)
    return box


def leave_stale(path, kind):
    stale = socket.socket(socket.AF_UNIX, kind)
    stale.bind(path)
    stale.close()


async def collect(box, count):
    """What arrives at a Unix mailbox, while the loop runs."""
    box.setblocking(False)
    letters = []
    while len(letters) < count:
        try:
            letters.append(box.recv(4096))
        except BlockingIOError:
            await asyncio.sleep(0.001)
    await asyncio.sleep(0.01)
    return letters


@pytest.mark.parametrize("live", [False, True])
def test_socket_files_are_replaced(tmp_path, live):
    path = str(tmp_path / "s")

    async def scenario(loop):
        elder = socket.socket(socket.AF_UNIX)
        elder.bind(path)
        if live:
            elder.listen()
        else:
            elder.close()
        server = await loop.create_unix_server(asyncio.Protocol, path)
        server.close()
        elder.close()

    run(scenario)


def test_closed_server_and_its_file(tmp_path):
    path = str(tmp_path / "s")

    async def scenario(loop):
        (await loop.create_unix_server(asyncio.Protocol, path)).close()

    run(scenario)
    assert os.path.exists(path) is not SINCE_3_13


def test_missing_directory(tmp_path):
    path = str(tmp_path / "missing" / "s")
    assert run(lambda loop: outcome(loop.create_unix_server(asyncio.Protocol, path))) == "ENOENT"


def test_path_without_room_for_its_nul(tmp_path):
    path = (str(tmp_path) + "/" + "n" * 108)[:108]
    assert run(lambda loop: outcome(loop.create_unix_server(asyncio.Protocol, path))) == "OSError"
    assert run(
        lambda loop: outcome(loop.create_unix_connection(asyncio.Protocol, path))) == "OSError"
    assert os.listdir(tmp_path) == []


def test_unix_arguments(tmp_path):
    path = str(tmp_path / "s")
    with socket.socket() as tcp, socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as datagram, \
            socket.socket(socket.AF_UNIX) as stream:
        for how in ({}, {"path": path, "sock": stream}, {"sock": tcp}, {"sock": datagram}):
            for operation in ("create_unix_server", "create_unix_connection"):
                assert run(lambda loop, operation=operation, how=how: outcome(
                    getattr(loop, operation)(asyncio.Protocol, **how))) == "VALUE"


def test_datagram_arguments():
    with socket.socket() as tcp, mailbox() as ready:
        ready.setblocking(False)
        for how in ({"sock": tcp}, {}, {"sock": ready, "local_addr": ("127.0.0.1", 0)},
                    {"local_addr": ("127.0.0.1", 0), "remote_addr": ("::1", 9)}):
            assert run(lambda loop, how=how: outcome(
                loop.create_datagram_endpoint(Endpoint, **how))) == "VALUE"


def test_connected_endpoint_and_names():
    async def scenario(loop):
        box = mailbox()
        endpoint = await open_endpoint(loop, remote_addr=box.getsockname())
        endpoint.transport.sendto(b"")
        endpoint.transport.sendto(b"named", box.getsockname())
        assert box.recv(100) == (b"" if SINCE_3_13 else b"named")
        with pytest.raises(ValueError):
            endpoint.transport.sendto(b"astray", ("127.0.0.1", 9))
        endpoint.transport.close()
        endpoint.transport.sendto(b"late")
        endpoint.transport.close()
        endpoint.transport.abort()
        await asyncio.sleep(0.01)
        endpoint.transport.sendto(b"later")
        assert endpoint.log == ["M", "L"]
        box.close()

    run(scenario)


def test_broadcast():
    async def scenario(loop):
        to = ("127.255.255.255", 9)
        assert await outcome(loop.create_datagram_endpoint(Endpoint, remote_addr=to)) == "EACCES"
        endpoint = await open_endpoint(loop, local_addr=("127.0.0.1", 0), remote_addr=to,
                                       allow_broadcast=True)
        box = mailbox()
        box.sendto(b"answer", endpoint.transport.get_extra_info("sockname"))
        while not endpoint.received:
            await asyncio.sleep(0.001)
        with pytest.raises(ValueError):
            endpoint.transport.sendto(b"astray", box.getsockname())
        endpoint.transport.close()
        box.close()
        await asyncio.sleep(0.01)

    run(scenario)


def test_shared_port():
    async def scenario(loop):
        first = await open_endpoint(loop, local_addr=("127.0.0.1", 0), reuse_port=True)
        address = first.transport.get_extra_info("sockname")
        second = await open_endpoint(loop, local_addr=address, reuse_port=True)
        third = await outcome(loop.create_datagram_endpoint(Endpoint, local_addr=address))
        assert third == "EADDRINUSE"
        first.transport.close()
        second.transport.close()
        await asyncio.sleep(0.01)

    run(scenario)


@pytest.mark.skipif(sys.version_info < (3, 8), reason="3.7 did not replace it")
def test_stale_datagram_path(tmp_path):
    path = str(tmp_path / "s")

    async def scenario(loop):
        leave_stale(path, socket.SOCK_DGRAM)
        endpoint = await open_endpoint(loop, local_addr=path, family=socket.AF_UNIX)
        endpoint.transport.close()
        await asyncio.sleep(0.01)

    run(scenario)


def test_datagrams_that_wait(tmp_path):
    path = str(tmp_path / "s")

    async def scenario(loop):
        box = mailbox(socket.AF_UNIX, path)
        endpoint = await open_endpoint(loop, remote_addr=path, family=socket.AF_UNIX)
        for number in range(150):
            endpoint.transport.sendto(b"%03d" % number + b"x" * 997)
        assert endpoint.transport.get_write_buffer_size() > 0
        assert endpoint.log == ["M", "p"]
        letters = await collect(box, 150)
        assert [int(letter[:3]) for letter in letters] == list(range(150))
        assert endpoint.log == ["M", "p", "r"]
        if sys.version_info[:2] != (3, 13):  # which forgot eight bytes a datagram at first
            assert endpoint.transport.get_write_buffer_size() == 0
        for _ in range(50):
            endpoint.transport.sendto(b"y" * 1000)
        endpoint.transport.close()
        await asyncio.sleep(0.01)
        assert "L" not in endpoint.log
        assert len(await collect(box, 50)) == 50
        assert endpoint.log[-1] == "L"
        box.close()

    run(scenario)


def test_abort_drops_datagrams(tmp_path):
    path = str(tmp_path / "s")

    async def scenario(loop):
        box = mailbox(socket.AF_UNIX, path)
        endpoint = await open_endpoint(loop, remote_addr=path, family=socket.AF_UNIX)
        for _ in range(50):
            endpoint.transport.sendto(b"y" * 1000)
        endpoint.transport.abort()
        await asyncio.sleep(0.01)
        assert endpoint.log == ["M", "L"]
        box.close()

    run(scenario)
