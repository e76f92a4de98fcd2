/* SPDX-License-Identifier: MIT
 *
 * One server as the supervisor sees it: its start, its channels, its end. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"
#include "holdings.h"
#include "text.h"
#include "workers.h"

void worker_close(struct worker *worker)
{
    close(worker->control);
    close(worker->output[0]);
    close(worker->output[1]);
    worker->process = 0;
    worker->busy = false;
}

struct channels {
    int control[2];
    int output[2][2];
};

static bool open_channels(struct channels *channels)
{
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, channels->control) != 0)
        return false;
    if (pipe(channels->output[0]) != 0)
        return false;
    if (pipe(channels->output[1]) != 0)
        return false;
    for (int i = 0; i < 2; i++)
        fcntl(channels->output[i][0], F_SETFL, O_NONBLOCK);
    return true;
}

/* What this program inherited, and the other servers' pipes, are none of a check's business. */
static void close_all_but(int kept)
{
    static int numbers[65536];
    size_t count = holdings_descriptors(numbers, sizeof numbers / sizeof *numbers);
    for (size_t i = 0; i < count; i++) {
        if (numbers[i] > 2 && numbers[i] != kept)
            close(numbers[i]);
    }
}

/* A check that scribbles on its own record must not reach the others'. */
static void unmap_all_but(struct pool *pool, const struct worker *kept)
{
    for (int i = 0; i < pool->worker_count; i++) {
        if (&pool->workers[i] != kept)
            munmap(pool->workers[i].record, sizeof *pool->workers[i].record);
    }
}

__attribute__((noreturn)) static void become_server(struct pool *pool, struct worker *worker,
                                                    const struct channels *channels, int parent)
{
    struct server server = {.options = pool->options,
                            .loader = pool->loader,
                            .control = channels->control[1],
                            .record = worker->record,
                            .described = pool->scratch,
                            .directory = pool->directory};
    int null = open("/dev/null", O_RDONLY);
    setsid();
    orphans_adopt();
    orphans_die_with_parent(parent);
    dup2(null, 0);
    dup2(channels->output[0][1], 1);
    dup2(channels->output[1][1], 2);
    close_all_but(channels->control[1]);
    unmap_all_but(pool, worker);
    server_run(&server);
}

static bool fork_server(struct pool *pool, struct worker *worker)
{
    struct channels channels;
    int self = (int)getpid();
    if (!open_channels(&channels)) {
        options_complain(pool->options, "cannot make pipes for a server: %s", strerror(errno));
        return false;
    }
    int process = (int)fork();
    if (process == 0)
        become_server(pool, worker, &channels, self);
    close(channels.control[1]);
    close(channels.output[0][1]);
    close(channels.output[1][1]);
    worker->process = process;
    worker->control = channels.control[0];
    worker->output[0] = channels.output[0][0];
    worker->output[1] = channels.output[1][0];
    if (process < 0) {
        options_complain(pool->options, "cannot start a server: %s", strerror(errno));
        worker_close(worker);
    }
    return process > 0;
}

/* ---- what a check prints */

bool worker_drain(struct worker *worker, int which)
{
    struct run_report *report = &worker->report;
    char *kept = which == 0 ? report->stdout_bytes : report->stderr_bytes;
    size_t *length = which == 0 ? &report->stdout_length : &report->stderr_length;
    char bytes[65536];
    for (;;) {
        ssize_t count = read(worker->output[which], bytes, sizeof bytes);
        if (count <= 0)
            return count < 0 && (errno == EAGAIN || errno == EINTR);
        size_t keeps =
            (size_t)count < OUTPUT_KEPT - *length ? (size_t)count : OUTPUT_KEPT - *length;
        memcpy(kept + *length, bytes, keeps);
        *length += keeps;
        report->printed += which == 0 ? (uint64_t)count : 0;
        if (count < (ssize_t)sizeof bytes)
            return true;
    }
}

/* ---- loading */

int worker_kill(struct pool *pool, struct worker *worker)
{
    int kept[MOST_SERVERS];
    size_t count = 0;
    int status = 0;
    kill(worker->process, SIGKILL);
    while (waitpid(worker->process, &status, 0) < 0 && errno == EINTR)
        continue;
    worker_close(worker);
    for (int i = 0; i < pool->worker_count; i++) {
        if (pool->workers[i].process != 0)
            kept[count++] = pool->workers[i].process;
    }
    orphans_kill_others(kept, count);
    return status;
}

/* Waits for the first answer, while what the library prints is drained. */
static bool await_answer(struct pool *pool, struct worker *worker, struct answer *answer)
{
    int64_t end = check_now() + pool->options->timeout;
    for (;;) {
        struct pollfd sources[] = {{.fd = worker->control, .events = POLLIN},
                                   {.fd = worker->output[0], .events = POLLIN},
                                   {.fd = worker->output[1], .events = POLLIN}};
        int64_t left = end - check_now();
        if (left <= 0 || workers_interrupted_by != 0) {
            text_print(answer->error, sizeof answer->error, "loading it did not end");
            return false;
        }
        poll(sources, 3, (int)(left / MILLISECONDS(1)) + 1);
        worker_drain(worker, 0);
        worker_drain(worker, 1);
        if (sources[0].revents != 0) {
            if (server_read(worker->control, answer, sizeof *answer))
                return answer->kind == ANSWER_LOADED;
            text_print(answer->error, sizeof answer->error, "the process died while loading it");
            return false;
        }
    }
}

/* A library that cannot work says best itself why: its first line on stderr. */
static void prefer_what_it_said(struct worker *worker, struct answer *answer)
{
    const char *said = worker->report.stderr_bytes;
    worker_drain(worker, 1);
    size_t length = strcspn(said, "\n");
    if (length > 0 && length < worker->report.stderr_length)
        text_escape(answer->error, sizeof answer->error, said, length);
}

bool worker_start(struct pool *pool, struct worker *worker)
{
    struct answer answer;
    memset(&answer, 0, sizeof answer);
    memset(&worker->report, 0, sizeof worker->report);
    if (!fork_server(pool, worker))
        return false;
    if (await_answer(pool, worker, &answer))
        return true;
    answer.error[sizeof answer.error - 1] = '\0';
    prefer_what_it_said(worker, &answer);
    if (workers_interrupted_by == 0)
        options_complain(pool->options, "%s: %s",
                         pool->options->loop == NULL ? "the linked loop" : pool->options->loop,
                         answer.error);
    worker_kill(pool, worker);
    return false;
}
