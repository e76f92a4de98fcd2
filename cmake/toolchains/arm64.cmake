# SPDX-License-Identifier: MIT
# Linux on 64-bit Arm.
set(CMAKE_SYSTEM_PROCESSOR aarch64)
set(LOOPCHECK_TRIPLET aarch64-linux-gnu)
set(LOOPCHECK_QEMU qemu-aarch64)
include("${CMAKE_CURRENT_LIST_DIR}/linux-cross.cmake")
