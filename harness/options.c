/* SPDX-License-Identifier: MIT */
#include "options.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "machine.h"

void options_complain(const struct options *options, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fprintf(stderr, "%s: ", options->program);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
}

void options_usage(FILE *stream, const char *program, bool takes_path)
{
    fprintf(stream, "usage: %s%s [--variant GLOB]... [--check GLOB]... [option]...\n", program,
            takes_path ? " --loop PATH" : "");
    fputs("Decides the rules for one event loop and prints TAP 14.\n\n", stream);
    if (takes_path)
        fputs("  --loop PATH          the shared library that exports loop_api_v1\n", stream);
    fputs("  --env NAME=VALUE     an environment variable for the loop; may be repeated\n"
          "  --variant GLOB       variants to open; the loop's default one unless given\n"
          "  --check GLOB         checks to run; all unless given\n"
          "  --asyncio VERSION    whose page and behaviour is asked for (the loop's own, or 3.7)\n"
          "  --strict             'exceeds' counts as a failure\n"
          "  --expectations FILE  known deviations: variant, check, always|sometimes, globs over\n"
          "                       the message, reason; with a tab between\n"
          "  --jobs N             checks at a time (two a processor)\n"
          "  --repeat N           each check N times, in N processes\n"
          "  --timeout SECONDS    for a whole check (30)\n"
          "  --deadline SECONDS   for one wait (5)\n"
          "  --seed N             of the numbers that checks draw\n"
          "  --fault ID           spoils the loop with a deliberate defect\n"
          "  --durations          a YAML block, and so the duration, under every result\n"
          "  --in-process         one check, in this process, without limits: for gdb and strace\n"
          "  --list WHAT          variants, checks, faults or rules, with tabs between\n"
          "  --help, --version\n\n"
          "Exit status: 0 all as it must be or as declared, 1 a deviation, 2 wrong usage.\n",
          stream);
}

static bool parse_count(const char *text, long least, long *value)
{
    char *end;
    errno = 0;
    *value = strtol(text, &end, 10);
    return errno == 0 && end != text && *end == '\0' && *value >= least && *value <= 1000000;
}

static bool parse_seconds(const char *text, int64_t *value)
{
    char *end;
    double seconds = strtod(text, &end);
    if (end == text || *end != '\0' || !(seconds > 0) || !(seconds <= 86400))
        return false;
    *value = (int64_t)(seconds * 1e9);
    return *value > 0;
}

static bool parse_seed(const char *text, uint64_t *value)
{
    char *end;
    errno = 0;
    *value = strtoull(text, &end, 10);
    return errno == 0 && end != text && *end == '\0' && *text != '-' && *value <= INT64_MAX;
}

static bool parse_list(const char *text, enum options_list *list)
{
    static const char *const words[] = {"variants", "checks", "faults", "rules"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (strcmp(words[i], text) == 0) {
            *list = (enum options_list)(LIST_VARIANTS + (int)i);
            return true;
        }
    }
    return false;
}

static bool parse_profile(struct options *options, const char *value)
{
    options->asyncio = value;
    options->profile = loop_version_parse(value);
    return options->profile != 0;
}

static bool set_variable(struct options *options, const char *assignment)
{
    char name[256];
    const char *equals = strchr(assignment, '=');
    size_t length = equals == NULL ? 0 : (size_t)(equals - assignment);
    if (length == 0 || length >= sizeof name)
        return false;
    memcpy(name, assignment, length);
    name[length] = '\0';
    options->environment[options->environment_count++] = assignment;
    return machine_set_variable(name, equals + 1);
}

/* An option without a value; false if `name` is none. */
static bool take_flag(struct options *options, const char *name)
{
    if (strcmp(name, "--strict") == 0)
        options->strict = true;
    else if (strcmp(name, "--in-process") == 0)
        options->in_process = true;
    else if (strcmp(name, "--durations") == 0)
        options->durations = true;
    else if (strcmp(name, "--help") == 0)
        options->help = true;
    else if (strcmp(name, "--version") == 0)
        options->version = true;
    else
        return false;
    return true;
}

enum taken { TAKEN, WRONG_VALUE, UNKNOWN_OPTION };

static enum taken verdict_of(bool right)
{
    return right ? TAKEN : WRONG_VALUE;
}

