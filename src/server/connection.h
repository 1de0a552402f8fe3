// A client's connection.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/thread_annotations.h"
#include "rpc/body.h"
#include "server/memory_budget.h"
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
  // `is_admitted` false: every request is answered with 403.
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

  // Whether a handler works on this request, and the client has not closed the connection.
  bool isWaitingFor(const std::string& request_id);
  // Whether a request of it uses the APIs: it waits for memory, or a handler has not answered it.
  bool isInside() const { return is_inside_; }
  // Whether it has outlasted its time limit, or holds memory without moving while others wait for it.
  bool isLate(SteadyTime now) const;
  // Whether it waits for a request, and has not been asked to give way to another connection.
  bool isIdle() const { return is_idle_ && !gives_way_; }
  // Of one that is idle.
  SteadyTime::rep idleSince() const;
  // Ends an idle connection, so that another one can have its place.
  void giveWay();

 private:
  // kHandling: nothing waits for the socket, because a handler runs, the request waits for memory, or a
  // stream for its other end.
  enum class Phase { kTransfer, kHandling, kClosed };

  // A request that a handler executes, and its outcome.
  struct Exchange {
    enum State { kRunning, kHandlerReturned, kAnswered };
    explicit Exchange(std::shared_ptr<Connection> of) : connection(std::move(of)) {}
    // If the handler drops its callback without calling it, there is no response.
    ~Exchange() {
      if (!is_answered) connection->end();
    }
    const std::shared_ptr<Connection> connection;
    Gate::Pass pass;
    std::optional<rpc::Outcome> outcome;
    std::atomic<bool> is_answered{false};
    std::atomic<State> state{kRunning};
  };
  static void respond(const std::shared_ptr<Exchange>& exchange, rpc::Outcome outcome);

  // A request whose body the handler gets as it arrives. The response waits until the body is complete.
  struct Arriving {
    const std::shared_ptr<rpc::BodyPipe> body = std::make_shared<rpc::BodyPipe>();
    std::optional<rpc::Outcome> outcome;
    bool is_complete = false;
    ~Arriving() { body->breakOff(); }
  };

  void read();
  void onRead(const Error& error, std::size_t count);
  void serveBuffered();
  bool readMoreOfBody();
  bool rejectByHead();
  bool waitForBodyMemory();
  std::size_t bodyMemory() const;
  bool dispatch();
  void waitAtGate();
  bool execute(RoutedRequest&& route);
  void executeLarge(std::shared_ptr<RoutedRequest> route);
  void waitForAnswerMemory(std::shared_ptr<RoutedRequest> route);
  using Proceed = std::function<void(Connection&, MemoryBudget::Share)>;
  void park(MemoryBudget& budget, std::size_t bytes, Proceed proceed);
  void prepareResponse(const RoutedRequest& route);
  bool beginStream();
  void startStream(RoutedRequest&& route);
  bool passOn(bool is_complete);
  void answerStream(const std::shared_ptr<Arriving>& arriving, rpc::Outcome outcome);
  bool finishStream();
  bool finish(rpc::Outcome outcome);
  bool send(rpc::Response response);
  bool write();
  bool writeNow();
  bool sendStream();
  bool holdBack();
  bool sendHeld();
  void writeRest();
  bool onWritten();
  void moved();
  void refuse();
  void refuse(int status, std::string body);
  void drain();
  void close();
  bool enter(Phase phase);
  bool enterHandler();
  rpc::BodySource::Ready onThread(void (Connection::*step)());
  void readOn();
  void sendOn();
  bool sendContinue();
  void setDeadline(std::chrono::milliseconds time_limit);
  void clearDeadline();
  std::string_view date();

  const std::shared_ptr<ServerCore> core_;
  const std::shared_ptr<Listener> listener_;
  tcp::socket socket_;
  const int descriptor_;
  const bool is_admitted_;
  Mutex mutex_;  // guards what it says, and keeps the descriptor open while another thread uses it
  Phase phase_ GUARDED_BY(mutex_) = Phase::kTransfer;
  std::string handled_ GUARDED_BY(mutex_);  // the id of the last request that a handler got
  std::atomic<SteadyTime::rep> deadline_{SteadyTime::max().time_since_epoch().count()};
  std::atomic<SteadyTime::rep> moved_{SteadyTime::max().time_since_epoch().count()};  // when it last moved
  std::atomic<MemoryBudget*> holds_{nullptr};  // whose share waits for the client
  std::atomic<bool> is_idle_{false};           // waits for the first byte of a request
  std::atomic<bool> gives_way_{false};
  std::atomic<bool> has_served_{false};
  std::atomic<bool> is_inside_{false};  // its request has a pass of the gate

  const std::size_t header_limit_;
  RequestParser parser_;
  std::string buffer_;  // received and not yet parsed: [begin_, end_)
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  bool has_begun_ = false;  // part of a request has arrived, so its time limit runs
  bool has_sent_continue_ = false;
  bool is_head_checked_ = false;
  std::shared_ptr<Arriving> arriving_;  // nullptr: the body is received first
  bool is_refused_ = false;
  std::size_t drained_ = 0;  // bytes of a rejected request that were discarded

  // For the request being executed.
  std::string accept_encoding_;  // of the last request, and what it means: most clients send the same
  std::optional<Compression> compression_;
  EncodingOptions encoding_;
  const rpc::Protocol* protocol_ = nullptr;
  std::string content_type_;
  std::string request_id_;  // changes only while no handler runs
  std::string allow_origin_;
  EncodedResponse response_;
  std::shared_ptr<rpc::BodySource> outgoing_;  // what is left of the response's body; nullptr: nothing
  std::string held_;                           // small responses that go out with the next one
  std::size_t sent_ = 0;                       // bytes of response_
  std::size_t counted_ = 0;                    // the same, when it last moved by enough
  MemoryBudget::Share body_share_;             // from the arrival of a body until its request is answered
  MemoryBudget::Share answer_share_;           // from the start of a request with a large answer until that is sent

  std::int64_t date_second_ = -1;
  std::string date_;
};

}  // namespace ddblog::server
