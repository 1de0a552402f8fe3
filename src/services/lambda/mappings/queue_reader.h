// The reader of an event source mapping whose source is a queue: receives messages, passes them to the
// function in batches, and removes the messages that the function has handled.
//
// - Several batches run at once: MaximumConcurrency, or limits::kQueueBatches. A commit that makes a
//   message visible wakes the reader; it waits longer only for a batching window, or for a back-off.
// - What the function did not handle stays in the queue: it becomes visible again when its visibility
//   timeout is over, and comes to the queue's dead-letter queue in the end. With
//   ReportBatchItemFailures those are the reported messages, otherwise all messages of a failed batch.
// - A throttled batch is tried again (100 ms, doubled up to 10 s) until its visibility timeout is over. If
//   the function lacks packages or is not built, that timeout is extended, up to the queue's 12 hours.
// - A window ends before the first message's visibility timeout does, and when the reader must stop.
// - Received messages that the function cannot get, because it is gone or the reader stops, become visible
//   again at once.
// - Messages that no filter wants are removed.
// - Without the function, no message is received: the reader looks for it again after a back-off.
// - A receive is committed before the function runs, so a crash does not hand out a message twice
//   within its visibility timeout. A removal is not waited for: after a crash a handled message may
//   come again.
//
// Source: https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
// Thread safety: start, requestStop and join from one thread; activity from any;
// everything else runs on the reader's own thread.
#pragma once

#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "base/thread_annotations.h"
#include "rpc/activity.h"
#include "rpc/queue_source.h"
#include "services/lambda/mappings/mapping_reader.h"
#include "services/lambda/mappings/mapping_settings.h"
#include "services/lambda/mappings/record_filter.h"
#include "store/commit_notifier.h"

namespace ddblog::lambda {

class QueueReader {
 public:
  // The references must outlive this.
  QueueReader(const MappingDependencies& dependencies, rpc::QueueSource& queue, const MappingSettings& settings,
              const RecordFilter& filter);
  ~QueueReader();

  void start();
  // The reader ends after the running invocations; stop the host to end those too.
  void requestStop();
  void join();
  rpc::Activity activity() const;

 private:
  using Message = rpc::QueueSource::Message;
  struct Batch {
    std::vector<Message> messages;
    std::size_t bytes = 0;
    RunningTime visible_at;  // the first of its messages, again
    RunningTime due;         // when it is passed to the function, at the latest: the window's end, or a back-off's
    int throttled = 0;       // in a row
  };
  struct Ended {
    Batch batch;
    InvocationResult result;
  };

  void run();
  bool awaitWork();
  RunningTime nextDue() const;
  void step();

  bool hasRoom() const;
  bool isFull(const Batch& batch) const;
  void receive();
  void fill(Batch& batch);
  void dropRepeated(Batch& batch, const std::vector<Message>& received);
  std::vector<Message> receiveSome(const Batch& batch);
  FunctionPointer findFunction() const;
  void dispatch(Batch batch);
  void trace(const Batch& batch, const std::string& request_id) const;
  void settle(Ended ended);
  void remove(std::vector<Message> messages);
  void keep(Batch& batch);
  void giveBack(const Batch& batch);
  void report(const Batch& batch, std::size_t failed, const std::string& answer);
  bool stopping() const;
  std::string name() const { return queue_.name() + " -> " + settings_.function_name; }

  const MappingDependencies dependencies_;
  rpc::QueueSource& queue_;
  const MappingSettings& settings_;
  const RecordFilter& filter_;

  mutable Mutex mutex_;
  CondVar changed_;
  bool stopping_ GUARDED_BY(mutex_) = false;
  std::uint64_t added_ GUARDED_BY(mutex_) = 0;  // number of notifications from the queue
  std::uint64_t seen_ GUARDED_BY(mutex_) = 0;   // value of added_ at the last look
  std::uint64_t waits_ GUARDED_BY(mutex_) = 0;  // number of times that the thread waited
  std::vector<Ended> ended_ GUARDED_BY(mutex_);
  std::size_t running_ GUARDED_BY(mutex_) = 0;                 // batches that the host has, or that are in ended_
  std::optional<RunningTime> waits_until_ GUARDED_BY(mutex_);  // none: the thread does not wait
  bool rests_ GUARDED_BY(mutex_) = false;                      // it waits after an error, not for messages

  // Used only on the reader's thread.
  std::vector<Batch> throttled_;
  std::optional<Batch> filling_;                  // waits for more messages in its window
  bool may_have_more_ = true;                     // the last look did not find the queue empty
  RunningTime rests_until_ = RunningTime::min();  // after an error
  int failures_ = 0;                              // in a row
  std::string last_error_;                        // of them
  bool missing_reported_ = false;

  CommitNotifier::Subscription subscription_;
  std::thread thread_;
};

}  // namespace ddblog::lambda
