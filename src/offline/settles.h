// Waits until the cloud has done everything that follows from what was put into it, so that a test can
// look at the outcome:
//
//   POST /_local/settle   {"timeout": 5000, "advance": true, "until": {"stream": "users#42", "version": 3},
//                          "since": "17"}
//     -> {"settled": true, "now": "2026-11-22T09:00:00.000Z", "advanced": 2000,
//         "counts": {"events": 3, "deliveries": 5, "invocations": 5, "retries": 0},
//         "failures": [FAILURE, …], "moreFailures": false, "lastFailure": "18"}
//
// The cloud is settled when at one moment (rest.h) every event source mapping has read its stream or
// queue to the end, no invocation, delivery or replay is due or running, none waits for another attempt
// or for the end of a window, and the archive is written. What a schedule starts later is not waited for.
// A message of a queue without a mapping is nobody's work.
//
// "timeout": milliseconds of real time (5,000; at most 600,000).
// "advance": moves the clock over delays instead of waiting: by kUsualAdvance at most (true), or by this
//   many milliseconds; if the next delay is longer, NotSettled comes at once. It never moves only to reach
//   a schedule's next time, which would come again and again; but a schedule that becomes due on the way
//   to the end of a delay runs at its time, and what follows from it is done first.
// "until": the log table holds this version of the stream; then everything as above. "table": the log
//   table, if it has another name than the stage's.
// "since": the failures after this one; otherwise those since the last settle, or since the start.
//
// "counts": what was done since the last settle, or since the start (rpc/background_work.h).
// "failures": what was given up, oldest first, as GET /_local/failures/ID shows it, with error, stack and
// log lines; kMostFailures and kFailureBytes at most, the newest ones. "lastFailure" is the next "since".
//
// Errors: NotSettled (409), when the time is over: its message, and "waitsFor", say what is not at rest,
// and it has the members of the answer too ("settled": false); SettlesInUse (429): kMostWaiting wait
// already; ValidationException. If the client goes away, its settle ends.
//
// Thread safety: start() and end() by one thread. One thread looks for all that wait.
#pragma once

#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <thread>

#include "base/cloud_clock.h"
#include "base/thread_annotations.h"
#include "offline/durable_running_time.h"
#include "offline/failures/failure_store.h"
#include "offline/rest.h"
#include "rpc/api.h"
#include "rpc/background_work.h"
#include "store/store.h"

namespace ddblog::offline {

class Settles {
 public:
  static constexpr Duration kUsualTimeout = std::chrono::seconds(5);
  static constexpr Duration kLongestTimeout = std::chrono::minutes(10);
  static constexpr Duration kUsualAdvance = std::chrono::minutes(15);
  static constexpr Duration kLongestAdvance = std::chrono::days(30);
  static constexpr std::size_t kMostWaiting = 16;
  static constexpr std::size_t kMostFailures = 100;
  static constexpr std::size_t kFailureBytes = 4u << 20;

  // An event of the log.
  struct Event {
    std::string table;
    std::string stream;  // "users#42"
    std::int64_t version = 0;
  };

  // All must outlive this. `real_time`: a clock that is not moved. `is_there`: whether the log has the
  // event; throws ApiError if it cannot be looked up. `log_table`: the stage's.
  struct Dependencies {
    CloudClock& clock;
    Clock& real_time;
    Store& store;
    DurableRunningTime& running_time;
    Rest& rest;
    FailureStore& failures;
    std::function<rpc::WorkCounts()> work_counts;
    std::function<bool(const Event& event)> is_there;
    std::function<bool(const std::string& request_id)> has_client;  // whether somebody waits for its answer
    std::string log_table;
  };

  explicit Settles(Dependencies dependencies) : dependencies_(std::move(dependencies)) {}
  ~Settles() { end(); }
  Settles(const Settles&) = delete;

  void addRoutes(rpc::RestApi& api);
  // From here on, counts and failures are counted.
  void start();
  // Ends waiting settles with an error.
  void end();

 private:
  struct Waiting {
    std::string request_id;
    rpc::Callback respond;
    RunningTime deadline;  // of real time
    Duration timeout;
    Duration advance;  // how far it may move the clock; 0: not at all
    Duration advanced{0};
    bool is_used_up = false;     // the next delay is longer than it may move the clock
    std::optional<Event> until;  // std::nullopt: it is there, or nobody asked for one
    std::optional<std::uint64_t> since;
    std::exception_ptr error = nullptr;  // it cannot be waited for
  };
  using List = std::list<Waiting>;
  // What has happened up to one moment.
  struct Outcome {
    std::unique_ptr<Snapshot> snapshot;
    rpc::WorkCounts counts;
    std::uint64_t newest_failure = 0;
  };

  Waiting read(const rpc::Request& request) const;
  void receive(const rpc::Request& request, rpc::Callback respond);
  void run();
  // Returns until when to wait for a change; std::nullopt: look again at once.
  std::optional<RunningTime> step();
  // Waits until somebody waits. False: it has ended.
  bool takeNew();
  void lookForEvents();
  // Looks, and answers if it is settled. Returns what step() does.
  std::optional<RunningTime> lookForRest(Rest::Found& found);
  Duration advanceOver(const Rest::Found& at_rest);
  Outcome outcome() const;
  void answerSettled(const Outcome& outcome);
  void answerOverdue(const Rest::Found& found);
  void answerAll(const std::exception_ptr& error);
  void respond(const Waiting& waiting, const Outcome& outcome, const Rest::Found* not_at_rest);
  rpc::Response responseTo(const Waiting& waiting, const Outcome& outcome, const Rest::Found* not_at_rest) const;
  std::string reportOf(const Waiting& waiting, const Outcome& outcome, bool is_settled) const;

  const Dependencies dependencies_;
  Mutex mutex_;
  CondVar changed_;
  List new_ GUARDED_BY(mutex_);
  std::size_t count_ GUARDED_BY(mutex_) = 0;  // of all that wait
  bool ended_ GUARDED_BY(mutex_) = false;
  List waiting_;                    // the thread's own, and the next ones
  rpc::WorkCounts counted_;         // up to the last settle
  std::uint64_t last_failure_ = 0;  // of the last settle
  std::thread thread_;
};

}  // namespace ddblog::offline
