/* SPDX-License-Identifier: MIT
 *
 * Exit codes of processes that did not end by themselves, and the system's own words. */
#include "text.h"
#include "workers_windows.h"

static const struct {
    DWORD code;
    const char *name;
} exceptions[] = {
    {0x80000001, "STATUS_GUARD_PAGE_VIOLATION"},
    {0x80000002, "STATUS_DATATYPE_MISALIGNMENT"},
    {0x80000003, "STATUS_BREAKPOINT"},
    {0x80000004, "STATUS_SINGLE_STEP"},
    {0xC0000005, "STATUS_ACCESS_VIOLATION"},
    {0xC0000006, "STATUS_IN_PAGE_ERROR"},
    {0xC0000008, "STATUS_INVALID_HANDLE"},
    {0xC0000017, "STATUS_NO_MEMORY"},
    {0xC000001D, "STATUS_ILLEGAL_INSTRUCTION"},
    {0xC0000025, "STATUS_NONCONTINUABLE_EXCEPTION"},
    {0xC000008C, "STATUS_ARRAY_BOUNDS_EXCEEDED"},
    {0xC000008E, "STATUS_FLOAT_DIVIDE_BY_ZERO"},
    {0xC0000094, "STATUS_INTEGER_DIVIDE_BY_ZERO"},
    {0xC0000095, "STATUS_INTEGER_OVERFLOW"},
    {0xC0000096, "STATUS_PRIVILEGED_INSTRUCTION"},
    {0xC00000FD, "STATUS_STACK_OVERFLOW"},
    {0xC0000135, "STATUS_DLL_NOT_FOUND"},
    {0xC0000139, "STATUS_ENTRYPOINT_NOT_FOUND"},
    {0xC000013A, "STATUS_CONTROL_C_EXIT"},
    {0xC0000142, "STATUS_DLL_INIT_FAILED"},
    {0xC0000374, "STATUS_HEAP_CORRUPTION"},
    {0xC0000409, "STATUS_STACK_BUFFER_OVERRUN"}, /* every __fastfail, whatever its reason */
    {0xC000041D, "STATUS_FATAL_USER_CALLBACK"},
    {0xC0000420, "STATUS_ASSERTION_FAILURE"},
    {0xC0000602, "STATUS_FAIL_FAST_EXCEPTION"},
    {0xE06D7363, "a C++ exception"},
};

bool exception_name(DWORD code, char *name, size_t size)
{
    for (size_t i = 0; i < sizeof exceptions / sizeof *exceptions; i++) {
        if (exceptions[i].code == code) {
            text_copy(name, size, exceptions[i].name);
            return true;
        }
    }
    text_print(name, size, "exception 0x%08lX", (unsigned long)code);
    /* The two highest bits of an error's NTSTATUS; exit(-1) has all bits set. */
    return code >> 30 == 3 && code < 0xFFFF0000;
}

void windows_error(char *text, size_t size, DWORD error)
{
    char said[256];
    DWORD length =
        FormatMessageA(FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_IGNORE_INSERTS, NULL, error,
                       MAKELANGID(LANG_ENGLISH, SUBLANG_ENGLISH_US), said, sizeof said, NULL);
    while (length > 0 && (unsigned char)said[length - 1] <= ' ')
        length--;
    said[length] = '\0';
    text_print(text, size, "%s (%lu)", length == 0 ? "Windows error" : said, (unsigned long)error);
}
