/* SPDX-License-Identifier: MIT
 *
 * For a program that measures coverage, linked with --wrap: what was counted is told also where a
 * process leaves without its destructors, and told once although a fork copies it. */
#include <gcov.h>
#include <pthread.h>

_Noreturn void __real__exit(int status);
_Noreturn void __wrap__exit(int status);
int __real_execve(const char *path, char *const argv[], char *const env[]);
int __wrap_execve(const char *path, char *const argv[], char *const env[]);

__attribute__((constructor)) static void begin_anew_in_each_child(void)
{
    pthread_atfork(NULL, NULL, __gcov_reset);
}

void __wrap__exit(int status)
{
    __gcov_dump();
    __real__exit(status);
}

int __wrap_execve(const char *path, char *const argv[], char *const env[])
{
    __gcov_dump();
    int result = __real_execve(path, argv, env);
    __gcov_reset();
    return result;
}
