# Everything from outside, all of it Debian 12 packages (`./dev` installs them; the README says why each is here).

# The preset `static`: programs that need no library at run time. Everything but the linking is as in `release`.
option(DDBLOG_STATIC "Link programs statically" OFF)
if(DDBLOG_STATIC)
  set(CMAKE_FIND_LIBRARY_SUFFIXES .a)
  set(OPENSSL_USE_STATIC_LIBS ON)
  add_link_options(-static)
  set(CMAKE_CXX_LINKER_LAUNCHER ${CMAKE_SOURCE_DIR}/cmake/link-static)
endif()

find_package(Threads REQUIRED)
set(Boost_USE_STATIC_LIBS ON)
find_package(Boost 1.81 REQUIRED COMPONENTS json)
find_package(OpenSSL 3 REQUIRED)
find_package(ZLIB REQUIRED)
find_package(SQLite3 3.40 REQUIRED)
find_package(CLI11 REQUIRED)
find_package(toml11 3.7 REQUIRED)
find_package(pugixml 1.13 REQUIRED)
find_package(GTest REQUIRED)

# Debian's files for CMake name shared libraries in these. By their bare names, the linker finds what it needs: the .so,
# or the .a when it links statically.
find_package(RocksDB REQUIRED)
set_target_properties(RocksDB::rocksdb PROPERTIES
  INTERFACE_LINK_LIBRARIES "-lsnappy;-llz4;-lzstd;-lbz2;-lz;-lgflags;Threads::Threads")
add_library(lz4 INTERFACE)
target_link_libraries(lz4 INTERFACE -llz4)
find_package(yaml-cpp 0.7 REQUIRED)
add_library(yaml INTERFACE)
target_link_libraries(yaml INTERFACE -lyaml-cpp)
add_library(minizip INTERFACE)
target_link_libraries(minizip INTERFACE -lminizip -lz)
# libedit with what it needs. The .a in every preset, as for Abseil.
add_library(edit INTERFACE)
target_link_libraries(edit INTERFACE -l:libedit.a -l:libtinfo.a -l:libbsd.a -l:libmd.a)
# The .a in every preset: so the program needs no more libraries at its start. In the order in which they need each other.
add_library(absl_time INTERFACE)
foreach(part time civil_time time_zone strings strings_internal int128 throw_delegate base spinlock_wait
        raw_logging_internal log_severity)
  target_link_libraries(absl_time INTERFACE -l:libabsl_${part}.a)
endforeach()
