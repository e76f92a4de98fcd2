/* SPDX-License-Identifier: MIT */
#include "expectations.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "catalogue.h"
#include "text.h"

enum { LINE_LENGTH = 4096 };

static char *duplicate(const char *text)
{
    size_t size = strlen(text) + 1;
    char *copy = malloc(size);
    return copy == NULL ? NULL : memcpy(copy, text, size);
}

/* Cuts `line` at its tabs into exactly four fields that are not empty. */
static bool split(char *line, char *fields[4])
{
    for (int i = 0; i < 4; i++) {
        fields[i] = line;
        char *tab = strchr(line, '\t');
        if ((tab == NULL) != (i == 3))
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

static const char *problem_of(char *fields[4])
{
    if (strcmp(fields[2], "always") != 0 && strcmp(fields[2], "sometimes") != 0)
        return "the third field is neither 'always' nor 'sometimes'";
    if (!catalogue_has_check(fields[1]))
        return "no check has that name";
    return NULL;
}

static const char *parse(char *line, struct expectation **entry)
{
    char *fields[4];
    if (!split(line, fields))
        return "not four fields with a tab between: variant, check, always|sometimes, reason";
    const char *problem = problem_of(fields);
    if (problem != NULL)
        return problem;
    struct expectation *made = calloc(1, sizeof *made);
    if (made == NULL)
        return "out of memory";
    made->variant = duplicate(fields[0]);
    made->check = duplicate(fields[1]);
    made->always = strcmp(fields[2], "always") == 0;
    made->reason = duplicate(fields[3]);
    *entry = made;
    return made->variant == NULL || made->check == NULL || made->reason == NULL ? "out of memory"
                                                                                : NULL;
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
        free(expectations->reason);
        free(expectations);
        expectations = next;
    }
}

const struct expectation *expectations_find(const struct expectation *expectations,
                                            const char *variant, const char *check)
{
    for (; expectations != NULL; expectations = expectations->next) {
        if (text_matches(expectations->variant, variant) &&
            text_matches(expectations->check, check))
            return expectations;
    }
    return NULL;
}
