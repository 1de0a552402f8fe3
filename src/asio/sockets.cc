// Asio's and Beast's functions, compiled once for all folders (BOOST_ASIO_SEPARATE_COMPILATION and
// BOOST_BEAST_SEPARATE_COMPILATION, which the root CMakeLists.txt defines).
#include <boost/asio/impl/src.hpp>
#include <boost/beast/src.hpp>
