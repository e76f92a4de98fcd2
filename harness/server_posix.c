/* SPDX-License-Identifier: MIT
 *
 * A server: loads the loop, forks a process for each check and sees how it ends. */
#include "server.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "catalogue.h"
#include "check.h"
#include "machine.h"
#include "sanitizers.h"
#include "signals.h"
#include "state.h"
#include "text.h"

static int child_pipe[2]; /* a byte comes when a child has changed its state */

static void on_child(int number)
{
    int saved = errno;
    (void)number;
    if (write(child_pipe[1], "", 1) < 0) {
        /* Full: there is a byte to wake up by already. */
    }
    errno = saved;
}

bool server_read(int descriptor, void *bytes, size_t size)
{
    for (size_t done = 0; done < size;) {
        ssize_t count = read(descriptor, (char *)bytes + done, size - done);
        if (count == 0 || (count < 0 && errno != EINTR))
            return false;
        done += count < 0 ? 0 : (size_t)count;
    }
    return true;
}

bool server_write(int descriptor, const void *bytes, size_t size)
{
    for (size_t done = 0; done < size;) {
        ssize_t count = write(descriptor, (const char *)bytes + done, size - done);
        if (count < 0 && errno != EINTR)
            return false;
        done += count < 0 ? 0 : (size_t)count;
    }
    return true;
}

/* ---- the check's process */

static void finish_check(void)
{
    machine_exit(0);
}

__attribute__((noreturn)) static void become_check(const struct server *server,
                                                   const struct loop_api *api,
                                                   const struct job *job, int parent,
                                                   const char *directory)
{
    const struct rlimit no_core = {0, 0};
    struct execution execution;
    close(server->control);
    close(child_pipe[0]);
    close(child_pipe[1]);
    setsid();
    orphans_die_with_parent(parent);
    setrlimit(RLIMIT_CORE, &no_core);
    signals_restore();
    catalogue_execution(&execution, server->options, api, job);
    execution.record = server->record;
    execution.finish = finish_check;
    sanitizers_count_in(&server->record->sanitizer_reports);
    execute(&execution, directory);
}

/* ---- watching it */

struct watch {
    const struct server *server;
    int process;
    int64_t started;
    struct ending *ending;
    bool ended;
};

static void kill_check(struct watch *watch)
{
    int status;
    kill(watch->process, SIGKILL);
    while (waitpid(watch->process, &status, 0) < 0 && errno == EINTR)
        continue;
    watch->ended = true;
}

static void look_at_process(struct watch *watch)
{
    struct ending *ending = watch->ending;
    int status;
    int process = (int)waitpid(watch->process, &status, WNOHANG | WUNTRACED);
    if (process != watch->process)
        return;
    if (WIFEXITED(status)) {
        ending->how = ENDING_EXITED;
        ending->number = WEXITSTATUS(status);
        watch->ended = true;
    } else if (WIFSIGNALED(status)) {
        ending->how = ENDING_SIGNAL;
        ending->number = WTERMSIG(status);
        watch->ended = true;
    } else if (WIFSTOPPED(status)) {
        ending->how = ENDING_STOPPED;
        ending->number = WSTOPSIG(status);
        kill_check(watch);
    }
}

/* The check's process may have scribbled on what it tells. */
static int64_t since(int64_t now, int64_t then)
{
    return then < 0 || then > now ? 0 : now - then;
}

/* How long the check was ready to run since then, and was not let: of that a limit takes no account,
 * as far as up to three times itself, unless the check got enough CPU time to be done with anything.
 * The delays of several threads add up. */
static int64_t held_up(const struct watch *watch, int64_t delay_started, int64_t cpu_started,
                       int64_t limit)
{
    int64_t delay = since(machine_delay(watch->process), delay_started);
    if (since(server_cpu_of(watch->process), cpu_started) > limit / 5)
        return 0;
    return delay > 2 * limit ? 2 * limit : delay;
}

static void look_at_clock(struct watch *watch)
{
    const struct options *options = watch->server->options;
    const struct record_wait *wait = &watch->server->record->wait;
    struct ending *ending = watch->ending;
    int64_t deadline = atomic_load(&wait->deadline);
    int64_t end = watch->started + options->timeout;
    int64_t now = check_now();
    if (deadline != 0 && now >= deadline &&
        now >=
            deadline + held_up(watch, wait->delay_started, wait->cpu_started, options->deadline)) {
        ending->how = ENDING_DEADLINE;
        ending->wall =
            since(now, wait->started) - since(machine_delay(watch->process), wait->delay_started);
        ending->cpu = since(server_cpu_of(watch->process), wait->cpu_started);
        kill_check(watch);
    } else if (now >= end && now >= end + held_up(watch, 0, 0, options->timeout)) {
        ending->how = ENDING_TIMEOUT;
        ending->wall = now - watch->started - machine_delay(watch->process);
        ending->cpu = server_cpu_of(watch->process);
        kill_check(watch);
    }
}

/* The supervisor has gone, perhaps killed: the last server removes the directory of the run. */
__attribute__((noreturn)) static void leave(const struct server *server)
{
    rmdir(server->directory);
    machine_exit(0);
}

