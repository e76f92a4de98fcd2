/* SPDX-License-Identifier: MIT
 *
 * The handles of callbacks: cancelling them, and giving them back. */
#include "scene.h"

/* A callback and its handle. */
struct task {
    struct check *check;
    struct loop_handle *handle;
    struct task *victim; /* whose handle the callback cancels, or NULL */
    int calls;
};

static void task_call(void *arg)
{
    struct task *task = arg;
    struct check *c = task->check;

    task->calls++;
    if (task->victim != NULL)
        c->ops->handle_cancel(c->loop, task->victim->handle);
}

static struct task *start_tasks(struct check *c, int count)
{
    struct task *tasks = check_alloc(c, (size_t)count * sizeof *tasks);

    for (int i = 0; i < count; i++) {
        tasks[i].check = c;
        NEED_OK(c, "call_soon", c->ops->call_soon(c->loop, task_call, &tasks[i], &tasks[i].handle));
        EXPECT(c, tasks[i].handle != NULL, "call_soon returned OK and no handle");
    }
    return tasks;
}

static void cancel(struct task *task)
{
    task->check->ops->handle_cancel(task->check->loop, task->handle);
}

static void release(struct task *task)
{
    task->check->ops->handle_release(task->check->loop, task->handle);
}

static void cancel_before_run(struct check *c)
{
    struct task *task = start_tasks(c, 1);

    cancel(task);
    RUN_ITERATIONS(c, 3);
    EXPECT_INT(c, "calls of a cancelled callback", task->calls, 0);
    release(task);
}

static void cancel_in_batch(struct check *c)
{
    struct task *tasks = start_tasks(c, 3);

    tasks[0].victim = &tasks[2];
    RUN_ITERATIONS(c, 3);
    EXPECT_INT(c, "calls of the callback that cancelled a later one", tasks[0].calls, 1);
    EXPECT_INT(c, "calls of the one between them", tasks[1].calls, 1);
    EXPECT_INT(c, "calls of the one that was cancelled", tasks[2].calls, 0);
    for (int i = 0; i < 3; i++)
        release(&tasks[i]);
}

static void cancel_touches_no_other(struct check *c)
{
    enum { COUNT = 1000 };
    struct task *tasks = start_tasks(c, COUNT);
    bool cancelled[COUNT];

    for (int i = 0; i < COUNT; i++) {
        cancelled[i] = check_random(c) % 2 == 0;
        if (cancelled[i])
            cancel(&tasks[i]);
    }
    RUN_ITERATIONS(c, 3);
    for (int i = 0; i < COUNT; i++) {
        if (cancelled[i])
            EXPECT_INT(c, "calls of a cancelled callback", tasks[i].calls, 0);
        else
            EXPECT_INT(c, "calls of a callback beside cancelled ones", tasks[i].calls, 1);
        release(&tasks[i]);
    }
}

/* The later callbacks may stand where an early one stood in memory. */
static void cancel_after_run(struct check *c)
{
    struct task *early = start_tasks(c, 5), *late;

    RUN_ITERATIONS(c, 3);
    late = start_tasks(c, 5);
    for (int i = 0; i < 5; i++) {
        cancel(&early[i]);
        cancel(&early[i]);
    }
    RUN_ITERATIONS(c, 3);
    for (int i = 0; i < 5; i++) {
        EXPECT_INT(c, "calls of a callback that was cancelled after it ran", early[i].calls, 1);
        EXPECT_INT(c, "calls of a callback registered after it", late[i].calls, 1);
        release(&early[i]);
        release(&late[i]);
    }
}

static void cancel_itself(struct check *c)
{
    struct task *tasks = start_tasks(c, 2);

    tasks[0].victim = &tasks[0];
    RUN_ITERATIONS(c, 3);
    EXPECT_INT(c, "calls of a callback that cancels itself", tasks[0].calls, 1);
    EXPECT_INT(c, "calls of the next one", tasks[1].calls, 1);
    release(&tasks[0]);
    release(&tasks[1]);
}

static void cancel_twice(struct check *c)
{
    struct task *tasks = start_tasks(c, 3);

    cancel(&tasks[1]);
    cancel(&tasks[1]);
    RUN_ITERATIONS(c, 3);
    cancel(&tasks[1]);
    EXPECT_INT(c, "calls of the callback before a cancelled one", tasks[0].calls, 1);
    EXPECT_INT(c, "calls of a callback that was cancelled twice", tasks[1].calls, 0);
    EXPECT_INT(c, "calls of the callback behind it", tasks[2].calls, 1);
    for (int i = 0; i < 3; i++)
        release(&tasks[i]);
}

