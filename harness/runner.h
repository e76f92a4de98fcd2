/* SPDX-License-Identifier: MIT
 *
 * The whole program, but for the way it comes by its loop. */
#ifndef LOOPCHECK_RUNNER_H
#define LOOPCHECK_RUNNER_H

#include "adapter.h"

int runner_main(int argc, char **argv, const struct loader *loader);

#endif
