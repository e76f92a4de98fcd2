/* SPDX-License-Identifier: MIT
 *
 * What the checks of pipes share. */
#ifndef LOOPCHECK_PIPES_H
#define LOOPCHECK_PIPES_H

#include "endpoint.h"
#include "scene.h"

/* Connects `fd`, of a scene, and waits for the completion with LOOP_OK; a refusal that a rule
 * demands skips the check. The descriptor is the transport's then. */
struct endpoint *pipes_reader(struct check *c, loop_fd fd);
struct endpoint *pipes_writer(struct check *c, loop_fd fd);
/* The same without a wish for the outcome: in *at_call whether the call itself failed, in which
 * case the descriptor is still the scene's. */
struct endpoint *pipes_try(struct check *c, pipe_operation connect, const char *operation,
                           loop_fd fd, bool *at_call, loop_status *status);

void pipes_write(struct endpoint *e, const void *data, size_t length);
void pipes_await_loss(struct endpoint *e, loop_status why);

/* Takes the reading end of a pipe from now on, at most `per_tick` bytes a millisecond (0: all), and
 * keeps it all. */
struct tap {
    struct check *check;
    loop_fd fd;
    size_t per_tick;
    unsigned char *data;
    size_t bytes, capacity, target;
    bool ended;
};
struct tap *pipes_tap(struct check *c, loop_fd fd, size_t per_tick);
bool tap_reached(void *tap); /* conditions: `target` bytes, the end */
bool tap_ended(void *tap);

/* Writes all of it to the other end, by and by, and closes that then. Not copied. */
void pipes_pour(struct check *c, loop_fd fd, const unsigned char *data, size_t length);

/* Writing to a pipe that nobody reads does not kill us until the end of the check. */
void pipes_ignore_signal(struct check *c);

#endif
