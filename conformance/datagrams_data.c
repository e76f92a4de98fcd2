/* SPDX-License-Identifier: MIT
 *
 * One datagram, whole or not at all: order, boundaries, the largest and the empty one, errors. */
#include "datagrams.h"

#include <stdio.h>
#include <string.h>

enum { MANY = 200, AT_ONCE = 20 }; /* few at once, so that no buffer of the system overflows */

static void order(struct check *c)
{
    struct mailbox *m = mailbox_open(c, LOOP_ADDRESS_INET);
    struct endpoint *e = datagram_to(c, &m->address);
    char text[32];

    for (int i = 0; i < MANY; i++) {
        snprintf(text, sizeof text, "out %d", i);
        datagram_say(e, text, NULL);
        if (i % AT_ONCE == AT_ONCE - 1)
            AWAIT_LETTERS(m, i + 1);
    }
    for (int i = 0; i < MANY; i++) {
        snprintf(text, sizeof text, "in %d", i);
        mailbox_send(m, text, strlen(text), &m->letter[0]->from.address);
        if (i % AT_ONCE == AT_ONCE - 1)
            AWAIT_DATAGRAMS(e, (size_t)i + 1);
    }
    for (int i = 0; i < MANY; i++) {
        snprintf(text, sizeof text, "out %d", i);
        EXPECT_LETTER(m, i, text);
        snprintf(text, sizeof text, "in %d", i);
        EXPECT_DATAGRAM(e, i, text);
    }
    stream_finish(e);
}

static void boundaries(struct check *c)
{
    static const size_t sizes[] = {1, 2, 1000, 1, 9000, 3, 3, 1471, 1472, 1473};
    const size_t count = sizeof sizes / sizeof *sizes;
    struct mailbox *m = mailbox_open(c, LOOP_ADDRESS_INET);
    struct endpoint *e = datagram_to(c, &m->address);
    const unsigned char *bytes = pattern_new(c, 9000);

    for (size_t i = 0; i < count; i++)
        datagram_send(e, bytes, sizes[i], NULL);
    AWAIT_LETTERS(m, (int)count);
    for (size_t i = 0; i < count; i++)
        mailbox_send(m, bytes, sizes[i], &m->letter[0]->from.address);
    AWAIT_DATAGRAMS(e, count);
    for (size_t i = 0; i < count; i++) {
        EXPECT_INT(c, "bytes of a datagram that was sent", m->letter[i]->length, sizes[i]);
        EXPECT_INT(c, "bytes of a datagram that was received", e->datagram[i]->length, sizes[i]);
        EXPECT_INT(c, "right bytes of it",
                   pattern_mismatch(e->datagram[i]->data, e->datagram[i]->length), sizes[i]);
    }
    stream_finish(e);
}

static void largest(struct check *c)
{
    struct mailbox *m = mailbox_open(c, LOOP_ADDRESS_INET);
    struct endpoint *e = datagram_to(c, &m->address);
    size_t size = mailbox_largest(m);
    const unsigned char *bytes = pattern_new(c, size);

    datagram_send(e, bytes, size, NULL);
    AWAIT_LETTERS(m, 1);
    EXPECT_INT(c, "bytes that arrived", m->letter[0]->length, size);
    EXPECT_INT(c, "right bytes of them", pattern_mismatch(m->letter[0]->data, size), size);
    mailbox_send(m, bytes, size, &m->letter[0]->from.address);
    AWAIT_DATAGRAMS(e, 1);
    EXPECT_INT(c, "bytes received", e->datagram[0]->length, size);
    EXPECT_INT(c, "right bytes of them", pattern_mismatch(e->datagram[0]->data, size), size);
    stream_finish(e);
}

static bool erred(void *endpoint)
{
    return ((struct endpoint *)endpoint)->errors > 0;
}

static void oversized(struct check *c)
{
    struct mailbox *m = mailbox_open(c, LOOP_ADDRESS_INET);
    struct endpoint *e = datagram_to(c, &m->address);
    loop_status status = datagram_try(e, pattern_new(c, 65508), 65508, NULL);

    if (status == LOOP_OK) {
        RUN_UNTIL(c, erred, e, "error_received for a datagram that is too large");
        status = e->error;
    }
    EXPECT_STATUS(c, "sending a datagram that is too large", status, LOOP_MSGSIZE);
    datagram_say(e, "small", NULL);
    AWAIT_LETTERS(m, 1);
    EXPECT_LETTER(m, 0, "small");
    EXPECT(c, e->errors <= 1, "one datagram was reported %d times", e->errors);
    EXPECT_INT(c, "calls of connection_lost", e->lost, 0);
    stream_finish(e);
}

