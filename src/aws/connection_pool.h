// Connections that wait for their next request.
//
// Thread safety: everything may be called from any thread.
#pragma once

#include <chrono>
#include <deque>
#include <memory>
#include <string>

#include "aws/connection.h"
#include "aws/limits.h"
#include "base/thread_annotations.h"

namespace ddblog::aws {

class ConnectionPool {
 public:
  // A connection that was given back with the same key and can probably be used again; nullptr: there is none.
  std::unique_ptr<Connection> take(const std::string& key);

  // Keeps the connection for limits::kClientIdleTime; beyond limits::kClientConnections the oldest goes.
  void giveBack(const std::string& key, std::unique_ptr<Connection> connection);

 private:
  struct Idle {
    std::string key;
    std::chrono::steady_clock::time_point since;
    std::unique_ptr<Connection> connection;
  };
  Mutex mutex_;
  std::deque<Idle> idle_ GUARDED_BY(mutex_);  // the one that has waited longest first
};

}  // namespace ddblog::aws
