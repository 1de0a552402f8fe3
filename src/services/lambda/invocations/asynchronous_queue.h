// The queue of asynchronous invocations. It is durable: a crash loses none. Failed invocations are
// retried, and in the end given up and recorded as failures (rpc/failures.h).
//
// pending_invocation.h describes the stored form of an invocation.
//
// Invocations of one transaction with the same payload (an event for many targets) share it
// (shared_payloads.h); it goes with the last of them.
//
// An invocation is put in another operation's transaction (PutEvents, Invoke, a destination). The
// transaction that records the result of an attempt removes it or puts it again with a later due
// time. So pending invocations survive a crash; an attempt that was running is repeated and not
// counted.
//
// - Each function has its own queue, read in the order of due times: one function's backlog delays
//   no other function.
// - Only as many invocations of each queue are handed to the host as can run soon (kWindowFactor), and
//   a few times as many are loaded; the rest stays in the store.
// - Invocations that run at once are far apart in the queue (docs/adr/0029-far-apart.md): events of one
//   entity follow each other, and handlers that work on one entity at once are in each other's way. A
//   function of one process runs its invocations in order.
// - A function error counts as an attempt. After MaximumRetryAttempts retries, or after
//   MaximumEventAge, the record goes to the on-failure destination and to the dead-letter queue.
//   Throttling does not count as an attempt. With reserved concurrency 0 the invocation is given up
//   at once.
// - Invocations of a function that does not exist any more are kept until it is made again or they are
//   too old.
// - Due times and ages are of running time (base/clock.h): nothing expires while the cloud is
//   stopped. After a crash the running time may be behind: invocations that would be due later than
//   their delay allows are pulled forward.
//
// Source: https://docs.aws.amazon.com/lambda/latest/dg/invocation-async.html
//
// Rejected: scanning a queue from its start (each scan would walk over all deleted keys there); one
// index by due time for all functions (a throttled function's backlog would block all others).
//
// Thread safety: enqueue on the writer thread (inside a transaction); everything else from any
// thread. One thread dispatches invocations; completions arrive on the host's threads.
#pragma once

#include <atomic>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "base/faults.h"
#include "base/ids.h"
#include "base/thread_annotations.h"
#include "rpc/activity.h"
#include "rpc/backlog.h"
#include "rpc/failures.h"
#include "rpc/recipients.h"
#include "rpc/traces.h"
#include "services/lambda/functions/functions.h"
#include "services/lambda/host/function_host.h"
#include "services/lambda/invocations/outcome_reports.h"
#include "services/lambda/invocations/pending_invocation.h"
#include "services/lambda/invocations/shared_payloads.h"
#include "store/commit_notifier.h"
#include "store/store.h"

namespace ddblog::lambda {

struct QueueOptions {
  // The delays before the first, the second … retry; the last one applies to all further retries.
  // Lambda's: 1 minute, 2 minutes.
  std::vector<Duration> retry_delays = {Duration(1000)};
  Faults* faults = nullptr;  // invocations that are overtaken, or come twice; nullptr: none
};

class AsynchronousQueue {
 public:
  AsynchronousQueue(Store& store, Clock& clock, Ids& ids, const Functions& functions, FunctionHost& host,
                    const rpc::Recipients& recipients, rpc::FailureRecorder& failures, QueueOptions options,
                    LogSink log, rpc::Traces* traces = nullptr);
  ~AsynchronousQueue();

  // Puts an invocation in the caller's transaction and returns its request id. `is_batch`: as in
  // PendingInvocation.
  std::string enqueue(Transaction& transaction, std::string_view function_name, const rpc::MessageBody& payload,
                      std::string request_id = {}, std::string_view client_context = {}, bool is_batch = false);

  // The function is made in the transaction: what waits for it is looked at again.
  void functionIsMade(Transaction& transaction, std::string_view function_name);

  void start();
  // Stops dispatching. Stop the host after this: an invocation that runs until then either
  // completes here or stays in the queue.
  void stop();

  rpc::Activity activity() const;
  // How many invocations wait, failed ones that will be retried too.
  static rpc::BoundedCount backlog(const Reader& reader);
  // How many of them may end soon, because their functions exist; counted up to `limit`.
  std::size_t pending(const Reader& reader, std::size_t limit) const;
  // Notified after commits that end an invocation.
  CommitNotifier& handled() { return handled_; }
  // How many invocations have ended since the start.
  std::uint64_t handledCount() const { return handled_count_; }

 private:
  // This many invocations are with the host per process of a function: the running one, the next one, and
  // those whose ends wait for the writer.
  static constexpr std::size_t kWindowFactor = 4;

