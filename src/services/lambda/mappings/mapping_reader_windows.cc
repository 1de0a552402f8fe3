// MappingReader's tumbling windows (tumbling_window.h).
#include <algorithm>
#include <utility>

#include "services/lambda/mappings/back_off.h"
#include "services/lambda/mappings/mapping_reader.h"

namespace ddblog::lambda {

bool MappingReader::windowIsOver(const Shard& shard, const Batch& batch) const {
  const auto window = tumbles() ? decodeWindow(positions_.at(shard.id).window) : std::nullopt;
  if (!window) return false;
  if (!batch.records.empty()) return windowStart(batch.records.front(), settings_.tumbling) != window->start;
  return shard.is_closed || dependencies_.clock.now() >= window->end(settings_.tumbling);
}

// Opens the window of the batch's first record, if none is open, and cuts the batch where the next
// window begins.
void MappingReader::beginWindow(Batch& batch) {
  const Record& first = batch.records.front();
  const std::int64_t start = windowStart(first, settings_.tumbling);
  std::string& stored = positions_[batch.shard_id].window;
  if (stored.empty()) {
    TumblingWindow window;
    window.start = start;
    window.ends_at = first.added_at + (window.end(settings_.tumbling) - first.created_at);
    stored = encodeWindow(window);
  }
  const auto next = std::ranges::find_if(
      batch.records, [&](const Record& record) { return windowStart(record, settings_.tumbling) != start; });
  if (next == batch.records.end()) return;
  batch.records.erase(next, batch.records.end());
  batch.read_to = batch.records.back().position;
}

void MappingReader::keepState(const Batch& batch, const std::string& response) {
  const auto state = tumbles() ? stateIn(response) : std::nullopt;
  if (!state) return;
  std::string& stored = positions_.at(batch.shard_id).window;
  TumblingWindow window = decodeWindow(stored).value();
  window.state = *state;
  stored = encodeWindow(window);
}

bool MappingReader::endWindow(const std::string& shard_id, WindowCall call) {
  TumblingWindow window = decodeWindow(positions_.at(shard_id).window).value();
  const std::string payload = windowPayload(window, settings_.tumbling, {}, arn_, shard_id, call);
  window.state = "{}";
  Checkpoint after = positions_.at(shard_id);
  after.window = call == WindowCall::kTerminatedEarly ? encodeWindow(window) : "";
  const RunningTime give_up_at = window.ends_at + recordAge();
  rpc::Failure failure = newFailure(payload, "RecordAgeExceeded", {});
  while (true) {
    if (!pause(back_off_until_, false)) return false;
    if (dependencies_.clock.runningTime() >= give_up_at) {
      giveUpWindow(shard_id, std::move(failure), after);
      return true;
    }
    last_request_id_ = dependencies_.ids.uuid();
    InvocationResult result = invokeWith(payload, failure.attempts.count() > 0);
    if (result.kind == InvocationResult::Kind::kStopped) return false;
    if (result.kind == InvocationResult::Kind::kAnswer) break;
    back_off_until_ = dependencies_.clock.runningTime() + backOff(++failures_);
    if (result.kind == InvocationResult::Kind::kThrottled) continue;
    setResult("PROBLEM: Function call failed");
    dependencies_.log("lambda: " + name() +
                      ": the final invocation of a window failed: " + result.payload.substr(0, kShownError));
    failure.attempts.add(dependencies_.clock.now(), result.payload);
    failure.request_id = last_request_id_;
    failure.error = std::move(result.payload);
    failure.log = std::move(result.log_tail);
    const auto most = settings_.maximum_retry_attempts;
    if (most && static_cast<int>(failure.attempts.count()) > *most) {
      failure.condition = "RetryAttemptsExhausted";
      giveUpWindow(shard_id, std::move(failure), after);
      return true;
    }
  }
  failures_ = 0;
  setResult("OK");
  positions_[shard_id] = after;
  dependencies_.store.write(
      [this, arn = arn_, shard_id, after](Transaction& transaction) {
        checkpoints_.put(transaction, arn, shard_id, lane_, after);
      },
      [](std::exception_ptr) {});  // if this fails, a restart ends the window again
  return true;
}

// All of its records were processed; what is lost is its state, which the failure keeps.
void MappingReader::giveUpWindow(const std::string& shard_id, rpc::Failure failure, const Checkpoint& after) {
  dependencies_.store.writeAndWait([&](Transaction& transaction) {
    checkpoints_.put(transaction, arn_, shard_id, lane_, after);
    dependencies_.failures.record(transaction, failure);
  });
  positions_[shard_id] = after;
  failures_ = 0;
  back_off_until_ = RunningTime::min();
  dependencies_.log("lambda: " + name() + ": the final invocation of a window was given up after " +
                    std::to_string(failure.attempts.count()) + " attempts: " + failure.condition);
}

// When the first open window is over, if no records come until then.
RunningTime MappingReader::nextWindowEnd() const {
  RunningTime next = RunningTime::max();
  const Timestamp now = dependencies_.clock.now();
  for (const auto& [shard_id, position] : positions_) {
    const auto window = tumbles() ? decodeWindow(position.window) : std::nullopt;
    if (!window) continue;
    const Duration left = std::max(Duration::zero(), Duration(window->end(settings_.tumbling) - now));
    next = std::min(next, dependencies_.clock.runningTime() + left);
  }
  return next;
}

}  // namespace ddblog::lambda
