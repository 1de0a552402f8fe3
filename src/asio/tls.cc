// The functions of Asio's TLS streams. They are not in sockets.cc, so that a program without TLS
// does not link OpenSSL's libssl.
#include <boost/asio/ssl/impl/src.hpp>
