# SPDX-License-Identifier: MIT
"""Timers and their handles."""

import random
import time

from yardstick import agrees, iterations, until, work


@agrees("timers.from-the-call")
def from_the_call(loop):
    times = []

    def arm():
        work(0.06)
        times.append(time.monotonic())
        loop.call_later(0.03, lambda: times.append(time.monotonic()))

    loop.call_soon(arm)
    until(loop, lambda: len(times) == 2, "the timer")
    assert times[1] - times[0] >= 0.03 - time.get_clock_info("monotonic").resolution


@agrees("timers.exact-order", every_selector=True)
def exact_order(loop):
    order = []
    start = loop.time() + 0.01
    places = list(range(20))
    random.shuffle(places)
    for place in places:
        loop.call_at(start + place * 0.0001, order.append, place)
    work(0.02)
    until(loop, lambda: len(order) == 20, "twenty timers")
    assert order == sorted(order)


@agrees("timers.handle-when")
def handle_when(loop):
    called = []
    moment = loop.time() + 0.01
    handle = loop.call_at(moment, called.append, 1)
    before = loop.time()
    later = loop.call_later(0.5, print)
    assert before + 0.5 <= later.when() <= loop.time() + 0.5
    until(loop, lambda: called, "the timer")
    assert handle.when() == moment


@agrees("timers.zero-after-soon")
def zero_after_soon(loop):
    order = []

    def arm():
        loop.call_soon(order.append, "soon")
        loop.call_later(0, order.append, "timer")
        loop.call_later(-1, order.append, "timer")

    loop.call_soon(arm)
    until(loop, lambda: len(order) == 3, "all three callbacks")
    assert order[0] == "soon"


@agrees("timers.beyond-a-day", every_selector=True)
def beyond_a_day(loop):
    called = []
    handles = [loop.call_later(days * 86400, called.append, days) for days in (2, 400, 40000)]
    iterations(loop, 3)
    loop.call_later(0.01, loop.stop)
    loop.run_forever()
    assert not called and not any(handle.cancelled() for handle in handles)


@agrees("timers.handle-cancelled")
def handle_cancelled(loop):
    handle = loop.call_later(0.01, print)
    assert handle.cancelled() is False
    handle.cancel()
    assert handle.cancelled() is True
    called = []
    due = loop.call_later(0, called.append, 1)
    until(loop, lambda: called, "the timer")
    assert due.cancelled() is False


@agrees("timers.when-of-no-timer")
def when_of_no_timer(loop):
    handle = loop.call_soon(print)
    assert not hasattr(handle, "when")
    handle.cancel()
