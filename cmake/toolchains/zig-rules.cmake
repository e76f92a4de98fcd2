# SPDX-License-Identifier: MIT
# How zig is told what CMake tells other compilers in other words.

# The archiver is a command of zig.
set(CMAKE_C_ARCHIVE_CREATE "\"${LOOPCHECK_ZIG}\" ar qc <TARGET> <OBJECTS>")
set(CMAKE_C_ARCHIVE_APPEND "\"${LOOPCHECK_ZIG}\" ar q <TARGET> <OBJECTS>")
set(CMAKE_C_ARCHIVE_FINISH "\"${LOOPCHECK_ZIG}\" ranlib <TARGET>")
# For macOS, -bundle makes a program of it that lacks its main function.
set(CMAKE_SHARED_MODULE_CREATE_C_FLAGS -shared)
