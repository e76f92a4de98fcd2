# SPDX-License-Identifier: MIT
# Linux on another processor, by Debian's cross compilers. A toolchain file sets the processor and
# LOOPCHECK_TRIPLET, and LOOPCHECK_QEMU if this machine cannot run its programs, then includes this.

set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_C_COMPILER ${LOOPCHECK_TRIPLET}-gcc)
if(LOOPCHECK_QEMU)
    set(CMAKE_CROSSCOMPILING_EMULATOR ${LOOPCHECK_QEMU} -L /usr/${LOOPCHECK_TRIPLET})
    # An emulator is slow to start, and some checks wait for many children.
    set(LOOPCHECK_EMULATED_CHILDREN ON)
    set(LOOPCHECK_EMULATED_LIMITS --timeout 180 --deadline 60)
endif()
set(CMAKE_FIND_ROOT_PATH /usr/${LOOPCHECK_TRIPLET})
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
# The libraries of this machine are for its own processor.
set(ENV{PKG_CONFIG_LIBDIR} "${CMAKE_CURRENT_LIST_DIR}")
