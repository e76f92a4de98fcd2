/* SPDX-License-Identifier: MIT */
#include "record.h"

#include <string.h>

#include "text.h"

#define END_TEXT(array) ((array)[sizeof(array) - 1] = '\0')

void record_begin(struct record *record)
{
    memset(record, 0, sizeof *record);
    record->guard_before = record->guard_after = RECORD_GUARD;
}

bool record_spoilt(const struct record *record)
{
    int32_t end = atomic_load(&record->end);
    return record->guard_before != RECORD_GUARD || record->guard_after != RECORD_GUARD ||
           end < RECORD_RUNNING || end > RECORD_SKIPPED;
}

static int32_t bounded(int32_t value, int32_t limit)
{
    return value < 0 ? 0 : value > limit ? limit : value;
}

void record_take(struct record *to, const struct record *from)
{
    memcpy(to, from, sizeof *to);
    if (record_spoilt(to))
        memset(to, 0, sizeof *to);
    END_TEXT(to->file);
    END_TEXT(to->message);
    END_TEXT(to->expected);
    END_TEXT(to->found);
    END_TEXT(to->exceeded);
    END_TEXT(to->wait.what);
    END_TEXT(to->wait.file);
    to->note_count = bounded(to->note_count, RECORD_NOTES);
    to->measure_count = bounded(to->measure_count, RECORD_MEASURES);
    for (int32_t i = 0; i < RECORD_NOTES; i++)
        END_TEXT(to->notes[i]);
    for (int32_t i = 0; i < RECORD_MEASURES; i++) {
        END_TEXT(to->measures[i].quantity);
        END_TEXT(to->measures[i].unit);
    }
}

void record_note(struct record *record, const char *text)
{
    if (record->note_count < RECORD_NOTES) {
        text_copy(record->notes[record->note_count], sizeof record->notes[0], text);
        record->note_count++;
    }
}

void record_measure(struct record *record, const char *quantity, const char *unit, int64_t value)
{
    for (int32_t i = 0; i < record->measure_count; i++) {
        struct record_measure *measure = &record->measures[i];
        if (strcmp(measure->quantity, quantity) == 0) {
            measure->value = value > measure->value ? value : measure->value;
            return;
        }
    }
    if (record->measure_count < RECORD_MEASURES) {
        struct record_measure *measure = &record->measures[record->measure_count++];
        text_copy(measure->quantity, sizeof measure->quantity, quantity);
        text_copy(measure->unit, sizeof measure->unit, unit);
        measure->value = value;
    }
}
