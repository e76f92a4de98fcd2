/* SPDX-License-Identifier: MIT
 *
 * The command line of loopcheck-run. */
#ifndef LOOPCHECK_OPTIONS_H
#define LOOPCHECK_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "text.h"

/* Exit statuses of the runner. */
enum { EXIT_AS_IT_MUST = 0, EXIT_DEVIATION = 1, EXIT_TROUBLE = 2 };

enum options_list { LIST_NOTHING, LIST_VARIANTS, LIST_CHECKS, LIST_FAULTS, LIST_RULES };

struct options {
    const char *program;
    const char *loop;
    const char **variants; /* globs */
    size_t variant_count;
    const char **checks; /* globs */
    size_t check_count;
    const char **environment; /* NAME=VALUE, set in this process already */
    size_t environment_count;
    uint32_t profile;    /* 0 unless the user has named one */
    const char *asyncio; /* his word for it, or NULL */
    const char *fault;
    const char *expectations;
    int64_t timeout;  /* ns, for a whole check */
    int64_t deadline; /* ns, for one wait */
    uint64_t seed;
    long jobs;
    long repeat;
    enum options_list list;
    bool strict;
    bool in_process;
    bool durations;
    bool help;
    bool version;
};

/* False after one line on stderr. */
bool options_parse(struct options *options, int argc, char **argv, bool takes_path);
void options_free(struct options *options);
/* The profile that the user has named, else the loop's own, else that of Python 3.7. */
uint32_t options_profile(const struct options *options, uint32_t own);
void options_usage(FILE *stream, const char *program, bool takes_path);

/* One line "PROGRAM: ..." on stderr. */
void options_complain(const struct options *options, const char *format, ...) TEXT_PRINTF(2, 3);

#endif
