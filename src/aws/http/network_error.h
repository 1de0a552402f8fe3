// The reason for a failed connection; http_client.cc writes the message for users.
#pragma once

#include <stdexcept>
#include <string>

namespace ddblog::aws {

class NetworkError : public std::runtime_error {
 public:
  enum class Kind {
    kConnect,         // no address, or none that accepts connections
    kConnectTimeout,  // the deadline passed while connecting
    kTls,             // TLS failed, or the server's certificate is not valid for it
    kBroken,          // the connection was lost
    kTimeout,         // the deadline passed
  };

  NetworkError(Kind kind, const std::string& reason) : std::runtime_error(reason), kind_(kind) {}
  Kind kind() const { return kind_; }

 private:
  Kind kind_;
};

}  // namespace ddblog::aws
