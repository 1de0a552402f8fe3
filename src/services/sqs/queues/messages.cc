#include "services/sqs/queues/messages.h"

#include <algorithm>
#include <map>
#include <utility>

#include "base/bytes.h"
#include "services/sqs/queues/deduplication.h"
#include "services/sqs/queues/errors.h"
#include "services/sqs/queues/expiring.h"
#include "services/sqs/queues/key_spaces.h"
#include "services/sqs/queues/limits.h"
#include "store/key_space.h"

namespace ddblog::sqs {

namespace {

using Kind = MessageState::Kind;

struct TimedEntry {
  RunningTime due;
  std::uint64_t queue_number;
  std::uint64_t number;
};

std::string timedKeyFrom(std::uint64_t due) { return KeyBuilder(key_spaces::kTimed).number(due).str(); }
std::string endOfTimed() { return endOfPrefix(KeyBuilder(key_spaces::kTimed).str()); }

TimedEntry parseTimed(std::string_view key) {
  KeyParser parser(key);
  TimedEntry entry;
  entry.due = toRunningTime(parser.number());
  entry.queue_number = parser.number();
  entry.number = parser.number();
  return entry;
}

bool isTooOld(const Queue& queue, RunningTime enqueued_at, RunningTime now) {
  return enqueued_at + queue.seconds("MessageRetentionPeriod") <= now;
}

}  // namespace

Messages::Messages(Clock& clock, Ids& ids, const Catalog& catalog, Faults* faults)
    : clock_(clock),
      ids_(ids),
      catalog_(catalog),
      faults_(faults),
      awaited_(RunningTime::max().time_since_epoch().count()) {
  visible_subscription_ = became_visible_.listen([this] {
    MutexLock lock(mutex_);
    visible_.merge(uncommitted_);
    uncommitted_.clear();
  });
}

void Messages::wakeReceives(Transaction& transaction, const std::string& queue_name) {
  {
    MutexLock lock(mutex_);
    uncommitted_.insert(queue_name);
  }
  transaction.notifyAfterCommit(became_visible_);
}

std::set<std::string> Messages::takeVisible() {
  MutexLock lock(mutex_);
  return std::exchange(visible_, {});
}

MessageStore Messages::open(Transaction& transaction, const Queue& queue) {
  MessageStore::Effects effects;
  effects.became_ready = [this, &transaction, &queue] { wakeReceives(transaction, queue.name); };
  effects.is_due = [this, &transaction](RunningTime due) {
    timed_from_ = std::min(timed_from_.load(), toNumber(due));
    if (last_walk_) last_walk_->from = std::min(last_walk_->from, toNumber(due));
    if (due.time_since_epoch().count() < awaited_) transaction.notifyAfterCommit(due_earlier_);
  };
  return MessageStore(transaction, queue, starts_, std::move(effects));
}

SentMessage Messages::send(Transaction& transaction, const Queue& queue, Message message,
                           std::optional<std::chrono::seconds> delay) {
  const RunningTime now = clock_.runningTime();
  if (queue.isFifo()) {
    if (message.deduplication_id.empty()) message.deduplication_id = contentId(message.body);
    if (const auto earlier = findDuplicate(transaction, queue, message, now)) return *earlier;
  }
  message.id = ids_.uuid();
  message.sent_at = clock_.now();
  message.enqueued_at = now;
  MessageStore store = open(transaction, queue);
  const std::chrono::seconds waits = delay.value_or(queue.seconds("DelaySeconds"));
  const SentMessage sent{message.id, store.add(message, now, now + waits + lateness(queue, message))};
  store.save();
  if (queue.isFifo()) noteSent(transaction, queue, message, sent, now);
  return sent;
}

std::vector<ReceivedMessage> Messages::receive(Transaction& transaction, const Queue& queue,
                                               const ReceiveOptions& options) {
  settle(transaction);
  const std::chrono::seconds visibility = options.visibility.value_or(queue.seconds("VisibilityTimeout"));
  if (queue.isFifo() && !options.attempt_id.empty()) {
    if (auto repeated = repeat(transaction, queue, options, visibility)) return *std::move(repeated);
  }
  MessageStore store = open(transaction, queue);
  std::vector<ReceivedMessage> received;
  if (store.counts().in_flight >= limits::kInFlight) return received;
  for (const std::uint64_t number : findReady(transaction, queue, store, options.most).numbers) {
    received.push_back(take(queue, store, number, visibility));
  }
  store.save();
  if (queue.isFifo() && !options.attempt_id.empty()) noteAttempt(transaction, queue, options, received);
  return received;
}

// Finds the numbers of ready messages that can be returned, and removes those on the way that are too old
// or were received too often.
Messages::Ready Messages::findReady(Transaction& transaction, const Queue& queue, MessageStore& store,
                                    std::size_t most) {
  std::vector<std::uint64_t> found;
  std::size_t skipped = 0;
  const auto examine = [&](std::uint64_t number) {
    if (passes(transaction, queue, store, number)) {
      found.push_back(number);
    } else {
      ++skipped;
    }
    return found.size() < most && skipped < (found.empty() ? limits::kSkippedInVain : limits::kSkippedAtOnce);
  };
  bool goes_on = true;
  std::string next;  // where the index begins for the next receive
  const auto cursor = store.ready();
  for (; goes_on && cursor->valid(); cursor->next()) {
    next = std::string(cursor->key()) + '\0';
    const std::uint64_t number = store.numberInReady(cursor->key());
    if (!queue.isFifo()) {
      goes_on = examine(number);
      continue;
    }
    const std::string group = store.groupInReady(cursor->key());
    for (auto member = store.ofGroup(group, number); goes_on && member->valid(); member->next()) {
      const std::uint64_t in_group = MessageStore::numberInGroup(member->key());
      const auto state = store.storedState(in_group);
      if (state && state->kind == Kind::kDelayed) break;
      goes_on = examine(in_group);
    }
  }
  if (!next.empty()) {
    store.startReadyAt(std::move(next));
  } else if (store.startsLate() && (queue.isFifo() ? store.counts().ready_groups > 0 : store.counts().visible() > 0)) {
    store.startReadyAtFirst();  // an earlier command was rolled back after it had noted the start
    return findReady(transaction, queue, store, most);
  }
  const bool has_more_behind = found.empty() && !goes_on;
  if (has_more_behind) wakeReceives(transaction, queue.name);
  return {std::move(found), has_more_behind};
}

// False: the message is gone from this queue.
bool Messages::passes(Transaction& transaction, const Queue& queue, MessageStore& store, std::uint64_t number) {
  const auto message = store.message(number);
  if (!message) return false;
  const MessageState state = store.state(number, *message);
  if (isTooOld(queue, message->enqueued_at, clock_.runningTime())) {
    store.erase(number, state);
    return false;
  }
  if (state.receives == 0) return true;
  const auto policy = redrivePolicy(queue);
  if (!policy || state.receives < policy->max_receive_count) return true;
  const auto target = catalog_.find(transaction, catalog_.nameInArn(policy->target_arn));
  if (!target || target->name == queue.name) return true;
  moveTo(transaction, queue, store, number, *target);
  return false;
}

// To a dead-letter queue. A standard queue's messages keep their age.
void Messages::moveTo(Transaction& transaction, const Queue& from, MessageStore& store, std::uint64_t number,
                      const Queue& target) {
  Message message = *store.message(number);
  const MessageState state = store.state(number, message);
  store.erase(number, state);
  message.source_arn = from.arn;
  message.receives_elsewhere += state.receives;
  if (target.isFifo()) message.enqueued_at = clock_.runningTime();
  put(transaction, target, message);
}

void Messages::put(Transaction& transaction, const Queue& queue, const Message& message) {
  const RunningTime now = clock_.runningTime();
  MessageStore store = open(transaction, queue);
  store.add(message, now, now);
  store.save();
}

ReceivedMessage Messages::take(const Queue& queue, MessageStore& store, std::uint64_t number,
                               std::chrono::seconds visibility) {
  ReceivedMessage received;
  received.number = number;
  received.message = *store.message(number);
  const MessageState before = store.state(number, received.message);
  MessageState state = before;
  if (state.receives++ == 0) state.first_received_at = clock_.now();
  state.receipt = ids_.number();
  state.received_at = clock_.runningTime();
  state.due = state.received_at + visibility;
  state.kind = visibility > std::chrono::seconds(0) ? Kind::kInFlight : Kind::kReady;
  store.change(number, before, state);
  received.receive_count = received.message.receives_elsewhere + state.receives;
  received.first_received_at = state.first_received_at;
  received.receipt_handle = encodeReceiptHandle(queue.arn, {queue.number, number, state.receipt});
  return received;
}

ReceiptHandle Messages::parse(const Queue& queue, std::string_view receipt_handle) {
  const auto handle = decodeReceiptHandle(queue.arn, receipt_handle);
  if (!handle) throw invalidReceiptHandle(receipt_handle);
  return *handle;
}

void Messages::remove(Transaction& transaction, const Queue& queue, std::string_view receipt_handle) {
  const ReceiptHandle handle = parse(queue, receipt_handle);
  if (handle.queue_number != queue.number) return;  // the queue was purged
  settle(transaction);
  MessageStore store = open(transaction, queue);
  const auto state = store.storedState(handle.message_number);
  if (!state) return;  // removed already
  const bool is_latest = state->receipt == handle.receipt;
  if (queue.isFifo() && (!is_latest || state->kind != Kind::kInFlight)) {
    throw invalidParameter(receipt_handle, "ReceiptHandle", "The receipt handle has expired.");
  }
  if (!is_latest) return;
  if (comesAgain(queue, store, handle.message_number, *state)) {
    MessageState visible = *state;
    visible.kind = Kind::kReady;
    visible.due = clock_.runningTime();
    store.change(handle.message_number, *state, visible);
  } else {
    store.erase(handle.message_number, *state);
  }
  store.save();
}

void Messages::changeVisibility(Transaction& transaction, const Queue& queue, std::string_view receipt_handle,
                                std::chrono::seconds visibility) {
  const ReceiptHandle handle = parse(queue, receipt_handle);
  settle(transaction);
  MessageStore store = open(transaction, queue);
  const auto state = handle.queue_number == queue.number ? store.storedState(handle.message_number) : std::nullopt;
  if (!state || state->receipt != handle.receipt) {
    throw invalidParameter(receipt_handle, "ReceiptHandle",
                           "Message does not exist or is not available for visibility timeout change.");
  }
  if (state->kind != Kind::kInFlight) return;  // it is visible again; AWS accepts that
  const RunningTime now = clock_.runningTime();
  if (now + visibility > state->received_at + std::chrono::seconds(limits::kVisibilitySeconds)) {
    throw invalidParameter(std::to_string(visibility.count()), "VisibilityTimeout",
                           "Total VisibilityTimeout for the message is beyond the limit [" +
                               std::to_string(limits::kVisibilitySeconds) + " seconds]");
  }
  MessageState changed = *state;
  changed.due = now + visibility;
  if (visibility == std::chrono::seconds(0)) changed.kind = Kind::kReady;
  store.change(handle.message_number, *state, changed);
  store.save();
}

Messages::Move Messages::moveOne(Transaction& transaction, const Queue& from, const std::optional<std::string>& to) {
  settle(transaction);
  MessageStore store = open(transaction, from);
  const auto [found, has_more_behind] = findReady(transaction, from, store, 1);
  if (found.empty()) {
    store.save();
    return has_more_behind ? Move::kSkipped : Move::kNothing;
  }
  Message message = *store.message(found.front());
  const auto target = catalog_.find(transaction, to ? *to : catalog_.nameInArn(message.source_arn));
  if (!target || target->name == from.name) {
    store.startReadyAtFirst();
    store.save();
    if (to || !message.source_arn.empty()) throw queueDoesNotExist();
    throw ApiError("CouldNotDetermineMessageSource", "The message's source is not known.");
  }
  store.erase(found.front(), store.state(found.front(), message));
  store.save();
  message.id = ids_.uuid();
  message.sent_at = clock_.now();
  message.enqueued_at = clock_.runningTime();
  message.receives_elsewhere = 0;
  message.source_arn.clear();
  put(transaction, *target, message);
  return Move::kMoved;
}

std::uint64_t Messages::firstExpired(const Reader& reader, const Queue& queue) const {
  const std::string all = KeyBuilder(key_spaces::kMessages).number(queue.number).str();
  const auto cursor = reader.cursor(all, endOfPrefix(all));
  if (!cursor->valid()) return 0;
  if (!isTooOld(queue, decodeMessage(cursor->value()).enqueued_at, clock_.runningTime())) return 0;
  KeyParser key(cursor->key());
  key.number();
  return key.number();
}

std::size_t Messages::removeExpired(Transaction& transaction, const Queue& queue, std::uint64_t first,
                                    std::size_t most) {
  const RunningTime now = clock_.runningTime();
  const std::string all = KeyBuilder(key_spaces::kMessages).number(queue.number).str();
  const std::string begin = KeyBuilder(key_spaces::kMessages).number(queue.number).number(first).str();
  settle(transaction);
  MessageStore store = open(transaction, queue);
  std::size_t removed = 0;
  for (auto cursor = transaction.cursor(begin, endOfPrefix(all)); cursor->valid() && removed < most; cursor->next()) {
    KeyParser key(cursor->key());
    key.number();
    const std::uint64_t number = key.number();
    const Message message = decodeMessage(cursor->value());
    if (!isTooOld(queue, message.enqueued_at, now)) break;
    store.erase(number, store.state(number, message));
    ++removed;
  }
  if (removed > 0) store.save();
  return removed;
}

// What is erased stays in the index as a mark for a while. So a walk begins where the last one ended, if that
// was committed: its last entry is gone then. (Every command that may erase an entry settles first.)
void Messages::endWalk(const Transaction& transaction) {
  if (!last_walk_ || last_walk_->batch == transaction.batch()) return;
  if (!transaction.get(last_walk_->last_moved)) timed_from_ = last_walk_->from;
  last_walk_.reset();
}

void Messages::settle(Transaction& transaction) {
  endWalk(transaction);
  const RunningTime now = clock_.runningTime();
  struct Due {
    std::uint64_t queue_number;
    std::vector<std::pair<std::string, std::uint64_t>> messages;  // keys and numbers
  };
  std::map<std::string, std::vector<Due>> queues;
  std::size_t moved = 0;
  std::string last_moved;
  const auto cursor = transaction.cursor(timedKeyFrom(timed_from_), endOfTimed());
  for (; cursor->valid() && moved < limits::kMovedAtOnce; cursor->next(), ++moved) {
    const TimedEntry entry = parseTimed(cursor->key());
    if (entry.due > now) break;
    std::vector<Due>& of_name = queues[std::string(cursor->value())];
    auto found = std::find_if(of_name.begin(), of_name.end(),
                              [&](const Due& due) { return due.queue_number == entry.queue_number; });
    if (found == of_name.end()) found = of_name.insert(of_name.end(), Due{entry.queue_number, {}});
    found->messages.emplace_back(cursor->key(), entry.number);
    last_moved = std::string(cursor->key());
  }
  const std::uint64_t next = toNumber(cursor->valid() ? parseTimed(cursor->key()).due : now);
  if (moved > 0) {
    last_walk_ = Walk{transaction.batch(), next, std::move(last_moved)};
  } else if (!last_walk_) {
    timed_from_ = next;
  }
  for (const auto& [name, dues] : queues) {
    const auto queue = catalog_.find(transaction, name);
    for (const Due& due : dues) {
      if (!queue || queue->number != due.queue_number) {  // of a deleted or purged queue
        for (const auto& message : due.messages) transaction.erase(message.first);
        continue;
      }
      MessageStore store = open(transaction, *queue);
      for (const auto& message : due.messages) {
        const auto state = store.storedState(message.second);
        if (!state) continue;
        MessageState ready = *state;
        ready.kind = Kind::kReady;
        store.change(message.second, *state, ready);
      }
      store.save();
    }
  }
}

RunningTime Messages::nextDue(const Reader& reader) const {
  const auto cursor = reader.cursor(timedKeyFrom(timed_from_), endOfTimed());
  return cursor->valid() ? parseTimed(cursor->key()).due : RunningTime::max();
}

// Messages whose time has come are visible, though they are not moved yet.
MessageCounts Messages::counts(const Reader& reader, const Queue& queue) const {
  MessageCounts counts = messageCounts(reader, queue.number);
  const RunningTime now = clock_.runningTime();
  std::size_t looked_at = 0;
  for (auto cursor = reader.cursor(timedKeyFrom(timed_from_), endOfTimed());
       cursor->valid() && looked_at < limits::kMovedAtOnce; cursor->next(), ++looked_at) {
    const TimedEntry entry = parseTimed(cursor->key());
    if (entry.due > now) break;
    if (entry.queue_number != queue.number) continue;
    const auto stored = reader.get(KeyBuilder(key_spaces::kStates).number(queue.number).number(entry.number).str());
    if (!stored) continue;
    --(decodeState(*stored).kind == Kind::kDelayed ? counts.delayed : counts.in_flight);
  }
  return counts;
}

}  // namespace ddblog::sqs
