/* SPDX-License-Identifier: MIT */
#include <windows.h>
#include <winsock2.h>

#include <stdlib.h>
#include <string.h>
#include <tlhelp32.h>

#include "hostile.h"

void hostile_sleep(void)
{
    Sleep(INFINITE);
}

/* ---- crashes */

static volatile int *volatile nowhere;

static void act_access_violation(void)
{
    *nowhere = 1;
}

static int recurse(volatile char *above)
{
    volatile char frame[4096];
    frame[0] = *above;
    return *above == 0 ? 0 : recurse(frame) + frame[0];
}

static void act_stack_overflow(void)
{
    volatile char start = 1;
    exit(recurse(&start));
}

/* Instructions that no C is written for. */
static void execute(const unsigned char *bytes, size_t length)
{
    void *page = VirtualAlloc(NULL, 4096, MEM_COMMIT | MEM_RESERVE, PAGE_EXECUTE_READWRITE);
    void (*call)(void);
    memcpy(page, bytes, length);
    memcpy((void *)&call, (void *)&page, sizeof call);
    call();
}

static void act_illegal_instruction(void)
{
    static const unsigned char ud2[] = {0x0F, 0x0B};
    execute(ud2, sizeof ud2);
}

static void act_divide_by_zero(void)
{
    volatile int zero = 0;
    exit(100 / zero);
}

static void act_fast_fail(void)
{
    static const unsigned char int_29[] = {0xB9, 7, 0, 0, 0, 0xCD, 0x29}; /* mov ecx, 7 before */
    execute(int_29, sizeof int_29);
}

static void act_abort(void)
{
    abort();
}

/* ---- early ends */

static void act_exit(void)
{
    exit(0);
}

static void act_exit_at_once(void)
{
    _exit(0);
}

static void act_exit_process(void)
{
    ExitProcess(0);
}

static void act_terminate_self(void)
{
    TerminateProcess(GetCurrentProcess(), 0);
    hostile_sleep();
}

static void act_exit_thread(void)
{
    ExitThread(0);
}

static DWORD parent(void)
{
    PROCESSENTRY32 entry = {.dwSize = sizeof entry};
    HANDLE all = CreateToolhelp32Snapshot(TH32CS_SNAPPROCESS, 0);
    DWORD found = 0;
    for (BOOL more = Process32First(all, &entry); more; more = Process32Next(all, &entry)) {
        if (entry.th32ProcessID == GetCurrentProcessId())
            found = entry.th32ParentProcessID;
    }
    CloseHandle(all);
    return found;
}

/* What it is refused with is its exit code. */
static void act_kill_parent(void)
{
    HANDLE process = OpenProcess(PROCESS_TERMINATE, FALSE, parent());
    if (process == NULL)
        ExitProcess(GetLastError());
    TerminateProcess(process, 0);
    hostile_sleep();
}

static void act_spin(void)
{
    for (volatile unsigned i = 0;; i++)
        continue;
}

static void act_hang(void)
{
    hostile_sleep();
}

static void act_suspend_self(void)
{
    SuspendThread(GetCurrentThread());
    hostile_sleep();
}

/* ---- what is printed */

static void print(DWORD stream, const char *text, size_t length)
{
    DWORD written;
    if (!WriteFile(GetStdHandle(stream), text, (DWORD)length, &written, NULL))
        ExitProcess(9);
}

static void act_print(void)
{
    static const char text[] = "ok 1 - works\n1..0 # SKIP nothing\nBail out!\n\xff\x1b[31m";
    print(STD_OUTPUT_HANDLE, text, sizeof text - 1);
}

static void act_flood(void)
{
    static char line[4096];
    memset(line, 'x', sizeof line);
    for (;;)
        print(STD_OUTPUT_HANDLE, line, sizeof line);
}

static void act_flood_stderr(void)
{
    static const char end[] = "\n  ...\nnot ok 1\n";
    static char line[4096];
    memset(line, 'y', sizeof line);
    for (int i = 0; i < 2048; i++)
        print(STD_ERROR_HANDLE, line, sizeof line);
    print(STD_ERROR_HANDLE, end, sizeof end - 1);
    ExitProcess(4);
}

