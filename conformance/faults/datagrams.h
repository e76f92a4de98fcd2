/* SPDX-License-Identifier: MIT
 *
 * What the faults of datagrams share: every endpoint's protocol, and what is sent, passes through a
 * record, so that a fault can look at it and change it. */
#ifndef LOOPCHECK_FAULTS_DATAGRAMS_H
#define LOOPCHECK_FAULTS_DATAGRAMS_H

#include "unix.h"

/* One endpoint, from its create_datagram_endpoint on. */
struct relay {
    struct loop *loop;
    loop_protocol_factory factory;
    void *factory_arg;
    loop_connected done;
    void *arg;
    struct loop_protocol user;        /* the check's own */
    struct loop_transport *transport; /* NULL before connection_made and after the release */
    loop_fd sock;
    uint32_t family, flags;
    bool local, remote; /* were given */
    bool closing, aborted, lost;
    int sent, received; /* datagrams */
    struct relay *next;
};

/* What a fault does in place of passing on; NULL passes on. */
struct relay_hooks {
    loop_status (*open)(struct relay *r, struct loop_datagram_options *options);
    void (*opened)(struct relay *r, loop_status status, struct loop_transport *transport);
    void (*made)(struct relay *r);
    void (*lost)(struct relay *r, loop_status why);
    void (*datagram)(struct relay *r, const void *data, size_t length,
                     const struct loop_address *from);
    void (*error)(struct relay *r, loop_status why);
    void (*flow)(struct relay *r, bool pause);
    loop_status (*send)(struct relay *r, const void *data, size_t length,
                        const struct loop_address *to);
    void (*close)(struct relay *r);
    void (*abort)(struct relay *r);
};

extern const struct loop_operations *relay_inner;

void relay_spoil(struct loop_operations *spoilt, const struct loop_operations *inner,
                 const struct relay_hooks *hooks);

/* Defines the function of that name for struct fault's `spoil`. */
#define RELAY_FAULT(name, ...)                                                                     \
    static void name(struct loop_operations *spoilt, const struct loop_operations *inner)          \
    {                                                                                              \
        static const struct relay_hooks hooks = {__VA_ARGS__};                                     \
        relay_spoil(spoilt, inner, &hooks);                                                        \
    }
#define RELAY_FAULT_OF(name, operation, function, ...)                                             \
    static void name(struct loop_operations *spoilt, const struct loop_operations *inner)          \
    {                                                                                              \
        static const struct relay_hooks hooks = {__VA_ARGS__};                                     \
        relay_spoil(spoilt, inner, &hooks);                                                        \
        spoilt->operation = function;                                                              \
    }

struct relay *relay_of(const struct loop_transport *transport);
int relay_count(void);    /* endpoints that were ever asked for */
int relay_received(void); /* datagrams of all of them */
size_t relay_buffered(const struct relay *r);

/* Passing on. */
void relay_opened(struct relay *r, loop_status status, struct loop_transport *transport);
void relay_made(struct relay *r);
void relay_lost(struct relay *r, loop_status why);
void relay_datagram(struct relay *r, const void *data, size_t length,
                    const struct loop_address *from);
void relay_error(struct relay *r, loop_status why);
loop_status relay_send(struct relay *r, const void *data, size_t length,
                       const struct loop_address *to);

#endif
