#include "services/lambda/invocations/asynchronous_queue.h"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "base/json.h"
#include "services/lambda/invocations/invocation_record.h"
#include "store/key_space.h"

namespace ddblog::lambda {

namespace {

// For each process of a function this many are loaded: one that runs, and the next at hand.
constexpr std::size_t kWindowFactor = 2;
constexpr std::size_t kWindowBytes = 16u << 20;  // of payloads loaded in one line
constexpr std::size_t kLoadedAtMost = 1000;      // in all lines
constexpr std::size_t kBroughtForward = 1000;    // of what is due too late, a command
constexpr Duration kAfterFailure{1000};          // of the store: then it is tried again

std::string invocationKey(std::uint64_t id) { return KeyBuilder(KeySpace::kInvocations).number(id).str(); }

std::string linePrefix(std::string_view function_name) {
  return KeyBuilder(KeySpace::kInvocationsDue).text(function_name).str();
}

std::uint64_t toNumber(Timestamp time) { return static_cast<std::uint64_t>(time.time_since_epoch().count()); }
Timestamp toTime(std::uint64_t number) { return Timestamp(Duration(static_cast<Duration::rep>(number))); }

template <class Place>
void lower(std::map<std::string, Place, std::less<>>& places, std::string_view name, const Place& place) {
  const auto [found, added] = places.try_emplace(std::string(name), place);
  if (!added) found->second = std::min(found->second, place);
}

// Of {"errorMessage": …}, for the attribute of a dead-letter queue: the first KB.
std::string errorMessage(const std::string& error) {
  try {
    const json::value parsed = parseJson(error);
    const json::value* message = parsed.is_object() ? parsed.get_object().if_contains("errorMessage") : nullptr;
    if (message && message->is_string()) return std::string(message->get_string()).substr(0, 1024);
  } catch (const std::invalid_argument&) {  // a runtime may report errors as it likes
  }
  return error.substr(0, 1024);
}

}  // namespace

AsynchronousQueue::AsynchronousQueue(Store& store, Clock& clock, Ids& ids, const Functions& functions,
                                     FunctionHost& host, const rpc::Recipients& recipients, QueueOptions options,
                                     LogSink log)
    : store_(store),
      clock_(clock),
      ids_(ids),
      functions_(functions),
      host_(host),
      recipients_(recipients),
      options_(std::move(options)),
      log_(std::move(log)) {
  const std::string first = invocationKey(0);
  const auto last = store_.snapshot()->cursor(first, endOfPrefix(first.substr(0, 1)), Direction::kBackward);
  if (last->valid()) last_id_ = KeyParser(last->key()).number();
  subscription_ = committed_.listen([this] {
    MutexLock lock(mutex_);
    for (const auto& [name, place] : putting_) lower(put_, name, place);
    putting_.clear();
    changed_.notifyAll();
  });
}

AsynchronousQueue::~AsynchronousQueue() { stop(); }

std::string AsynchronousQueue::dueKey(std::string_view function_name, const Place& place) {
  return KeyBuilder(KeySpace::kInvocationsDue).text(function_name).number(toNumber(place.due)).number(place.id).str();
}

std::string AsynchronousQueue::enqueue(Transaction& transaction, std::string_view function_name,
                                       std::string_view payload, std::string request_id,
                                       std::string_view client_context) {
  if (request_id.empty()) request_id = ids_.uuid();
  const Place place{clock_.now(), ++last_id_};
  transaction.put(invocationKey(place.id), KeyBuilder(KeySpace::kInvocations)
                                               .text(function_name)
                                               .text(request_id)
                                               .number(toNumber(place.due))
                                               .text(client_context)
                                               .bytes(payload)
                                               .str());
  putDue(transaction, function_name, place, 0, {});
  return request_id;
}

void AsynchronousQueue::putDue(Transaction& transaction, std::string_view function_name, const Place& place,
                               int attempts, std::string_view last_error) {
  transaction.put(
      dueKey(function_name, place),
      KeyBuilder(KeySpace::kInvocationsDue).number(static_cast<std::uint64_t>(attempts)).bytes(last_error).str());
  {
    MutexLock lock(mutex_);
    lower(putting_, function_name, place);
  }
  transaction.raiseAfterCommit(committed_);
}

AsynchronousQueue::Waiting AsynchronousQueue::decode(std::string_view due_key, std::string_view due_value,
                                                     const Reader& reader) {
  Waiting waiting;
  KeyParser key(due_key);
  waiting.function_name = key.text();
  waiting.place.due = toTime(key.number());
  waiting.place.id = key.number();
  KeyParser state(due_value);
  waiting.attempts = static_cast<int>(state.number());
  waiting.last_error = state.rest();
  const auto stored = reader.get(invocationKey(waiting.place.id));
  if (!stored) throw std::runtime_error("an asynchronous invocation is in the queue without its payload");
  KeyParser invocation(*stored);
  invocation.text();
  waiting.request_id = invocation.text();
  waiting.enqueued_at = toTime(invocation.number());
  waiting.client_context = invocation.text();
  waiting.payload = invocation.rest();
  return waiting;
}

void AsynchronousQueue::start() {
  if (!thread_.joinable()) thread_ = std::thread([this] { run(); });
}

void AsynchronousQueue::stop() {
  {
    MutexLock lock(mutex_);
    stopping_ = true;
    changed_.notifyAll();
  }
  if (thread_.joinable()) thread_.join();
}

// Which functions have invocations waiting from before the start: one seek a function.
void AsynchronousQueue::findLines() {
  const auto snapshot = store_.snapshot();
  std::string from(1, static_cast<char>(KeySpace::kInvocationsDue));
  const std::string end = endOfPrefix(from);
  while (true) {
    const auto cursor = snapshot->cursor(from, end);
    if (!cursor->valid()) return;
    const std::string name = KeyParser(cursor->key()).text();
    lines_[name];
    from = endOfPrefix(linePrefix(name));
  }
}

// Nothing is handed out yet, so no place is known to anybody.
void AsynchronousQueue::bringForward() {
  struct Late {
    std::string key, sooner_key, value;
  };
  const Timestamp now = clock_.now();
  for (const auto& [name, line] : lines_) {
    std::string from = dueKey(name, {now + Duration(1), 0});
    std::vector<Late> late;
    do {
      late.clear();
      const auto snapshot = store_.snapshot();
      auto cursor = snapshot->cursor(from, endOfPrefix(linePrefix(name)));
      for (; cursor->valid() && late.size() < kBroughtForward; cursor->next()) {
        from = std::string(cursor->key()) + '\0';
        KeyParser key(cursor->key());
        key.text();
        const Timestamp due = toTime(key.number());
        const int attempts = static_cast<int>(KeyParser(cursor->value()).number());
        const Timestamp latest = attempts == 0 ? now : now + retryDelay(attempts);
        if (due <= latest) continue;
        late.push_back(
            {std::string(cursor->key()), dueKey(name, {latest, key.number()}), std::string(cursor->value())});
      }
      if (late.empty()) break;
      store_.writeAndWait([&late](Transaction& transaction) {
        for (const Late& one : late) {
          transaction.erase(one.key);
          transaction.put(one.sooner_key, one.value);
        }
      });
    } while (late.size() == kBroughtForward);
  }
}

void AsynchronousQueue::run() {
  findLines();
  try {
    bringForward();
  } catch (const std::exception& error) {
    log_(std::string("lambda: invocations that are due too late stay so: ") + error.what());
  }
  MutexLock lock(mutex_);
  while (!stopping_) {
    const News news = takeNews();
    lock.unlock();
    applyNews(news);
    Timestamp next = Timestamp::max();
    {
      // Taken after the news: what is over by now is not in it any more, so nothing is handed out twice.
      const auto snapshot = store_.snapshot();
      for (auto& [name, line] : lines_) {
        if (line.look_at <= clock_.now()) line.look_at = tryHandOut(name, line, *snapshot);
        next = std::min(next, line.look_at);
      }
    }
    lock.lock();
    for (const Over& one : over_) next = std::min(next, one.not_before);
    if (!stopping_ && put_.empty() && next > clock_.now()) clock_.wait(lock, changed_, next);
  }
}

AsynchronousQueue::News AsynchronousQueue::takeNews() {
  News news;
  news.put.swap(put_);
  const auto later = std::partition(over_.begin(), over_.end(),
                                    [now = clock_.now()](const Over& one) { return one.not_before <= now; });
  news.over.assign(over_.begin(), later);
  over_.erase(over_.begin(), later);
  return news;
}

void AsynchronousQueue::applyNews(const News& news) {
  for (const auto& [name, place] : news.put) {
    Line& line = lines_[name];
    line.scan_from = std::min(line.scan_from, place);
    line.look_at = Timestamp::min();
  }
  for (const Over& one : news.over) {
    Line& line = lines_[one.function_name];
    line.out.erase(one.id);
    line.out_bytes -= one.bytes;
    line.scan_from = std::min(line.scan_from, one.look_again);
    line.look_at = Timestamp::min();
  }
  loaded_ -= news.over.size();
  if (!news.over.empty() && std::exchange(starved_, false)) {
    for (auto& [name, line] : lines_) line.look_at = Timestamp::min();
  }
}

Timestamp AsynchronousQueue::tryHandOut(const std::string& function_name, Line& line, const Snapshot& snapshot) {
  try {
    return handOut(function_name, line, snapshot);
  } catch (const std::exception& error) {
    log_("lambda: the invocations of " + function_name + " cannot be read: " + error.what());
    return clock_.now() + kAfterFailure;
  }
}

Timestamp AsynchronousQueue::handOut(const std::string& function_name, Line& line, const Snapshot& snapshot) {
  const FunctionPointer function = functions_.find(function_name);
  if (!function && !line.missing_reported) {
    line.missing_reported = true;
    log_("lambda: there are asynchronous invocations of " + function_name +
         ", which is no function of this application");
  }
  const std::size_t window =
      function ? std::max<std::size_t>(1, static_cast<std::size_t>(host_.concurrency(function)) * kWindowFactor) : 1;
  const Timestamp now = clock_.now();
  const auto cursor = snapshot.cursor(dueKey(function_name, line.scan_from), endOfPrefix(linePrefix(function_name)));
  for (; cursor->valid(); cursor->next()) {
    KeyParser key(cursor->key());
    key.text();
    const Timestamp due = toTime(key.number());
    const Place place{due, key.number()};
    line.scan_from = place;
    if (line.out.contains(place.id)) continue;
    if (due > now) return due;
    // Full: something that is over wakes the thread.
    if (line.out.size() >= window || line.out_bytes >= kWindowBytes) return Timestamp::max();
    if (loaded_ >= kLoadedAtMost) {
      starved_ = true;
      return Timestamp::max();
    }
    const auto waiting = std::make_shared<Waiting>(decode(cursor->key(), cursor->value(), snapshot));
    if (!function && now - waiting->enqueued_at < limits::kAsyncAge) return waiting->enqueued_at + limits::kAsyncAge;
    line.out.insert(place.id);
    line.out_bytes += waiting->payload.size();
    ++loaded_;
    if (!giveUpAtOnce(function, waiting, now)) attempt(function, waiting);
  }
  // Everything up to here is handed out; what comes later has a later place, or tells its place.
  ++line.scan_from.id;
  return Timestamp::max();
}

bool AsynchronousQueue::giveUpAtOnce(const FunctionPointer& function, const WaitingPointer& waiting, Timestamp now) {
  const auto age = function ? function->asynchronous.maximum_event_age : limits::kAsyncAge;
  const bool too_old = now - waiting->enqueued_at >= age;
  if (!too_old && host_.concurrency(function) > 0) return false;
  complete(function, waiting, {}, too_old ? "EventAgeExceeded" : "RetriesExhausted");
  return true;
}

void AsynchronousQueue::attempt(const FunctionPointer& function, WaitingPointer waiting) {
  Invocation invocation;
  invocation.request_id = waiting->request_id;
  invocation.payload = waiting->payload;
  invocation.client_context = waiting->client_context;
  host_.invoke(function, std::move(invocation),
               [this, function, waiting](InvocationResult result) { ended(function, waiting, std::move(result)); });
}

void AsynchronousQueue::ended(const FunctionPointer& function, const WaitingPointer& waiting, InvocationResult result) {
  const Timestamp now = clock_.now();
  switch (result.kind) {
    case InvocationResult::Kind::kStopped:
      return;  // it stays in the queue; the next start makes the attempt again
    case InvocationResult::Kind::kThrottled:
      return retry(waiting, now + retryDelay(1));
    case InvocationResult::Kind::kAnswer:
      ++waiting->attempts;
      return complete(function, waiting, std::move(result.payload), "Success");
    case InvocationResult::Kind::kFunctionError:
      break;
  }
  ++waiting->attempts;
  waiting->last_error = std::move(result.payload);
  if (waiting->attempts > function->asynchronous.maximum_retry_attempts) {
    log_("lambda: " + function->name + " failed for request " + waiting->request_id + ", given up after " +
         std::to_string(waiting->attempts) + (waiting->attempts == 1 ? " attempt" : " attempts"));
    return complete(function, waiting, {}, "RetriesExhausted");
  }
  const Timestamp too_old = waiting->enqueued_at + function->asynchronous.maximum_event_age;
  retry(waiting, std::min(now + retryDelay(waiting->attempts), too_old));
}

Duration AsynchronousQueue::retryDelay(int attempts) const {
  if (options_.retry_delays.empty()) return Duration::zero();
  const std::size_t index = std::min<std::size_t>(static_cast<std::size_t>(attempts), options_.retry_delays.size()) - 1;
  return options_.retry_delays[index];
}

void AsynchronousQueue::retry(const WaitingPointer& waiting, Timestamp due) {
  const Place place{due, waiting->place.id};
  commit(*waiting, place, [this, waiting, place](Transaction& transaction) {
    transaction.erase(dueKey(waiting->function_name, waiting->place));
    putDue(transaction, waiting->function_name, place, waiting->attempts, waiting->last_error);
  });
}

// Takes the invocation out of the queue and, in the same commit, sends its record where the function wants it.
void AsynchronousQueue::complete(const FunctionPointer& function, const WaitingPointer& waiting, std::string answer,
                                 std::string_view condition) {
  const Place nowhere{Timestamp::max(), 0};
  commit(*waiting, nowhere, [this, function, waiting, answer = std::move(answer), condition](Transaction& transaction) {
    transaction.erase(dueKey(waiting->function_name, waiting->place));
    transaction.erase(invocationKey(waiting->place.id));
    if (function) send(transaction, *function, *waiting, answer, condition);
  });
}

void AsynchronousQueue::send(Transaction& transaction, const Function& function, const Waiting& waiting,
                             const std::string& answer, std::string_view condition) {
  const bool success = condition == "Success";
  const std::string& arn = success ? function.asynchronous.on_success : function.asynchronous.on_failure;
  const std::string qualified_arn = function.arn + ":$LATEST";
  if (!arn.empty()) {
    const InvocationRecord record{clock_.now(),           waiting.request_id, function.arn,
                                  std::string(condition), waiting.attempts,   waiting.payload,
                                  waiting.attempts > 0,   !success,           success ? answer : waiting.last_error};
    deliver(transaction, {arn, toJson(record), resultEnvelope(arn, qualified_arn, success)}, waiting);
  }
  if (success || function.dead_letter_arn.empty()) return;
  deliver(
      transaction,
      {function.dead_letter_arn,
       waiting.payload,
       resultEnvelope(function.dead_letter_arn, qualified_arn, false),
       {{"RequestID", waiting.request_id}, {"ErrorCode", "200"}, {"ErrorMessage", errorMessage(waiting.last_error)}}},
      waiting);
}

void AsynchronousQueue::deliver(Transaction& transaction, const rpc::Message& message, const Waiting& waiting) {
  if (recipients_.deliver(transaction, message)) return;
  log_("lambda: " + waiting.function_name + ": no destination " + message.recipient_arn + " for request " +
       waiting.request_id);
}

// Records how an attempt ended. If that does not reach the disk the attempt will be made again.
void AsynchronousQueue::commit(const Waiting& waiting, const Place& look_again, Store::Command command) {
  Over over{waiting.function_name, waiting.place.id, waiting.payload.size(), look_again, Timestamp::min()};
  store_.write(std::move(command), [this, over = std::move(over), place = waiting.place](std::exception_ptr failed) {
    if (failed) log_("lambda: the end of an invocation of " + over.function_name + " could not be recorded");
    MutexLock lock(mutex_);
    over_.push_back(over);
    if (failed) {
      over_.back().look_again = place;
      over_.back().not_before = clock_.now() + kAfterFailure;
    }
    changed_.notifyAll();
  });
}

}  // namespace ddblog::lambda
