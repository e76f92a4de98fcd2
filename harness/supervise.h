/* SPDX-License-Identifier: MIT
 *
 * A run: gives the tests to the servers and reports the results in their order. */
#ifndef LOOPCHECK_SUPERVISE_H
#define LOOPCHECK_SUPERVISE_H

#include "expectations.h"
#include "suite.h"

/* The exit status. */
int supervise(const struct options *options, const struct suite *suite, struct pool *pool,
              const struct expectation *expectations);

#endif
