/* SPDX-License-Identifier: MIT
 *
 * How datagram endpoints begin: bound, connected, both, neither; and whom they talk to. */
#include "datagrams.h"

#include <string.h>

#include "unix.h"

static void send_text(struct mailbox *m, const char *text, const struct loop_address *to)
{
    mailbox_send(m, text, strlen(text), to);
}

static void exchange(struct check *c, uint32_t family)
{
    struct mailbox *m = mailbox_open(c, family);
    struct endpoint *e = datagram_bound(c, family);
    struct loop_address own = datagram_address(e);

    send_text(m, "question", &own);
    AWAIT_DATAGRAMS(e, 1);
    EXPECT_DATAGRAM(e, 0, "question");
    datagram_expect_from(e, 0, &m->address);
    datagram_say(e, "answer", &e->datagram[0]->from.address);
    AWAIT_LETTERS(m, 1);
    EXPECT_LETTER(m, 0, "answer");
    EXPECT_INT(c, "the sender's port", m->letter[0]->from.address.port, own.port);
    EXPECT_LOG(e, "FMCg");
    stream_finish(e);
}

static void bound(struct check *c)
{
    exchange(c, LOOP_ADDRESS_INET);
}

static void inet6(struct check *c)
{
    peer_need_inet6(c);
    exchange(c, LOOP_ADDRESS_INET6);
}

static void connected(struct check *c)
{
    struct mailbox *m = mailbox_open(c, LOOP_ADDRESS_INET);
    struct endpoint *e = datagram_to(c, &m->address);

    datagram_say(e, "question", NULL);
    AWAIT_LETTERS(m, 1);
    EXPECT_LETTER(m, 0, "question");
    send_text(m, "answer", &m->letter[0]->from.address);
    AWAIT_DATAGRAMS(e, 1);
    EXPECT_DATAGRAM(e, 0, "answer");
    stream_finish(e);
}

static void bound_and_connected(struct check *c)
{
    struct mailbox *m = mailbox_open(c, LOOP_ADDRESS_INET);
    struct mailbox *stranger = mailbox_open(c, LOOP_ADDRESS_INET);
    struct loop_address local = peer_loopback(LOOP_ADDRESS_INET, 0);
    struct loop_datagram_options options = datagram_options(&local, &m->address);
    struct endpoint *e = datagram_open(c, &options);
    struct loop_address own = datagram_address(e);

    send_text(stranger, "not for you", &own);
    send_text(m, "for you", &own);
    AWAIT_DATAGRAMS(e, 1);
    EXPECT_DATAGRAM(e, 0, "for you");
    datagram_say(e, "thanks", NULL);
    AWAIT_LETTERS(m, 1);
    EXPECT_INT(c, "the sender's port", m->letter[0]->from.address.port, own.port);
    EXPECT_INT(c, "datagrams received", e->datagrams, 1);
    stream_finish(e);
}

static void names(struct check *c)
{
    struct mailbox *m = mailbox_open(c, LOOP_ADDRESS_INET);
    struct endpoint *e = datagram_to(c, &m->address), *alone = datagram_bound(c, LOOP_ADDRESS_INET);
    struct kept_address name = {.calls = 0};
    struct loop_address own = datagram_address(e);

    EXPECT_INT(c, "the family of its own address", own.family, LOOP_ADDRESS_INET);
    EXPECT(c, strcmp(own.host, "127.0.0.1") == 0, "its own host is %s", own.host);
    EXPECT(c, own.port > 0, "its own port is not known");
    EXPECT_STATUS(c, "transport_get_peername",
                  c->ops->transport_get_peername(e->transport, keep_address, &name), LOOP_OK);
    EXPECT_INT(c, "the peer's port", name.address.port, m->address.port);
    EXPECT_STATUS(c, "transport_get_peername of one that is not connected",
                  c->ops->transport_get_peername(alone->transport, keep_address, &name),
                  LOOP_NOTCONN);
}

static void unbound(struct check *c)
{
    struct mailbox *m = mailbox_open(c, LOOP_ADDRESS_INET);
    struct loop_datagram_options options = datagram_options(NULL, NULL);

    options.family = LOOP_ADDRESS_INET;
    struct endpoint *e = datagram_open(c, &options);
    datagram_say(e, "from anywhere", &m->address);
    AWAIT_LETTERS(m, 1);
    EXPECT_LETTER(m, 0, "from anywhere");
    send_text(m, "back", &m->letter[0]->from.address);
    AWAIT_DATAGRAMS(e, 1);
    EXPECT_DATAGRAM(e, 0, "back");
    stream_finish(e);
}

static void resolves(struct check *c)
{
    struct mailbox *m = mailbox_open(c, LOOP_ADDRESS_INET);
    struct loop_address to = m->address;

    to.host = "localhost";
    struct endpoint *e = datagram_to(c, &to);
    datagram_say(e, "by name", NULL);
    AWAIT_LETTERS(m, 1);
    EXPECT_LETTER(m, 0, "by name");
    stream_finish(e);
}

