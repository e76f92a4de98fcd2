/* SPDX-License-Identifier: MIT */
#include "pipes.h"

#include <stdlib.h>

struct endpoint *pipes_try(struct check *c, pipe_operation connect, const char *operation,
                           loop_fd fd, bool *at_call, loop_status *status)
{
    struct endpoint *e = endpoint_new(c, "the pipe");

    *status = endpoint_pipe(e, connect, fd, false);
    *at_call = *status != LOOP_OK;
    if (*status == LOOP_OK) {
        scene_forget(c, fd);
        RUN_UNTIL(c, endpoint_completed, e, "the completion of a pipe");
        *status = e->status;
    }
    if (*status == LOOP_NOT_IMPLEMENTED)
        NEED_OK(c, operation, *status);
    return e;
}

static struct endpoint *connect_now(struct check *c, pipe_operation connect, const char *operation,
                                    loop_fd fd)
{
    loop_status status;
    bool at_call;
    struct endpoint *e = pipes_try(c, connect, operation, fd, &at_call, &status);

    NEED_OK(c, operation, status);
    return e;
}

struct endpoint *pipes_reader(struct check *c, loop_fd fd)
{
    return connect_now(c, c->ops->connect_read_pipe, "connect_read_pipe", fd);
}

struct endpoint *pipes_writer(struct check *c, loop_fd fd)
{
    return connect_now(c, c->ops->connect_write_pipe, "connect_write_pipe", fd);
}

void pipes_write(struct endpoint *e, const void *data, size_t length)
{
    EXPECT_STATUS(e->check, "transport_write",
                  e->check->ops->transport_write(e->transport, data, length), LOOP_OK);
}

void pipes_await_loss(struct endpoint *e, loop_status why)
{
    RUN_UNTIL(e->check, endpoint_lost, e, "connection_lost of a pipe");
    EXPECT_STATUS(e->check, "connection_lost", e->why, why);
}

/* ---- the other end, by plain calls of the system */

static size_t read_once(struct tap *t, size_t most)
{
    const size_t piece = 65536;
    int64_t got;

    if (t->capacity - t->bytes < piece) {
        t->capacity = t->capacity * 2 + piece;
        t->data = realloc(t->data, t->capacity);
        EXPECT(t->check, t->data != NULL, "no memory for what came out of a pipe");
    }
    got = scene_read_now(t->fd, t->data + t->bytes, most < piece ? most : piece);
    if (got == 0)
        t->ended = true;
    if (got <= 0)
        return 0;
    t->bytes += (size_t)got;
    return (size_t)got;
}

static void tick(void *arg)
{
    struct tap *t = arg;
    struct check *c = t->check;
    size_t left = t->per_tick == 0 ? SIZE_MAX : t->per_tick, got;

    while (left > 0 && (got = read_once(t, left)) > 0)
        left -= got;
    if (!t->ended)
        NEED_OK(c, "call_later", c->ops->call_later(c->loop, MILLISECONDS(1), tick, t, NULL));
    check_notify(c);
}

static void free_data(void *arg)
{
    free(((struct tap *)arg)->data);
}

struct tap *pipes_tap(struct check *c, loop_fd fd, size_t per_tick)
{
    struct tap *t = check_alloc(c, sizeof *t);

    *t = (struct tap){.check = c, .fd = fd, .per_tick = per_tick};
    check_at_end(c, free_data, t);
    NEED_OK(c, "call_soon", c->ops->call_soon(c->loop, tick, t, NULL));
    return t;
}

bool tap_reached(void *tap)
{
    const struct tap *t = tap;

    return t->bytes >= t->target;
}

bool tap_ended(void *tap)
{
    return ((const struct tap *)tap)->ended;
}

struct poured {
    struct check *check;
    loop_fd fd;
    const unsigned char *data;
    size_t left;
};

static void pour(void *arg)
{
    struct poured *p = arg;
    struct check *c = p->check;
    int64_t sent;

    while (p->left > 0 && (sent = scene_write_now(p->fd, p->data, p->left)) > 0) {
        p->data += sent;
        p->left -= (size_t)sent;
    }
    if (p->left == 0)
        scene_close(c, p->fd);
    else
        NEED_OK(c, "call_later", c->ops->call_later(c->loop, MILLISECONDS(1), pour, p, NULL));
    check_notify(c);
}

void pipes_pour(struct check *c, loop_fd fd, const unsigned char *data, size_t length)
{
    struct poured *p = check_alloc(c, sizeof *p);

    *p = (struct poured){c, fd, data, length};
    NEED_OK(c, "call_soon", c->ops->call_soon(c->loop, pour, p, NULL));
}
