#include "services/lambda/invocations/asynchronous_queue.h"

#include <algorithm>
#include <cassert>
#include <exception>
#include <utility>

#include "rpc/fault_identity.h"
#include "services/lambda/functions/key_spaces.h"
#include "services/lambda/functions/limits.h"
#include "services/lambda/invocations/invocation_record.h"
#include "services/lambda/invocations/traced_invocation.h"
#include "store/key_space.h"

namespace ddblog::lambda {

namespace {

constexpr std::size_t kPulledForward = 1000;  // invocations pulled forward per command
constexpr Duration kAfterFailure{1000};       // delay before a retry when the store fails
constexpr Duration kLongestDelay{1000};       // ours: of an invocation that is overtaken

// The position of an invocation that is not looked at again.
constexpr QueuePosition kNowhere{RunningTime::max(), 0};

void keepEarliest(std::map<std::string, QueuePosition, std::less<>>& positions, std::string_view name,
                  const QueuePosition& position) {
  const auto [found, added] = positions.try_emplace(std::string(name), position);
  if (!added) found->second = std::min(found->second, position);
}

}  // namespace

AsynchronousQueue::AsynchronousQueue(Store& store, Clock& clock, Ids& ids, const Functions& functions,
                                     FunctionHost& host, const rpc::Recipients& recipients,
                                     rpc::FailureRecorder& failures, QueueOptions options, LogSink log,
                                     rpc::Traces* traces)
    : store_(store),
      clock_(clock),
      ids_(ids),
      functions_(functions),
      host_(host),
      options_(std::move(options)),
      log_(std::move(log)),
      traces_(traces),
      reports_(clock, functions, recipients, failures, log_, traces) {
  const std::string first = invocationKey(0);
  const auto last = store_.snapshot()->cursor(first, endOfPrefix(first.substr(0, 1)), Direction::kBackward);
  if (last->valid()) {
    last_id_ = KeyParser(last->key()).number();
    try {
      last_put_at_ = enqueuedAt(last->value());
    } catch (const std::exception& error) {  // a damaged row: then any may be due too late
      last_put_at_ = RunningTime::max();
      log_(std::string("lambda: the last asynchronous invocation cannot be read: ") + error.what());
    }
  }
  subscription_ = committed_.listen([this] {
    MutexLock lock(mutex_);
    for (const auto& [name, position] : uncommitted_puts_) keepEarliest(pending_puts_, name, position);
    uncommitted_puts_.clear();
    changed_.notifyAll();
  });
}

AsynchronousQueue::~AsynchronousQueue() { stop(); }

std::string AsynchronousQueue::enqueue(Transaction& transaction, std::string_view function_name,
                                       const rpc::MessageBody& payload, std::string request_id,
                                       std::string_view client_context, bool is_batch) {
  PendingInvocation pending;
  pending.function_name = function_name;
  pending.enqueued_at = clock_.runningTime();
  pending.position = {pending.enqueued_at + lateness(function_name, payload.text()), ++last_id_};
  pending.request_id = request_id.empty() ? ids_.uuid() : std::move(request_id);
  pending.client_context = client_context;
  pending.is_batch = is_batch;
  putInvocation(transaction, pending, payload, this);
  putDue(transaction, pending, pending.position);
  if (traces_ && !transaction.cause().empty()) {
    traces_->addAfterCommit(transaction, {.kind = rpc::Span::Kind::kInvocation,
                                          .id = pending.request_id,
                                          .parent = transaction.cause(),
                                          .subject = pending.function_name,
                                          .at = clock_.now()});
  }
  return std::move(pending.request_id);
}

// A fault: how much later the invocation is due, so that others overtake it.
Duration AsynchronousQueue::lateness(std::string_view function_name, std::string_view payload) const {
  if (!options_.faults || !options_.faults->wants(Fault::kReorder)) return Duration(0);
  return options_.faults->delay(std::string(function_name) + ' ' + rpc::faultIdentity(payload), kLongestDelay);
}

// A fault: the invocation has succeeded, and is delivered once more all the same.
bool AsynchronousQueue::comesAgain(const PendingInvocation& waiting) const {
  if (!options_.faults || !options_.faults->wants(Fault::kDuplicate)) return false;
  const std::string identity = waiting.function_name + ' ' + rpc::faultIdentity(*waiting.payload.text);
  return options_.faults->strike(Fault::kDuplicate, identity).has_value();
}

void AsynchronousQueue::functionIsMade(Transaction& transaction, std::string_view function_name) {
  {
    MutexLock lock(mutex_);
    keepEarliest(uncommitted_puts_, function_name, kNowhere);
  }
  transaction.notifyAfterCommit(committed_);
}

void AsynchronousQueue::putDue(Transaction& transaction, const PendingInvocation& pending,
                               const QueuePosition& position) {
  transaction.put(dueKey(pending.function_name, position), encodeState(pending));
  {
    MutexLock lock(mutex_);
    keepEarliest(uncommitted_puts_, pending.function_name, position);
  }
  transaction.notifyAfterCommit(committed_);
}

void AsynchronousQueue::start() {
  if (thread_.joinable()) return;
  MutexLock lock(mutex_);
  is_running_ = true;
  thread_ = std::thread([this] { run(); });
}

void AsynchronousQueue::stop() {
  {
    MutexLock lock(mutex_);
    stopping_ = true;
    changed_.notifyAll();
  }
  if (thread_.joinable()) thread_.join();
}

// Finds the functions with invocations from before the start, with one seek per function.
void AsynchronousQueue::findQueues() {
  const auto snapshot = store_.snapshot();
  std::string from(1, static_cast<char>(key_spaces::kInvocationsDue));
  const std::string end = endOfPrefix(from);
  while (true) {
    const auto cursor = snapshot->cursor(from, end);
    if (!cursor->valid()) return;
    const std::string name = KeyParser(cursor->key()).text();
    queues_[name];
    from = endOfPrefix(queuePrefix(name));
  }
}

// Pulls forward invocations that are due too late, because the running time was ahead before the
// restart. Nothing is in flight yet, so positions may change.
void AsynchronousQueue::pullForward() {
  struct Late {
    std::string key, earlier_key, value;
  };
  const RunningTime now = clock_.runningTime();
  // What was not attempted is due at the time when it was put. If nothing was put later than now, as after
  // an orderly stop, only retries can be late. So those that are due within their delay are not read.
  const Duration ahead = last_put_at_ <= now ? shortestRetryDelay() : Duration::zero();
  for (const auto& [name, queue] : queues_) {
    std::string from = dueKey(name, {now + ahead + Duration(1), 0});
    std::vector<Late> late;
    do {
      late.clear();
      const auto snapshot = store_.snapshot();
      auto cursor = snapshot->cursor(from, endOfPrefix(queuePrefix(name)));
      for (; cursor->valid() && late.size() < kPulledForward; cursor->next()) {
        from = std::string(cursor->key()) + '\0';
        const QueuePosition position = positionOf(cursor->key());
        const int attempts = static_cast<int>(attemptsIn(cursor->value()));
        const RunningTime latest = attempts == 0 ? now : now + retryDelay(attempts);
        if (position.due <= latest) continue;
        late.push_back({std::string(cursor->key()), dueKey(name, {latest, position.id}), std::string(cursor->value())});
      }
      if (late.empty()) break;
      store_.writeAndWait([&late](Transaction& transaction) {
        for (const Late& one : late) {
          transaction.erase(one.key);
          transaction.put(one.earlier_key, one.value);
        }
      });
    } while (late.size() == kPulledForward);
  }
}

void AsynchronousQueue::run() {
  findQueues();
  try {
    pullForward();
  } catch (const std::exception& error) {
    log_(std::string("lambda: invocations that are due too late could not be pulled forward: ") + error.what());
  }
  MutexLock lock(mutex_);
  while (!stopping_) {
    const Events events = drainEvents();
    lock.unlock();
    apply(events);
    RunningTime next = RunningTime::max();
    {
      // Taken after the events, so it no longer contains finished attempts and nothing is
      // dispatched twice.
      const auto snapshot = store_.snapshot();
      for (auto& [name, queue] : queues_) {
        if (queue.next_look <= clock_.runningTime()) queue.next_look = tryDispatch(name, queue, *snapshot);
        next = std::min(next, queue.next_look);
      }
    }
    lock.lock();
    for (const FinishedAttempt& one : finished_) next = std::min(next, one.not_before);
    rest_ = {next, loaded_};
    ++rests_;
    if (!stopping_ && pending_puts_.empty() && next > clock_.runningTime()) clock_.wait(lock, changed_, next);
    rest_.reset();
  }
}

rpc::Activity AsynchronousQueue::activity() const {
  rpc::Activity activity;
  MutexLock lock(mutex_);
  activity.changes = rests_;
  if (!is_running_ || stopping_) return activity;
  const RunningTime now = clock_.runningTime();
  const auto is_later = [now](const FinishedAttempt& one) { return one.not_before > now; };
  const bool waits = rest_ && now < rest_->until && pending_puts_.empty() && std::ranges::all_of(finished_, is_later) &&
                     rest_->in_flight <= finished_.size();
  if (waits) {
    activity.next_due = rest_->until;
  } else {
    const std::size_t running = rest_ ? rest_->in_flight : 0;
    activity.busy_with.push_back(running > 0 ? std::to_string(running) + " asynchronous invocations run"
                                             : "asynchronous invocations are handed out");
  }
  return activity;
}

rpc::BoundedCount AsynchronousQueue::backlog(const Reader& reader) {
  rpc::BoundedCount waiting;
  const std::string all(1, static_cast<char>(key_spaces::kInvocationsDue));
  for (auto cursor = reader.cursor(all, endOfPrefix(all)); cursor->valid(); cursor->next()) {
    if (waiting.number == limits::kBacklogInvocations) {
      waiting.or_more = true;
      break;
    }
    ++waiting.number;
  }
  return waiting;
}

std::size_t AsynchronousQueue::pending(const Reader& reader, std::size_t limit) const {
  std::size_t pending = 0;
  std::string from(1, static_cast<char>(key_spaces::kInvocationsDue));
  const std::string end = endOfPrefix(from);
  while (pending < limit) {
    const auto cursor = reader.cursor(from, end);
    if (!cursor->valid()) break;
    const std::string name = KeyParser(cursor->key()).text();
    const std::string queue = queuePrefix(name);
    from = endOfPrefix(queue);
    if (!functions_.find(reader, name)) continue;
    for (; cursor->valid() && cursor->key().starts_with(queue) && pending < limit; cursor->next()) ++pending;
  }
  return pending;
}

AsynchronousQueue::Events AsynchronousQueue::drainEvents() {
  Events events;
  events.puts.swap(pending_puts_);
  const auto later =
      std::partition(finished_.begin(), finished_.end(),
                     [now = clock_.runningTime()](const FinishedAttempt& one) { return one.not_before <= now; });
  events.finished.assign(finished_.begin(), later);
  finished_.erase(finished_.begin(), later);
  return events;
}

void AsynchronousQueue::apply(const Events& events) {
  for (const auto& [name, position] : events.puts) {
    FunctionQueue& queue = queues_[name];
    queue.scan_from = std::min(queue.scan_from, position);
    queue.next_look = RunningTime::min();
  }
  for (const FinishedAttempt& one : events.finished) {
    loaded_bytes_ -= one.bytes;
    FunctionQueue& queue = queues_[one.function_name];
    [[maybe_unused]] const std::size_t erased = queue.in_flight.erase(one.id);
    assert(erased == 1 && queue.in_flight_bytes >= one.bytes);
    queue.in_flight_bytes -= one.bytes;
    queue.scan_from = std::min(queue.scan_from, one.new_position);
    queue.next_look = RunningTime::min();
  }
  assert(loaded_ >= events.finished.size());
  loaded_ -= events.finished.size();
  if (!events.finished.empty() && std::exchange(starved_, false)) {
    for (auto& [name, queue] : queues_) queue.next_look = RunningTime::min();
  }
}

RunningTime AsynchronousQueue::tryDispatch(const std::string& function_name, FunctionQueue& queue,
                                           const Snapshot& snapshot) {
  try {
    return dispatch(function_name, queue, snapshot);
  } catch (const std::exception& error) {
    log_("lambda: the invocations of " + function_name + " cannot be read: " + error.what());
    return clock_.runningTime() + kAfterFailure;
  }
}

RunningTime AsynchronousQueue::dispatch(const std::string& function_name, FunctionQueue& queue,
                                        const Snapshot& snapshot) {
  const FunctionPointer function = functions_.find(function_name);
  if (!function && !queue.missing_reported) {
    queue.missing_reported = true;
    log_("lambda: there are asynchronous invocations of " + function_name +
         ", which is not a function of this application");
  }
  if (!function) putBack(queue);
  const std::size_t window =
      function ? std::max<std::size_t>(1, static_cast<std::size_t>(host_.concurrency(function)) * kWindowFactor) : 1;
  for (;;) {
    while (!queue.loaded.empty() && queue.in_flight.size() - queue.loaded.size() < window) {
      const PendingPointer waiting = std::move(queue.loaded.front());
      queue.loaded.pop_front();
      if (!giveUpNow(function, waiting, clock_.runningTime())) attempt(function, waiting);
    }
    // The window is full; the next attempt that finishes wakes the thread.
    if (queue.in_flight.size() - queue.loaded.size() >= window) return RunningTime::max();
    const RunningTime next_look = load(function_name, queue, function, window, snapshot);
    if (queue.loaded.empty()) return next_look;
  }
}

bool AsynchronousQueue::giveUpNow(const FunctionPointer& function, const PendingPointer& waiting, RunningTime now) {
  const auto age = function ? function->asynchronous.maximum_event_age : limits::kAsyncAge;
  const bool too_old = now - waiting->enqueued_at >= age;
  if (!too_old && host_.concurrency(function) > 0) return false;
  giveUp(function, waiting, too_old ? "EventAgeExceeded" : "RetriesExhausted");
  return true;
}

void AsynchronousQueue::attempt(const FunctionPointer& function, const PendingPointer& waiting) {
  Invocation invocation;
  invocation.request_id = waiting->request_id;
  invocation.payload = *waiting->payload.text;
  invocation.client_context = waiting->client_context;
  invocation.is_retry = waiting->attempts.count() > 0;
  invokeTraced(host_, traces_, function, std::move(invocation), {},
               [this, function, waiting](InvocationResult result) { ended(function, waiting, std::move(result)); });
}

void AsynchronousQueue::ended(const FunctionPointer& function, const PendingPointer& waiting, InvocationResult result) {
  // It had succeeded, and was delivered once more: how that ends changes nothing.
  if (waiting->answer) return succeed(function, waiting, *std::exchange(waiting->answer, std::nullopt));
  switch (result.kind) {
    case InvocationResult::Kind::kStopped:
      return;  // it stays in the queue; the next start repeats the attempt
    case InvocationResult::Kind::kThrottled:
      if (!result.payload.empty()) waiting->last_error = std::move(result.payload);  // why it waits
      return retry(waiting, clock_.runningTime() + retryDelay(1));
    case InvocationResult::Kind::kAnswer:
      if (waiting->is_batch && reportsItemFailures(result.payload)) break;
      if (comesAgain(*waiting)) {
        waiting->answer = std::move(result.payload);
        return attempt(function, waiting);
      }
      return succeed(function, waiting, std::move(result.payload));
    case InvocationResult::Kind::kFunctionError:
      break;
  }
  failed(function, waiting, std::move(result));
}

void AsynchronousQueue::failed(const FunctionPointer& function, const PendingPointer& waiting,
                               InvocationResult result) {
  waiting->attempts.add(clock_.now(), result.payload);
  waiting->last_error = std::move(result.payload);
  waiting->last_log = std::move(result.log_tail);
  const int attempts = static_cast<int>(waiting->attempts.count());
  if (attempts > function->asynchronous.maximum_retry_attempts) {
    log_("lambda: " + function->name + " failed for request " + waiting->request_id + ", given up after " +
         std::to_string(attempts) + (attempts == 1 ? " attempt" : " attempts"));
    return giveUp(function, waiting, "RetriesExhausted");
  }
  const RunningTime too_old = waiting->enqueued_at + function->asynchronous.maximum_event_age;
  retry(waiting, std::min(clock_.runningTime() + retryDelay(attempts), too_old));
}

Duration AsynchronousQueue::retryDelay(int attempts) const {
  if (options_.retry_delays.empty()) return Duration::zero();
  const std::size_t index = std::min<std::size_t>(static_cast<std::size_t>(attempts), options_.retry_delays.size()) - 1;
  return options_.retry_delays[index];
}

Duration AsynchronousQueue::shortestRetryDelay() const {
  const auto& delays = options_.retry_delays;
  return delays.empty() ? Duration::zero() : *std::ranges::min_element(delays);
}

void AsynchronousQueue::retry(const PendingPointer& waiting, RunningTime due) {
  const QueuePosition position{due, waiting->position.id};
  commit(*waiting, position, [this, waiting, position](Transaction& transaction) {
    transaction.erase(dueKey(waiting->function_name, waiting->position));
    putDue(transaction, *waiting, position);
  });
}

void AsynchronousQueue::succeed(const FunctionPointer& function, const PendingPointer& waiting, std::string answer) {
  commit(*waiting, kNowhere, [this, function, waiting, answer = std::move(answer)](Transaction& transaction) {
    erasePending(transaction, *waiting);
    transaction.notifyAfterCommit(handled_);
    transaction.notifyAfterCommit(committed_);
    reports_.succeeded(transaction, *function, *waiting, answer);
  });
}

void AsynchronousQueue::giveUp(const FunctionPointer& function, const PendingPointer& waiting,
                               std::string_view condition) {
  commit(*waiting, kNowhere, [this, function, waiting, condition](Transaction& transaction) {
    erasePending(transaction, *waiting);
    transaction.notifyAfterCommit(handled_);
    transaction.notifyAfterCommit(committed_);
    reports_.givenUp(transaction, function, *waiting, condition);
  });
}

// Records the result of an attempt. If the store fails, the attempt is repeated. Any other error would
// only come again: the invocation then stays in the store until the next start. The log gets one line,
// not one per attempt, while the store fails.
void AsynchronousQueue::commit(const PendingInvocation& waiting, const QueuePosition& new_position,
                               Store::Command command) {
  FinishedAttempt finished{waiting.function_name, waiting.position.id, waiting.payload.text->size(), new_position,
                           RunningTime::min()};
  store_.writeSoon(std::move(command),
                   [this, finished = std::move(finished), position = waiting.position](std::exception_ptr failed) {
                     bool repeats = false;
                     try {
                       if (failed) std::rethrow_exception(failed);
                     } catch (const std::exception& error) {
                       repeats = dynamic_cast<const StoreFailed*>(&error) != nullptr;
                       if (!repeats || !store_fails_) {
                         log_("lambda: the end of an invocation of " + finished.function_name +
                              " could not be recorded: " + error.what());
                       }
                     }
                     store_fails_ = repeats;
                     if (!failed && finished.new_position == kNowhere) ++handled_count_;
                     MutexLock lock(mutex_);
                     finished_.push_back(finished);
                     if (repeats) {
                       finished_.back().new_position = position;
                       finished_.back().not_before = clock_.runningTime() + kAfterFailure;
                     }
                     // After a commit, the notifier wakes the thread, once for all whose ends share it.
                     if (failed) changed_.notifyAll();
                   });
}

}  // namespace ddblog::lambda
