/* SPDX-License-Identifier: MIT
 *
 * Where nothing can be forked, the program starts itself once for each check. What the supervisor
 * and that process say to each other is in memory that they share. */
#ifndef LOOPCHECK_WORKERS_WINDOWS_H
#define LOOPCHECK_WORKERS_WINDOWS_H

#include <windows.h>

#include "process.h"

enum { MOST_WORKERS = 512, PATH_ROOM = 1024 };

/* Names the shared memory's handle, in the started process alone. */
#define WORKER_VARIABLE "LOOPCHECK_WORKER"

#define WORKER_MAGIC UINT64_C(0x6C6F6F7063686B57)

enum errand { ERRAND_DESCRIBE, ERRAND_CHECK };

struct shared {
    uint64_t magic; /* WORKER_MAGIC */
    int32_t errand;
    int32_t loaded; /* `described` holds the loop's table; else `error` says why not */
    char error[1024];
    struct job job;
    HANDLE processes; /* the job object, to be asked who is in it; the process's own handle */
    char directory[PATH_ROOM];
    struct record record;
    struct adapter described;
};

/* One process and what the supervisor holds of it. */
struct worker {
    bool busy;
    bool ended; /* the process has, its report has not been given yet */
    int64_t started;
    int64_t patience; /* until then processes that it started may end by themselves */
    int64_t killed;   /* when those that did not were killed, or 0 */
    HANDLE process;
    HANDLE job; /* of it and all that it starts */
    HANDLE memory;
    struct shared *shared;
    struct output *output[2]; /* NULL at its end */
    struct run_report report;
};

/* The keys of news at the port. With NEWS_OUTPUT comes the OVERLAPPED of an output. */
enum news { NEWS_OUTPUT, NEWS_PROCESS, NEWS_INTERRUPT };

/* Starts a process for `worker->shared`, whose news come to `port`. False with the reason in
 * `error`. */
bool worker_start(struct worker *worker, HANDLE port, char *error, size_t size);

/* Something was read on a stream, or its end is reached: `failed`. */
void worker_take_output(OVERLAPPED *reading, DWORD count, bool failed);

/* The processes that are left of it; names them unless `names` is NULL. */
size_t worker_processes(const struct worker *worker, char *names, size_t size);

/* Ends all its processes and closes what the supervisor holds, but for the shared memory. */
void worker_end(struct worker *worker);

/* Processes of the job but `self`, as "12 (a.exe), 13 (b.exe)"; how many. The host of a console is
 * the system's, and ends with its last user. */
size_t processes_in_job(HANDLE job, DWORD self, char *names, size_t size);

/* CPU time of a process in ns. */
int64_t process_cpu(HANDLE process);
int64_t nanoseconds_of(FILETIME time);

/* Where the children of this process are: the job of its own. */
void snapshot_children_in(HANDLE job);

/* Makes a directory of that name; false if it cannot, or if it is there. */
bool machine_make_named_directory(const char *path);

/* "STATUS_ACCESS_VIOLATION"; false for the exit code of a process that ended by itself. */
bool exception_name(DWORD code, char *name, size_t size);

/* "the system's text (5)". */
void windows_error(char *text, size_t size, DWORD error);

#endif
