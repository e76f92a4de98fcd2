/* SPDX-License-Identifier: MIT
 *
 * The descriptors that a loop takes for itself. */
#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "scene.h"

enum { LIMIT = 256 };

static int count_descriptors(void)
{
    int count = 0;

    for (int fd = 0; fd < LIMIT; fd++)
        count += fcntl(fd, F_GETFD) >= 0;
    return count;
}

static loop_status try_open(struct check *c, struct loop **loop)
{
    const struct loop_open_options options = {.size = sizeof options, .profile = c->profile};

    *loop = NULL;
    return c->ops->open(c->variant, &options, loop);
}

static void close_and_free(struct check *c, struct loop *loop)
{
    EXPECT_STATUS(c, "close", c->ops->close(loop), LOOP_OK);
    c->ops->free(loop);
}

static void stop_loop(void *loop_and_check)
{
    void **both = loop_and_check;

    ((struct check *)both[1])->ops->stop(both[0]);
}

/* One iteration, in which a loop takes what it does not take in open. */
static void run_once(struct check *c, struct loop *loop)
{
    void *both[2] = {loop, c};

    NEED_OK(c, "call_soon", c->ops->call_soon(loop, stop_loop, both, NULL));
    EXPECT_STATUS(c, "run_forever", c->ops->run_forever(loop), LOOP_OK);
}

static void open_close_leaks_nothing(struct check *c)
{
    int before = count_descriptors();

    for (int i = 0; i < 200; i++) {
        struct loop *loop;

        EXPECT_STATUS(c, "open", try_open(c, &loop), LOOP_OK);
        run_once(c, loop);
        close_and_free(c, loop);
        EXPECT_INT(c, "descriptors open after a loop was closed and freed", count_descriptors(),
                   before);
    }
}

/* Leaves exactly `spare` numbers below LIMIT free. */
static void leave_descriptors(struct check *c, int taken[LIMIT], int spare)
{
    int count = 0, fd;

    while ((fd = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 0)) >= 0)
        taken[count++] = fd;
    EXPECT(c, count >= spare, "only %d descriptors are free", count);
    for (int i = 0; i < spare; i++)
        close(taken[--count]);
    taken[count] = -1;
}

static void give_back(const int taken[LIMIT])
{
    for (int i = 0; taken[i] >= 0; i++)
        close(taken[i]);
}

static void open_survives_shortage(struct check *c)
{
    struct rlimit old, low;
    int taken[LIMIT + 1], refused = 0;

    EXPECT(c, getrlimit(RLIMIT_NOFILE, &old) == 0, "getrlimit");
    low = old;
    low.rlim_cur = LIMIT;
    for (int spare = 0; spare < 12; spare++) {
        struct loop *loop;
        loop_status status;
        int before;

        EXPECT(c, setrlimit(RLIMIT_NOFILE, &low) == 0, "setrlimit");
        leave_descriptors(c, taken, spare);
        before = count_descriptors();
        status = try_open(c, &loop);
        refused += status != LOOP_OK;
        if (status == LOOP_OK)
            close_and_free(c, loop);
        EXPECT(c, count_descriptors() == before,
               "open with %d descriptors left returned %s and left %d more open", spare,
               loop_status_name(status), count_descriptors() - before);
        give_back(taken);
        EXPECT(c, setrlimit(RLIMIT_NOFILE, &old) == 0, "setrlimit");
    }
    check_note(c, "open failed %d times, with 0 to 11 descriptors left", refused);
    run_once(c, check_open_loop(c));
    RUN_ITERATIONS(c, 3);
}

static void restore_stdin(void *saved)
{
    dup2(*(int *)saved, STDIN_FILENO);
    close(*(int *)saved);
}

static void open_survives_closed_stdin(struct check *c)
{
    int *saved = check_alloc(c, sizeof *saved);
    struct loop *loop;

    *saved = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3);
    if (*saved < 0)
        check_skip(c, "standard input is closed here already");
    check_at_end(c, restore_stdin, saved);
    close(STDIN_FILENO);
    loop = check_open_loop(c);
    run_once(c, loop);
    EXPECT_STATUS(c, "close", c->ops->close(loop), LOOP_OK);
    check_free_loop(c, loop);
}

/* The descriptors of `loop` are those which were not open before it. */
static void exec_inherits_nothing(struct check *c)
{
    bool before[LIMIT];
    struct loop *loop;
    struct counter *posted = check_alloc(c, sizeof *posted);

    *posted = (struct counter){.check = c, .target = 1};
    for (int fd = 0; fd < LIMIT; fd++)
        before[fd] = fcntl(fd, F_GETFD) >= 0;
    loop = check_open_loop(c);
    if (LOOP_PROVIDES(c->ops, call_soon_threadsafe))
        c->ops->call_soon_threadsafe(loop, counter_call, posted, NULL);
    run_once(c, loop);
    for (int fd = 0; fd < LIMIT; fd++) {
        int flags = fcntl(fd, F_GETFD);

        EXPECT(c, before[fd] || flags < 0 || (flags & FD_CLOEXEC) != 0,
               "descriptor %d of the loop is inherited over exec", fd);
    }
}

static const struct check_definition definitions[] = {
    {.id = "lifecycle.open-close-leaks-nothing",
     .run = open_close_leaks_nothing,
     .rules = {"lifecycle.open-close-leaks-nothing"}},
    {.id = "lifecycle.open-survives-shortage",
     .run = open_survives_shortage,
     .rules = {"lifecycle.open-survives-shortage"}},
    {.id = "lifecycle.open-survives-closed-stdin",
     .run = open_survives_closed_stdin,
     .rules = {"lifecycle.open-survives-closed-stdin"}},
    {.id = "lifecycle.exec-inherits-nothing",
     .run = exec_inherits_nothing,
     .rules = {"lifecycle.exec-inherits-nothing"}},
};

CHECK_AREA_PART(lifecycle, open, definitions);
