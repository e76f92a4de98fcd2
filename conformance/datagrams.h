/* SPDX-License-Identifier: MIT
 *
 * What the checks of datagrams share: endpoints of the loop's, and mailboxes that owe it
 * nothing. */
#ifndef LOOPCHECK_DATAGRAMS_H
#define LOOPCHECK_DATAGRAMS_H

#include "streams.h"

struct loop_datagram_options datagram_options(const struct loop_address *local,
                                              const struct loop_address *remote);
/* An endpoint that is there; a refusal that a rule demands skips the check. */
struct endpoint *datagram_open(struct check *c, const struct loop_datagram_options *options);
struct endpoint *datagram_bound(struct check *c, uint32_t family);                /* to loopback */
struct endpoint *datagram_to(struct check *c, const struct loop_address *remote); /* connected */
/* What came of it, at the call or at the completion; a failure has made nothing. */
loop_status datagram_outcome(struct check *c, const struct loop_datagram_options *options);

/* Its own address, as the loop tells it. */
struct loop_address datagram_address(struct endpoint *e);
/* Sends; what sendto returns must be LOOP_OK, and nothing is called back before it returns. */
void datagram_send(struct endpoint *e, const void *data, size_t length,
                   const struct loop_address *to);
void datagram_say(struct endpoint *e, const char *text, const struct loop_address *to);
loop_status datagram_try(struct endpoint *e, const void *data, size_t length,
                         const struct loop_address *to);
/* That datagram `index` is this text. */
#define EXPECT_DATAGRAM(e, index, text) datagram_expect((e), __FILE__, __LINE__, (index), (text))
void datagram_expect(struct endpoint *e, const char *file, int line, int index, const char *text);
void datagram_expect_from(struct endpoint *e, int index, const struct loop_address *from);

/* A socket of the check's own; what it receives is kept while the loop runs. */
struct mailbox {
    struct check *check;
    loop_fd fd;
    struct loop_address address; /* bound to it */
    char host[64];
    bool resting, running;
    bool deaf;                     /* receives nothing for now */
    struct kept_datagram **letter; /* in the order of arrival */
    int letters, capacity;
    int target; /* of mailbox_received */
};

struct mailbox *mailbox_open(struct check *c, uint32_t family);
/* The same bound to a path; it goes with the check. */
struct mailbox *mailbox_at(struct check *c, const struct loop_address *path);
/* It receives from there only, from now on; what others send to it is refused by the system. */
void mailbox_connect(struct mailbox *m, const struct loop_address *to);
/* To the one that it is connected to if `to` is NULL. */
void mailbox_send(struct mailbox *m, const void *data, size_t length,
                  const struct loop_address *to);
bool mailbox_received(void *mailbox); /* a condition: `target` letters */
/* It looks for letters only when it is told to: a loop that is to be idle is not woken by it. */
void mailbox_rest(struct mailbox *m);
void mailbox_collect(struct mailbox *m);
void mailbox_wake(struct mailbox *m);
/* The most bytes that one datagram can have here. */
size_t mailbox_largest(struct mailbox *m);

#define AWAIT_LETTERS(m, count)                                                                    \
    ((m)->target = (count),                                                                        \
     RUN_UNTIL((m)->check, mailbox_received, (m), "all datagrams to arrive at the mailbox"))
#define EXPECT_LETTER(m, index, text) mailbox_expect((m), __FILE__, __LINE__, (index), (text))
void mailbox_expect(struct mailbox *m, const char *file, int line, int index, const char *text);

/* A broadcast address that the machine refuses to a socket without permission, or skips. */
struct loop_address datagram_broadcast(struct check *c);
bool datagram_broadcasts(struct check *c, loop_fd fd); /* SO_BROADCAST is set */

#endif
