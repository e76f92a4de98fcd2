/* SPDX-License-Identifier: MIT
 *
 * The supervisor's side: gives jobs to its servers and takes their reports. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"
#include "machine.h"
#include "signals.h"
#include "workers.h"

/* A server that takes this much longer than a check may is stuck; it is killed. */
#define SERVER_PATIENCE SECONDS(10)

static int signal_pipe[2] = {-1, -1};
volatile sig_atomic_t workers_interrupted_by;

static void on_interrupt(int number)
{
    int saved = errno;
    workers_interrupted_by = number;
    if (write(signal_pipe[1], "", 1) < 0) {
        /* Full: it wakes the supervisor anyway. */
    }
    errno = saved;
}

/* ---- the beginning */

static void *shared_memory(size_t size)
{
    void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    return memory == MAP_FAILED ? NULL : memory;
}

static bool prepare_interrupts(void)
{
    static const int numbers[] = {SIGINT, SIGTERM, SIGHUP};
    struct sigaction action = {.sa_handler = on_interrupt};
    sigemptyset(&action.sa_mask);
    if (pipe(signal_pipe) != 0)
        return false;
    for (int i = 0; i < 2; i++) {
        fcntl(signal_pipe[i], F_SETFL, O_NONBLOCK);
        fcntl(signal_pipe[i], F_SETFD, FD_CLOEXEC);
    }
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        sigaction(numbers[i], &action, NULL);
    action.sa_handler = SIG_IGN;
    sigaction(SIGPIPE, &action, NULL);
    action.sa_handler = SIG_DFL;
    sigaction(SIGCHLD, &action, NULL);
    return true;
}

/* Pipes for servers must not land on 0 to 2, should those be closed. */
static void fill_standard_descriptors(void)
{
    int null = open("/dev/null", O_RDWR);
    while (null >= 0 && null <= 2)
        null = open("/dev/null", O_RDWR);
    if (null >= 0)
        close(null);
}

static void free_pool(struct pool *pool)
{
    for (int i = 0; pool->workers != NULL && i < pool->worker_count; i++) {
        if (pool->workers[i].record != NULL)
            munmap(pool->workers[i].record, sizeof *pool->workers[i].record);
    }
    if (pool->scratch != NULL)
        munmap(pool->scratch, sizeof *pool->scratch);
    if (pool->directory[0] != '\0')
        machine_remove_directory(pool->directory);
    free(pool->workers);
    free(pool);
}

static bool reserve_memory(struct pool *pool)
{
    pool->scratch = shared_memory(sizeof *pool->scratch);
    pool->workers = calloc((size_t)pool->worker_count, sizeof *pool->workers);
    if (pool->scratch == NULL || pool->workers == NULL)
        return false;
    for (int i = 0; i < pool->worker_count; i++) {
        pool->workers[i].record = shared_memory(sizeof *pool->workers[i].record);
        if (pool->workers[i].record == NULL)
            return false;
    }
    return true;
}

void process_begin(const struct options *options, const struct loader *loader)
{
    (void)options;
    (void)loader;
}

struct pool *pool_start(const struct options *options, const struct loader *loader)
{
    struct pool *pool = calloc(1, sizeof *pool);
    fill_standard_descriptors();
    if (pool == NULL) {
        options_complain(options, "out of memory");
        return NULL;
    }
    pool->options = options;
    pool->loader = loader;
    pool->worker_count = options->jobs > MOST_SERVERS ? MOST_SERVERS : (int)options->jobs;
    orphans_adopt();
    if (!reserve_memory(pool) || !prepare_interrupts())
        options_complain(options, "cannot prepare %d servers: %s", pool->worker_count,
                         strerror(errno));
    else if (!machine_make_directory(pool->directory, sizeof pool->directory))
        options_complain(options, "cannot make a directory for the checks: %s", strerror(errno));
    else if (worker_start(pool, &pool->workers[0])) {
        pool->adapter = *pool->scratch;
        adapter_settle(&pool->adapter);
        return pool;
    }
    free_pool(pool);
    return NULL;
}

const struct adapter *pool_adapter(const struct pool *pool)
{
    return &pool->adapter;
}

/* ---- jobs */

int pool_idle(const struct pool *pool)
{
    for (int i = 0; i < pool->worker_count; i++) {
        if (!pool->workers[i].busy)
            return i;
    }
    return -1;
}

bool pool_give(struct pool *pool, int server, const struct job *job)
{
    struct worker *worker = &pool->workers[server];
    const struct order order = {.kind = ORDER_RUN, .job = *job};
    /* One that died while it was idle is replaced. */
    if (worker->process != 0 && waitpid(worker->process, NULL, WNOHANG) != 0)
        worker_close(worker);
    if (worker->process == 0 && !worker_start(pool, worker))
        return false;
    memset(&worker->report, 0, sizeof worker->report);
    worker->killed_for_flood = false;
    record_begin(worker->record);
    worker->started = check_now();
    worker->busy = true;
    /* If this fails the server has died, and pool_wait finds that. */
    server_write(worker->control, &order, sizeof order);
    return true;
}

