/* SPDX-License-Identifier: MIT */
#include "datagrams.h"

#include <string.h>

struct loop_datagram_options datagram_options(const struct loop_address *local,
                                              const struct loop_address *remote)
{
    return (struct loop_datagram_options){.size = sizeof(struct loop_datagram_options),
                                          .local = local,
                                          .remote = remote,
                                          .sock = LOOP_NO_FD};
}

struct endpoint *datagram_open(struct check *c, const struct loop_datagram_options *options)
{
    struct endpoint *e = endpoint_new(c, "the endpoint");

    NEED_OK(c, "create_datagram_endpoint", endpoint_datagrams(e, options, false));
    RUN_UNTIL(c, endpoint_completed, e, "the completion of a datagram endpoint");
    NEED_OK(c, "create_datagram_endpoint", e->status);
    return e;
}

struct endpoint *datagram_bound(struct check *c, uint32_t family)
{
    struct loop_address local = peer_loopback(family, 0);
    struct loop_datagram_options options = datagram_options(&local, NULL);

    return datagram_open(c, &options);
}

struct endpoint *datagram_to(struct check *c, const struct loop_address *remote)
{
    struct loop_datagram_options options = datagram_options(NULL, remote);

    return datagram_open(c, &options);
}

loop_status datagram_outcome(struct check *c, const struct loop_datagram_options *options)
{
    struct endpoint *e = endpoint_new(c, "the endpoint");
    loop_status status = endpoint_datagrams(e, options, false);

    if (status == LOOP_OK && options->sock != LOOP_NO_FD)
        scene_forget(c, options->sock);
    else if (options->sock != LOOP_NO_FD)
        EXPECT(c, scene_is_open(c, options->sock), "the refused socket was closed");
    status = stream_outcome(e, status);
    if (status == LOOP_NOT_IMPLEMENTED)
        NEED_OK(c, "create_datagram_endpoint", status);
    RUN_ITERATIONS(c, 3);
    EXPECT_INT(c, "calls of connection_made", e->made, status == LOOP_OK);
    return status;
}

struct loop_address datagram_address(struct endpoint *e)
{
    struct check *c = e->check;
    struct kept_address *kept = check_alloc(c, sizeof *kept);

    EXPECT_STATUS(c, "transport_get_sockname",
                  c->ops->transport_get_sockname(e->transport, keep_address, kept), LOOP_OK);
    return kept->address;
}

loop_status datagram_try(struct endpoint *e, const void *data, size_t length,
                         const struct loop_address *to)
{
    loop_status status;

    e->calling = true;
    status = e->check->ops->transport_sendto(e->transport, data, length, to);
    e->calling = false;
    return status;
}

void datagram_send(struct endpoint *e, const void *data, size_t length,
                   const struct loop_address *to)
{
    EXPECT_STATUS(e->check, "transport_sendto", datagram_try(e, data, length, to), LOOP_OK);
}

void datagram_say(struct endpoint *e, const char *text, const struct loop_address *to)
{
    datagram_send(e, text, strlen(text), to);
}

void datagram_expect(struct endpoint *e, const char *file, int line, int index, const char *text)
{
    if (index >= e->datagrams)
        check_fail(e->check, file, line, "the datagram has arrived", "there are only %d datagrams",
                   e->datagrams);
    if (e->datagram[index]->length != strlen(text) ||
        memcmp(e->datagram[index]->data, text, strlen(text)) != 0)
        check_fail(e->check, file, line, "what is sent is what is received",
                   "%s received \"%.60s\" (%zu bytes), not \"%.60s\"", e->name,
                   (char *)e->datagram[index]->data, e->datagram[index]->length, text);
}

void datagram_expect_from(struct endpoint *e, int index, const struct loop_address *from)
{
    struct check *c = e->check;
    const struct loop_address *said = &e->datagram[index]->from.address;

    EXPECT_INT(c, "the family of the sender's address", said->family, from->family);
    if (from->family == LOOP_ADDRESS_UNIX) {
        EXPECT(c,
               said->path != NULL && said->path_length == from->path_length &&
                   memcmp(said->path, from->path, from->path_length) == 0,
               "the sender is \"%s\", not \"%s\"", e->datagram[index]->from.path, from->path);
        return;
    }
    EXPECT(c, said->host != NULL && strcmp(said->host, from->host) == 0,
           "the sender's host is %s, not %s", said->host != NULL ? said->host : "missing",
           from->host);
    EXPECT_INT(c, "the sender's port", said->port, from->port);
}