__attribute__((noreturn)) static void end_all_and_leave(struct watch *watch, const char *directory)
{
    char names[512];
    kill_check(watch);
    orphans_end(0, names, sizeof names);
    machine_remove_directory(directory);
    leave(watch->server);
}

/* The supervisor says something during a check only to have it killed, or by its own end. */
static void look_at_control(struct watch *watch, const char *directory)
{
    struct order order;
    if (!server_read(watch->server->control, &order, sizeof order))
        end_all_and_leave(watch, directory);
    if (order.kind == ORDER_KILL) {
        watch->ending->how = ENDING_FLOOD;
        kill_check(watch);
    }
}

/* The check can set itself a nearer deadline at any time, so no pause is long. */
static int pause_of(const struct server *server)
{
    int64_t pause = server->options->deadline / MILLISECONDS(8);
    return pause < 1 ? 1 : pause > 50 ? 50 : (int)pause;
}

static void watch_until_end(struct watch *watch, const char *directory)
{
    while (!watch->ended) {
        struct pollfd sources[] = {{.fd = watch->server->control, .events = POLLIN},
                                   {.fd = child_pipe[0], .events = POLLIN}};
        char drained[64];
        if (poll(sources, 2, pause_of(watch->server)) > 0) {
            if ((sources[1].revents & POLLIN) != 0 &&
                read(child_pipe[0], drained, sizeof drained) < 0)
                continue;
            if (sources[0].revents != 0)
                look_at_control(watch, directory);
        }
        if (!watch->ended)
            look_at_process(watch);
        if (!watch->ended)
            look_at_clock(watch);
    }
}

/* ---- one check after another */

/* A result other than failure is worth waiting for processes that are about to end. */
static int64_t patience(const struct server *server, const struct ending *ending)
{
    int32_t end = atomic_load(&server->record->end);
    bool undecided = ending->how == ENDING_EXITED && end != RECORD_RUNNING && end != RECORD_FAILED;
    return undecided ? check_now() + server->options->deadline : 0;
}

static void not_started(struct ending *ending, int error, const char *what)
{
    ending->how = ENDING_NOT_STARTED;
    text_print(ending->left, sizeof ending->left, "could not %s: %s", what, strerror(error));
}

static void run_job(const struct server *server, const struct loop_api *api, const struct job *job,
                    const int flags[3], struct ending *ending)
{
    char directory[1024];
    text_print(directory, sizeof directory, "%s/%d", server->directory, (int)getpid());
    if (mkdir(directory, 0700) != 0) {
        not_started(ending, errno, "make a directory for the check");
        return;
    }
    /* These belong to the open pipe, not to the process: an earlier check may have changed them. */
    for (int i = 0; i < 3; i++)
        fcntl(i, F_SETFL, flags[i]);
    int self = (int)getpid();
    struct watch watch = {.server = server, .started = check_now(), .ending = ending};
    watch.process = (int)fork();
    if (watch.process == 0)
        become_check(server, api, job, self, directory);
    if (watch.process < 0) {
        not_started(ending, errno, "fork");
    } else {
        watch_until_end(&watch, directory);
        ending->elapsed = check_now() - watch.started;
        if (ending->how == ENDING_SIGNAL || ending->how == ENDING_STOPPED)
            signals_name(ending->number, ending->signal_name, sizeof ending->signal_name);
        orphans_end_group(watch.process);
        orphans_end(patience(server, ending), ending->left, sizeof ending->left);
    }
    machine_remove_directory(directory);
}

static void prepare_signals(void)
{
    struct sigaction action = {.sa_handler = on_child};
    sigemptyset(&action.sa_mask);
    if (pipe(child_pipe) != 0)
        machine_exit(1);
    for (int i = 0; i < 2; i++)
        fcntl(child_pipe[i], F_SETFL, O_NONBLOCK);
    sigaction(SIGCHLD, &action, NULL);
    action.sa_handler = SIG_IGN;
    sigaction(SIGPIPE, &action, NULL);
}

static const struct loop_api *load(const struct server *server)
{
    struct answer answer = {.kind = ANSWER_LOADED};
    const struct loop_api *api =
        server->loader->load(server->options->loop, answer.error, sizeof answer.error);
    if (api == NULL || !adapter_valid(api, answer.error, sizeof answer.error))
        answer.kind = ANSWER_NOT_LOADED;
    else
        adapter_describe(server->described, api);
    if (!server_write(server->control, &answer, sizeof answer) || answer.kind != ANSWER_LOADED)
        machine_exit(0);
    munmap(server->described, sizeof *server->described);
    orphans_outlive_parent();
    return api;
}

void server_run(const struct server *server)
{
    int flags[3];
    struct order order;
    signals_reset();
    for (int i = 0; i < 3; i++)
        flags[i] = fcntl(i, F_GETFL);
    machine_slowness();
    const struct loop_api *api = load(server);
    signals_keep();
    prepare_signals();
    while (server_read(server->control, &order, sizeof order)) {
        struct answer answer = {.kind = ANSWER_ENDED};
        if (order.kind != ORDER_RUN)
            continue;
        run_job(server, api, &order.job, flags, &answer.ending);
        if (!server_write(server->control, &answer, sizeof answer))
            break;
    }
    leave(server);
}
