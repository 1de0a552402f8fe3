# What `cmake --install` installs: the program (component `program`), and the C++ library with a package config
# (component `client`), so that a program outside the tree can use it:
#
#   find_package(ddblog CONFIG REQUIRED)
#   target_link_libraries(my-program PRIVATE ddblog::client)
#
# The component `testing` adds the fixture for GoogleTest, ddblog::testing (find_package(ddblog COMPONENTS testing)): so
# the library itself needs no GoogleTest.
#
# libddblog.a is clients/cpp with the rooms that it may include (rooms.txt), directly or not: one file, so that the rooms
# stay the project's own business. Inside the tree ddblog::client is the same library.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

# Adds a room, the rooms that it may include, and the libraries from outside that they link.
function(collect_rooms room rooms_variable libraries_variable)
  set(rooms ${${rooms_variable}})
  set(libraries ${${libraries_variable}})
  if(NOT room IN_LIST rooms)
    list(APPEND rooms ${room})
    list(APPEND libraries ${ROOM_${room}_LIBRARIES})
    foreach(included ${ROOM_${room}_INCLUDES})
      collect_rooms(${included} rooms libraries)
    endforeach()
  endif()
  set(${rooms_variable} ${rooms} PARENT_SCOPE)
  set(${libraries_variable} ${libraries} PARENT_SCOPE)
endfunction()

set(client_rooms "")
set(client_libraries "Boost::json")  # of all rooms (rooms.cmake)
collect_rooms(clients/cpp client_rooms client_libraries)
list(REMOVE_DUPLICATES client_libraries)

add_library(ddblog STATIC)
foreach(room ${client_rooms})
  room_target(${room} target)
  target_sources(ddblog PRIVATE $<TARGET_OBJECTS:${target}>)
endforeach()
set_target_properties(ddblog PROPERTIES LINKER_LANGUAGE CXX EXPORT_NAME client)
target_compile_features(ddblog INTERFACE cxx_std_20)
target_include_directories(ddblog INTERFACE
  $<BUILD_INTERFACE:${CMAKE_SOURCE_DIR}/clients/cpp/include> $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
target_link_libraries(ddblog PRIVATE ${client_libraries})
add_library(ddblog::client ALIAS ddblog)

add_library(ddblog_testing INTERFACE)  # only a header: programs bring their own GoogleTest
set_target_properties(ddblog_testing PROPERTIES EXPORT_NAME testing)
target_link_libraries(ddblog_testing INTERFACE ddblog GTest::gtest)
add_library(ddblog::testing ALIAS ddblog_testing)

# The packages whose libraries those are: "OpenSSL::Crypto" is of OpenSSL.
set(PACKAGES ${client_libraries})
list(TRANSFORM PACKAGES REPLACE "::.*" "")
list(REMOVE_DUPLICATES PACKAGES)
list(REMOVE_ITEM PACKAGES Boost)  # has components: ddblogConfig.cmake.in

set(package ${CMAKE_INSTALL_LIBDIR}/cmake/ddblog)
configure_package_config_file(${CMAKE_SOURCE_DIR}/cmake/ddblogConfig.cmake.in ${CMAKE_BINARY_DIR}/ddblogConfig.cmake
  INSTALL_DESTINATION ${package} NO_SET_AND_CHECK_MACRO NO_CHECK_REQUIRED_COMPONENTS_MACRO)
write_basic_package_version_file(${CMAKE_BINARY_DIR}/ddblogConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(TARGETS ddblog EXPORT ddblog ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT client)
install(DIRECTORY clients/cpp/include/ DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT client PATTERN testing.h EXCLUDE)
install(EXPORT ddblog FILE ddblogTargets.cmake NAMESPACE ddblog:: DESTINATION ${package} COMPONENT client)
install(FILES ${CMAKE_BINARY_DIR}/ddblogConfig.cmake ${CMAKE_BINARY_DIR}/ddblogConfigVersion.cmake
  DESTINATION ${package} COMPONENT client)
install(FILES LICENSE DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/ddblog COMPONENT client)

install(TARGETS ddblog_testing EXPORT ddblog-testing COMPONENT testing)
install(FILES clients/cpp/include/ddblog/testing.h DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/ddblog COMPONENT testing)
install(EXPORT ddblog-testing FILE ddblogTestingTargets.cmake NAMESPACE ddblog:: DESTINATION ${package} COMPONENT testing)

install(TARGETS dynamodb-log RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT program)
