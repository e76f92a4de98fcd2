/* SPDX-License-Identifier: MIT
 *
 * Loops that mix up a child's first three descriptors. */
#include <string.h>

#include "piped.h"

static void output_lost_badly(struct piped *p, int fd, loop_status why)
{
    piped_child_lost(p, fd, fd == 1 ? LOOP_PIPE : why);
}

PIPED_FAULT(spoil_output, .child_lost = output_lost_badly)

static void errors_are_output(struct piped *p, int fd, const void *data, size_t length)
{
    piped_child_data(p, fd == 2 ? 1 : fd, data, length);
}

PIPED_FAULT(spoil_errors, .child_data = errors_are_output)

static loop_status drop_second(struct piped *p, struct loop_transport *transport, const void *data,
                               size_t length)
{
    static int writes;

    return p == NULL && ++writes == 2 ? LOOP_OK
                                      : piped_inner->transport_write(transport, data, length);
}

PIPED_FAULT(spoil_input, .write = drop_second)

/* The standard input that was asked for last: no other transport is spoilt. */
static struct loop_transport *input;

static struct loop_transport *note_input(struct loop_transport *transport, int child_fd)
{
    struct loop_transport *pipe = piped_inner->transport_get_pipe_transport(transport, child_fd);

    if (child_fd == 0)
        input = pipe;
    return pipe;
}

static void close_all_but_input(struct loop_transport *transport)
{
    if (transport != input)
        piped_inner->transport_close(transport);
}

static void spoil_input_close(struct loop_operations *spoilt, const struct loop_operations *inner)
{
    static const struct piped_hooks hooks = {.made = NULL};

    piped_spoil(spoilt, inner, &hooks);
    spoilt->transport_get_pipe_transport = note_input;
    spoilt->transport_close = close_all_but_input;
}

static void damage_late(struct piped *p, int fd, const void *data, size_t length)
{
    static unsigned char copy[1 << 20];

    if (p->received < 1000000 || length > sizeof copy) {
        piped_child_data(p, fd, data, length);
        return;
    }
    memcpy(copy, data, length);
    copy[length / 2] ^= 1;
    piped_child_data(p, fd, copy, length);
}

PIPED_FAULT(spoil_megabytes, .child_data = damage_late)

static loop_status note_no_input(struct piped *p, struct loop_subprocess_options *options)
{
    p->mark = options->std[0].how == LOOP_STDIO_NULL;
    return LOOP_OK;
}

static void cut_short(struct piped *p, int fd, const void *data, size_t length)
{
    if (p->mark && p->received + length > 10000)
        length = p->received < 10000 ? 10000 - p->received : 0;
    if (length > 0)
        piped_child_data(p, fd, data, length);
}

PIPED_FAULT(spoil_the_dead, .options = note_no_input, .child_data = cut_short)

static void pause_children_only(struct loop_transport *transport)
{
    if (piped_of(transport) != NULL)
        piped_inner->transport_pause_reading(transport);
}

PIPED_FAULT_OF(spoil_pause, transport_pause_reading, pause_children_only, .made = NULL)

static void change(struct loop_subprocess_options *options, uint32_t from, uint32_t to)
{
    for (int i = 0; i < 3; i++) {
        if (options->std[i].how == from)
            options->std[i].how = to;
    }
}

static loop_status not_merged(struct piped *p, struct loop_subprocess_options *options)
{
    (void)p;
    change(options, LOOP_STDIO_STDOUT, LOOP_STDIO_PIPE);
    return LOOP_OK;
}

PIPED_FAULT(spoil_merged, .options = not_merged)

static loop_status null_is_inherited(struct piped *p, struct loop_subprocess_options *options)
{
    (void)p;
    if (options->std[0].how == LOOP_STDIO_NULL)
        options->std[0].how = LOOP_STDIO_INHERIT;
    return LOOP_OK;
}

PIPED_FAULT(spoil_null, .options = null_is_inherited)

static loop_status inherited_is_null(struct piped *p, struct loop_subprocess_options *options)
{
    (void)p;
    change(options, LOOP_STDIO_INHERIT, LOOP_STDIO_NULL);
    return LOOP_OK;
}

PIPED_FAULT(spoil_inherited, .options = inherited_is_null)

/* The caller's own is closed once the child has it. */
static loop_status note_given(struct piped *p, struct loop_subprocess_options *options)
{
    if (options->std[2].how == LOOP_STDIO_FD)
        p->fd = options->std[2].fd;
    return LOOP_OK;
}

static void close_given(struct piped *p, loop_status status)
{
    if (p->child && p->fd > 2)
        fault_close_descriptor(p->fd);
    piped_done(p, status);
}

PIPED_FAULT(spoil_given, .options = note_given, .done = close_given)

/* One dup2 after the other, each onto what a later one may need. */
static loop_status one_by_one(struct piped *p, struct loop_subprocess_options *options)
{
    (void)p;
    for (int to = 0; to < 3; to++) {
        for (int later = to + 1; later < 3; later++) {
            if (options->std[later].how == LOOP_STDIO_FD && options->std[later].fd == to)
                options->std[later] = options->std[to];
        }
    }
    return LOOP_OK;
}

PIPED_FAULT(spoil_permuted, .options = one_by_one)

