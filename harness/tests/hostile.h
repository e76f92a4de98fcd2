/* SPDX-License-Identifier: MIT
 *
 * What a hostile loop does when a timer is added, by the name of its variant. */
#ifndef LOOPCHECK_HOSTILE_H
#define LOOPCHECK_HOSTILE_H

#include "loop_abi.h"

struct deed {
    const char *name;
    void (*act)(void);
};

/* Those that the system offers; ends with a NULL name. */
extern const struct deed hostile_deeds[];

void hostile_sleep(void); /* for ever */

#endif
