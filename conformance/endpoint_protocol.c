/* SPDX-License-Identifier: MIT
 *
 * The protocol that writes down what it is told. */
#include "endpoint_protocol.h"

#include <stdlib.h>
#include <string.h>

static _Thread_local int depth;

bool protocol_is_inside(void)
{
    return depth > 0;
}

void protocol_begin_callback(void)
{
    depth++;
}

void protocol_note(struct endpoint *e, char event, bool coalesce)
{
    size_t length = strlen(e->log);

    if (coalesce && length > 0 && e->log[length - 1] == event)
        return;
    if (length < sizeof e->log - 1)
        e->log[length] = event;
}

/* asyncio calls pause_writing and resume_writing from inside write(), and error_received from inside
 * sendto(), so they may come within. */
void protocol_enter(struct endpoint *e, const char *callback, bool within)
{
    struct check *c = e->check;

    EXPECT(c, !endpoints_are_silent(), "%s of %s was called after the loop was closed", callback,
           e->name);
    EXPECT(c, within || !e->calling, "%s of %s was called from inside the call that asked for it",
           callback, e->name);
    EXPECT(c, within || depth == 0, "%s of %s was called from inside another callback", callback,
           e->name);
    EXPECT(c, e->lost == 0, "%s of %s was called after connection_lost", callback, e->name);
    depth++;
}

static void enter_made(struct endpoint *e, const char *callback, bool within)
{
    protocol_enter(e, callback, within);
    EXPECT(e->check, e->made == 1, "%s of %s was called before connection_made", callback, e->name);
}

void protocol_leave(struct endpoint *e)
{
    depth--;
    if (e->loop == e->check->loop)
        check_notify(e->check);
}

static void connection_made(void *user, struct loop_transport *transport)
{
    struct endpoint *e = user;

    protocol_enter(e, "connection_made", false);
    EXPECT(e->check, e->made == 0, "connection_made of %s was called twice", e->name);
    EXPECT(e->check, transport != NULL, "connection_made of %s got no transport", e->name);
    e->made = 1;
    e->transport = transport;
    if (e->listener != NULL)
        e->listener->made++;
    protocol_note(e, 'M', false);
    if (e->on_made != NULL)
        e->on_made(e);
    protocol_leave(e);
}

static void connection_lost(void *user, loop_status why)
{
    struct endpoint *e = user;

    enter_made(e, "connection_lost", false);
    e->lost = 1;
    e->why = why;
    if (e->listener != NULL)
        e->listener->lost++;
    protocol_note(e, 'L', false);
    if (e->on_lost != NULL)
        e->on_lost(e);
    if (e->releases_when_lost)
        endpoint_release(e);
    protocol_leave(e);
}

static void append(struct check *c, unsigned char **data, size_t *bytes, size_t *capacity,
                   const void *more, size_t length)
{
    if (*bytes + length > *capacity) {
        *capacity = (*bytes + length) * 2;
        *data = endpoint_grown(c, *data, *capacity);
    }
    memcpy(*data + *bytes, more, length);
    *bytes += length;
}

static void data_received(void *user, const void *data, size_t length)
{
    struct endpoint *e = user;

    enter_made(e, "data_received", false);
    EXPECT(e->check, data != NULL && length > 0, "data_received of %s got nothing", e->name);
    EXPECT(e->check, e->eofs == 0, "data_received of %s was called after eof_received", e->name);
    if (e->forgets)
        e->bytes += length;
    else
        append(e->check, &e->data, &e->bytes, &e->capacity, data, length);
    protocol_note(e, 'd', true);
    if (e->on_data != NULL)
        e->on_data(e, data, length);
    protocol_leave(e);
}

static int eof_received(void *user)
{
    struct endpoint *e = user;

    enter_made(e, "eof_received", false);
    EXPECT(e->check, e->eofs == 0, "eof_received of %s was called twice", e->name);
    e->eofs = 1;
    protocol_note(e, 'e', false);
    if (e->on_eof != NULL)
        e->on_eof(e);
    protocol_leave(e);
    return e->keeps_open;
}

