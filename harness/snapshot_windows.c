/* SPDX-License-Identifier: MIT */
#include <winsock2.h>

#include "snapshot.h"

#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "finding.h"
#include "holdings_windows.h"
#include "machine.h"
#include "text.h"
#include "workers_windows.h"

struct snapshot {
    struct held_handle *handles;
    size_t handle_count;
    HANDLE standard[3];
    size_t threads;
    size_t pool_threads; /* the system's */
};

static HANDLE children_job;

void snapshot_children_in(HANDLE job)
{
    children_job = job;
}

static const DWORD standard[] = {STD_INPUT_HANDLE, STD_OUTPUT_HANDLE, STD_ERROR_HANDLE};

/* What Winsock opens for a thread when that first asks it for something is no loop's. */
static void use_winsock(void)
{
    WSADATA data;
    u_long on = 1;
    if (WSAStartup(MAKEWORD(2, 2), &data) != 0)
        return;
    SOCKET fd = socket(AF_INET, SOCK_DGRAM, 0);
    if (fd != INVALID_SOCKET) {
        ioctlsocket(fd, (long)FIONBIO, &on);
        closesocket(fd);
    }
}

struct snapshot *snapshot_take(void)
{
    struct snapshot *snapshot = calloc(1, sizeof *snapshot);
    char numbers[16];
    use_winsock();
    if (snapshot == NULL)
        return NULL;
    for (int i = 0; i < 3; i++)
        snapshot->standard[i] = GetStdHandle(standard[i]);
    snapshot->threads = holdings_threads(numbers, sizeof numbers, &snapshot->pool_threads);
    snapshot->handles = holdings_handles(&snapshot->handle_count);
    return snapshot;
}

void snapshot_let_threads_stay(struct snapshot *snapshot)
{
    snapshot->threads = SIZE_MAX;
}

void snapshot_free(struct snapshot *snapshot)
{
    free(snapshot->handles);
    free(snapshot);
}

/* What Windows itself opens in a process whenever something is used for the first time: registry
 * keys, and what its pools, its tracing and its services are reached by. */
static bool is_of_system(const char *kind)
{
    static const char *const kinds[] = {
        "ALPC Port",
        "Desktop",
        "Directory",
        "EtwConsumer",
        "EtwRegistration",
        "IRTimer",
        "Key",
        "KeyedEvent",
        "Mutant",
        "Section",
        "Semaphore",
        "SymbolicLink",
        "TpWorkerFactory",
        "WaitCompletionPacket",
        "WindowStation",
    };
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (strcmp(kind, kinds[i]) == 0)
            return true;
    }
    return false;
}

/* How many events the system's pools may have opened since then: one for each of their threads. */
static size_t events_of_pools(const struct snapshot *before)
{
    char numbers[16];
    size_t now;
    holdings_threads(numbers, sizeof numbers, &now);
    return now > before->pool_threads ? now - before->pool_threads : 0;
}

/* Both lists rise: what only the later has was left, what only the earlier has was closed. */
static void compare_handles(const struct snapshot *before, struct finding *finding)
{
    size_t count;
    struct held_handle *now = holdings_handles(&count);
    size_t excused = events_of_pools(before);
    size_t i = 0;
    size_t j = 0;
    while (before->handles != NULL && now != NULL && (i < count || j < before->handle_count)) {
        const struct held_handle *held = i < count ? &now[i] : NULL;
        const struct held_handle *was = j < before->handle_count ? &before->handles[j] : NULL;
        char what[64];
        if (held != NULL && (was == NULL || held->value < was->value)) {
            holdings_describe(held, what, sizeof what);
            if (strcmp(held->kind, "Event") == 0 && excused > 0)
                excused--;
            else if (!is_of_system(held->kind))
                finding_add(finding, "left handle 0x%llx (%s) open",
                            (unsigned long long)held->value, what);
            i++;
        } else if (held != NULL && held->value == was->value) {
            if (strcmp(held->kind, was->kind) != 0 && !is_of_system(was->kind))
                finding_add(finding, "handle 0x%llx is now a %s, was a %s",
                            (unsigned long long)held->value, held->kind, was->kind);
            i++;
            j++;
        } else {
            if (!is_of_system(was->kind))
                finding_add(finding, "closed handle 0x%llx (%s), not its own",
                            (unsigned long long)was->value, was->kind);
            j++;
        }
    }
    free(now);
}

static void compare_standard(const struct snapshot *before, struct finding *finding)
{
    static const char *const names[] = {"input", "output", "error"};
    for (int i = 0; i < 3; i++) {
        if (GetStdHandle(standard[i]) != before->standard[i])
            finding_add(finding, "left another handle as the standard %s", names[i]);
    }
}

static void compare_threads(const struct snapshot *before, struct finding *finding)
{
    char numbers[256];
    size_t threads = holdings_threads(numbers, sizeof numbers, NULL);
    if (threads > before->threads)
        finding_add(finding, "left %zu thread%s running (%s)", threads - before->threads,
                    threads - before->threads == 1 ? "" : "s", numbers);
}

static size_t children(char *names, size_t size)
{
    if (children_job == NULL)
        return 0;
    return processes_in_job(children_job, GetCurrentProcessId(), names, size);
}

static void compare_children(struct finding *finding)
{
    char names[256];
    if (children(names, sizeof names) > 0)
        finding_add(finding, "left a child process running: %s", names);
}

static void compare_files(const char *directory, struct finding *finding)
{
    wchar_t inside[PATH_ROOM + 2];
    WIN32_FIND_DATAW entry;
    if (MultiByteToWideChar(CP_UTF8, 0, directory, -1, inside, PATH_ROOM) == 0)
        return;
    wcscat(inside, L"\\*");
    HANDLE search = FindFirstFileW(inside, &entry);
    if (search == INVALID_HANDLE_VALUE) {
        finding_add(finding, "removed the check's directory");
        return;
    }
    do {
        char utf8[800];
        char name[128];
        if (wcscmp(entry.cFileName, L".") == 0 || wcscmp(entry.cFileName, L"..") == 0)
            continue;
        WideCharToMultiByte(CP_UTF8, 0, entry.cFileName, -1, utf8, sizeof utf8, NULL, NULL);
        text_escape(name, sizeof name, utf8, strlen(utf8));
        finding_add(finding, "left the file %s", name);
    } while (FindNextFileW(search, &entry));
    FindClose(search);
}

/* Threads that were told to end, and children that were killed, need their time. */
static void await_endings(const struct snapshot *before, int64_t deadline)
{
    char text[16];
    int64_t pause = MILLISECONDS(1);
    while (check_now() < deadline &&
           (holdings_threads(text, sizeof text, NULL) > before->threads || children(NULL, 0) > 0)) {
        check_block(pause);
        pause = pause < MILLISECONDS(50) ? pause * 2 : pause;
    }
}

void snapshot_compare(const struct snapshot *before, const char *directory, int64_t deadline,
                      char *text, size_t size)
{
    struct finding finding = finding_begin(text, size);
    await_endings(before, deadline);
    compare_handles(before, &finding);
    compare_standard(before, &finding);
    compare_threads(before, &finding);
    compare_children(&finding);
    compare_files(directory, &finding);
    finding_end(&finding);
}
