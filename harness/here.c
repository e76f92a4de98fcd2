/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "catalogue.h"
#include "machine.h"
#include "process.h"
#include "sanitizers.h"
#include "state.h"

static struct {
    struct record record;
    struct run_report report;
    char directory[1024];
    int (*then)(const struct run_report *report);
} here;

static void finish_here(void)
{
    machine_remove_directory(here.directory);
    record_take(&here.report.record, &here.record);
    exit(here.then(&here.report));
}

void process_run_here(const struct options *options, const struct loop_api *api,
                      const struct job *job, int (*then)(const struct run_report *report))
{
    struct execution execution;
    here.then = then;
    record_begin(&here.record);
    if (!machine_make_directory(here.directory, sizeof here.directory)) {
        options_complain(options, "cannot make a directory for the check");
        exit(EXIT_TROUBLE);
    }
    catalogue_execution(&execution, options, api, job);
    execution.record = &here.record;
    execution.finish = finish_here;
    sanitizers_count_in(&here.record.sanitizer_reports);
    execute(&execution, here.directory);
}
