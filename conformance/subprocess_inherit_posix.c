/* SPDX-License-Identifier: MIT
 *
 * A child's first three descriptors: what is inherited, what is handed over, the null device. */
#include <string.h>

#include "scene.h"
#include "scene_child.h"

enum { PIPE = LOOP_STDIO_PIPE, NOTHING = LOOP_STDIO_NULL, INHERIT = LOOP_STDIO_INHERIT };

/* Our own standard input would never end. */
static void null_device(struct check *c)
{
    struct scene_pair silent = scene_pipe(c);
    loop_fd null = scene_open(c, "/dev/null");
    loop_fd ours[] = {silent.end, silent.peer, silent.peer};
    struct loop_subprocess_options options = child_options(NOTHING, NOTHING, NOTHING);
    const char *report;
    struct endpoint *e;

    child_replace_standard(c, ours);
    e = child_script(c, "cat; echo some; echo more >&2", NOTHING, NOTHING, NOTHING);
    for (int fd = 0; fd < 3; fd++)
        EXPECT(c, c->ops->transport_get_pipe_transport(e->transport, fd) == NULL,
               "descriptor %d has a transport, though it is the null device", fd);
    child_await_end(e);
    child_expect_code(e, 0);
    EXPECT(c, !scene_readable_now(c, silent.end), "the child wrote to descriptors of ours");
    report = child_report(c, &options, NULL, 0);
    for (int fd = 0; fd < 3; fd++)
        EXPECT(c, report_same(c, report, fd, null), "descriptor %d is not the null device", fd);
    child_restore_standard(c);
}

static void inherited(struct check *c)
{
    struct scene_pair in = scene_pipe(c), out = scene_pipe(c), err = scene_pipe(c);
    loop_fd ours[] = {in.end, out.peer, err.peer};
    struct loop_subprocess_options options = child_options(INHERIT, INHERIT, INHERIT);
    const char *report;

    child_replace_standard(c, ours);
    report = child_report(c, &options, NULL, 0);
    child_restore_standard(c);
    for (int fd = 0; fd < 3; fd++)
        EXPECT(c, report_same(c, report, fd, ours[fd]),
               "descriptor %d of the child is not the one of its parent", fd);
}

static void handed_over(struct check *c)
{
    struct scene_pair in = scene_pipe(c), out = scene_pipe(c);
    loop_fd file = scene_file(c, "");
    loop_fd given[] = {in.end, out.peer, file};
    struct loop_subprocess_options options =
        child_options(LOOP_STDIO_FD, LOOP_STDIO_FD, LOOP_STDIO_FD);
    const char *report;

    for (int i = 0; i < 3; i++)
        options.std[i].fd = given[i];
    report = child_report(c, &options, NULL, 0);
    for (int fd = 0; fd < 3; fd++) {
        EXPECT(c, report_same(c, report, fd, given[fd]),
               "descriptor %d of the child is not the one it was given", fd);
        EXPECT(c, scene_is_open(c, given[fd]), "the caller's descriptor %d was closed", fd);
    }
}

/* Each of the three is given one of our own three: swapped, doubled, turned round. */
static void permuted(struct check *c)
{
    struct scene_pair in = scene_pipe(c), out = scene_pipe(c), err = scene_pipe(c);
    loop_fd ours[] = {in.end, out.peer, err.peer};
    struct loop_subprocess_options options =
        child_options(LOOP_STDIO_FD, LOOP_STDIO_FD, LOOP_STDIO_FD);

    child_replace_standard(c, ours);
    for (int combination = 0; combination < 27; combination++) {
        const int from[] = {combination % 3, combination / 3 % 3, combination / 9};
        const char *report;

        for (int i = 0; i < 3; i++)
            options.std[i].fd = from[i];
        report = child_report(c, &options, NULL, 0);
        for (int i = 0; i < 3; i++)
            EXPECT(c, report_same(c, report, i, ours[from[i]]),
                   "given %d, %d and %d as its descriptors, the child has another as %d", from[0],
                   from[1], from[2], i);
    }
    child_restore_standard(c);
}

