# Makes a static library of every room in rooms.txt, named after it ("services/dynamodb/core": services_dynamodb_core).
# A room's libraries from outside are linked privately: only it sees their headers by its own right.
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/rooms.txt)
file(STRINGS ${CMAKE_SOURCE_DIR}/rooms.txt lines REGEX "^[a-z_/]+ *\\|")
set(ROOMS "")
foreach(line ${lines})
  string(REGEX MATCH "^([^|]*)\\|([^|]*)\\|([^|]*)$" matched "${line}")
  string(STRIP "${CMAKE_MATCH_1}" room)
  separate_arguments(ROOM_${room}_INCLUDES NATIVE_COMMAND "${CMAKE_MATCH_2}")
  separate_arguments(ROOM_${room}_LIBRARIES NATIVE_COMMAND "${CMAKE_MATCH_3}")
  list(APPEND ROOMS ${room})
endforeach()

# The target of a room, and the folder that it is.
function(room_target room variable)
  string(REPLACE "/" "_" target ${room})
  set(${variable} ${target} PARENT_SCOPE)
endfunction()

function(room_folder room variable)
  set(folder ${CMAKE_SOURCE_DIR}/src/${room})
  if(room MATCHES "^clients/")
    set(folder ${CMAKE_SOURCE_DIR}/${room})
  endif()
  set(${variable} ${folder} PARENT_SCOPE)
endfunction()

# The .cc files of a room: of its folder, without those of the rooms inside it.
function(room_sources room variable)
  room_folder(${room} folder)
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${folder}/*.cc)
  foreach(other ${ROOMS})
    if(other MATCHES "^${room}/")
      room_folder(${other} inner)
      list(FILTER sources EXCLUDE REGEX "^${inner}/")
    endif()
  endforeach()
  set(${variable} ${sources} PARENT_SCOPE)
endfunction()

# precompile(<target>): the target's sources begin with cmake/precompiled.h, which is compiled once.
add_library(precompiled OBJECT ${CMAKE_SOURCE_DIR}/cmake/precompiled.cc)
target_link_libraries(precompiled PRIVATE Boost::json)
target_precompile_headers(precompiled PRIVATE ${CMAKE_SOURCE_DIR}/cmake/precompiled.h)
# A precompiled header differs from build folder to build folder, and ccache would find nothing compiled in another one.
# So ccache compares what the header is made of instead (CCACHE_PCH_EXTSUM, set by ./dev).
file(SHA256 ${CMAKE_SOURCE_DIR}/cmake/precompiled.h precompiled_sum)
string(SHA256 precompiled_sum
  "${precompiled_sum} ${CMAKE_CXX_COMPILER_VERSION} ${Boost_VERSION} ${CMAKE_BUILD_TYPE} ${CMAKE_CXX_FLAGS}")
file(WRITE ${CMAKE_BINARY_DIR}/CMakeFiles/precompiled.dir/cmake_pch.hxx.gch.sum ${precompiled_sum})
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/cmake/precompiled.h)
function(precompile target)
  target_precompile_headers(${target} REUSE_FROM precompiled)
endfunction()

# The compiler gets four sources of a room as one, and instantiates the templates that they share only once: a first build
# is much faster. The price is that names in the anonymous namespaces of a room must differ. ./dev lint compiles each
# source alone, so a source still includes what it uses. Subcommands are compiled alone: their files share names on purpose.
option(DDBLOG_UNITY "Compile several sources of a room together" ON)
set(APART_ROOMS asio cli)

foreach(room ${ROOMS})
  room_target(${room} target)
  room_sources(${room} sources)
  add_library(${target} STATIC ${sources})
  precompile(${target})
  if(DDBLOG_UNITY AND NOT room IN_LIST APART_ROOMS)
    set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 4)
  endif()
  target_include_directories(${target} PUBLIC ${CMAKE_SOURCE_DIR}/src ${CMAKE_SOURCE_DIR} ${CMAKE_SOURCE_DIR}/clients/cpp/include)
  # JSON trees stand in the headers of base, so Boost.JSON is everybody's.
  target_link_libraries(${target} PUBLIC Boost::json PRIVATE ${ROOM_${room}_LIBRARIES})
  foreach(included ${ROOM_${room}_INCLUDES})
    room_target(${included} included_target)
    target_link_libraries(${target} PUBLIC ${included_target})
  endforeach()
endforeach()
