# SPDX-License-Identifier: MIT
# What CTest sees: one test for each loop, variant and area, and the project's own tests.

# Expectations are kept by platform: this build's, in their word for it.
string(TOLOWER "${CMAKE_SYSTEM_NAME}" LOOPCHECK_PLATFORM)
string(REPLACE darwin macos LOOPCHECK_PLATFORM "${LOOPCHECK_PLATFORM}")

# The runner as CTest starts it. Valgrind's own output goes to stderr, and a test's output with it.
set(LOOPCHECK_RUN loopcheck-run)
set(LOOPCHECK_RUN_LIMITS)
set(LOOPCHECK_RUN_ENVIRONMENT)
if(CMAKE_CROSSCOMPILING_EMULATOR)
    set(LOOPCHECK_RUN "${PROJECT_BINARY_DIR}/emulated/loopcheck-run")
else()
    set(LOOPCHECK_RUN_ENVIRONMENT "LOOPCHECK_CHILD=$<TARGET_FILE:loopcheck-child>")
endif()
set(LOOPCHECK_AREA_TIMEOUT 900) # seconds
if(LOOPCHECK_VALGRIND)
    set(LOOPCHECK_AREA_TIMEOUT 3600)
    find_program(VALGRIND valgrind)
    find_path(VALGRIND_HEADERS valgrind/memcheck.h)
    if(NOT VALGRIND OR NOT VALGRIND_HEADERS)
        message(FATAL_ERROR "LOOPCHECK_VALGRIND needs valgrind and its headers "
                            "(on Debian: apt-get install valgrind)")
    endif()
    set(LOOPCHECK_UNDER "${VALGRIND}" -q --leak-check=full --show-leak-kinds=definite
        --errors-for-leak-kinds=definite --child-silent-after-fork=no)
    set(LOOPCHECK_RUN ${LOOPCHECK_UNDER} "$<TARGET_FILE:loopcheck-run>")
    set(LOOPCHECK_RUN_LIMITS --deadline 60 --timeout 300)
endif()

# Compiles expectations/LOOP into `output`, the form that the runner reads. A loop without such a
# folder gets an empty file.
function(_loopcheck_compile_expectations name target output profile version)
    set(folder "${PROJECT_SOURCE_DIR}/expectations/${name}")
    file(GLOB declared CONFIGURE_DEPENDS "${folder}/*.toml")
    set(modules errors documents versions machine expectations)
    list(TRANSFORM modules PREPEND "${LOOPCHECK_DRIVER}/loopcheck/")
    list(TRANSFORM modules APPEND ".py")
    set(of_version "")
    if(version)
        set(of_version --loop-version ${version})
    endif()
    add_custom_command(
        OUTPUT "${output}"
        COMMAND ${LOOPCHECK_PYTHON} -m loopcheck.expectations --compile "${folder}" -o "${output}"
                --platform ${LOOPCHECK_PLATFORM} --asyncio ${profile} ${of_version}
        DEPENDS ${declared} ${modules} "${PROJECT_SOURCE_DIR}/spec/schema/expectations.schema.json"
        COMMENT "Compiling the expectations of ${name}"
        VERBATIM)
    add_custom_target(${target} ALL DEPENDS "${output}")
endfunction()

# loopcheck_add_loop(NAME TARGET VARIANTS NAME... [ASYNCIO VERSION] [VERSION VERSION] [JOBS N]
#                    [ENVIRONMENT NAME=VALUE...])
# Registers the suite of a loop's module: a test NAME/VARIANT/AREA each, or NAME/VARIANT@3.14/AREA
# under the profile that ASYNCIO names (else 3.7). VERSION is the loop's own, for the expectations of
# some versions alone; ENVIRONMENT is for the module. JOBS is how many checks of a suite run at a time,
# each in a server of its own, which loads the module. May be called again, for another profile too.
function(loopcheck_add_loop name target)
    cmake_parse_arguments(PARSE_ARGV 2 arg "" "ASYNCIO;VERSION;JOBS" "VARIANTS;ENVIRONMENT")
    if(NOT LOOPCHECK_TESTS)
        return()
    endif()
    set(profile 3.7)
    set(suffix "")
    if(arg_ASYNCIO)
        set(profile ${arg_ASYNCIO})
        set(suffix "@${profile}")
    endif()
    set(expectations "${PROJECT_BINARY_DIR}/expectations/${name}${suffix}.tsv")
    if(NOT TARGET expectations-${name}-${profile})
        _loopcheck_compile_expectations(${name} expectations-${name}-${profile} "${expectations}"
                                        ${profile} "${arg_VERSION}")
    endif()
    set(jobs "")
    if(arg_JOBS)
        set(jobs --jobs ${arg_JOBS})
    endif()
    set(environment "")
    foreach(variable IN LISTS arg_ENVIRONMENT)
        list(APPEND environment --env "${variable}")
    endforeach()
    foreach(variant IN LISTS arg_VARIANTS)
        foreach(area IN LISTS LOOPCHECK_AREAS)
            set(test "${name}/${variant}${suffix}/${area}")
            add_test(NAME ${test}
                COMMAND ${LOOPCHECK_RUN} --loop $<TARGET_FILE:${target}> ${environment}
                        --variant ${variant} --check "${area}.*" --expectations "${expectations}"
                        --asyncio ${profile} ${jobs} ${LOOPCHECK_RUN_LIMITS})
            set_tests_properties(${test} PROPERTIES
                LABELS "suite;loop:${name};variant:${variant};area:${area};profile:${profile}"
                TIMEOUT ${LOOPCHECK_AREA_TIMEOUT}
                ENVIRONMENT "${LOOPCHECK_RUN_ENVIRONMENT}"
                # Anchored at the start: only a plan of no tests at all is a skip.
                SKIP_REGULAR_EXPRESSION "^TAP version 14\n1\\.\\.0 # SKIP")
        endforeach()
    endforeach()
endfunction()

# loopcheck_add_pytest(NAME FOLDER): the pytest files of a folder, as the test project/NAME.
function(loopcheck_add_pytest name folder)
    if(NOT LOOPCHECK_TESTS OR NOT LOOPCHECK_PYTHON_TESTS)
        return()
    endif()
    set(sanitize "LOOPCHECK_SANITIZE=${LOOPCHECK_SANITIZE}")
    add_test(NAME project/${name}
        COMMAND ${LOOPCHECK_PYTHON} -m pytest -q -p no:cacheprovider "${folder}"
        WORKING_DIRECTORY "${PROJECT_BINARY_DIR}")
    set_tests_properties(project/${name} PROPERTIES
        LABELS project
        TIMEOUT 1800
        ENVIRONMENT "LOOPCHECK_BUILD_DIR=${PROJECT_BINARY_DIR};${sanitize}")
endfunction()

# loopcheck_add_program_test(NAME TARGET): a C program that ends with 0, as the test project/NAME.
function(loopcheck_add_program_test name target)
    add_test(NAME project/${name} COMMAND ${target})
    set_tests_properties(project/${name} PROPERTIES LABELS project TIMEOUT 300)
endfunction()
