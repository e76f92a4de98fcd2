/* SPDX-License-Identifier: MIT
 *
 * The supervisor's side: starts a process for each job, watches it, and takes its report. */
#include <windows.h>

#include <sddl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "machine.h"
#include "text.h"
#include "workers_windows.h"

struct pool {
    const struct options *options;
    HANDLE port;
    HANDLE whole; /* the job of this program and of all that it starts */
    struct adapter adapter;
    struct worker *workers;
    int worker_count;
    unsigned long serial;
    char directory[PATH_ROOM]; /* of this run; each check's is made in it */
};

static HANDLE interrupted_port;
static volatile LONG interrupted;

static BOOL WINAPI on_interrupt(DWORD event)
{
    if (event != CTRL_C_EVENT && event != CTRL_BREAK_EVENT && event != CTRL_CLOSE_EVENT)
        return FALSE;
    InterlockedExchange(&interrupted, 1);
    PostQueuedCompletionStatus(interrupted_port, 0, NEWS_INTERRUPT, NULL);
    return TRUE;
}

/* ---- watching */

static void kill_process(struct worker *worker)
{
    TerminateProcess(worker->process, 1);
    WaitForSingleObject(worker->process, 5000);
    worker->ended = true;
}

static void look_at_exit(struct worker *worker)
{
    struct ending *ending = &worker->report.ending;
    DWORD code;
    if (WaitForSingleObject(worker->process, 0) != WAIT_OBJECT_0 ||
        !GetExitCodeProcess(worker->process, &code))
        return;
    ending->number = (int32_t)code;
    ending->how = ENDING_EXITED;
    if (exception_name(code, ending->signal_name, sizeof ending->signal_name))
        ending->how = ENDING_SIGNAL;
    else
        text_copy(ending->signal_name, sizeof ending->signal_name,
                  code == 3 ? "as by abort()" : "");
    worker->ended = true;
}

/* The check's process may have scribbled on what it tells. */
static int64_t since(int64_t now, int64_t then)
{
    return then < 0 || then > now ? 0 : now - then;
}

static void look_at_clock(const struct options *options, struct worker *worker)
{
    const struct record_wait *wait = &worker->shared->record.wait;
    struct ending *ending = &worker->report.ending;
    int64_t deadline = atomic_load(&wait->deadline);
    int64_t now = check_now();
    if (deadline != 0 && now >= deadline) {
        ending->how = ENDING_DEADLINE;
        ending->wall = since(now, wait->started);
        ending->cpu = since(process_cpu(worker->process), wait->cpu_started);
        kill_process(worker);
    } else if (now - worker->started >= options->timeout) {
        ending->how = ENDING_TIMEOUT;
        ending->wall = now - worker->started;
        ending->cpu = process_cpu(worker->process);
        kill_process(worker);
    } else if (worker->report.printed > OUTPUT_FLOOD) {
        ending->how = ENDING_FLOOD;
        kill_process(worker);
    }
}

/* A result other than failure is worth waiting for processes that are about to end. */
static void be_patient(const struct options *options, struct worker *worker)
{
    int32_t end = atomic_load(&worker->shared->record.end);
    bool undecided =
        worker->report.ending.how == ENDING_EXITED && end != RECORD_RUNNING && end != RECORD_FAILED;
    int64_t now = check_now();
    worker->report.ending.elapsed = now - worker->started;
    worker->patience = undecided ? now + options->deadline : 0;
}

/* Whether nothing is left of it; kills what stays too long. */
static bool has_gone(struct worker *worker)
{
    struct ending *ending = &worker->report.ending;
    int64_t now = check_now();
    if (worker_processes(worker, NULL, 0) == 0) {
        /* All writers have gone, so the ends of both streams are on their way. */
        if (worker->killed == 0)
            worker->killed = now;
        return (worker->output[0] == NULL && worker->output[1] == NULL) ||
               now - worker->killed > SECONDS(2);
    }
    if (now >= worker->patience && ending->left[0] == '\0') {
        worker_processes(worker, ending->left, sizeof ending->left);
        TerminateJobObject(worker->job, 1);
        worker->killed = now;
    }
    return worker->killed != 0 && now - worker->killed > SECONDS(5);
}

