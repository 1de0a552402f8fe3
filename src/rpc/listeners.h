// Opens further listeners while the server runs. Each function process gets its own Runtime API
// address, so the server knows which process sent a request (runtimes do not identify themselves).
//
// Implemented by src/server/. Thread safety: all methods may be called from any thread.
#pragma once

#include <string>

#include "rpc/api.h"

namespace ddblog::rpc {

class Listeners {
 public:
  virtual ~Listeners() = default;
  // Listens on a free loopback port and returns "127.0.0.1:PORT". Requests carry `tag` as
  // Request::listener. `api` must outlive the listener. Connections and responses have no time
  // limits (the Runtime API's long poll). Throws std::system_error (no descriptors left).
  virtual std::string listen(const RestApi& api, const std::string& tag) = 0;
  // Closes the listener and its connections; unanswered requests are dropped.
  virtual void close(const std::string& tag) = 0;
};

}  // namespace ddblog::rpc
