# SPDX-License-Identifier: MIT
# Linux on a big-endian processor.
set(CMAKE_SYSTEM_PROCESSOR s390x)
set(LOOPCHECK_TRIPLET s390x-linux-gnu)
set(LOOPCHECK_QEMU qemu-s390x)
include("${CMAKE_CURRENT_LIST_DIR}/linux-cross.cmake")
