# SPDX-License-Identifier: MIT
"""What an exception means in the ABI."""

import asyncio
import socket

import _loopcheck_bridge as bridge

# Exceptions that asyncio also raises without a number.
BY_CLASS = [(BrokenPipeError, bridge.PIPE), (ConnectionResetError, bridge.CONNRESET),
            (ConnectionRefusedError, bridge.CONNREFUSED),
            (ConnectionAbortedError, bridge.CONNABORTED), (ProcessLookupError, bridge.SRCH),
            (FileExistsError, bridge.EXIST), (FileNotFoundError, bridge.NOENT),
            (PermissionError, bridge.ACCES), (TimeoutError, bridge.TIMEDOUT)]

# AttributeError: the object has no such method. IndexError: an empty Unix path. OverflowError: a
# number that C has no room for.
BY_MEANING = [(NotImplementedError, bridge.NOT_IMPLEMENTED), (MemoryError, bridge.NO_MEMORY),
              (ValueError, bridge.VALUE), (IndexError, bridge.VALUE),
              (OverflowError, bridge.VALUE), (AssertionError, bridge.VALUE),
              (TypeError, bridge.TYPE), (AttributeError, bridge.TYPE)]


class Refused(Exception):
    """A protocol factory of the user answered with a status."""

    def __init__(self, status):
        super().__init__("the protocol factory refused")
        self.status = status


def status_of(error):
    if error is None:
        return bridge.OK
    if isinstance(error, Refused):
        return error.status
    if isinstance(error, asyncio.CancelledError):
        return bridge.CANCELLED
    if isinstance(error, socket.gaierror):
        return bridge.NAME_NOT_RESOLVED
    if isinstance(error, OSError):
        return _status_of_os_error(error)
    for kind, status in BY_MEANING:
        if isinstance(error, kind):
            return status
    if isinstance(error, RuntimeError):
        return bridge.CLOSED if "loop is closed" in str(error) else bridge.RUNTIME
    return bridge.FAILED


def errno_of(error):
    """Its own number, or that of the error for which it stands."""
    while isinstance(error, OSError):
        if error.errno is not None:
            return error.errno
        error = error.__cause__
    return None


def _status_of_os_error(error):
    number = errno_of(error)
    if number is not None:
        return bridge.status_of_errno(number)
    if "path too long" in str(error):
        return bridge.NAMETOOLONG
    for kind, status in BY_CLASS:
        if isinstance(error, kind):
            return status
    return bridge.FAILED
