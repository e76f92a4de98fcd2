# SPDX-License-Identifier: MIT
# What CTest sees: one test for each loop, variant and area, and the project's own tests.

# Compiles expectations/LOOP into BUILD/expectations/LOOP.tsv, the form that the runner reads. A
# loop without such a folder gets an empty file.
function(_loopcheck_compile_expectations name output)
    set(folder "${PROJECT_SOURCE_DIR}/expectations/${name}")
    file(GLOB declared CONFIGURE_DEPENDS "${folder}/*.toml")
    set(modules errors documents versions expectations)
    list(TRANSFORM modules PREPEND "${LOOPCHECK_DRIVER}/loopcheck/")
    list(TRANSFORM modules APPEND ".py")
    add_custom_command(
        OUTPUT "${output}"
        COMMAND ${LOOPCHECK_PYTHON} -m loopcheck.expectations --compile "${folder}" -o "${output}"
        DEPENDS ${declared} ${modules} "${PROJECT_SOURCE_DIR}/spec/schema/expectations.schema.json"
        COMMENT "Compiling the expectations of ${name}"
        VERBATIM)
    add_custom_target(expectations-${name} ALL DEPENDS "${output}")
endfunction()

# loopcheck_add_loop(NAME TARGET VARIANTS NAME... [ASYNCIO VERSION])
# Registers the suite of a loop's module: a test NAME/VARIANT/AREA each, or NAME/VARIANT@3.14/AREA
# under the profile that ASYNCIO names. May be called again for another profile.
function(loopcheck_add_loop name target)
    cmake_parse_arguments(PARSE_ARGV 2 arg "" "ASYNCIO" "VARIANTS")
    set(expectations "${PROJECT_BINARY_DIR}/expectations/${name}.tsv")
    if(NOT TARGET expectations-${name})
        _loopcheck_compile_expectations(${name} "${expectations}")
    endif()
    foreach(variant IN LISTS arg_VARIANTS)
        foreach(area IN LISTS LOOPCHECK_AREAS)
            _loopcheck_add_suite(${name} ${target} ${variant} ${area} "${arg_ASYNCIO}"
                                 "${expectations}")
        endforeach()
    endforeach()
endfunction()

function(_loopcheck_add_suite name target variant area profile expectations)
    set(test "${name}/${variant}/${area}")
    set(labels suite "loop:${name}" "variant:${variant}" "area:${area}")
    set(options "")
    if(profile)
        set(test "${name}/${variant}@${profile}/${area}")
        list(APPEND labels "profile:${profile}")
        set(options --asyncio ${profile})
    endif()
    add_test(NAME ${test}
        COMMAND loopcheck-run --loop $<TARGET_FILE:${target}> --variant ${variant}
                --check "${area}.*" --expectations "${expectations}" ${options})
    set_tests_properties(${test} PROPERTIES
        LABELS "${labels}"
        TIMEOUT 900
        # Anchored at the start: only a plan of no tests at all is a skip.
        SKIP_REGULAR_EXPRESSION "^TAP version 14\n1\\.\\.0 # SKIP")
endfunction()

# loopcheck_add_pytest(NAME FOLDER): the pytest files of a folder, as the test project/NAME.
function(loopcheck_add_pytest name folder)
    if(NOT LOOPCHECK_PYTHON_TESTS)
        return()
    endif()
    add_test(NAME project/${name}
        COMMAND ${LOOPCHECK_PYTHON} -m pytest -q -p no:cacheprovider "${folder}"
        WORKING_DIRECTORY "${PROJECT_BINARY_DIR}")
    set_tests_properties(project/${name} PROPERTIES
        LABELS project
        TIMEOUT 1800
        ENVIRONMENT "LOOPCHECK_BUILD_DIR=${PROJECT_BINARY_DIR};LOOPCHECK_SANITIZE=${LOOPCHECK_SANITIZE}")
endfunction()

# loopcheck_add_program_test(NAME TARGET): a C program that ends with 0, as the test project/NAME.
function(loopcheck_add_program_test name target)
    add_test(NAME project/${name} COMMAND ${target})
    set_tests_properties(project/${name} PROPERTIES LABELS project TIMEOUT 300)
endfunction()
