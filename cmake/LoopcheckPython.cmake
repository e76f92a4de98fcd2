# SPDX-License-Identifier: MIT
# Finds a Python that has the modules which the build and the project's tests need.
#
# Sets LOOPCHECK_PYTHON_EXECUTABLE, LOOPCHECK_PYTHON (a command that has the driver on its path)
# and LOOPCHECK_PYTHON_TESTS (whether it has the modules of the tests too).

set(LOOPCHECK_DRIVER "${PROJECT_SOURCE_DIR}/harness/driver")
set(_build_modules jsonschema packaging tomllib|tomli)
# tomllib stands for Python 3.11, which the driver asks for.
set(_test_modules tomllib pytest hypothesis tap rich jinja2 yaml junit_xml)
string(CONCAT _install_hint
    "On Debian: apt install python3-jsonschema python3-packaging python3-pytest "
    "python3-hypothesis python3-tap python3-rich python3-jinja2 python3-yaml python3-junit.xml "
    "(and python3-tomli before Python 3.11). Elsewhere: python3 -m pip install jsonschema "
    "packaging pytest hypothesis tap.py rich jinja2 PyYAML junit-xml tomli. "
    "-DPython3_EXECUTABLE=PATH chooses another Python.")

# Stores in ${result} what `python` lacks: modules, or the version that every candidate needs.
function(_loopcheck_missing_modules python result)
    execute_process(
        COMMAND "${python}" -c
"import importlib.util as u, sys
assert sys.version_info >= (3, 9)
print(';'.join(m for m in sys.argv[1:] if not any(map(u.find_spec, m.split('|')))))"
                ${ARGN}
        RESULT_VARIABLE failed OUTPUT_VARIABLE missing ERROR_QUIET
        OUTPUT_STRIP_TRAILING_WHITESPACE)
    if(failed)
        set(missing "Python 3.9")
    endif()
    set(${result} "${missing}" PARENT_SCOPE)
endfunction()

function(_loopcheck_python_candidates result)
    find_program(LOOPCHECK_PYTHON_ON_PATH NAMES python3 python)
    mark_as_advanced(LOOPCHECK_PYTHON_ON_PATH)
    set(candidates ${Python3_EXECUTABLE} ${LOOPCHECK_PYTHON_ON_PATH})
    foreach(directory IN ITEMS /usr/bin /usr/local/bin /opt/homebrew/bin)
        if(EXISTS "${directory}/python3")
            list(APPEND candidates "${directory}/python3")
        endif()
    endforeach()
    file(GLOB pyenv "$ENV{HOME}/.pyenv/versions/3.*/bin/python3")
    list(APPEND candidates ${pyenv})
    list(REMOVE_DUPLICATES candidates)
    set(${result} "${candidates}" PARENT_SCOPE)
endfunction()

# The first candidate with everything, else the first that can build.
function(_loopcheck_find_python)
    _loopcheck_python_candidates(candidates)
    set(report "")
    set(chosen "")
    foreach(python IN LISTS candidates)
        _loopcheck_missing_modules("${python}" missing ${_build_modules})
        _loopcheck_missing_modules("${python}" untestable ${_test_modules})
        string(REPLACE ";" ", " shown "${missing}")
        if(missing)
            string(APPEND report "\n  ${python} lacks ${shown}")
        endif()
        if(NOT missing AND NOT untestable)
            set(chosen "${python}")
            set(lacking "")
            break()
        elseif(NOT missing AND NOT chosen)
            set(chosen "${python}")
            string(REPLACE ";" ", " lacking "${untestable}")
        endif()
    endforeach()
    if(NOT chosen)
        message(FATAL_ERROR "No Python 3.9 or newer with the modules that the build needs "
                            "(jsonschema, packaging, and tomllib or tomli).${report}\n"
                            "${_install_hint}")
    endif()
    set(LOOPCHECK_PYTHON_TESTS ON PARENT_SCOPE)
    if(lacking)
        set(LOOPCHECK_PYTHON_TESTS OFF PARENT_SCOPE)
        if(LOOPCHECK_TESTS)
            message(WARNING "${chosen} lacks ${lacking}: the tests in Python are left out. "
                            "${_install_hint}")
        endif()
    endif()
    if(Python3_EXECUTABLE AND NOT chosen STREQUAL Python3_EXECUTABLE)
        message(STATUS "The Python that was asked for will not do:${report}")
    endif()
    message(STATUS "Python for the rules and the tests: ${chosen}")
    set(LOOPCHECK_PYTHON_EXECUTABLE "${chosen}" PARENT_SCOPE)
endfunction()

_loopcheck_find_python()
set(LOOPCHECK_PYTHON
    "${CMAKE_COMMAND}" -E env "PYTHONPATH=${LOOPCHECK_DRIVER}" PYTHONDONTWRITEBYTECODE=1
    "${LOOPCHECK_PYTHON_EXECUTABLE}")
