/* SPDX-License-Identifier: MIT
 *
 * The process of one check: the program, started once more by itself. */
#include <fcntl.h>
#include <io.h>
#include <stdio.h>
#include <stdlib.h>

#include "catalogue.h"
#include "machine.h"
#include "sanitizers.h"
#include "state.h"
#include "text.h"
#include "workers_windows.h"

/* What the supervisor shares with this process; NULL where nobody does. */
static struct shared *find_shared(void)
{
    const char *text = getenv(WORKER_VARIABLE);
    if (text == NULL || *text == '\0')
        return NULL;
    HANDLE memory = (HANDLE)(uintptr_t)strtoull(text, NULL, 16);
    struct shared *shared = MapViewOfFile(memory, FILE_MAP_ALL_ACCESS, 0, 0, 0);
    /* Neither for the check nor for what it starts. */
    _putenv(WORKER_VARIABLE "=");
    if (shared == NULL)
        return NULL;
    CloseHandle(memory);
    return shared->magic == WORKER_MAGIC ? shared : NULL;
}

static const struct loop_api *load(const struct options *options, const struct loader *loader,
                                   struct shared *shared)
{
    const struct loop_api *api = loader->load(options->loop, shared->error, sizeof shared->error);
    if (api == NULL || !adapter_valid(api, shared->error, sizeof shared->error)) {
        if (shared->error[0] == '\0')
            text_copy(shared->error, sizeof shared->error, "it cannot be loaded");
        machine_exit(1);
    }
    return api;
}

/* Where a stack that is full ends a process without a word of it, by Wine. */
static LONG CALLBACK end_at_full_stack(EXCEPTION_POINTERS *exception)
{
    DWORD code = exception->ExceptionRecord->ExceptionCode;
    if (code == EXCEPTION_STACK_OVERFLOW)
        TerminateProcess(GetCurrentProcess(), code);
    return EXCEPTION_CONTINUE_SEARCH;
}

static void finish_check(void)
{
    machine_exit(0);
}

void process_begin(const struct options *options, const struct loader *loader)
{
    struct execution execution;
    _setmode(_fileno(stdout), _O_BINARY);
    struct shared *shared = find_shared();
    if (shared == NULL)
        return;
    /* A crash is the supervisor's to tell; no window waits for anybody. */
    SetErrorMode(SEM_FAILCRITICALERRORS | SEM_NOGPFAULTERRORBOX | SEM_NOOPENFILEERRORBOX);
    if (machine_is_wine())
        AddVectoredExceptionHandler(0, end_at_full_stack);
    machine_slowness();
    const struct loop_api *api = load(options, loader, shared);
    if (shared->errand == ERRAND_DESCRIBE) {
        adapter_describe(&shared->described, api);
        shared->loaded = 1;
        machine_exit(0);
    }
    snapshot_children_in(shared->processes);
    catalogue_execution(&execution, options, api, &shared->job);
    execution.record = &shared->record;
    execution.finish = finish_check;
    sanitizers_count_in(&shared->record.sanitizer_reports);
    execute(&execution, shared->directory);
}
