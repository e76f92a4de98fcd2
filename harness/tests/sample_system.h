/* SPDX-License-Identifier: MIT
 *
 * What the sample checks ask of their system. */
#ifndef LOOPCHECK_SAMPLE_SYSTEM_H
#define LOOPCHECK_SAMPLE_SYSTEM_H

#include "check.h"

#define MUST                                                                                       \
    {                                                                                              \
        "rule.must"                                                                                \
    }

/* Ends that one system alone has. */
extern const struct check_area ends_system_checks;

/* Calls `body(arg)` in another thread and waits for its end. */
void sample_in_thread(void (*body)(void *arg), void *arg);

#endif
