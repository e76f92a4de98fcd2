/* SPDX-License-Identifier: MIT
 *
 * One process as the supervisor sees it: its start, its streams, its end. */
#include "workers_windows.h"

#include <stdlib.h>
#include <string.h>
#include <tlhelp32.h>

#include "check.h"
#include "machine.h"
#include "text.h"

/* ---- its streams */

struct output {
    OVERLAPPED reading;   /* first: news name the output by it */
    struct worker *owner; /* NULL: forgotten, and freed with the next news of it */
    int which;            /* 0: stdout, 1: stderr */
    HANDLE pipe;
    char bytes[4096];
};

static void free_output(struct output *output)
{
    if (output->owner != NULL)
        output->owner->output[output->which] = NULL;
    CloseHandle(output->pipe);
    free(output);
}

static void read_on(struct output *output)
{
    memset(&output->reading, 0, sizeof output->reading);
    if (!ReadFile(output->pipe, output->bytes, sizeof output->bytes, NULL, &output->reading) &&
        GetLastError() != ERROR_IO_PENDING)
        free_output(output);
}

/* Anonymous pipes cannot be read asynchronously; so these have names that nobody else has. */
static HANDLE make_pipe(HANDLE *end)
{
    static unsigned long serial;
    char name[80];
    SECURITY_ATTRIBUTES inherited = {sizeof inherited, NULL, TRUE};
    text_print(name, sizeof name, "\\\\.\\pipe\\loopcheck-run-%lu-%lu",
               (unsigned long)GetCurrentProcessId(), ++serial);
    HANDLE pipe =
        CreateNamedPipeA(name, PIPE_ACCESS_INBOUND | FILE_FLAG_OVERLAPPED,
                         PIPE_TYPE_BYTE | PIPE_REJECT_REMOTE_CLIENTS, 1, 65536, 65536, 0, NULL);
    *end = pipe == INVALID_HANDLE_VALUE
               ? INVALID_HANDLE_VALUE
               : CreateFileA(name, GENERIC_WRITE, 0, &inherited, OPEN_EXISTING, 0, NULL);
    if (*end == INVALID_HANDLE_VALUE && pipe != INVALID_HANDLE_VALUE) {
        CloseHandle(pipe);
        pipe = INVALID_HANDLE_VALUE;
    }
    return pipe;
}

/* The end for the process to write to, or INVALID_HANDLE_VALUE. */
static HANDLE open_output(struct worker *worker, int which, HANDLE port)
{
    HANDLE end = INVALID_HANDLE_VALUE;
    struct output *output = calloc(1, sizeof *output);
    if (output == NULL)
        return end;
    output->pipe = make_pipe(&end);
    if (end == INVALID_HANDLE_VALUE) {
        free(output);
        return end;
    }
    output->owner = worker;
    output->which = which;
    worker->output[which] = output;
    CreateIoCompletionPort(output->pipe, port, NEWS_OUTPUT, 0);
    return end;
}

static void forget_output(struct worker *worker, int which)
{
    struct output *output = worker->output[which];
    if (output == NULL)
        return;
    worker->output[which] = NULL;
    output->owner = NULL;
    CancelIo(output->pipe);
}

void worker_take_output(OVERLAPPED *reading, DWORD count, bool failed)
{
    struct output *output = (struct output *)reading;
    struct worker *worker = output->owner;
    if (worker != NULL && count > 0) {
        struct run_report *report = &worker->report;
        char *kept = output->which == 0 ? report->stdout_bytes : report->stderr_bytes;
        size_t *length = output->which == 0 ? &report->stdout_length : &report->stderr_length;
        size_t keeps = count < OUTPUT_KEPT - *length ? count : OUTPUT_KEPT - *length;
        memcpy(kept + *length, output->bytes, keeps);
        *length += keeps;
        report->printed += output->which == 0 ? count : 0;
    }
    if (worker == NULL || failed)
        free_output(output);
    else
        read_on(output);
}

/* ---- its start */

struct start {
    HANDLE input;
    HANDLE outputs[2];
    LPPROC_THREAD_ATTRIBUTE_LIST attributes;
    HANDLE inherited[4];
};

