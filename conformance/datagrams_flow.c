/* SPDX-License-Identifier: MIT
 *
 * Datagrams that must wait, the end of an endpoint, and who else gets a turn meanwhile. The system
 * queues few datagrams for a Unix socket and loses none, so there they wait in the transport. */
#include "datagrams.h"

#include <string.h>

#include "unix.h"

enum { PIECE = 1000 };

/* An endpoint whose peer receives nothing until it is told to. */
static struct endpoint *blocked(struct check *c, struct mailbox **m)
{
    struct loop_address at = unix_path(c, "mailbox");

    *m = mailbox_at(c, &at);
    (*m)->deaf = true;
    return datagram_to(c, &at);
}

/* Datagram i is the pattern from i on. pause_writing may come from inside. The bytes are the
 * caller's again afterwards, and are spoilt. */
static void push(struct endpoint *e, size_t count)
{
    struct check *c = e->check;
    unsigned char bytes[PIECE];

    for (size_t i = 0; i < count; i++) {
        pattern_fill(bytes, i, PIECE);
        EXPECT_STATUS(c, "transport_sendto",
                      c->ops->transport_sendto(e->transport, bytes, PIECE, NULL), LOOP_OK);
        memset(bytes, 'x', PIECE);
    }
}

static void expect_pushed(struct mailbox *m, int count)
{
    unsigned char bytes[PIECE];

    for (int i = 0; i < count; i++) {
        pattern_fill(bytes, (size_t)i, PIECE);
        EXPECT_INT(m->check, "bytes of a datagram", m->letter[i]->length, PIECE);
        EXPECT(m->check, memcmp(m->letter[i]->data, bytes, PIECE) == 0,
               "datagram %d is not the one that was sent in this place", i);
    }
}

static void pauses(struct check *c)
{
    struct mailbox *m;
    struct endpoint *e = blocked(c, &m);

    push(e, 150);
    RUN_UNTIL(c, endpoint_paused, e, "pause_writing with 150 kB to send");
    RUN_ITERATIONS(c, 5);
    EXPECT_INT(c, "calls of resume_writing while nothing is sent", e->resumes, 0);
    m->deaf = false;
    RUN_UNTIL(c, endpoint_resumed, e, "resume_writing when the peer receives");
    AWAIT_LETTERS(m, 150);
    RUN_ITERATIONS(c, 5);
    EXPECT_INT(c, "calls of pause_writing", e->pauses, 1);
    EXPECT_INT(c, "calls of resume_writing", e->resumes, 1);
    stream_finish(e);
}

static void drains(struct check *c)
{
    struct mailbox *m;
    struct endpoint *e = blocked(c, &m);

    EXPECT_INT(c, "bytes buffered at first", stream_buffered(e), 0);
    push(e, 50);
    EXPECT(c, stream_buffered(e) > 0, "50 datagrams were sent, and nothing is buffered");
    m->deaf = false;
    AWAIT_LETTERS(m, 50);
    RUN_ITERATIONS(c, 5);
    EXPECT_INT(c, "bytes buffered when all was sent", stream_buffered(e), 0);
    expect_pushed(m, 50);
    stream_finish(e);
}

/* To two in turn, neither of whom receives anything yet. */
static void drains_each(struct check *c)
{
    enum { EACH = 30 };
    struct loop_address at[] = {unix_path(c, "one"), unix_path(c, "other")};
    struct mailbox *m[] = {mailbox_at(c, &at[0]), mailbox_at(c, &at[1])};
    struct loop_datagram_options options = datagram_options(NULL, NULL);
    struct endpoint *e;

    options.family = LOOP_ADDRESS_UNIX;
    e = datagram_open(c, &options);
    m[0]->deaf = m[1]->deaf = true;
    for (int i = 0; i < 2 * EACH; i++) {
        char bytes[PIECE] = {(char)('a' + i % 2)};

        EXPECT_STATUS(c, "transport_sendto",
                      c->ops->transport_sendto(e->transport, bytes, PIECE, &at[i % 2]), LOOP_OK);
    }
    EXPECT(c, stream_buffered(e) > 0, "60 datagrams were sent, and nothing is buffered");
    m[0]->deaf = m[1]->deaf = false;
    for (int i = 0; i < 2 * EACH; i++) {
        AWAIT_LETTERS(m[i % 2], i / 2 + 1);
        EXPECT_INT(c, "the first byte of a datagram", m[i % 2]->letter[i / 2]->data[0],
                   'a' + i % 2);
    }
    stream_finish(e);
}

static void waits_quietly(struct check *c)
{
    struct mailbox *m;
    struct endpoint *e = blocked(c, &m);

    push(e, 50);
    mailbox_rest(m);
    RUN_IDLE(c, MILLISECONDS(100));
    EXPECT_INT(c, "errors of datagrams that must wait", e->errors, 0);
    m->deaf = false;
    mailbox_wake(m);
    AWAIT_LETTERS(m, 50);
    stream_finish(e);
}

