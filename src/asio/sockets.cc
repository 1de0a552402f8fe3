// The functions of Asio and Beast, compiled once for all rooms that use them (BOOST_ASIO_SEPARATE_COMPILATION and
// BOOST_BEAST_SEPARATE_COMPILATION, which the root CMakeLists.txt defines).
#include <boost/asio/impl/src.hpp>
#include <boost/beast/src.hpp>