/* Whether the worker's job has ended; fills in the report then. */
static bool look_at(const struct options *options, struct worker *worker, struct run_report *report)
{
    if (!worker->ended) {
        look_at_exit(worker);
        if (!worker->ended)
            look_at_clock(options, worker);
        if (worker->ended)
            be_patient(options, worker);
    }
    if (!worker->ended || !has_gone(worker))
        return false;
    record_take(&worker->report.record, &worker->shared->record);
    worker_end(worker);
    *report = worker->report;
    machine_remove_directory(worker->shared->directory);
    return true;
}

/* The check can set itself a nearer deadline at any time, so no pause is long. */
static DWORD pause_of(const struct options *options)
{
    int64_t pause = options->deadline / MILLISECONDS(8);
    return pause < 1 ? 1 : pause > 50 ? 50 : (DWORD)pause;
}

/* Takes all news that are there, after a pause if there are none. */
static void take_news(struct pool *pool)
{
    DWORD pause = pause_of(pool->options);
    for (;;) {
        DWORD count = 0;
        ULONG_PTR key = 0;
        OVERLAPPED *reading = NULL;
        BOOL done = GetQueuedCompletionStatus(pool->port, &count, &key, &reading, pause);
        if (!done && reading == NULL)
            return;
        if (key == NEWS_OUTPUT)
            worker_take_output(reading, count, !done);
        pause = 0;
    }
}

enum pool_event pool_wait(struct pool *pool, int *server, struct run_report *report)
{
    for (;;) {
        for (int i = 0; i < pool->worker_count; i++) {
            *server = i;
            if (pool->workers[i].busy && look_at(pool->options, &pool->workers[i], report))
                return POOL_REPORT;
        }
        take_news(pool);
        if (interrupted != 0)
            return POOL_INTERRUPTED;
    }
}

int pool_signal(const struct pool *pool)
{
    (void)pool;
    return interrupted != 0 ? SIGINT : 0;
}

/* ---- jobs */

const struct adapter *pool_adapter(const struct pool *pool)
{
    return &pool->adapter;
}

int pool_idle(const struct pool *pool)
{
    for (int i = 0; i < pool->worker_count; i++) {
        if (!pool->workers[i].busy)
            return i;
    }
    return -1;
}

static bool start(struct pool *pool, struct worker *worker)
{
    char reason[512];
    text_print(worker->shared->directory, sizeof worker->shared->directory, "%s\\%lu",
               pool->directory, ++pool->serial);
    if (!machine_make_named_directory(worker->shared->directory)) {
        options_complain(pool->options, "cannot make a directory for a check in %s",
                         pool->directory);
        return false;
    }
    record_begin(&worker->shared->record);
    if (worker_start(worker, pool->port, reason, sizeof reason))
        return true;
    options_complain(pool->options, "cannot start a process: %s", reason);
    return false;
}

bool pool_give(struct pool *pool, int server, const struct job *job)
{
    struct worker *worker = &pool->workers[server];
    worker->shared->magic = WORKER_MAGIC;
    worker->shared->errand = ERRAND_CHECK;
    worker->shared->job = *job;
    return start(pool, worker);
}

/* ---- the beginning and the end */

static bool share_memory(struct worker *worker)
{
    SECURITY_ATTRIBUTES inherited = {sizeof inherited, NULL, TRUE};
    worker->memory = CreateFileMappingA(INVALID_HANDLE_VALUE, &inherited, PAGE_READWRITE, 0,
                                        (DWORD)sizeof *worker->shared, NULL);
    if (worker->memory == NULL)
        return false;
    worker->shared = MapViewOfFile(worker->memory, FILE_MAP_ALL_ACCESS, 0, 0, 0);
    return worker->shared != NULL;
}

/* All that this program starts ends with it, however it ends. */
static void join_job(struct pool *pool)
{
    JOBOBJECT_EXTENDED_LIMIT_INFORMATION limits = {0};
    limits.BasicLimitInformation.LimitFlags = JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE;
    pool->whole = CreateJobObjectA(NULL, NULL);
    if (pool->whole != NULL) {
        SetInformationJobObject(pool->whole, JobObjectExtendedLimitInformation, &limits,
                                sizeof limits);
        AssignProcessToJobObject(pool->whole, GetCurrentProcess());
    }
}

