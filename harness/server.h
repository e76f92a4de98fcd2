/* SPDX-License-Identifier: MIT
 *
 * What the two halves of process.h on a POSIX system say to each other. */
#ifndef LOOPCHECK_SERVER_H
#define LOOPCHECK_SERVER_H

#include "process.h"

/* Supervisor to server. */
enum order_kind { ORDER_RUN, ORDER_KILL };

struct order {
    int32_t kind;
    struct job job;
};

/* Server to supervisor: the first answer is the table or an error, all later ones are endings. */
enum answer_kind { ANSWER_LOADED, ANSWER_NOT_LOADED, ANSWER_ENDED };

struct answer {
    int32_t kind;
    char error[1024];
    struct ending ending;
};

struct server {
    const struct options *options;
    const struct loader *loader;
    int control;               /* orders come, answers go */
    struct record *record;     /* shared by supervisor, server and check */
    struct adapter *described; /* likewise; the first server's words count */
    const char *directory;     /* where to make the checks' directories */
};

/* The life of a server process: descriptors 0 to 2 are set up already. */
__attribute__((noreturn)) void server_run(const struct server *server);

/* Reads or writes all of it; false at the end of the stream or on an error. */
bool server_read(int descriptor, void *bytes, size_t size);
bool server_write(int descriptor, const void *bytes, size_t size);

/* Makes this process the one that inherits the orphans among its descendants. */
void orphans_adopt(void);

/* Waits until `deadline` (check_now) for this process to have no children; what is left then is
 * named in `names`, killed and reaped. */
void orphans_end(int64_t deadline, char *names, size_t size);

/* Kills what is left of the session of a check that has ended, where its orphans are not ours. */
void orphans_end_group(int leader);

/* Kills and reaps every child but those of the list. */
void orphans_kill_others(const int *kept, size_t count);

/* Asks the system to end this process when its parent ends, if it can. */
void orphans_die_with_parent(int parent);
/* Takes that back: this process sees for itself when its parent has ended, and cleans up. */
void orphans_outlive_parent(void);

/* CPU time of another process in ns, 0 if unknown. */
int64_t server_cpu_of(int process);

#endif
