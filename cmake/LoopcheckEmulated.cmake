# SPDX-License-Identifier: MIT
# For programs of another processor: BUILD/emulated/loopcheck-run starts the runner by the emulator,
# and loopcheck-child beside it the child that the system would not start.

list(JOIN CMAKE_CROSSCOMPILING_EMULATOR " " emulator)
foreach(program IN ITEMS loopcheck-run loopcheck-child)
    file(WRITE "${PROJECT_BINARY_DIR}/CMakeFiles/emulated/${program}"
"#!/bin/sh
LOOPCHECK_CHILD='${PROJECT_BINARY_DIR}/emulated/loopcheck-child'
export LOOPCHECK_CHILD
exec ${emulator} '${PROJECT_BINARY_DIR}/${program}' \"$@\"
")
    file(COPY "${PROJECT_BINARY_DIR}/CMakeFiles/emulated/${program}"
         DESTINATION "${PROJECT_BINARY_DIR}/emulated"
         FILE_PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE
                          WORLD_READ WORLD_EXECUTE)
endforeach()
