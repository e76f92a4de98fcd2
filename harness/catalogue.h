/* SPDX-License-Identifier: MIT
 *
 * The checks and faults that are linked into this program. */
#ifndef LOOPCHECK_CATALOGUE_H
#define LOOPCHECK_CATALOGUE_H

#include "options.h"
#include "process.h"
#include "state.h"

const struct check_definition *catalogue_check(const struct job *job);

/* The fault of that id, or NULL. */
const struct fault *catalogue_fault(const char *id);

/* Whether any check's id matches. */
bool catalogue_has_check(const char *glob);

/* Everything but the record and the way to finish. */
void catalogue_execution(struct execution *execution, const struct options *options,
                         const struct loop_api *api, const struct job *job);

#endif
