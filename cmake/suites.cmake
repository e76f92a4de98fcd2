# SPDX-License-Identifier: MIT
# The loops of this house and the variants in which each is judged.

set(personas windows-selector windows-proactor macos-kqueue macos-10.8-kqueue macos-10.8-select
    macos-10.8-poll)

if(TARGET loop-reference)
    if(CMAKE_SYSTEM_NAME STREQUAL "Linux")
        loopcheck_add_loop(reference loop-reference VARIANTS linux-epoll linux-poll linux-select)
    endif()
    loopcheck_add_loop(reference loop-reference VARIANTS ${personas})
    loopcheck_add_loop(reference loop-reference VARIANTS ${personas} ASYNCIO 3.14)
endif()

if(TARGET loop-libuv AND CMAKE_SYSTEM_NAME STREQUAL "Linux")
    loopcheck_add_loop(libuv loop-libuv VARIANTS linux-epoll)
endif()

foreach(folder IN ITEMS harness/tests harness/driver/tests conformance/tests)
    if(EXISTS "${PROJECT_SOURCE_DIR}/${folder}")
        loopcheck_add_pytest(${folder} "${PROJECT_SOURCE_DIR}/${folder}")
    endif()
endforeach()