static void tells_cancelled(struct check *c)
{
    struct task *tasks = start_tasks(c, 2);
    const struct loop_operations *ops = c->ops;

    EXPECT(c, !ops->handle_cancelled(c->loop, tasks[0].handle), "handle_cancelled at the start");
    cancel(&tasks[0]);
    EXPECT(c, ops->handle_cancelled(c->loop, tasks[0].handle), "handle_cancelled when cancelled");
    RUN_ITERATIONS(c, 2);
    EXPECT(c, ops->handle_cancelled(c->loop, tasks[0].handle), "handle_cancelled later");
    EXPECT(c, !ops->handle_cancelled(c->loop, tasks[1].handle),
           "handle_cancelled of a callback that ran");
    release(&tasks[0]);
    release(&tasks[1]);
}

static void release_early(struct check *c)
{
    struct task *tasks = start_tasks(c, 100);

    for (int i = 0; i < 100; i++)
        release(&tasks[i]);
    RUN_ITERATIONS(c, 3);
    for (int i = 0; i < 100; i++)
        EXPECT_INT(c, "calls of a callback whose handle was given back early", tasks[i].calls, 1);
}

static void release_call(void *arg)
{
    struct task *task = arg;

    task->calls++;
    release(task);
}

static void release_inside(struct check *c)
{
    struct task *task = check_alloc(c, sizeof *task);

    task->check = c;
    NEED_OK(c, "call_soon", c->ops->call_soon(c->loop, release_call, task, &task->handle));
    RUN_ITERATIONS(c, 3);
    EXPECT_INT(c, "calls of a callback that gives its own handle back", task->calls, 1);
}

static void release_cancelled(struct check *c)
{
    struct task *tasks = start_tasks(c, 100);

    for (int i = 0; i < 100; i += 2) {
        cancel(&tasks[i]);
        release(&tasks[i]);
    }
    RUN_ITERATIONS(c, 3);
    for (int i = 0; i < 100; i++)
        EXPECT_INT(c, "calls of a callback, cancelled and given back or not", tasks[i].calls,
                   i % 2);
    for (int i = 1; i < 100; i += 2)
        release(&tasks[i]);
}

static const struct check_definition definitions[] = {
    {.id = "call_soon.cancel-before-run",
     .run = cancel_before_run,
     .rules = {"call_soon.cancel"},
     .needs = {"handle_cancel", "handle_release"}},
    {.id = "call_soon.cancel-in-batch",
     .run = cancel_in_batch,
     .rules = {"call_soon.cancel"},
     .needs = {"handle_cancel", "handle_release"}},
    {.id = "call_soon.cancel-touches-no-other",
     .run = cancel_touches_no_other,
     .rules = {"call_soon.cancel-touches-no-other"},
     .needs = {"handle_cancel", "handle_release"}},
    {.id = "call_soon.cancel-after-run",
     .run = cancel_after_run,
     .rules = {"call_soon.cancel-late-is-harmless"},
     .needs = {"handle_cancel", "handle_release"}},
    {.id = "call_soon.cancel-itself",
     .run = cancel_itself,
     .rules = {"call_soon.cancel-late-is-harmless"},
     .needs = {"handle_cancel", "handle_release"}},
    {.id = "call_soon.cancel-twice",
     .run = cancel_twice,
     .rules = {"call_soon.cancel-late-is-harmless"},
     .needs = {"handle_cancel", "handle_release"}},
    {.id = "call_soon.tells-cancelled",
     .run = tells_cancelled,
     .rules = {"call_soon.cancelled-is-told"},
     .needs = {"handle_cancel", "handle_cancelled", "handle_release"}},
    {.id = "call_soon.release-early",
     .run = release_early,
     .rules = {"call_soon.release-is-not-cancel"},
     .needs = {"handle_release"}},
    {.id = "call_soon.release-inside",
     .run = release_inside,
     .rules = {"call_soon.release-is-not-cancel"},
     .needs = {"handle_release"}},
    {.id = "call_soon.release-cancelled",
     .run = release_cancelled,
     .rules = {"call_soon.release-is-not-cancel"},
     .needs = {"handle_cancel", "handle_release"}},
};

CHECK_AREA_PART(call_soon, cancel, definitions);
