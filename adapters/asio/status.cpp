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
