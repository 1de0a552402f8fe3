#include "services/sqs/queues/message_store.h"

#include <algorithm>
#include <utility>

#include "base/bytes.h"
#include "services/sqs/queues/expiring.h"
#include "services/sqs/queues/key_spaces.h"
#include "store/key_space.h"

namespace ddblog::sqs {

namespace {

using Kind = MessageState::Kind;

constexpr std::size_t kSpaceAndNumber = 1 + sizeof(std::uint64_t);  // how keys begin

std::uint64_t numberAt(std::string_view key, std::size_t offset) {
  std::string_view rest = key.substr(offset);
  return takeNumber<std::uint64_t>(rest);
}

}  // namespace

MessageStore::MessageStore(Transaction& transaction, const Queue& queue, StartOfReady& starts, Effects effects)
    : transaction_(transaction),
      queue_(queue),
      starts_(starts),
      effects_(std::move(effects)),
      counts_(messageCounts(transaction, queue.number)) {}

std::string MessageStore::messageKey(std::uint64_t number) const {
  return KeyBuilder(key_spaces::kMessages).number(queue_.number).number(number).str();
}
std::string MessageStore::stateKey(std::uint64_t number) const {
  return KeyBuilder(key_spaces::kStates).number(queue_.number).number(number).str();
}
std::string MessageStore::timedKey(std::uint64_t number, RunningTime due) const {
  return KeyBuilder(key_spaces::kTimed).number(toNumber(due)).number(queue_.number).number(number).str();
}
std::string MessageStore::readyKey(std::uint64_t number, RunningTime since) const {
  return KeyBuilder(key_spaces::kReady).number(queue_.number).number(toNumber(since)).number(number).str();
}
std::string MessageStore::readyGroupKey(std::uint64_t number, std::string_view group) const {
  return KeyBuilder(key_spaces::kReady).number(queue_.number).number(number).bytes(group).str();
}
std::string MessageStore::groupKey(std::string_view group) const {
  return KeyBuilder(key_spaces::kGroups).number(queue_.number).bytes(group).str();
}
std::string MessageStore::groupMessageKey(std::string_view group, std::uint64_t number) const {
  return KeyBuilder(key_spaces::kGroupMessages).number(queue_.number).text(group).number(number).str();
}

std::uint64_t MessageStore::add(const Message& message, RunningTime now, RunningTime due) {
  const std::uint64_t number = ++counts_.last_message;
  ++counts_.all;
  transaction_.put(messageKey(number), encodeMessage(message));
  MessageState state;
  state.group_id = message.group_id;
  state.kind = due > now ? Kind::kDelayed : Kind::kReady;
  state.due = state.kind == Kind::kDelayed ? due : message.enqueued_at;
  if (state.kind == Kind::kDelayed) transaction_.put(stateKey(number), encodeState(state));
  enter(number, state);
  return number;
}

std::optional<Message> MessageStore::message(std::uint64_t number) const {
  const auto stored = transaction_.get(messageKey(number));
  if (!stored) return std::nullopt;
  return decodeMessage(*stored);
}

std::optional<MessageState> MessageStore::storedState(std::uint64_t number) const {
  const auto stored = transaction_.get(stateKey(number));
  if (!stored) return std::nullopt;
  return decodeState(*stored);
}

MessageState MessageStore::state(std::uint64_t number, const Message& message) const {
  if (auto stored = storedState(number)) return *std::move(stored);
  MessageState state;
  state.due = message.enqueued_at;
  state.group_id = message.group_id;
  return state;
}

void MessageStore::change(std::uint64_t number, const MessageState& from, const MessageState& to) {
  leave(number, from);
  transaction_.put(stateKey(number), encodeState(to));
  enter(number, to);
}

void MessageStore::erase(std::uint64_t number, const MessageState& present) {
  leave(number, present);
  transaction_.erase(messageKey(number));
  transaction_.erase(stateKey(number));
  --counts_.all;
}

void MessageStore::enter(std::uint64_t number, const MessageState& state) {
  if (state.kind != Kind::kReady) {
    transaction_.put(timedKey(number, state.due), queue_.name);
    ++(state.kind == Kind::kDelayed ? counts_.delayed : counts_.in_flight);
    effects_.is_due(state.due);
  }
  if (!queue_.isFifo()) {
    if (state.kind == Kind::kReady) putReady(readyKey(number, state.due));
    return;
  }
  Group& in = group(state.group_id);
  if (state.kind == Kind::kInFlight) {
    ++in.in_flight;
  } else {
    transaction_.put(groupMessageKey(state.group_id, number), {});
    // A message at the end of a group that is ready or in flight changes nothing for the group.
    const bool is_behind = in.exists && number > in.from && (in.in_flight > 0 || in.ready_at != 0);
    if (is_behind) return;
    in.from = in.exists ? std::min(in.from, number) : number;
  }
  in.exists = true;
  in.is_changed = true;
}

void MessageStore::leave(std::uint64_t number, const MessageState& state) {
  if (state.kind != Kind::kReady) {
    transaction_.erase(timedKey(number, state.due));
    --(state.kind == Kind::kDelayed ? counts_.delayed : counts_.in_flight);
  }
  if (!queue_.isFifo()) {
    if (state.kind == Kind::kReady) transaction_.erase(readyKey(number, state.due));
    return;
  }
  Group& of = group(state.group_id);
  if (state.kind == Kind::kInFlight) {
    --of.in_flight;
  } else {
    transaction_.erase(groupMessageKey(state.group_id, number));
  }
  of.is_changed = true;
}

MessageStore::Group& MessageStore::group(const std::string& id) {
  const auto [found, is_new] = groups_.try_emplace(id);
  Group& group = found->second;
  if (!is_new) return group;
  if (const auto stored = transaction_.get(groupKey(id))) {
    std::string_view rest = *stored;
    group.in_flight = takeNumber<std::uint32_t>(rest);
    group.ready_at = takeNumber<std::uint64_t>(rest);
    group.from = takeNumber<std::uint64_t>(rest);
    group.exists = true;
  }
  return group;
}

bool MessageStore::isDelayed(std::uint64_t number) const {
  const auto state = storedState(number);
  return state && state->kind == Kind::kDelayed;
}

void MessageStore::saveGroup(const std::string& id, Group& group) {
  const auto first = ofGroup(id, group.from);
  const std::uint64_t head = first->valid() ? numberInGroup(first->key()) : 0;
  const std::uint64_t ready_at = group.in_flight == 0 && head != 0 && !isDelayed(head) ? head : 0;
  if (ready_at != group.ready_at) {
    if (group.ready_at != 0) {
      transaction_.erase(readyGroupKey(group.ready_at, id));
      --counts_.ready_groups;
    }
    if (ready_at != 0) {
      ++counts_.ready_groups;
      putReady(readyGroupKey(ready_at, id));
    }
    group.ready_at = ready_at;
  }
  if (head == 0 && group.in_flight == 0) {
    transaction_.erase(groupKey(id));
    return;
  }
  // A group whose messages are all in flight goes on after them; those that come back are noted then.
  group.from = head != 0 ? head : counts_.last_message;
  std::string stored;
  appendNumber(stored, group.in_flight);
  appendNumber(stored, group.ready_at);
  appendNumber(stored, group.from);
  transaction_.put(groupKey(id), std::move(stored));
}

void MessageStore::save() {
  for (auto& [id, group] : groups_) {
    if (group.is_changed) saveGroup(id, group);
  }
  groups_.clear();
  if (counts_ != stored_counts_) putMessageCounts(transaction_, queue_.number, counts_);
}

void MessageStore::putReady(std::string key) {
  const auto start = starts_.find(queue_.number);
  if (start != starts_.end() && key < start->second) start->second = key;
  transaction_.put(std::move(key), {});
  effects_.became_ready();
}

std::unique_ptr<Cursor> MessageStore::ready() const {
  const std::string all = KeyBuilder(key_spaces::kReady).number(queue_.number).str();
  const auto start = starts_.find(queue_.number);
  return transaction_.cursor(start == starts_.end() ? all : start->second, endOfPrefix(all));
}

std::uint64_t MessageStore::numberInReady(std::string_view key) const {
  return numberAt(key, queue_.isFifo() ? kSpaceAndNumber : kSpaceAndNumber + sizeof(std::uint64_t));
}

std::string MessageStore::groupInReady(std::string_view key) const {
  return std::string(key.substr(kSpaceAndNumber + sizeof(std::uint64_t)));
}

std::unique_ptr<Cursor> MessageStore::ofGroup(std::string_view group, std::uint64_t from) const {
  const std::string all = KeyBuilder(key_spaces::kGroupMessages).number(queue_.number).text(group).str();
  return transaction_.cursor(groupMessageKey(group, from), endOfPrefix(all));
}

std::uint64_t MessageStore::numberInGroup(std::string_view key) {
  return numberAt(key, key.size() - sizeof(std::uint64_t));
}

}  // namespace ddblog::sqs
