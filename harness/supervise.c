/* SPDX-License-Identifier: MIT */
#include "supervise.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "report.h"
#include "tap.h"
#include "text.h"
#include "verdict.h"

enum { STOPPED_BY_SIGNAL = 128 };

struct run {
    const struct options *options;
    const struct suite *suite;
    struct pool *pool;
    const struct expectation *expectations;
    struct result **results; /* of tests that have begun and are not yet reported */
    size_t *running;         /* by server: the test that it works on */
    size_t given_test;       /* the next job: repetition `given_repetition` of this test */
    long given_repetition;
    size_t reported;
    bool failed;
};

static bool is_complete(const struct run *run, size_t test)
{
    return run->results[test] != NULL && run->results[test]->runs == run->options->repeat;
}

static bool can_flush(const struct run *run)
{
    if (tap_flush())
        return true;
    options_complain(run->options, "cannot write the results: %s", strerror(errno));
    return false;
}

/* Reports every test whose turn it is; false if the report cannot be written. */
static bool report_ready(struct run *run)
{
    const struct report report = {run->options, run->suite->adapter};
    bool claims_asyncio = (run->suite->adapter->flags & LOOP_CLAIMS_ASYNCIO) != 0;
    while (run->reported < run->suite->count && is_complete(run, run->reported)) {
        struct result *result = run->results[run->reported];
        enum verdict verdict = result_verdict(result, claims_asyncio);
        run->failed = run->failed || verdict_fails(verdict, run->options->strict);
        run->reported++;
        report_result(&report, run->reported, result, verdict);
        free(result);
        run->results[run->reported - 1] = NULL;
        if (!can_flush(run))
            return false;
    }
    return true;
}

static struct result *begin_result(const struct run *run, size_t test)
{
    struct result *result = calloc(1, sizeof *result);
    if (result != NULL) {
        result->test = &run->suite->tests[test];
        result->expectations = run->expectations;
    }
    return result;
}

/* Gives jobs to all idle servers; false if that is not possible. */
static bool give_jobs(struct run *run)
{
    int server;
    while (run->given_test < run->suite->count && (server = pool_idle(run->pool)) >= 0) {
        struct job job = run->suite->tests[run->given_test].job;
        job.repetition = (int32_t)run->given_repetition;
        if (run->results[run->given_test] == NULL)
            run->results[run->given_test] = begin_result(run, run->given_test);
        if (run->results[run->given_test] == NULL || !pool_give(run->pool, server, &job))
            return false;
        run->running[server] =
            run->given_test * (size_t)run->options->repeat + (size_t)run->given_repetition;
        if (++run->given_repetition == run->options->repeat) {
            run->given_repetition = 0;
            run->given_test++;
        }
    }
    return true;
}

static int run_tests(struct run *run)
{
    static struct run_report report;
    while (run->reported < run->suite->count) {
        int server;
        if (!give_jobs(run))
            return pool_signal(run->pool) != 0 ? STOPPED_BY_SIGNAL + pool_signal(run->pool)
                                               : EXIT_TROUBLE;
        switch (pool_wait(run->pool, &server, &report)) {
        case POOL_INTERRUPTED:
            return STOPPED_BY_SIGNAL + pool_signal(run->pool);
        case POOL_TROUBLE:
            return EXIT_TROUBLE;
        default:
            break;
        }
        size_t repeat = (size_t)run->options->repeat;
        result_add(run->results[run->running[server] / repeat], &report,
                   (int32_t)(run->running[server] % repeat) + 1, run->options);
        if (!report_ready(run))
            return EXIT_TROUBLE;
    }
    return run->failed ? EXIT_DEVIATION : EXIT_AS_IT_MUST;
}

/* Whether any selected variant can be opened; if none can, why not the last one. */
static bool can_open(struct run *run, char *reason, size_t size)
{
    static struct run_report report;
    for (size_t i = 0; i < run->suite->variant_count; i++) {
        const struct job job = {.variant = (int32_t)run->suite->variants[i], .area = -1};
        struct result result = {0};
        int server = pool_idle(run->pool);
        if (!pool_give(run->pool, server, &job) ||
            pool_wait(run->pool, &server, &report) != POOL_REPORT)
            return true;
        if (report.record.opened != 0)
            return true;
        result_add(&result, &report, 1, run->options);
        text_print(reason, size, "%s %s cannot be opened: %s", run->suite->adapter->name,
                   run->suite->adapter->variants[run->suite->variants[i]].name, result.message);
    }
    return false;
}

static int run_all(struct run *run)
{
    char reason[2048];
    tap_begin();
    /* CTest knows a run without tests by a plan that follows the version at once. */
    if (run->suite->count == 0) {
        tap_plan(0, "no check that was asked for applies to the variant and the asyncio version");
        return can_flush(run) ? EXIT_AS_IT_MUST : EXIT_TROUBLE;
    }
    uint32_t profile = options_profile(run->options, run->suite->adapter->profile);
    tap_comment("%s %s, asyncio %u.%u.%u", run->suite->adapter->name, run->suite->adapter->version,
                profile >> 16, profile >> 8 & 0xFF, profile & 0xFF);
    tap_comment("seed %llu", (unsigned long long)run->options->seed);
    if (!can_open(run, reason, sizeof reason)) {
        tap_bail_out(reason);
        return can_flush(run) ? EXIT_DEVIATION : EXIT_TROUBLE;
    }
    tap_plan(run->suite->count, NULL);
    return can_flush(run) ? run_tests(run) : EXIT_TROUBLE;
}

int supervise(const struct options *options, const struct suite *suite, struct pool *pool,
              const struct expectation *expectations)
{
    struct run run = {.options = options,
                      .suite = suite,
                      .pool = pool,
                      .expectations = expectations,
                      .results = calloc(suite->count + 1, sizeof *run.results),
                      .running = calloc((size_t)options->jobs, sizeof *run.running)};
    int status = EXIT_TROUBLE;
    if (run.results == NULL || run.running == NULL)
        options_complain(options, "out of memory");
    else
        status = run_all(&run);
    for (size_t i = 0; run.results != NULL && i < suite->count; i++)
        free(run.results[i]);
    free(run.results);
    free(run.running);
    return status;
}
