#include "aws/http/connection_pool.h"

#include <utility>

#include "aws/limits.h"

namespace ddblog::aws {

std::unique_ptr<Connection> ConnectionPool::take(const std::string& key) {
  MutexLock lock(mutex_);
  const auto now = std::chrono::steady_clock::now();
  while (!idle_.empty() && now - idle_.front().since > limits::kClientIdleTime) idle_.pop_front();
  // Prefers the connection that was used last: it is the warmest.
  for (auto entry = idle_.end(); entry != idle_.begin();) {
    --entry;
    if (entry->key != key) continue;
    std::unique_ptr<Connection> connection = std::move(entry->connection);
    entry = idle_.erase(entry);
    if (connection->isUsable()) return connection;
  }
  return nullptr;
}

void ConnectionPool::giveBack(const std::string& key, std::unique_ptr<Connection> connection) {
  MutexLock lock(mutex_);
  if (idle_.size() >= limits::kClientConnections) idle_.pop_front();
  idle_.push_back({key, std::chrono::steady_clock::now(), std::move(connection)});
}

}  // namespace ddblog::aws