/* A check that ended this program would cut the report off, and choose the exit code. So everybody
 * may look at it, and nobody open it for more. */
static void protect(void)
{
    static const char looked_at[] = "D:P(A;;0x00101400;;;WD)";
    PSECURITY_DESCRIPTOR allowed;
    if (!ConvertStringSecurityDescriptorToSecurityDescriptorA(looked_at, SDDL_REVISION_1, &allowed,
                                                              NULL))
        return;
    SetKernelObjectSecurity(GetCurrentProcess(), DACL_SECURITY_INFORMATION, allowed);
    LocalFree(allowed);
}

static bool prepare(struct pool *pool)
{
    pool->workers = calloc((size_t)pool->worker_count, sizeof *pool->workers);
    pool->port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 1);
    if (pool->workers == NULL || pool->port == NULL)
        return false;
    for (int i = 0; i < pool->worker_count; i++) {
        if (!share_memory(&pool->workers[i]))
            return false;
    }
    join_job(pool);
    protect();
    interrupted_port = pool->port;
    return SetConsoleCtrlHandler(on_interrupt, TRUE);
}

/* A process of its own loads the loop and describes its table. */
static bool describe(struct pool *pool)
{
    struct worker *worker = &pool->workers[0];
    struct shared *shared = worker->shared;
    static struct run_report report;
    const char *loop = pool->options->loop == NULL ? "the linked loop" : pool->options->loop;
    int server;
    shared->magic = WORKER_MAGIC;
    shared->errand = ERRAND_DESCRIBE;
    shared->loaded = 0;
    text_copy(shared->error, sizeof shared->error, "");
    if (!start(pool, worker) || pool_wait(pool, &server, &report) != POOL_REPORT)
        return false;
    shared->error[sizeof shared->error - 1] = '\0';
    if (shared->loaded == 0 || report.ending.how != ENDING_EXITED) {
        bool late = report.ending.how == ENDING_TIMEOUT || report.ending.how == ENDING_DEADLINE;
        options_complain(pool->options, "%s: %s", loop,
                         shared->error[0] != '\0' ? shared->error
                         : late                   ? "loading it did not end"
                                                  : "the process died while loading it");
        return false;
    }
    pool->adapter = shared->described;
    adapter_settle(&pool->adapter);
    return true;
}

struct pool *pool_start(const struct options *options, const struct loader *loader)
{
    struct pool *pool = calloc(1, sizeof *pool);
    char reason[512];
    (void)loader;
    if (pool == NULL) {
        options_complain(options, "out of memory");
        return NULL;
    }
    pool->options = options;
    pool->worker_count = options->jobs > MOST_WORKERS ? MOST_WORKERS : (int)options->jobs;
    if (!prepare(pool)) {
        windows_error(reason, sizeof reason, GetLastError());
        options_complain(options, "cannot prepare %d processes: %s", pool->worker_count, reason);
    } else if (!machine_make_directory(pool->directory, sizeof pool->directory)) {
        windows_error(reason, sizeof reason, GetLastError());
        options_complain(options, "cannot make a directory for the checks: %s", reason);
    } else if (describe(pool)) {
        return pool;
    }
    pool_stop(pool);
    return NULL;
}

void pool_stop(struct pool *pool)
{
    for (int i = 0; pool->workers != NULL && i < pool->worker_count; i++) {
        struct worker *worker = &pool->workers[i];
        if (worker->busy)
            worker_end(worker);
        if (worker->shared != NULL)
            UnmapViewOfFile(worker->shared);
        if (worker->memory != NULL)
            CloseHandle(worker->memory);
    }
    if (pool->directory[0] != '\0')
        machine_remove_directory(pool->directory);
    SetConsoleCtrlHandler(on_interrupt, FALSE);
    if (pool->port != NULL)
        CloseHandle(pool->port);
    free(pool->workers);
    /* The job stays open until this program ends: to close it ends this program. */
    free(pool);
}
