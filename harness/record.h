/* SPDX-License-Identifier: MIT
 *
 * What a check's process tells of itself, in memory that it shares with the processes that watch
 * it. The loop runs in that process too and may have scribbled on it: a reader goes through
 * record_take and trusts no length and no text. */
#ifndef LOOPCHECK_RECORD_H
#define LOOPCHECK_RECORD_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

enum record_end {
    RECORD_RUNNING, /* no result yet: a process that ends now ends in mid-check */
    RECORD_PASSED,
    RECORD_FAILED,
    RECORD_NOT_PROVIDED, /* an operation that the check needs is NULL */
    RECORD_REFUSED,      /* a rule in force forbids what the check needs to set its scene */
    RECORD_SKIPPED       /* the machine lacks something */
};

enum { RECORD_NOTES = 16, RECORD_MEASURES = 16 };

struct record_measure {
    char quantity[48];
    char unit[24];
    int64_t value;
};

/* Something the check waits for; `deadline` (ns, check_now) is 0 when it waits for nothing. */
struct record_wait {
    _Atomic int64_t deadline;
    int64_t started;
    int64_t cpu_started;
    int64_t delay_started;
    char what[192];
    char file[128];
    int32_t line;
};

#define RECORD_GUARD UINT64_C(0x6C6F6F70636865F1)

struct record {
    uint64_t guard_before;   /* RECORD_GUARD, unless something scribbled on the record */
    _Atomic int32_t claimed; /* the first failure wins, whichever thread or process found it */
    _Atomic int32_t end;     /* enum record_end; written last */
    int32_t misbehaved;      /* the failure is no broken statement, but a leak or the like */
    int32_t opened;          /* open() returned LOOP_OK */
    int32_t line;
    char file[128];
    char message[1024]; /* why it failed or was skipped */
    char expected[256];
    char found[256];
    char exceeded[256]; /* what works although a rule in force does not ask for it */
    _Atomic int32_t sanitizer_reports;
    int32_t note_count;
    int32_t measure_count;
    char notes[RECORD_NOTES][256];
    struct record_measure measures[RECORD_MEASURES];
    struct record_wait wait;
    uint64_t guard_after;
};

/* Empties it, before a check begins. */
void record_begin(struct record *record);

/* Whether no part of it can be believed. */
bool record_spoilt(const struct record *record);

/* Copies a record that may be nonsense into one whose texts end and whose counts hold. */
void record_take(struct record *to, const struct record *from);

void record_note(struct record *record, const char *text);
void record_measure(struct record *record, const char *quantity, const char *unit, int64_t value);

#endif
