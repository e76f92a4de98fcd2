/* SPDX-License-Identifier: MIT */
#include "report.h"

#include <inttypes.h>
#include <string.h>

#include "machine.h"
#include "tap.h"
#include "text.h"

enum { COMMAND = 4096 };

static void append_option(char *command, const char *option, const char *value)
{
    char quoted[COMMAND];
    machine_quote(quoted, sizeof quoted, value);
    text_append(command, COMMAND, " %s %s", option, quoted);
}

static void append_seconds(char *command, const char *option, int64_t value, int64_t usual)
{
    if (value != usual)
        text_append(command, COMMAND, " %s %g", option, (double)value / 1e9);
}

/* The command that runs this one check again, and nothing else. */
static void make_command(char *command, const struct options *options, const struct test *test)
{
    machine_quote(command, COMMAND, options->program);
    if (options->loop != NULL)
        append_option(command, "--loop", options->loop);
    for (size_t i = 0; i < options->environment_count; i++)
        append_option(command, "--env", options->environment[i]);
    append_option(command, "--variant", test->variant->name);
    append_option(command, "--check", test->definition->id);
    if (options->asyncio != NULL)
        append_option(command, "--asyncio", options->asyncio);
    if (options->fault != NULL)
        append_option(command, "--fault", options->fault);
    if (options->strict)
        text_append(command, COMMAND, " --strict");
    append_seconds(command, "--timeout", options->timeout, SECONDS(30));
    append_seconds(command, "--deadline", options->deadline, SECONDS(5));
    text_append(command, COMMAND, " --seed %" PRIu64, options->seed);
}

static void put_commands(const struct options *options, const struct test *test)
{
    char command[COMMAND];
    char debug[COMMAND + 64];
    make_command(command, options, test);
    if (options->repeat > 1) {
        char repeated[COMMAND + 64];
        text_print(repeated, sizeof repeated, "%s --repeat %ld", command, options->repeat);
        tap_text("rerun", repeated);
    } else {
        tap_text("rerun", command);
    }
    tap_open("debug");
    for (size_t i = 0; machine_debuggers[i] != NULL; i++) {
        text_print(debug, sizeof debug, "%s %s --in-process", machine_debuggers[i], command);
        tap_item(debug);
    }
    tap_close();
}

static void put_rules(const struct test *test)
{
    static const char *const levels[] = {"must", "should", "may"};
    static const char *const scopes[] = {"page", "any", "asyncio"};
    tap_open("rules");
    for (size_t i = 0; i < test->rule_count; i++)
        tap_item(test->rules[i]->id);
    tap_close();
    tap_text("title", test->rules[0]->title);
    tap_text("source", test->rules[0]->source == NULL ? "" : test->rules[0]->source);
    tap_text("level", levels[test->rules[0]->level]);
    tap_text("scope", scopes[test->rules[0]->scope]);
}

static void put_failure(const struct result *result)
{
    const struct record *record = &result->run.record;
    if (result->outcome == OUTCOME_FAILED && record->expected[0] != '\0')
        tap_text("expected", record->expected);
    if (result->outcome == OUTCOME_FAILED && record->found[0] != '\0')
        tap_text("found", record->found);
    if (result->outcome == OUTCOME_FAILED && record->file[0] != '\0') {
        char at[200];
        text_print(at, sizeof at, "%s:%d", record->file, record->line);
        tap_text("at", at);
    }
}

static void put_measures(const struct result *result)
{
    if (result->measure_count == 0)
        return;
    tap_open("measured");
    for (int32_t i = 0; i < result->measure_count; i++) {
        const struct record_measure *measure = &result->measures[i];
        tap_open(measure->quantity);
        tap_number("value", measure->value);
        tap_text("unit", measure->unit);
        tap_close();
    }
    tap_close();
}

static void put_duration(const struct result *result)
{
    if (result->run.ending.elapsed > 0)
        tap_number("duration_us", result->run.ending.elapsed / 1000);
}