/* The OS refuses what is sent to a port whose socket is connected to somebody else. */
static void refused(struct check *c)
{
    struct mailbox *m = mailbox_open(c, LOOP_ADDRESS_INET);
    struct mailbox *other = mailbox_open(c, LOOP_ADDRESS_INET);
    struct endpoint *e = datagram_to(c, &m->address);
    struct loop_address own = datagram_address(e);

    mailbox_connect(m, &other->address);
    datagram_say(e, "to nobody", NULL);
    RUN_UNTIL(c, erred, e, "error_received for a datagram that was refused");
    EXPECT_STATUS(c, "error_received", e->error, LOOP_CONNREFUSED);
    EXPECT_INT(c, "calls of connection_lost", e->lost, 0);
    mailbox_connect(m, &own);
    datagram_say(e, "there again", NULL);
    AWAIT_LETTERS(m, 1);
    EXPECT_LETTER(m, 0, "there again");
    mailbox_send(m, "here", 4, NULL);
    AWAIT_DATAGRAMS(e, 1);
    EXPECT_DATAGRAM(e, 0, "here");
    stream_finish(e);
}

static void empty_received(struct check *c)
{
    struct mailbox *m = mailbox_open(c, LOOP_ADDRESS_INET);
    struct endpoint *e = datagram_bound(c, LOOP_ADDRESS_INET);
    struct loop_address own = datagram_address(e);

    mailbox_send(m, "", 0, &own);
    mailbox_send(m, "after", 5, &own);
    AWAIT_DATAGRAMS(e, 2);
    EXPECT_INT(c, "bytes of the empty datagram", e->datagram[0]->length, 0);
    datagram_expect_from(e, 0, &m->address);
    EXPECT_DATAGRAM(e, 1, "after");
    EXPECT_INT(c, "calls of connection_lost", e->lost, 0);
    stream_finish(e);
}

static void empty_sent(struct check *c)
{
    struct mailbox *m = mailbox_open(c, LOOP_ADDRESS_INET);
    struct endpoint *e = datagram_to(c, &m->address);

    datagram_send(e, "", 0, NULL);
    datagram_say(e, "after", NULL);
    AWAIT_LETTERS(m, 2);
    EXPECT_INT(c, "bytes of the empty datagram", m->letter[0]->length, 0);
    EXPECT_LETTER(m, 1, "after");
    stream_finish(e);
}

static void empty_not_sent(struct check *c)
{
    struct mailbox *m = mailbox_open(c, LOOP_ADDRESS_INET);
    struct endpoint *e = datagram_to(c, &m->address);

    datagram_send(e, "", 0, NULL);
    datagram_say(e, "after", NULL);
    AWAIT_LETTERS(m, 1);
    EXPECT_LETTER(m, 0, "after");
    stream_finish(e);
}

static void to_connected_peer(struct check *c)
{
    struct mailbox *m = mailbox_open(c, LOOP_ADDRESS_INET);
    struct endpoint *e = datagram_to(c, &m->address);

    datagram_say(e, "to you", &m->address);
    AWAIT_LETTERS(m, 1);
    EXPECT_LETTER(m, 0, "to you");
    stream_finish(e);
}

static void to_another(struct check *c)
{
    struct mailbox *m = mailbox_open(c, LOOP_ADDRESS_INET);
    struct mailbox *other = mailbox_open(c, LOOP_ADDRESS_INET);
    struct endpoint *e = datagram_to(c, &m->address);

    EXPECT_STATUS(c, "sendto of another address than the connected one",
                  datagram_try(e, "astray", 6, &other->address), LOOP_VALUE);
    datagram_say(e, "to you", NULL);
    AWAIT_LETTERS(m, 1);
    EXPECT_LETTER(m, 0, "to you");
    mailbox_rest(m);
    mailbox_rest(other);
    RUN_IDLE(c, MILLISECONDS(20));
    mailbox_collect(other);
    EXPECT_INT(c, "datagrams at the other address", other->letters, 0);
    stream_finish(e);
}

#define TALKS "create_datagram_endpoint", "transport_sendto", "transport_close", "call_later"

static const struct check_definition definitions[] = {
    {.id = "datagrams.order", .run = order, .rules = {"datagrams.order"}, .needs = {TALKS}},
    {.id = "datagrams.boundaries",
     .run = boundaries,
     .rules = {"datagrams.boundaries"},
     .needs = {TALKS}},
    {.id = "datagrams.largest", .run = largest, .rules = {"datagrams.largest"}, .needs = {TALKS}},
    {.id = "datagrams.oversized",
     .run = oversized,
     .rules = {"datagrams.oversized"},
     .needs = {TALKS}},
    {.id = "datagrams.refused",
     .run = refused,
     .rules = {"datagrams.refused"},
     .needs = {TALKS, "transport_get_sockname"}},
    {.id = "datagrams.empty-received",
     .run = empty_received,
     .rules = {"datagrams.empty-received"},
     .needs = {"create_datagram_endpoint", "transport_get_sockname", "transport_close",
               "call_later"}},
    {.id = "datagrams.empty-sent",
     .run = empty_sent,
     .rules = {"datagrams.empty-sent"},
     .needs = {TALKS}},
    {.id = "datagrams.empty-not-sent",
     .run = empty_not_sent,
     .rules = {"datagrams.empty-not-sent"},
     .needs = {TALKS}},
    {.id = "datagrams.to-connected-peer",
     .run = to_connected_peer,
     .rules = {"datagrams.to-connected-peer"},
     .needs = {TALKS}},
    {.id = "datagrams.to-another",
     .run = to_another,
     .rules = {"datagrams.to-another"},
     .needs = {TALKS}},
};

CHECK_AREA_PART(datagrams, data, definitions);
