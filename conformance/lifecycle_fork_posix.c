/* SPDX-License-Identifier: MIT
 *
 * A loop whose process forks: the child shares the loop's descriptors with its parent, and may not
 * disturb it through them. */
#include <signal.h>
#include <unistd.h>

#include "scene.h"

/* A loop with all that a child could disturb. */
struct parent {
    struct check *check;
    struct scene_pair pair;
    struct counter reader, timer, posted, signal;
    bool has_reader, has_timer, has_posted, has_signal;
};

static void read_call(void *arg)
{
    struct parent *parent = arg;

    scene_drain(parent->check, parent->pair.end);
    counter_call(&parent->reader);
}

static void set_timer(struct parent *parent)
{
    const struct loop_operations *ops = parent->check->ops;

    parent->has_timer = LOOP_PROVIDES(ops, call_later) &&
                        ops->call_later(parent->check->loop, MILLISECONDS(20), counter_call,
                                        &parent->timer, NULL) == LOOP_OK;
}

/* Whatever this variant has; what it refuses is another check's business. */
static struct parent *new_parent(struct check *c)
{
    struct parent *parent = check_alloc(c, sizeof *parent);
    const struct loop_operations *ops = c->ops;
    struct counter counter = {.check = c, .target = 1};

    *parent = (struct parent){
        .check = c, .reader = counter, .timer = counter, .posted = counter, .signal = counter};
    parent->pair = scene_sockets(c);
    parent->has_reader = LOOP_PROVIDES(ops, add_reader) &&
                         ops->add_reader(c->loop, parent->pair.end, read_call, parent) == LOOP_OK;
    parent->has_signal =
        LOOP_PROVIDES(ops, add_signal_handler) &&
        ops->add_signal_handler(c->loop, SIGUSR1, counter_call, &parent->signal) == LOOP_OK;
    parent->has_posted = LOOP_PROVIDES(ops, call_soon_threadsafe);
    RUN_ITERATIONS(c, 3);
    set_timer(parent);
    return parent;
}

/* Gives the loop time to fall asleep; if it did not, less is tested and nothing wrongly. */
static void post(void *arg)
{
    struct parent *parent = arg;
    struct check *c = parent->check;

    check_block(MILLISECONDS(30));
    c->ops->call_soon_threadsafe(c->loop, counter_call, &parent->posted, NULL);
}

/* After the child: each of the parent's sources still arrives, one at a time, so that none is
 * seen only because another one woke the loop. */
static void expect_undisturbed(struct parent *parent)
{
    struct check *c = parent->check;

    if (parent->has_timer)
        RUN_UNTIL(c, counter_reached, &parent->timer, "the parent's timer is called");
    if (parent->has_reader) {
        scene_send(c, parent->pair.peer, "x");
        RUN_UNTIL(c, counter_reached, &parent->reader, "the parent's reader is called");
    }
    if (parent->has_signal) {
        scene_signal_self(c, SIGUSR1);
        RUN_UNTIL(c, counter_reached, &parent->signal, "the parent's signal handler is called");
    }
    if (parent->has_posted) {
        struct scene_thread *thread = scene_start(c, post, parent);

        RUN_UNTIL(c, counter_reached, &parent->posted,
                  "a call_soon_threadsafe in the parent is called");
        scene_join(c, thread);
    }
}

static int exit_body(void *arg)
{
    (void)arg;
    return 0;
}

static void child_exits(struct check *c)
{
    struct parent *parent = new_parent(c);

    EXPECT_INT(c, "exit code of the child", scene_in_child(c, exit_body, parent), 0);
    expect_undisturbed(parent);
}

static int close_body(void *arg)
{
    struct parent *parent = arg;
    struct check *c = parent->check;

    if (c->ops->close(c->loop) != LOOP_OK)
        return 1;
    c->ops->free(c->loop);
    return 0;
}

static void child_closes(struct check *c)
{
    struct parent *parent = new_parent(c);

    EXPECT_INT(c, "exit code of a child that closes its copy of the loop",
               scene_in_child(c, close_body, parent), 0);
    expect_undisturbed(parent);
}

/* An unblocked signal to oneself is delivered before kill returns. */
static int signal_body(void *arg)
{
    (void)arg;
    return kill(getpid(), SIGUSR1) == 0 ? 0 : 1;
}

static void child_signal_stays_there(struct check *c)
{
    struct parent *parent = new_parent(c);

    NEED_OK(c, "add_signal_handler",
            c->ops->add_signal_handler(c->loop, SIGUSR1, counter_call, &parent->signal));
    EXPECT_INT(c, "exit code of a child that got the signal",
               scene_in_child(c, signal_body, parent), 0);
    if (parent->has_timer)
        RUN_UNTIL(c, counter_reached, &parent->timer, "the parent's timer is called");
    RUN_ITERATIONS(c, 5);
    EXPECT_INT(c, "calls of the parent's handler for a signal to its child", parent->signal.calls,
               0);
}

struct own_loop {
    struct check *check;
    struct loop *loop;
    int calls;
};

static void own_call(void *arg)
{
    struct own_loop *own = arg;
    const struct loop_operations *ops = own->check->ops;

    if (++own->calls == 3)
        ops->stop(own->loop);
    else if (!LOOP_PROVIDES(ops, call_later))
        ops->call_soon(own->loop, own_call, own, NULL);
    else
        ops->call_later(own->loop, MILLISECONDS(1), own_call, own, NULL);
}

static int own_loop_body(void *arg)
{
    struct parent *parent = arg;
    struct check *c = parent->check;
    const struct loop_open_options options = {.size = sizeof options, .profile = c->profile};
    struct own_loop own = {.check = c};

    if (c->ops->open(c->variant, &options, &own.loop) != LOOP_OK)
        return 1;
    if (c->ops->call_soon(own.loop, own_call, &own, NULL) != LOOP_OK)
        return 2;
    if (c->ops->run_forever(own.loop) != LOOP_OK || own.calls != 3)
        return 3;
    if (c->ops->close(own.loop) != LOOP_OK)
        return 4;
    c->ops->free(own.loop);
    return 0;
}

static void child_opens_its_own(struct check *c)
{
    struct parent *parent = new_parent(c);

    EXPECT_INT(c, "exit code of a child that opens, runs and closes a loop of its own",
               scene_in_child(c, own_loop_body, parent), 0);
    expect_undisturbed(parent);
}

static const struct check_definition definitions[] = {
    {.id = "lifecycle.child-exits",
     .run = child_exits,
     .rules = {"lifecycle.child-exit-disturbs-nothing"}},
    {.id = "lifecycle.child-closes",
     .run = child_closes,
     .rules = {"lifecycle.child-close-disturbs-nothing"}},
    {.id = "lifecycle.child-signal-stays-there",
     .run = child_signal_stays_there,
     .rules = {"lifecycle.child-signal-stays-there"},
     .needs = {"add_signal_handler"}},
    {.id = "lifecycle.child-opens-its-own",
     .run = child_opens_its_own,
     .rules = {"lifecycle.child-opens-its-own"}},
};

CHECK_AREA_PART(lifecycle, fork, definitions);
