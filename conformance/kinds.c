/* SPDX-License-Identifier: MIT */
#include "kinds.h"

static void expect_refused(struct check *c, const char *call, loop_status status)
{
    EXPECT(c, status == LOOP_TYPE || status == LOOP_NOT_IMPLEMENTED,
           "%s, which a transport of this kind does not have, came to %s", call,
           loop_status_name(status));
}

/* A child's calls; a library without children has none of them. */
static void expect_no_child(struct check *c, struct loop_transport *t)
{
    const struct loop_operations *ops = c->ops;
    int code = 0;

    if (ops->transport_get_returncode != NULL)
        expect_refused(c, "get_returncode", ops->transport_get_returncode(t, &code));
    if (ops->transport_send_signal != NULL)
        expect_refused(c, "send_signal", ops->transport_send_signal(t, 0));
    if (ops->transport_terminate != NULL)
        expect_refused(c, "terminate", ops->transport_terminate(t));
    if (ops->transport_kill != NULL)
        expect_refused(c, "kill", ops->transport_kill(t));
}

void kinds_expect_refused(struct check *c, struct loop_transport *t, unsigned has)
{
    const struct loop_operations *ops = c->ops;

    if (!(has & KIND_WRITES) && ops->transport_write != NULL)
        expect_refused(c, "write", ops->transport_write(t, "x", 1));
    if (!(has & KIND_ENDS) && ops->transport_write_eof != NULL)
        expect_refused(c, "write_eof", ops->transport_write_eof(t));
    if (!(has & KIND_SENDS) && ops->transport_sendto != NULL)
        expect_refused(c, "sendto", ops->transport_sendto(t, "x", 1, NULL));
    if (!(has & KIND_RUNS))
        expect_no_child(c, t);
}