/* Each of the three is a pipe, the null device or a file, in every combination. */
static void kinds(struct check *c)
{
    static const uint32_t how[] = {PIPE, NOTHING, LOOP_STDIO_FD};
    loop_fd file = scene_file(c, ""), null = scene_open(c, "/dev/null");
    loop_fd expected[] = {LOOP_NO_FD, null, file};

    for (int combination = 0; combination < 27; combination++) {
        const int kind[] = {combination % 3, combination / 3 % 3, combination / 9};
        struct loop_subprocess_options options =
            child_options(how[kind[0]], how[kind[1]], how[kind[2]]);
        const char *report;

        for (int i = 0; i < 3; i++)
            options.std[i].fd = file;
        report = child_report(c, &options, NULL, 0);
        for (int i = 0; i < 3; i++) {
            bool right = kind[i] != 0
                             ? report_same(c, report, i, expected[kind[i]])
                             : !report_same(c, report, i, null) && !report_same(c, report, i, file);
            EXPECT(c, right, "combination %d: descriptor %d is not what was asked for", combination,
                   i);
        }
    }
}

static void run_with_closed(struct check *c, const loop_fd ours[3], bool given_back)
{
    struct endpoint *e;

    child_replace_standard(c, ours);
    e = child_script(c, "cat; echo error >&2", PIPE, PIPE, PIPE);
    child_write(e, "through");
    child_end_input(e);
    child_await_end(e);
    endpoint_release(e);
    RUN_ITERATIONS(c, 3);
    for (int fd = 0; fd < 3; fd++)
        EXPECT(c, !given_back || ours[fd] != LOOP_NO_FD || !scene_is_open(c, fd),
               "the loop left descriptor %d open after the child's end", fd);
    child_restore_standard(c);
    child_expect_output(e, 1, "through");
    child_expect_output(e, 2, "error\n");
}

/* The loop's own ends of the pipes come to lie on the numbers that are free. The first round, with
 * none free, lets the loop open what it keeps. */
static void run_with_each_closed(struct check *c, bool given_back)
{
    struct scene_pair out = scene_pipe(c);

    for (int closed = 0; closed < 8; closed++) {
        loop_fd ours[3];

        for (int i = 0; i < 3; i++)
            ours[i] = (closed >> i & 1) != 0 ? LOOP_NO_FD : out.peer;
        run_with_closed(c, ours, given_back);
    }
}

static void closed_numbers(struct check *c)
{
    run_with_each_closed(c, false);
}

static void closed_numbers_given_back(struct check *c)
{
    run_with_each_closed(c, true);
}

static void merged_with_closed(struct check *c)
{
    struct scene_pair out = scene_pipe(c);
    const loop_fd ours[3] = {out.end, LOOP_NO_FD, out.peer};
    struct endpoint *e = endpoint_new(c, "the child");
    loop_status status;

    child_replace_standard(c, ours);
    status = child_begin_for(e, "exit 0", NOTHING, INHERIT, LOOP_STDIO_STDOUT);
    if (status == LOOP_OK) {
        RUN_UNTIL(c, endpoint_completed, e, "the completion of a start that fails");
        status = e->status;
    }
    child_restore_standard(c);
    EXPECT_STATUS(c, "a child whose errors are to go where there is nothing", status, LOOP_BADF);
}

#define STARTS "subprocess_exec", "transport_release"
#define WRITES "transport_get_pipe_transport", "transport_write", "transport_write_eof"

static const struct check_definition definitions[] = {
    {.id = "subprocess.null-device",
     .run = null_device,
     .rules = {"subprocess.null-device"},
     .needs = {STARTS, "transport_get_pipe_transport", "transport_get_returncode"}},
    {.id = "subprocess.inherited",
     .run = inherited,
     .rules = {"subprocess.inherited"},
     .needs = {STARTS, "transport_get_returncode"}},
    {.id = "subprocess.handed-over",
     .run = handed_over,
     .rules = {"subprocess.handed-over"},
     .needs = {STARTS, "transport_get_returncode"}},
    {.id = "subprocess.permuted",
     .run = permuted,
     .rules = {"subprocess.permuted"},
     .needs = {STARTS, "transport_get_returncode"}},
    {.id = "subprocess.kinds",
     .run = kinds,
     .rules = {"subprocess.kinds"},
     .needs = {STARTS, "transport_get_returncode"}},
    {.id = "subprocess.closed-numbers",
     .run = closed_numbers,
     .rules = {"subprocess.closed-numbers"},
     .needs = {STARTS, WRITES}},
    {.id = "subprocess.merged-with-closed",
     .run = merged_with_closed,
     .rules = {"subprocess.merged-with-closed"},
     .needs = {STARTS}},
    {.id = "subprocess.closed-numbers-given-back",
     .run = closed_numbers_given_back,
     .rules = {"subprocess.closed-numbers-given-back"},
     .needs = {STARTS, WRITES}},
};

CHECK_AREA_PART(subprocess, inherit, definitions);
