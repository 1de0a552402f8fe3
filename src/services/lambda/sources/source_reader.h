// One reader of an event source mapping: takes the records of its source's shards in order, hands
// them to the function in batches, and advances its checkpoint.
//
// - Shards are read parents before children; new ones are found as they appear. A commit that adds
//   records wakes it; only a batching window, a back-off after a failure and a missing source make
//   it wait longer.
// - With several lanes each reader takes the records of its share of the order keys: order is kept
//   within an order key (an item), not between them.
// - A batch is tried again until it succeeds, its retries are used up or its records are too old;
//   then it is discarded: the checkpoint advances and the on-failure record is sent, in one commit.
//   Back-off: 100 ms, doubled up to 10 s.
// - A checkpoint is not waited for: after a crash the batches whose checkpoints were not committed
//   come again.
// - With ReportBatchItemFailures only what follows the lowest failed record is tried again; with
//   bisecting a failed batch is halved, which costs no retry.
//
// Thread safety: start, requestStop and join from one thread; everything else is the reader's own
// thread.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "base/ids.h"
#include "base/thread_annotations.h"
#include "rpc/event_source.h"
#include "rpc/recipients.h"
#include "services/lambda/functions/functions.h"
#include "services/lambda/host/function_host.h"
#include "services/lambda/sources/batch.h"
#include "services/lambda/sources/checkpoints.h"
#include "services/lambda/sources/mapping_settings.h"
#include "services/lambda/sources/record_filter.h"
#include "store/commit_notifier.h"
#include "store/store.h"

namespace ddblog::lambda {

// What mappings work with; everything outlives them.
struct MappingParts {
  Store& store;
  Clock& clock;
  Ids& ids;
  const rpc::EventSources& sources;
  const Functions& functions;
  FunctionHost& host;
  const rpc::Recipients& recipients;
  const LogSink& log;
};

class SourceReader {
 public:
  SourceReader(const MappingParts& parts, rpc::EventSource& source, const MappingSettings& settings,
               const Checkpoints& checkpoints, const RecordFilter& filter, int lane);
  ~SourceReader();

  void start();
  // It ends after the invocation that is running; stop the host to end that one too.
  void requestStop();
  void join();
  // The result of the last batch, for GetEventSourceMapping: "No records processed", "OK",
  // "PROBLEM: Function call failed".
  std::string lastResult() const;

 private:
  using Shard = rpc::EventSource::Shard;
  struct Batch {
    std::string shard_id;
    std::vector<Record> records;
    std::size_t bytes = 0;
    std::string read_to;  // the last record looked at, whether it is in the batch or not
  };
  struct Part {  // of a batch: [begin, end)
    std::size_t begin;
    std::size_t end;
    int attempts = 0;
  };
  enum class Step { kNothing, kDone, kStopped };

  void run();
  Step step();
  bool listShards(std::vector<Shard>& shards);
  bool findSource(const Snapshot& snapshot);
  void reportMissing();
  bool stopping() const;
  // Waits until `until`, or a commit that adds records if `for_records`; false: it is to stop.
  bool pause(Timestamp until, bool for_records);

  Step readShard(const Shard& shard);
  void fill(Batch& batch);
  bool isWanted(const Record& record) const;

  bool process(Batch& batch);
  bool processPart(Batch& batch, std::deque<Part>& parts);
  InvocationResult invoke(const Batch& batch, const Part& part);
  std::optional<std::size_t> failedAt(const Batch& batch, const Part& part, const InvocationResult& result) const;
  void retryOrGiveUp(Batch& batch, std::deque<Part>& parts, std::size_t failed_at, const InvocationResult& result);
  std::size_t tooOld(const Batch& batch, const Part& part) const;
  void discard(const Batch& batch, const Part& part, std::string_view condition, bool function_error);
  void checkpoint(const Batch& batch, std::size_t done_to, std::optional<rpc::Message> message = {});
  void finishShard(const std::string& shard_id, const std::vector<std::string>& shard_ids);
  void setResult(const std::string& result);
  std::string name() const { return source_.name() + " -> " + settings_.function_name; }

  const MappingParts parts_;
  rpc::EventSource& source_;
  const MappingSettings& settings_;
  const Checkpoints& checkpoints_;
  const RecordFilter& filter_;
  const int lane_;

  mutable Mutex mutex_;
  CondVar changed_;                             // added_, stopping_
  CondVar answered_;                            // result_
  std::uint64_t added_ GUARDED_BY(mutex_) = 0;  // how often the source told of new records
  std::uint64_t seen_ GUARDED_BY(mutex_) = 0;   // of these, how many came before the last look
  bool stopping_ GUARDED_BY(mutex_) = false;
  std::optional<InvocationResult> result_ GUARDED_BY(mutex_);
  std::string last_result_ GUARDED_BY(mutex_) = "No records processed";

  // Of the reader's thread.
  std::string arn_;  // what is read now; empty: there is nothing yet
  std::map<std::string, Checkpoint> positions_;
  Timestamp back_off_until_ = Timestamp::min();
  int failures_ = 0;  // in a row
  bool missing_reported_ = false;
  std::string last_request_id_;

  CommitNotifier::Subscription subscription_;
  std::thread thread_;
};

}  // namespace ddblog::lambda
