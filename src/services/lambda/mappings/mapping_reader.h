// A reader of an event source mapping: reads the records of its source's shards in order, passes
// them to the function in batches, and advances its checkpoint.
//
// - It reads parent shards before their children and finds new shards as they appear. A commit that
//   adds records wakes it; it waits longer only for a batching window, for a back-off after a
//   failure, or while the source is missing.
// - With several lanes, each reader takes the records of its share of the order keys: records with
//   the same order key (of one item) stay in order, others need not.
// - A batch is retried until it succeeds, its retries are used up or its records are too old. Then
//   it is discarded: in one commit, the checkpoint advances, the on-failure record is sent and the
//   failure is recorded (rpc/failures.h). Back-off: 100 ms, doubled up to 10 s.
// - It does not wait for its checkpoints: after a crash, batches whose checkpoints were not
//   committed are delivered again. It waits for the commit that discards a batch: if the store fails,
//   the batch is read again.
// - With tumbling windows (tumbling_window.h), a batch has the records of one window, and a window that
//   is over gets one more invocation. It is retried as a batch is: MaximumRetryAttempts times, and until
//   the end of the window is older than a record may be. Then it is recorded as a failure.
// - With ReportBatchItemFailures only the records from the lowest failed one on are retried. With
//   bisecting, a failed batch is split in half, which does not count as a retry.
//
// Thread safety: start, requestStop and join from one thread; everything else runs on the reader's
// own thread.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "base/faults.h"
#include "base/ids.h"
#include "base/thread_annotations.h"
#include "rpc/activity.h"
#include "rpc/event_source.h"
#include "rpc/failures.h"
#include "rpc/recipients.h"
#include "rpc/traces.h"
#include "services/lambda/functions/functions.h"
#include "services/lambda/host/function_host.h"
#include "services/lambda/mappings/batch.h"
#include "services/lambda/mappings/checkpoints.h"
#include "services/lambda/mappings/mapping_settings.h"
#include "services/lambda/mappings/record_filter.h"
#include "services/lambda/mappings/tumbling_window.h"
#include "store/commit_notifier.h"
#include "store/store.h"

namespace ddblog::lambda {

// The objects that mappings use; all must outlive them.
struct MappingDependencies {
  Store& store;
  Clock& clock;
  Ids& ids;
  const rpc::EventSources& sources;
  const Functions& functions;
  FunctionHost& host;
  const rpc::Recipients& recipients;
  rpc::FailureRecorder& failures;
  const LogSink& log;
  Faults* faults = nullptr;       // batches that come twice or out of order; nullptr: none
  rpc::Traces* traces = nullptr;  // nullptr: nobody wants them
};

// The lane that takes the records with this order key. It must be the same in all versions of the
// program.
int laneOf(std::string_view order_key, int lanes);

class MappingReader {
 public:
  MappingReader(const MappingDependencies& dependencies, rpc::EventSource& source, const MappingSettings& settings,
                const Checkpoints& checkpoints, const RecordFilter& filter, int lane);
  ~MappingReader();

  void start();
  // The reader ends after the running invocation; stop the host to end that one too.
  void requestStop();
  void join();
  // The result of the last batch, for GetEventSourceMapping: "No records processed", "OK",
  // "PROBLEM: Function call failed".
  std::string lastResult() const;
  rpc::Activity activity() const;

 private:
  using Shard = rpc::EventSource::Shard;
  struct Batch {
    std::string shard_id;
    std::vector<Record> records;
    std::size_t bytes = 0;
    std::string read_to;    // the last record read, whether or not it is in the batch
    bool is_ahead = false;  // records before it are not done yet: it moves no checkpoint
  };
  struct Part {  // of a batch: [begin, end)
    std::size_t begin;
    std::size_t end;
    // The function's, once it has handled the part. If it gets it once more (a fault), that changes nothing.
    std::optional<std::string> answer = {};
    rpc::AttemptHistory attempts = {};
    std::string error = {};  // of the last attempt, and its log lines
    std::string log = {};
    bool is_retry = false;  // the function got all its records before
  };
  enum class Step { kNothing, kDone, kStopped };
  static constexpr std::size_t kShownError = 500;  // characters of a function's error in the log

