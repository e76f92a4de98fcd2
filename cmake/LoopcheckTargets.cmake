# SPDX-License-Identifier: MIT
# How everything in the project is compiled: strict C11 (and C++17, for adapters of libraries in C++),
# hidden symbols. What a module exports says so (LOOP_EXPORT).

set(CMAKE_C_STANDARD 11)
set(CMAKE_C_STANDARD_REQUIRED ON)
set(CMAKE_C_EXTENSIONS OFF)
set(CMAKE_C_VISIBILITY_PRESET hidden)
set(CMAKE_CXX_STANDARD 17)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_CXX_VISIBILITY_PRESET hidden)
set(CMAKE_VISIBILITY_INLINES_HIDDEN ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
if(NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
    set(CMAKE_BUILD_TYPE RelWithDebInfo)
endif()

if(MSVC)
    set(LOOPCHECK_STRICT_FLAGS /W4)
    set(LOOPCHECK_ERROR_FLAG /WX)
else()
    set(LOOPCHECK_STRICT_FLAGS -Wall -Wextra -Wpedantic -Wconversion)
    set(LOOPCHECK_ERROR_FLAG -Werror)
endif()
add_compile_options(${LOOPCHECK_STRICT_FLAGS})
if(LOOPCHECK_WARNINGS_AS_ERRORS)
    add_compile_options(${LOOPCHECK_ERROR_FLAG})
endif()

if(WIN32)
    # Windows 10, and no more of it than is asked for.
    add_compile_definitions(_WIN32_WINNT=0x0A00 WIN32_LEAN_AND_MEAN _CRT_SECURE_NO_WARNINGS)
endif()
if(MINGW)
    # C99's printf, not that of msvcrt.dll.
    add_compile_definitions(__USE_MINGW_ANSI_STDIO=1)
endif()

if(LOOPCHECK_SANITIZE)
    add_compile_options(-fsanitize=${LOOPCHECK_SANITIZE} -fno-sanitize-recover=all
                        -fno-omit-frame-pointer)
    add_link_options(-fsanitize=${LOOPCHECK_SANITIZE})
endif()

# For targets that call the operating system: -std=c11 alone hides what lies beyond C.
function(loopcheck_uses_system target)
    if(CMAKE_SYSTEM_NAME STREQUAL "Linux")
        target_compile_definitions(${target} PRIVATE _GNU_SOURCE)
    endif()
endfunction()

# Where programs and loops are found. A generator of several configurations would make a folder of
# each, unless the folder is an expression.
set(LOOPCHECK_OUTPUT_FOLDER "${PROJECT_BINARY_DIR}")
get_property(several_configurations GLOBAL PROPERTY GENERATOR_IS_MULTI_CONFIG)
if(several_configurations)
    set(LOOPCHECK_OUTPUT_FOLDER "$<1:${PROJECT_BINARY_DIR}>")
endif()

# loopcheck_add_module(loop-NAME SOURCE...)
# A loop: a module in BUILD/loops, installed with the others. It knows the ABI and the rules, and
# nothing else.
function(loopcheck_add_module target)
    add_library(${target} MODULE ${ARGN})
    loopcheck_uses_system(${target})
    target_link_libraries(${target} PRIVATE spec)
    set_target_properties(${target} PROPERTIES
        PREFIX "" LIBRARY_OUTPUT_DIRECTORY "${LOOPCHECK_OUTPUT_FOLDER}/loops")
    install(TARGETS ${target} LIBRARY DESTINATION "${CMAKE_INSTALL_LIBDIR}/loopcheck/loops")
endfunction()

# loopcheck_add_launcher(TARGET [ENVIRONMENT NAME=VALUE...] [OPTIONS OPTION...])
# Where this machine cannot run what is built, BUILD/emulated/TARGET does it, for people, CTest and
# the driver alike. What is different on such a platform its toolchain file says:
#   CMAKE_CROSSCOMPILING_EMULATOR  what runs a program
#   LOOPCHECK_EMULATED_LIMITS      options of loopcheck-run, if all takes longer there
#   LOOPCHECK_EMULATED_CHILDREN    a check's child, too, has to be started by such a script
function(loopcheck_add_launcher target)
    cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "ENVIRONMENT;OPTIONS")
    if(NOT CMAKE_CROSSCOMPILING_EMULATOR)
        return()
    endif()
    get_target_property(folder ${target} RUNTIME_OUTPUT_DIRECTORY)
    if(NOT folder)
        set(folder "${CMAKE_CURRENT_BINARY_DIR}")
    endif()
    set(words ${arg_ENVIRONMENT} ${CMAKE_CROSSCOMPILING_EMULATOR}
        "${folder}/${target}${CMAKE_EXECUTABLE_SUFFIX}" ${arg_OPTIONS})
    list(JOIN words "' '" emulated_command)
    set(emulated_command "'${emulated_command}'")
    configure_file("${PROJECT_SOURCE_DIR}/cmake/toolchains/emulated.in"
                   "${PROJECT_BINARY_DIR}/emulated/${target}" @ONLY)
endfunction()
