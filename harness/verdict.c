/* SPDX-License-Identifier: MIT */
#include "verdict.h"

#include <inttypes.h>
#include <string.h>

#include "text.h"

/* " while waiting: WHAT (at FILE:LINE)", or where else the check was. */
static void append_where(char *text, size_t size, const struct record *record)
{
    char what[400];
    const struct record_wait *wait = &record->wait;
    if (record->end != RECORD_RUNNING) {
        text_append(text, size, " after its end");
    } else if (wait->deadline != 0) {
        text_escape(what, sizeof what, wait->what, strlen(wait->what));
        text_append(text, size, " while waiting: %s (at %s:%d)", what, wait->file, wait->line);
    } else {
        text_append(text, size, " in mid-check");
    }
}

/* CPU time that no waiting loop uses, with room for one that shares its processor with others. */
static bool spun(const struct ending *ending)
{
    return ending->cpu > MILLISECONDS(50) + ending->wall / 10;
}

static void describe_late(char *text, size_t size, const struct run_report *run,
                          const struct options *options)
{
    const struct ending *ending = &run->ending;
    bool wait = ending->how == ENDING_DEADLINE;
    char limit[32];
    char cpu[32];
    text_duration(limit, sizeof limit, wait ? options->deadline : options->timeout);
    text_duration(cpu, sizeof cpu, ending->cpu);
    text_print(text, size, "%s: ", spun(ending) ? "spins" : "hangs");
    if (wait) {
        char what[400];
        text_escape(what, sizeof what, run->record.wait.what, strlen(run->record.wait.what));
        text_append(text, size, "waited %s in vain: %s (at %s:%d)", limit, what,
                    run->record.wait.file, run->record.wait.line);
    } else {
        text_append(text, size, "the check did not end in %s", limit);
    }
    if (spun(ending))
        text_append(text, size, "; it burnt %s of CPU time", cpu);
}

/* How the process ended, if that alone is a failure; else an empty text. */
static void describe_ending(char *text, size_t size, const struct run_report *run,
                            const struct options *options)
{
    const struct ending *ending = &run->ending;
    text[0] = '\0';
    switch (ending->how) {
    case ENDING_EXITED:
        if (run->record.end != RECORD_RUNNING && ending->number == 0)
            return;
        text_print(text, size, "exited with %d%s%s", ending->number,
                   ending->signal_name[0] == '\0' ? "" : ", ", ending->signal_name);
        append_where(text, size, &run->record);
        break;
    case ENDING_SIGNAL:
        text_print(text, size, "died of %s", ending->signal_name);
        append_where(text, size, &run->record);
        break;
    case ENDING_STOPPED:
        text_print(text, size, "stopped itself by %s", ending->signal_name);
        append_where(text, size, &run->record);
        break;
    case ENDING_DEADLINE:
    case ENDING_TIMEOUT:
        describe_late(text, size, run, options);
        break;
    case ENDING_FLOOD:
        text_print(text, size, "flooded stdout with more than %d bytes", OUTPUT_FLOOD);
        break;
    case ENDING_NOT_STARTED:
        text_copy(text, size, ending->left);
        break;
    case ENDING_SERVER_DIED:
        text_print(text, size, "ended its parent process (%s)",
                   ending->number == 0 ? "exit" : ending->signal_name);
        append_where(text, size, &run->record);
        break;
    default:
        text_print(text, size, "stopped its parent process");
        append_where(text, size, &run->record);
        break;
    }
}

static bool is_late(const struct ending *ending)
{
    return ending->how == ENDING_DEADLINE || ending->how == ENDING_TIMEOUT;
}

static void describe_printed(char *text, size_t size, const struct run_report *run)
{
    char shown[200];
    text_escape(shown, sizeof shown, run->stdout_bytes, run->stdout_length);
    text_print(text, size, "printed %" PRIu64 " byte%s on stdout: \"%s\"", run->printed,
               run->printed == 1 ? "" : "s", shown);
}

static enum outcome outcome_of_record(const struct record *record)
{
    switch (atomic_load(&record->end)) {
    case RECORD_PASSED:
        return OUTCOME_PASSED;
    case RECORD_NOT_PROVIDED:
        return OUTCOME_NOT_PROVIDED;
    case RECORD_REFUSED:
        return OUTCOME_REFUSED;
    case RECORD_SKIPPED:
        return OUTCOME_SKIPPED;
    default:
        return record->misbehaved != 0 ? OUTCOME_BROKE : OUTCOME_FAILED;
    }
}

static bool is_failure(enum outcome outcome)
{
    return outcome == OUTCOME_FAILED || outcome == OUTCOME_BROKE;
}