/* Nothing but these four is inherited, whatever else this program may hold. */
static bool list_inherited(struct start *start, const struct worker *worker)
{
    const HANDLE inherited[] = {start->input, start->outputs[0], start->outputs[1], worker->memory};
    SIZE_T size = 0;
    memcpy(start->inherited, inherited, sizeof inherited);
    InitializeProcThreadAttributeList(NULL, 1, 0, &size);
    start->attributes = malloc(size);
    return start->attributes != NULL &&
           InitializeProcThreadAttributeList(start->attributes, 1, 0, &size) &&
           UpdateProcThreadAttribute(start->attributes, 0, PROC_THREAD_ATTRIBUTE_HANDLE_LIST,
                                     start->inherited, sizeof start->inherited, NULL, NULL);
}

static bool open_streams(struct start *start, struct worker *worker, HANDLE port)
{
    SECURITY_ATTRIBUTES inherited = {sizeof inherited, NULL, TRUE};
    start->input = CreateFileA("NUL", GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_WRITE, &inherited,
                               OPEN_EXISTING, 0, NULL);
    for (int i = 0; i < 2; i++)
        start->outputs[i] = open_output(worker, i, port);
    return start->input != INVALID_HANDLE_VALUE && start->outputs[0] != INVALID_HANDLE_VALUE &&
           start->outputs[1] != INVALID_HANDLE_VALUE;
}

static void close_start(struct start *start)
{
    const HANDLE handles[] = {start->input, start->outputs[0], start->outputs[1]};
    for (int i = 0; i < 3; i++) {
        if (handles[i] != INVALID_HANDLE_VALUE && handles[i] != NULL)
            CloseHandle(handles[i]);
    }
    free(start->attributes);
}

static HANDLE make_job(HANDLE port)
{
    JOBOBJECT_EXTENDED_LIMIT_INFORMATION limits = {0};
    JOBOBJECT_ASSOCIATE_COMPLETION_PORT news = {(PVOID)NEWS_PROCESS, port};
    HANDLE job = CreateJobObjectA(NULL, NULL);
    limits.BasicLimitInformation.LimitFlags =
        JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE | JOB_OBJECT_LIMIT_DIE_ON_UNHANDLED_EXCEPTION;
    if (job != NULL) {
        SetInformationJobObject(job, JobObjectExtendedLimitInformation, &limits, sizeof limits);
        SetInformationJobObject(job, JobObjectAssociateCompletionPortInformation, &news,
                                sizeof news);
    }
    return job;
}

/* The program again, by the very command line that it was started with itself. */
static bool create(struct start *start, struct worker *worker, PROCESS_INFORMATION *made)
{
    STARTUPINFOEXW how = {.StartupInfo = {.cb = sizeof how, .dwFlags = STARTF_USESTDHANDLES}};
    wchar_t program[PATH_ROOM];
    char handle[32];
    /* Ctrl-C is the supervisor's to see: hence a group of its own. */
    DWORD flags = CREATE_SUSPENDED | CREATE_NEW_PROCESS_GROUP | EXTENDED_STARTUPINFO_PRESENT;
    wchar_t *line = _wcsdup(GetCommandLineW());
    how.StartupInfo.hStdInput = start->input;
    how.StartupInfo.hStdOutput = start->outputs[0];
    how.StartupInfo.hStdError = start->outputs[1];
    how.lpAttributeList = start->attributes;
    text_print(handle, sizeof handle, "%llx", (unsigned long long)(uintptr_t)worker->memory);
    SetEnvironmentVariableA(WORKER_VARIABLE, handle);
    DWORD length = GetModuleFileNameW(NULL, program, PATH_ROOM);
    BOOL created =
        line != NULL && length > 0 && length < PATH_ROOM &&
        CreateProcessW(program, line, NULL, NULL, TRUE, flags, NULL, NULL, &how.StartupInfo, made);
    DWORD error = GetLastError();
    SetEnvironmentVariableA(WORKER_VARIABLE, NULL);
    free(line);
    SetLastError(error);
    return created;
}

/* It begins only when it can start nothing that escapes the job. */
static bool begin(struct worker *worker, const PROCESS_INFORMATION *made)
{
    bool begun = AssignProcessToJobObject(worker->job, made->hProcess) &&
                 DuplicateHandle(GetCurrentProcess(), worker->job, made->hProcess,
                                 &worker->shared->processes, JOB_OBJECT_QUERY, FALSE, 0);
    worker->started = check_now();
    begun = begun && ResumeThread(made->hThread) != (DWORD)-1;
    if (!begun)
        TerminateProcess(made->hProcess, 1);
    CloseHandle(made->hThread);
    return begun;
}

