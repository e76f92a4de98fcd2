/* SPDX-License-Identifier: MIT
 *
 * Loops that start children which they should refuse, take any watcher, or lose the children that
 * somebody else has reaped. */
#include "piped.h"

static loop_status closed_is_null(struct piped *p, struct loop_subprocess_options *options)
{
    (void)p;
    for (int i = 0; i < 3; i++) {
        if (options->std[i].how == LOOP_STDIO_FD && piped_kind(options->std[i].fd) == '-')
            options->std[i].how = LOOP_STDIO_NULL;
    }
    return LOOP_OK;
}

PIPED_FAULT(spoil_closed, .options = closed_is_null)

static loop_status merged_is_null(struct piped *p, struct loop_subprocess_options *options)
{
    (void)p;
    if (options->std[1].how == LOOP_STDIO_INHERIT && options->std[2].how == LOOP_STDIO_STDOUT)
        options->std[2].how = LOOP_STDIO_NULL;
    return LOOP_OK;
}

PIPED_FAULT(spoil_merged, .options = merged_is_null)

static loop_status run_nothing(struct piped *p, struct loop_subprocess_options *options)
{
    static const char *const argv[] = {"/bin/sh", "-c", ":", NULL};

    (void)p;
    if (options->argv != NULL && options->argv[0] == NULL)
        options->argv = argv;
    return LOOP_OK;
}

PIPED_FAULT(spoil_nothing, .options = run_nothing)

static loop_status inherit_nonsense(struct piped *p, struct loop_subprocess_options *options)
{
    (void)p;
    if (options->std[0].how == LOOP_STDIO_STDOUT)
        options->std[0].how = LOOP_STDIO_INHERIT;
    return LOOP_OK;
}

PIPED_FAULT(spoil_nonsense, .options = inherit_nonsense)

static void unname_shortage(struct piped *p, loop_status status)
{
    piped_done(p, status == LOOP_MFILE ? LOOP_FAILED : status);
}

PIPED_FAULT(spoil_shortage, .done = unname_shortage)

/* ---- reaped by somebody else */

enum { LOST_CODE = 255 };

static bool is_lost(struct piped *p)
{
    int code = 0;

    return piped_inner->transport_get_returncode(p->transport, &code) == LOOP_OK &&
           code == LOST_CODE;
}

static void miss_lost(struct piped *p)
{
    if (!is_lost(p))
        piped_exited(p);
}

PIPED_FAULT(spoil_reaped, .exited = miss_lost)

static loop_status lost_is_success(struct loop_transport *transport, int *code)
{
    loop_status status = piped_inner->transport_get_returncode(transport, code);

    if (status == LOOP_OK && *code == LOST_CODE)
        *code = 0;
    return status;
}

PIPED_FAULT_OF(spoil_code, transport_get_returncode, lost_is_success, .made = NULL)

/* ---- watchers */

static loop_status take_unknown(struct loop *loop, uint32_t watcher)
{
    return watcher > LOOP_WATCHER_SIGCHLD ? LOOP_OK : piped_inner->set_child_watcher(loop, watcher);
}

PIPED_FAULT_OF(spoil_unknown, set_child_watcher, take_unknown, .made = NULL)

static loop_status take_anywhere(struct loop *loop, uint32_t watcher)
{
    loop_status status = piped_inner->set_child_watcher(loop, watcher);

    return status == LOOP_RUNTIME ? LOOP_OK : status;
}

PIPED_FAULT_OF(spoil_anywhere, set_child_watcher, take_anywhere, .made = NULL)

const struct fault subprocess_refused_faults[] = {
    {.id = "subprocess.closed-is-null",
     .summary = "a child that is to get a closed number gets the null device",
     .checks = {"subprocess.closed-descriptor"},
     .spoil = spoil_closed},
    {.id = "subprocess.merged-is-null",
     .summary = "errors that are to go where the inherited output goes get the null device",
     .checks = {"subprocess.merged-with-closed"},
     .spoil = spoil_merged},
    {.id = "subprocess.nothing-is-run",
     .summary = "a program without a name is started as one that does nothing",
     .checks = {"subprocess.nothing-to-run"},
     .spoil = spoil_nothing},
    {.id = "subprocess.nonsense-is-inherited",
     .summary = "a standard input that cannot be meant is inherited",
     .checks = {"subprocess.stdio-nonsense"},
     .spoil = spoil_nonsense},
    {.id = "subprocess.shortage-unnamed",
     .summary = "a lack of descriptors is FAILED",
     .checks = {"subprocess.shortage", "subprocess.shortage-of-numbers"},
     .spoil = spoil_shortage},
    {.id = "subprocess.misses-reaped",
     .summary = "the exit of a child that somebody else has reaped is missed",
     .checks = {"subprocess.reaped-elsewhere"},
     .spoil = spoil_reaped},
    {.id = "subprocess.lost-code-is-zero",
     .summary = "the return code of a child that somebody else has reaped is 0",
     .checks = {"subprocess.code-lost"},
     .spoil = spoil_code},
    {.id = "subprocess.watcher-any-number",
     .summary = "any number is a watcher",
     .checks = {"subprocess.watcher-unknown"},
     .spoil = spoil_unknown},
    {.id = "subprocess.watcher-any-thread",
     .summary = "the watcher by SIGCHLD is taken in any thread",
     .checks = {"subprocess.watcher-in-thread"},
     .spoil = spoil_anywhere},
    {.id = NULL},
};
