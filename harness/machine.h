/* SPDX-License-Identifier: MIT
 *
 * What the harness asks of the operating system, beside processes (process.h) and what a check may
 * leave behind (snapshot.h). */
#ifndef LOOPCHECK_MACHINE_H
#define LOOPCHECK_MACHINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

long machine_processors(void);

/* CPU time of this whole process, in ns. */
int64_t machine_cpu(void);

/* How long, in ns, the threads of a process were ready to run while others had the processors; 0
 * where the system does not tell. What is left of a wait after that was sleep or CPU time, however
 * busy the machine is. */
int64_t machine_delay(int64_t process);

/* The number that tells this process from its forked copies. */
int64_t machine_process(void);

/* Sets an environment variable of this process, for it and those that it starts. */
bool machine_set_variable(const char *name, const char *value);

/* How many times slower than plain code this process runs, 1 or more: valgrind makes it 20 to 100.
 * Measured once. */
int64_t machine_slowness(void);

/* Ends the process at once; nothing that a loop registered runs. */
#if defined(__GNUC__)
__attribute__((noreturn))
#endif
void machine_exit(int status);

/* Makes an empty directory for one check; false if that was not possible. */
bool machine_make_directory(char *path, size_t size);
/* Removes it with all that is in it. */
void machine_remove_directory(const char *path);

/* Whether this is no Windows but Wine, where some things cannot be decided. */
bool machine_is_wine(void);

/* What a debugger's command line begins with; NULL ends the list. */
extern const char *const machine_debuggers[];

/* Quotes a word for the platform's shell, so that a line can be pasted. */
void machine_quote(char *to, size_t size, const char *word);

#endif