static void act_close_stdout(void)
{
    CloseHandle(GetStdHandle(STD_OUTPUT_HANDLE));
}

static void act_replace_stderr(void)
{
    SetStdHandle(STD_ERROR_HANDLE, NULL);
}

/* ---- what is left behind */

/* A process that never runs stays for ever. */
static BOOL start_child(DWORD flags)
{
    char line[] = "cmd.exe";
    STARTUPINFOA how = {.cb = sizeof how};
    PROCESS_INFORMATION made;
    if (!CreateProcessA(NULL, line, NULL, NULL, FALSE, CREATE_SUSPENDED | flags, NULL, NULL, &how,
                        &made))
        return FALSE;
    CloseHandle(made.hThread);
    CloseHandle(made.hProcess);
    return TRUE;
}

static void act_leave_child(void)
{
    if (!start_child(0))
        ExitProcess(9);
}

static void act_leave_daemon(void)
{
    if (!start_child(DETACHED_PROCESS | CREATE_BREAKAWAY_FROM_JOB) &&
        !start_child(DETACHED_PROCESS | CREATE_NEW_PROCESS_GROUP))
        ExitProcess(9);
}

static void act_leave_child_and_exit(void)
{
    act_leave_child();
    ExitProcess(0);
}

static void act_leak_event(void)
{
    CreateEventA(NULL, FALSE, FALSE, NULL);
}

static void act_leak_handles(void)
{
    for (int i = 0; i < 10000; i++)
        act_leak_event();
}

static void act_leak_socket(void)
{
    WSADATA data;
    WSAStartup(MAKEWORD(2, 2), &data);
    if (socket(AF_INET, SOCK_STREAM, 0) == INVALID_SOCKET)
        ExitProcess(9);
}

static DWORD WINAPI sleep_in_thread(void *arg)
{
    (void)arg;
    hostile_sleep();
    return 0;
}

static DWORD WINAPI burn(void *arg)
{
    (void)arg;
    act_spin();
    return 0;
}

static void act_leak_thread(void)
{
    CloseHandle(CreateThread(NULL, 0, sleep_in_thread, NULL, 0, NULL));
}

static void act_burn(void)
{
    CloseHandle(CreateThread(NULL, 0, burn, NULL, 0, NULL));
}

static void act_close_all(void)
{
    for (uintptr_t handle = 4; handle < 4096; handle += 4)
        CloseHandle((HANDLE)handle);
}

/* All memory that this process shares with others, the record of its check among it. */
static void act_scribble(void)
{
    MEMORY_BASIC_INFORMATION region;
    for (char *at = NULL; VirtualQuery(at, &region, sizeof region) != 0;
         at = (char *)region.BaseAddress + region.RegionSize) {
        if (region.Type == MEM_MAPPED && region.State == MEM_COMMIT &&
            region.Protect == PAGE_READWRITE)
            memset(region.BaseAddress, 0x85, region.RegionSize);
    }
}

const struct deed hostile_deeds[] = {
    {"access-violation", act_access_violation},
    {"stack-overflow", act_stack_overflow},
    {"illegal-instruction", act_illegal_instruction},
    {"divide-by-zero", act_divide_by_zero},
    {"fast-fail", act_fast_fail},
    {"abort", act_abort},
    {"exit", act_exit},
    {"exit-at-once", act_exit_at_once},
    {"exit-process", act_exit_process},
    {"terminate-self", act_terminate_self},
    {"exit-thread", act_exit_thread},
    {"kill-parent", act_kill_parent},
    {"spin", act_spin},
    {"hang", act_hang},
    {"suspend-self", act_suspend_self},
    {"print", act_print},
    {"flood", act_flood},
    {"flood-stderr", act_flood_stderr},
    {"close-stdout", act_close_stdout},
    {"replace-stderr", act_replace_stderr},
    {"leave-child", act_leave_child},
    {"leave-daemon", act_leave_daemon},
    {"leave-child-and-exit", act_leave_child_and_exit},
    {"leak-event", act_leak_event},
    {"leak-handles", act_leak_handles},
    {"leak-socket", act_leak_socket},
    {"leak-thread", act_leak_thread},
    {"burn", act_burn},
    {"close-all", act_close_all},
    {"scribble", act_scribble},
    {0},
};
