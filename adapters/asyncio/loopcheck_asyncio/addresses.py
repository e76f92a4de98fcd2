# SPDX-License-Identifier: MIT
"""The bridge's addresses, (family, host, port, scope, path), and Python's."""

import os
import socket

import _loopcheck_bridge as bridge

FAMILIES = {bridge.ADDRESS_ANY: socket.AF_UNSPEC, bridge.ADDRESS_INET: socket.AF_INET,
            bridge.ADDRESS_INET6: socket.AF_INET6, bridge.ADDRESS_UNIX: socket.AF_UNIX}


def family_of(address):
    return socket.AF_UNSPEC if address is None else FAMILIES[address[0]]


def unix_or_any(address):
    return socket.AF_UNIX if address[0] == bridge.ADDRESS_UNIX else socket.AF_UNSPEC


def host_and_port(address):
    """What create_connection and create_server take. They have no word for a scope but in the
    host's."""
    _, host, port, scope, _ = address
    return (host + "%%%d" % scope if scope and host else host), port


def path_of(address):
    path = address[4]
    return None if path is None else os.fsdecode(path)


def datagram_address(address):
    """What create_datagram_endpoint and sendto take: a pair, or a path."""
    if address is None:
        return None
    if address[0] == bridge.ADDRESS_UNIX:
        return path_of(address)
    host, port = host_and_port(address)
    if host is None:
        host = "::" if address[0] == bridge.ADDRESS_INET6 else "0.0.0.0"
    return host, port


def from_socket(family, name):
    """A name as getsockname, getpeername and recvfrom give it."""
    if family == socket.AF_UNIX or isinstance(name, (str, bytes)) or name is None:
        return bridge.ADDRESS_UNIX, None, 0, 0, os.fsencode(name or b"")
    host = name[0].partition("%")[0]
    if len(name) == 4:
        return bridge.ADDRESS_INET6, host, name[1], name[3], None
    return bridge.ADDRESS_INET, host, name[1], 0, None
