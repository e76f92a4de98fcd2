/* SPDX-License-Identifier: MIT
 *
 * subprocess_exec and subprocess_shell: what the user wants is kept, then the factory makes the
 * protocol, and only then does the program start. */
#include <stdlib.h>
#include <string.h>

#include "process.h"

struct starting {
    struct operation base;
    struct spawn spawn; /* its text is ours */
    uint32_t how[3];    /* LOOP_STDIO_* */
    loop_fd pipes[3];   /* our ends; LOOP_NO_FD is none */
};

/* ---- keeping what was passed in */

/* One block: the pointers, then what they point to. */
static char **copy_list(const char *const *list)
{
    size_t count = 0, bytes = 0;
    char **copy, *text;

    for (; list[count]; count++)
        bytes += strlen(list[count]) + 1;
    copy = malloc((count + 1) * sizeof *copy + bytes);
    if (!copy)
        return NULL;
    text = (char *)(copy + count + 1);
    for (size_t i = 0; i < count; i++) {
        size_t length = strlen(list[i]) + 1;

        copy[i] = memcpy(text, list[i], length);
        text += length;
    }
    copy[count] = NULL;
    return copy;
}

static char *copy_text(const char *text)
{
    size_t length = strlen(text) + 1;
    char *copy = malloc(length);

    return copy ? memcpy(copy, text, length) : NULL;
}

static bool keep_text(struct starting *s, const struct loop_subprocess_options *options,
                      const char *const *argv)
{
    s->spawn.new_session = options->flags & LOOP_START_NEW_SESSION;
    s->spawn.argv = (const char *const *)copy_list(argv);
    if (options->env)
        s->spawn.env = (const char *const *)copy_list(options->env);
    if (options->cwd)
        s->spawn.cwd = copy_text(options->cwd);
    return s->spawn.argv && (s->spawn.env || !options->env) && (s->spawn.cwd || !options->cwd);
}

/* The caller may close his descriptors when the call has returned. */
static loop_status keep_stdio(struct starting *s, const struct loop_subprocess_options *options)
{
    for (int i = 0; i < 3; i++) {
        int error = 0;

        s->how[i] = options->std[i].how;
        if (s->how[i] == LOOP_STDIO_STDOUT)
            s->spawn.std[i] = SPAWN_MERGE;
        else if (s->how[i] == LOOP_STDIO_FD)
            error = stdio_copy(options->std[i].fd, &s->spawn.std[i]);
        if (error != 0)
            return loop_fail(s->base.loop, error);
    }
    return LOOP_OK;
}

static void close_one(loop_fd *fd)
{
    if (*fd >= 0)
        descriptor_close(*fd);
    *fd = LOOP_NO_FD;
}

static void undo(struct operation *operation)
{
    struct starting *s = (struct starting *)operation;

    for (int i = 0; i < 3; i++) {
        close_one(&s->spawn.std[i]);
        close_one(&s->pipes[i]);
    }
    free((void *)s->spawn.argv);
    free((void *)s->spawn.env);
    free((void *)s->spawn.cwd);
    s->spawn = (struct spawn){.std = {SPAWN_INHERIT, SPAWN_INHERIT, SPAWN_INHERIT}};
}

/* ---- starting it */

static int open_stdio(struct starting *s)
{
    int error = 0;

    for (int i = 0; i < 3 && error == 0; i++)
        if (s->how[i] == LOOP_STDIO_PIPE)
            error = stdio_pipe(i == 0, &s->pipes[i], &s->spawn.std[i]);
        else if (s->how[i] == LOOP_STDIO_NULL)
            error = stdio_null(&s->spawn.std[i]);
    return error;
}

static loop_status run(struct starting *s, const struct loop_protocol *protocol,
                       struct loop_transport **transport)
{
    int error = open_stdio(s);
    struct child child;
    loop_status status;

