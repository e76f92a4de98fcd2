# SPDX-License-Identifier: MIT
#
# For builds that link a loop into the runner; read by this build and by the installed package.

# loopcheck_add_static_runner(TARGET LOOP): the runner, with the loop of a library linked into it.
function(loopcheck_add_static_runner target loop)
    find_package(Threads REQUIRED)
    add_executable(${target} "${LOOPCHECK_RUNNER_SOURCES}/main_static.c")
    target_include_directories(${target} PRIVATE "${LOOPCHECK_RUNNER_SOURCES}")
    # The runner calls the loop, which may need the rules again.
    target_link_libraries(${target} PRIVATE loopcheck::static ${loop} loopcheck::spec
                          Threads::Threads)
endfunction()
