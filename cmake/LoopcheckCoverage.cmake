# SPDX-License-Identifier: MIT
# The runner that `loopcheck coverage` starts: the reference is compiled to count its lines, and
# linked in, because a module that was loaded has counts that no other part of a program can save.

if(NOT CMAKE_C_COMPILER_ID STREQUAL "GNU")
    message(FATAL_ERROR "LOOPCHECK_COVERAGE needs GCC, for gcov (CC=gcc)")
endif()

# Atomic, because threads count the same lines; not optimised, so that a line is a line.
target_compile_options(reference_objects PRIVATE --coverage -O0 -fprofile-update=atomic)
target_link_options(loop-reference PRIVATE --coverage)
target_link_options(reference-memory PRIVATE --coverage)

loopcheck_add_static_runner(loopcheck-coverage reference_loop)
target_sources(loopcheck-coverage PRIVATE "${PROJECT_SOURCE_DIR}/harness/coverage_gnu.c")
target_link_options(loopcheck-coverage PRIVATE
    --coverage LINKER:--wrap=_exit LINKER:--wrap=execve)
add_dependencies(loopcheck-coverage loopcheck-child)
set_target_properties(loopcheck-coverage PROPERTIES
    RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}")
