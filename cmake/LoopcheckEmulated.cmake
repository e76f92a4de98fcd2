# SPDX-License-Identifier: MIT
# For programs of another processor: BUILD/emulated/loopcheck-run starts the runner by the emulator,
# and loopcheck-child beside it the child that the system would not start. Each is slow to start, so
# that what waits for many of them gets more time.

list(JOIN CMAKE_CROSSCOMPILING_EMULATOR " " emulator)

# _loopcheck_emulated(PROGRAM LINE OPTION...): a script that runs LINE first.
function(_loopcheck_emulated program line)
    set(script "${PROJECT_BINARY_DIR}/CMakeFiles/emulated/${program}")
    list(JOIN ARGN " " options)
    file(WRITE "${script}"
         "#!/bin/sh\n${line}\nexec ${emulator} '${PROJECT_BINARY_DIR}/${program}' ${options} \"$@\"\n")
    file(COPY "${script}" DESTINATION "${PROJECT_BINARY_DIR}/emulated"
         FILE_PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE
                          WORLD_READ WORLD_EXECUTE)
endfunction()

_loopcheck_emulated(loopcheck-run
    "export LOOPCHECK_CHILD='${PROJECT_BINARY_DIR}/emulated/loopcheck-child'"
    --timeout 180 --deadline 60)
# The shell would add it to the child's environment.
_loopcheck_emulated(loopcheck-child "unset PWD")
