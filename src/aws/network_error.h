// Why a connection could not be made or used; http_client.cc words it for people.
#pragma once

#include <stdexcept>
#include <string>

namespace ddblog::aws {

class NetworkError : public std::runtime_error {
 public:
  enum class Kind {
    kConnect,         // no address, or none that accepts connections
    kConnectTimeout,  // the deadline has passed before the connection stood
    kTls,             // no TLS connection, or not with whom it should be
    kBroken,          // the connection was lost
    kTimeout,         // the deadline has passed
  };

  NetworkError(Kind kind, const std::string& reason) : std::runtime_error(reason), kind_(kind) {}
  Kind kind() const { return kind_; }

 private:
  Kind kind_;
};

}  // namespace ddblog::aws