static void close_flushes(struct check *c)
{
    struct mailbox *m;
    struct endpoint *e = blocked(c, &m);

    push(e, 50);
    stream_close(e);
    RUN_ITERATIONS(c, 5);
    EXPECT_INT(c, "calls of connection_lost while datagrams wait", e->lost, 0);
    m->deaf = false;
    AWAIT_LETTERS(m, 50);
    EXPECT_LOST(e, LOOP_OK);
    expect_pushed(m, 50);
}

static void abort_drops(struct check *c)
{
    struct mailbox *m;
    struct endpoint *e = blocked(c, &m);

    push(e, 50);
    EXPECT(c, stream_buffered(e) > 0, "50 datagrams were sent, and nothing is buffered");
    stream_abort(e);
    EXPECT_LOST(e, LOOP_OK);
    mailbox_rest(m);
    RUN_IDLE(c, MILLISECONDS(20));
    m->deaf = false;
    mailbox_collect(m);
    EXPECT(c, m->letters < 50, "an aborted endpoint sent all that was buffered");
}

static bool erred(void *arg)
{
    return ((const struct endpoint *)arg)->errors > 0;
}

/* Each may be told of by itself, or the first for all. */
static void peer_goes(struct check *c)
{
    struct mailbox *m;
    struct endpoint *e = blocked(c, &m);

    push(e, 50);
    EXPECT(c, stream_buffered(e) > 0, "50 datagrams were sent, and nothing is buffered");
    mailbox_rest(m);
    scene_close(c, m->fd);
    RUN_UNTIL(c, erred, e, "error_received when those that wait cannot be sent any more");
    RUN_ITERATIONS(c, 5);
    EXPECT_INT(c, "calls of connection_lost", e->lost, 0);
    stream_finish(e);
}

static void close_once(struct check *c)
{
    struct endpoint *e = datagram_bound(c, LOOP_ADDRESS_INET);

    stream_close(e);
    EXPECT(c, c->ops->transport_is_closing(e->transport), "a closed endpoint is not closing");
    stream_close(e);
    stream_abort(e);
    EXPECT_LOST(e, LOOP_OK);
    RUN_IDLE(c, MILLISECONDS(20));
    EXPECT_LOG(e, "FMCL");
}

static void send_after_close(struct check *c)
{
    struct mailbox *m = mailbox_open(c, LOOP_ADDRESS_INET);
    struct endpoint *e = datagram_to(c, &m->address);

    datagram_say(e, "before", NULL);
    stream_close(e);
    datagram_say(e, "after", NULL);
    EXPECT_LOST(e, LOOP_OK);
    datagram_say(e, "too late", NULL);
    AWAIT_LETTERS(m, 1);
    mailbox_rest(m);
    RUN_IDLE(c, MILLISECONDS(20));
    mailbox_collect(m);
    EXPECT_LETTER(m, 0, "before");
    EXPECT_INT(c, "datagrams that arrived", m->letters, 1);
    EXPECT_INT(c, "errors of datagrams sent too late", e->errors, 0);
}

static void closes(struct endpoint *e, const struct kept_datagram *datagram)
{
    (void)datagram;
    stream_close(e);
}

static void close_inside(struct check *c)
{
    struct mailbox *m = mailbox_open(c, LOOP_ADDRESS_INET);
    struct endpoint *e = datagram_bound(c, LOOP_ADDRESS_INET);
    struct loop_address own = datagram_address(e);

    e->on_datagram = closes;
    for (int i = 0; i < 10; i++)
        mailbox_send(m, "datagram", 8, &own);
    EXPECT_LOST(e, LOOP_OK);
    mailbox_rest(m);
    RUN_IDLE(c, MILLISECONDS(20));
    EXPECT_LOG(e, "FMCgL");
}

/* Two endpoints that answer each other for ever, with many datagrams on their way. */
static void answers(struct endpoint *e, const struct kept_datagram *datagram)
{
    bool *over = e->user;

    if (!*over)
        datagram_send(e, datagram->data, datagram->length, &datagram->from.address);
}

static void timers_in_turn(struct check *c)
{
    struct endpoint *a = datagram_bound(c, LOOP_ADDRESS_INET);
    struct endpoint *b = datagram_bound(c, LOOP_ADDRESS_INET);
    struct counter timer = {.check = c, .target = 1}, soon = {.check = c, .target = 1};
    struct loop_address to = datagram_address(b);
    bool over = false;

    a->on_datagram = b->on_datagram = answers;
    a->user = b->user = &over;
    for (int i = 0; i < 100; i++)
        datagram_say(a, "ball", &to);
    NEED_OK(c, "call_later",
            c->ops->call_later(c->loop, MILLISECONDS(50), counter_call, &timer, NULL));
    RUN_UNTIL(c, counter_reached, &timer, "a timer while datagrams come without end");
    NEED_OK(c, "call_soon", c->ops->call_soon(c->loop, counter_call, &soon, NULL));
    RUN_UNTIL(c, counter_reached, &soon, "a callback while datagrams come without end");
    AWAIT_DATAGRAMS(a, (size_t)a->datagrams + 100);
    over = true;
    stream_finish(a);
    stream_finish(b);
}

