/* SPDX-License-Identifier: MIT
 *
 * What a compiler's instrumentation offers, if the program has any. */
#include <stdatomic.h>
#include <stdint.h>

#include "sanitizers.h"
#include "snapshot.h"

__attribute__((weak)) int __lsan_do_recoverable_leak_check(void);
__attribute__((weak)) void __gcov_dump(void);

/* Called by the sanitizers' run-times, if they are there, for each error they find. */
__attribute__((visibility("default"))) void __tsan_on_report(void *report);
__attribute__((visibility("default"))) void __ubsan_on_report(void);

static _Atomic int32_t *report_count;

void sanitizers_count_in(_Atomic int32_t *count) {
    report_count = count;
}

static void count_report(void) {
    if (report_count != NULL)
        atomic_fetch_add(report_count, 1);
}

void __tsan_on_report(void *report) {
    (void)report;
    count_report();
}

void __ubsan_on_report(void) {
    count_report();
}

bool snapshot_memory_leaked(void) {
    return __lsan_do_recoverable_leak_check != NULL && __lsan_do_recoverable_leak_check() != 0;
}

void snapshot_flush_coverage(void) {
    if (__gcov_dump != NULL)
        __gcov_dump();
}