static void pause_writing(void *user)
{
    struct endpoint *e = user;

    enter_made(e, "pause_writing", true);
    EXPECT(e->check, e->pauses == e->resumes, "pause_writing of %s was called twice in a row",
           e->name);
    e->pauses++;
    protocol_note(e, 'p', false);
    if (e->on_pause != NULL)
        e->on_pause(e);
    protocol_leave(e);
}

static void resume_writing(void *user)
{
    struct endpoint *e = user;

    enter_made(e, "resume_writing", true);
    EXPECT(e->check, e->resumes < e->pauses, "resume_writing of %s was called without a pause",
           e->name);
    e->resumes++;
    protocol_note(e, 'r', false);
    if (e->on_resume != NULL)
        e->on_resume(e);
    protocol_leave(e);
}

static void datagram_received(void *user, const void *data, size_t length,
                              const struct loop_address *from)
{
    struct endpoint *e = user;
    size_t count = (size_t)e->datagrams;
    struct kept_datagram *kept;

    enter_made(e, "datagram_received", false);
    e->datagram =
        endpoint_grown(e->check, e->datagram, (count + 1) * sizeof(struct kept_datagram *));
    kept = e->datagram[count] = endpoint_grown(e->check, NULL, sizeof *kept);
    *kept = (struct kept_datagram){.data = endpoint_grown(e->check, NULL, length + 1),
                                   .length = length};
    if (length > 0)
        memcpy(kept->data, data, length);
    kept->data[length] = '\0';
    if (from != NULL)
        keep_address(&kept->from, from);
    e->datagrams++;
    protocol_note(e, 'g', false);
    if (e->on_datagram != NULL)
        e->on_datagram(e, kept);
    protocol_leave(e);
}

static void error_received(void *user, loop_status why)
{
    struct endpoint *e = user;

    enter_made(e, "error_received", true);
    EXPECT(e->check, why != LOOP_OK, "error_received of %s got OK", e->name);
    e->errors++;
    e->error = why;
    protocol_note(e, '!', false);
    if (e->on_error != NULL)
        e->on_error(e);
    protocol_leave(e);
}

static struct kept_pipe *pipe_of(struct endpoint *e, const char *callback, int child_fd)
{
    enter_made(e, callback, false);
    EXPECT(e->check, child_fd >= 0 && child_fd < 3, "%s of %s for descriptor %d", callback, e->name,
           child_fd);
    EXPECT(e->check, e->pipe[child_fd].losses == 0,
           "%s of %s for descriptor %d after its pipe_connection_lost", callback, e->name,
           child_fd);
    return &e->pipe[child_fd];
}

static void pipe_data_received(void *user, int child_fd, const void *data, size_t length)
{
    struct endpoint *e = user;
    struct kept_pipe *pipe = pipe_of(e, "pipe_data_received", child_fd);

    EXPECT(e->check, data != NULL && length > 0, "pipe_data_received of %s got nothing", e->name);
    append(e->check, &pipe->data, &pipe->bytes, &pipe->capacity, data, length);
    protocol_note(e, 'o', true);
    protocol_leave(e);
}

static void pipe_connection_lost(void *user, int child_fd, loop_status why)
{
    struct endpoint *e = user;
    struct kept_pipe *pipe = pipe_of(e, "pipe_connection_lost", child_fd);

    pipe->losses++;
    pipe->why = why;
    protocol_note(e, 'l', false);
    protocol_leave(e);
}

static void process_exited(void *user)
{
    struct endpoint *e = user;

    enter_made(e, "process_exited", false);
    EXPECT(e->check, e->exits == 0, "process_exited of %s was called twice", e->name);
    e->exits = 1;
    protocol_note(e, 'x', false);
    if (e->on_exit != NULL)
        e->on_exit(e);
    protocol_leave(e);
}

void protocol_fill(struct endpoint *e, struct loop_protocol *protocol)
{
    *protocol = (struct loop_protocol){
        .size = protocol->size,
        .user = e,
        .connection_made = connection_made,
        .connection_lost = connection_lost,
        .data_received = data_received,
        .eof_received = eof_received,
        .pause_writing = pause_writing,
        .resume_writing = resume_writing,
        .datagram_received = datagram_received,
        .error_received = error_received,
        .pipe_data_received = pipe_data_received,
        .pipe_connection_lost = pipe_connection_lost,
        .process_exited = process_exited,
    };
}
