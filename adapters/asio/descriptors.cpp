/* SPDX-License-Identifier: MIT
 *
 * Readers and writers are async_wait of a posix::stream_descriptor. Asio watches a descriptor
 * once, so a reader and a writer share one; its cancel() ends the waits of both, and what is still
 * wanted is waited for again. A wait that has succeeded cannot be cancelled any more. */
#include "adapter.h"

enum side { READER, WRITER };

struct interest {
    loop_callback callback; /* nullptr: none */
    void *arg;
};

struct watcher {
    explicit watcher(asio::io_context &context) : descriptor(context)
    {
    }
    asio::posix::stream_descriptor descriptor;
    interest interests[2]{};
    bool waits[2]{};
};

static void wait(struct loop *loop, const std::shared_ptr<watcher> &w, side s)
{
    static const asio::posix::stream_descriptor::wait_type types[] = {
        asio::posix::stream_descriptor::wait_read, asio::posix::stream_descriptor::wait_write};
    interest asked = w->interests[s];

    if (asked.callback == nullptr || w->waits[s])
        return;
    w->waits[s] = true;
    w->descriptor.async_wait(types[s], [loop, w, s, asked](const error_code &error) {
        w->waits[s] = false;
        if (!error)
            asked.callback(asked.arg);
        if (!error || error == asio::error::operation_aborted)
            wait(loop, w, s);
        else
            report(loop, error);
    });
}

static loop_status add(struct loop *loop, loop_fd fd, side s, loop_callback callback, void *arg)
{
    if (loop->closed)
        return LOOP_CLOSED;
    return answer(loop, [=]() -> loop_status {
        auto &w = loop->watchers[static_cast<int>(fd)];
        if (w == nullptr) {
            error_code error;
            auto made = std::make_shared<watcher>(loop->context);
            made->descriptor.assign(static_cast<int>(fd), error);
            if (error) {
                loop->watchers.erase(static_cast<int>(fd));
                return status_of(loop, error);
            }
            w = made;
        }
        w->interests[s] = {callback, arg};
        if (w->waits[s])
            w->descriptor.cancel();
        wait(loop, w, s);
        return LOOP_OK;
    });
}

/* release(): the descriptor stays open. */
static void forget(watcher &w)
{
    w.interests[READER] = w.interests[WRITER] = {};
    w.descriptor.release();
}

static loop_status drop(struct loop *loop, loop_fd fd, side s)
{
    auto found = loop->watchers.find(static_cast<int>(fd));
    if (found == loop->watchers.end() || found->second->interests[s].callback == nullptr)
        return LOOP_NOT_FOUND;
    watcher &w = *found->second;
    w.interests[s] = {};
    if (w.interests[READER].callback != nullptr || w.interests[WRITER].callback != nullptr) {
        error_code ignored;
        w.descriptor.cancel(ignored);
        return LOOP_OK;
    }
    forget(w);
    loop->watchers.erase(found);
    return LOOP_OK;
}

loop_status asio_add_reader(struct loop *loop, loop_fd fd, loop_callback callback, void *arg)
{
    return add(loop, fd, READER, callback, arg);
}

loop_status asio_remove_reader(struct loop *loop, loop_fd fd)
{
    return drop(loop, fd, READER);
}

loop_status asio_add_writer(struct loop *loop, loop_fd fd, loop_callback callback, void *arg)
{
    return add(loop, fd, WRITER, callback, arg);
}

loop_status asio_remove_writer(struct loop *loop, loop_fd fd)
{
    return drop(loop, fd, WRITER);
}

void close_watchers(struct loop *loop)
{
    for (auto &entry : loop->watchers)
        forget(*entry.second);
    loop->watchers.clear();
}
