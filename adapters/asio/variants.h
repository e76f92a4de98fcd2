/* SPDX-License-Identifier: MIT
 *
 * What a library with one of Asio's reactors exports. */
#ifndef LOOPCHECK_ADAPTER_ASIO_VARIANTS_H
#define LOOPCHECK_ADAPTER_ASIO_VARIANTS_H

#include "loop_abi.h"

extern "C" {
LOOP_EXPORT const struct loop_variant *asio_epoll(void);
LOOP_EXPORT const struct loop_variant *asio_select(void);
}

#endif