  struct FunctionQueue {
    QueuePosition scan_from;             // all invocations before it are in flight
    std::set<std::uint64_t> in_flight;   // ids: loaded, and not known to be finished
    std::set<std::uint64_t> unreadable;  // ids: damaged, left out until the next start
    std::size_t in_flight_bytes = 0;
    std::deque<PendingPointer> loaded;           // of those in flight: not handed to the host yet, in their order
    RunningTime next_look = RunningTime::min();  // when something may be due, unless an event comes earlier
    bool missing_reported = false;
  };
  struct FinishedAttempt {  // an attempt whose result was committed, or whose commit failed
    std::string function_name;
    std::uint64_t id;
    std::size_t bytes;
    QueuePosition new_position;  // the invocation's position now; the end of time: it is not looked at again
    RunningTime not_before;      // earliest next attempt, after the store failed
  };

  using Positions = std::map<std::string, QueuePosition, std::less<>>;  // the earliest position by function
  struct Events {                                                       // since the thread last looked
    Positions puts;
    std::vector<FinishedAttempt> finished;
  };

  void run();
  void pullForward();
  Events drainEvents() REQUIRES(mutex_);
  void apply(const Events& events);
  void findQueues();
  RunningTime tryDispatch(const std::string& function_name, FunctionQueue& queue, const Snapshot& snapshot);
  // Dispatches the due invocations of a queue; returns when to look at it again.
  RunningTime dispatch(const std::string& function_name, FunctionQueue& queue, const Snapshot& snapshot);
  RunningTime load(const std::string& function_name, FunctionQueue& queue, const FunctionPointer& function,
                   std::size_t window, const Snapshot& snapshot);
  RunningTime readDue(const std::string& function_name, FunctionQueue& queue, const FunctionPointer& function,
                      std::size_t window, const Snapshot& snapshot, std::vector<PendingPointer>& due);
  PendingPointer tryLoad(const Snapshot& snapshot, const Cursor& cursor);
  void putBack(FunctionQueue& queue);
  bool giveUpNow(const FunctionPointer& function, const PendingPointer& waiting, RunningTime now);
  void attempt(const FunctionPointer& function, const PendingPointer& waiting);
  void ended(const FunctionPointer& function, const PendingPointer& waiting, InvocationResult result);
  void failed(const FunctionPointer& function, const PendingPointer& waiting, InvocationResult result);
  void retry(const PendingPointer& waiting, RunningTime due);
  void succeed(const FunctionPointer& function, const PendingPointer& waiting, std::string answer);
  void giveUp(const FunctionPointer& function, const PendingPointer& waiting, std::string_view condition);
  void commit(const PendingInvocation& waiting, const QueuePosition& new_position, Store::Command command);
  void putDue(Transaction& transaction, const PendingInvocation& pending, const QueuePosition& position);
  Duration retryDelay(int attempts) const;
  Duration lateness(std::string_view function_name, std::string_view payload) const;
  bool comesAgain(const PendingInvocation& waiting) const;
  Duration shortestRetryDelay() const;

  Store& store_;
  Clock& clock_;
  Ids& ids_;
  const Functions& functions_;
  FunctionHost& host_;
  const QueueOptions options_;
  const LogSink log_;
  rpc::Traces* const traces_;  // nullptr: nobody wants them
  const OutcomeReports reports_;

  CommitNotifier committed_;  // notified after commits that put an invocation, or end an attempt
  CommitNotifier handled_;
  std::atomic<std::uint64_t> handled_count_ = 0;
  mutable Mutex mutex_;
  CondVar changed_;
  // What the thread waits for, and how many invocations were in flight then; std::nullopt: it does
  // not wait.
  struct Rest {
    RunningTime until;
    std::size_t in_flight;
  };
  std::optional<Rest> rest_ GUARDED_BY(mutex_);
  std::uint64_t rests_ GUARDED_BY(mutex_) = 0;  // number of times that rest_ was set
  bool is_running_ GUARDED_BY(mutex_) = false;
  Positions uncommitted_puts_ GUARDED_BY(mutex_);  // in transactions that are not committed yet
  Positions pending_puts_ GUARDED_BY(mutex_);      // committed since the thread last looked
  std::vector<FinishedAttempt> finished_ GUARDED_BY(mutex_);
  bool stopping_ GUARDED_BY(mutex_) = false;

  std::map<std::string, FunctionQueue, std::less<>> queues_;  // the thread's own
  LoadedPayloads payloads_;                                   // the thread's own
  std::size_t loaded_ = 0;                                    // the thread's own: in flight, in all queues
  std::size_t loaded_bytes_ = 0;                              // the thread's own: of their payloads
  bool starved_ = false;                                      // the thread's own: a limit of all queues stopped one
  RunningTime last_put_at_ = RunningTime::min();              // of an earlier run
  std::uint64_t last_id_ = 0;                                 // writer thread only, and the next
  bool store_fails_ = false;                                  // it failed to record the last end
  CommitNotifier::Subscription subscription_;
  std::thread thread_;
};

}  // namespace ddblog::lambda