static void stop_flood(struct worker *worker)
{
    const struct order order = {.kind = ORDER_KILL};
    if (worker->busy && !worker->killed_for_flood && worker->report.printed > OUTPUT_FLOOD) {
        worker->killed_for_flood = true;
        server_write(worker->control, &order, sizeof order);
    }
}

static void finish_report(struct worker *worker, struct run_report *report)
{
    for (int i = 0; i < 2; i++) {
        while (worker_drain(worker, i) && worker->report.printed > 0 &&
               poll(&(struct pollfd){.fd = worker->output[i], .events = POLLIN}, 1, 0) > 0)
            continue;
    }
    record_take(&worker->report.record, worker->record);
    *report = worker->report;
    worker->busy = false;
}

/* The server has gone: whatever the check did to it, the check has failed. */
static void bury_server(struct pool *pool, struct worker *worker, enum ending_how how,
                        struct run_report *report)
{
    struct ending *ending = &report->ending;
    finish_report(worker, report);
    int status = worker_kill(pool, worker);
    ending->how = (int32_t)how;
    if (WIFSIGNALED(status)) {
        ending->number = WTERMSIG(status);
        signals_name(ending->number, ending->signal_name, sizeof ending->signal_name);
    }
}

static bool is_stopped(const struct worker *worker)
{
    siginfo_t information = {0};
    return waitid(P_PID, (id_t)worker->process, &information, WSTOPPED | WNOHANG | WNOWAIT) == 0 &&
           information.si_pid == worker->process;
}

/* A server gives a check that is held up three times as long. */
static int64_t longest(const struct options *options)
{
    return 3 * (options->timeout + options->deadline) + SERVER_PATIENCE;
}

/* Whether the worker's job has ended; fills in the report then. */
static bool look_at(struct pool *pool, struct worker *worker, bool answers,
                    struct run_report *report)
{
    struct answer answer;
    if (answers) {
        if (!server_read(worker->control, &answer, sizeof answer)) {
            bury_server(pool, worker, ENDING_SERVER_DIED, report);
            return true;
        }
        worker->report.ending = answer.ending;
        finish_report(worker, report);
        return true;
    }
    if (is_stopped(worker) || check_now() - worker->started > longest(pool->options)) {
        bury_server(pool, worker, ENDING_SERVER_STOPPED, report);
        return true;
    }
    return false;
}

enum { SOURCES = 3 }; /* of one worker: control, stdout, stderr */

static void poll_all(struct pool *pool, struct pollfd *sources)
{
    size_t count = 0;
    for (int i = 0; i < pool->worker_count; i++) {
        struct worker *worker = &pool->workers[i];
        sources[count++] =
            (struct pollfd){.fd = worker->busy ? worker->control : -1, .events = POLLIN};
        for (int j = 0; j < 2; j++)
            sources[count++] = (struct pollfd){.fd = worker->process != 0 ? worker->output[j] : -1,
                                               .events = POLLIN};
    }
    sources[count++] = (struct pollfd){.fd = signal_pipe[0], .events = POLLIN};
    poll(sources, (nfds_t)count, 100);
}

enum pool_event pool_wait(struct pool *pool, int *server, struct run_report *report)
{
    size_t room = (size_t)pool->worker_count * SOURCES + 1;
    struct pollfd *sources = calloc(room, sizeof *sources);
    if (sources == NULL)
        return POOL_TROUBLE;
    for (bool found = false; !found;) {
        poll_all(pool, sources);
        if (workers_interrupted_by != 0) {
            free(sources);
            return POOL_INTERRUPTED;
        }
        for (int i = 0; i < pool->worker_count && !found; i++) {
            struct worker *worker = &pool->workers[i];
            for (int j = 0; j < 2; j++) {
                if (sources[i * SOURCES + 1 + j].revents != 0)
                    worker_drain(worker, j);
            }
            stop_flood(worker);
            *server = i;
            found =
                worker->busy && look_at(pool, worker, sources[i * SOURCES].revents != 0, report);
        }
    }
    free(sources);
    return POOL_REPORT;
}

int pool_signal(const struct pool *pool)
{
    (void)pool;
    return (int)workers_interrupted_by;
}

/* ---- the end */

static bool await_end(int process, int64_t deadline)
{
    while (waitpid(process, NULL, WNOHANG) == 0) {
        if (check_now() >= deadline)
            return false;
        check_block(MILLISECONDS(1));
    }
    return true;
}

void pool_stop(struct pool *pool)
{
    int64_t deadline = check_now() + SECONDS(5);
    for (int i = 0; i < pool->worker_count; i++) {
        if (pool->workers[i].process != 0)
            shutdown(pool->workers[i].control, SHUT_RDWR);
    }
    for (int i = 0; i < pool->worker_count; i++) {
        struct worker *worker = &pool->workers[i];
        if (worker->process == 0)
            continue;
        if (await_end(worker->process, deadline))
            worker_close(worker);
        else
            worker_kill(pool, worker);
    }
    orphans_kill_others(NULL, 0);
    free_pool(pool);
}