static void put_notes(const struct result *result)
{
    const struct run_report *run = &result->run;
    char left[600];
    if (run->record.note_count > 0 ||
        (result->outcome == OUTCOME_FAILED && run->ending.left[0] != '\0')) {
        tap_open("notes");
        for (int32_t i = 0; i < run->record.note_count; i++)
            tap_item(run->record.notes[i]);
        if (run->ending.left[0] != '\0') {
            text_print(left, sizeof left, "killed what it left running: %s", run->ending.left);
            tap_item(left);
        }
        tap_close();
    }
    if (run->stdout_length > 0)
        tap_lines("stdout", run->stdout_bytes, run->stdout_length);
    if (run->stderr_length > 0)
        tap_lines("stderr", run->stderr_bytes, run->stderr_length);
}

/* What the directive, or the `message` of the block, says. */
static void make_message(char *text, size_t size, const struct result *result, enum verdict verdict)
{
    if (verdict == VERDICT_REPAIRED)
        text_copy(text, size, "declared as a deviation, but it does not fail any more");
    else if (verdict == VERDICT_EXCEEDS)
        text_copy(text, size, result->run.record.exceeded);
    else if (verdict == VERDICT_NOT_PROVIDED)
        text_print(text, size, "%s is not provided", result->message);
    else
        text_copy(text, size, result->message);
    if (result->runs > 1 && result->failures > 0) {
        char failed[1500];
        text_print(failed, sizeof failed, "failed %ld of %ld, first at repetition %" PRId32 ": %s",
                   result->failures, result->runs, result->repetition, text);
        text_copy(text, size, failed);
    }
}

/* Nothing is wrong here: what was missing is said, not how to look for a defect. */
static void put_skip_block(const struct test *test, const struct result *result,
                           enum verdict verdict, const char *message)
{
    tap_block_begin();
    tap_text("verdict", verdict_name(verdict));
    put_rules(test);
    tap_text("message", message);
    put_measures(result);
    put_duration(result);
    put_notes(result);
    tap_block_end();
}

static void put_block(const struct report *report, const struct test *test,
                      const struct result *result, enum verdict verdict, const char *message)
{
    tap_block_begin();
    tap_text("verdict", verdict_name(verdict));
    if (verdict != VERDICT_PASSED) {
        put_rules(test);
        tap_text("message", message);
        if (result->declared != NULL && verdict != VERDICT_DIFFERS)
            tap_text("declared", result->declared->reason);
        put_failure(result);
    }
    put_measures(result);
    put_duration(result);
    if (verdict != VERDICT_PASSED) {
        put_notes(result);
        tap_text("loop", report->adapter->name);
        tap_text("variant", test->variant->name);
        if ((test->variant->flags & LOOP_VARIANT_EMULATED) != 0)
            tap_text("emulated", "yes");
        tap_number("seed", (int64_t)report->options->seed);
        put_commands(report->options, test);
    }
    tap_block_end();
}

static bool is_skip(enum verdict verdict)
{
    return verdict == VERDICT_NOT_PROVIDED || verdict == VERDICT_REFUSED ||
           verdict == VERDICT_SKIPPED;
}

static bool is_todo(enum verdict verdict)
{
    return verdict == VERDICT_DIFFERS || verdict == VERDICT_FALLS_SHORT ||
           verdict == VERDICT_DEVIATES;
}

void report_result(const struct report *report, size_t number, const struct result *result,
                   enum verdict verdict)
{
    const struct test *test = result->test;
    char message[1600];
    char reason[2048];
    bool failed = verdict_fails(verdict, report->options->strict);
    make_message(message, sizeof message, result, verdict);
    if (is_todo(verdict)) {
        text_print(reason, sizeof reason, "%s: %s", verdict_name(verdict),
                   verdict == VERDICT_DEVIATES ? result->declared->reason : message);
        tap_result(false, number, test->name, "TODO", reason);
    } else if (is_skip(verdict)) {
        tap_result(true, number, test->name, "SKIP", message);
        put_skip_block(test, result, verdict, message);
        return;
    } else {
        tap_result(!failed, number, test->name, NULL, NULL);
    }
    if (verdict != VERDICT_PASSED || result->measure_count > 0 || report->options->durations)
        put_block(report, test, result, verdict, message);
}