  void run();
  Step step();
  bool listShards(std::vector<Shard>& shards);
  bool findSource(const Snapshot& snapshot);
  void reportMissing();
  bool stopping() const;
  // Waits until `until` or, if `for_records`, a commit that adds records. False: the reader must
  // stop.
  bool pause(RunningTime until, bool for_records);

  Step readShard(const Shard& shard);
  void fill(Batch& batch);
  bool isWanted(const Record& record) const;

  bool process(Batch& batch);
  bool processPart(Batch& batch, std::deque<Part>& parts);
  // Faults (mapping_reader_faults.cc).
  std::optional<Batch> takeAhead(Batch& batch) const;
  bool comesAgain(const Batch& batch, const Part& part) const;
  InvocationResult invoke(const Batch& batch, const Part& part);
  // With last_request_id_.
  InvocationResult invokeWith(std::string payload, bool is_retry);
  // What the last invocation has of the source.
  void trace(const Batch& batch, const Part& part) const;
  // What became of the last invocation's records, which are given up.
  void trace(Transaction& transaction, std::string_view id, std::string_view recipient_arn,
             std::string_view detail) const;
  std::optional<std::size_t> failedAt(const Batch& batch, const Part& part, const InvocationResult& result) const;
  void retryOrGiveUp(Batch& batch, std::deque<Part>& parts, std::size_t failed_at, InvocationResult result);
  std::size_t tooOld(const Batch& batch, const Part& part) const;
  void discard(const Batch& batch, const Part& part, std::string_view condition, bool function_error);
  // How long a record is retried.
  Duration recordAge() const;
  rpc::Failure newFailure(std::string payload, std::string_view condition, const rpc::AttemptHistory& attempts) const;
  rpc::Failure failureOf(const Batch& batch, const Part& part, std::string_view condition) const;
  Checkpoint positionAfter(const Batch& batch, std::size_t done_to) const;
  void checkpoint(const Batch& batch, std::size_t done_to);
  // `message`: nullptr: nobody wants it.
  void discardWith(const rpc::Message* message, rpc::Failure failure, const Batch& batch, std::size_t done_to);
  void finishShard(const std::string& shard_id, const std::vector<std::string>& shard_ids);
  bool tumbles() const { return settings_.tumbling.count() > 0; }
  // Whether the shard's open window is over, with these records coming next.
  bool windowIsOver(const Shard& shard, const Batch& batch) const;
  void beginWindow(Batch& batch);
  void keepState(const Batch& batch, const std::string& response);
  // False: the reader must stop.
  bool endWindow(const std::string& shard_id, WindowCall call);
  void giveUpWindow(const std::string& shard_id, rpc::Failure failure, const Checkpoint& after);
  RunningTime nextWindowEnd() const;
  void setResult(const std::string& result);
  std::string name() const { return source_.name() + " -> " + settings_.function_name; }

  const MappingDependencies dependencies_;
  rpc::EventSource& source_;
  const MappingSettings& settings_;
  const Checkpoints& checkpoints_;
  const RecordFilter& filter_;
  const int lane_;

  mutable Mutex mutex_;
  CondVar changed_;                             // added_, stopping_
  CondVar answered_;                            // result_
  std::uint64_t added_ GUARDED_BY(mutex_) = 0;  // number of notifications from the source
  std::uint64_t seen_ GUARDED_BY(mutex_) = 0;   // value of added_ at the last look
  bool stopping_ GUARDED_BY(mutex_) = false;
  // What the thread waits for in pause(); std::nullopt: it does not wait there.
  struct Pause {
    RunningTime until;
    bool for_records;
  };
  std::optional<Pause> pause_ GUARDED_BY(mutex_);
  std::uint64_t pauses_ GUARDED_BY(mutex_) = 0;  // number of times that pause_ was set
  std::optional<InvocationResult> result_ GUARDED_BY(mutex_);
  std::string last_result_ GUARDED_BY(mutex_) = "No records processed";

  // Used only on the reader's thread.
  std::string arn_;  // the ARN being read; empty: nothing exists yet
  std::map<std::string, Checkpoint> positions_;
  RunningTime back_off_until_ = RunningTime::min();
  int failures_ = 0;  // in a row
  bool missing_reported_ = false;
  std::string reported_error_;  // said once until a step succeeds
  std::string last_request_id_;

  CommitNotifier::Subscription subscription_;
  std::thread thread_;
};

}  // namespace ddblog::lambda
