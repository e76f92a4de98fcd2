/* SPDX-License-Identifier: MIT
 *
 * One result as TAP. */
#ifndef LOOPCHECK_REPORT_H
#define LOOPCHECK_REPORT_H

#include "verdict.h"

struct report {
    const struct options *options;
    const struct adapter *adapter;
};

void report_result(const struct report *report, size_t number, const struct result *result,
                   enum verdict verdict);

#endif
