// The functions of Asio's TLS streams; apart from sockets.cc, so that a program without TLS does not link OpenSSL's
// libssl.
#include <boost/asio/ssl/impl/src.hpp>
