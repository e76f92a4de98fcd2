/* SPDX-License-Identifier: MIT */
#include "operations.h"

#include <string.h>

struct named_operation {
    const char *name;
    size_t offset;
};

#define NAMED(operation)                                                                           \
    {                                                                                              \
#operation, offsetof(struct loop_operations, operation)                                    \
    }

/* Every pointer of the table is a function pointer, and those have one size. */
typedef void (*any_operation)(void);

static const struct named_operation named[] = {
    NAMED(open),
    NAMED(close),
    NAMED(free),
    NAMED(run_forever),
    NAMED(stop),
    NAMED(is_running),
    NAMED(is_closed),
    NAMED(last_os_error),
    NAMED(set_exception_handler),
    NAMED(time),
    NAMED(clock_resolution),
    NAMED(call_soon),
    NAMED(call_soon_threadsafe),
    NAMED(call_later),
    NAMED(call_at),
    NAMED(handle_cancel),
    NAMED(handle_cancelled),
    NAMED(handle_when),
    NAMED(handle_release),
    NAMED(add_reader),
    NAMED(remove_reader),
    NAMED(add_writer),
    NAMED(remove_writer),
    NAMED(add_signal_handler),
    NAMED(remove_signal_handler),
    NAMED(create_connection),
    NAMED(create_server),
    NAMED(create_unix_connection),
    NAMED(create_unix_server),
    NAMED(create_datagram_endpoint),
    NAMED(connect_read_pipe),
    NAMED(connect_write_pipe),
    NAMED(subprocess_exec),
    NAMED(subprocess_shell),
    NAMED(set_child_watcher),
    NAMED(transport_write),
    NAMED(transport_write_eof),
    NAMED(transport_can_write_eof),
    NAMED(transport_close),
    NAMED(transport_abort),
    NAMED(transport_is_closing),
    NAMED(transport_pause_reading),
    NAMED(transport_resume_reading),
    NAMED(transport_set_write_buffer_limits),
    NAMED(transport_get_write_buffer_size),
    NAMED(transport_sendto),
    NAMED(transport_get_sockname),
    NAMED(transport_get_peername),
    NAMED(transport_get_fd),
    NAMED(transport_release),
    NAMED(transport_get_pid),
    NAMED(transport_get_returncode),
    NAMED(transport_get_pipe_transport),
    NAMED(transport_send_signal),
    NAMED(transport_terminate),
    NAMED(transport_kill),
    NAMED(server_close),
    NAMED(server_wait_closed),
    NAMED(server_is_serving),
    NAMED(server_get_sockname),
    NAMED(server_release),
};

static const struct named_operation *find(const char *name)
{
    for (size_t i = 0; i < sizeof named / sizeof *named; i++) {
        if (strcmp(named[i].name, name) == 0)
            return &named[i];
    }
    return NULL;
}

bool operations_known(const char *name)
{
    return find(name) != NULL;
}

bool operations_provide(const struct loop_operations *operations, const char *name)
{
    const struct named_operation *operation = find(name);
    any_operation pointer = NULL;
    if (operation == NULL || operations->size < operation->offset + sizeof pointer)
        return false;
    memcpy(&pointer, (const char *)operations + operation->offset, sizeof pointer);
    return pointer != NULL;
}

const char *operations_missing(const struct loop_operations *operations)
{
    static const char *const least[] = {"open",        "close", "free",
                                        "run_forever", "stop",  "call_soon"};
    for (size_t i = 0; i < sizeof least / sizeof *least; i++) {
        if (!operations_provide(operations, least[i]))
            return least[i];
    }
    return NULL;
}

struct loop_operations operations_whole(const struct loop_operations *operations)
{
    struct loop_operations whole;
    size_t known = operations->size < sizeof whole ? operations->size : sizeof whole;
    memset(&whole, 0, sizeof whole);
    memcpy(&whole, operations, known);
    whole.size = sizeof whole;
    return whole;
}
