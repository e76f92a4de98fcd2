# SPDX-License-Identifier: MIT
# What an adapter's CMakeLists.txt says of the library that it joins.

find_package(PkgConfig QUIET)

# loopcheck_leave_out(NAME REASON): the driver tells people why a loop is not there.
macro(loopcheck_leave_out name reason)
    set_property(GLOBAL APPEND PROPERTY LOOPCHECK_LEFT_OUT "${name} (${reason})")
    return()
endmacro()

# loopcheck_needs_linux(NAME)
# The adapter's variants are Linux's; elsewhere they would be judged by the rules of a wrong platform.
macro(loopcheck_needs_linux name)
    if(NOT CMAKE_SYSTEM_NAME STREQUAL "Linux")
        loopcheck_leave_out(${name} "its adapter has variants of Linux alone")
    endif()
endmacro()

# loopcheck_needs(NAME DEBIAN_PACKAGES MODULE...)
# The adapter stands on what pkg-config calls MODULE, one or several, and links PkgConfig::NAME. On
# Debian they come with DEBIAN_PACKAGES (a string). Where there is none, the loop is left out: the
# calling file ends here.
macro(loopcheck_needs name debian_packages)
    if(PkgConfig_FOUND)
        pkg_check_modules(${name} QUIET IMPORTED_TARGET ${ARGN})
    endif()
    if(NOT TARGET PkgConfig::${name})
        loopcheck_leave_out(${name} "install ${debian_packages}")
    endif()
endmacro()

# loopcheck_needs_cxx(NAME)
# The adapter is in C++. C++ is enabled where there is a compiler for it, with the flags of the
# rest; without one the loop is left out. So it is for another system, whose toolchain files name a
# C compiler alone: any C++ compiler that is found would be this machine's.
macro(loopcheck_needs_cxx name)
    if(CMAKE_TOOLCHAIN_FILE AND NOT CMAKE_CXX_COMPILER)
        loopcheck_leave_out(${name} "the toolchain file names no C++ compiler")
    endif()
    include(CheckLanguage)
    check_language(CXX)
    if(NOT CMAKE_CXX_COMPILER)
        loopcheck_leave_out(${name} "install g++")
    endif()
    enable_language(CXX)
endmacro()
