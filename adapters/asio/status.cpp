/* SPDX-License-Identifier: MIT */
#include "adapter.h"
#include "loop_errno.h"

loop_status status_of(struct loop *loop, const error_code &error)
{
    if (!error)
        return LOOP_OK;
    loop->last_error = error;
    if (error.category() == asio::error::get_netdb_category() ||
        error.category() == asio::error::get_addrinfo_category())
        return LOOP_NAME_NOT_RESOLVED;
    if (error == asio::error::operation_aborted)
        return LOOP_CANCELLED;
    if (error.category() == asio::error::get_system_category())
        return loop_status_of_errno(error.value());
    return LOOP_FAILED;
}

loop_status asio_set_exception_handler(struct loop *loop, loop_exception_handler handler, void *arg)
{
    if (loop->closed)
        return LOOP_CLOSED;
    loop->handler = handler;
    loop->handler_arg = arg;
    return LOOP_OK;
}

void report(struct loop *loop, const error_code &error)
{
    std::string message = error.message();
    struct loop_exception_context context = {sizeof context, status_of(loop, error),
                                             message.c_str()};
    if (loop->handler != nullptr)
        loop->handler(loop->handler_arg, &context);
}
