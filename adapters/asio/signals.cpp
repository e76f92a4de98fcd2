/* SPDX-License-Identifier: MIT
 *
 * A signal handler is a signal_set of one signal, waited for again and again. */
#include "adapter.h"

static void wait(struct loop *loop, const std::shared_ptr<asio::signal_set> &set, int signum,
                 loop_callback callback, void *arg)
{
    set->async_wait([=](const error_code &error, int) {
        if (error)
            return;
        callback(arg);
        auto now = loop->signals.find(signum);
        if (now != loop->signals.end() && now->second == set)
            wait(loop, set, signum, callback, arg);
    });
}

loop_status asio_add_signal_handler(struct loop *loop, int signum, loop_callback callback,
                                    void *arg)
{
    if (loop->closed)
        return LOOP_CLOSED;
    return answer(loop, [=]() -> loop_status {
        error_code error;
        auto set = std::make_shared<asio::signal_set>(loop->context);
        set->add(signum, error);
        if (error)
            return status_of(loop, error);
        asio_remove_signal_handler(loop, signum);
        loop->signals[signum] = set;
        wait(loop, set, signum, callback, arg);
        return LOOP_OK;
    });
}

/* Handlers hold the set longer than this: clear() gives the signal back, cancel() ends the wait. */
loop_status asio_remove_signal_handler(struct loop *loop, int signum)
{
    auto found = loop->signals.find(signum);
    if (found == loop->signals.end())
        return LOOP_NOT_FOUND;
    error_code error;
    found->second->clear(error);
    found->second->cancel();
    loop->signals.erase(found);
    return status_of(loop, error);
}
