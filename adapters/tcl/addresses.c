/* SPDX-License-Identifier: MIT
 *
 * The ABI's addresses, and the texts that Tcl has for them. */
#include <errno.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "adapter.h"

/* A name in -sockname or -peername is three elements of a list: address, host and port. */
enum { ADDRESS, PORT = 2, ELEMENTS };

int address_is_given(const struct loop_address *address)
{
    return address != NULL && (address->host != NULL || address->path != NULL ||
                               address->port != 0 || address->family != LOOP_ADDRESS_ANY);
}

const char *host_of(const struct loop_address *address, int passive, Tcl_DString *text)
{
    char scope[16];

    if (address->host == NULL && address->family == LOOP_ADDRESS_INET)
        return passive ? "0.0.0.0" : "127.0.0.1";
    if (address->host == NULL && address->family == LOOP_ADDRESS_INET6)
        return passive ? "::" : "::1";
    if (address->host == NULL || address->scope_id == 0)
        return address->host;
    snprintf(scope, sizeof scope, "%%%u", (unsigned)address->scope_id);
    Tcl_DStringAppend(text, address->host, -1);
    return Tcl_DStringAppend(text, scope, -1);
}

static void tell(const char *const *element, void (*receive)(void *, const struct loop_address *),
                 void *arg)
{
    struct loop_address told = {.size = sizeof told, .family = LOOP_ADDRESS_INET};
    char host[128] = "";

    snprintf(host, sizeof host, "%s", element[ADDRESS]);
    if (strchr(host, ':') != NULL)
        told.family = LOOP_ADDRESS_INET6;
    char *scope = strchr(host, '%');
    if (scope != NULL) {
        *scope = '\0';
        told.scope_id = if_nametoindex(scope + 1);
    }
    told.host = host;
    told.port = (uint32_t)strtoul(element[PORT], NULL, 10);
    receive(arg, &told);
}

/* A channel that is no socket has no such option, which Tcl_BadChannelOption makes an EINVAL. */
loop_status address_tell(struct loop *loop, Tcl_Channel channel, const char *option, size_t index,
                         void (*receive)(void *, const struct loop_address *), void *arg)
{
    Tcl_DString text;
    const char **elements = NULL;
    int count = 0;
    loop_status status = LOOP_NOT_FOUND;

    Tcl_DStringInit(&text);
    if (Tcl_GetChannelOption(interpreter(loop), channel, option, &text) != TCL_OK)
        status = Tcl_GetErrno() == EINVAL ? LOOP_NOTSOCK : failure(loop, Tcl_GetErrno());
    else if (Tcl_SplitList(NULL, Tcl_DStringValue(&text), &count, &elements) == TCL_OK &&
             (index + 1) * ELEMENTS <= (size_t)count) {
        tell(elements + index * ELEMENTS, receive, arg);
        status = LOOP_OK;
    }
    if (elements != NULL)
        ckfree((char *)elements);
    Tcl_DStringFree(&text);
    return status;
}
