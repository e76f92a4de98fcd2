/* SPDX-License-Identifier: MIT
 *
 * Loops that start children otherwise than asked. */
#include <string.h>

#include "piped.h"

/* ---- what the child begins with */

static loop_status first_command(struct piped *p, struct loop_subprocess_options *options)
{
    static char command[200];

    (void)p;
    if (options->command != NULL && strlen(options->command) < sizeof command) {
        strcpy(command, options->command);
        command[strcspn(command, ";")] = '\0';
        options->command = command;
    }
    return LOOP_OK;
}

PIPED_FAULT(spoil_shell, .options = first_command)

static loop_status no_empty_arguments(struct piped *p, struct loop_subprocess_options *options)
{
    static const char *argv[32];
    size_t count = 0;

    (void)p;
    for (const char *const *from = options->argv; from != NULL && *from != NULL; from++) {
        if (**from != '\0' && count < 31)
            argv[count++] = *from;
    }
    argv[count] = NULL;
    if (options->argv != NULL)
        options->argv = argv;
    return LOOP_OK;
}

PIPED_FAULT(spoil_arguments, .options = no_empty_arguments)

static loop_status no_directory(struct piped *p, struct loop_subprocess_options *options)
{
    (void)p;
    options->cwd = NULL;
    return LOOP_OK;
}

PIPED_FAULT(spoil_directory, .options = no_directory)

static loop_status root_directory(struct piped *p, struct loop_subprocess_options *options)
{
    (void)p;
    if (options->cwd == NULL)
        options->cwd = "/";
    return LOOP_OK;
}

PIPED_FAULT(spoil_no_directory, .options = root_directory)

static loop_status no_environment(struct piped *p, struct loop_subprocess_options *options)
{
    (void)p;
    options->env = NULL;
    return LOOP_OK;
}

PIPED_FAULT(spoil_environment, .options = no_environment)

static loop_status bare_environment(struct piped *p, struct loop_subprocess_options *options)
{
    static const char *const bare[] = {"PATH=/usr/bin:/bin", NULL};

    (void)p;
    if (options->env == NULL)
        options->env = bare;
    return LOOP_OK;
}

PIPED_FAULT(spoil_no_environment, .options = bare_environment)

static loop_status no_session(struct piped *p, struct loop_subprocess_options *options)
{
    (void)p;
    options->flags = 0;
    return LOOP_OK;
}

PIPED_FAULT(spoil_session, .options = no_session)

static loop_status always_session(struct piped *p, struct loop_subprocess_options *options)
{
    (void)p;
    options->flags = LOOP_START_NEW_SESSION;
    return LOOP_OK;
}

PIPED_FAULT(spoil_no_session, .options = always_session)

static loop_status blocked(struct piped *p, struct loop_subprocess_options *options)
{
    static const char *argv[32] = {"/usr/bin/env", "--block-signal=USR2"};
    size_t count = 2;

    (void)p;
    if (options->argv == NULL || strchr(options->argv[0], '/') == NULL)
        return LOOP_OK;
    for (const char *const *from = options->argv; *from != NULL && count < 31; from++)
        argv[count++] = *from;
    argv[count] = NULL;
    options->argv = argv;
    return LOOP_OK;
}

PIPED_FAULT(spoil_mask, .options = blocked)

static loop_status ignoring_pipe(struct piped *p, struct loop_subprocess_options *options)
{
    (void)p;
    piped_prologue(options, "trap '' PIPE");
    return LOOP_OK;
}

PIPED_FAULT(spoil_sigpipe, .options = ignoring_pipe)

static loop_status ignoring_user(struct piped *p, struct loop_subprocess_options *options)
{
    (void)p;
    piped_prologue(options, "trap '' USR1");
    return LOOP_OK;
}

PIPED_FAULT(spoil_handlers, .options = ignoring_user)

static loop_status one_more(struct piped *p, struct loop_subprocess_options *options)
{
    (void)p;
    piped_prologue(options, "exec 9</dev/null");
    return LOOP_OK;
}

PIPED_FAULT(spoil_descriptors, .options = one_more)

/* As the second child would, we hold the writing end of the first one's input. */
static void made_and_hold(struct piped *p)
{
    struct loop_transport *input =
        p->number == 2 && p->older->transport != NULL && !p->older->exited
            ? piped_inner->transport_get_pipe_transport(p->older->transport, 0)
            : NULL;

    if (input != NULL)
        piped_hidden_copy(piped_inner->transport_get_fd(input));
    piped_made(p);
}

PIPED_FAULT(spoil_pipes, .made = made_and_hold)

/* ---- what cannot be started */

static loop_status note_on_path(struct piped *p, struct loop_subprocess_options *options)
{
    p->mark = options->argv != NULL && strchr(options->argv[0], '/') == NULL;
    return LOOP_OK;
}

static void other_status_on_path(struct piped *p, loop_status status)
{
    piped_done(p, p->mark && status == LOOP_NOENT ? LOOP_IO : status);
}

PIPED_FAULT(spoil_missing, .options = note_on_path, .done = other_status_on_path)

static void other_status_of_path(struct piped *p, loop_status status)
{
    piped_done(p, !p->mark && status == LOOP_NOENT ? LOOP_IO : status);
}

PIPED_FAULT(spoil_missing_path, .options = note_on_path, .done = other_status_of_path)

