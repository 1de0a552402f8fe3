// The server's internals: the core (threads, listeners, connections, the router) and the listener
// of a socket.
//
// Only server.cc and connection*.cc include this file and connection.h, because Asio is slow to
// compile.
//
// Thread safety: any thread, except where noted.
#pragma once

#include <atomic>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "base/thread_annotations.h"
#include "server/credentials_check.h"
#include "server/gate.h"
#include "server/memory_budget.h"
#include "server/origin_check.h"
#include "server/routing.h"
#include "server/server.h"

namespace ddblog::server {

namespace asio = boost::asio;
using tcp = asio::ip::tcp;
using Error = boost::system::error_code;

class Connection;

// One listening socket.
class Listener : public std::enable_shared_from_this<Listener> {
 public:
  Listener(std::shared_ptr<ServerCore> core, const tcp::endpoint& endpoint, Entrance entrance);

  const Entrance& entrance() const { return entrance_; }
  int port() const { return port_; }
  bool admits(const tcp::socket& socket) const;
  void accept();
  void close();  // from any thread
  bool isClosed() const { return closed_; }

 private:
  void onAccept(const Error& error, tcp::socket socket);

  const std::shared_ptr<ServerCore> core_;
  const Entrance entrance_;
  Mutex mutex_;  // guards the members that say so: close() comes from other threads
  std::atomic<bool> closed_{false};
  tcp::acceptor acceptor_ GUARDED_BY(mutex_);
  asio::steady_timer pause_ GUARDED_BY(mutex_);
  int port_ = 0;
};

class ServerCore : public std::enable_shared_from_this<ServerCore> {
 public:
  ServerCore(ServerOptions server_options, const Clock& clock_of_answers, Ids& ids)
      : options(std::move(server_options)),
        clock(clock_of_answers),
        credentials(options.access_keys, options.region, clock),
        origins(options.cors_origins),
        router(options.region, credentials, origins, ids, options.body_limit, options.faults),
        bodies(options.bodies_memory),
        answers(options.answers_memory),
        contexts_(makeContexts(options.threads)),
        sweeper_(*contexts_.front()) {}

  const ServerOptions options;
  const Clock& clock;
  const CredentialsCheck credentials;
  const OriginCheck origins;
  Router router;
  Gate gate;
  MemoryBudget bodies;   // that arrive or are being handled
  MemoryBudget answers;  // that clients have yet to read
  std::atomic<bool> is_stopping{false};
  std::atomic<bool> is_over{false};

  // One context per I/O thread, used round robin. A client's connection stays on one thread, so none of its
  // steps wakes another.
  asio::io_context& nextContext() { return *contexts_[next_context_++ % contexts_.size()]; }

  // Runs large requests, one at a time.
  asio::io_context& largeRequests() { return large_requests_; }

  int open(const tcp::endpoint& endpoint, Entrance entrance);
  void start();
  void pause();
  void takeArrived();
  bool hasClient(const std::string& request_id);
  void stop();
  void closeTag(const std::string& tag);

  void begin(const std::shared_ptr<Listener>& listener, tcp::socket socket);
  void forget(Connection& connection);

 private:
  void sweep();
  void awaitThreads();
  std::vector<std::shared_ptr<Connection>> connectionsOf(const Listener* listener);
  void closeListeners(bool of_tags);
  std::shared_ptr<Connection> longestIdle() REQUIRES(mutex_);

  using Contexts = std::vector<std::unique_ptr<asio::io_context>>;
  static Contexts makeContexts(int threads);

  const Contexts contexts_;
  asio::io_context large_requests_{1};
  std::atomic<std::size_t> next_context_{0};
  asio::steady_timer sweeper_ GUARDED_BY(mutex_);
  std::vector<asio::executor_work_guard<asio::io_context::executor_type>> work_;
  std::vector<std::thread> threads_;
  Mutex stopping_;  // serialises stop()

  Mutex mutex_;  // guards the members below
  CondVar fewer_connections_;
  std::vector<std::shared_ptr<Listener>> listeners_ GUARDED_BY(mutex_);
  std::list<std::shared_ptr<Connection>> connections_ GUARDED_BY(mutex_);
  std::size_t main_connections_ GUARDED_BY(mutex_) = 0;  // on listeners without a tag
};

}  // namespace ddblog::server
