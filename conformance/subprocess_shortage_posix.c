/* SPDX-License-Identifier: MIT
 *
 * Starting children when there are too few descriptors for it, from none to enough. */
#include "peer.h"
#include "scene_child.h"

enum { PIPE = LOOP_STDIO_PIPE, NOTHING = LOOP_STDIO_NULL, ENOUGH = 40 };

static loop_status start_with(struct check *c, struct endpoint *e, int spare)
{
    struct peer_shortage *shortage = peer_exhaust_descriptors(c);
    loop_status status;

    peer_spare_descriptors(shortage, spare);
    status = child_begin_for(e, "exit 7", PIPE, PIPE, PIPE);
    if (status == LOOP_OK) {
        RUN_UNTIL(c, endpoint_completed, e, "the completion of a start in a shortage");
        status = e->status;
    }
    peer_end_shortage(shortage);
    NEED_OK(c, "subprocess_exec", status == LOOP_NOT_IMPLEMENTED ? status : LOOP_OK);
    return status;
}

static void expect_nothing_left(struct check *c, int spare, int before)
{
    child_await_none(c);
    EXPECT(c, child_descriptors() == before, "with %d free descriptors %d were left open", spare,
           child_descriptors() - before);
}

static void end_child(struct endpoint *e, int code)
{
    child_await_end(e);
    child_expect_code(e, code);
    endpoint_release(e);
    RUN_ITERATIONS(e->check, 3);
}

static void start_until_enough(struct check *c)
{
    loop_status status;
    int spare = 0;

    do {
        struct endpoint *e = endpoint_new(c, "the child");
        int before = child_descriptors();

        status = start_with(c, e, spare);
        if (status != LOOP_OK) {
            EXPECT_STATUS(c, "a start without descriptors", status, LOOP_MFILE);
            expect_nothing_left(c, spare, before);
        } else {
            end_child(e, 7);
        }
    } while (status != LOOP_OK && ++spare < ENOUGH);
    EXPECT(c, status == LOOP_OK, "%d free descriptors were too few for a child", spare);
}

/* What is opened once for all children is there before. */
static void shortage(struct check *c)
{
    end_child(child_script(c, "exit 0", PIPE, PIPE, PIPE), 0);
    start_until_enough(c);
}

/* Our own first three descriptors are not open, and their numbers are the first that are spared. */
static void shortage_of_numbers(struct check *c)
{
    static const loop_fd none[3] = {LOOP_NO_FD, LOOP_NO_FD, LOOP_NO_FD};

    end_child(child_script(c, "exit 0", PIPE, PIPE, PIPE), 0);
    child_replace_standard(c, none);
    start_until_enough(c);
    child_restore_standard(c);
}

static const struct check_definition definitions[] = {
    {.id = "subprocess.shortage",
     .run = shortage,
     .rules = {"subprocess.shortage"},
     .needs = {"subprocess_exec", "transport_get_returncode", "transport_release", "call_later"}},
    {.id = "subprocess.shortage-of-numbers",
     .run = shortage_of_numbers,
     .rules = {"subprocess.shortage"},
     .needs = {"subprocess_exec", "transport_get_returncode", "transport_release", "call_later"}},
};

CHECK_AREA_PART(subprocess, shortage, definitions);
