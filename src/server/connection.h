// A client's connection.
#pragma once

#include <atomic>
#include <chrono>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/thread_annotations.h"
#include "server/request_parser.h"
#include "server/response_encoder.h"
#include "server/routing.h"
#include "server/server_core.h"

namespace ddblog::server {

using SteadyTime = std::chrono::steady_clock::time_point;

// A client's connection, which is a chain of steps (see server.h). Only the chain uses the socket,
// one step at a time, so the steps need no lock; `mutex_` is for threads that end the connection
// from outside.
class Connection : public std::enable_shared_from_this<Connection> {
 public:
  // `is_admitted`: false: it is answered with 403, whatever it sends.
  Connection(std::shared_ptr<ServerCore> core, std::shared_ptr<Listener> listener, tcp::socket socket,
             bool is_admitted);

  std::list<std::shared_ptr<Connection>>::iterator place;  // in the core's list; the core's own

  const Listener& listener() const { return *listener_; }
  bool isAdmitted() const { return is_admitted_; }
  void start();
  void refuseAtOnce();

  // End the connection, from any thread: always, if its deadline has passed, or if it waits for a
  // request.
  void end();
  void endIfLate(SteadyTime now);
  void endIfIdle();

 private:
  // A request that a handler executes, and its outcome.
  struct Exchange {
    enum State { kRunning, kHandlerReturned, kAnswered };
    explicit Exchange(std::shared_ptr<Connection> of) : connection(std::move(of)) {}
    // If the handler drops its callback without calling it, there is no response.
    ~Exchange() {
      if (!is_answered) connection->end();
    }
    const std::shared_ptr<Connection> connection;
    std::optional<rpc::Outcome> outcome;
    std::atomic<bool> is_answered{false};
    std::atomic<State> state{kRunning};
  };
  static void respond(const std::shared_ptr<Exchange>& exchange, rpc::Outcome outcome);

  void read();
  void onRead(const Error& error, std::size_t count);
  void serveBuffered();
  bool dispatch();
  bool finish(rpc::Outcome outcome);
  bool send(rpc::Response response);
  bool write();
  bool onWritten();
  void refuse();
  void refuse(int status, std::string body);
  void drain();
  void close();
  bool sendContinue();
  void setDeadline(std::chrono::milliseconds time_limit);
  std::string_view date();

  enum class Phase { kTransfer, kHandling, kClosed };

  const std::shared_ptr<ServerCore> core_;
  const std::shared_ptr<Listener> listener_;
  tcp::socket socket_;
  const int descriptor_;
  const bool is_admitted_;
  Mutex mutex_;  // guards phase_, and keeps the descriptor open while another thread uses it
  Phase phase_ GUARDED_BY(mutex_) = Phase::kTransfer;
  std::atomic<SteadyTime::rep> deadline_{SteadyTime::max().time_since_epoch().count()};
  std::atomic<bool> is_idle_{false};  // waits for the first byte of a request

  RequestParser parser_;
  std::string buffer_;  // received and not yet parsed: [begin_, end_)
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  bool has_begun_ = false;  // part of a request has arrived, so its time limit runs
  bool has_sent_continue_ = false;
  bool is_refused_ = false;

  // For the request being executed.
  EncodingOptions encoding_;
  const rpc::Protocol* protocol_ = nullptr;
  std::string content_type_;
  std::string request_id_;
  std::string allow_origin_;
  EncodedResponse response_;

  std::int64_t date_second_ = -1;
  std::string date_;
};

}  // namespace ddblog::server