bool worker_start(struct worker *worker, HANDLE port, char *error, size_t size)
{
    struct start start = {0};
    PROCESS_INFORMATION made = {0};
    worker->busy = true;
    worker->ended = false;
    worker->killed = 0;
    worker->process = NULL;
    memset(&worker->report, 0, sizeof worker->report);
    worker->job = make_job(port);
    bool started = worker->job != NULL && open_streams(&start, worker, port) &&
                   list_inherited(&start, worker) && create(&start, worker, &made);
    if (started) {
        worker->process = made.hProcess;
        started = begin(worker, &made);
    }
    DWORD failure = GetLastError();
    close_start(&start);
    for (int i = 0; i < 2; i++) {
        if (started)
            read_on(worker->output[i]);
    }
    if (!started) {
        windows_error(error, size, failure);
        worker_end(worker);
    }
    return started;
}

/* ---- its end */

/* A process's name, or false for one that is no business of a check. */
static bool name_process(DWORD number, char *name, size_t size)
{
    PROCESSENTRY32 entry = {.dwSize = sizeof entry};
    HANDLE all = CreateToolhelp32Snapshot(TH32CS_SNAPPROCESS, 0);
    text_copy(name, size, "unknown");
    if (all == INVALID_HANDLE_VALUE)
        return true;
    for (BOOL more = Process32First(all, &entry); more; more = Process32Next(all, &entry)) {
        if (entry.th32ProcessID == number)
            text_copy(name, size, entry.szExeFile);
    }
    CloseHandle(all);
    return _stricmp(name, "conhost.exe") != 0;
}

size_t processes_in_job(HANDLE job, DWORD self, char *names, size_t size)
{
    struct {
        JOBOBJECT_BASIC_PROCESS_ID_LIST list;
        ULONG_PTR more[255];
    } found;
    size_t count = 0;
    memset(&found, 0, sizeof found);
    if (size > 0)
        names[0] = '\0';
    if (!QueryInformationJobObject(job, JobObjectBasicProcessIdList, &found, sizeof found, NULL) &&
        GetLastError() != ERROR_MORE_DATA)
        return 0;
    for (DWORD i = 0; i < found.list.NumberOfProcessIdsInList; i++) {
        DWORD number = (DWORD)found.list.ProcessIdList[i];
        char name[260];
        if (number == self || !name_process(number, name, sizeof name))
            continue;
        if (size > 0)
            text_append(names, size, "%s%lu (%s)", count == 0 ? "" : ", ", (unsigned long)number,
                        name);
        count++;
    }
    return count;
}

size_t worker_processes(const struct worker *worker, char *names, size_t size)
{
    return processes_in_job(worker->job, 0, names, size);
}

void worker_end(struct worker *worker)
{
    if (worker->job != NULL) {
        TerminateJobObject(worker->job, 1);
        CloseHandle(worker->job);
        worker->job = NULL;
    }
    if (worker->process != NULL) {
        WaitForSingleObject(worker->process, 5000);
        CloseHandle(worker->process);
        worker->process = NULL;
    }
    for (int i = 0; i < 2; i++)
        forget_output(worker, i);
    worker->busy = false;
}

int64_t nanoseconds_of(FILETIME time)
{
    return ((int64_t)time.dwHighDateTime << 32 | time.dwLowDateTime) * 100;
}

/* Of the threads that still run. */
static int64_t cpu_of_threads(DWORD process)
{
    THREADENTRY32 entry = {.dwSize = sizeof entry};
    FILETIME created, exited, kernel, user;
    int64_t sum = 0;
    HANDLE all = CreateToolhelp32Snapshot(TH32CS_SNAPTHREAD, 0);
    if (all == INVALID_HANDLE_VALUE)
        return 0;
    for (BOOL more = Thread32First(all, &entry); more; more = Thread32Next(all, &entry)) {
        HANDLE thread = NULL;
        if (entry.th32OwnerProcessID == process)
            thread = OpenThread(THREAD_QUERY_INFORMATION, FALSE, entry.th32ThreadID);
        if (thread == NULL)
            continue;
        if (GetThreadTimes(thread, &created, &exited, &kernel, &user))
            sum += nanoseconds_of(kernel) + nanoseconds_of(user);
        CloseHandle(thread);
    }
    CloseHandle(all);
    return sum;
}

/* Wine tells of a process other than the caller the caller's own. */
int64_t process_cpu(HANDLE process)
{
    FILETIME created, exited, kernel, user;
    if (machine_is_wine())
        return cpu_of_threads(GetProcessId(process));
    if (!GetProcessTimes(process, &created, &exited, &kernel, &user))
        return 0;
    return nanoseconds_of(kernel) + nanoseconds_of(user);
}
