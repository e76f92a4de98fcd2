/* SPDX-License-Identifier: MIT */
#ifndef LOOPCHECK_SANITIZERS_H
#define LOOPCHECK_SANITIZERS_H

#include <stdatomic.h>
#include <stdint.h>

/* Each error that a sanitizer reports from now on is counted there. */
void sanitizers_count_in(_Atomic int32_t *count);

#endif