static void takes_over_socket(struct check *c)
{
    struct mailbox *m = mailbox_open(c, LOOP_ADDRESS_INET);
    struct loop_datagram_options options = datagram_options(NULL, NULL);
    struct endpoint *e = endpoint_new(c, "the endpoint");

    options.sock = scene_datagram_socket(c);
    NEED_OK(c, "create_datagram_endpoint", endpoint_datagrams(e, &options, false));
    scene_forget(c, options.sock);
    RUN_UNTIL(c, endpoint_completed, e, "the completion for a datagram socket");
    EXPECT_STATUS(c, "the completion", e->status, LOOP_OK);
    struct loop_address own = datagram_address(e);
    send_text(m, "hello", &own);
    AWAIT_DATAGRAMS(e, 1);
    EXPECT_DATAGRAM(e, 0, "hello");
    datagram_say(e, "back", &m->address);
    AWAIT_LETTERS(m, 1);
    EXPECT_LETTER(m, 0, "back");
    stream_finish(e);
}

static void reuse_port(struct check *c)
{
    struct endpoint *first, *second;
    struct loop_address local = peer_loopback(LOOP_ADDRESS_INET, 0);
    struct loop_datagram_options options = datagram_options(&local, NULL);

    options.flags = LOOP_REUSE_PORT;
    first = datagram_open(c, &options);
    local = datagram_address(first);
    second = datagram_open(c, &options);
    EXPECT_INT(c, "the second one's port", datagram_address(second).port, local.port);
    options.flags = 0;
    EXPECT_STATUS(c, "a third without the flag", datagram_outcome(c, &options), LOOP_ADDRINUSE);
}

static void port_in_use(struct check *c)
{
    struct mailbox *m = mailbox_open(c, LOOP_ADDRESS_INET);
    struct loop_datagram_options options = datagram_options(&m->address, NULL);

    EXPECT_STATUS(c, "binding to a port that is in use", datagram_outcome(c, &options),
                  LOOP_ADDRINUSE);
    mailbox_rest(m);
    RUN_IDLE(c, MILLISECONDS(20));
}

static void by_path(struct check *c)
{
    struct loop_address at = unix_path(c, "endpoint"), other = unix_path(c, "mailbox");
    struct mailbox *m = mailbox_at(c, &other);
    struct loop_datagram_options options = datagram_options(&at, NULL);
    struct endpoint *e = datagram_open(c, &options);

    send_text(m, "question", &at);
    AWAIT_DATAGRAMS(e, 1);
    EXPECT_DATAGRAM(e, 0, "question");
    datagram_expect_from(e, 0, &other);
    datagram_say(e, "answer", &e->datagram[0]->from.address);
    AWAIT_LETTERS(m, 1);
    EXPECT_LETTER(m, 0, "answer");
    stream_finish(e);
}

static void stale_path(struct check *c)
{
    struct loop_address at = unix_path(c, "endpoint"), other = unix_path(c, "mailbox");
    struct mailbox *m = mailbox_at(c, &other);
    struct loop_datagram_options options = datagram_options(&at, NULL);

    unix_leave_stale(c, &at, true);
    struct endpoint *e = datagram_open(c, &options);
    send_text(m, "hello", &at);
    AWAIT_DATAGRAMS(e, 1);
    EXPECT_DATAGRAM(e, 0, "hello");
    stream_finish(e);
}

#define TALKS "create_datagram_endpoint", "transport_sendto", "transport_close", "call_later"

static const struct check_definition definitions[] = {
    {.id = "datagrams.bound",
     .run = bound,
     .rules = {"datagrams.bound"},
     .needs = {TALKS, "transport_get_sockname"}},
    {.id = "datagrams.proactor",
     .run = bound,
     .rules = {"windows.proactor.datagrams"},
     .needs = {TALKS, "transport_get_sockname"}},
    {.id = "datagrams.inet6",
     .run = inet6,
     .rules = {"datagrams.inet6"},
     .needs = {TALKS, "transport_get_sockname"}},
    {.id = "datagrams.connected",
     .run = connected,
     .rules = {"datagrams.connected"},
     .needs = {TALKS}},
    {.id = "datagrams.bound-and-connected",
     .run = bound_and_connected,
     .rules = {"datagrams.bound-and-connected"},
     .needs = {TALKS, "transport_get_sockname"}},
    {.id = "datagrams.names",
     .run = names,
     .rules = {"datagrams.names"},
     .needs = {"create_datagram_endpoint", "transport_get_sockname", "transport_get_peername",
               "call_later"}},
    {.id = "datagrams.unbound", .run = unbound, .rules = {"datagrams.unbound"}, .needs = {TALKS}},
    {.id = "datagrams.resolves",
     .run = resolves,
     .rules = {"datagrams.resolves"},
     .needs = {TALKS},
     .flags = CHECK_POOL},
    {.id = "datagrams.takes-over-socket",
     .run = takes_over_socket,
     .rules = {"datagrams.takes-over-socket"},
     .needs = {TALKS, "transport_get_sockname"}},
    {.id = "datagrams.reuse-port",
     .run = reuse_port,
     .rules = {"datagrams.reuse-port"},
     .needs = {"create_datagram_endpoint", "transport_get_sockname"}},
    {.id = "datagrams.port-in-use",
     .run = port_in_use,
     .rules = {"datagrams.port-in-use"},
     .needs = {"create_datagram_endpoint", "call_later"}},
    {.id = "datagrams.by-path", .run = by_path, .rules = {"datagrams.by-path"}, .needs = {TALKS}},
    {.id = "datagrams.stale-path",
     .run = stale_path,
     .rules = {"datagrams.stale-path"},
     .needs = {"create_datagram_endpoint", "transport_close", "call_later"}},
};

CHECK_AREA(datagrams, definitions);
