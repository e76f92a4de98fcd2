# SPDX-License-Identifier: MIT
"""Running, stopping and closing; call_soon; the clock; other threads."""

import asyncio
import os
import signal
import socket
import threading

from yardstick import Recorder, agrees, folder, iterations, pair, refuses, until, work


@agrees("lifecycle.stop-finishes-iteration")
def stop_finishes_iteration(loop):
    called = []
    loop.call_soon(loop.stop)
    loop.call_soon(called.append, 1)
    loop.call_soon(called.append, 2)
    loop.run_forever()
    assert called == [1, 2]


@agrees("lifecycle.stop-defers-new")
def stop_defers_new(loop):
    called = []

    def leave():
        loop.stop()
        loop.call_soon(called.append, 1)

    loop.call_soon(leave)
    loop.run_forever()
    assert called == []
    iterations(loop, 1)
    assert called == [1]


@agrees("lifecycle.stop-before-run", every_selector=True)
def stop_before_run(loop):
    end, peer = pair()
    called = []
    loop.add_reader(end, called.append, "reader")
    peer.send(b"x")
    loop.call_soon(called.append, "soon")
    loop.call_soon(loop.call_soon, called.append, "nested")
    loop.call_later(3600, called.append, "timer")
    loop.stop()
    loop.run_forever()
    assert sorted(called) == ["reader", "soon"]


def refused_inside(loop, call):
    """What `call` raises in a callback of the loop."""
    seen = []
    loop.call_soon(lambda: seen.append(refuses(RuntimeError, call)))
    loop.call_soon(loop.stop)
    loop.run_forever()
    assert len(seen) == 1


@agrees("lifecycle.run-while-running")
def run_while_running(loop):
    refused_inside(loop, loop.run_forever)


@agrees("lifecycle.one-loop-a-thread")
def one_loop_a_thread(loop):
    other = asyncio.new_event_loop()
    other.call_soon(other.stop)
    refused_inside(loop, other.run_forever)
    other.close()


@agrees("lifecycle.close-while-running")
def close_while_running(loop):
    refused_inside(loop, loop.close)
    assert not loop.is_closed()


@agrees("lifecycle.closed-refuses")
def closed_refuses(loop):
    end, _peer = pair()
    loop.close()
    for call, args in (
            (loop.run_forever, ()), (loop.call_soon, (print,)),
            (loop.call_soon_threadsafe, (print,)), (loop.call_later, (1, print)),
            (loop.call_at, (loop.time() + 1, print)), (loop.add_reader, (end, print)),
            (loop.add_writer, (end, print)),
            (loop.add_signal_handler, (signal.SIGUSR1, print))):
        assert "closed" in str(refuses(RuntimeError, call, *args)), call
    with folder() as place:
        port, listener = listening(("127.0.0.1", 0)), listening(place + "/listener")
        for operation in operations(loop, port, listener, place + "/server"):
            assert "closed" in str(refuses(RuntimeError, operation.send, None)), operation


def listening(address):
    sock = socket.socket(socket.AF_UNIX if isinstance(address, str) else socket.AF_INET)
    sock.bind(address)
    sock.listen(1)
    return sock


def operations(loop, port, listener, path):
    """One of each that makes a transport."""
    reading, writing = os.pipe()
    return (
        loop.create_connection(Recorder, *port.getsockname()),
        loop.create_server(Recorder, "127.0.0.1", 0),
        loop.create_unix_connection(Recorder, listener.getsockname()),
        loop.create_unix_server(Recorder, path),
        loop.create_datagram_endpoint(Recorder, local_addr=("127.0.0.1", 0)),
        loop.connect_read_pipe(Recorder, os.fdopen(reading, "rb", 0)),
        loop.connect_write_pipe(Recorder, os.fdopen(writing, "wb", 0)),
        loop.subprocess_exec(Recorder, "/bin/sh", "-c", "exit"),
        loop.subprocess_shell(Recorder, "exit"),
    )


@agrees("lifecycle.closed-removes-nothing")
def closed_removes_nothing(loop):
    end, _peer = pair()
    loop.add_reader(end, print)
    loop.add_writer(end, print)
    loop.close()
    assert loop.remove_reader(end) is False
    assert loop.remove_writer(end) is False


@agrees("call_soon.next-iteration", every_selector=True)
def next_iteration(loop):
    end, peer = pair()
    order = []

    def second():
        order.append("second")
        loop.call_soon(order.append, "third")

    def first():
        peer.send(b"x")
        loop.call_later(0, order.append, "timer")
        loop.call_soon(second)

    loop.add_reader(end, lambda: order.append("reader") or loop.remove_reader(end))
    loop.call_soon(first)
    until(loop, lambda: len(order) == 4, "all four callbacks")
    assert order == ["second", "reader", "timer", "third"]


@agrees("call_soon.same-thread-order")
def same_thread_order(loop):
    order = []
    for i in range(0, 100, 2):
        loop.call_soon(order.append, i)
        loop.call_soon_threadsafe(order.append, i + 1)
    until(loop, lambda: len(order) == 100, "a hundred callbacks")
    assert order == list(range(100))


@agrees("clock.live")
def clock_live(loop):
    times = []

    def look():
        times.append(loop.time())
        work(0.03)
        times.append(loop.time())

    loop.call_soon(look)
    iterations(loop, 1)
    work(0.03)
    times.append(loop.time())
    assert times[1] - times[0] >= 0.029 and times[2] - times[1] >= 0.029


@agrees("clock.on-a-closed-loop")
def clock_on_a_closed_loop(loop):
    before = loop.time()
    loop.close()
    work(0.03)
    assert loop.time() - before >= 0.029


@agrees("threads.order")
def threads_order(loop):
    order = []

    def post():
        for i in range(1000):
            loop.call_soon_threadsafe(order.append, i)

    thread = threading.Thread(target=post)
    thread.start()
    until(loop, lambda: len(order) == 1000, "a thousand callbacks")
    thread.join()
    assert order == list(range(1000))