static loop_status text_to_shell(struct piped *p, struct loop_subprocess_options *options)
{
    const char *name =
        options->argv != NULL && options->argv[0] != NULL ? strrchr(options->argv[0], '/') : NULL;

    (void)p;
    if (name != NULL && strcmp(name, "/program") == 0)
        piped_prologue(options, ":");
    return LOOP_OK;
}

PIPED_FAULT(spoil_text, .options = text_to_shell)

static loop_status no_empty_entry(struct piped *p, struct loop_subprocess_options *options)
{
    static const char *const env[] = {"PATH=/loopcheck/nowhere", NULL};

    (void)p;
    for (const char *const *entry = options->env; entry != NULL && *entry != NULL; entry++) {
        if (strncmp(*entry, "PATH=", 5) == 0 && strstr(*entry, "::") != NULL)
            options->env = env;
    }
    return LOOP_OK;
}

PIPED_FAULT(spoil_path_entry, .options = no_empty_entry)

static void no_permission(struct piped *p, loop_status status)
{
    piped_done(p, status == LOOP_ACCES ? LOOP_PERM : status);
}

PIPED_FAULT(spoil_permission, .done = no_permission)

static loop_status at_once(struct piped *p, struct loop_subprocess_options *options)
{
    note_on_path(p, options);
    return p->mark ? LOOP_NOENT : LOOP_OK;
}

PIPED_FAULT(spoil_completion, .options = at_once)

static loop_status refused(struct piped *p, struct loop_subprocess_options *options)
{
    (void)p;
    return options->command != NULL ? LOOP_NOT_IMPLEMENTED : LOOP_OK;
}

PIPED_FAULT(spoil_proactor, .options = refused)

const struct fault subprocess_start_faults[] = {
    {.id = "subprocess.shell-takes-one-command",
     .summary = "the shell gets what is before the first semicolon",
     .checks = {"subprocess.shell"},
     .spoil = spoil_shell},
    {.id = "subprocess.no-empty-arguments",
     .summary = "empty arguments are left out",
     .checks = {"subprocess.arguments"},
     .spoil = spoil_arguments},
    {.id = "subprocess.directory-ignored",
     .summary = "cwd does nothing",
     .checks = {"subprocess.directory", "subprocess.missing-directory"},
     .spoil = spoil_directory},
    {.id = "subprocess.directory-is-root",
     .summary = "a child begins in the root directory",
     .checks = {"subprocess.directory-inherited"},
     .spoil = spoil_no_directory},
    {.id = "subprocess.environment-ignored",
     .summary = "env does nothing",
     .checks = {"subprocess.environment"},
     .spoil = spoil_environment},
    {.id = "subprocess.environment-bare",
     .summary = "a child inherits no environment",
     .checks = {"subprocess.environment-inherited"},
     .spoil = spoil_no_environment},
    {.id = "subprocess.session-ignored",
     .summary = "no new session is started",
     .checks = {"subprocess.session"},
     .spoil = spoil_session},
    {.id = "subprocess.session-always",
     .summary = "every child starts a session",
     .checks = {"subprocess.session-inherited"},
     .spoil = spoil_no_session},
    {.id = "subprocess.signal-blocked",
     .summary = "a child begins with SIGUSR2 blocked",
     .checks = {"subprocess.signals-unblocked"},
     .spoil = spoil_mask},
    {.id = "subprocess.signal-ignored-in-child",
     .summary = "a child begins with SIGPIPE ignored",
     .checks = {"subprocess.broken-pipe-signal"},
     .spoil = spoil_sigpipe},
    {.id = "subprocess.handled-is-ignored",
     .summary = "a child begins with SIGUSR1 ignored",
     .checks = {"subprocess.handlers-stay"},
     .spoil = spoil_handlers},
    {.id = "subprocess.one-more-descriptor",
     .summary = "a child has a descriptor 9",
     .checks = {"subprocess.others-closed", "subprocess.loops-own-closed"},
     .spoil = spoil_descriptors},
    {.id = "subprocess.input-held-open",
     .summary = "the input of the first child stays open when there is a second",
     .checks = {"subprocess.pipes-not-inherited"},
     .spoil = spoil_pipes},
    {.id = "subprocess.missing-other-status",
     .summary = "a program that is not on the path is IO",
     .checks = {"subprocess.missing-program"},
     .spoil = spoil_missing},
    {.id = "subprocess.missing-path-other-status",
     .summary = "a program whose path leads nowhere is IO",
     .checks = {"subprocess.missing-path"},
     .spoil = spoil_missing_path},
    {.id = "subprocess.text-to-shell",
     .summary = "a file that is no program is given to a shell",
     .checks = {"subprocess.no-program"},
     .spoil = spoil_text},
    {.id = "subprocess.empty-path-entry-skipped",
     .summary = "an empty entry of PATH is nowhere",
     .checks = {"subprocess.empty-path-entry"},
     .spoil = spoil_path_entry},
    {.id = "subprocess.permission-other-status",
     .summary = "what is not executable is PERM",
     .checks = {"subprocess.not-executable", "subprocess.a-directory"},
     .spoil = spoil_permission},
    {.id = "subprocess.missing-at-call",
     .summary = "a program that is not on the path fails at the call",
     .checks = {"subprocess.fails-at-completion"},
     .spoil = spoil_completion},
    {.id = "subprocess.refused-on-proactor",
     .summary = "subprocess_shell is refused with NOT_IMPLEMENTED",
     .checks = {"subprocess.on-proactor"},
     .on = "windows-proactor",
     .spoil = spoil_proactor},
    {.id = NULL},
};
