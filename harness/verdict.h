/* SPDX-License-Identifier: MIT
 *
 * From what was seen of a check's runs to the verdict. */
#ifndef LOOPCHECK_VERDICT_H
#define LOOPCHECK_VERDICT_H

#include "expectations.h"
#include "suite.h"

/* What one run came to. */
enum outcome {
    OUTCOME_PASSED,
    OUTCOME_FAILED,
    OUTCOME_BROKE, /* not a broken statement: a crash, a leak, something printed... */
    OUTCOME_NOT_PROVIDED,
    OUTCOME_REFUSED,
    OUTCOME_SKIPPED
};

enum verdict {
    VERDICT_PASSED,
    VERDICT_EXCEEDS,
    VERDICT_FAILED,
    VERDICT_DIFFERS,
    VERDICT_FALLS_SHORT,
    VERDICT_DEVIATES,
    VERDICT_REPAIRED,
    VERDICT_NOT_PROVIDED,
    VERDICT_REFUSED,
    VERDICT_SKIPPED
};

/* Everything that the report says of one test. */
struct result {
    const struct test *test;
    const struct expectation *expectations; /* of the loop */
    enum outcome outcome;
    struct run_report run; /* of the run that decided: the first that failed, else the first */
    char message[1400];    /* why it is what it is; empty for a plain pass */
    const struct expectation *declared; /* what speaks of that failure, or against that pass */
    int32_t repetition;    /* of that run, from 1 */
    long runs;
    long failures;
    bool exceeds;
    struct record_measure measures[RECORD_MEASURES]; /* the largest of all runs */
    int32_t measure_count;
};

/* Takes one more run into the result. */
void result_add(struct result *result, const struct run_report *run, int32_t repetition,
                const struct options *options);

enum verdict result_verdict(const struct result *result, bool claims_asyncio);

const char *verdict_name(enum verdict verdict);

/* Whether it makes the run fail. */
bool verdict_fails(enum verdict verdict, bool strict);

#endif
