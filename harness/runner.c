/* SPDX-License-Identifier: MIT */
#include "runner.h"

#include <stdio.h>
#include <stdlib.h>

#include "catalogue.h"
#include "expectations.h"
#include "listing.h"
#include "process.h"
#include "report.h"
#include "suite.h"
#include "supervise.h"
#include "tap.h"

/* What the report of --in-process needs when the check ends, wherever that is. */
static struct {
    const struct options *options;
    const struct suite *suite;
} here;

static int report_here(const struct run_report *run)
{
    static struct result result;
    const struct report report = {here.options, here.suite->adapter};
    result.test = &here.suite->tests[0];
    result_add(&result, run, 1, here.options);
    enum verdict verdict =
        result_verdict(&result, (here.suite->adapter->flags & LOOP_CLAIMS_ASYNCIO) != 0);
    tap_plan(1, NULL);
    report_result(&report, 1, &result, verdict);
    if (!tap_flush())
        return EXIT_TROUBLE;
    return verdict_fails(verdict, here.options->strict) ? EXIT_DEVIATION : EXIT_AS_IT_MUST;
}

static int run_here(const struct options *options, const struct loader *loader)
{
    static struct adapter adapter;
    static struct suite suite;
    char error[1024];
    const struct loop_api *api = loader->load(options->loop, error, sizeof error);
    if (api == NULL || !adapter_valid(api, error, sizeof error)) {
        options_complain(options, "%s: %s",
                         options->loop == NULL ? "the linked loop" : options->loop, error);
        return EXIT_TROUBLE;
    }
    adapter_describe(&adapter, api);
    if (!suite_select(&suite, options, &adapter))
        return EXIT_TROUBLE;
    if (suite.count != 1) {
        options_complain(options, "--in-process runs exactly one check, %zu are selected",
                         suite.count);
        suite_free(&suite);
        return EXIT_TROUBLE;
    }
    here.options = options;
    here.suite = &suite;
    tap_begin();
    process_run_here(options, api, &suite.tests[0].job, report_here);
}

static int run_with_servers(const struct options *options, const struct loader *loader)
{
    struct expectation *expectations;
    struct suite suite;
    int status = EXIT_TROUBLE;
    if (!expectations_read(options, &expectations))
        return EXIT_TROUBLE;
    struct pool *pool = pool_start(options, loader);
    if (pool == NULL) {
        expectations_free(expectations);
        return EXIT_TROUBLE;
    }
    if (options->list != LIST_NOTHING) {
        status = listing_print(options, pool_adapter(pool));
    } else if (suite_select(&suite, options, pool_adapter(pool))) {
        status = supervise(options, &suite, pool, expectations);
        suite_free(&suite);
    }
    pool_stop(pool);
    expectations_free(expectations);
    return status;
}

static int run(const struct options *options, const struct loader *loader)
{
    if (options->help) {
        options_usage(stdout, options->program, loader->takes_path);
        return EXIT_AS_IT_MUST;
    }
    if (options->version) {
        printf("loopcheck-run %s, ABI %u\n", LOOPCHECK_VERSION, LOOP_ABI_VERSION);
        return EXIT_AS_IT_MUST;
    }
    if (options->fault != NULL && catalogue_fault(options->fault) == NULL) {
        options_complain(options, "no fault is named '%s' (--list faults)", options->fault);
        return EXIT_TROUBLE;
    }
    if (options->list != LIST_NOTHING && !listing_needs_loop(options))
        return listing_print(options, NULL);
    if (!suite_checks_known(options))
        return EXIT_TROUBLE;
    return options->in_process ? run_here(options, loader) : run_with_servers(options, loader);
}

int runner_main(int argc, char **argv, const struct loader *loader)
{
    struct options options;
    int status = EXIT_TROUBLE;
    if (options_parse(&options, argc, argv, loader->takes_path)) {
        process_begin(&options, loader);
        status = run(&options, loader);
    }
    options_free(&options);
    return status;
}
