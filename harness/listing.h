/* SPDX-License-Identifier: MIT
 *
 * --list: lines of fields with tabs between, the first one a comment with their names. */
#ifndef LOOPCHECK_LISTING_H
#define LOOPCHECK_LISTING_H

#include "suite.h"

/* What no loop is needed for. */
bool listing_needs_loop(const struct options *options);

/* `adapter` is NULL where no loop was given. The exit status. */
int listing_print(const struct options *options, const struct adapter *adapter);

#endif
