# SPDX-License-Identifier: MIT
# What is installed: the ABI, the rules in C and JSON, the runner, the loops, and a package by which
# a project elsewhere builds an adapter and has it judged:
#
#   find_package(loopcheck REQUIRED)
#   add_library(loop-mine MODULE mine.c)
#   target_link_libraries(loop-mine PRIVATE loopcheck::spec)
#   add_test(NAME mine COMMAND loopcheck::loopcheck-run --loop $<TARGET_FILE:loop-mine>)

include(CMakePackageConfigHelpers)
set(package_folder "${CMAKE_INSTALL_LIBDIR}/cmake/loopcheck")
set(data_folder "${CMAKE_INSTALL_DATADIR}/loopcheck")

install(FILES spec/abi/loop_abi.h spec/abi/loop_errno.h spec/loop_rules.h
        DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}/loopcheck")
install(FILES "${LOOPCHECK_SPEC_JSON}" DESTINATION "${data_folder}")
install(DIRECTORY spec/schema DESTINATION "${data_folder}" FILES_MATCHING PATTERN "*.json")
install(TARGETS spec EXPORT loopcheck ARCHIVE DESTINATION "${CMAKE_INSTALL_LIBDIR}")
install(TARGETS loopcheck-run EXPORT loopcheck RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}")

install(EXPORT loopcheck NAMESPACE loopcheck:: FILE loopcheckTargets.cmake
        DESTINATION "${package_folder}")
configure_package_config_file(cmake/loopcheckConfig.cmake.in
    "${PROJECT_BINARY_DIR}/loopcheckConfig.cmake"
    INSTALL_DESTINATION "${package_folder}" NO_SET_AND_CHECK_MACRO)
write_basic_package_version_file("${PROJECT_BINARY_DIR}/loopcheckConfigVersion.cmake"
    COMPATIBILITY SameMinorVersion)
install(FILES "${PROJECT_BINARY_DIR}/loopcheckConfig.cmake"
              "${PROJECT_BINARY_DIR}/loopcheckConfigVersion.cmake"
        DESTINATION "${package_folder}")