/* What is worst comes first; what a process did to its surroundings overrides its own result. */
static enum outcome outcome_of(const struct run_report *run, const struct options *options,
                               char *message, size_t size)
{
    const struct record *record = &run->record;
    if (record_spoilt(record)) {
        text_copy(message, size, "wrote over memory that is not its own: the record of this check");
        return OUTCOME_BROKE;
    }
    describe_ending(message, size, run, options);
    if (message[0] != '\0')
        return is_late(&run->ending) ? OUTCOME_FAILED : OUTCOME_BROKE;
    enum outcome outcome = outcome_of_record(record);
    bool failed = is_failure(outcome);
    if (!failed && run->printed > 0) {
        describe_printed(message, size, run);
        return OUTCOME_BROKE;
    }
    if (!failed && run->ending.left[0] != '\0') {
        char names[600];
        text_escape(names, sizeof names, run->ending.left, strlen(run->ending.left));
        text_print(message, size, "left a process running: %s", names);
        return OUTCOME_BROKE;
    }
    text_escape(message, size, record->message, strlen(record->message));
    return outcome;
}

static void merge_measures(struct result *result, const struct record *record)
{
    struct record all = {.measure_count = result->measure_count};
    memcpy(all.measures, result->measures, sizeof all.measures);
    for (int32_t i = 0; i < record->measure_count; i++)
        record_measure(&all, record->measures[i].quantity, record->measures[i].unit,
                       record->measures[i].value);
    result->measure_count = all.measure_count;
    memcpy(result->measures, all.measures, sizeof all.measures);
}

/* What is declared of a run that ended so. */
static const struct expectation *declared(const struct result *result, enum outcome outcome,
                                          const char *message)
{
    if (result->expectations == NULL)
        return NULL;
    const char *variant = result->test->variant->name;
    const char *check = result->test->definition->id;
    if (is_failure(outcome))
        return expectations_of_failure(result->expectations, variant, check, message);
    if (outcome == OUTCOME_PASSED)
        return expectations_against_pass(result->expectations, variant, check);
    return NULL;
}

/* Nobody's news weighs more than what is declared. Runs come in any order: of failures that weigh
 * the same, the earliest repetition is told. */
static bool decides(const struct result *result, enum outcome outcome, bool is_declared,
                    int32_t repetition)
{
    if (result->runs == 0 || !is_failure(outcome))
        return result->runs == 0;
    if (result->failures == 0)
        return true;
    if (is_declared != (result->declared != NULL))
        return !is_declared;
    return outcome != result->outcome ? outcome > result->outcome : repetition < result->repetition;
}

void result_add(struct result *result, const struct run_report *run, int32_t repetition,
                const struct options *options)
{
    char message[sizeof result->message];
    enum outcome outcome = outcome_of(run, options, message, sizeof message);
    const struct expectation *expectation = declared(result, outcome, message);
    merge_measures(result, &run->record);
    result->exceeds = result->exceeds || run->record.exceeded[0] != '\0';
    if (decides(result, outcome, expectation != NULL, repetition)) {
        result->outcome = outcome;
        result->declared = expectation;
        result->run = *run;
        result->repetition = repetition;
        text_copy(result->message, sizeof result->message, message);
    }
    result->runs++;
    result->failures += is_failure(outcome) ? 1 : 0;
}

/* All rules in force for one check share their level and scope. What does not bind the loop is no
 * deviation, whatever an entry for it says. */
static enum verdict weigh_failure(const struct result *result, bool claims_asyncio)
{
    const struct loop_rule *rule = result->test->rules[0];
    if (rule->scope == LOOP_RULE_ASYNCIO && !claims_asyncio)
        return VERDICT_DIFFERS;
    if (result->declared != NULL)
        return VERDICT_DEVIATES;
    if (rule->level != LOOP_RULE_MUST && result->outcome == OUTCOME_FAILED)
        return VERDICT_FALLS_SHORT;
    return VERDICT_FAILED;
}

enum verdict result_verdict(const struct result *result, bool claims_asyncio)
{
    switch (result->outcome) {
    case OUTCOME_NOT_PROVIDED:
        return VERDICT_NOT_PROVIDED;
    case OUTCOME_REFUSED:
        return VERDICT_REFUSED;
    case OUTCOME_SKIPPED:
        return VERDICT_SKIPPED;
    case OUTCOME_PASSED:
        if (result->declared != NULL)
            return VERDICT_REPAIRED;
        return result->exceeds ? VERDICT_EXCEEDS : VERDICT_PASSED;
    default:
        return weigh_failure(result, claims_asyncio);
    }
}

const char *verdict_name(enum verdict verdict)
{
    static const char *const names[] = {"passed",      "exceeds",  "failed",   "differs",
                                        "falls-short", "deviates", "repaired", "not-provided",
                                        "refused",     "skipped"};
    return names[verdict];
}

bool verdict_fails(enum verdict verdict, bool strict)
{
    return verdict == VERDICT_FAILED || verdict == VERDICT_REPAIRED ||
           (verdict == VERDICT_EXCEEDS && strict);
}