static loop_status no_file_beside_pipe(struct piped *p, struct loop_subprocess_options *options)
{
    (void)p;
    if (options->std[0].how == LOOP_STDIO_PIPE && options->std[2].how == LOOP_STDIO_FD)
        options->std[2].how = LOOP_STDIO_NULL;
    return LOOP_OK;
}

PIPED_FAULT(spoil_kinds, .options = no_file_beside_pipe)

static loop_status none_if_closed(struct piped *p, struct loop_subprocess_options *options)
{
    (void)p;
    if (!fault_descriptor_is_open(0))
        options->std[1].how = LOOP_STDIO_NULL;
    return LOOP_OK;
}

PIPED_FAULT(spoil_closed, .options = none_if_closed)

/* What the pipes had of the first three numbers stays in use. */
static loop_status note_if_closed(struct piped *p, struct loop_subprocess_options *options)
{
    (void)options;
    p->mark = !fault_descriptor_is_open(0);
    return LOOP_OK;
}

static void lost_and_occupied(struct piped *p, loop_status why)
{
    piped_lost(p, why);
    if (p->mark && !fault_descriptor_is_open(0))
        piped_occupy(0);
}

PIPED_FAULT(spoil_given_back, .options = note_if_closed, .lost = lost_and_occupied)

static void input_loss_waits(struct piped *p, int fd, loop_status why)
{
    if (fd == 0 && !p->exited)
        p->mark = true;
    else
        piped_child_lost(p, fd, why);
}

static void exited_and_input_lost(struct piped *p)
{
    piped_exited(p);
    if (p->mark)
        piped_child_lost(p, 0, LOOP_OK);
}

PIPED_FAULT(spoil_closes_input, .child_lost = input_loss_waits, .exited = exited_and_input_lost)

static loop_status note_input_only(struct piped *p, struct loop_subprocess_options *options)
{
    p->mark = options->std[0].how == LOOP_STDIO_PIPE && options->std[1].how != LOOP_STDIO_PIPE;
    return LOOP_OK;
}

static void input_loss_untold(struct piped *p, int fd, loop_status why)
{
    if (!p->mark)
        piped_child_lost(p, fd, why);
}

PIPED_FAULT(spoil_broken, .options = note_input_only, .child_lost = input_loss_untold)

const struct fault subprocess_stdio_faults[] = {
    {.id = "subprocess.output-lost-badly",
     .summary = "standard output is lost with PIPE",
     .checks = {"subprocess.output"},
     .spoil = spoil_output},
    {.id = "subprocess.errors-are-output",
     .summary = "standard error is told as standard output",
     .checks = {"subprocess.errors"},
     .spoil = spoil_errors},
    {.id = "subprocess.drops-second-write",
     .summary = "the second write to a child is dropped",
     .checks = {"subprocess.input"},
     .spoil = spoil_input},
    {.id = "subprocess.input-close-ignored",
     .summary = "closing the standard input of a child does nothing",
     .checks = {"subprocess.input-closed"},
     .spoil = spoil_input_close},
    {.id = "subprocess.damages-late-bytes",
     .summary = "one bit of each piece is changed after 1 MB",
     .checks = {"subprocess.megabytes"},
     .spoil = spoil_megabytes},
    {.id = "subprocess.output-cut-short",
     .summary = "of a child without input 10000 bytes are read",
     .checks = {"subprocess.output-of-the-dead"},
     .spoil = spoil_the_dead},
    {.id = "subprocess.pause-ignored",
     .summary = "a child's pipe is not paused",
     .checks = {"subprocess.pause-output"},
     .spoil = spoil_pause},
    {.id = "subprocess.errors-not-merged",
     .summary = "standard error has a pipe of its own, asked for or not",
     .checks = {"subprocess.merged"},
     .spoil = spoil_merged},
    {.id = "subprocess.null-is-inherited",
     .summary = "the null device as standard input is the parent's",
     .checks = {"subprocess.null-device"},
     .spoil = spoil_null},
    {.id = "subprocess.inherited-is-null",
     .summary = "what is to be inherited is the null device",
     .checks = {"subprocess.inherited"},
     .spoil = spoil_inherited},
    {.id = "subprocess.closes-what-is-given",
     .summary = "a descriptor that was given is closed in the parent",
     .checks = {"subprocess.handed-over"},
     .spoil = spoil_given},
    {.id = "subprocess.one-by-one",
     .summary = "the three descriptors are moved one by one, over each other",
     .checks = {"subprocess.permuted"},
     .spoil = spoil_permuted},
    {.id = "subprocess.no-file-beside-pipe",
     .summary = "a file as standard error is lost where standard input is a pipe",
     .checks = {"subprocess.kinds"},
     .spoil = spoil_kinds},
    {.id = "subprocess.closed-number-mutes",
     .summary = "a parent without descriptor 0 gets no output",
     .checks = {"subprocess.closed-numbers"},
     .spoil = spoil_closed},
    {.id = "subprocess.occupies-closed-number",
     .summary = "a closed descriptor 0 is in use after a child's end",
     .checks = {"subprocess.closed-numbers-given-back"},
     .spoil = spoil_given_back},
    {.id = "subprocess.closed-input-untold",
     .summary = "that a child has closed its input is told at its exit",
     .checks = {"subprocess.closes-input"},
     .spoil = spoil_closes_input},
    {.id = "subprocess.input-loss-untold",
     .summary = "the loss of the input of a child without output is not told",
     .checks = {"subprocess.broken-input"},
     .spoil = spoil_broken},
    {.id = NULL},
};
