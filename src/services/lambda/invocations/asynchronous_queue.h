// The asynchronous invocations that wait: durable, retried, given up in the end; nothing of it is lost by a crash.
//
//   kInvocations     <id>                            function, request id, time, client context, payload (never
//   rewritten) kInvocationsDue  <function> <due time> <id>      attempts so far, the last error
//
// An invocation is put in somebody else's transaction (PutEvents, Invoke, a destination) and taken out, or put at a
// later due time, in the transaction that records how an attempt ended. So after a crash what was pending goes on; an
// attempt that was running then is made again and not counted.
//
// - Each function has its own line, read in the order of due times: one function's backlog holds up no other's.
// - Of each line only as many are loaded as can run soon (kWindowFactor); the rest stays in the store.
// - A function error counts as an attempt; after MaximumRetryAttempts retries, or past MaximumEventAge, the record goes
// to the
//   on-failure destination and the dead-letter queue. Being throttled costs no attempt. Reserved concurrency 0 gives up
//   at once.
// - The invocations of a function that is not there (any more) are kept until they are too old.
//
// - Due times are the clock's. The clock of a new start may be behind the former one's (it had been moved ahead): what
// is
//   then due later than its delay is brought forward, so that it does not wait for as long as the clock was ahead.
//
// Source: https://docs.aws.amazon.com/lambda/latest/dg/invocation-async.html
//
// Rejected: scanning a line from its start (deleted keys pile up there: each look would walk over all of them); one
// index by due time over all functions (a throttled function's backlog would stand in front of everybody).
//
// Thread safety: enqueue on the writer thread (inside a transaction); everything else from any thread. One thread hands
// invocations out; completions come from the host's threads.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "base/ids.h"
#include "base/signal.h"
#include "base/thread_annotations.h"
#include "rpc/recipients.h"
#include "services/lambda/functions/functions.h"
#include "services/lambda/host/function_host.h"
#include "store/store.h"

namespace ddblog::lambda {

struct QueueOptions {
  // Before the first retry, the second, …; the last one counts for all that follow. Lambda's: 1 minute, 2 minutes.
  std::vector<Duration> retry_delays = {Duration(1000)};
};

class AsynchronousQueue {
 public:
  AsynchronousQueue(Store& store, Clock& clock, Ids& ids, const Functions& functions, FunctionHost& host,
                    const rpc::Recipients& recipients, QueueOptions options, LogSink log);
  ~AsynchronousQueue();

  // Puts an invocation; returns its request id.
  std::string enqueue(Transaction& transaction, std::string_view function_name, std::string_view payload,
                      std::string request_id = {}, std::string_view client_context = {});

  void start();
  // Hands nothing out any more. Stop the host after this: what runs then still ends here, or stays in the queue.
  void stop();

 private:
  struct Place {  // of an invocation in its line
    Timestamp due;
    std::uint64_t id = 0;
    auto operator<=>(const Place&) const = default;
  };
  struct Line {
    Place scan_from;              // before it there are only invocations that are handed out
    std::set<std::uint64_t> out;  // handed out and not known to be over
    std::size_t out_bytes = 0;
    Timestamp look_at = Timestamp::min();  // when there may be something to hand out, unless there is news before
    bool missing_reported = false;
  };
  struct Waiting {  // an invocation, loaded
    std::string function_name;
    Place place;
    std::string request_id;
    Timestamp enqueued_at;
    std::string client_context;
    std::string payload;
    int attempts = 0;
    std::string last_error;
  };
  using WaitingPointer = std::shared_ptr<Waiting>;
  struct Over {  // an attempt whose outcome is permanent
    std::string function_name;
    std::uint64_t id;
    std::size_t bytes;
    Place look_again;      // where the invocation stands in the line now
    Timestamp not_before;  // after a failed commit: not at once again
  };

  void run();
  void bringForward();
  struct News {
    std::map<std::string, Place, std::less<>> put;
    std::vector<Over> over;
  };
  News takeNews() REQUIRES(mutex_);
  void applyNews(const News& news);
  void findLines();
  Timestamp tryHandOut(const std::string& function_name, Line& line, const Snapshot& snapshot);
  // Hands out what is due of a line; when to look at it again.
  Timestamp handOut(const std::string& function_name, Line& line, const Snapshot& snapshot);
  bool giveUpAtOnce(const FunctionPointer& function, const WaitingPointer& waiting, Timestamp now);
  void attempt(const FunctionPointer& function, WaitingPointer waiting);
  void ended(const FunctionPointer& function, const WaitingPointer& waiting, InvocationResult result);
  void retry(const WaitingPointer& waiting, Timestamp due);
  void complete(const FunctionPointer& function, const WaitingPointer& waiting, std::string answer,
                std::string_view condition);
  void send(Transaction& transaction, const Function& function, const Waiting& waiting, const std::string& answer,
            std::string_view condition);
  void deliver(Transaction& transaction, const rpc::Message& message, const Waiting& waiting);
  void commit(const Waiting& waiting, const Place& look_again, Store::Command command);
  void putDue(Transaction& transaction, std::string_view function_name, const Place& place, int attempts,
              std::string_view last_error);
  Duration retryDelay(int attempts) const;

  static std::string dueKey(std::string_view function_name, const Place& place);
  static Waiting decode(std::string_view due_key, std::string_view due_value, const Reader& reader);

  Store& store_;
  Clock& clock_;
  Ids& ids_;
  const Functions& functions_;
  FunctionHost& host_;
  const rpc::Recipients& recipients_;
  const QueueOptions options_;
  const LogSink log_;

  Signal committed_;  // raised after commits that put something in
  Mutex mutex_;
  CondVar changed_;
  std::map<std::string, Place, std::less<>> putting_
      GUARDED_BY(mutex_);  // in transactions that are not committed yet: the least of each line
  std::map<std::string, Place, std::less<>> put_ GUARDED_BY(mutex_);  // since the thread looked last
  std::vector<Over> over_ GUARDED_BY(mutex_);
  bool stopping_ GUARDED_BY(mutex_) = false;

  std::map<std::string, Line, std::less<>> lines_;  // of the thread
  std::size_t loaded_ = 0;                          // of the thread: handed out, in all lines
  bool starved_ = false;                            // of the thread: a line stopped because of kLoadedAtMost
  std::uint64_t last_id_ = 0;                       // of the writer thread
  Signal::Subscription subscription_;
  std::thread thread_;
};

}  // namespace ddblog::lambda
