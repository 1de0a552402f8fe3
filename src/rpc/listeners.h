// Opening further listeners while running: each function process has a Runtime API address of its
// own, which is how the server knows who asks (runtimes say nothing of themselves).
//
// Implemented by src/server/. Thread safety: all methods may be called from any thread.
#pragma once

#include <string>

#include "rpc/api.h"

namespace ddblog::rpc {

class Listeners {
 public:
  virtual ~Listeners() = default;
  // Listens on a free loopback port; requests carry `tag` as Request::listener. Returns
  // "127.0.0.1:PORT". `api` must outlive the listener. A handler may keep a request unanswered as
  // long as it likes (the Runtime API's long poll). Throws std::system_error (no descriptors left).
  virtual std::string listen(const RestApi& api, const std::string& tag) = 0;
  // Closes the listener and its connections; what was unanswered is dropped.
  virtual void close(const std::string& tag) = 0;
};

}  // namespace ddblog::rpc