    if (error == 0)
        error = spawn(&s->spawn, &child);
    if (error != 0)
        return loop_fail(s->base.loop, error);
    status = process_make(s->base.loop, &child, s->pipes, protocol, transport);
    if (status == LOOP_OK)
        s->pipes[0] = s->pipes[1] = s->pipes[2] = LOOP_NO_FD;
    return status;
}

static void begin(struct operation *operation)
{
    struct starting *s = (struct starting *)operation;
    struct loop_transport *transport;
    struct loop_protocol protocol;
    loop_status status = operation_protocol(operation, &protocol);

    if (status == LOOP_OK)
        status = run(s, &protocol, &transport);
    if (status != LOOP_OK) {
        operation_end(operation, status);
        return;
    }
    for (int i = 0; i < 3; i++)
        close_one(&s->spawn.std[i]); /* or a pipe would not end with the child */
    transport_begin(transport, operation);
}

/* ---- the operations */

/* What lies beyond the caller's `size` is zero. */
static struct loop_subprocess_options read_options(const struct loop_subprocess_options *from)
{
    struct loop_subprocess_options options = {0};

    memcpy(&options, from, from->size < sizeof options ? from->size : sizeof options);
    return options;
}

static bool valid_stdio(const struct loop_subprocess_options *options)
{
    for (int i = 0; i < 3; i++) {
        const struct loop_stdio *std = &options->std[i];

        if (std->how > LOOP_STDIO_FD || (std->how == LOOP_STDIO_STDOUT && i != 2) ||
            (std->how == LOOP_STDIO_FD && std->fd < 0))
            return false;
    }
    return true;
}

static loop_status start(struct loop *loop, const struct loop_subprocess_options *options,
                         const char *const *argv, struct starting **made)
{
    struct starting *s = (struct starting *)operation_make(loop, sizeof *s, undo);
    loop_status status;

    if (!s)
        return LOOP_NO_MEMORY;
    for (int i = 0; i < 3; i++) {
        s->spawn.std[i] = SPAWN_INHERIT;
        s->pipes[i] = LOOP_NO_FD;
    }
    status = keep_text(s, options, argv) ? keep_stdio(s, options) : LOOP_NO_MEMORY;
    if (status == LOOP_OK)
        *made = s;
    else
        operation_discard(&s->base);
    return status;
}

static loop_status subprocess(struct loop *loop, const struct loop_subprocess_options *options,
                              const char *const *argv, bool shell, loop_protocol_factory factory,
                              void *factory_arg, loop_connected done, void *arg,
                              struct loop_handle **ticket)
{
    struct starting *s;
    loop_status status;

    if (loop->closed)
        return LOOP_CLOSED;
    if (!argv || !argv[0] || !valid_stdio(options))
        return LOOP_VALUE;
    status = start(loop, options, argv, &s);
    if (status != LOOP_OK)
        return status;
    s->spawn.shell = shell;
    s->base.factory = factory;
    s->base.factory_arg = factory_arg;
    s->base.connected = done;
    s->base.arg = arg;
    operation_next(&s->base, begin);
    operation_start(&s->base, ticket);
    return LOOP_OK;
}

loop_status loop_subprocess_exec(struct loop *loop, const struct loop_subprocess_options *options,
                                 loop_protocol_factory factory, void *factory_arg,
                                 loop_connected done, void *arg, struct loop_handle **operation)
{
    struct loop_subprocess_options known = read_options(options);

    return subprocess(loop, &known, known.argv, false, factory, factory_arg, done, arg, operation);
}

loop_status loop_subprocess_shell(struct loop *loop, const struct loop_subprocess_options *options,
                                  loop_protocol_factory factory, void *factory_arg,
                                  loop_connected done, void *arg, struct loop_handle **operation)
{
    struct loop_subprocess_options known = read_options(options);
    const char *const argv[] = {known.command, NULL};

    return subprocess(loop, &known, argv, true, factory, factory_arg, done, arg, operation);
}
