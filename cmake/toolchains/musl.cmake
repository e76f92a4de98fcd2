# SPDX-License-Identifier: MIT
# Linux with another C library: musl, on this machine.

set(CMAKE_C_COMPILER musl-gcc)
# Its FD_SET counts in unsigned longs, whatever it is given.
set(CMAKE_C_FLAGS_INIT -Wno-sign-conversion)
# The libraries of this machine are for glibc.
set(ENV{PKG_CONFIG_LIBDIR} "${CMAKE_CURRENT_LIST_DIR}")
