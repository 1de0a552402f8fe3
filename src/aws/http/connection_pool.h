// Idle connections, kept for reuse.
//
// Thread safety: everything may be called from any thread.
#pragma once

#include <chrono>
#include <deque>
#include <memory>
#include <string>

#include "aws/http/connection.h"
#include "aws/limits.h"
#include "base/thread_annotations.h"

namespace ddblog::aws {

class ConnectionPool {
 public:
  // A connection that was given back with the same key and is probably still usable; nullptr: none.
  std::unique_ptr<Connection> take(const std::string& key);

  // Keeps the connection for limits::kClientIdleTime; above limits::kClientConnections the oldest
  // one is closed.
  void giveBack(const std::string& key, std::unique_ptr<Connection> connection);

 private:
  struct Idle {
    std::string key;
    std::chrono::steady_clock::time_point since;
    std::unique_ptr<Connection> connection;
  };
  Mutex mutex_;
  std::deque<Idle> idle_ GUARDED_BY(mutex_);  // longest idle first
};

}  // namespace ddblog::aws