static enum taken take_value(struct options *options, const char *name, const char *value)
{
    if (strcmp(name, "--loop") == 0)
        options->loop = value;
    else if (strcmp(name, "--variant") == 0)
        options->variants[options->variant_count++] = value;
    else if (strcmp(name, "--check") == 0)
        options->checks[options->check_count++] = value;
    else if (strcmp(name, "--fault") == 0)
        options->fault = value;
    else if (strcmp(name, "--expectations") == 0)
        options->expectations = value;
    else if (strcmp(name, "--env") == 0)
        return verdict_of(set_variable(options, value));
    else if (strcmp(name, "--asyncio") == 0)
        return verdict_of(parse_profile(options, value));
    else if (strcmp(name, "--jobs") == 0)
        return verdict_of(parse_count(value, 1, &options->jobs));
    else if (strcmp(name, "--repeat") == 0)
        return verdict_of(parse_count(value, 1, &options->repeat));
    else if (strcmp(name, "--timeout") == 0)
        return verdict_of(parse_seconds(value, &options->timeout));
    else if (strcmp(name, "--deadline") == 0)
        return verdict_of(parse_seconds(value, &options->deadline));
    else if (strcmp(name, "--seed") == 0)
        return verdict_of(parse_seed(value, &options->seed));
    else if (strcmp(name, "--list") == 0)
        return verdict_of(parse_list(value, &options->list));
    else
        return UNKNOWN_OPTION;
    return TAKEN;
}

/* Splits "--name=value"; `name` has room for the longest option. */
static const char *split(const char *argument, char *name, size_t size)
{
    const char *equals = strchr(argument, '=');
    size_t length = equals == NULL ? strlen(argument) : (size_t)(equals - argument);
    if (length >= size)
        length = size - 1;
    memcpy(name, argument, length);
    name[length] = '\0';
    return equals == NULL ? NULL : equals + 1;
}

static bool take_arguments(struct options *options, int argc, char **argv, bool takes_path)
{
    for (int i = 1; i < argc; i++) {
        char name[32];
        const char *value = split(argv[i], name, sizeof name);
        if (value == NULL && take_flag(options, name))
            continue;
        if (value == NULL && i + 1 < argc)
            value = argv[++i];
        bool permitted = takes_path || strcmp(name, "--loop") != 0;
        enum taken taken =
            permitted ? take_value(options, name, value == NULL ? "" : value) : UNKNOWN_OPTION;
        if (taken == UNKNOWN_OPTION) {
            options_complain(options, "unknown option '%s' (--help lists them)", name);
            return false;
        }
        if (value == NULL) {
            options_complain(options, "option %s needs a value", name);
            return false;
        }
        if (taken == WRONG_VALUE) {
            options_complain(options, "option %s cannot be '%s'", name, value);
            return false;
        }
    }
    return true;
}

static bool make_sense(const struct options *options, bool takes_path)
{
    bool needs_loop = options->list == LIST_NOTHING || options->list == LIST_VARIANTS;
    if (takes_path && options->loop == NULL && needs_loop) {
        options_complain(options, "no loop was given (--loop PATH)");
        return false;
    }
    if (options->in_process && options->repeat > 1) {
        options_complain(options, "--in-process runs one check once, not --repeat %ld",
                         options->repeat);
        return false;
    }
    return true;
}

bool options_parse(struct options *options, int argc, char **argv, bool takes_path)
{
    size_t room = (size_t)argc + 1;
    *options = (struct options){
        .program = argc > 0 ? argv[0] : "loopcheck-run",
        .variants = calloc(room, sizeof *options->variants),
        .checks = calloc(room, sizeof *options->checks),
        .environment = calloc(room, sizeof *options->environment),
        .timeout = SECONDS(30),
        .deadline = SECONDS(5),
        .jobs = 2 * machine_processors(), /* most checks wait most of the time */
        .repeat = 1,
        .seed = (uint64_t)check_now() % 1000000000,
    };
    if (options->variants == NULL || options->checks == NULL || options->environment == NULL) {
        options_complain(options, "out of memory");
        return false;
    }
    if (!take_arguments(options, argc, argv, takes_path))
        return false;
    return options->help || options->version || make_sense(options, takes_path);
}

uint32_t options_profile(const struct options *options, uint32_t own)
{
    return options->profile != 0 ? options->profile : own != 0 ? own : 0x030700;
}

void options_free(struct options *options)
{
    free(options->variants);
    free(options->checks);
    free(options->environment);
}
