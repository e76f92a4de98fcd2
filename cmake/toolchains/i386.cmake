# SPDX-License-Identifier: MIT
# Linux on 32-bit x86, which an x86-64 machine runs by itself.
set(CMAKE_SYSTEM_PROCESSOR i686)
set(LOOPCHECK_TRIPLET i686-linux-gnu)
include("${CMAKE_CURRENT_LIST_DIR}/linux-cross.cmake")
