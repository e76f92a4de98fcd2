/* SPDX-License-Identifier: MIT
 *
 * What a compiler's instrumentation offers, if the program has any. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>

#include "check.h"
#include "holdings.h"
#include "sanitizers.h"
#include "snapshot.h"
#include "valgrind.h"

__attribute__((weak)) int __lsan_do_recoverable_leak_check(void);
__attribute__((weak)) void __gcov_dump(void);
__attribute__((weak)) void __tsan_init(void);

/* Called by the sanitizers' run-times, if they are there, for each error they find. */
__attribute__((visibility("default"))) void __tsan_on_report(void *report);
__attribute__((visibility("default"))) void __ubsan_on_report(void);

static _Atomic int32_t *report_count;

void sanitizers_count_in(_Atomic int32_t *count)
{
    report_count = count;
}

int32_t sanitizers_reports(void)
{
    return valgrind_errors() + (report_count != NULL ? atomic_load(report_count) : 0);
}

static void count_report(void)
{
    if (report_count != NULL)
        atomic_fetch_add(report_count, 1);
}

void __tsan_on_report(void *report)
{
    (void)report;
    count_report();
}

void __ubsan_on_report(void)
{
    count_report();
}

static void *end_at_once(void *arg)
{
    return arg;
}

void sanitizers_start_threads(void)
{
    char names[64];
    pthread_t thread;
    size_t before = holdings_threads(names, sizeof names);
    if (__tsan_init == NULL || pthread_create(&thread, NULL, end_at_once, NULL) != 0)
        return;
    pthread_join(thread, NULL);
    /* One more is TSan's. This one was joined a little before the system has forgotten it. */
    for (int64_t end = check_now() + SECONDS(1);
         holdings_threads(names, sizeof names) > before + 1 && check_now() < end;)
        check_block(MILLISECONDS(1) / 10);
}

bool snapshot_memory_leaked(void)
{
    int32_t before = valgrind_errors();
    valgrind_look_for_leaks();
    return valgrind_errors() > before ||
           (__lsan_do_recoverable_leak_check != NULL && __lsan_do_recoverable_leak_check() != 0);
}

void snapshot_flush_coverage(void)
{
    if (__gcov_dump != NULL)
        __gcov_dump();
}
