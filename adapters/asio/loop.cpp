/* SPDX-License-Identifier: MIT
 *
 * Boost.Asio joined to the ABI: an io_context's life, its clock, and the operations. What Asio has
 * no word for (is_closed, water marks, child processes) is not provided. */
#include "adapter.h"
#include "variants.h"

using clock_type = asio::steady_timer::clock_type;

static loop_status asio_open(const struct loop_variant *, const struct loop_open_options *,
                             struct loop **opened)
{
    try {
        *opened = new struct loop;
    } catch (const std::bad_alloc &) {
        return LOOP_NO_MEMORY;
    } catch (const boost::system::system_error &error) {
        return error.code() == asio::error::no_descriptors ? LOOP_MFILE : LOOP_FAILED;
    }
    return LOOP_OK;
}

static loop_status asio_close(struct loop *loop)
{
    if (loop->running)
        return LOOP_RUNTIME;
    if (loop->closed.exchange(true))
        return LOOP_OK;
    close_watchers(loop);
    while (!loop->signals.empty())
        asio_remove_signal_handler(loop, loop->signals.begin()->first);
    for (owner *each : loop->owners)
        each->shut();
    return LOOP_OK;
}

static void asio_free(struct loop *loop)
{
    delete loop;
}

/* After a stop() a context has to be told that it may run again. */
static loop_status asio_run_forever(struct loop *loop)
{
    if (loop->closed)
        return LOOP_CLOSED;
    if (loop->running)
        return LOOP_RUNTIME;
    loop->running = true;
    loop_status status = answer(loop, [=]() -> loop_status {
        loop->context.run();
        return LOOP_OK;
    });
    loop->context.restart();
    loop->running = false;
    return status;
}

static void asio_stop(struct loop *loop)
{
    loop->context.stop();
}

static int asio_is_running(struct loop *loop)
{
    return loop->context.get_executor().running_in_this_thread();
}

static int64_t asio_last_os_error(struct loop *loop)
{
    return loop->last_error.value();
}

static int64_t asio_time(struct loop *)
{
    using std::chrono::nanoseconds;
    auto now = clock_type::now().time_since_epoch();
    return std::chrono::duration_cast<nanoseconds>(now).count();
}

static int64_t asio_clock_resolution(struct loop *)
{
    using std::chrono::nanoseconds;
    return std::chrono::duration_cast<nanoseconds>(clock_type::duration(1)).count();
}

static struct loop_operations make_operations()
{
    struct loop_operations o = {};
    o.size = sizeof o;
    o.open = asio_open;
    o.close = asio_close;
    o.free = asio_free;
    o.run_forever = asio_run_forever;
    o.stop = asio_stop;
    o.is_running = asio_is_running;
    o.last_os_error = asio_last_os_error;
    o.set_exception_handler = asio_set_exception_handler;
    o.time = asio_time;
    o.clock_resolution = asio_clock_resolution;
    o.call_soon = asio_call_soon;
    o.call_soon_threadsafe = asio_call_soon;
    o.call_later = asio_call_later;
    o.call_at = asio_call_at;
    o.handle_cancel = asio_handle_cancel;
    o.handle_when = asio_handle_when;
    o.handle_release = asio_handle_release;
    o.add_reader = asio_add_reader;
    o.remove_reader = asio_remove_reader;
    o.add_writer = asio_add_writer;
    o.remove_writer = asio_remove_writer;
    o.add_signal_handler = asio_add_signal_handler;
    o.remove_signal_handler = asio_remove_signal_handler;
    o.create_connection = asio_create_connection;
    o.create_server = asio_create_server;
    o.create_unix_connection = asio_create_unix_connection;
    o.create_unix_server = asio_create_unix_server;
    o.create_datagram_endpoint = asio_create_datagram_endpoint;
    o.connect_read_pipe = asio_connect_read_pipe;
    o.connect_write_pipe = asio_connect_write_pipe;
    o.transport_write = asio_transport_write;
    o.transport_write_eof = asio_transport_write_eof;
    o.transport_can_write_eof = asio_transport_can_write_eof;
    o.transport_close = asio_transport_close;
    o.transport_abort = asio_transport_abort;
    o.transport_is_closing = asio_transport_is_closing;
    o.transport_pause_reading = asio_transport_pause_reading;
    o.transport_resume_reading = asio_transport_resume_reading;
    o.transport_get_write_buffer_size = asio_transport_get_write_buffer_size;
    o.transport_sendto = asio_transport_sendto;
    o.transport_get_sockname = asio_transport_get_sockname;
    o.transport_get_peername = asio_transport_get_peername;
    o.transport_get_fd = asio_transport_get_fd;
    o.transport_release = asio_transport_release;
    o.server_close = asio_server_close;
    o.server_is_serving = asio_server_is_serving;
    o.server_get_sockname = asio_server_get_sockname;
    o.server_release = asio_server_release;
    return o;
}

static const struct loop_operations operations = make_operations();

#if defined(BOOST_ASIO_HAS_EPOLL)
#define SELECTOR "epoll"
#define FLAGS    LOOP_VARIANT_DEFAULT
#else
#define SELECTOR "select"
#define FLAGS    0
#endif

static const struct loop_variant variant = {
    sizeof variant, FLAGS, "linux-" SELECTOR, "selector", SELECTOR, "linux", nullptr, &operations};

const struct loop_variant *ASIO_REACTOR(void)
{
    return &variant;
}
