#include "services/lambda/mappings/queue_reader.h"

#include <algorithm>
#include <iterator>
#include <set>
#include <stdexcept>
#include <string_view>
#include <utility>

#include "base/json.h"
#include "services/lambda/functions/limits.h"
#include "services/lambda/invocations/traced_invocation.h"
#include "services/lambda/mappings/back_off.h"

namespace ddblog::lambda {

namespace {

constexpr std::size_t kShownError = 500;     // characters of a function's error in the log
constexpr std::size_t kReceivesAtOnce = 20;  // then invocations that have ended come first
constexpr std::size_t kRemovedAtOnce = 100;  // messages, in one command
// Longer than a batch waits for its next attempt: the reader's back-off, and the host's starts, one at a time.
constexpr std::chrono::minutes kKept{1};

std::vector<Record> recordsOf(const std::vector<rpc::QueueSource::Message>& messages) {
  std::vector<Record> records;
  for (const auto& message : messages) records.push_back(message.record);
  return records;
}

// The record with its body as what it says, if that is an object or an array: patterns look into it.
std::string withParsedBody(const std::string& record_json) {
  json::object record = parseJson(record_json).as_object();
  json::value& body = record["body"];
  try {
    json::value parsed = parseJson(body.as_string());
    if (parsed.is_object() || parsed.is_array()) body = std::move(parsed);
  } catch (const std::invalid_argument&) {
    return record_json;
  }
  return json::serialize(record);
}

}  // namespace

QueueReader::QueueReader(const MappingDependencies& dependencies, rpc::QueueSource& queue,
                         const MappingSettings& settings, const RecordFilter& filter)
    : dependencies_(dependencies), queue_(queue), settings_(settings), filter_(filter) {}

QueueReader::~QueueReader() {
  requestStop();
  join();
}

void QueueReader::start() {
  subscription_ = queue_.becameVisible().listen([this] {
    MutexLock lock(mutex_);
    ++added_;
    changed_.notifyAll();
  });
  thread_ = std::thread([this] { run(); });
}

void QueueReader::requestStop() {
  MutexLock lock(mutex_);
  stopping_ = true;
  changed_.notifyAll();
}

void QueueReader::join() {
  if (thread_.joinable()) thread_.join();
  subscription_ = {};
}

bool QueueReader::stopping() const {
  MutexLock lock(mutex_);
  return stopping_;
}

rpc::Activity QueueReader::activity() const {
  rpc::Activity activity;
  MutexLock lock(mutex_);
  activity.changes = waits_ + added_;
  if (stopping_) return activity;
  const bool waits = waits_until_ && dependencies_.clock.runningTime() < *waits_until_ && (rests_ || added_ == seen_);
  if (waits && running_ == 0) {
    activity.next_due = *waits_until_;
  } else {
    activity.busy_with.push_back("the event source mapping " + name() + " is at work");
  }
  return activity;
}

void QueueReader::run() {
  while (awaitWork()) {
    try {
      step();
    } catch (const std::exception& error) {
      if (error.what() != last_error_) dependencies_.log("lambda: " + name() + ": " + error.what());
      last_error_ = error.what();
      rests_until_ = dependencies_.clock.runningTime() + backOff(++failures_);
      may_have_more_ = true;  // nobody says again that there are messages
      if (filling_ && filling_->messages.empty()) filling_.reset();
    }
  }
  for (const Batch& batch : throttled_) giveBack(batch);
  throttled_.clear();
}

// False: the reader must stop, nothing is running, and no window is open.
bool QueueReader::awaitWork() {
  const RunningTime due = nextDue();
  MutexLock lock(mutex_);
  waits_until_ = due;
  rests_ = due == rests_until_;
  ++waits_;
  const auto hasWork = [&]() REQUIRES(mutex_) {
    if (!ended_.empty()) return true;
    if (stopping_) return filling_.has_value();
    return dependencies_.clock.runningTime() >= due || (added_ != seen_ && !rests_);
  };
  const auto isDone = [&]() REQUIRES(mutex_) { return stopping_ && running_ == 0 && !filling_; };
  while (!hasWork() && !isDone()) {
    // A reader that must stop waits for what is running, and for nothing that is due.
    dependencies_.clock.wait(lock, changed_, stopping_ ? RunningTime::max() : due);
  }
  waits_until_.reset();
  return !isDone();
}

// When there is something to do, if nothing happens before.
RunningTime QueueReader::nextDue() const {
  if (dependencies_.clock.runningTime() < rests_until_) return rests_until_;
  if (may_have_more_ && (filling_ || hasRoom())) return RunningTime::min();
  RunningTime due = filling_ ? filling_->due : RunningTime::max();
  for (const Batch& batch : throttled_) due = std::min(due, batch.due);
  return due;
}

void QueueReader::step() {
  std::vector<Ended> ended;
  {
    MutexLock lock(mutex_);
    ended.swap(ended_);
    running_ -= ended.size();
  }
  for (Ended& one : ended) settle(std::move(one));
  if (stopping()) {  // the window ends early: its messages were received, which counts
    if (auto open = std::exchange(filling_, std::nullopt)) dispatch(std::move(*open));
    return;
  }
  if (dependencies_.clock.runningTime() < rests_until_) return;
  std::vector<Batch> throttled;
  throttled.swap(throttled_);
  for (Batch& batch : throttled) {
    const RunningTime now = dependencies_.clock.runningTime();
    if (now >= batch.visible_at) continue;  // others can receive its messages
    now < batch.due ? throttled_.push_back(std::move(batch)) : dispatch(std::move(batch));
  }
  receive();
  failures_ = 0;
  last_error_.clear();
}

bool QueueReader::hasRoom() const {
  const auto most =
      static_cast<std::size_t>(settings_.maximum_concurrency.value_or(static_cast<int>(limits::kQueueBatches)));
  MutexLock lock(mutex_);
  return running_ + throttled_.size() + (filling_ ? 1 : 0) < most;
}

bool QueueReader::isFull(const Batch& batch) const {
  return batch.messages.size() >= settings_.batch_size ||
         batch.bytes + limits::kQueueRecordBytes > limits::kMappingBatchBytes;
}

void QueueReader::receive() {
  {
    MutexLock lock(mutex_);
    seen_ = added_;
  }
  if (!filling_) {
    if (!hasRoom()) return;
    filling_ = Batch();
    filling_->due = filling_->visible_at = RunningTime::max();
  }
  fill(*filling_);
  const RunningTime now = dependencies_.clock.runningTime();
  if (filling_->messages.empty()) {
    filling_.reset();
  } else if (isFull(*filling_) || now >= filling_->due) {
    dispatch(*std::exchange(filling_, std::nullopt));
  }
}

// Adds messages that can be received now, up to the batch's size.
void QueueReader::fill(Batch& batch) {
  may_have_more_ = false;
  for (std::size_t receives = 0; receives < kReceivesAtOnce && !isFull(batch) && !stopping(); ++receives) {
    const RunningTime visible_at = batch.visible_at;
    std::vector<Message> received = receiveSome(batch);
    if (received.empty()) return;
    if (dependencies_.clock.runningTime() >= visible_at) dropRepeated(batch, received);
    std::vector<Message> unwanted;
    for (Message& message : received) {
      if (!settings_.filters.empty() && !filter_.passes(withParsedBody(message.record.json))) {
        unwanted.push_back(std::move(message));
        continue;
      }
      batch.bytes += payloadBytes(message.record, queue_.arn());
      batch.messages.push_back(std::move(message));
    }
    if (!unwanted.empty()) remove(std::move(unwanted));
  }
  may_have_more_ = true;
}

// Removes from the batch what has been received again, as its visibility timeout was over.
void QueueReader::dropRepeated(Batch& batch, const std::vector<Message>& received) {
  std::set<std::string_view> again;
  for (const Message& message : received) again.insert(message.record.position);
  std::erase_if(batch.messages, [&](const Message& message) {
    const bool is_repeated = again.contains(message.record.position);
    if (is_repeated) batch.bytes -= payloadBytes(message.record, queue_.arn());
    return is_repeated;
  });
}

std::vector<QueueReader::Message> QueueReader::receiveSome(const Batch& batch) {
  std::vector<Message> received;
  std::optional<rpc::QueueSource::Properties> queue;
  {
    const auto snapshot = dependencies_.store.snapshot();
    queue = queue_.properties(*snapshot);
    if (!queue && !std::exchange(missing_reported_, true)) {
      dependencies_.log("lambda: " + name() + ": waiting for the queue " + queue_.name() + " to exist");
    }
    if (!queue || queue_.count(*snapshot) == 0) return received;
  }
  missing_reported_ = false;
  const FunctionPointer function = findFunction();  // without it, no message is received in vain
  const std::size_t room = (limits::kMappingBatchBytes - batch.bytes) / limits::kQueueRecordBytes;
  const std::size_t most = std::min({settings_.batch_size - batch.messages.size(), room, limits::kQueueReceive});
  const RunningTime now = dependencies_.clock.runningTime();
  dependencies_.store.writeAndWait([&](Transaction& transaction) { received = queue_.receive(transaction, most); });
  // A window that is longer than the messages are invisible ends earlier, so that the function has some time.
  const Duration visibility = queue->visibility_timeout;
  const Duration latest = visibility - std::min<Duration>(function->timeout, visibility / 2);
  filling_->visible_at = std::min(filling_->visible_at, now + visibility);
  filling_->due = std::min(filling_->due, now + std::min<Duration>(settings_.window, latest));
  return received;
}

FunctionPointer QueueReader::findFunction() const {
  FunctionPointer function = dependencies_.functions.find(settings_.function_name);
  if (!function) throw std::runtime_error("there is no function " + settings_.function_name);
  return function;
}

void QueueReader::dispatch(Batch batch) {
  const FunctionPointer function = dependencies_.functions.find(settings_.function_name);
  if (!function) return giveBack(batch);  // the next receive says that there is none
  Invocation invocation;
  invocation.request_id = dependencies_.ids.uuid();
  invocation.payload = batchPayload(recordsOf(batch.messages), queue_.arn());
  trace(batch, invocation.request_id);
  {
    MutexLock lock(mutex_);
    ++running_;
  }
  invokeTraced(dependencies_.host, dependencies_.traces, function, std::move(invocation), {},
               [this, batch = std::make_shared<Batch>(std::move(batch))](InvocationResult result) {
                 MutexLock lock(mutex_);
                 ended_.push_back({std::move(*batch), std::move(result)});
                 changed_.notifyAll();
               });
}

void QueueReader::trace(const Batch& batch, const std::string& request_id) const {
  if (!dependencies_.traces) return;
  rpc::Span span{.kind = rpc::Span::Kind::kBatch,
                 .id = request_id,
                 .subject = settings_.function_name,
                 .source = queue_.arn(),
                 .at = dependencies_.clock.now(),
                 .size = batch.messages.size()};
  std::vector<rpc::Span::Record> records;
  for (const Message& message : batch.messages) {
    if (records.size() == rpc::Span::kMostRecords) break;
    records.push_back({message.record.position});
  }
  span.records = records;
  dependencies_.traces->add(span);
}

void QueueReader::settle(Ended ended) {
  Batch& batch = ended.batch;
  std::vector<std::size_t> failed;
  switch (ended.result.kind) {
    case InvocationResult::Kind::kStopped:
      return;
    case InvocationResult::Kind::kThrottled:
      if (!ended.result.payload.empty()) keep(batch);
      batch.due = dependencies_.clock.runningTime() + backOff(++batch.throttled);
      throttled_.push_back(std::move(batch));
      return;
    case InvocationResult::Kind::kFunctionError:
      return report(batch, batch.messages.size(), ended.result.payload);
    case InvocationResult::Kind::kAnswer:
      if (settings_.reports_item_failures) failed = failedRecords(recordsOf(batch.messages), ended.result.payload);
      break;
  }
  report(batch, failed.size(), ended.result.payload);
  for (const std::size_t index : failed) batch.messages[index].receipt.clear();
  std::erase_if(batch.messages, [](const Message& message) { return message.receipt.empty(); });
  if (!batch.messages.empty()) remove(std::move(batch.messages));
}

void QueueReader::remove(std::vector<Message> messages) {
  for (std::size_t begin = 0; begin < messages.size(); begin += kRemovedAtOnce) {
    const std::size_t end = std::min(messages.size(), begin + kRemovedAtOnce);
    std::vector<Message> some(std::make_move_iterator(messages.begin() + static_cast<std::ptrdiff_t>(begin)),
                              std::make_move_iterator(messages.begin() + static_cast<std::ptrdiff_t>(end)));
    dependencies_.store.write(
        [this, some = std::move(some)](Transaction& transaction) {
          for (const Message& message : some) queue_.remove(transaction, message);
        },
        [this](std::exception_ptr failed) {
          if (failed) dependencies_.log("lambda: " + name() + ": handled messages could not be removed from the queue");
        });
  }
}

// The function lacks packages or is not built. A receive counts for the redrive policy, so the messages stay
// received until it can start.
void QueueReader::keep(Batch& batch) {
  const RunningTime now = dependencies_.clock.runningTime();
  if (now >= batch.visible_at) return;  // others can receive its messages
  bool are_kept = true;
  try {
    const auto queue = queue_.properties(*dependencies_.store.snapshot());
    if (!queue) return;
    const Duration time = queue->visibility_timeout + kKept;
    dependencies_.store.writeAndWait([&](Transaction& transaction) {
      for (const Message& message : batch.messages) are_kept = queue_.keep(transaction, message, time) && are_kept;
    });
    if (are_kept) batch.visible_at = now + time;
  } catch (const std::exception& error) {
    dependencies_.log("lambda: " + name() + ": messages may be received again: " + error.what());
  }
}

// Waits until it is committed: the reader may end next.
void QueueReader::giveBack(const Batch& batch) {
  if (dependencies_.clock.runningTime() >= batch.visible_at) return;  // others can receive its messages
  try {
    dependencies_.store.writeAndWait([&](Transaction& transaction) {
      for (const Message& message : batch.messages) queue_.giveBack(transaction, message);
    });
  } catch (const std::exception& error) {
    dependencies_.log("lambda: " + name() + ": messages stay invisible until their time is over: " + error.what());
  }
}

void QueueReader::report(const Batch& batch, std::size_t failed, const std::string& answer) {
  if (failed == 0) return;
  dependencies_.log("lambda: " + name() + ": " + std::to_string(failed) + " of " +
                    std::to_string(batch.messages.size()) + " messages failed: " + answer.substr(0, kShownError));
}

}  // namespace ddblog::lambda
