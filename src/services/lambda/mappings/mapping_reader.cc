#include "services/lambda/mappings/mapping_reader.h"

#include <algorithm>
#include <cassert>
#include <functional>
#include <stdexcept>
#include <utility>

#include "base/fnv.h"
#include "services/lambda/functions/limits.h"
#include "services/lambda/invocations/traced_invocation.h"
#include "services/lambda/mappings/back_off.h"

namespace ddblog::lambda {

int laneOf(std::string_view order_key, int lanes) {
  return lanes == 1 ? 0 : static_cast<int>(fnv1a(order_key) % static_cast<std::uint64_t>(lanes));
}

MappingReader::MappingReader(const MappingDependencies& dependencies, rpc::EventSource& source,
                             const MappingSettings& settings, const Checkpoints& checkpoints,
                             const RecordFilter& filter, int lane)
    : dependencies_(dependencies),
      source_(source),
      settings_(settings),
      checkpoints_(checkpoints),
      filter_(filter),
      lane_(lane) {}

MappingReader::~MappingReader() {
  requestStop();
  join();
}

void MappingReader::start() {
  subscription_ = source_.added().listen([this] {
    MutexLock lock(mutex_);
    ++added_;
    changed_.notifyAll();
  });
  thread_ = std::thread([this] { run(); });
}

void MappingReader::requestStop() {
  MutexLock lock(mutex_);
  stopping_ = true;
  changed_.notifyAll();
}

void MappingReader::join() {
  if (thread_.joinable()) thread_.join();
  subscription_ = {};
}

std::string MappingReader::lastResult() const {
  MutexLock lock(mutex_);
  return last_result_;
}

void MappingReader::setResult(const std::string& result) {
  MutexLock lock(mutex_);
  last_result_ = result;
}

bool MappingReader::stopping() const {
  MutexLock lock(mutex_);
  return stopping_;
}

bool MappingReader::pause(RunningTime until, bool for_records) {
  MutexLock lock(mutex_);
  pause_ = {until, for_records};
  ++pauses_;
  while (!stopping_ && dependencies_.clock.runningTime() < until && !(for_records && added_ != seen_)) {
    dependencies_.clock.wait(lock, changed_, until);
  }
  pause_.reset();
  return !stopping_;
}

rpc::Activity MappingReader::activity() const {
  rpc::Activity activity;
  MutexLock lock(mutex_);
  activity.changes = pauses_ + added_;
  if (stopping_) return activity;
  const bool waits =
      pause_ && dependencies_.clock.runningTime() < pause_->until && !(pause_->for_records && added_ != seen_);
  if (waits) {
    activity.next_due = pause_->until;
  } else {
    activity.busy_with.push_back("the event source mapping " + name() + " is at work");
  }
  return activity;
}

void MappingReader::run() {
  while (!stopping()) {
    {
      MutexLock lock(mutex_);
      seen_ = added_;
    }
    try {
      const Step step = this->step();
      reported_error_.clear();
      if (step == Step::kNothing) pause(nextWindowEnd(), true);
    } catch (const std::exception& error) {
      if (reported_error_ != error.what()) dependencies_.log("lambda: " + name() + ": " + error.what());
      reported_error_ = error.what();
      pause(dependencies_.clock.runningTime() + backOff(++failures_), false);
    }
  }
}

MappingReader::Step MappingReader::step() {
  std::vector<Shard> shards;
  if (!listShards(shards)) return Step::kNothing;
  std::vector<std::string> shard_ids;
  for (const Shard& shard : shards) shard_ids.push_back(shard.id);
  bool done = false;
  bool all_finished = true;
  for (const Shard& shard : shards) {
    if (positions_.at(shard.id).finished) continue;
    const auto parent = positions_.find(shard.parent_id);
    const bool ready = parent == positions_.end() || parent->second.finished;
    const Step step = ready ? readShard(shard) : Step::kNothing;
    if (step == Step::kStopped) return step;
    if (step == Step::kDone) done = true;
    if (step == Step::kNothing && ready && shard.is_closed) {
      finishShard(shard.id, shard_ids);
      done = true;
    }
    all_finished = all_finished && positions_.at(shard.id).finished;
  }
  // All records are processed: there may be a newer stream to follow (the table's stream was turned
  // off and on, or the table was deleted and created again).
  if (all_finished && source_.follows()) {
    const std::string read = std::exchange(arn_, {});
    done = findSource(*dependencies_.store.snapshot()) && arn_ != read;
    if (arn_.empty()) arn_ = read;
  }
  return done ? Step::kDone : Step::kNothing;
}

// Lists the shards and loads their positions. False: the source does not exist (yet).
bool MappingReader::listShards(std::vector<Shard>& shards) {
  const auto snapshot = dependencies_.store.snapshot();  // released before the function runs
  if (!findSource(*snapshot)) return false;
  auto found = source_.shards(*snapshot, arn_);
  if (!found) {
    arn_.clear();
    reportMissing();
    return false;
  }
  missing_reported_ = false;
  shards = std::move(*found);
  std::map<std::string, Checkpoint> positions;  // without those of shards that no longer exist
  for (const Shard& shard : shards) {
    const auto known = positions_.find(shard.id);
    positions[shard.id] = known != positions_.end()
                              ? known->second
                              : checkpoints_.find(*snapshot, arn_, shard.id, lane_).value_or(Checkpoint{});
  }
  positions_ = std::move(positions);
  return true;
}

bool MappingReader::findSource(const Snapshot& snapshot) {
  if (!arn_.empty()) return true;
  const auto current = source_.currentArn(snapshot);
  if (!current) {
    reportMissing();
    return false;
  }
  arn_ = *current;
  positions_.clear();
  return true;
}

void MappingReader::reportMissing() {
  if (!missing_reported_) dependencies_.log("lambda: " + name() + ": waits " + source_.missing());
  missing_reported_ = true;
}

bool MappingReader::isWanted(const Record& record) const {
  return laneOf(record.order_key, settings_.lanes) == lane_ && filter_.passes(record.json);
}

// Adds the shard's current records to the batch, up to its size.
void MappingReader::fill(Batch& batch) {
  const auto snapshot = dependencies_.store.snapshot();
  const RunningTime now = dependencies_.clock.runningTime();
  while (batch.records.size() < settings_.batch_size && batch.bytes < limits::kMappingBatchBytes && !stopping()) {
    auto records =
        source_.read(*snapshot, arn_, batch.shard_id, batch.read_to, settings_.batch_size - batch.records.size(),
                     limits::kMappingBatchBytes - batch.bytes, now);
    if (records.empty()) return;
    for (Record& record : records) {
      const bool wanted = isWanted(record);
      const std::size_t bytes = payloadBytes(record, arn_);
      if (wanted && !batch.records.empty() && batch.bytes + bytes > limits::kMappingBatchBytes) {
        batch.bytes = limits::kMappingBatchBytes;  // full: this record is the next batch's first
        return;
      }
      batch.read_to = record.position;
      if (!wanted) continue;
      batch.bytes += bytes;
      batch.records.push_back(std::move(record));
    }
  }
}

MappingReader::Step MappingReader::readShard(const Shard& shard) {
  Batch batch;
  batch.shard_id = shard.id;
  batch.read_to = positions_[shard.id].after;
  const std::string from = batch.read_to;
  fill(batch);
  if (!batch.records.empty() && settings_.window.count() > 0) {
    const RunningTime window_ends = dependencies_.clock.runningTime() + settings_.window;
    while (batch.records.size() < settings_.batch_size && batch.bytes < limits::kMappingBatchBytes &&
           dependencies_.clock.runningTime() < window_ends) {
      if (!pause(window_ends, true)) return Step::kStopped;
      {
        MutexLock lock(mutex_);
        seen_ = added_;
      }
      fill(batch);
    }
  }
  if (stopping()) return Step::kStopped;
  if (windowIsOver(shard, batch)) return endWindow(shard.id, WindowCall::kFinal) ? Step::kDone : Step::kStopped;
  if (tumbles() && !batch.records.empty()) beginWindow(batch);
  if (!batch.records.empty()) {
    if (auto ahead = takeAhead(batch); ahead && !process(*ahead)) return Step::kStopped;
    return process(batch) ? Step::kDone : Step::kStopped;
  }
  positions_[shard.id].after = batch.read_to;  // these records belong to other lanes or are filtered out
  return batch.read_to == from ? Step::kNothing : Step::kDone;
}

void MappingReader::finishShard(const std::string& shard_id, const std::vector<std::string>& shard_ids) {
  Checkpoint& position = positions_[shard_id];
  position.finished = true;
  dependencies_.store.write(
      [this, arn = arn_, shard_id, shard_ids, position](Transaction& transaction) {
        checkpoints_.put(transaction, arn, shard_id, lane_, position);
        checkpoints_.forgetOthers(transaction, arn, shard_ids);
      },
      [](std::exception_ptr) {});  // if this fails, a restart finds it out again
}

// False: the reader must stop before the whole batch is done.
bool MappingReader::process(Batch& batch) {
  std::deque<Part> parts = {{0, batch.records.size()}};
  while (!parts.empty()) {
    if (!pause(back_off_until_, false)) return false;
    if (!processPart(batch, parts)) return false;
  }
  return true;
}

bool MappingReader::processPart(Batch& batch, std::deque<Part>& parts) {
  Part& part = parts.front();
  assert(part.begin < part.end && part.end <= batch.records.size());
  if (const std::size_t fresh = tooOld(batch, part); fresh > part.begin) {
    Part old = part;
    old.end = fresh;
    discard(batch, old, "RecordAgeExceeded", true);
    part.begin = fresh;
    if (part.begin == part.end) parts.pop_front();
    return true;
  }
  InvocationResult result = invoke(batch, part);
  if (result.kind == InvocationResult::Kind::kStopped) return false;
  if (!part.answer) {
    if (result.kind == InvocationResult::Kind::kThrottled) {
      back_off_until_ = dependencies_.clock.runningTime() + backOff(++failures_);
      return true;
    }
    if (const auto failed_at = failedAt(batch, part, result)) {
      retryOrGiveUp(batch, parts, *failed_at, std::move(result));
      return true;
    }
    failures_ = 0;
    setResult("OK");
    part.answer = std::move(result.payload);
    if (comesAgain(batch, part)) return true;
  }
  keepState(batch, *part.answer);
  checkpoint(batch, part.end);
  parts.pop_front();
  const bool is_large = positions_.at(batch.shard_id).window.size() > TumblingWindow::kLargestState;
  return !is_large || endWindow(batch.shard_id, WindowCall::kTerminatedEarly);
}

InvocationResult MappingReader::invoke(const Batch& batch, const Part& part) {
  const auto records = std::span(batch.records).subspan(part.begin, part.end - part.begin);
  last_request_id_ = dependencies_.ids.uuid();
  trace(batch, part);
  if (!tumbles()) return invokeWith(batchPayload(records, arn_), part.is_retry);
  return invokeWith(windowPayload(decodeWindow(positions_.at(batch.shard_id).window).value(), settings_.tumbling,
                                  records, arn_, batch.shard_id, WindowCall::kRecords),
                    part.is_retry);
}

InvocationResult MappingReader::invokeWith(std::string payload, bool is_retry) {
  const FunctionPointer function = dependencies_.functions.find(settings_.function_name);
  if (!function) throw std::runtime_error("there is no function " + settings_.function_name);
  Invocation invocation;
  invocation.request_id = last_request_id_;
  invocation.payload = std::move(payload);
  invocation.is_retry = is_retry;
  invokeTraced(dependencies_.host, dependencies_.traces, function, std::move(invocation), {},
               [this](InvocationResult result) {
                 MutexLock lock(mutex_);
                 result_ = std::move(result);
                 answered_.notifyAll();
               });
  MutexLock lock(mutex_);
  while (!result_) answered_.wait(lock);
  InvocationResult result = std::move(*result_);
  result_.reset();
  return result;
}

std::optional<std::size_t> MappingReader::failedAt(const Batch& batch, const Part& part,
                                                   const InvocationResult& result) const {
  if (result.kind == InvocationResult::Kind::kFunctionError) return part.begin;
  if (tumbles() && !stateIn(result.payload)) return part.begin;
  if (!settings_.reports_item_failures) return std::nullopt;
  const auto failed = firstFailure(std::span(batch.records).subspan(part.begin, part.end - part.begin), result.payload);
  if (!failed) return std::nullopt;
  return part.begin + *failed;
}

void MappingReader::retryOrGiveUp(Batch& batch, std::deque<Part>& parts, std::size_t failed_at,
                                  InvocationResult result) {
  Part& part = parts.front();
  const bool function_error = result.kind == InvocationResult::Kind::kFunctionError;
  setResult("PROBLEM: Function call failed");
  if (failed_at > part.begin) {  // the records before it are done
    keepState(batch, result.payload);
    checkpoint(batch, failed_at);
    part = {failed_at, part.end};
    part.is_retry = true;
    failures_ = 0;
  } else if (settings_.bisect && part.end - part.begin > 1) {
    const std::size_t middle = part.begin + (part.end - part.begin) / 2;
    part.is_retry = true;
    Part second = part;
    second.begin = middle;
    part.end = middle;
    parts.insert(parts.begin() + 1, std::move(second));
    return;
  }
  part.is_retry = true;
  part.attempts.add(dependencies_.clock.now(), result.payload);
  back_off_until_ = dependencies_.clock.runningTime() + backOff(++failures_);
  dependencies_.log("lambda: " + name() + ": attempt " + std::to_string(part.attempts.count()) + " with " +
                    std::to_string(part.end - part.begin) +
                    " records failed: " + result.payload.substr(0, kShownError));
  part.error = std::move(result.payload);
  part.log = std::move(result.log_tail);
  if (settings_.maximum_retry_attempts && static_cast<int>(part.attempts.count()) > *settings_.maximum_retry_attempts) {
    discard(batch, part, "RetryAttemptsExhausted", function_error);
    back_off_until_ = RunningTime::min();
    failures_ = 0;
    parts.pop_front();
  }
}

}  // namespace ddblog::lambda
