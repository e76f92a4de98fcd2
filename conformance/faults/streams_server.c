/* SPDX-License-Identifier: MIT
 *
 * Servers that listen, serve and close wrongly. */
#include "streams_wire.h"

static loop_status repeat_last(struct loop_server *server, size_t index,
                               void (*receive)(void *arg, const struct loop_address *address),
                               void *arg)
{
    (void)index;
    return wire_inner->server_get_sockname(server, 0, receive, arg);
}
WIRE_FAULT_OF(spoil_port, server_get_sockname, repeat_last, .serve = NULL)

static loop_status loopback_only(struct wire_operation *o, struct loop_server_options *options)
{
    (void)o;
    if (options->local.host != NULL && options->local.host[0] == '\0')
        options->local.host = "127.0.0.1";
    return LOOP_OK;
}
WIRE_FAULT(spoil_interfaces, .serve = loopback_only)

static void unname_in_use(struct wire_operation *o, loop_status status, struct loop_server *server)
{
    wire_serving(o, status == LOOP_ADDRINUSE ? LOOP_FAILED : status, server);
}
WIRE_FAULT(spoil_in_use, .serving = unname_in_use)

static loop_status linger(struct wire_operation *o, struct loop_server_options *options)
{
    (void)o;
    return options->local.port != 0 && wire_servers() > 0 ? LOOP_ADDRINUSE : LOOP_OK;
}
WIRE_FAULT(spoil_again, .serve = linger)

static void forget_fiftieth(struct wire *w, const void *data, size_t length)
{
    if (!w->accepted || w->number != 50)
        wire_data(w, data, length);
}
WIRE_FAULT(spoil_clients, .data = forget_fiftieth)

static void stop_at_reset(struct wire *w, loop_status why)
{
    if (w->accepted && why == LOOP_CONNRESET && w->received == 0)
        wire_inner->server_close(w->operation->server);
    wire_lost(w, why);
}
WIRE_FAULT(spoil_gone, .lost = stop_at_reset)

static void close_all(struct loop_server *server)
{
    for (struct wire *w = wire_first; w != NULL; w = w->next) {
        if (w->accepted && w->operation->server == server && w->transport != NULL)
            wire_inner->transport_close(w->transport);
    }
    wire_inner->server_close(server);
}
WIRE_FAULT_OF(spoil_server_close, server_close, close_all, .serve = NULL)

static loop_status wait_for_ever(struct loop_server *server, loop_callback done, void *arg)
{
    (void)server;
    (void)done;
    (void)arg;
    return LOOP_OK;
}
WIRE_FAULT_OF(spoil_wait_longer, server_wait_closed, wait_for_ever, .serve = NULL)

static loop_status wait_for_nothing(struct loop_server *server, loop_callback done, void *arg)
{
    return wire_inner->call_soon(wire_server(server)->loop, done, arg, NULL);
}
WIRE_FAULT_OF(spoil_wait_less, server_wait_closed, wait_for_nothing, .serve = NULL)

static loop_status forget_the_second(struct loop_server *server, loop_callback done, void *arg)
{
    static int asked;

    return ++asked == 2 ? LOOP_OK : wire_inner->server_wait_closed(server, done, arg);
}
WIRE_FAULT_OF(spoil_second, server_wait_closed, forget_the_second, .serve = NULL)

/* ---- shortage: looked for every few milliseconds */

static void (*at_shortage)(struct wire_operation *o);

static void look_for_shortage(void *arg)
{
    struct wire_operation *o = arg;

    if (!os_has_descriptors())
        at_shortage(o);
    else
        wire_inner->call_later(o->loop, INT64_C(5000000), look_for_shortage, o, NULL);
}

static void look_out(struct wire_operation *o, loop_status status, struct loop_server *server)
{
    wire_serving(o, status, server);
    if (status == LOOP_OK)
        wire_inner->call_later(o->loop, INT64_C(5000000), look_for_shortage, o, NULL);
}

static void give_up(struct wire_operation *o)
{
    wire_inner->server_close(o->server);
}

static void spin(void *arg)
{
    struct wire_operation *o = arg;

    wire_inner->call_soon(o->loop, spin, o, NULL);
}

static void begin_to_spin(struct wire_operation *o)
{
    spin(o);
}

static void spoil_shortage(struct loop_operations *spoilt, const struct loop_operations *inner)
{
    static const struct wire_hooks hooks = {.serving = look_out};

    at_shortage = give_up;
    wire_spoil(spoilt, inner, &hooks);
}

static void spoil_shortage_spin(struct loop_operations *spoilt, const struct loop_operations *inner)
{
    static const struct wire_hooks hooks = {.serving = look_out};

    at_shortage = begin_to_spin;
    wire_spoil(spoilt, inner, &hooks);
}

static loop_status run_if_room(struct loop *loop)
{
    return os_has_descriptors() ? wire_inner->run_forever(loop) : LOOP_MFILE;
}
WIRE_FAULT_OF(spoil_run, run_forever, run_if_room, .serve = NULL)

const struct fault streams_server_faults[] = {
    {
        .id = "streams.repeats-sockname",
        .summary = "A server has the same address at every index",
        .checks = {"streams.server-port"},
        .spoil = spoil_port,
    },
    {
        .id = "streams.loopback-only",
        .summary = "A server at an empty host is reached at loopback alone",
        .checks = {"streams.every-interface"},
        .spoil = spoil_interfaces,
    },
    {
        .id = "streams.in-use-unnamed",
        .summary = "A port in use completes with FAILED",
        .checks = {"streams.address-in-use"},
        .spoil = spoil_in_use,
    },
    {
        .id = "streams.port-lingers",
        .summary = "A port that a server had cannot be served again",
        .checks = {"streams.port-again"},
        .spoil = spoil_again,
    },
    {
        .id = "streams.forgets-fiftieth",
        .summary = "The fiftieth client of a server is not heard",
        .checks = {"streams.hundred-clients"},
        .spoil = spoil_clients,
    },
    {
        .id = "streams.reset-stops-server",
        .summary = "A client that resets before it said anything closes the server",
        .checks = {"streams.gone-before-accept"},
        .spoil = spoil_gone,
    },
    {
        .id = "streams.server-close-takes-all",
        .summary = "A closed server closes its connections too",
        .checks = {"streams.server-close"},
        .spoil = spoil_server_close,
    },
    {
        .id = "streams.waits-for-ever",
        .summary = "wait_closed of a closed server does not complete",
        .checks = {"streams.wait-closed-at-once"},
        .spoil = spoil_wait_longer,
    },
    {
        .id = "streams.does-not-wait",
        .summary = "wait_closed completes at once",
        .checks = {"streams.wait-closed-waits"},
        .asyncio = "3.13",
        .spoil = spoil_wait_less,
    },
    {
        .id = "streams.second-waits-for-ever",
        .summary = "The second who waits for a server's end never hears of it",
        .checks = {"streams.wait-closed-all"},
        .spoil = spoil_second,
    },
    {
        .id = "streams.shortage-stops-server",
        .summary = "A server without descriptors for its clients closes",
        .checks = {"streams.survives-shortage"},
        .spoil = spoil_shortage,
    },
    {
        .id = "streams.shortage-fails",
        .summary = "Without descriptors the loop does not run",
        .checks = {"descriptors.closed-in-shortage"},
        .spoil = spoil_run,
    },
    {
        .id = "streams.shortage-spins",
        .summary = "A server without descriptors for its clients spins",
        .checks = {"streams.survives-shortage"},
        .spoil = spoil_shortage_spin,
    },
    {.id = NULL},
};