static void idle(struct check *c)
{
    struct mailbox *m = mailbox_open(c, LOOP_ADDRESS_INET);
    struct endpoint *e = datagram_to(c, &m->address);

    datagram_say(e, "then nothing", NULL);
    AWAIT_LETTERS(m, 1);
    mailbox_rest(m);
    RUN_IDLE(c, MILLISECONDS(100));
    EXPECT_LOG(e, "FMC");
    stream_finish(e);
}

static void refuse_once(struct check *c)
{
    struct endpoint *e = endpoint_new(c, "the endpoint");
    struct loop_address local = peer_loopback(LOOP_ADDRESS_INET, 0);
    struct loop_datagram_options options = datagram_options(&local, NULL);

    e->refuses = LOOP_NO_MEMORY;
    NEED_OK(c, "create_datagram_endpoint", endpoint_datagrams(e, &options, false));
    RUN_UNTIL(c, endpoint_completed, e, "the completion of an endpoint whose factory refuses");
    EXPECT_STATUS(c, "the completion", e->status, LOOP_NO_MEMORY);
    RUN_ITERATIONS(c, 5);
    EXPECT_INT(c, "calls of connection_made", e->made, 0);
}

/* With the first endpoint a loop may open what it needs for all of them. */
static void factory_refuses(struct check *c)
{
    refuse_once(c);
    int before = unix_descriptors();
    refuse_once(c);
    EXPECT_INT(c, "open descriptors after another refusal", unix_descriptors(), before);
}

static void descriptors_return(struct check *c)
{
    int before = 0;

    for (int i = 0; i <= 20; i++) {
        if (i == 1)
            before = unix_descriptors();
        stream_finish(datagram_bound(c, LOOP_ADDRESS_INET));
        RUN_ITERATIONS(c, 5);
    }
    EXPECT_INT(c, "open descriptors after 20 more endpoints", unix_descriptors(), before);
}

#define TALKS "create_datagram_endpoint", "transport_sendto", "transport_close", "call_later"

static const struct check_definition definitions[] = {
    {.id = "datagrams.pauses", .run = pauses, .rules = {"datagrams.pauses"}, .needs = {TALKS}},
    {.id = "datagrams.drains",
     .run = drains,
     .rules = {"datagrams.drains"},
     .needs = {TALKS, "transport_get_write_buffer_size"}},
    {.id = "datagrams.drains-each",
     .run = drains_each,
     .rules = {"datagrams.drains-each"},
     .needs = {"create_datagram_endpoint", "transport_sendto", "transport_get_write_buffer_size",
               "transport_close", "call_later"}},
    {.id = "datagrams.waits-quietly",
     .run = waits_quietly,
     .rules = {"datagrams.waits-quietly"},
     .needs = {TALKS}},
    {.id = "datagrams.close-flushes",
     .run = close_flushes,
     .rules = {"datagrams.close-flushes"},
     .needs = {TALKS}},
    {.id = "datagrams.abort-drops",
     .run = abort_drops,
     .rules = {"datagrams.abort-drops"},
     .needs = {"create_datagram_endpoint", "transport_sendto", "transport_abort", "call_later",
               "transport_get_write_buffer_size"}},
    {.id = "datagrams.peer-goes",
     .run = peer_goes,
     .rules = {"datagrams.peer-goes"},
     .needs = {"create_datagram_endpoint", "transport_sendto", "transport_get_write_buffer_size",
               "transport_close", "call_later"}},
    {.id = "datagrams.close-once",
     .run = close_once,
     .rules = {"datagrams.close-once"},
     .needs = {"create_datagram_endpoint", "transport_close", "transport_abort",
               "transport_is_closing", "call_later"}},
    {.id = "datagrams.send-after-close",
     .run = send_after_close,
     .rules = {"datagrams.send-after-close"},
     .needs = {TALKS}},
    {.id = "datagrams.close-inside",
     .run = close_inside,
     .rules = {"datagrams.close-inside"},
     .needs = {"create_datagram_endpoint", "transport_close", "transport_get_sockname",
               "call_later"}},
    {.id = "datagrams.timers-in-turn",
     .run = timers_in_turn,
     .rules = {"datagrams.timers-in-turn"},
     .needs = {TALKS, "transport_get_sockname"},
     .flags = CHECK_BUSY},
    {.id = "datagrams.idle", .run = idle, .rules = {"datagrams.idle"}, .needs = {TALKS}},
    {.id = "datagrams.factory-refuses",
     .run = factory_refuses,
     .rules = {"datagrams.factory-refuses"},
     .needs = {"create_datagram_endpoint"}},
    {.id = "datagrams.descriptors-return",
     .run = descriptors_return,
     .rules = {"datagrams.descriptors-return"},
     .needs = {"create_datagram_endpoint", "transport_close"}},
};

CHECK_AREA_PART(datagrams, flow, definitions);
