/* SPDX-License-Identifier: MIT */
#include "expectations.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "catalogue.h"
#include "text.h"

enum { LINE_LENGTH = 4096, FIELDS = 5 };

static char *duplicate(const char *text)
{
    size_t size = strlen(text) + 1;
    char *copy = malloc(size);
    return copy == NULL ? NULL : memcpy(copy, text, size);
}

/* Cuts `line` at its tabs into exactly five fields that are not empty. */
static bool split(char *line, char *fields[FIELDS])
{
    for (int i = 0; i < FIELDS; i++) {
        fields[i] = line;
        char *tab = strchr(line, '\t');
        if ((tab == NULL) != (i == FIELDS - 1))
            return false;
        if (tab != NULL) {
            *tab = '\0';
            line = tab + 1;
        }
        if (fields[i][0] == '\0')
            return false;
    }
    return true;
}

static const char *problem_of(char *fields[FIELDS])
{
    if (strcmp(fields[2], "always") != 0 && strcmp(fields[2], "sometimes") != 0)
        return "the third field is neither 'always' nor 'sometimes'";
    if (!catalogue_has_check(fields[1]))
        return "no check has that name";
    return NULL;
}

static const char *parse(char *line, struct expectation **entry)
{
    char *fields[FIELDS];
    if (!split(line, fields))
        return "not five fields with a tab between: variant, check, always|sometimes, globs over "
               "the message, reason";
    const char *problem = problem_of(fields);
    if (problem != NULL)
        return problem;
    struct expectation *made = calloc(1, sizeof *made);
    if (made == NULL)
        return "out of memory";
    made->variant = duplicate(fields[0]);
    made->check = duplicate(fields[1]);
    made->always = strcmp(fields[2], "always") == 0;
    made->only = duplicate(fields[3]);
    made->reason = duplicate(fields[4]);
    *entry = made;
    bool whole =
        made->variant != NULL && made->check != NULL && made->only != NULL && made->reason != NULL;
    return whole ? NULL : "out of memory";
}

static bool read_lines(const struct options *options, FILE *file, struct expectation **expectations)
{
    char line[LINE_LENGTH];
    for (int number = 1; fgets(line, sizeof line, file) != NULL; number++) {
        size_t length = strcspn(line, "\r\n");
        const char *problem = length + 1 >= sizeof line ? "the line is too long" : NULL;
        line[length] = '\0';
        if (problem == NULL && line[0] != '\0' && line[0] != '#') {
            problem = parse(line, expectations);
            if (*expectations != NULL)
                expectations = &(*expectations)->next;
        }
        if (problem != NULL) {
            options_complain(options, "%s:%d: %s", options->expectations, number, problem);
            return false;
        }
    }
    if (ferror(file)) {
        options_complain(options, "%s: %s", options->expectations, strerror(errno));
        return false;
    }
    return true;
}

bool expectations_read(const struct options *options, struct expectation **expectations)
{
    *expectations = NULL;
    if (options->expectations == NULL)
        return true;
    FILE *file = fopen(options->expectations, "r");
    if (file == NULL) {
        options_complain(options, "%s: %s", options->expectations, strerror(errno));
        return false;
    }
    bool right = read_lines(options, file, expectations);
    fclose(file);
    if (!right) {
        expectations_free(*expectations);
        *expectations = NULL;
    }
    return right;
}

void expectations_free(struct expectation *expectations)
{
    while (expectations != NULL) {
        struct expectation *next = expectations->next;
        free(expectations->variant);
        free(expectations->check);
        free(expectations->only);
        free(expectations->reason);
        free(expectations);
        expectations = next;
    }
}

/* Copies what comes before the next "; " and returns what comes behind it; NULL at the end. */
static const char *next_part(const char *list, char *part, size_t size)
{
    const char *end = strstr(list, "; ");
    size_t length = end == NULL ? strlen(list) : (size_t)(end - list);
    text_print(part, size, "%.*s", (int)length, list);
    return end == NULL ? NULL : end + 2;
}

static bool fits_one(const char *globs, const char *part)
{
    char glob[LINE_LENGTH];
    while (globs != NULL) {
        globs = next_part(globs, glob, sizeof glob);
        if (text_matches(glob, part))
            return true;
    }
    return false;
}

/* So that one glob speaks of one thing that was left, and never of what else is told beside it. */
static bool fits(const char *globs, const char *message)
{
    char part[LINE_LENGTH];
    while (message != NULL) {
        message = next_part(message, part, sizeof part);
        if (!fits_one(globs, part))
            return false;
    }
    return true;
}

static bool speaks_of(const struct expectation *expectation, const char *variant, const char *check)
{
    return text_matches(expectation->variant, variant) && text_matches(expectation->check, check);
}

const struct expectation *expectations_of_failure(const struct expectation *expectations,
                                                  const char *variant, const char *check,
                                                  const char *message)
{
    for (; expectations != NULL; expectations = expectations->next) {
        if (speaks_of(expectations, variant, check) && fits(expectations->only, message))
            return expectations;
    }
    return NULL;
}

/* An entry for any failure that need not show hides the later ones. */
const struct expectation *expectations_against_pass(const struct expectation *expectations,
                                                    const char *variant, const char *check)
{
    for (; expectations != NULL; expectations = expectations->next) {
        if (!speaks_of(expectations, variant, check))
            continue;
        if (expectations->always)
            return expectations;
        if (strcmp(expectations->only, "*") == 0)
            return NULL;
    }
    return NULL;
}
