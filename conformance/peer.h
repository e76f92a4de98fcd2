/* SPDX-License-Identifier: MIT
 *
 * The other side of a connection, by plain calls of the OS: what it does owes nothing to the loop
 * under test. Stream sockets over loopback, non-blocking; closed at the end of the check unless
 * scene_close or scene_reset did it before. */
#ifndef LOOPCHECK_PEER_H
#define LOOPCHECK_PEER_H

#include "check.h"
#include "scene.h"

/* LOOP_ADDRESS_INET or _INET6 on loopback; port 0 lets the system choose. */
struct loop_address peer_loopback(uint32_t family, uint32_t port);
/* Skips the check where there is no IPv6 on loopback. */
void peer_need_inet6(struct check *c);
/* Skips it where this IPv4 address is not the machine's. */
void peer_need_host(struct check *c, const char *host);

/* A socket that listens on loopback; its address in *address. */
loop_fd peer_listen(struct check *c, uint32_t family, int backlog, struct loop_address *address);
/* A port at which nobody listens: reserved until the end of the check. */
struct loop_address peer_refusing(struct check *c, uint32_t family);
/* Waits for a connection and accepts it. */
loop_fd peer_accept(struct check *c, loop_fd listener);
bool peer_can_accept(struct check *c, loop_fd listener); /* asks the OS, not the loop */

/* Connects to what listens, or fails the check. */
loop_fd peer_connect(struct check *c, const struct loop_address *to);
/* LOOP_OK if something listens there, else the status of the refusal; nothing stays open. */
loop_status peer_try(struct check *c, const struct loop_address *to);
/* Begins to connect, and does not say how it ends. */
loop_fd peer_connect_begin(struct check *c, const struct loop_address *to);

/* Connects to what listens until its backlog is full, so that a connection stays under way. Skips
 * the check if that cannot be had. */
void peer_fill_backlog(struct check *c, const struct loop_address *to);

/* Bounds the socket's buffers, which otherwise grow, to about this many bytes. */
void peer_bound_buffers(struct check *c, loop_fd fd, int bytes);
bool peer_no_delay(struct check *c, loop_fd fd);  /* TCP_NODELAY is set */
bool peer_inherited(struct check *c, loop_fd fd); /* would stay open over exec */

/* A pump: it sends and receives while the loop runs, by the loop's own timer every millisecond. */
struct peer {
    struct check *check;
    loop_fd fd;
    size_t per_tick; /* receives no more than this a tick; 0 is all there is, PEER_DEAF nothing */
    const unsigned char *sending; /* what is left to be sent */
    size_t unsent;
    bool ends; /* closes its writing side when all is sent */

    unsigned char *data; /* what was received */
    size_t bytes, capacity;
    bool ended;         /* the loop's side wrote an EOF */
    loop_status broken; /* CONNRESET or what else ended it badly */
    size_t target;      /* of peer_received */
    bool running;
};
#define PEER_DEAF SIZE_MAX

struct peer *peer_start(struct check *c, loop_fd fd);
void peer_stop(struct peer *p);
void peer_send(struct peer *p, const void *data, size_t length); /* not copied: it lives on */

bool peer_received(void *peer); /* conditions: `target` bytes */
bool peer_ended(void *peer);    /* an EOF or worse */
bool peer_sent(void *peer);     /* all that it was given */

/* A thread that sends as fast as it can, until the connection breaks or peer_flood_end. */
struct peer_flood;
struct peer_flood *peer_flood(struct check *c, loop_fd fd);
void peer_flood_end(struct peer_flood *flood);

/* Takes every descriptor that this process may still open, and gives them back. On Windows, which
 * sets no limit, it is sockets that cannot be had. */
struct peer_shortage;
struct peer_shortage *peer_exhaust_descriptors(struct check *c);
/* Gives so many back, the lowest first; not on Windows. */
void peer_spare_descriptors(struct peer_shortage *shortage, int count);
void peer_end_shortage(struct peer_shortage *shortage);

/* From here on getaddrinfo, whoever calls it, does not return before peer_let_resolve: a resolver
 * whose server does not answer. Let go at the end of the check, too. */
void peer_hold_resolver(struct check *c);
void peer_let_resolve(void);
bool peer_is_resolving(void); /* somebody waits */

/* That the peer received exactly `length` bytes, the pattern of endpoint.h from its beginning. */
#define PEER_EXPECT_PATTERN(p, length) peer_expect_pattern((p), __FILE__, __LINE__, (length))
void peer_expect_pattern(struct peer *p, const char *file, int line, size_t length);
#define PEER_EXPECT_TEXT(p, text) peer_expect_text((p), __FILE__, __LINE__, (text))
void peer_expect_text(struct peer *p, const char *file, int line, const char *text);

#define PEER_RECEIVE(p, count)                                                                     \
    ((p)->target = (count),                                                                        \
     RUN_UNTIL((p)->check, peer_received, (p), "all bytes to arrive at the peer"))

#endif
