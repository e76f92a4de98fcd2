/* SPDX-License-Identifier: MIT
 *
 * call_soon and call_soon_threadsafe are both asio::post, call_later is a steady_timer. What Asio
 * has queued for invocation it cannot take back: a posted function never, a timer's handler not
 * once the timer has expired (basic_waitable_timer::cancel says so). It is called then. */
#include "adapter.h"

using clock_type = asio::steady_timer::clock_type;

namespace
{

struct timer_handle : loop_handle {
    explicit timer_handle(std::shared_ptr<asio::steady_timer> with) : timer(std::move(with))
    {
    }
    void cancel() override
    {
        timer->cancel();
    }
    loop_status when(int64_t *at) const override
    {
        using std::chrono::nanoseconds;
        *at = std::chrono::duration_cast<nanoseconds>(timer->expiry().time_since_epoch()).count();
        return LOOP_OK;
    }
    std::shared_ptr<asio::steady_timer> timer;
};

} // namespace

loop_status asio_call_soon(struct loop *loop, loop_callback callback, void *arg,
                           struct loop_handle **handle)
{
    if (loop->closed)
        return LOOP_CLOSED;
    return answer(loop, [=]() -> loop_status {
        std::unique_ptr<loop_handle> given(handle != nullptr ? new loop_handle : nullptr);
        asio::post(loop->context, [callback, arg] { callback(arg); });
        if (handle != nullptr)
            *handle = given.release();
        return LOOP_OK;
    });
}

static loop_status start(const std::shared_ptr<asio::steady_timer> &timer, loop_callback callback,
                         void *arg, struct loop_handle **handle)
{
    std::unique_ptr<loop_handle> given(handle != nullptr ? new timer_handle(timer) : nullptr);
    timer->async_wait([timer, callback, arg](const error_code &error) {
        if (!error)
            callback(arg);
    });
    if (handle != nullptr)
        *handle = given.release();
    return LOOP_OK;
}

loop_status asio_call_later(struct loop *loop, int64_t delay, loop_callback callback, void *arg,
                            struct loop_handle **handle)
{
    if (loop->closed)
        return LOOP_CLOSED;
    return answer(loop, [=]() -> loop_status {
        auto timer = std::make_shared<asio::steady_timer>(loop->context);
        timer->expires_after(std::chrono::nanoseconds(delay));
        return start(timer, callback, arg, handle);
    });
}

loop_status asio_call_at(struct loop *loop, int64_t when, loop_callback callback, void *arg,
                         struct loop_handle **handle)
{
    if (loop->closed)
        return LOOP_CLOSED;
    return answer(loop, [=]() -> loop_status {
        auto timer = std::make_shared<asio::steady_timer>(loop->context);
        timer->expires_at(clock_type::time_point(std::chrono::nanoseconds(when)));
        return start(timer, callback, arg, handle);
    });
}

void asio_handle_cancel(struct loop *, struct loop_handle *handle)
{
    handle->cancel();
}

loop_status asio_handle_when(struct loop *, struct loop_handle *handle, int64_t *when)
{
    return handle->when(when);
}

void asio_handle_release(struct loop *, struct loop_handle *handle)
{
    delete handle;
}
